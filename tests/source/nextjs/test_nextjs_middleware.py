"""What middleware does with callers, route by route."""

import json

import pytest

from tests.source.nextjs.reading import PACKAGE, found, routes

GET = "export async function GET() { return Response.json({}) }"
ROUTES = {
    "app/api/items/route.ts": GET,
    "app/api/open/[id]/route.ts": GET,
    "app/api/admin/route.ts": GET,
    "app/feed/route.ts": GET,
    "tsconfig.json": json.dumps({"compilerOptions": {"paths": {"@/*": ["./*"]}}}),
}
TOKEN = 'import { getToken } from "next-auth/jwt"\nimport { NextResponse } from "next/server"\n'
REFUSE = "const token = await getToken({ req }); if (!token) return NextResponse.redirect(new URL('/login', req.url));"


def kinds(middleware, *, file="middleware.ts", **more):
    held = routes({**ROUTES, file: middleware, **more})
    return {
        one.path.removeprefix("/api"): [guard.kind.value for guard in one.guards] for one in held.values()
    }


def everywhere(kind):
    return dict.fromkeys(["/items", "/open/{id}", "/admin", "/feed"], [kind] if kind else [])


def test_middleware_without_a_matcher_stands_before_everything():
    text = TOKEN + f"export async function middleware(req) {{ {REFUSE} return NextResponse.next() }}"
    assert kinds(text) == everywhere("authenticates")
    (app,) = found({**ROUTES, "middleware.ts": text}).apps
    assert [(one.name, one.kind.value, one.level.value) for one in app.guards] == [
        ("middleware", "authenticates", "global")
    ]


@pytest.mark.parametrize("file", ["proxy.ts", "middleware.js"])
@pytest.mark.parametrize(
    "export",
    ["export default async function", "export async function middleware", "export async function proxy"],
)
def test_every_name_of_file_and_function(file, export):
    text = (
        TOKEN
        + f"{export} {'' if 'default' not in export else 'm'}(req) {{ {REFUSE} return NextResponse.next() }}"
    )
    assert kinds(text, file=file) == everywhere("authenticates")


@pytest.mark.parametrize(
    ("config", "covered"),
    [
        ('export const config = { matcher: "/api/:path*" }', {"/items", "/open/{id}", "/admin"}),
        ('export const config = { matcher: ["/api/admin", "/feed"] }', {"/admin", "/feed"}),
        ('export const config = { matcher: ["/((?!api|_next/static).*)"] }', {"/feed"}),
        ('const list = ["/feed"]\nexport const config = { matcher: list }', {"/feed"}),
        ('export const config = { matcher: [{ source: "/feed" }] }', {"/feed"}),
        ('export const config = { runtime: "nodejs" }', {"/items", "/open/{id}", "/admin", "/feed"}),
    ],
)
def test_routes_that_the_matcher_leaves_out_have_no_guard(config, covered):
    text = (
        TOKEN + f"export async function middleware(req) {{ {REFUSE} return NextResponse.next() }}\n{config}"
    )
    assert {path for path, held in kinds(text).items() if held == ["authenticates"]} == covered


@pytest.mark.parametrize(
    "matcher",
    ['{ source: "/feed", missing: [{ type: "header", key: "purpose" }] }', "makeMatcher()", '"/(feed"'],
)
def test_a_matcher_that_headers_decide_or_that_cannot_be_read_leaves_it_open(matcher):
    text = TOKEN + f"export async function middleware(req) {{ {REFUSE} return NextResponse.next() }}"
    config = f"\nexport const config = {{ matcher: [{matcher}] }}"
    assert kinds(text + config)["/feed"] == ["unclear"]


def test_the_base_path_is_no_part_of_matchers():
    text = TOKEN + f"export async function middleware(req) {{ {REFUSE} return NextResponse.next() }}"
    held = kinds(
        text + '\nexport const config = { matcher: "/feed" }',
        **{"next.config.js": "module.exports = { basePath: '/shop' }"},
    )
    assert held["/shop/feed"] == ["authenticates"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Refreshing a session, headers, languages: nobody is refused
        ("await getToken({ req }); return NextResponse.next()", everywhere("identifies")),
        ("const res = NextResponse.next(); res.headers.set('x', '1'); return res", everywhere("")),
        ("if (!req.cookies.get('NEXT_LOCALE')) return NextResponse.redirect(new URL('/en', req.url))", everywhere("")),
        ("if (req.nextUrl.pathname === '/') return NextResponse.redirect(new URL('/home', req.url))", everywhere("")),
        ("return undefined", everywhere("")),
        # By address
        (
            "if (req.nextUrl.pathname.startsWith('/api/open')) return NextResponse.next();" + REFUSE,
            {**everywhere("authenticates"), "/open/{id}": []},
        ),
        (
            ("const { pathname } = req.nextUrl; const open = ['/feed', '/api/items'];"
            "if (open.includes(pathname)) return; const token = await getToken({ req });"
            "if (!token && !open.some((one) => pathname.startsWith(one))) return NextResponse.json({}, {"
             " status: 401 });"
            "return NextResponse.next()"),
            {**everywhere("authenticates"), "/feed": [], "/items": []},
        ),
        (
            ("const isProtected = /^\\/api\\/(admin|items)/.test(req.nextUrl.pathname); const token ="
             " await getToken({ req });"
            "if (isProtected && !token) return new NextResponse('no', { status: 401 }); return NextResponse.next()"),
            {**everywhere("authenticates"), "/feed": ["identifies"], "/open/{id}": ["identifies"]},
        ),
        # Roles
        (
            REFUSE + "if (req.nextUrl.pathname.startsWith('/api/admin') && token.role !== 'admin')"
            " return NextResponse.json({}, { status: 403 }); return NextResponse.next()",
            {**everywhere("authenticates"), "/admin": ["authorizes"]},
        ),
        # A cookie that is merely there
        (("if (!req.cookies.get('session')) return NextResponse.redirect(new URL('/login', req.url));"
         " return NextResponse.next()"),
         everywhere("unclear")),
        ("if (!req.cookies.has('sb-token')) return Response.json({}, { status: 401 })", everywhere("unclear")),
        # A setting
        ("if (process.env.NODE_ENV === 'development') return;" + REFUSE, everywhere("authenticates")),
        ("if (process.env.OPEN) return;" + REFUSE, everywhere("unclear")),
    ],
)  # fmt: skip
def test_what_the_body_does_with_nobody(body, expected):
    text = TOKEN + f"export async function middleware(req) {{ {body} }}"
    assert kinds(text) == expected


SUPABASE = """
import { createServerClient } from "@supabase/ssr"
import { NextResponse } from "next/server"
export async function updateSession(request) {
  let supabaseResponse = NextResponse.next({ request })
  const supabase = createServerClient(process.env.URL!, process.env.KEY!, {
    cookies: { getAll() { return request.cookies.getAll() }, setAll(list) {
      list.forEach(({ name, value }) => request.cookies.set(name, value))
      supabaseResponse = NextResponse.next({ request })
    } },
  })
  const { data: { user } } = await supabase.auth.getUser()
  %s
  return supabaseResponse
}
"""
SENT_AWAY = """
  if (!user && !request.nextUrl.pathname.startsWith("/api/open")) {
    const url = request.nextUrl.clone()
    url.pathname = "/login"
    return NextResponse.redirect(url)
  }"""


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", everywhere("identifies")),
        (SENT_AWAY, {**everywhere("authenticates"), "/open/{id}": ["identifies"]}),
    ],
)
def test_supabase(inner, expected):
    text = 'import { updateSession } from "@/lib/supabase"\nexport const middleware = async (req) => updateSession(req)'
    assert kinds(text, **{"lib/supabase.ts": SUPABASE % inner}) == expected


CLERK = 'import { clerkMiddleware, createRouteMatcher, authMiddleware } from "@clerk/nextjs/server"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export default clerkMiddleware()", everywhere("")),
        (
            (
                "const isProtected = createRouteMatcher(['/api/admin(.*)', '/feed'])\n"
                "export default clerkMiddleware(async (auth, req) => { if (isProtected(req)) await auth.protect() })"
            ),
            {**everywhere(""), "/admin": ["authenticates"], "/feed": ["authenticates"]},
        ),
        (
            (
                "const isPublic = createRouteMatcher(['/api/open(.*)'])\n"
                "export default clerkMiddleware(async (auth, req) => { if (!isPublic(req)) { await auth.protect() } })"
            ),
            {**everywhere("authenticates"), "/open/{id}": []},
        ),
        (
            (
                "export default clerkMiddleware(async (auth) => { const { userId, redirectToSignIn } = await auth();"
                " if (!userId) return redirectToSignIn() })"
            ),
            everywhere("authenticates"),
        ),
        (
            "export default authMiddleware({ publicRoutes: ['/feed'] })",
            {**everywhere("authenticates"), "/feed": []},
        ),
    ],
)
def test_clerk(text, expected):
    held = kinds(CLERK + text)
    assert {path: [one for one in guards if one != "identifies"] for path, guards in held.items()} == expected


WITH_AUTH = 'import { withAuth } from "next-auth/middleware"\nimport { NextResponse } from "next/server"\n'


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('export { default } from "next-auth/middleware"', "authenticates"),
        (WITH_AUTH + "export default withAuth({ pages: { signIn: '/login' } })", "authenticates"),
        (
            WITH_AUTH + "export default withAuth({ callbacks: { authorized: ({ token }) => !!token } })",
            "authenticates",
        ),
        (
            WITH_AUTH + "export default withAuth(function middleware(req) { return NextResponse.next() })",
            "authenticates",
        ),
        (WITH_AUTH + "export default withAuth({ callbacks: { authorized: () => true } })", "identifies"),
        (
            WITH_AUTH + "export default withAuth(async function middleware(req) { if (!req.nextauth.token)"
            " return NextResponse.redirect(new URL('/login', req.url)) }, { callbacks: { async"
            " authorized() { return true } } })",
            "authenticates",
        ),
        (
            WITH_AUTH
            + "export default withAuth({ callbacks: { authorized: ({ token }) => token?.role === 'admin' } })",
            "authenticates",
        ),
    ],
)
def test_with_auth_of_next_auth(text, kind):
    held = set(map(tuple, kinds(text).values()))
    assert held <= {(kind,), ("authorizes",)}


AUTH = 'import NextAuth from "next-auth"\nexport const { auth, handlers } = NextAuth({ providers: []%s })'
CALLBACK = ", callbacks: { authorized({ auth, request: { nextUrl } }) { %s } }"


@pytest.mark.parametrize(
    ("middleware", "callback", "expected"),
    [
        ('export { auth as middleware } from "@/auth"', "", everywhere("")),
        ('export { auth as default } from "@/auth"', CALLBACK % "return !!auth", everywhere("authenticates")),
        (
            'export { auth as middleware } from "@/auth"',
            CALLBACK % "if (nextUrl.pathname.startsWith('/feed')) return true; return !!auth?.user",
            {**everywhere("authenticates"), "/feed": ["identifies"]},
        ),
        (
            (
                'import { auth } from "@/auth"\nexport default auth((req) => { if (!req.auth)'
                " return Response.redirect(new URL('/login', req.nextUrl.origin)) })"
            ),
            "",
            everywhere("authenticates"),
        ),
        (
            'import { auth } from "@/auth"\nexport default auth((req) => { console.log(req.auth) })',
            "",
            everywhere("identifies"),
        ),
    ],
)
def test_auth_js(middleware, callback, expected):
    assert kinds(middleware, **{"auth.ts": AUTH % callback}) == expected


def test_packages_for_languages_guard_nobody():
    text = 'import createMiddleware from "next-intl/middleware"\nexport default createMiddleware({ locales: ["en"] })'
    assert kinds(text) == everywhere("")


def test_each_application_has_its_own_middleware():
    texts = {
        "apps/a/package.json": PACKAGE["package.json"].replace("shop", "a"),
        "apps/a/src/app/x/route.ts": GET,
        "apps/a/src/middleware.ts": TOKEN + f"export async function middleware(req) {{ {REFUSE} }}",
        "apps/b/package.json": PACKAGE["package.json"].replace("shop", "b"),
        "apps/b/app/y/route.ts": GET,
    }
    held = routes(texts, package={})
    assert [one.kind.value for one in held["GET /x"].guards] == ["authenticates"]
    assert held["GET /y"].guards == ()


@pytest.mark.parametrize(
    "text",
    [
        "export default 1",
        "export const middleware = (",
        "",
        "export default middleware",
        "export const config = {}",
    ],
)
def test_broken_middleware_is_passed_over(text):
    assert set(kinds(text)) == set(everywhere(""))

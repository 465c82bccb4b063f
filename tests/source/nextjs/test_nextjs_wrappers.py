"""What wrappers around handlers do with callers, told from their code."""

import json

import pytest

from tests.source.nextjs.reading import routes

ALIAS = {"tsconfig.json": json.dumps({"compilerOptions": {"paths": {"@/*": ["./*"]}}})}
ROUTE = 'import {{ {name} }} from "@/lib/guard"\nexport const GET = {call}'


def guard(
    lib, call="guard(async () => Response.json({}))", *, name="guard", path="app/api/items/route.ts", **more
):
    texts = {**ALIAS, path: ROUTE.format(name=name, call=call), "lib/guard.ts": lib, **more}
    (route,) = routes(texts).values()
    return [(one.kind.value, one.role) for one in route.guards]


SESSION = 'import { getServerSession } from "next-auth"\n'


@pytest.mark.parametrize(
    "lib",
    [
        SESSION
        + """export const guard = (handler) => async (req, ctx) => {
            const session = await getServerSession()
            if (!session?.user) return new Response("no", { status: 401 })
            return handler(req, { ...ctx, session })
        }""",
        SESSION
        + """export function guard(handler) {
            return async function (req) {
                try {
                    const session = await getServerSession()
                    if (!session) throw new ApiError({ code: "unauthorized", message: "x" })
                    return await handler({ req, session })
                } catch (error) {
                    return handleError(error)
                }
            }
        }
        class ApiError extends Error { constructor({ code, message }) { super(message); this.code = code } }
        const STATUS = { unauthorized: 401, not_found: 404 }
        function handleError(error) {
            const status = error instanceof ApiError ? STATUS[error.code] : 500
            return Response.json({ error: error.message }, { status })
        }""",
        """import { createClient } from "./supabase"
        export const guard = (handler) => async (req) => {
            const { data: { user }, error } = await (await createClient()).auth.getUser()
            if (error || !user) return NextResponse.json({}, { status: 401 })
            return handler(req, user)
        }""",
        """import { jwtVerify } from "jose"
        import { cookies } from "next/headers"
        export const guard = (handler) => async (req) => {
            const token = (await cookies()).get("session")?.value
            try {
                const { payload } = await jwtVerify(token, secret)
                return handler(req, payload)
            } catch (e) {
                return new Response(null, { status: 401 })
            }
        }""",
        """import { auth } from "@clerk/nextjs/server"
        export const guard = (handler) => async (req) => {
            const { userId } = await auth()
            if (!userId) return new NextResponse("no", { status: 401 })
            return handler(req, userId)
        }""",
        """import { trace } from "a-tracer"
        import { currentUser } from "@clerk/nextjs/server"
        export const guard = (handler) => trace(async (req) => {
            const user = await currentUser()
            return user ? handler(req) : Response.json({}, { status: 403 })
        })""",
        """import { checked } from "./checked"
        export const guard = (handler) => checked(async (req, user) => handler(req))""",
    ],
)
def test_wrappers_that_refuse_whoever_is_not_signed_in(lib):
    more = {
        "lib/supabase.ts": 'import { createServerClient } from "@supabase/ssr"\n'
        "export async function createClient() { return createServerClient(url, key, {}) }",
        "lib/checked.ts": SESSION
        + """export const checked = (inner) => async (req) => {
            const user = (await getServerSession())?.user
            if (!user) return unauthorized()
            return inner(req, user)
        }
        const unauthorized = () => Response.json({ error: "Sign in" }, { status: 401 })""",
    }
    ((kind, _),) = guard(lib, **more)
    assert kind in {"authenticates", "authorizes"}


@pytest.mark.parametrize(
    ("lib", "kinds"),
    [
        # Nobody is asked for anything
        ("export const guard = (h) => async (req) => { log(req); return h(req) }", []),
        (("export const guard = (h) => async (req) => { try { return await h(req) } catch (e) {"
         " return Response.json({}, { status: e.status === 401 ? 401 : 500 }) } }"), []),
        # The session is looked at, and nobody is refused
        (SESSION + "export const guard = (h) => async (req) => h(req, await getServerSession())", ["identifies"]),
        # Some pass without
        (SESSION + "export const guard = (h, { optional }) => async (req) => { const s = await getServerSession();"
         " if (!s && !req.headers.get('x-embed')) return new Response('', { status: 401 }); return"
          " h(req) }", ["unclear"]),
        (SESSION + "export const guard = (h) => async (req) => { if (process.env.SKIP === '1') return h(req);"
         " if (!(await getServerSession())) return new Response('', { status: 401 }); return h(req) }", ["unclear"]),
        # A cookie only has to be there
        (("import { cookies } from 'next/headers'\nexport const guard = (h) => async (req) => {"
         " if (!(await cookies()).get('session')) return new Response('', { status: 401 }); return"
          " h(req) }"), ["unclear"]),
        # The result of the check is not used
        (SESSION + "export const guard = (h) => async (req) => { const s = await getServerSession();"
         " if (!s) { Response.json({}, { status: 401 }) } return h(req) }", ["identifies"]),
    ],
)  # fmt: skip
def test_wrappers_by_which_somebody_passes(lib, kinds):
    assert [kind for kind, _ in guard(lib)] == kinds


def test_a_shared_secret_is_for_services():
    lib = """export const guard = (h) => async (req) => {
        if (req.headers.get("authorization") !== `Bearer ${process.env.CRON_SECRET}`) {
            return new Response("no", { status: 401 })
        }
        return h(req)
    }"""
    assert guard(lib) == [("service", "")]


ROLES = (
    SESSION
    + """
export const guard = (handler, { roles = [] } = {}) => async (req) => {
    const session = await getServerSession()
    if (!session) return new Response("no", { status: 401 })
    if (roles.length && !roles.includes(session.user.role)) return new Response("no", { status: 403 })
    return handler(req)
}"""
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("guard(async () => {}, { roles: ['owner', 'member'] })", [("authorizes", "owner, member")]),
        ("guard(async () => {})", [("authenticates", "")]),
    ],
)
def test_roles_are_those_named_at_the_route(call, expected):
    assert guard(ROLES, call) == expected


def test_a_role_that_the_wrapper_itself_asks_for():
    lib = (
        SESSION
        + """export const guard = (h) => async (req) => {
        const session = await getServerSession()
        if (!session) return new Response("", { status: 401 })
        if (session.user.role !== "admin") return new Response("", { status: 403 })
        return h(req)
    }"""
    )
    assert guard(lib) == [("authorizes", "admin")]


def test_the_address_may_decide():
    lib = (
        SESSION
        + """
    const isOpen = (path) => /^\\/api\\/v\\d+\\/client\\//.test(path) || path.startsWith("/api/open")
    enum Way { None = "none", Session = "session" }
    const way = (path) => { if (isOpen(path)) return { kind: Way.None }; return { kind: Way.Session } }
    const user = async (kind) => {
        switch (kind) { case Way.Session: return await getServerSession(); case Way.None: return null }
    }
    export const guard = (options) => async (req) => {
        let kind
        try { ({ kind } = way(req.nextUrl.pathname)) } catch (e) { return new Response("", { status: 500 }) }
        const found = await user(kind)
        if (!found && kind !== Way.None) return new Response("", { status: 401 })
        return options.handler({ req })
    }"""
    )
    call = "guard({ action: 'x', handler: async ({ req }) => Response.json({}) })"

    def kinds(path):
        return [kind for kind, _ in guard(lib, call, path=path)]

    assert kinds("app/api/items/route.ts") == ["authenticates"]
    assert kinds("app/api/v1/client/[id]/route.ts") == []
    assert kinds("app/api/open/route.ts") == []


def test_several_wrappers_are_a_chain():
    lib = ROLES + "\nexport const logged = (h) => async (req) => { console.log(req.url); return h(req) }"
    call = "logged(guard(async () => {}))"
    assert guard(lib, call, name="guard, logged") == [("authenticates", "")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (('import { withApiAuthRequired } from "@auth0/nextjs-auth0"\nexport const GET ='
         ' withApiAuthRequired(async () => {})'),
         ["authenticates"]),
        (('import { verifySignatureAppRouter as v } from "@upstash/qstash/nextjs"\nexport const POST ='
         ' v(async () => {})'),
         ["service"]),
        ('import { withAxiom } from "next-axiom"\nexport const GET = withAxiom(async () => {})', []),
        ('import { withAuthGuard } from "a-package"\nexport const GET = withAuthGuard(async () => {})', ["unclear"]),
        ('import { auth } from "../../auth"\nexport const GET = auth(async (req) => {})', ["identifies"]),
        ('import NextAuth from "next-auth"\nexport async function GET(req, ctx) { return NextAuth(req, ctx, {}) }',
         ["public"]),
        ('import { handlers } from "../../auth"\nexport const { GET } = handlers', ["public"]),
    ],
)  # fmt: skip
def test_wrappers_of_packages(text, kinds):
    auth = 'import NextAuth from "next-auth"\nexport const { handlers, auth } = NextAuth({ providers: [] })'
    (route,) = routes({"app/a/route.ts": text, "auth.ts": auth}).values()
    assert [one.kind.value for one in route.guards] == kinds


def test_handlers_of_auth_js_are_for_everybody_however_they_are_taken_apart():
    auth = 'import NextAuth from "next-auth"\nexport const { handlers: { GET, POST } } = NextAuth({ providers: [] })'
    text = 'export { GET, POST } from "../../../auth"'
    held = routes({"app/api/auth/[...nextauth]/route.ts": text, "app/auth.ts": auth, "auth.ts": auth})
    assert {one.guards[0].kind.value for one in held.values()} == {"public"}


PAGES = """
import { getServerSession } from "next-auth/next"
const guard = (handler) => async (req, res) => {
    const session = await getServerSession(req, res, options)
    if (!session) { res.status(401).json({ error: "no" }); return }
    return handler(req, res)
}
export default guard(async function handler(req, res) { res.json({}) })
"""


def test_wrappers_of_the_pages_router():
    (route,) = routes({"pages/api/items.ts": PAGES}).values()
    assert [(one.name, one.kind.value, one.level.value) for one in route.guards] == [
        ("guard", "authenticates", "route")
    ]
    forgot = PAGES.replace("; return }", " }")
    (route,) = routes({"pages/api/items.ts": forgot}).values()
    assert [one.kind.value for one in route.guards] == ["unclear"]


@pytest.mark.parametrize(
    "lib",
    [
        "export const guard = (h) => guard(h)",
        "export const guard = (h) => { while (true) { h = guard(h) } }",
        "export const guard = h => h(h)(h)",
        "export const guard = 1",
        "export { guard } from './guard'",
        "export const guard = (h) => (" + "(" * 200 + "h" + ")" * 200 + ")",
    ],
)
def test_strange_wrappers_end(lib):
    guard(lib)

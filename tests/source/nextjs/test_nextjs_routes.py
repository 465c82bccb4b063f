"""Which routes a Next.js application serves."""

import json

import pytest

from tests.source.nextjs.reading import found, handlers, routes

GET = "export async function GET() { return Response.json({}) }"


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("app/api/items/route.ts", "/api/items"),
        ("app/route.ts", "/"),
        ("src/app/api/items/route.js", "/api/items"),
        ("app/(shop)/(inner)/api/items/[id]/route.tsx", "/api/items/{id}"),
        ("app/@modal/feed/route.ts", "/feed"),
        ("app/docs/[...slug]/route.ts", "/docs/{slug}"),
        ("app/docs/[[...slug]]/route.ts", "/docs/{slug}"),
        ("app/%5Finternal/route.ts", "/_internal"),
        ("app/api/teams/[team-id]/route.ts", "/api/teams/{team_id}"),
        ("app/feed.xml/route.ts", "/feed.xml"),
    ],
)
def test_folders_are_addresses(file, path):
    assert list(routes({file: GET})) == [f"GET {path}"]


def test_what_takes_more_than_one_segment_is_noted():
    (route,) = routes({"app/docs/[...slug]/route.ts": GET}).values()
    assert "one segment or more" in route.note
    assert route.certain


@pytest.mark.parametrize(
    "file",
    [
        "app/_lib/route.ts",
        "app/items/page.tsx",
        "app/items/routes.ts",
        "lib/app/items/route.ts",
        "app/items/route.test.ts",
        "app/items/route.d.ts",
    ],
)
def test_other_files_serve_nothing(file):
    assert routes({"app/layout.tsx": "export default function L() {}", file: GET}) == {}


def test_an_intercepting_folder_has_no_address_of_its_own():
    (route,) = routes({"app/feed/(..)photo/route.ts": GET}).values()
    assert not route.certain


def test_src_counts_only_without_a_folder_at_the_root():
    texts = {"app/a/route.ts": GET, "src/app/b/route.ts": GET}
    assert list(routes(texts)) == ["GET /a"]


EXPORTS = """
import { wrap } from "../../lib/wrap"
import { handlers } from "../../auth"
async function list() {}
const save = wrap(async (req) => {})
export { list as GET }
export const POST = save
export const PUT = wrap({ handler: async ({ req }) => {} })
export const DELETE = wrap("x")(async function remove() {})
export const runtime = "edge"
export const OPTIONS = () => {}
"""


def test_every_form_of_export_is_a_route_with_its_function():
    held = handlers({"app/api/a/route.ts": EXPORTS, "lib/wrap.ts": "export const wrap = (h) => h"})
    path = "app/api/a/route.ts"
    assert held == {
        "GET /api/a": (path, "list"),
        "POST /api/a": (path, "save"),
        "PUT /api/a": (path, "PUT.handler"),
        "DELETE /api/a": (path, "DELETE"),
    }


def test_methods_of_other_modules_and_of_packages():
    texts = {
        "app/a/route.ts": 'export { GET, POST as PUT } from "../b/route"',
        "app/b/route.ts": "export async function GET() {}\nexport async function POST() {}",
        "app/c/route.ts": 'export * from "../b/route"',
        "app/api/auth/[...nextauth]/route.ts": 'import { handlers as h } from "@/auth"\nexport const { GET, POST } = h',
        "auth.ts": 'import NextAuth from "next-auth"\nexport const { handlers, auth } = NextAuth({})',
        "tsconfig.json": json.dumps({"compilerOptions": {"paths": {"@/*": ["./*"]}}}),
    }
    held = handlers(texts)
    assert held["GET /a"] == ("app/b/route.ts", "GET")
    assert held["PUT /a"] == ("app/b/route.ts", "POST")
    assert held["POST /c"] == ("app/b/route.ts", "POST")
    assert held["GET /api/auth/{nextauth}"] is None
    assert set(held) == {
        "GET /a", "PUT /a", "GET /b", "POST /b", "GET /c", "POST /c",
        "GET /api/auth/{nextauth}", "POST /api/auth/{nextauth}",
    }  # fmt: skip


def test_settings_change_addresses():
    texts = {
        "next.config.mjs": """
            const config = { basePath: '/shop', trailingSlash: true, pageExtensions: ['page.tsx', 'api.ts'],
                             images: { basePath: '/elsewhere' } }
            export default withPlugin(config)""",
        "app/api/a/route.api.ts": GET,
        "app/api/b/route.ts": GET,
    }
    assert list(routes(texts)) == ["GET /shop/api/a/"]


def test_a_base_that_cannot_be_read_leaves_routes_uncertain():
    texts = {"next.config.js": "module.exports = { basePath: makeBase() }", "app/a/route.ts": GET}
    held = found(texts)
    (route,) = (one.route for one in held.routes)
    assert not route.certain
    assert held.problems == ("next.config.js: basePath could not be read",)


def test_a_default_of_the_environment_is_taken():
    texts = {"next.config.js": "module.exports = { basePath: process.env.B || '' }", "app/a/route.ts": GET}
    assert list(routes(texts)) == ["GET /a"]


def test_each_application_of_a_monorepo_has_its_own_routes():
    next_package = json.dumps({"name": "x", "dependencies": {"next": "14"}})
    texts = {
        "apps/web/package.json": next_package.replace('"x"', '"web"'),
        "apps/web/app/a/route.ts": GET,
        "apps/admin/package.json": next_package.replace('"x"', '"admin"'),
        "apps/admin/src/pages/api/b.ts": "export default (req, res) => res.json({})",
        "packages/ui/package.json": json.dumps({"name": "ui", "peerDependencies": {"next": "*"}}),
        "packages/ui/app/c/route.ts": GET,
        "package.json": json.dumps({"name": "root"}),
    }
    held = found(texts, package={})
    assert [(app.name, app.root, app.version) for app in held.apps] == [
        ("admin", "apps/admin", "14"),
        ("web", "apps/web", "14"),
    ]
    assert {(one.route.app, one.route.id) for one in held.routes} == {
        ("web", "GET /a"),
        ("admin", "ANY /api/b"),
    }


# -------------------------------------------------------------------------------------------- pages router

SWITCH = """
export default async function handler(req, res) {
  const { method } = req
  switch (method) {
    case 'GET':
      return list(req, res)
    case 'PUT':
    case 'PATCH':
      await change(req, res)
      break
    default:
      res.status(405).end()
  }
}
"""
IFS = """
const handler = async (req, res) => {
  if (req.method === "POST") {
    await save(req)
    return res.json({})
  } else if (req.method === HttpMethod.DELETE) {
    await remove(req)
  }
  return res.status(405).end()
}
export default withSentry(handler)
"""
REST = """
export default async (req, res) => {
  if (req.method === "POST") {
    return res.json(await save(req))
  }
  res.json(await list())
}
"""
LISTED = """
export default (req, res) => {
  if (!['GET', 'POST'].includes(req.method)) return res.status(405).end()
  res.json({})
}
"""
ADDED = """
const router = createRouter()
router.use(guard).get(list)
router.delete((req, res) => {})
export default router.handler({ onError })
"""


@pytest.mark.parametrize(
    ("text", "methods"),
    [
        (SWITCH, ["GET", "PATCH", "PUT"]),
        (IFS, ["DELETE", "POST"]),
        (REST, ["ANY", "POST"]),
        ("export default (req, res) => res.json({})", ["ANY"]),
        ("export default function h(req, res) { if (req.method !== 'POST') return res.status(405).end() }", ["POST"]),
        ("export default function h(req, res) { if (req.method !== 'GET') { check(req) }; res.json({}) }", ["ANY"]),
        (LISTED, ["GET", "POST"]),
        ("import nc from 'next-connect'\nexport default nc().use(a).get(list).post(wrap(save))", ["GET", "POST"]),
        (ADDED, ["DELETE", "GET"]),
        ("export default api({ GET: list, POST: async (req) => {} })", ["GET", "POST"]),
    ],
)  # fmt: skip
def test_methods_of_the_pages_router(text, methods):
    held = routes({"pages/api/items/[id].ts": text})
    assert sorted(held) == [f"{method} /api/items/{{id}}" for method in methods]


def test_index_files_and_other_pages():
    text = "export default (req, res) => res.json({})"
    texts = {
        "pages/api/index.ts": text,
        "pages/api/v1/index.ts": text,
        "pages/api/_hidden.ts": text,
        "pages/items.tsx": text,
        "pages/api/types.ts": "export type A = string",
    }
    assert set(routes(texts)) == {"ANY /api", "ANY /api/v1", "ANY /api/_hidden"}


def test_lines_of_other_methods_are_left_out():
    held = {one.route.method: one for one in found({"pages/api/a.ts": IFS}).routes}
    lines = IFS.splitlines()
    ((first, last),) = held["POST"].without
    assert "remove" in "".join(lines[first - 1 : last])
    ((first, last),) = held["DELETE"].without
    assert "save" in "".join(lines[first - 1 : last])


@pytest.mark.parametrize(
    "text", ["export const GET = ((", "", "export const GET = GET", "export { GET } from './route'"]
)
def test_broken_and_circular_files_are_passed_over(text):
    found({"app/a/route.ts": text, "pages/api/b.ts": text, "next.config.js": text})

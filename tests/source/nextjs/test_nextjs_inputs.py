"""What routes and server actions take."""

import pytest

from tests.source.nextjs.reading import found, routes

ZOD = 'import { z } from "zod"\nconst schema = z.object({ title: z.string().min(3), price: z.number().optional() })\n'
DRAWN = {
    "type": "object",
    "properties": {"title": {"type": "string", "minLength": 3}, "price": {"type": "number"}},
    "required": ["title"],
}


def post(body, *, before="", path="app/api/items/[id]/route.ts", head="POST(req, { params })", **more):
    texts = {path: f"{before}export async function {head} {{ {body} }}", **more}
    return next(iter(routes(texts).values()))


@pytest.mark.parametrize(
    "body",
    [
        "const input = schema.parse(await req.json())",
        "const json = await req.json(); const { title } = schema.parse(json)",
        "const body = await req.json(); const held = schema.safeParse(body); if (!held.success) return",
        "const { title, price } = await req.json(); const held = schema.safeParse({ title, price })",
        "const input = await schema.parseAsync(await readBody(req))",
        "const body = await req.json(); const input = validateWith(schema, body)",
        "const input = await parseBody(req, schema)",
        "const input = schema.parse(JSON.parse(await req.text()))",
        "const form = await req.formData(); const input = schema.parse(Object.fromEntries(form))",
    ],
)
def test_a_body_that_passes_a_schema(body):
    text = ZOD + "const readBody = async (request) => await request.json()\n"
    route = post(body, before=text)
    assert route.validation == "schema"
    assert [one.schema for one in route.bodies] == [DRAWN]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            "const { title, price } = await req.json(); await db.items.create({ data: { title, price } })",
            {"title", "price"},
        ),
        ("const body = await req.json(); await db.items.create({ data: body })", set()),
        ("const body = await req.json(); save(body.title, body.owner)", {"title", "owner"}),
        ("const form = await req.formData(); save(form.get('title'), form.get('file'))", {"title", "file"}),
        ("const { title } = (await req.json()) as Item; save(title)", {"title"}),
        ("const { title } = await readBody(req); save(title)", {"title"}),
    ],
)
def test_a_body_that_is_used_as_it_came(body, fields):
    route = post(body, before="const readBody = async (r) => await r.json()\n")
    assert route.validation == "raw"
    (form,) = route.bodies
    assert set(form.schema["properties"]) == fields


def test_forms_have_their_media_type():
    (form,) = post("const form = await req.formData(); save(form.get('file'))").bodies
    assert form.media_type == "multipart/form-data"


@pytest.mark.parametrize(
    ("body", "validation"),
    [
        ("return Response.json({})", "no_body"),
        ("const { id } = await params; return Response.json(await get(id))", "no_body"),
        ("const session = await getServerSession(req)", "no_body"),
        ("await a_package(req)", "unclear"),
        ("const data = await response.json(); return Response.json(data)", "no_body"),
    ],
)
def test_routes_that_read_no_body(body, validation):
    assert post(body, before='import { a_package, getServerSession } from "x"\n').validation == validation


def test_names_of_the_query_and_of_the_path():
    body = """
        const { searchParams } = new URL(req.url); const page = searchParams.get("page")
        const sort = req.nextUrl.searchParams.get("sort")"""
    route = post(body, head="GET(req, { params })")
    assert [(one.name, one.place.value, one.required) for one in route.parameters] == [
        ("id", "path", True),
        ("page", "query", False),
        ("sort", "query", False),
    ]
    assert route.bodies == ()


def test_schemas_among_the_options_of_a_wrapper():
    text = (
        ZOD
        + "const wrap = (options) => async (req) => options.handler(await options.schemas.body.parse(req))\n"
    )
    schemas = "{ body: schema, query: z.object({ page: z.string() }) }"
    call = f"export const POST = wrap({{ schemas: {schemas}, handler: async (i) => {{}} }})"
    (route,) = routes({"app/a/route.ts": text + call}).values()
    assert route.validation == "schema"
    assert [one.schema for one in route.bodies] == [DRAWN]
    assert [one.name for one in route.parameters] == ["page"]


def test_schemas_among_the_options_of_a_client_that_is_given_the_request():
    body = "return client({ request: req, schemas: { body: schema }, handler: async () => {} })"
    route = post(body, before=ZOD)
    assert (route.validation, [one.schema for one in route.bodies]) == ("schema", [DRAWN])


PAGES = """
export default async function handler(req, res) {
  switch (req.method) {
    case "POST": { const { title } = schema.parse(req.body); return res.json(title) }
    case "PUT": return change(req, res)
    case "GET": return res.json(await list(req.query.page, req.query.id))
    default: res.status(405).end()
  }
}
const change = async (request, res) => { const { title, owner } = request.body; res.json(title) }
"""


def test_the_pages_router_method_by_method():
    held = routes({"pages/api/items/[id].ts": ZOD + PAGES})
    assert held["POST /api/items/{id}"].validation == "schema"
    put = held["PUT /api/items/{id}"]
    assert put.validation == "raw"
    assert set(put.bodies[0].schema["properties"]) == {"title", "owner"}
    get = held["GET /api/items/{id}"]
    assert (get.validation, [one.name for one in get.parameters]) == ("no_body", ["id", "page"])


# ------------------------------------------------------------------------------------------ server actions

ACTIONS = (
    ZOD
    + """
import { auth } from "@clerk/nextjs/server"
export async function create(form: FormData) { await db.save(form.get("title")) }
export const change = async ({ id, title }) => { await db.change(id, schema.parse({ title })) }
export async function remove(id: string) { const { userId } = await auth(); if (!userId) throw new Error("no") }
async function hidden() {}
export const LIMIT = 3
export type X = string
"""
)


def actions(texts):
    return {one.route.path: one for one in found(texts).routes if "#" in one.route.path}


def test_exported_functions_of_a_file_with_the_directive():
    held = actions({"app/layout.tsx": "", "app/actions.ts": '"use server"\n' + ACTIONS})
    assert set(held) == {"app/actions.ts#create", "app/actions.ts#change", "app/actions.ts#remove"}
    create = held["app/actions.ts#create"]
    assert create.handler == ("app/actions.ts", "create")
    assert (create.route.method, create.route.certain, create.route.validation) == ("POST", False, "raw")
    assert set(create.route.bodies[0].schema["properties"]) == {"title"}
    assert held["app/actions.ts#change"].route.validation == "schema"


@pytest.mark.parametrize(
    "text", ["import x from 'y'\n'use server'\n", "// 'use server'\n", "const a = 'use server'\n", ""]
)
def test_files_without_the_directive_at_their_beginning_have_none(text):
    assert actions({"app/layout.tsx": "", "app/actions.ts": text + ACTIONS}) == {}


def test_functions_that_say_so_themselves():
    text = """
        export default function Page() {
          async function save(form) { "use server"; await db.save(form) }
          return <form action={async () => { 'use server'
            await leave() }} />
        }"""
    assert set(actions({"app/page.tsx": text})) == {
        "app/page.tsx#Page.save",
        "app/page.tsx#Page.<anonymous>:4",
    }


SAFE = """
import { createSafeActionClient } from "next-safe-action"
import { getServerSession } from "next-auth"
const options = { handleServerError(e) { return e.message } }
export const client = createSafeActionClient(options).use(async ({ next }) => next())
export const signedIn = client.use(async ({ next, ctx }) => {
  const session = await getServerSession()
  if (!session?.user) throw new AuthenticationError("Not signed in")
  return next({ ctx: { ...ctx, user: session.user } })
})
"""
SAFE_ACTIONS = (
    '"use server"\nimport { client, signedIn } from "../lib/safe"\n'
    + ZOD
    + """
export const open = client.action(async () => {})
export const save = signedIn.inputSchema(schema).action(async ({ parsedInput, ctx }) => { await db.save(parsedInput) })
"""
)


def test_clients_of_next_safe_action():
    held = actions({"app/layout.tsx": "", "lib/safe.ts": SAFE, "app/actions.ts": SAFE_ACTIONS})
    save = held["app/actions.ts#save"]
    assert [(one.kind.value, one.level.value) for one in save.route.guards] == [("authenticates", "route")]
    assert save.route.validation == "schema"
    assert [one.schema for one in save.route.bodies] == [DRAWN]
    assert held["app/actions.ts#open"].route.guards == ()


def test_middleware_may_stand_before_actions():
    text = """
        import { getToken } from "next-auth/jwt"
        export async function middleware(req) { if (!(await getToken({ req }))) return Response.redirect("/login") }"""
    held = actions(
        {"app/layout.tsx": "", "middleware.ts": text, "app/actions.ts": '"use server"\n' + ACTIONS}
    )
    (guard,) = held["app/actions.ts#create"].route.guards
    assert (guard.name, guard.kind.value) == ("middleware", "unclear")


TRPC = """
import { fetchRequestHandler } from "@trpc/server/adapters/fetch"
const handler = (req) => fetchRequestHandler({ req })
export { handler as GET, handler as POST }
"""
YOGA = """
import { createYoga } from "graphql-yoga"
const { handleRequest } = createYoga({})
export { handleRequest as GET }
"""


@pytest.mark.parametrize(("text", "what"), [(TRPC, "tRPC"), (YOGA, "GraphQL")])
def test_what_serves_many_operations_at_one_address_is_told(text, what):
    held = found({"app/api/x/[trpc]/route.ts": text})
    assert len(held.problems) == 1
    assert what in held.problems[0]

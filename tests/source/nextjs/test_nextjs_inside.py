"""Guards inside handlers, told from how a request of nobody ends."""

import pytest

from tests.source.nextjs.reading import found, routes

SESSION = 'import { getServerSession } from "next-auth"\nimport { db } from "../../db"\n'
S = "const s = await getServerSession(); "
DB = {"app/db.ts": 'import { PrismaClient } from "@prisma/client"\nexport const db = new PrismaClient()'}


def inside(body, *, before=SESSION, path="app/api/items/route.ts", method="POST", **more):
    texts = {**DB, path: f"{before}export async function {method}(req, ctx) {{ {body} }}", **more}
    (route,) = routes(texts).values()
    return [(one.kind.value, one.level.value) for one in route.guards]


@pytest.mark.parametrize(
    "body",
    [
        S + "if (!s) return new Response('', { status: 401 }); return Response.json({})",
        "const user = await current(); if (!user) return denied(); return Response.json(user)",
        "try { await ensure(); return new Response() } catch (e) { return Response.json({}, { status: e.status }) }",
        "const { ok } = await authorize(1); if (!ok) return Response.json({}, { status: 401 }); return new Response()",
    ],
)  # fmt: skip
def test_checks_of_any_form(body):
    helpers = """
        const current = async () => (await getServerSession())?.user
        const denied = () => Response.json({ error: "sign in" }, { status: 401 })
        class Denied extends Error { status = 401 }
        const ensure = async () => { if (!(await getServerSession())) throw new Denied("no") }
        async function authorize(id) {
            const session = await getServerSession()
            if (!session?.user) return { ok: false }
            return session.user.id === id ? { ok: true } : { ok: false }
        }
    """
    assert inside(body, before=SESSION + helpers) == [("authenticates", "inline")]


UNDEFINED = """
    const session = await getServerSession()
    const found = await db.items.count({ where: { id: ctx.params.id, owner: session?.user.id } })
    if (found === 0) return new Response("", { status: 403 })
    await db.items.delete({ where: { id: ctx.params.id } })"""


@pytest.mark.parametrize(
    "body",
    [
        "return Response.json(await db.items.findMany())",
        # Who is not signed in gets less, not nothing
        S + "if (!s) return Response.json([]); return Response.json(await db.x.list())",
        "const s = await getServerSession(); return Response.json({ signedIn: !!s })",
        # Refused for another reason
        "if (!(await limit(req)).success) return new Response('slow', { status: 429 }); return Response.json({})",
        "const item = await db.x.findUnique({ where: { id } }); if (item.x) return no(); return Response.json(item)",
        # Answered with a status that is not known
        "const { data, status } = await load(req); if (data.x) return no(); return Response.json({}, { status })",
        # Prisma leaves out a condition that is undefined: nobody is let through to everybody's
        UNDEFINED,
        # Whoever has a session is sent away, not who has none
        S + "if (s) return Response.redirect('/home'); return Response.json({})",
    ],
)  # fmt: skip
def test_handlers_that_answer_nobody(body):
    before = SESSION + "const no = () => new Response('no', { status: 403 })\n"
    assert inside(body, before=before) == []


def test_webhooks_by_their_signature():
    body = """
        const body = await req.text()
        try { event = stripe.webhooks.constructEvent(body, req.headers.get("stripe-signature"), process.env.SECRET) }
        catch (e) { return new Response("no", { status: 401 }) }
        return Response.json({})"""
    before = 'import Stripe from "stripe"\nconst stripe = new Stripe(process.env.KEY)\nlet event\n'
    assert inside(body, before=before) == [("service", "inline")]


def test_signatures_that_are_refused_with_any_error():
    body = """
        const signature = req.headers.get("x-provider-signature")
        if (!signature) return new Response("missing", { status: 400 })
        const event = provider.readEvent(await req.text(), signature)
        return Response.json({})"""
    assert inside(body, before='import provider from "provider"\n') == [("service", "inline")]
    unread = body.replace(", signature)", ")")
    assert inside(unread, before='import provider from "provider"\n') == []


PAGES = """
import { getSession } from "next-auth/react"
export default async function handler(req, res) {
  switch (req.method) {
    case "GET": return res.json(await list())
    case "POST": return create(req, res)
    default: return res.status(405).end()
  }
}
const create = async (req, res) => {
  const session = await getSession({ req })
  if (!session) return res.status(401).json({ error: "no" })
  res.status(201).json(await save(req.body))
}
"""


def test_the_pages_router_method_by_method():
    held = routes({"pages/api/items.ts": PAGES})
    assert [one.kind.value for one in held["POST /api/items"].guards] == ["authenticates"]
    assert held["GET /api/items"].guards == ()


def test_an_answer_that_does_not_end_the_handler_refuses_nobody():
    text = PAGES.replace("if (!session) return res", "if (!session) res")
    held = routes({"pages/api/items.ts": text})
    assert [one.kind.value for one in held["POST /api/items"].guards if one.kind != "unclear"] == []


ACTIONS = """
import { getServerSession } from "next-auth"
import { redirect } from "next/navigation"
import { db } from "./db"
const me = async () => await getServerSession()
export async function save(form) { if (!(await me())) throw new Error("Unauthorized"); await db.x.add() }
export async function leave(form) { if (!(await me())) redirect("/login"); await db.x.add() }
export async function open(form) { await db.x.add(form) }
export async function soft(form) { if (!(await me())) { console.log("no") } await db.x.add() }
"""


def test_server_actions():
    held = found({**DB, "app/layout.tsx": "", "app/a.ts": '"use server"\n' + ACTIONS}).routes
    kinds = {
        one.route.path.partition("#")[2]: [guard.kind.value for guard in one.route.guards] for one in held
    }
    assert kinds["save"] == ["authenticates"]
    assert kinds["open"] == []
    assert kinds["soft"] == []


def test_hostile_handlers_end():
    body = "let x = () => x(); x(); while (true) { await POST(req) } " + "if (a) { " * 150 + "}" * 150
    assert inside(body) == []

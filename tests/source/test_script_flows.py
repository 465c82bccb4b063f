"""Where values come from, followed backwards inside one file."""

import pytest

from launchready.source.code.files import code_files
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin
from launchready.source.script.reading import read_script


def origin(text, mode=Mode.TEXT, path="src/a.ts"):
    """The origin of what `sink(…)` is given."""
    reading = read_script(code_files({path: text}).by_path[path])
    calls = [one for one in reading.nodes("call_expression") if one.field("function").text() == "sink"]
    return Flows(reading).origin(calls[0].field("arguments").named_children()[0], mode)


@pytest.mark.parametrize(
    "text",
    [
        "function h(req, res) { sink(req.body.name) }",
        "function h(req, res) { const { name } = req.body; sink(name) }",
        "function h({ body: { name } }: Request, res) { sink(name) }",
        "function h(req) { const b = req.query; const n = b['x'].trim(); sink(`a ${n} b`) }",
        "function h(req) { let q = 'select '; q += req.params.id; sink(q) }",
        "function h(req) { const parts = ['a']; parts.push(`x = '${req.query.x}'`); sink(parts.join(' and ')) }",
        "async function POST(request: Request) { const body = await request.json(); sink(body.name) }",
        "async function POST(request: Request) { const { name } = await request.json(); sink('a' + name) }",
        "async function POST(r: NextRequest) { const f = await r.formData(); sink(f.get('x') as string) }",
        "function GET(req: NextRequest) { const { searchParams } = new URL(req.url); sink(searchParams.get('q')) }",
        "function GET(req: NextRequest) { sink(req.nextUrl.searchParams.get('q')) }",
        "class C { @Get() get(@Query('q') q: string) { sink(q) } }",
        "class C { @Post() make(@Body() dto: Dto) { sink(dto.name) } }",
        "export default async (ctx) => { sink(ctx.request.body.name) }",
        "app.get('/', async (c) => { sink(await c.req.json()) })",
        "app.get('/', (c) => { sink(c.req.param('id')) })",
        "function h(req) { for (const one of req.body.items) { sink(one.name) } }",
        "function h(req) { req.body.items.map((item) => sink(item.name)) }",
        "function h(req) { sink(req.body.ids.map((id) => `'${id}'`).join(',')) }",
        "function h(req) { sink(schema.parse(req.body).name) }",
        "function h(req) { const sort = req.query.sort || 'id'; sink(sort) }",
        "function h(req) { if (req.query.x !== undefined) { sink(req.query.x) } }",
        "function h(req) { sink(JSON.parse(req.body.data).x) }",
        "app.get('/', (req, res) => { const x = cond ? req.query.a : 'b'; sink(x) })",
        "class C { @Get() g(@Req() req) { sink(req.query.x) } }",
    ],
)
def test_what_the_caller_sent_is_followed(text):
    assert origin(text) & Origin.REQUEST


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "app/a/actions.ts",
            "'use server'\nexport async function save(data: FormData) { sink(data.get('x')) }",
        ),
        ("app/a/actions.ts", "'use server'\nexport async function save(name: string) { sink(name) }"),
        ("app/a/actions.ts", "async function save(name: string) { 'use server'; sink(name) }"),
        (
            "app/[id]/route.ts",
            "export async function GET(req, { params }) { const { id } = await params; sink(id) }",
        ),
        (
            "app/[id]/route.ts",
            "export const GET = withAuth(async ({ params, session }) => { sink(params.id) })",
        ),
        (
            "app/[id]/page.tsx",
            "export default async function Page({ params }) { const { id } = await params; sink(id) }",
        ),
        (
            "app/[id]/page.tsx",
            "export default async function Page(props) { const p = await props.searchParams; sink(p.q) }",
        ),
        (
            "server/x.ts",
            "export const r = procedure.input(S).query(async ({ ctx, input }) => { sink(input.name) })",
        ),
        (
            "server/x.ts",
            "export const a = action.schema(S).action(async ({ parsedInput: { name } }) => { sink(name) })",
        ),
        (
            "app/x.ts",
            "export async function GET() { const h = await headers(); sink(h.get('x-forwarded-host')) }",
        ),
    ],
)
def test_what_frameworks_hand_over_is_followed(path, text):
    assert origin(text, path=path) & Origin.REQUEST


@pytest.mark.parametrize(
    "text",
    [
        "function h(req) { sink('a' + 1) }",
        "const T = 'users'; function h(req) { sink(`select * from ${T}`) }",
        "import { T } from './t'; function h(req) { sink(`select * from ${T.name}`) }",
        "function h(req) { sink(Number(req.query.page)) }",
        "function h(req) { const page = parseInt(req.query.page, 10) || 1; sink(`${(page - 1) * 20}`) }",
        "function h(req) { sink(+req.query.page) }",
        "function h(req) { const dir = req.query.dir === 'asc' ? 'ASC' : 'DESC'; sink(`order by ${dir}`) }",
        "const A = { name: 'name', id: 'id' }; function h(req) { sink(A[req.query.sort]) }",
        "function h(req) { if (!ALLOWED.includes(req.query.sort)) return; sink(req.query.sort) }",
        "function h(req) { const { sort } = req.query; if (!ALLOWED.has(sort)) throw new Error(); sink(sort) }",
        "function h(req) { const s = ALLOWED.includes(req.query.s) ? req.query.s : 'id'; sink(s) }",
        "function h(req) { if (!/^[a-z]+$/.test(req.query.s)) { return res.end() } sink(req.query.s) }",
        "function h(req) { const p = z.object({ page: z.coerce.number() }).parse(req.query); sink(p.page) }",
        "const S = z.object({ n: z.coerce.number() }); function h(req) { const p = S.parse(req.query); sink(p.n) }",
        "const S = z.object({ k: z.enum(['a']) }); function h(q: Request) { sink(S.safeParse(q.query).data.k) }",
        "function h(req) { sink(req.body.items.length) }",
        "function h(req) { sink(req.body.ids.map((_, i) => `$${i + 1}`).join(',')) }",
        "class C { @Get() g(@Param('id', ParseIntPipe) id: number) { sink(id) } }",
        "function f(n: number) { sink(n) }",
        "function f(kind: 'a' | 'b') { sink(kind) }",
        "function h(req) { sink(DOMPurify.sanitize(req.body.html)) }",
        "function h(req) { sink(escapeHtml(req.query.q)) }",
        "function h(req) { sink(process.env.DATABASE) }",
        "function h(req) { sink(sql`a ${req.query.x}`) }",
        "class C { table = 'users'; f() { sink(this.table) } }",
        "const name = () => 'users'; function h() { sink(`from ${name()}`) }",
        "function h(req) { sink(req.method) }",
        "function h(req) { sink(new Date(req.query.d)) }",
    ],
)
def test_constants_and_what_was_made_harmless_are_nothing(text):
    assert origin(text) is Origin.CONSTANT


@pytest.mark.parametrize(
    "text",
    [
        "function h(req) { sink(req.user.id) }",
        "function h(req) { const { user } = req; sink(user.id) }",
        "async function h() { const session = await auth(); sink(session.user.id) }",
        "async function h() { const session = await getServerSession(options); sink(session?.user?.id) }",
        "async function h() { const { userId } = auth(); sink(userId) }",
        "async function h() { const { data: { user } } = await supabase.auth.getUser(); sink(user.id) }",
        "async function h() { const user = await getCurrentUser(); sink(user.id) }",
        "async function h() { const user = await requireUser(); sink(user!.id) }",
        "function h(req) { const p = jwt.verify(token, secret); sink(p.sub) }",
        "class C { @Get() g(@CurrentUser() user: User) { sink(user.id) } }",
        "class C { @Get() g(@Req() req) { sink(req.user.id) } }",
        "const GET = withSession(async ({ session }) => { sink(session.user.id) })",
        "const r = procedure.query(async ({ ctx }) => { sink(ctx.session.user.id) })",
        "app.get('/', async (ctx) => { sink(ctx.state.user.id) })",
        "app.get('/', async (req, res) => { sink(req.session.userId) })",
        "const who = (req) => req.user.id; function h(req) { sink(who(req)) }",
    ],
)
def test_who_the_caller_is(text):
    assert origin(text, Mode.VALUE) is Origin.CALLER


@pytest.mark.parametrize(
    ("text", "is_object"),
    [
        ("function h(req) { sink(req.body.name) }", True),
        ("function h(req) { sink(req.query.name) }", True),
        ("function h(req) { sink({ name: req.body.name }) }", True),
        ("function h(req) { sink(req.params.id) }", False),
        ("function h(req) { sink(String(req.body.name)) }", False),
        ("function h(req) { sink(`${req.body.name}`) }", False),
        ("function h(req) { sink(req.body.name.toString()) }", False),
        ("function h(req) { if (typeof req.body.name !== 'string') return; sink(req.body.name) }", False),
        ("function h(req) { sink(schema.parse(req.body).name) }", False),
        ("function GET(req: NextRequest) { sink(req.nextUrl.searchParams.get('q')) }", False),
        ("async function POST(req: Request) { const b = await req.json(); sink(b.name) }", True),
    ],
)
def test_what_may_be_an_object_that_the_caller_shaped(text, is_object):
    assert bool(origin(text, Mode.OBJECT) & Origin.REQUEST) is is_object


@pytest.mark.parametrize(
    "text",
    [
        "function h(req) { sink(Number(req.params.id)) }",
        "function h(req) { sink(new ObjectId(req.params.id)) }",
        "function h(req) { const id = parseInt(req.params.id, 10); sink(id) }",
        "function h(req) { sink(+req.params.id) }",
        "class C { @Get() g(@Param('id', ParseIntPipe) id: number) { sink(id) } }",
        "class C { @Get() g(@Param('id', ParseIntPipe) id: number) { sink({ a: { b: id } }) } }",
    ],
)
def test_numbers_can_name_objects(text):
    assert origin(text, Mode.VALUE) & Origin.REQUEST


def test_parameters_are_named():
    text = "function f(id: string, { owner }: X, data) { sink([id, owner, data.key]) }"
    reading = read_script(code_files({"a.ts": text}).by_path["a.ts"])
    call = reading.nodes("call_expression")[0]
    source = Flows(reading).source(call.field("arguments").named_children()[0])
    assert source.origin is Origin.PARAMETER
    assert {(one.position, one.words) for one in source.parameters} == {
        ("0", ("id",)),
        ("1.owner", ("owner",)),
        ("2.key", ("data", "key")),
    }


@pytest.mark.parametrize(
    "text",
    [
        "let a = b; let b = a; sink(a)",
        "function f() { let a = ''; a = a + a; sink(a) }",
        "const f = () => f(); sink(f())",
        "sink(" + "(" * 3000 + "1" + ")" * 3000 + ")",
        "sink(" + "1 + " * 3000 + "x)",
        "const " + ", ".join(f"a{i} = a{i + 1} + a{i + 1}" for i in range(200)) + "; sink(a0)",
    ],
)
def test_circles_and_depth_end(text):
    origin(text)

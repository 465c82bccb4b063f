"""Dangerous lines, each beside a harmless twin."""

import re

import pytest

from launchready.model.source import Flow, HitKind
from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts


def hits(text, path="src/server/a.ts"):
    text = re.sub(r"RAW<(.*?)> ?/>", r"dangerouslySetInnerHTML={{ __html: \1 }} />", text)
    return script_facts(code_files({path: text}).by_path[path]).hits


def found(text, path="src/server/a.ts"):
    return [(one.kind, one.flow, one.certain) for one in hits(text, path)]


def handler(body, imports=""):
    return f"{imports}\nexport async function h(req, res) {{ {body} }}"


SQL, NOSQL, COMMAND, CODE = HitKind.SQL, HitKind.NOSQL, HitKind.COMMAND, HitKind.CODE
SENT, OPEN = (Flow.REQUEST, True), (Flow.VARIABLE, False)


@pytest.mark.parametrize(
    ("body", "flow"),
    [
        ("await db.query(`SELECT * FROM users WHERE name = '${req.query.name}'`)", SENT),
        ("await db.query('SELECT * FROM users WHERE name = ' + req.body.name)", SENT),
        (
            "let q = 'SELECT * FROM users'; if (x) { q += ` WHERE a = ${req.query.a}` } await pool.query(q)",
            SENT,
        ),
        (
            "const w = []; w.push(`a = '${req.query.a}'`); await db.query('SELECT * FROM t WHERE ' + w.join(' AND '))",
            SENT,
        ),
        ("await prisma.$queryRawUnsafe(`SELECT * FROM users WHERE id = ${req.params.id}`)", SENT),
        ("await prisma.$executeRawUnsafe('UPDATE t SET a = ' + req.body.a)", SENT),
        ("await sequelize.query(`SELECT * FROM t WHERE a LIKE '%${req.query.q}%'`)", SENT),
        ("await knex.raw(`select * from t order by ${req.query.sort}`)", SENT),
        ("await knex('t').whereRaw(`a = ${req.query.a}`)", SENT),
        ("await db.execute(sql.raw(`select * from t where a = ${req.query.a}`))", SENT),
        ("await repo.createQueryBuilder('u').where(`u.name = '${req.query.name}'`).getMany()", SENT),
        ("await client.query({ text: `SELECT * FROM t WHERE a = ${req.query.a}` })", SENT),
        ("await sql.unsafe(`SELECT * FROM t WHERE a = '${req.query.a}'`)", SENT),
        ("const t = await tableOf(); await db.query(`SELECT * FROM ${t} WHERE a = 1`)", OPEN),
    ],
)
def test_sql_from_text(body, flow):
    assert (SQL, *flow) in found(handler(body))


@pytest.mark.parametrize(
    "body",
    [
        "await db.query('SELECT * FROM users WHERE name = $1', [req.query.name])",
        "await db.query('SELECT * FROM users WHERE name = ?', [req.query.name])",
        "await prisma.$queryRaw`SELECT * FROM users WHERE id = ${req.params.id}`",
        "await db.execute(sql`select * from t where a = ${req.query.a}`)",
        "await db.query(`SELECT * FROM t LIMIT ${Number(req.query.limit)}`)",
        "await db.query(`SELECT * FROM t LIMIT ${parseInt(req.query.limit, 10) || 20}`)",
        "const dir = req.query.dir === 'asc' ? 'ASC' : 'DESC'; await db.query(`SELECT * FROM t ORDER BY a ${dir}`)",
        "if (!COLUMNS.includes(req.query.s)) return; await db.query(`SELECT * FROM t ORDER BY ${req.query.s}`)",
        "const T = 'users'; await db.query(`SELECT * FROM ${T}`)",
        "await db.query(`SELECT * FROM ${TABLES.users} WHERE a = $1`, [req.query.a])",
        "const p = req.body.ids.map((_, i) => `$${i + 1}`); await db.query(`SELECT * FROM t WHERE a IN (${p})`, ids)",
        "await graph.query(`{ user(id: ${x}) { name } }`)",
        "await repo.createQueryBuilder('u').where('u.name = :name', { name: req.query.name }).getMany()",
        "await knex('t').where('a', req.query.a)",
        "const found = /select (.*) from/.exec(req.query.q)",
        "await db.query(q)",
    ],
)
def test_sql_with_parameters_and_constants_is_harmless(body):
    assert SQL not in {one.kind for one in hits("const TABLES = { users: 'u' };" + handler(body))}


@pytest.mark.parametrize(
    ("body", "certain"),
    [
        ("await User.findOne({ username: req.body.username, password: req.body.password })", False),
        ("await User.find(req.query)", False),
        ("await User.findOneAndUpdate(req.body.filter, {})", False),
        ("await db.collection('users').findOne({ name: req.body.name })", False),
        ("await this.userModel.deleteOne({ token: req.body.token })", False),
        ("await db.users.find({ $where: `this.id == '${req.params.id}'` })", True),
        ("await User.find(JSON.parse(req.query.filter))", False),
    ],
)
def test_filters_that_the_caller_shaped(body, certain):
    assert (NOSQL, Flow.REQUEST, certain) in found(handler(body))


@pytest.mark.parametrize(
    "body",
    [
        "await User.findOne({ username: String(req.body.username) })",
        "await User.findOne({ username: `${req.body.username}` })",
        "await User.findOne({ _id: req.params.id })",
        "if (typeof req.body.name !== 'string') return res.end(); await User.findOne({ name: req.body.name })",
        "const b = schema.parse(req.body); await User.findOne({ name: b.name })",
        "await User.findOne({ name: { $eq: req.body.name } })",
        "await User.findOne({ where: { name: req.body.name } })",
        "items.find((one) => one.id === req.body.id)",
        "await prisma.user.findFirst({ where: { name: req.body.name } })",
    ],
)
def test_filters_of_checked_values_are_harmless(body):
    assert NOSQL not in {one.kind for one in hits(handler(body))}


CHILD = (
    "import { exec, execSync, spawn, execFile } from 'node:child_process'; import { promisify } from 'util';"
)


@pytest.mark.parametrize(
    ("body", "flow"),
    [
        ("exec('ping -c 2 ' + req.body.host, done)", SENT),
        ("execSync(`convert ${req.query.file} out.png`)", SENT),
        ("const run = promisify(exec); await run(`ls ${req.query.dir}`)", SENT),
        ("spawn('sh', ['-c', req.body.command], { shell: true })", SENT),
        ("spawn(req.body.program, [])", SENT),
        ("const name = await nameOf(); exec(`rm ${name}`)", OPEN),
    ],
)
def test_commands(body, flow):
    assert (COMMAND, *flow) in found(handler(body, CHILD))


@pytest.mark.parametrize(
    "body",
    [
        "exec('git rev-parse HEAD')",
        "execFile('ping', ['-c', '2', req.body.host])",
        "spawn('convert', [req.query.file, 'out.png'])",
        "const found = /a(.*)b/.exec(req.query.text)",
        "await query.exec()",
    ],
)
def test_programs_with_lists_of_arguments_are_harmless(body):
    assert COMMAND not in {one.kind for one in hits(handler(body, CHILD))}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (handler("const x = eval(req.body.x)"), CODE),
        (handler("const f = new Function('a', req.body.code)"), CODE),
        (handler("vm.runInNewContext(req.body.code, {})", "import vm from 'vm'"), CODE),
        (handler("setTimeout(`done(${req.query.x})`, 10)"), CODE),
        (handler("res.send(ejs.render(req.body.template, {}))", "import ejs from 'ejs'"), HitKind.TEMPLATE),
        (
            handler("Handlebars.compile(req.body.text)({})", "import Handlebars from 'handlebars'"),
            HitKind.TEMPLATE,
        ),
        (
            handler("serialize.unserialize(req.body.data)", "const serialize = require('node-serialize')"),
            HitKind.DESERIALIZE,
        ),
        (
            handler("libxml.parseXml(req.body.xml, { noent: true })", "import libxml from 'libxmljs'"),
            HitKind.XML,
        ),
    ],
)
def test_text_that_is_run(text, kind):
    assert (kind, Flow.REQUEST, True) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        handler("eval('1 + 1')"),
        handler("const f = new Function('return this')"),
        handler("setTimeout(() => done(req.query.x), 10)"),
        handler("res.send(ejs.render('<p><%= x %></p>', { x: req.body.x }))", "import ejs from 'ejs'"),
        handler(
            "Handlebars.compile(await readFile('mail.hbs', 'utf8'))({ x: req.body.x })",
            "import H from 'handlebars'",
        ),
        handler("JSON.parse(req.body.data)"),
        handler("libxml.parseXml(req.body.xml)", "import libxml from 'libxmljs'"),
        handler("yaml.load(await readFile('a.yml'))", "import yaml from 'js-yaml'"),
        handler("math.evaluate(req.body.x)", "import * as math from './math'"),
    ],
)
def test_code_and_templates_of_the_product_are_harmless(text):
    assert hits(text) == ()


@pytest.mark.parametrize(
    ("text", "path", "flow"),
    [
        ("export const A = ({ post }) => <p RAW<post.content> />", "src/a.tsx", OPEN),
        (
            "export default function Page({ searchParams: s }) { return <p RAW<s.q> /> }",
            "app/a/page.tsx", SENT,
        ),
        ("export const f = (el, text) => { el.innerHTML = `<b>${text}</b>` }", "src/a.js", OPEN),
        ("export const f = (el) => { el.innerHTML = decodeURIComponent(location.hash) }", "src/a.js", SENT),
        ("export const f = (el, x) => { el.insertAdjacentHTML('beforeend', x) }", "src/a.js", OPEN),
        (
            "class C { show() { this.x = this.sanitizer.bypassSecurityTrustHtml(this.data.text) } }",
            "src/a.component.ts", OPEN,
        ),
        (handler("res.send(`<h1>${req.query.name}</h1>`)"), "src/a.ts", SENT),
        (handler("res.send('Hello ' + req.query.name)"), "src/a.ts", (Flow.REQUEST, False)),
        (
            "const A = ({ d }) => <script type='application/ld+json' RAW<JSON.stringify(d)> />",
            "src/a.tsx", OPEN,
        ),
    ],
)  # fmt: skip
def test_raw_html(text, path, flow):
    assert (HitKind.RAW_HTML, *flow) in found(text, path)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("const A = ({ p }) => <p RAW<DOMPurify.sanitize(p.content)> />", "src/a.tsx"),
        ("const A = ({ p }) => { const c = xss(p.c); return <p RAW<c> /> }", "src/a.tsx"),
        ("const A = () => <p RAW<'<b>fixed</b>'> />", "src/a.tsx"),
        ("import { t } from './texts'; const A = () => <p RAW<t.intro> />", "src/a.tsx"),
        (
            "const D = {}; const A = () => <script type='ld+json' RAW<JSON.stringify(D)> />",
            "src/a.tsx",
        ),
        (
            "const A = ({ d }) => <script type='ld+json' RAW<safeJson(d)> />",
            "src/a.tsx",
        ),
        ("const A = ({ c }) => <style RAW<c.css> />", "src/a.tsx"),
        ("const f = (el) => { el.innerHTML = '' }", "src/a.js"),
        ("const f = (a, b) => { a.innerHTML = b.innerHTML }", "src/a.js"),
        ("const f = (el, t) => { el.textContent = t }", "src/a.js"),
        (handler("res.json({ name: req.query.name })"), "src/a.ts"),
        (handler("res.send(req.body)"), "src/a.ts"),
        (handler("res.send(`<h1>${escapeHtml(req.query.name)}</h1>`)"), "src/a.ts"),
        (handler("res.send(`<a href='/x?q=${encodeURIComponent(req.query.q)}'>x</a>`)"), "src/a.ts"),
        (handler("res.type('text/plain').send('Hello ' + req.query.name)"), "src/a.ts"),
        (handler("res.status(400).send(`Invalid ${req.body.name}`)"), "src/a.ts"),
    ],
)  # fmt: skip
def test_html_that_was_cleaned_or_is_the_products_own(text, path):
    assert HitKind.RAW_HTML not in {one.kind for one in hits(text, path)}


AXIOS = "import axios from 'axios'; import got from 'got';"


@pytest.mark.parametrize(
    ("body", "certain"),
    [
        ("await fetch(req.body.url)", True),
        ("await axios.get(req.query.url)", True),
        ("await axios({ url: req.body.url, method: 'GET' })", True),
        ("const { url } = req.body; await got(url)", True),
        ("await fetch(`https://${req.query.host}/health`)", True),
        ("await fetch(`https://${req.query.region}.example.com/x`)", True),
        ("await fetch(new URL('/avatar', req.body.base))", True),
        ("const u = new URL(req.body.url); if (!HOSTS.includes(u.hostname)) return; await fetch(u)", False),
        ("if (!isAllowedUrl(req.body.url)) return; await fetch(req.body.url)", False),
    ],
)
def test_addresses_of_the_callers(body, certain):
    assert (HitKind.SERVER_FETCH, Flow.REQUEST, certain) in found(handler(body, AXIOS))


@pytest.mark.parametrize(
    "body",
    [
        "await fetch(`https://api.example.com/users/${req.params.id}`)",
        "await fetch(`${process.env.API_URL}/users/${req.params.id}`)",
        "await axios.get(BASE + '/users/' + req.params.id)",
        "await fetch('https://api.example.com/search?q=' + req.query.q)",
        "await axios.post('https://api.example.com', { url: req.body.url })",
        "await fetch(new URL(`/x/${req.params.id}`, 'https://api.example.com'))",
        "await fetch(new URL('/api/me', req.url))",
        "await cache.get(req.query.url)",
    ],
)
def test_fixed_hosts_are_harmless(body):
    assert HitKind.SERVER_FETCH not in {
        one.kind for one in hits("const BASE = 'https://a.example';" + handler(body, AXIOS))
    }


def test_calls_without_an_end_are_told_once_a_file():
    text = "import axios from 'axios'\nimport express from 'express'\nconst a = () => axios.get('https://x.example')\n"
    text += "const b = () => axios.post('https://y.example')"
    assert [one.place.line for one in hits(text) if one.kind is HitKind.NO_TIMEOUT] == [3]
    assert found(text.replace("x.example')", "x.example', { timeout: 5000 })")) == []
    assert found("'use client'\n" + text) == []
    assert found(text, "src/components/a.tsx") == []
    fetched = "export async function GET() { const r = await fetch('https://x.example') }"
    assert [one.kind for one in hits(fetched, "app/api/a/route.ts")] == [HitKind.NO_TIMEOUT]
    assert hits(fetched.replace("'https://x.example'", "'/own'"), "app/api/a/route.ts") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("const pool = new Pool({ ssl: { rejectUnauthorized: false } })", [True]),
        ("process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'", [True]),
        ("const agent = new https.Agent({ rejectUnauthorized: false })", [True]),
        ("const ssl = env.DB_SSL ? { rejectUnauthorized: false } : undefined", [False]),
        ("const pool = new Pool({ ssl: { rejectUnauthorized: true } })", []),
        ("const ssl = process.env.NODE_ENV === 'production' ? true : { rejectUnauthorized: false }", []),
        ("if (isDev) { process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0' }", []),
    ],
)
def test_certificates(text, expected):
    assert [one.certain for one in hits(text) if one.kind is HitKind.TLS_OFF] == expected


CORS = "import cors from 'cors';"
HEADERS = (
    "res.setHeader('Access-Control-Allow-Origin', req.headers.origin);"
    " res.setHeader('Access-Control-Allow-Credentials', 'true')"
)
VERCEL = "https://a.vercel.app"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (CORS + "app.use(cors({ origin: true, credentials: true }))", [HitKind.ANY_ORIGIN]),
        (CORS + "app.use(cors({ origin: '*', credentials: true }))", [HitKind.ANY_ORIGIN]),
        (CORS + "app.use(cors({ origin: (o, cb) => cb(null, true), credentials: true }))", [HitKind.ANY_ORIGIN]),
        (CORS + "const options = { origin: true, credentials: true }; app.use(cors(options))", [HitKind.ANY_ORIGIN]),
        ("app.enableCors({ origin: true, credentials: true })", [HitKind.ANY_ORIGIN]),
        (
            handler(HEADERS),
            [HitKind.ANY_ORIGIN],
        ),
        (CORS + "app.use(cors({ origin: ['https://a.example', 'http://localhost:3000'] }))", [HitKind.DEV_ORIGIN]),
        (CORS + f"app.use(cors({{ origin: ['https://a.example', '{VERCEL}'] }}))", [HitKind.DEV_ORIGIN]),
        (CORS + "app.use(cors())", []),
        (CORS + "app.use(cors({ origin: '*' }))", []),
        (CORS + "app.use(cors({ origin: 'https://a.example', credentials: true }))", []),
        (CORS + "app.use(cors({ origin: process.env.ORIGINS.split(','), credentials: true }))", []),
        (CORS + "app.use(cors({ origin: (o, cb) => has(o) ? cb(null, true) : cb(no), credentials: true }))", []),
        (CORS + "if (isDev) app.use(cors({ origin: true, credentials: true }))", []),
        (handler(f"if (LIST.includes(req.headers.origin)) {{ {HEADERS} }}"), []),
    ],
)  # fmt: skip
def test_origins(text, kinds):
    assert [one.kind for one in hits(text)] == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("import errorhandler from 'errorhandler'; app.use(errorhandler())", [HitKind.DEBUG]),
        (
            "app.use((err, req, res, next) => { res.status(500).json({ message: err.message, stack: err.stack }) })",
            [HitKind.DEBUG],
        ),
        ("app.use((err, req, res, next) => { res.status(500).send(err.stack) })", [HitKind.DEBUG]),
        ("process.env.NODE_ENV = 'development'", [HitKind.DEBUG]),
        ("import e from 'errorhandler'; if (process.env.NODE_ENV === 'development') { app.use(e()) }", []),
        (
            "app.use((e, req, res, next) => { res.json({ stack: process.env.NODE_ENV === 'x' ? null : e.stack }) })",
            [],
        ),
        ("app.use((err, req, res, next) => { res.json({ ...(isDev && { stack: err.stack }) }) })", []),
        ("app.use((err, req, res, next) => { logger.error(err.stack); res.json({ message: 'x' }) })", []),
        ("import serveIndex from 'serve-index'; app.use('/files', serveIndex('files'))", [HitKind.LISTING]),
        ("app.use('/files', express.static('files'))", []),
    ],
)
def test_errors_and_folders(text, kinds):
    assert [one.kind for one in hits(text)] == kinds


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("const s = process.env.JWT_SECRET || 'secret'", [True]),
        ("const s = process.env.SESSION_SECRET ?? `x` ?? 'y'", []),
        ("const s = process.env['ENCRYPTION_KEY'] ?? 'dev'", [True]),
        ("const { JWT_SECRET = 'changeme' } = process.env", [True]),
        ("class C { x = this.configService.get('JWT_SECRET', 'secret') }", [True]),
        ("const u = process.env.DATABASE_URL || 'postgres://app:app@localhost/app'", [True]),
        ("const u = process.env.DATABASE_URL || 'postgres://localhost/app'", []),
        ("const s = process.env.JWT_SECRET || ''", []),
        ("const s = process.env.JWT_SECRET", []),
        ("const p = process.env.PORT || '3000'", []),
        ("const r = process.env.SALT_ROUNDS || '10'", []),
        ("const s = isDev ? process.env.JWT_SECRET || 'dev' : need('JWT_SECRET')", []),
        ("const k = process.env.NEXT_PUBLIC_STRIPE_KEY || 'pk'", []),
    ],
)
def test_sample_keys(text, certain):
    assert [one.certain for one in hits(text) if one.kind is HitKind.SAMPLE_KEY] == certain


@pytest.mark.parametrize(
    ("text", "path", "certain"),
    [
        ("const k = process.env.NEXT_PUBLIC_STRIPE_SECRET_KEY", "lib/a.ts", [True]),
        ("const k = import.meta.env.VITE_ADMIN_PASSWORD", "src/a.ts", [True]),
        ("'use client'\nconst k = process.env.STRIPE_SECRET_KEY", "app/a.tsx", [False]),
        ("export default { define: { 'process.env': process.env } }", "vite.config.ts", [True]),
        ("export default { envPrefix: '' }", "vite.config.js", [True]),
        ("const k = process.env.STRIPE_SECRET_KEY", "lib/a.ts", []),
        ("const k = process.env.NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", "lib/a.ts", []),
        ("'use client'\nconst k = process.env.NEXT_PUBLIC_URL", "app/a.tsx", []),
        ("export default { define: { 'process.env.NODE_ENV': '1' } }", "vite.config.ts", []),
        ("export default { envPrefix: 'VITE_' }", "vite.config.js", []),
    ],
)
def test_secrets_for_browsers(text, path, certain):
    assert [one.certain for one in hits(text, path) if one.kind is HitKind.PUBLIC_SECRET] == certain


def test_master_keys_in_handlers():
    made = (
        "export async function POST() { const db = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY) }"
    )
    assert found(made, "app/api/a/route.ts") == [(HitKind.SUPER_KEY, Flow.NONE, True)]
    used = "import { supabaseAdmin } from '@/db'; export async function POST() { supabaseAdmin.from('a').select() }"
    assert found(used, "app/api/a/route.ts") == [(HitKind.SUPER_KEY, Flow.NONE, False)]
    own = "export async function POST() { const db = createClient(url, process.env.SUPABASE_ANON_KEY); db.from('a') }"
    assert found(own, "app/api/a/route.ts") == []
    maker = "export function createAdminClient() { return createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY) }"
    assert found(maker, "lib/supabase.ts") == []
    assert (
        found("export const db = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY)", "lib/supabase.ts")
        == []
    )


@pytest.mark.parametrize(
    "path",
    [
        "src/a.test.ts", "tests/a.ts", "__tests__/a.ts", "e2e/a.ts", "scripts/a.ts", "examples/web/a.ts", "docs/a.js",
        "prisma/seed.ts", "db/migrations/1_a.js", "src/a.stories.tsx", "next.config.js", "gulpfile.js", "tools/a.ts",
        "cypress/support/a.ts", "src/__mocks__/a.ts",
    ],
)  # fmt: skip
def test_code_beside_the_product_has_no_hits(path):
    assert (
        hits(handler("eval(req.body.x); await db.query('SELECT a FROM b WHERE c = ' + req.body.x)"), path)
        == ()
    )


@pytest.mark.parametrize(
    "path", ["src/config.ts", "src/messages/messages.ts", "src/lang/a.ts", "src/create-template.ts"]
)
def test_product_code_with_telling_names_has_hits(path):
    assert [one.kind for one in hits(handler("eval(req.body.x)"), path)] == [CODE]


def test_a_hit_names_its_function_and_hides_values():
    (hit,) = hits("class C { @Post() run(@Body() body) { return eval(body.code) } }")
    assert (hit.function, hit.rule, hit.place.line) == ("C.run", "code-from-text", 1)
    assert hit.message == "eval runs text as code that the caller sent"
    assert hit.fix
    value = "Zx9" * 12
    (hit,) = hits(f"const jwt = process.env.JWT_SECRET || '{value}'")
    assert value not in hit.place.code

"""Refusals of callers inside of handlers, and conditions that only look like some."""

import pytest

from launchready.model.source import GuardKind, GuardLevel
from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts

LOGIN, ROLE, SERVICE, UNCLEAR = (
    GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.UNCLEAR,
)  # fmt: skip
NO = "return NextResponse.json({}, { status: 401 })"


def function(text, path="src/a.ts", name="h"):
    held = script_facts(code_files({path: text}).by_path[path])
    return next(one for one in held.functions if one.name == name)


def kinds(body, path="src/a.ts"):
    held = function(f"async function h(req, res, next) {{ {body}; await work() }}", path)
    return [one.kind for one in held.guards]


@pytest.mark.parametrize(
    "body",
    [
        f"const session = await auth(); if (!session) {NO}",
        f"const session = await auth(); if (!session?.user) {{ {NO} }}",
        "const session = await getServerSession(options); if (session === null) throw new Error('Unauthorized')",
        "const session = await getSession({ req }); if (!session || !session.user) return res.status(401).end()",
        f"const token = await getToken({{ req }}); if (!token) {NO}",
        f"const user = await currentUser(); if (!user) {NO}",
        f"const {{ userId }} = await auth(); if (!userId) {NO}",
        f"const {{ data: {{ user }} }} = await supabase.auth.getUser(); if (!user) {NO}",
        f"const {{ data, error }} = await supabase.auth.getUser(); if (error || !data?.user) {NO}",
        "const session = await auth(); if (!session) redirect('/login')",
        "const session = await auth(); if (!session) return { error: 'Not authenticated' }",
        "const session = await auth(); if (!session) return null",
        "const session = await auth(); if (!session) { return NextResponse.redirect(new URL('/login', req.url)) }",
        "if (!req.user) return res.sendStatus(401)",
        "if (!req.session.userId) { return res.redirect('/login') }",
        "if (!req.isAuthenticated()) return res.sendStatus(401)",
        "if (req.isAuthenticated()) { return next() } res.status(401).end()",
        "try { const p = jwt.verify(req.headers.authorization, KEY) } catch (e) { return res.sendStatus(401) }",
        "const session = await auth(); if (session) { await work() } else { return res.status(401).end() }",
        "await auth.protect()",
        "const who = await requireUser(req); if (!who) return res.status(403).end()",
    ],
)
def test_who_is_not_signed_in_is_refused(body):
    assert LOGIN in kinds(body)
    assert set(kinds(body)) == {LOGIN}


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ("if (req.user.role !== 'admin') return res.sendStatus(403)", "admin"),
        ("if (!req.user.isAdmin) return res.sendStatus(403)", "isAdmin"),
        ("if (!['admin', 'staff'].includes(req.user.role)) return res.sendStatus(403)", "admin staff"),
        ("if (!hasPermission(req.user, 'posts:write')) throw new ForbiddenException()", "posts:write"),
        ("const s = await auth(); if (s?.user?.role !== 'ADMIN') redirect('/')", "ADMIN"),
        ("if (ability.cannot('read', 'Post')) throw new ForbiddenError()", "read Post"),
        ("ForbiddenError.from(ability).throwUnlessCan('delete', 'Post')", "delete Post"),
        (
            "const s = await auth(); const member = await teamMember(s, id); if (!member) return res.sendStatus(403)",
            "member",
        ),
    ],
)
def test_who_lacks_a_role_is_refused(body, role):
    held = function(f"async function h(req, res) {{ {body}; await work() }}")
    assert [(one.kind, one.role, one.level) for one in held.guards] == [(ROLE, role, GuardLevel.INLINE)]


@pytest.mark.parametrize(
    "body",
    [
        "const event = stripe.webhooks.constructEvent(body, signature, secret)",
        "if (req.headers.authorization !== `Bearer ${process.env.CRON_SECRET}`) return res.sendStatus(401)",
        "const secret = process.env.WEBHOOK_SECRET; if (req.query.secret !== secret) return res.sendStatus(401)",
        "const own = createHmac('sha256', key).digest(); if (req.headers['x-h'] !== own) return res.sendStatus(401)",
        "if (!crypto.timingSafeEqual(a, b)) return res.sendStatus(401)",
        "const wh = new Webhook(secret); const event = wh.verify(payload, headers)",
        "if (!verifySignature(req)) return res.status(401).end()",
    ],
)
def test_who_lacks_a_shared_secret_is_refused(body):
    assert set(kinds(body)) == {SERVICE}


@pytest.mark.parametrize(
    "body",
    [
        "const post = await load(); if (!post) return res.sendStatus(404)",
        "if (!req.body.name) return res.sendStatus(400)",
        "const user = await User.findOne({ email: req.body.email }); if (!user) return res.sendStatus(401)",
        "const user = await db.user.findUnique({ where: { resetToken: req.params.token } }); if (!user) return no(401)",
        "const session = await auth(); if (!session) { await countGuests() }",
        "const session = await auth(); const name = session ? session.user.name : 'guest'",
        "const session = await stripe.checkout.sessions.create({}); if (!session) return res.sendStatus(500)",
        "if (session) redirect('/dashboard')",
        "const session = await auth(); if (session) return res.redirect('/home')",
        "if (!req.user.emailVerified) return res.sendStatus(403)",
        "if (a !== b) return res.sendStatus(403)",
        "const { user } = await generateAuthTokens(req.body); if (!user) return res.sendStatus(401)",
        "passport.authenticate('local', (error, user) => { if (!user) return res.redirect('/login') })(req, res)",
    ],
)
def test_what_refuses_no_caller(body):
    assert kinds(body) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if (!req.user) res.status(401).end(); await work()", []),
        ("if (!req.user) { res.sendStatus(401) } work()", []),
        ("if (!req.user) { res.status(401).end() } else { work() }", [LOGIN]),
        ("if (!req.user) { res.status(401).end(); return } work()", [LOGIN]),
        ("if (!req.user) unauthorized(); work()", [LOGIN]),
    ],
)
def test_an_answer_that_is_written_does_not_end_the_function(body, found):
    assert kinds(body) == found


@pytest.mark.parametrize(
    "body",
    [
        f"const session = await auth(); if (post.private) {{ if (!session) {NO} }}",
        f"const session = await auth(); if (post.private && !session) {NO}",
        f"for (const one of all) {{ if (!req.user) {NO} }}",
    ],
)
def test_a_refusal_that_hangs_on_something_else_is_unclear(body):
    assert kinds(body) == [UNCLEAR]


@pytest.mark.parametrize(
    "body",
    [
        f"if (req.method === 'POST') {{ if (!req.user) {NO} }}",
        f"switch (req.method) {{ case 'POST': {{ if (!req.user) {NO} }} }}",
        f"try {{ if (!req.user) {NO} }} catch (error) {{}}",
    ],
)
def test_branches_of_the_method_are_on_the_way(body):
    assert kinds(body) == [LOGIN]


def test_two_parts_are_two_guards():
    held = function(
        "async function h(req) { const user = await currentUser();"
        " if (!user || !isAdmin(user)) { throw new Error('Unauthorized') } work() }"
    )
    assert [(one.kind, one.name) for one in held.guards] == [(LOGIN, "!user"), (ROLE, "!isAdmin(user)")]


def test_components_that_show_nothing_to_guests_refuse_nobody():
    body = "const session = useSession(); if (!session) return null"
    assert kinds(body, "src/menu.tsx") == []
    assert kinds("const session = await auth(); if (!session) redirect('/login')", "app/x/page.tsx") == [
        LOGIN
    ]


def test_a_refusal_of_a_parameter_waits_for_who_calls():
    held = function(
        "function requireAdmin(user) { if (user.role !== 'admin') throw new ForbiddenError() }",
        name="requireAdmin",
    )
    assert [(one.guard.kind, one.who.parameters) for one in held.asked] == [(ROLE, ("0", "0.role"))]
    assert held.guards == ()
    assert held.refusals == (403,)


def test_hostile_conditions_end():
    kinds("if (" + "!" * 500 + "req.user) return")
    kinds("if (" + " || ".join(["!req.user"] * 800) + ") return res.sendStatus(401)")

import pytest

from tests.source.express.apps import HEAD, kinds, routes


def only(text):
    (route,) = routes(HEAD + text).values()
    return route


def guard(body, use="guard", extra=""):
    """The kind of one guard written in the file, at one route."""
    text = f'{extra}\nconst guard = {body};\napp.get("/x", {use}, (req, res) => res.json([]));'
    route = only(text)
    return route.guards[0].kind.value if route.guards else None


def test_what_is_registered_before_counts():
    found = routes(
        HEAD
        + """
app.get("/open", (req, res) => res.json([]));
app.use(requireUser);
app.get("/closed", (req, res) => res.json([]));
app.get("/admin", requireAdmin, (req, res) => res.json([]));
"""
    )
    assert {one.path: one.access.value for one in found.values()} == {
        "/open": "none",
        "/closed": "member",
        "/admin": "admin",
    }
    assert kinds(found["GET /admin"]) == [
        ("requireUser", "authenticates", "global"),
        ("requireAdmin", "authorizes", "route"),
    ]


def test_a_prefix_is_guarded_and_nothing_beside_it():
    found = routes(
        HEAD
        + """
app.use("/api/admin", requireUser, requireAdmin);
app.get("/api/admin/users", (req, res) => res.json([]));
app.get("/api/administrators", (req, res) => res.json([]));
"""
    )
    assert {one.path: one.access.value for one in found.values()} == {
        "/api/admin/users": "admin",
        "/api/administrators": "none",
    }


def test_a_router_is_guarded_by_its_own_and_by_what_stands_before_it():
    found = routes(
        HEAD
        + """
const items = express.Router();
items.get("/public", (req, res) => res.json([]));
items.use(requireUser);
items.get("/mine", (req, res) => res.json([]));
app.use("/items", items);
const staff = express.Router();
staff.get("/", (req, res) => res.json([]));
app.use("/staff", requireUser, requireAdmin, staff);
app.get("/after", (req, res) => res.json([]));
"""
    )
    assert {one.path: one.access.value for one in found.values()} == {
        "/items/public": "none",
        "/items/mine": "member",
        "/staff": "admin",
        "/after": "none",
    }


def test_a_guard_of_a_router_at_the_root_stands_before_what_comes_later():
    found = routes(
        HEAD
        + """
const first = express.Router();
first.use(requireUser);
app.use(first);
app.get("/later", (req, res) => res.json([]));
"""
    )
    assert found["GET /later"].access.value == "member"


def test_a_route_for_everything_is_a_guard():
    found = routes(HEAD + 'app.all("/api/*", requireUser);\napp.get("/api/x", h);\napp.get("/y", h);')
    assert {one.id: one.access.value for one in found.values()} == {"GET /api/x": "member", "GET /y": "none"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("(req, res, next) => { if (!req.user) return res.sendStatus(401); next(); }", "authenticates"),
        ("(req, res, next) => { if (req.isAuthenticated()) return next(); res.redirect('/login'); }", "authenticates"),
        (
            "(req, res, next) => { if (!req.session.userId) { res.status(401); return res.end(); } next(); }",
            "authenticates",
        ),
        ("(req, res, next) => req.user ? next() : next(createError(401))", "authenticates"),
        ("(req, res, next) => { if (!req.user) throw new UnauthorizedError(); next(); }", "authenticates"),
        (("async (req, res, next) => { const user = await User.findOne({ token: req.headers.authorization });"
         " if (!user) { res.statusCode = 401; return res.end(); } req.user = user; next(); }"), "authenticates"),
        ("(req, res, next) => { const e = new Error('x'); e.status = 401; if (!req.user) return next(e); next(); }",
         "authenticates"),
        (("(req, res, next) => { jwt.verify(req.cookies.token, KEY, (err, user) => {"
         " if (err) return res.sendStatus(403); req.user = user; next(); }); }"), "authenticates"),
        ("(req, res, next) => { if (req.get('x-api-key') !== process.env.KEY) return res.sendStatus(401); next(); }",
         "service"),
        ("(req, res, next) => { if (!['admin', 'staff'].includes(req.user.role)) return res.sendStatus(403); next(); }",
         "authorizes"),
        # who has nothing passes
        (("(req, res, next) => { if (!req.headers.authorization) return next();"
         " try { req.user = jwt.verify(req.headers.authorization, KEY); next(); } catch { res.sendStatus(401); } }"),
         "identifies"),
        ("(req, res, next) => { const t = req.cookies.token; if (t) req.user = jwt.verify(t, KEY); next(); }",
         "identifies"),
        # what refuses nobody is no guard, whatever its name
        ("(req, res, next) => { req.started = Date.now(); next(); }", None),
        ("(req, res, next) => { if (!req.body.name) return res.status(400).json({}); next(); }", None),
        ("(req, res, next) => { res.status(404).json({}); }", None),
        ("(req, res, next) => next()", None),
        ("(error, req, res, next) => { res.status(401).json({}); }", None),
        # a switch that is set elsewhere may leave it open
        ("(req, res, next) => { if (config.open) return next(); if (!req.user) return res.sendStatus(401); next(); }",
         "unclear"),
    ],
)  # fmt: skip
def test_guards_are_told_by_what_they_do(body, kind):
    assert guard(body, extra='const jwt = require("jsonwebtoken");') == kind


def test_a_name_proves_nothing():
    assert (
        guard(
            "(req, res, next) => next()",
            use="requireAuth",
            extra="const requireAuth = (req, res, next) => next();",
        )
        is None
    )


@pytest.mark.parametrize(
    ("use", "kind", "role"),
    [
        ('allow("admin")', "authorizes", "admin"),
        ('allow("editor", "admin")', "authorizes", "editor, admin"),
        ("allow()", "authenticates", ""),
    ],
)
def test_what_a_factory_makes_is_looked_into(use, kind, role):
    route = only(
        "const allow = (...roles) => (req, res, next) => {\n"
        "  if (!req.user) return res.sendStatus(401);\n"
        "  if (roles.length && !roles.includes(req.user.role)) return res.sendStatus(403);\n"
        "  next();\n};\n"
        f'app.get("/x", {use}, (req, res) => res.json([]));'
    )
    assert [(one.kind.value, one.role) for one in route.guards] == [(kind, role)]


@pytest.mark.parametrize(
    ("use", "kind"),
    [
        ('passport.authenticate("jwt", { session: false })', "authenticates"),
        ('passport.authenticate(["jwt", "anonymous"])', "identifies"),
        ('passport.authenticate("google")', None),
        ('passport.authenticate("local")', None),
        ("expressjwt({ secret })", "authenticates"),
        ("expressjwt({ secret, credentialsRequired: false })", "identifies"),
        ("helmet()", None),
        ("session({ secret })", None),
        ('require("some-middleware")()', "unclear"),
    ],
)
def test_packages(use, kind):
    text = (
        'const passport = require("passport");\nconst { expressjwt } = require("express-jwt");\n'
        'const helmet = require("helmet");\nconst session = require("express-session");\n'
        f'app.get("/x", {use}, (req, res) => res.json([]));'
    )
    route = only(text)
    assert (route.guards[0].kind.value if route.guards else None) == kind


def test_exempted_paths_are_not_guarded():
    found = routes(
        HEAD
        + """
const { expressjwt } = require("express-jwt");
app.use(expressjwt({ secret }).unless({ path: ["/login", { url: "/items", methods: ["GET"] }, /^\\/docs/] }));
app.post("/login", h); app.get("/items", h); app.post("/items", h); app.get("/docs/x", h);
"""
    )
    assert {one.id: one.access.value for one in found.values()} == {
        "POST /login": "none",
        "GET /items": "none",
        "POST /items": "member",
        "GET /docs/x": "none",
    }


def test_a_guard_that_looks_at_the_path_is_read_for_each_route():
    found = routes(
        HEAD
        + """
const open = ["/login", "/health"];
app.use((req, res, next) => {
  if (open.includes(req.path)) return next();
  if (!req.user) return res.sendStatus(401);
  next();
});
app.post("/login", h); app.get("/me", h);
"""
    )
    assert {one.id: one.access.value for one in found.values()} == {
        "POST /login": "none",
        "GET /me": "member",
    }


def test_a_guard_that_stands_there_only_sometimes_is_unclear():
    found = routes(HEAD + "if (process.env.AUTH) app.use(requireUser);\napp.get('/x', h);")
    assert found["GET /x"].access.value == "unclear"


def test_a_missing_setting_that_ends_the_program_makes_nothing_doubtful():
    found = routes(
        HEAD + "if (!process.env.SECRET) throw new Error('SECRET');\napp.use(requireUser);\napp.get('/x', h);"
    )
    assert found["GET /x"].access.value == "member"


def test_a_guard_that_cannot_be_found_is_unclear():
    assert only('app.get("/x", mystery, (req, res) => res.json([]));').access.value == "unclear"


def test_parameters_may_guard():
    found = routes(
        HEAD
        + """
app.param("id", (req, res, next, id) => { if (!req.user) return res.sendStatus(401); next(); });
app.get("/x/:id", h); app.get("/y", h);
"""
    )
    assert {one.id: one.access.value for one in found.values()} == {"GET /x/{id}": "member", "GET /y": "none"}

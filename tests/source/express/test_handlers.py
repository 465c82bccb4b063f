import pytest

from tests.source.express.apps import HEAD, handlers, routes

CONTROLLER = """
const wrap = require("./wrap");
exports.list = wrap(async (req, res) => { res.json([]); });
exports.create = async (req, res) => { const { name, price } = req.body; res.json({ name, price }); };
exports.save = async (req, res) => { res.json(await Item.create(req.body)); };
"""
WRAP = "module.exports = (fn) => (req, res, next) => { Promise.resolve(fn(req, res, next)).catch(next); };"


@pytest.mark.parametrize(
    ("use", "key"),
    [
        ("items.list", ("items.js", "list")),
        ("items.create.bind(items)", ("items.js", "create")),
        ("wrap(items.create)", ("items.js", "create")),
        ("asyncHandler(async (req, res) => { res.json([]); })", ("app.js", "<anonymous>:7")),
        ("[requireUser, items.create]", ("items.js", "create")),
        ("new Items().get", ("class.js", "Items.get")),
        ("missing.handler", None),
    ],
)
def test_the_function_behind_wrappers_is_found(use, key):
    files = {
        "app.js": HEAD.strip()
        + '\nconst wrap = require("./wrap"), asyncHandler = require("express-async-handler");'
        + '\nconst items = require("./items"), Items = require("./class");'
        + f'\napp.post("/x", {use});',
        "items.js": CONTROLLER,
        "wrap.js": WRAP,
        "class.js": "module.exports = class Items { get(req, res) { res.json([]); } };",
    }
    assert handlers(files)["POST /x"] == key


def form(handler, extra=""):
    (route,) = routes(HEAD + f'{extra}\napp.post("/x", {handler});').values()
    return route


def test_what_a_handler_reads_is_the_form():
    route = form(
        "(req, res) => { const { email, password } = req.body; log(req.body.remember); res.json([]); }"
    )
    assert route.validation.value == "raw"
    assert sorted(route.bodies[0].schema["properties"]) == ["email", "password", "remember"]


def test_a_handler_that_reads_no_body_has_none():
    route = form("(req, res) => { res.json(req.query.page); }")
    assert (route.validation.value, route.bodies) == ("no_body", ())
    assert [one.name for one in route.parameters] == ["page"]


@pytest.mark.parametrize(
    ("extra", "handler"),
    [
        (
            (
                'const Joi = require("joi");\nconst validate = (schema) => (req, res, next) => {'
                " const { error } = schema.validate(req.body); if (error) return res.status(400).json({}); next(); };"
            ),
            (
                "validate(Joi.object({ email: Joi.string().email().required(), age: Joi.number().min(18) })),"
                " (req, res) => save(req.body)"
            ),
        ),
        (
            'const { z } = require("zod");',
            (
                "(req, res) => { const data = schema.parse(req.body); save(data); }"
                "); const schema = z.object({ email: z.string().email(), age: z.number().min(18).optional() }"
            ),
        ),
        (
            'const { celebrate, Joi } = require("celebrate");',
            (
                "celebrate({ body: Joi.object().keys({ email: Joi.string().email().required(),"
                " age: Joi.number().min(18) }) }),"
                " (req, res) => save(req.body)"
            ),
        ),
    ],
)
def test_validators_are_schemas(extra, handler):
    route = form(handler, extra)
    assert route.validation.value == "schema"
    assert route.bodies[0].schema == {
        "type": "object",
        "properties": {
            "email": {"type": "string", "format": "email"},
            "age": {"type": "number", "minimum": 18},
        },
        "required": ["email"],
    }


def test_express_validator():
    route = form(
        '[body("email").isEmail(), body("password").isLength({ min: 8 }), body("name").optional()],'
        " (req, res) => save(req.body)",
        'const { body, validationResult } = require("express-validator");',
    )
    assert route.validation.value == "schema"
    assert route.bodies[0].schema == {
        "type": "object",
        "properties": {
            "email": {"type": "string", "format": "email"},
            "password": {"type": "string", "minLength": 8},
            "name": {"type": "string"},
        },
        "required": ["email", "password"],
    }


CHECKING = """
const { body, check, validationResult } = require("express-validator");
const checking = (checks) => async (req, res, next) => {
  await Promise.all(checks.map((one) => one.run(req)));
  const errors = validationResult(req);
  if (errors.isEmpty()) return next();
  res.status(422).json({ errors: errors.array() });
};
const item = [body("title").isString().trim(), body("price").isInt()];
const onItem = (name) => check(name).isUUID();
"""


def test_express_validator_behind_a_function_that_is_given_the_checks():
    checked = form("checking(item), (req, res) => save(req.body)", CHECKING)
    assert checked.validation.value == "schema"
    assert sorted(checked.bodies[0].schema["properties"]) == ["price", "title"]
    together = form("checking([onItem('note'), ...item]), (req, res) => save(req.body)", CHECKING)
    assert sorted(together.bodies[0].schema["properties"]) == ["note", "price", "title"]


def test_what_only_checks_the_path_checks_no_body():
    text = HEAD + CHECKING + 'app.put("/x/:item", checking([onItem("item")]), (req, res) => save(req.body));'
    (route,) = routes(text).values()
    assert route.validation.value == "raw"
    assert "item" not in route.bodies[0].schema["properties"]


def test_a_local_login_of_passport_takes_its_fields():
    found = routes({
        "package.json": '{"dependencies": {"express": "4", "passport": "0.7", "passport-local": "1"}}',
        "app.js": """
const express = require("express");
const passport = require("passport");
const { Strategy: LocalStrategy } = require("passport-local");
passport.use(new LocalStrategy({ usernameField: "email" }, (email, password, done) => done(null, false)));
const app = express();
app.use(express.json());
app.post("/login", passport.authenticate("local"), (req, res) => res.send({ user: req.user, r: req.body.remember }));
app.post("/other", passport.authenticate("jwt"), (req, res) => res.send(req.body.remember));
""",
    })  # fmt: skip
    fields = {route.path: set(route.bodies[0].schema["properties"]) for route in found.values()}
    assert fields == {"/login": {"email", "password", "remember"}, "/other": {"remember"}}

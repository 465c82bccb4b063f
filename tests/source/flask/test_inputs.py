import pytest

from launchready.model.operation import Place
from launchready.model.source import Validation
from tests.source.flask.apps import main, one

FORM = """
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired
class LoginForm(FlaskForm):
    username = StringField(validators=[DataRequired()])
    password = PasswordField()
"""
SCHEMA = """
from marshmallow import Schema, fields
class UserSchema(Schema):
    email = fields.Email(required=True)
user_schema = UserSchema()
"""
MODEL = """
from pydantic import BaseModel
class User(BaseModel):
    email: str
"""
WEBARGS = "from webargs.flaskparser import use_args, use_kwargs\n"


def taken(body, before="", decorators="", parameters=""):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return one(main(f'{before}\n@app.post("/x")\n{decorators}\ndef x({parameters}):\n{lines}\n'))


@pytest.mark.parametrize(
    ("before", "decorators", "body", "fields"),
    [
        (FORM, "", "form = LoginForm()\nif form.validate_on_submit(): ...", {"username", "password"}),
        (SCHEMA, "", "data = UserSchema().load(request.get_json())", {"email"}),
        (SCHEMA, "", "data = user_schema.load(request.json)", {"email"}),
        (
            SCHEMA,
            "",
            "given = request.get_json()\nschema = UserSchema()\ndata = schema.load(given)",
            {"email"},
        ),
        (MODEL, "", "data = User.model_validate(request.get_json())", {"email"}),
        (MODEL, "", "data = User(**request.json)", {"email"}),
        (SCHEMA + WEBARGS, "@use_kwargs(user_schema)", "...", {"email"}),
        (
            SCHEMA + WEBARGS + "from webargs import fields as f\n",
            '@use_args({"a": f.Int(required=True)})',
            "...",
            {"a"},
        ),
    ],
)
def test_bodies_with_a_schema(before, decorators, body, fields):
    route = taken(body, before, decorators)
    assert set(route.bodies[0].schema["properties"]) == fields
    assert route.validation is Validation.SCHEMA


def test_request_parsers():
    before = """
from flask_restful import reqparse
parser = reqparse.RequestParser()
parser.add_argument("name", type=str, required=True)
parser.add_argument("count", type=int)
parser.add_argument("page", type=int, location="args")
"""
    route = taken("args = parser.parse_args()", before)
    assert route.bodies[0].schema == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
        "required": ["name"],
    }


@pytest.mark.parametrize(
    ("body", "media", "fields"),
    [
        (
            "data = request.get_json()\nuse(data['email'], data.get('name'))",
            "application/json",
            {"email", "name"},
        ),
        ("use(request.json['email'])", "application/json", {"email"}),
        (
            "use(request.form['email'], request.form.get('next'))",
            "application/x-www-form-urlencoded",
            {"email", "next"},
        ),
        ("use(request.files['picture'])", "multipart/form-data", {"picture"}),
    ],
)
def test_bodies_as_they_came(body, media, fields):
    route = taken(body)
    assert route.bodies[0].media_type == media
    assert set(route.bodies[0].schema["properties"]) == fields
    assert route.validation is Validation.RAW


def test_a_schema_that_only_writes_the_answer_checks_nothing():
    route = taken("given = request.json['name']\nschema = UserSchema()\nreturn schema.dump(given)", SCHEMA)
    assert route.validation is Validation.RAW
    route = taken("given = request.json['name']\nschema = codec(given)\nreturn schema.load(given)", SCHEMA)
    assert route.validation is Validation.RAW


def test_no_body():
    assert taken("return 'x'").validation is Validation.NO_BODY


def test_query_parameters():
    route = one(
        main(
            """
            @app.get("/x")
            def x():
                page = request.args.get("page", 1, type=int)
                return request.args["q"]
            """
        )
    )
    assert [(each.name, each.place, each.required, each.schema["type"]) for each in route.parameters] == [
        ("page", Place.QUERY, False, "integer"),
        ("q", Place.QUERY, True, "string"),
    ] or {each.name for each in route.parameters} == {"page", "q"}


def test_forms_of_class_based_views():
    route = one(
        main(
            FORM
            + """
class Login(MethodView):
    form = LoginForm
    def post(self):
        form = self.form()
        if form.validate_on_submit(): ...
app.add_url_rule("/login", view_func=Login.as_view("login"))
"""
        )
    )
    assert set(route.bodies[0].schema["properties"]) == {"username", "password"}

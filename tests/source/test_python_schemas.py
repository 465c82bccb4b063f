import ast
import textwrap

import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.python.project import PythonProject
from launchready.source.python.schemas.marshmallow import form_schema, marshmallow_schema
from launchready.source.python.schemas.models import Schemas


def schema_of(annotation, definitions="", **files):
    texts = {"models.py": textwrap.dedent(definitions) + f"\nx: {annotation}\n"}
    texts |= {f"{name}.py": textwrap.dedent(text) for name, text in files.items()}
    project = PythonProject(code_files(texts).of(Language.PYTHON))
    module = project.module("models.py")
    return Schemas(project).of(module, module.tree.body[-1].annotation)


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", {"type": "string"}),
        ("int | None", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ("Optional[UUID]", {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}),
        ("list[datetime]", {"type": "array", "items": {"type": "string", "format": "date-time"}}),
        ("dict[str, int]", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ("Literal['a', 'b']", {"enum": ["a", "b"]}),
        ("'EmailStr'", {"type": "string", "format": "email"}),
        ("Annotated[str, Field(max_length=5)]", {"type": "string", "maxLength": 5}),
        ("constr(min_length=2)", {"type": "string", "minLength": 2}),
        ("Any", {}),
        ("made_up()", {}),
    ],
)
def test_annotations(annotation, schema):
    assert schema_of(annotation) == schema


def test_models_inherit():
    schema = schema_of(
        "Child",
        """
        from base import Parent
        class Child(Parent):
            extra: bool = False
            model_config = {}
            hidden: ClassVar[int] = 1
            _private: int = 2
        """,
        base="from pydantic import BaseModel\nclass Parent(BaseModel):\n    name: str\n",
    )
    assert schema == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "extra": {"type": "boolean", "default": False}},
        "required": ["name"],
    }


@pytest.mark.parametrize(
    "config",
    [
        "model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)",
        "class Config:\n        alias_generator = to_camel_case",
    ],
)
def test_names_on_the_wire(config):
    definitions = f"""
class M(BaseModel):
    {config}
    first_name: str
    zip: str = Field(alias="postalCode")
"""
    assert set(schema_of("M", definitions)["properties"]) == {"firstName", "postalCode"}


def test_models_that_hold_themselves_end():
    schema = schema_of("Node", "class Node(BaseModel):\n    children: list['Node'] = []\n")
    assert schema["properties"]["children"]["items"] == {"type": "object"}


def test_enumerations():
    definitions = "from enum import Enum\nclass Color(str, Enum):\n    RED = 'red'\n    BLUE = 'blue'\n"
    assert schema_of("Color", definitions) == {"enum": ["red", "blue"]}


def test_dataclasses_and_typed_dicts():
    assert schema_of("P", "@dataclass\nclass P:\n    x: int\n    y: int = 0\n")["required"] == ["x"]
    loose = schema_of("T", "class T(TypedDict, total=False):\n    x: int\n")
    assert "required" not in loose


def definition(text):
    project = PythonProject(code_files({"forms.py": textwrap.dedent(text)}).of(Language.PYTHON))
    module = project.module("forms.py")
    node = [each for each in module.tree.body if isinstance(each, ast.ClassDef)][-1]
    return project, module, node


def test_marshmallow():
    schema = marshmallow_schema(
        *definition(
            """
            from marshmallow import Schema, fields, validate
            class Address(Schema):
                city = fields.Str(required=True)
            class SignUp(Schema):
                email = fields.Email(required=True)
                password = fields.Str(load_only=True, validate=validate.Length(min=8))
                id = fields.Int(dump_only=True)
                home = fields.Nested(Address)
                tags = fields.List(fields.Str(), data_key="labels")
            """
        )
    )
    assert set(schema["properties"]) == {"email", "password", "home", "labels"}
    assert schema["properties"]["password"] == {"type": "string", "minLength": 8}
    assert schema["properties"]["home"]["required"] == ["city"]
    assert schema["required"] == ["email"]


def test_wtforms():
    schema = form_schema(
        *definition(
            """
            from flask_wtf import FlaskForm
            from wtforms import PasswordField, StringField, SubmitField
            from wtforms.validators import DataRequired, Email
            class LoginForm(FlaskForm):
                email = StringField("Email", validators=[DataRequired(), Email()])
                password = PasswordField("Password", [DataRequired()])
                submit = SubmitField("Sign in")
            """
        )
    )
    assert schema["properties"] == {
        "email": {"type": "string", "format": "email"},
        "password": {"type": "string", "format": "password"},
    }
    assert schema["required"] == ["email", "password"]

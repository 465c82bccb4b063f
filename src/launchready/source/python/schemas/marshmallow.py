"""Schemas of marshmallow (and webargs, APIFlask, flask-smorest), forms of WTForms, models of flask-restx."""

import ast
from collections.abc import Mapping
from typing import Any

from launchready.source.python.project import (
    Defined,
    PythonModule,
    PythonProject,
    class_bindings,
    dotted_name,
)
from launchready.source.python.schemas.fields import base_names, lineage
from launchready.source.python.wiring.values import (
    ClassValue,
    Instance,
    Known,
    Made,
    OutsideValue,
    Table,
    Value,
    creation,
    items_of,
    text_of,
    texts_of,
    truth_of,
)

_DEEPEST = 5
_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "Integer": {"type": "integer"},
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Decimal": {"type": "number"},
    "Number": {"type": "number"},
    "Fixed": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "Bool": {"type": "boolean"},
    "String": {"type": "string"},
    "Str": {"type": "string"},
    "Email": {"type": "string", "format": "email"},
    "Url": {"type": "string", "format": "uri"},
    "URL": {"type": "string", "format": "uri"},
    "UUID": {"type": "string", "format": "uuid"},
    "DateTime": {"type": "string", "format": "date-time"},
    "AwareDateTime": {"type": "string", "format": "date-time"},
    "Date": {"type": "string", "format": "date"},
    "Time": {"type": "string", "format": "time"},
    "Dict": {"type": "object"},
    "Mapping": {"type": "object"},
    "File": {"type": "string", "format": "binary"},
    "Raw": {},
    "Field": {},
}
_FORM_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "IntegerField": {"type": "integer"},
    "FloatField": {"type": "number"},
    "DecimalField": {"type": "number"},
    "BooleanField": {"type": "boolean"},
    "EmailField": {"type": "string", "format": "email"},
    "PasswordField": {"type": "string", "format": "password"},
    "DateField": {"type": "string", "format": "date"},
    "DateTimeField": {"type": "string", "format": "date-time"},
    "URLField": {"type": "string", "format": "uri"},
    "FileField": {"type": "string", "format": "binary"},
    "MultipleFileField": {"type": "array", "items": {"type": "string", "format": "binary"}},
    "SelectMultipleField": {"type": "array", "items": {}},
}
_NO_FORM_FIELDS = frozenset({"SubmitField", "RecaptchaField", "CSRFTokenField"})
_REQUIRED = frozenset({"DataRequired", "InputRequired", "Required", "FileRequired"})


def is_marshmallow(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> bool:
    """Whether a class is a schema of marshmallow."""
    names = base_names(project, module, node) - {node.name}
    return bool(names & {"Schema", "SQLAlchemyAutoSchema", "SQLAlchemySchema", "ModelSchema"}) or any(
        name.endswith("Schema") for name in names
    )


def is_form(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> bool:
    """Whether a class is a form of WTForms."""
    return any(name.endswith("Form") for name in base_names(project, module, node) - {node.name})


def marshmallow_schema(
    project: PythonProject, module: PythonModule, node: ast.ClassDef, depth: int = 0
) -> dict[str, Any]:
    """What a schema of marshmallow loads."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for owner, each in reversed(list(lineage(project, module, node))):
        for name, value in class_bindings(each).items():
            if isinstance(value, ast.Call):
                _field(project, owner, (name, value), (properties, required), depth)
    return _object(properties, required)


def fields_schema(
    project: PythonProject, module: PythonModule, fields: ast.Dict, depth: int = 0
) -> dict[str, Any]:
    """What a dict of fields loads: `{"name": fields.Str(required=True)}`."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for key, value in zip(fields.keys, fields.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and isinstance(value, ast.Call):
            _field(project, module, (key.value, value), (properties, required), depth)
    return _object(properties, required)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _field(
    project: PythonProject,
    module: PythonModule,
    written: tuple[str, ast.Call],
    into: tuple[dict[str, Any], list[str]],
    depth: int,
) -> None:
    name, call = written
    properties, required = into
    schema = _field_schema(project, module, call, depth)
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if schema is None or _is_true(keywords.get("dump_only")):
        return
    key = project.text(module, keywords.get("data_key") or keywords.get("load_from")) or name
    properties[key] = {**schema, **_limits(keywords.get("validate"))}
    if _is_true(keywords.get("required")):
        required.append(key)


def _field_schema(
    project: PythonProject, module: PythonModule, call: ast.Call, depth: int
) -> dict[str, Any] | None:
    """The schema of a field; None for what is none."""
    name = dotted_name(call.func).rpartition(".")[2]
    if name in _FIELDS:
        return dict(_FIELDS[name])
    if name == "List" and call.args:
        inner = call.args[0]
        held = _field_schema(project, module, inner, depth + 1) if isinstance(inner, ast.Call) else {}
        return {"type": "array", "items": held or {}}
    if name == "Nested" and call.args:
        if depth > _DEEPEST:
            return {"type": "object"}
        inner = call.args[0]
        held_class = project.of(module, inner.func if isinstance(inner, ast.Call) else inner)
        many = any(keyword.arg == "many" and _is_true(keyword.value) for keyword in call.keywords)
        schema: dict[str, Any] = {"type": "object"}
        if isinstance(held_class, Defined) and isinstance(held_class.node, ast.ClassDef):
            schema = marshmallow_schema(project, held_class.module, held_class.node, depth + 1)
        return {"type": "array", "items": schema} if many else schema
    if name in {"auto_field", "Pluck", "Enum", "Constant", "Method", "Function"}:
        return {} if name not in {"Method", "Function"} else None
    return {} if dotted_name(call.func).startswith(("fields.", "ma.", "mm_fields.")) else None


def _limits(validate: ast.expr | None) -> dict[str, Any]:
    """What `validate=` states, as far as it is written with marshmallow's own validators."""
    found: dict[str, Any] = {}
    calls = validate.elts if isinstance(validate, ast.List | ast.Tuple) else [validate]
    for call in calls:
        if not isinstance(call, ast.Call):
            continue
        name = dotted_name(call.func).rpartition(".")[2]
        keys = ("minLength", "maxLength") if name == "Length" else ("minimum", "maximum")
        if name in {"Length", "Range"}:
            for keyword in call.keywords:
                if keyword.arg in {"min", "max"} and isinstance(keyword.value, ast.Constant):
                    found[keys[keyword.arg == "max"]] = keyword.value.value
        elif name == "OneOf" and call.args and isinstance(call.args[0], ast.List | ast.Tuple):
            found["enum"] = [each.value for each in call.args[0].elts if isinstance(each, ast.Constant)]
        elif name == "Email":
            found["format"] = "email"
    return found


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def form_schema(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> dict[str, Any]:
    """What a form of WTForms takes."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for owner, each in reversed(list(lineage(project, module, node))):
        for name, value in class_bindings(each).items():
            called = dotted_name(value).rpartition(".")[2] if isinstance(value, ast.Call) else ""
            if not isinstance(value, ast.Call) or not called.endswith("Field") or called in _NO_FORM_FIELDS:
                continue
            properties[name] = dict(_FORM_FIELDS.get(called, {"type": "string"}))
            validators = _validators(project, owner, value)
            if validators & _REQUIRED and name not in required:
                required.append(name)
            if "Email" in validators:
                properties[name]["format"] = "email"
    return _object(properties, required)


def _validators(project: PythonProject, module: PythonModule, call: ast.Call) -> set[str]:
    held = next((keyword.value for keyword in call.keywords if keyword.arg == "validators"), None)
    held = held if held is not None else (call.args[1] if len(call.args) > 1 else None)
    if held is None:
        return set()
    _, value = project.value(module, held)
    elements = value.elts if isinstance(value, ast.List | ast.Tuple) else []
    return {dotted_name(each).rpartition(".")[2] for each in elements}


# ------------------------------------------------------------------------------------------------ values


def restx_schema(value: Value | None, depth: int = 0) -> dict[str, Any] | None:
    """The schema of a model of flask-restx: `api.model("User", {"name": fields.String(required=True)})`."""
    made = creation(value)
    if depth > _DEEPEST or made is None:
        return None
    last = made.what.rpartition(".")[2]
    if last in {"model", "Model", "inherit", "clone"}:
        properties: dict[str, Any] = {}
        required: list[str] = []
        for given in made.arguments[1:]:
            parent = restx_schema(given, depth + 1)
            if parent is not None:
                properties |= parent.get("properties", {})
                required.extend(parent.get("required", ()))
            if isinstance(given, Table):
                for key, held in given.entries.items():
                    if isinstance(key, str) and isinstance(held, OutsideValue):
                        properties[key] = dict(_FIELDS.get(held.name.rpartition(".")[2], {}))
                    elif isinstance(key, str) and isinstance(held, Made):
                        properties[key] = _restx_field(held, depth)
                        if truth_of(held.keywords.get("required", Known(value=False))) is True:
                            required.append(key)
        return _object(properties, required)
    return None


def _restx_field(made: Made, depth: int) -> dict[str, Any]:
    last = made.what.rpartition(".")[2]
    if last == "List" and made.arguments:
        inner = made.arguments[0]
        return {"type": "array", "items": _restx_field(inner, depth + 1) if isinstance(inner, Made) else {}}
    if last == "Nested" and made.arguments:
        return restx_schema(made.arguments[0], depth + 1) or {"type": "object"}
    schema = dict(_FIELDS.get(last, {}))
    values = texts_of(made.keywords.get("enum"))
    return {**schema, "enum": values} if values else schema


def value_schema(project: PythonProject, value: Value | None) -> dict[str, Any] | None:
    """The schema that a value stands for: a class or instance of marshmallow, a dict of fields, a restx model."""
    cls = value.cls if isinstance(value, Instance) else value
    if isinstance(cls, ClassValue):
        if is_marshmallow(project, cls.module, cls.node):
            return marshmallow_schema(project, cls.module, cls.node)
        return form_schema(project, cls.module, cls.node) if is_form(project, cls.module, cls.node) else None
    if isinstance(value, Table):
        properties: dict[str, Any] = {}
        required: list[str] = []
        for key, held in value.entries.items():
            if isinstance(key, str) and isinstance(held, Made) and isinstance(held.node, ast.Call):
                _field(project, held.module, (key, held.node), (properties, required), 0)
        return _object(properties, required) if properties else None
    return restx_schema(value)


def parser_schema(arguments: list[tuple[Value | None, Mapping[str, Value]]]) -> dict[str, Any]:
    """What a request parser (flask-restful's `reqparse`) takes, without what it takes from the query."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, keywords in arguments:
        key = text_of(name)
        places = texts_of(keywords.get("location"))
        if key is None or (places and not set(places) & {"json", "form", "files", "values"}):
            continue
        properties[key] = _argument_type(keywords.get("type"))
        if truth_of(keywords.get("required", Known(value=False))) is True:
            required.append(key)
        choices = [item.value for item in items_of(keywords.get("choices")) if isinstance(item, Known)]
        if choices:
            properties[key]["enum"] = choices
    return _object(properties, required)


_ARGUMENT_TYPES: Mapping[str, dict[str, Any]] = {
    "builtins.int": {"type": "integer"},
    "builtins.float": {"type": "number"},
    "builtins.bool": {"type": "boolean"},
    "builtins.list": {"type": "array", "items": {}},
    "builtins.dict": {"type": "object"},
}


def _argument_type(value: Value | None) -> dict[str, Any]:
    name = value.name if isinstance(value, OutsideValue) else ""
    return dict(_ARGUMENT_TYPES.get(name, {"type": "string"}))

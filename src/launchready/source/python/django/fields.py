"""Fields of models, forms and serializers → JSON Schema, by what their constructors are given."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from launchready.model.operation import Schema
from launchready.source.python.django.classes import Classes, Lineage, bindings
from launchready.source.python.django.scopes import Bound, Scope
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, Outside, PythonModule, dotted_name

_TEXT = {"type": "string"}
_KINDS: tuple[tuple[str, Schema], ...] = (
    (
        "Char Text RegexField NullBoolean SlugRelated FilePath CICharField CITextField TreeForeign Color",
        _TEXT,
    ),
    ("Email CIEmail", {"type": "string", "format": "email"}),
    ("URL HyperlinkedRelated HyperlinkedIdentity", {"type": "string", "format": "uri"}),
    ("Slug AutoSlug", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}),
    ("UUID", {"type": "string", "format": "uuid"}),
    ("IPAddress GenericIPAddress", {"type": "string", "format": "ipv4"}),
    ("Integer BigInteger SmallInteger Duration Auto BigAuto SmallAuto", {"type": "integer"}),
    ("PositiveInteger PositiveSmallInteger PositiveBigInteger", {"type": "integer", "minimum": 0}),
    ("Float Decimal Money", {"type": "number"}),
    ("Boolean", {"type": "boolean"}),
    ("DateTime SplitDateTime", {"type": "string", "format": "date-time"}),
    ("Date", {"type": "string", "format": "date"}),
    ("Time", {"type": "string", "format": "time"}),
    ("File Image Thumbnailer", {"type": "string", "format": "binary"}),
    (
        "List Array MultipleChoice ManyRelated ModelMultipleChoice ManyToMany TypedMultipleChoice",
        {"type": "array"},
    ),
    ("Dict HStore", {"type": "object"}),
    ("JSON Json Base64 PrimaryKeyRelated ModelChoice Related ForeignKey OneToOne", {}),
    ("Choice TypedChoice", _TEXT),
)
_BY_NAME: Mapping[str, Schema] = {name: schema for names, schema in _KINDS for name in names.split()}
_LIMITS = {
    "max_length": "maxLength",
    "min_length": "minLength",
    "max_value": "maximum",
    "min_value": "minimum",
}
# Made by the database or the framework, never taken from a body
_MADE = frozenset({"Auto", "BigAuto", "SmallAuto", "ManyToOneRel", "GenericRelation", "GeneratedField"})
_SHOWN = frozenset(
    {"SerializerMethod", "ReadOnly", "Hidden", "StringRelated", "HyperlinkedIdentity", "Computed"}
)
_RELATIONS = frozenset({"ForeignKey", "OneToOne", "ManyToMany", "TreeForeignKey", "ParentalKey"})
_MOST_CHOICES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFacts:
    """A field: its schema, whether it must be given, whether it is taken at all."""

    schema: Schema
    required: bool = True
    taken: bool = True


class Fields:
    """Reads field constructors and the fields of models."""

    def __init__(self, values: Values, classes: Classes) -> None:
        self.values = values
        self.classes = classes
        self._models: dict[int, Mapping[str, FieldFacts]] = {}

    def kind(self, call: ast.Call) -> str:
        """`Char` of `serializers.CharField(…)`; empty for what is no field."""
        last = dotted_name(call.func).rpartition(".")[2]
        for end in ("Field", ""):
            name = last.removesuffix(end) if end else last
            if (end and last.endswith(end)) or name in _BY_NAME or name in _RELATIONS:
                return name
        return ""

    def schema(self, module: PythonModule, call: ast.Call) -> Schema:
        """What a field takes, with the limits that it is given."""
        kind = self.kind(call)
        found: dict[str, Any] = dict(_BY_NAME.get(kind, {}))
        given = {one.arg: one.value for one in call.keywords if one.arg}
        if found.get("type") in {"string", "integer", "number"}:
            for name, word in _LIMITS.items():
                number = self._number(module, given.get(name))
                if number is not None and (found["type"] == "string") == word.endswith("Length"):
                    found[word] = number
        choices = given.get("choices") or (call.args[0] if kind == "Choice" and call.args else None)
        options = (
            list(self._choices(Bound(scope=Scope(module=module), expression=choices))) if choices else []
        )
        if options and found.get("type") != "array":
            return {"enum": options[:_MOST_CHOICES]}
        if kind == "List":
            child = given.get("child") or (call.args[0] if call.args else None)
            if isinstance(child, ast.Call):
                found["items"] = self.schema(module, child)
        return found

    def _number(self, module: PythonModule, expression: ast.expr | None) -> int | None:
        text = self.values.project.text(module, expression)
        return int(text) if text is not None and text.isdecimal() else None

    def _choices(self, bound: Bound) -> Iterator[str | int]:
        """The values of `[("a", "A"), …]`, `Status.choices`, `Status`."""
        expression = bound.expression
        if isinstance(expression, ast.Attribute) and expression.attr == "choices":
            bound = bound.other(expression.value)
        made = self.classes.class_of(bound.scope.module, bound.expression)
        if isinstance(made, Defined):
            yield from self._members(made)
            return
        for item in self.values.items(bound.scope, bound.expression).found:
            held = self.values.resolved(item.bound).expression
            first = held.elts[0] if isinstance(held, ast.Tuple | ast.List) and held.elts else held
            value = self.values.resolved(item.bound.other(first)).expression
            if isinstance(value, ast.Constant) and isinstance(value.value, str | int):
                yield value.value

    def _members(self, made: Defined) -> Iterator[str | int]:
        for name, held in bindings(made.node).items():
            value = held.elts[0] if isinstance(held, ast.Tuple) and held.elts else held
            match value:
                case ast.Constant(value=str() | int() as one) if not name.startswith("_"):
                    yield one

    def stated(self, module: PythonModule, call: ast.Call) -> FieldFacts:
        """A field as a form or serializer declares it."""
        given = {one.arg: one.value for one in call.keywords if one.arg}
        kind = self.kind(call)
        required = "default" not in given and "initial" not in given and not _is_false(given.get("required"))
        return FieldFacts(
            schema=self.schema(module, call),
            required=required,
            taken=not _is_true(given.get("read_only")) and kind not in _SHOWN,
        )

    # ---------------------------------------------------------------------------------------------- models

    def model(self, module: PythonModule, expression: ast.expr) -> Mapping[str, FieldFacts]:
        """The fields of a model; empty where its class is not found."""
        held = self.model_class(module, expression)
        if isinstance(held, Outside):
            return _USER if held.name.endswith("auth.models.User") else {}
        return self.fields_of(self.classes.lineage(held)) if held is not None else {}

    def model_class(self, module: PythonModule, expression: ast.expr) -> Defined | Outside | None:
        """The class of a model that is named, by `get_user_model()` too."""
        bound = self.values.resolved(Bound(scope=Scope(module=module), expression=expression))
        if isinstance(bound.expression, ast.Call) and dotted_name(bound.expression).endswith(
            "get_user_model"
        ):
            return self._user_model()
        text = self.values.project.text(bound.scope.module, bound.expression)
        if text is not None:
            return self._named(text.rpartition(".")[2])
        return self.classes.class_of(bound.scope.module, bound.expression)

    def _user_model(self) -> Defined | Outside:
        for module in self.values.project.modules("AUTH_USER_MODEL"):
            held = module.names.get("AUTH_USER_MODEL")
            text = self.values.project.text(module, held) if isinstance(held, ast.expr) else None
            found = self._named(text.rpartition(".")[2]) if text else None
            if found is not None:
                return found
        return Outside(name="django.contrib.auth.models.User")

    def _named(self, name: str) -> Defined | None:
        for module in self.values.project.modules(f"class {name}("):
            held = module.names.get(name)
            if isinstance(held, ast.ClassDef) and "/migrations/" not in module.path:
                return Defined(module=module, node=held, name=name)
        return None

    def fields_of(self, lineage: Lineage) -> Mapping[str, FieldFacts]:
        """The fields of a model class, those of its ancestors included."""
        first = next(lineage.own, None)
        if first is None:
            return {}
        if id(first.node) not in self._models:
            found: dict[str, FieldFacts] = {}
            if any(one.endswith("AbstractUser") for one in lineage.outside):
                found |= _USER
            elif any(one.endswith("AbstractBaseUser") for one in lineage.outside):
                found |= {"password": _USER["password"]}
            for member in reversed(list(lineage.own)):
                for name, held in bindings(member.node).items():
                    if isinstance(held, ast.Call) and self.kind(held):
                        found[name] = self._model_field(member.module, held)
            self._models[id(first.node)] = found
        return self._models[id(first.node)]

    def _model_field(self, module: PythonModule, call: ast.Call) -> FieldFacts:
        given = {one.arg: one.value for one in call.keywords if one.arg}
        kind = self.kind(call)
        optional = any(_is_true(given.get(name)) for name in ("blank", "null", "primary_key"))
        made = kind in _MADE or any(_is_true(given.get(name)) for name in ("auto_now", "auto_now_add"))
        schema = {} if kind in _RELATIONS and kind != "ManyToMany" else self.schema(module, call)
        editable = not _is_false(given.get("editable"))
        required = not optional and "default" not in given and kind != "ManyToMany"
        return FieldFacts(schema=schema, required=required, taken=editable and not made)


def _is_true(expression: ast.expr | None) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is True


def _is_false(expression: ast.expr | None) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is False


def _user() -> Iterator[tuple[str, FieldFacts]]:
    for name, schema, required in (
        ("username", {"type": "string", "maxLength": 150}, True),
        ("email", {"type": "string", "format": "email"}, False),
        ("password", {"type": "string"}, True),
        ("first_name", {"type": "string", "maxLength": 150}, False),
        ("last_name", {"type": "string", "maxLength": 150}, False),
        ("is_staff", {"type": "boolean"}, False),
        ("is_superuser", {"type": "boolean"}, False),
        ("is_active", {"type": "boolean"}, False),
        ("groups", {"type": "array"}, False),
        ("user_permissions", {"type": "array"}, False),
    ):
        yield name, FieldFacts(schema=schema, required=required)


# What django.contrib.auth's own user has
_USER: Mapping[str, FieldFacts] = dict(_user())

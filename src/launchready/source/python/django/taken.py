"""Which bodies views take, and whether a serializer or form checks them before they are used."""

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from launchready.model.operation import BodyForm
from launchready.model.source import Validation
from launchready.source.python.django.callers import held_by
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.conditions import EndKind, Setting
from launchready.source.python.django.guards import Asked, Guards
from launchready.source.python.django.scopes import code_of
from launchready.source.python.drf.serializers import FORM, JSON, MULTIPART, Serializers
from launchready.source.python.project import Defined, Function, PythonModule, dotted_name
from launchready.source.python.schemas.raw import assigned_part, part_of, raw_reads

_WITHOUT = frozenset({"GET", "DELETE", "HEAD", "OPTIONS"})
_MOST_CALLS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The bodies of a route."""

    bodies: tuple[BodyForm, ...] = ()
    validation: Validation = Validation.UNCLEAR


_NONE = Taken(validation=Validation.NO_BODY)


class TakenBodies:
    """Reads the bodies of views."""

    def __init__(self, guards: Guards, serializers: Serializers) -> None:
        self.guards = guards
        self.serializers = serializers
        self.classes = guards.classes

    def of_function(self, module: PythonModule, node: Function | ast.Lambda, method: str) -> Taken:
        """The body of a function view for a method."""
        if method in _WITHOUT:
            return _NONE
        return self._of_code(module, node, None, partial=False)

    def of_class(
        self, lineage: Lineage, asked: Asked, held: Method | None, given: Mapping[str, Defined]
    ) -> Taken:
        """The body of a class's method: of the code of its handler, else of the serializer or form of the class."""
        if asked.method in _WITHOUT:
            return _NONE
        partial = asked.method == "PATCH"
        own = self._of_class(lineage, asked, given, partial=partial)
        if held is None:
            return own
        read = self._of_code(held.module, held.node, own, partial=partial)
        return own if own.bodies and read.validation is Validation.UNCLEAR else read

    # ------------------------------------------------------------------------------------------- the class

    def _of_class(
        self, lineage: Lineage, asked: Asked, given: Mapping[str, Defined], *, partial: bool
    ) -> Taken:
        for name, method in (("serializer_class", "get_serializer_class"), ("form_class", "get_form_class")):
            held = given.get(name) or self._chosen(lineage, asked, method) or lineage.attribute(name)
            if held is None or not isinstance(held.node, ast.expr | ast.ClassDef):
                continue
            made = (
                held if isinstance(held.node, ast.ClassDef) else self.classes.class_of(held.module, held.node)
            )
            if made is None:
                continue
            inner = self.classes.lineage(made) if isinstance(made, Defined) else Lineage(members=(made,))
            body = self.serializers.body(inner, partial=partial, form=name == "form_class")
            return Taken(bodies=(body,) if body is not None else (), validation=Validation.SCHEMA)
        return self._of_model(lineage)

    def _chosen(self, lineage: Lineage, asked: Asked, name: str) -> Defined | None:
        """What `get_serializer_class` gives for the action, if that is one class."""
        setting = Setting(situation=asked.situations[1])
        ends = self.guards.outcomes.method_ends(lineage, name, setting)
        values = [
            end.value for end in ends.found if end.kind is EndKind.RETURN and end.value is not None
        ] if ends is not None else []  # fmt: skip
        for value in map(held_by, values):
            expression = value.expression
            if isinstance(expression, ast.Attribute) and dotted_name(expression).startswith("self."):
                return lineage.attribute(expression.attr)
            if isinstance(expression, ast.Name | ast.Attribute):
                made = self.classes.class_of(value.scope.module, expression)
                if isinstance(made, Defined):
                    return made
        return None

    def _of_model(self, lineage: Lineage) -> Taken:
        """A generic form view without a form: `model` and `fields`."""
        model, fields = lineage.attribute("model"), lineage.attribute("fields")
        if model is None or fields is None or not isinstance(model.node, ast.expr):
            return Taken()
        known = self.serializers.fields.model(model.module, model.node)
        names = [one.value for one in ast.walk(fields.node) if isinstance(one, ast.Constant)]
        taken = {
            name: one for name, one in known.items() if one.taken and (name in names or "__all__" in names)
        }
        if not taken:
            return Taken(validation=Validation.SCHEMA)
        schema = {"type": "object", "properties": {name: one.schema for name, one in taken.items()}}
        schema["required"] = [name for name, one in taken.items() if one.required]
        return Taken(
            bodies=(BodyForm(media_type=FORM, schema=schema, required=True),), validation=Validation.SCHEMA
        )

    # -------------------------------------------------------------------------------------------- the code

    def _of_code(
        self, module: PythonModule, node: Function | ast.Lambda, own: Taken | None, *, partial: bool
    ) -> Taken:
        """What a handler's code does with the body: hands it to a serializer or form, or reads it as it came."""
        bodies = list(self._handed(module, node, own, partial=partial))
        if bodies:
            known = tuple(dict.fromkeys(one.media_type for one in bodies if one is not None))
            chosen = [next(one for one in bodies if one is not None and one.media_type == m) for m in known]
            return Taken(bodies=tuple(chosen), validation=Validation.SCHEMA)
        raw = raw_reads(node, _media_of)
        if raw.keys:
            return Taken(bodies=raw.forms(), validation=Validation.RAW)
        return Taken(validation=Validation.UNCLEAR)

    def _handed(
        self, module: PythonModule, node: Function | ast.Lambda, own: Taken | None, *, partial: bool
    ) -> Iterator[BodyForm | None]:
        parts = _parts_of_body(node)
        keys = {
            part[0]: part[2]
            for each in ast.walk(node)
            if (part := assigned_part(each, _media_of)) is not None
        }
        for count, call in enumerate(_calls(node)):
            if count > _MOST_CALLS:
                return
            name = dotted_name(call.func)
            if not any(_holds_body(one, parts) for one in _arguments(call)) and not self._is_given_request(
                module, call
            ):
                # `form_valid`, `self.get_form()`: the class's own form
                if name in {"self.get_form", "self.get_serializer"} and own is not None and own.bodies:
                    yield from own.bodies
                continue
            if name in {"self.get_serializer", "self.serializer_class", "self.form_class", "self.get_form"}:
                if own is not None and own.validation is Validation.SCHEMA:
                    yield own.bodies[0] if own.bodies else None
                continue
            made = self.classes.class_of(module, call.func)
            if made is None:
                continue
            lineage = self.classes.lineage(made) if isinstance(made, Defined) else Lineage(members=(made,))
            is_form = self.serializers.is_form(lineage)
            if is_form or self.serializers.is_serializer(lineage):
                body = self.serializers.body(lineage, partial=partial, form=is_form)
                yield _below(body, _key_of(call, keys))

    def _is_given_request(self, module: PythonModule, call: ast.Call) -> bool:
        """A form that takes the whole request."""
        if not any(isinstance(one, ast.Name) and one.id == "request" for one in call.args):
            return False
        made = self.classes.class_of(module, call.func)
        return isinstance(made, Defined) and self.serializers.is_form(self.classes.lineage(made))


def _key_of(call: ast.Call, keys: Mapping[str, str]) -> str:
    """The key of the body whose value a serializer is given as `data`; empty when it takes the body itself."""
    data = next((one.value for one in call.keywords if one.arg == "data"), None)
    if isinstance(data, ast.Name):
        return keys.get(data.id, "")
    part = part_of(data, _media_of) if data is not None else None
    return part[1] if part is not None else ""


def _below(body: BodyForm | None, key: str) -> BodyForm | None:
    """A body whose fields stand under a key."""
    if body is None or not key:
        return body
    schema = {"type": "object", "properties": {key: body.schema}, "required": [key]}
    return replace(body, schema=schema)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (one.value for one in call.keywords)


def _holds_body(expression: ast.expr, parts: frozenset[str]) -> bool:
    """`request.data`, `request.POST or None`, `data`, `payload`, a name of `parts`."""
    if isinstance(expression, ast.Name) and expression.id in parts:
        return True
    for node in ast.walk(expression):
        if isinstance(node, ast.Attribute) and node.attr in {"data", "POST", "FILES", "body", "json"}:
            return True
        if isinstance(node, ast.Name) and node.id in {"data", "payload", "body"}:
            return True
    return False


def _parts_of_body(node: ast.AST) -> frozenset[str]:
    """The names that a handler gives the body or a part of it: `given = request.data.get("item")`, `dict(given)`."""
    found: set[str] = set()
    named = [(name, value) for each in ast.walk(node) for name, value in _assigned(each)]
    for name, value in named + named:  # the walk goes by depth, not by line
        if _is_part(value, found):
            found.add(name)
    return frozenset(found)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value


def _is_part(expression: ast.expr, parts: Container[str]) -> bool:
    """Whether an expression is the body, a part or a copy of it."""
    if _media_of(expression):
        return True
    match expression:
        case ast.Name(id=name):
            return name in parts
        case (
            ast.Subscript(value=owner)
            | ast.Call(func=ast.Attribute(value=owner, attr="get" | "copy" | "dict" | "pop"))
        ):
            return _is_part(owner, parts)
        case ast.Call(func=ast.Name(id="dict"), args=[first, *_]):
            return _is_part(first, parts)
        case ast.BoolOp(values=[first, *_]):
            return _is_part(first, parts)
    return False


def _media_of(expression: ast.expr) -> str:
    """The media type of `request.data`, `request.POST`, `json.loads(request.body)`; empty for anything else."""
    match expression:
        case ast.Attribute(value=owner, attr=name) if dotted_name(owner).rpartition(".")[2] in {
            "request",
            "req",
        }:
            return {"data": JSON, "POST": FORM, "FILES": MULTIPART}.get(name, "")
        case ast.Call(func=ast.Attribute(attr="copy" | "dict"), args=[]):
            return _media_of(expression.func.value) if isinstance(expression.func, ast.Attribute) else ""
        case ast.Call(args=[first, *_]) if dotted_name(expression.func).endswith("loads"):
            text = code_of(first)
            return JSON if "request.body" in text else ""
    return ""

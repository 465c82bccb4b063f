"""Types as written → JSON Schema: pydantic and SQLModel models, dataclasses, TypedDicts, enumerations, annotations."""

import ast
from collections.abc import Mapping
from typing import Any

from launchready.source.python.project import Defined, Outside, PythonModule, PythonProject, dotted_name
from launchready.source.python.schemas.fields import (
    ModelStyle,
    aliased,
    constraints_of,
    default_of,
    enumeration,
    is_enumeration,
    style_of,
)

_DEEPEST = 8
_MOST_FIELDS = 200
# Names of types, without their modules, and the schema of each
_TYPES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("str bytes AnyStr StrictStr constr Path FilePath PhoneNumber Base64Str", {"type": "string"}),
    ("int StrictInt conint", {"type": "integer"}),
    ("float Decimal complex StrictFloat confloat condecimal FiniteFloat", {"type": "number"}),
    ("bool StrictBool", {"type": "boolean"}),
    ("None NoneType", {"type": "null"}),
    ("datetime AwareDatetime NaiveDatetime FutureDatetime", {"type": "string", "format": "date-time"}),
    ("date PastDate FutureDate", {"type": "string", "format": "date"}),
    ("time", {"type": "string", "format": "time"}),
    ("timedelta", {"type": "string", "format": "duration"}),
    ("UUID UUID1 UUID3 UUID4 UUID5 UUID7", {"type": "string", "format": "uuid"}),
    ("EmailStr NameEmail", {"type": "string", "format": "email"}),
    ("AnyUrl AnyHttpUrl HttpUrl FileUrl", {"type": "string", "format": "uri"}),
    ("SecretStr SecretBytes", {"type": "string", "format": "password"}),
    ("PositiveInt", {"type": "integer", "exclusiveMinimum": 0}),
    ("NonNegativeInt", {"type": "integer", "minimum": 0}),
    ("NegativeInt", {"type": "integer", "exclusiveMaximum": 0}),
    ("PositiveFloat", {"type": "number", "exclusiveMinimum": 0}),
    ("NonNegativeFloat", {"type": "number", "minimum": 0}),
    ("IPv4Address IPvAnyAddress", {"type": "string", "format": "ipv4"}),
    ("UploadFile FileStorage", {"type": "string", "format": "binary"}),
    ("dict Dict Mapping MutableMapping OrderedDict TypedDict", {"type": "object"}),
    ("list List Sequence Iterable Collection conlist deque tuple Tuple", {"type": "array"}),
    ("set Set frozenset FrozenSet AbstractSet", {"type": "array", "uniqueItems": True}),
)
_BY_NAME = {name: schema for names, schema in _TYPES for name in names.split()}
_WRAPPERS = frozenset({
    "Annotated", "Required", "NotRequired", "ReadOnly", "Final", "Mapped", "SkipValidation", "FailFast", "Awaitable",
    "Type",
})  # fmt: skip
_UNIONS = frozenset({"Union", "Optional"})
_NOT_FIELDS = frozenset({"ClassVar", "PrivateAttr", "InitVar"})
_SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})


class Schemas:
    """JSON Schema of the types of a repository. What cannot be read is `{}`: anything."""

    def __init__(self, project: PythonProject) -> None:
        self.project = project
        self._models: dict[int, dict[str, Any]] = {}
        self._open: list[int] = []

    def of(self, module: PythonModule, annotation: ast.expr | None) -> dict[str, Any]:
        """The schema of an annotation as written in `module`."""
        return self._of(module, annotation, 0)

    def model(self, module: PythonModule, node: ast.ClassDef) -> dict[str, Any]:
        """The schema of a class with declared fields."""
        return self._model(module, node, 0)

    def class_of(
        self, module: PythonModule, annotation: ast.expr | None
    ) -> tuple[PythonModule, ast.ClassDef] | None:
        """The class of the repository that an annotation names, through `Annotated` and the like."""
        for _ in range(_DEEPEST):
            match annotation:
                case ast.Subscript(value=outer, slice=inner) if _leaf(outer) in _WRAPPERS:
                    annotation = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
                    continue
                case ast.Subscript(value=outer):
                    annotation = outer
                    continue
                case ast.Constant(value=str() as text):
                    annotation = _parsed(text)
                    continue
            held = self.project.of(module, annotation) if annotation is not None else None
            match held:
                case Defined(module=owner, node=ast.ClassDef() as node):
                    return owner, node
                case Defined(module=owner, node=ast.expr() as node) if node is not annotation:
                    module, annotation = owner, node
                case _:
                    return None
        return None

    def _of(self, module: PythonModule, node: ast.expr | None, depth: int) -> dict[str, Any]:
        if node is None or depth > _DEEPEST:
            return {}
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str() as text):
                return self._of(module, _parsed(text), depth + 1)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return _one_of([self._of(module, left, depth + 1), self._of(module, right, depth + 1)])
            case ast.Subscript(value=outer, slice=inner):
                return self._generic(module, outer, inner, depth)
            case ast.Call(func=function):
                return {**self._of(module, function, depth + 1), **constraints_of(self.project, module, node)}
            case ast.Name() | ast.Attribute():
                return self._named(module, node, depth)
            case _:
                return {}

    def _named(self, module: PythonModule, node: ast.expr, depth: int) -> dict[str, Any]:
        held = self.project.of(module, node)
        match held:
            case Defined(module=owner, node=ast.ClassDef() as definition):
                if is_enumeration(self.project, owner, definition):
                    return enumeration(self.project, owner, definition)
                return self._model(owner, definition, depth)
            case Defined(module=owner, node=ast.Call(func=function, args=[_, ast.expr() as base, *_])) if (
                _leaf(function) == "NewType"
            ):
                return self._of(owner, base, depth + 1)
            case Defined(module=owner, node=ast.expr() as alias) if alias is not node:
                return self._of(owner, alias, depth + 1)
            case Outside(name=name):
                return dict(_BY_NAME.get(name.rpartition(".")[2], {}))
            case None:
                return dict(_BY_NAME.get(_leaf(node), {}))
            case _:
                return {}

    def _generic(self, module: PythonModule, outer: ast.expr, inner: ast.expr, depth: int) -> dict[str, Any]:
        name = _leaf(outer)
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name in _WRAPPERS and parts:
            found = self._of(module, parts[0], depth + 1)
            for extra in parts[1:]:
                if isinstance(extra, ast.Call):
                    found = {**found, **constraints_of(self.project, module, extra)}
            return found
        if name in _UNIONS:
            kinds = [self._of(module, part, depth + 1) for part in parts]
            return _one_of([*kinds, {"type": "null"}] if name == "Optional" else kinds)
        if name == "Literal":
            values = [self._literal(module, part) for part in parts]
            return {"enum": [value for value in values if value is not None]} if any(values) else {}
        base = dict(_BY_NAME.get(name, {}))
        if base.get("type") == "array":
            first = parts[0] if parts else None
            if name in {"tuple", "Tuple"} and len(parts) > 1 and not _is_ellipsis(parts[1]):
                return {**base, "items": {}}
            return {**base, "items": self._of(module, first, depth + 1)}
        if base.get("type") == "object":
            extra_type = self._of(module, parts[1], depth + 1) if len(parts) > 1 else {}
            return {**base, "additionalProperties": extra_type} if extra_type else base
        return base or self._of(module, outer, depth + 1)

    def _literal(self, module: PythonModule, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        return self.project.text(module, node)

    # ------------------------------------------------------------------------------------------ models

    def _model(self, module: PythonModule, node: ast.ClassDef, depth: int) -> dict[str, Any]:
        marker = id(node)
        if marker in self._models:
            return self._models[marker]
        if marker in self._open or depth > _DEEPEST:
            return {"type": "object"}
        self._open.append(marker)
        try:
            properties: dict[str, Any] = {}
            required: dict[str, bool] = {}
            self._collect(module, node, properties, required, depth, style_of(self.project, module, node))
        finally:
            self._open.pop()
        found: dict[str, Any] = {"type": "object", "properties": properties}
        wanted = [name for name, needed in required.items() if needed]
        if wanted:
            found["required"] = wanted
        if depth <= 1:
            self._models[marker] = found
        return found

    def _collect(
        self,
        module: PythonModule,
        node: ast.ClassDef,
        properties: dict[str, Any],
        required: dict[str, bool],
        depth: int,
        style: ModelStyle,
    ) -> None:
        """Fields of the bases first, then the class's own."""
        if depth > 2 * _DEEPEST:
            return
        for base in reversed(node.bases):
            held = self.project.of(module, base.value if isinstance(base, ast.Subscript) else base)
            if isinstance(held, Defined) and isinstance(held.node, ast.ClassDef) and held.node is not node:
                self._collect(held.module, held.node, properties, required, depth + 1, style)
        for statement in node.body[:_MOST_FIELDS]:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                    if name.startswith("_") or name == "model_config" or _is_no_field(annotation, value):
                        continue
                    alias = aliased(self.project, module, name, (annotation, value), style)
                    schema = self._of(module, annotation, depth + 1)
                    if isinstance(value, ast.Call):
                        schema = {**schema, **constraints_of(self.project, module, value)}
                    has_default, default = default_of(self.project, module, annotation, value)
                    if default is not None:
                        schema = {**schema, "default": default}
                    properties[alias] = schema
                    required[alias] = not has_default and style.total


def is_scalar(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is of texts, numbers and the like alone, as a query parameter takes them."""
    if "enum" in schema:
        return True
    if "anyOf" in schema:
        return all(is_scalar(part) for part in schema["anyOf"])
    return schema.get("type") in _SCALARS


def is_object(schema: Mapping[str, Any]) -> bool:
    """Whether a schema declares what is in an object."""
    if "anyOf" in schema:
        return any(is_object(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return is_object(schema.get("items", {})) or is_scalar(schema.get("items", {}))
    return bool(schema.get("properties"))


def _one_of(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    flat: list[dict[str, Any]] = []
    for kind in kinds:
        for part in kind.get("anyOf", [kind]):
            if part not in flat:
                flat.append(part)
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def _leaf(node: ast.expr) -> str:
    return dotted_name(node).rpartition(".")[2]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_no_field(annotation: ast.expr, value: ast.expr | None) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    made = dotted_name(value).rpartition(".")[2] if isinstance(value, ast.Call) else ""
    return _leaf(outer) in _NOT_FIELDS or made in {*_NOT_FIELDS, "Relationship", "relationship", "Depends"}


def _parsed(text: str) -> ast.expr | None:
    """A forward reference."""
    if len(text) > 400:  # noqa: PLR2004 - no type is written that long
        return None
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None

"""Bodies that a handler reads as they came: which keys of them it uses."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from launchready.model.operation import BodyForm

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_MOST_KEYS = 60

Media: TypeAlias = Callable[[ast.expr], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReads:
    """What a handler reads of bodies without a schema: keys by media type; True for those it cannot do without."""

    keys: dict[str, dict[str, bool]]

    def forms(self) -> tuple[BodyForm, ...]:
        """The bodies, as far as the keys tell."""
        return tuple(
            BodyForm(media_type=media, schema=_schema(keys, is_form=media == FORM), required=True)
            for media, keys in self.keys.items()
        )


def _schema(keys: dict[str, bool], *, is_form: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if keys:
        # A form holds texts alone; of JSON nothing is known
        schema["properties"] = {key: {"type": "string"} if is_form else {} for key in keys}
    needed = [key for key, required in keys.items() if required]
    return {**schema, "required": needed} if needed else schema


def raw_reads(node: ast.AST, media_of: Media) -> RawReads:
    """Read which keys a function takes of a body; `media_of` tells the media type that an expression is the body in."""
    found: dict[str, dict[str, bool]] = {}
    names: dict[str, str] = {}
    nodes = list(ast.walk(node))
    for each in nodes:
        media = media_of(each) if isinstance(each, ast.expr) else ""
        if media:
            found.setdefault(media, {})
        match each:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                taken = media_of(_plain(value))
                if taken:
                    names[name] = taken
    for each in nodes:
        held = _key_read(each)
        if held is None:
            continue
        source, key, required = held
        media = media_of(_plain(source)) or (names.get(source.id, "") if isinstance(source, ast.Name) else "")
        keys = found.get(media) if media else None
        if keys is not None and len(keys) < _MOST_KEYS:
            keys[key] = keys.get(key, False) or required
    return RawReads(keys=found)


def _plain(value: ast.expr) -> ast.expr:
    """`x` of `await x`, `x or {}`."""
    while True:
        match value:
            case ast.Await(value=inner):
                value = inner
            case ast.BoolOp(op=ast.Or(), values=[first, *_]):
                value = first
            case _:
                return value


def _key_read(node: ast.AST) -> tuple[ast.expr, str, bool] | None:
    """`body["key"]`, `body.get("key")`, `"key" in body`."""
    match node:
        case ast.Subscript(value=source, slice=ast.Constant(value=str() as key), ctx=ast.Load()):
            return source, key, True
        case ast.Call(
            func=ast.Attribute(value=source, attr="get" | "pop" | "getlist"),
            args=[ast.Constant(value=str() as key), *_],
        ):
            return source, key, False
        case ast.Compare(
            left=ast.Constant(value=str() as key), ops=[ast.In() | ast.NotIn()], comparators=[source]
        ):
            return source, key, False
        case _:
            return None

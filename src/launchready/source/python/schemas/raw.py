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
    """What a handler reads of bodies without a schema: keys by media type; True for those it cannot do without.

    `inner` are the keys that it reads of what stands under a key (`request.data["user"]["email"]`).
    """

    keys: dict[str, dict[str, bool]]
    inner: dict[tuple[str, str], dict[str, bool]]

    def forms(self) -> tuple[BodyForm, ...]:
        """The bodies, as far as the keys tell."""
        return tuple(
            BodyForm(media_type=media, schema=self._schema_of(media), required=True) for media in self.keys
        )

    def _schema_of(self, media: str) -> dict[str, Any]:
        schema = _schema(self.keys[media], is_form=media == FORM)
        for (owner, key), keys in self.inner.items():
            if owner == media and keys and key in self.keys[media]:
                schema["properties"][key] = _schema(keys, is_form=False)
        return schema


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
    inner: dict[tuple[str, str], dict[str, bool]] = {}
    names: dict[str, str] = {}
    parts: dict[str, tuple[str, str]] = {}
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
        part = assigned_part(each, lambda source: media_of(source) or _named(source, names))
        if part is not None:
            parts[part[0]] = (part[1], part[2])
    for each in nodes:
        held = _key_read(each)
        if held is None:
            continue
        source, key, required = held
        media = media_of(_plain(source)) or _named(source, names)
        keys = found.get(media) if media else None
        if keys is None and isinstance(source, ast.Name) and source.id in parts:
            keys = inner.setdefault(parts[source.id], {})
        if keys is not None and len(keys) < _MOST_KEYS:
            keys[key] = keys.get(key, False) or required
    return RawReads(keys=found, inner=inner)


def _named(source: ast.expr, names: dict[str, str]) -> str:
    return names.get(source.id, "") if isinstance(source, ast.Name) else ""


def assigned_part(node: ast.AST, media_of: Media) -> tuple[str, str, str] | None:
    """Name, media type and key of `user = request.data.get("user", {})`; None for anything else."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            part = part_of(value, media_of)
            return (name, *part) if part is not None else None
        case _:
            return None


def part_of(value: ast.expr, media_of: Media) -> tuple[str, str] | None:
    """Media type and key of `request.data["user"]`; None for anything else."""
    held = _key_read(_plain(value))
    if held is None:
        return None
    media = media_of(_plain(held[0]))
    return (media, held[1]) if media else None


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

"""What decorators say of NestJS routes (`SetMetadata`), as guards ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from launchready.source.script.decorators import Decoration
from launchready.source.script.nest.modules import COMMON, CORE
from launchready.source.script.nodes import arguments_of, dotted_name
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Called,
    Items,
    Member,
    Package,
    Record,
    Value,
    text_of,
    truth,
)


@dataclass(slots=True)
class Metadata:
    """What decorators say of a class or method: by text key, and by the decorator that the code made.

    `asked` are the values that a guard looked at.
    """

    by_key: dict[str, Value] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)  # arguments as written, by the value's id
    by_maker: list[tuple[Value, Value]] = field(default_factory=list)

    def get(self, key: Value) -> Value:
        """The value of a key; undefined if the decorator is not there."""
        text = text_of(key)
        if text is not None:
            return self.by_key.get(text, UNDEFINED)
        for maker, value in self.by_maker:
            if maker is key or _same_site(maker, key):
                return value
        return UNDEFINED

    @property
    def signature(self) -> str:
        """What tells it from others."""
        keys = [f"{key}={_shown(value)}" for key, value in sorted(self.by_key.items())]
        return ";".join([*keys, *(f"{id(maker)}={_shown(value)}" for maker, value in self.by_maker)])


def _same_site(one: Value, other: Value) -> bool:
    return isinstance(one, Called) and isinstance(other, Called) and one.site.node == other.site.node


def _shown(value: Value) -> str:
    return ",".join(texts_in(value)) or type(value).__name__ + str(truth(value))


def texts_in(value: Value, depth: int = 0) -> list[str]:
    """The texts in a value: of arrays and objects, too."""
    if depth > 3:  # noqa: PLR2004
        return []
    match value:
        case Items(values=values):
            return [text for one in values for text in texts_in(one, depth + 1)]
        case Record(entries=entries, made_by=None):
            return [text for one in entries.values() for text in texts_in(one, depth + 1)]
        case Member(name=name) | Package(name=name):
            return [name.rpartition(".")[2]]
        case _:
            text = text_of(value)
            return [text] if text else []


def _written(one: Decoration) -> str:
    """The last words of a decorator's arguments: `admin` of `Roles(RoleEnum.admin)`."""
    names: list[str] = []
    for argument in arguments_of(one.site.node):
        inner = argument.named_children() if argument.kind() == "array" else [argument]
        names.extend(dotted_name(node).rpartition(".")[2] for node in inner)
    return ", ".join(name for name in names if name)


def key_name(key: Value) -> str:
    """A name for a key of metadata: its text, or where the decorator was made that it is."""
    text = text_of(key)
    if text is not None:
        return text
    return f"{key.site.module.path}:{key.site.node.range().start.index}" if isinstance(key, Called) else ""


def keys_of(one: Decoration) -> set[str]:
    """The keys that a decorator sets."""
    if one.name == "SetMetadata" and one.values:
        return {key_name(one.values[0])}
    if not one.name.startswith("Reflector") or not isinstance(one.made_by, Called):
        return set()
    options = one.made_by.arguments[0].value if one.made_by.arguments else None
    stated = options.entries.get("key", UNDEFINED) if isinstance(options, Record) else UNDEFINED
    return {key_name(one.made_by), text_of(stated) or ""} - {""}


def metadata_of(decorations: list[Decoration]) -> Metadata:
    """What `SetMetadata`, and decorators made by `Reflector.createDecorator`, say."""
    found = Metadata()
    for one in decorations:
        values = one.values
        if one.package == COMMON and one.name == "SetMetadata" and values:
            key = text_of(values[0])
            if key is not None:
                held = values[1] if len(values) > 1 else UNDEFINED
                found.by_key[key] = held
                found.written[id(held)] = _written(one)
        elif one.package == CORE and one.name.startswith("Reflector") and isinstance(one.made_by, Called):
            held = values[0] if values else UNDEFINED
            found.by_maker.append((one.made_by, held))
            found.written[id(held)] = _written(one)
            options = one.made_by.arguments[0].value if one.made_by.arguments else None
            key = text_of(options.entries.get("key", UNDEFINED)) if isinstance(options, Record) else None
            if key is not None:
                found.by_key[key] = held
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadatas:
    """What stands at a route's method and at its class."""

    handler: Metadata
    cls: Metadata

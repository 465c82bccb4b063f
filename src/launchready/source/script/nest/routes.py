"""Routes of NestJS controllers: decorated methods, inherited ones, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from launchready.source.script import decorators
from launchready.source.script.decorators import Decoration
from launchready.source.script.express.paths import ROOT, Path, all_under, paths_of
from launchready.source.script.nest.modules import COMMON, named
from launchready.source.script.nest.paths import versions_of
from launchready.source.script.symbolic import classes
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.values import (
    ClassValue,
    Constant,
    Items,
    Member,
    Package,
    Record,
    Value,
)

METHODS = {
    "Get": "GET",
    "Post": "POST",
    "Put": "PUT",
    "Patch": "PATCH",
    "Delete": "DELETE",
    "Head": "HEAD",
    "All": "ANY",
    "Sse": "GET",
}
_NUMBERS = {0: "GET", 1: "POST", 2: "PUT", 3: "DELETE", 4: "PATCH", 5: "ANY", 6: "OPTIONS", 7: "HEAD"}


@dataclass(slots=True, kw_only=True)
class Controller:
    """A controller as its decorators say."""

    cls: ClassValue
    paths: list[Path]
    versions: tuple[str | None, ...]
    decorations: list[Decoration]
    host: bool = False


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A decorated method. `owner` is the class that holds it."""

    method: str
    paths: list[Path]
    versions: tuple[str | None, ...]
    owner: ClassValue
    node: SgNode
    decorations: list[Decoration] = field(default_factory=list)


def controller_of(run: Interpreter, cls: ClassValue) -> Controller | None:
    """A class with `@Controller`, its own or inherited; None for others."""
    for one in classes.lineage(cls):
        decorations = decorators.of_class(run, one)
        found = named(decorations, "Controller")
        if found:
            own = decorations if one is cls else [*decorators.of_class(run, cls), *decorations]
            return _controller(cls, found[0], own)
    return None


def _controller(cls: ClassValue, decoration: Decoration, decorations: list[Decoration]) -> Controller:
    value: Value = decoration.values[0] if decoration.values else Constant("")
    versions: list[str | None] = []
    host = False
    if isinstance(value, Record):
        stated = value.entries.get("version")
        versions.extend(versions_of(stated) if stated is not None else ())
        host = "host" in value.entries
        value = value.entries.get("path", Constant(""))
    for one in named(decorations, "Version"):
        versions = list(versions_of(one.values[0])) if one.values else versions
    return Controller(
        cls=cls, paths=several(value), versions=tuple(versions), decorations=decorations, host=host
    )


def several(value: Value) -> list[Path]:
    """One path, or those of an array."""
    if value == Constant(None):
        return [ROOT]
    listed = value.values if isinstance(value, Items) else [value]
    return [path for one in listed for path in paths_of(one)]


def endpoints_of(run: Interpreter, controller: Controller) -> Iterator[Endpoint]:
    """The routes of a controller; a method that a nearer class overrides counts as that has it."""
    seen: set[str] = set()
    for cls in classes.lineage(controller.cls):
        for member in classes.members(cls):
            name = classes.member_name(member)
            if name in seen or (member.kind() != "method_definition" and member.field("value") is None):
                continue
            seen.add(name)
            decorations = decorators.of_member(run, cls, member)
            yield from _endpoints(cls, member, decorations, controller)


def _endpoints(
    cls: ClassValue, member: SgNode, decorations: list[Decoration], controller: Controller
) -> Iterator[Endpoint]:
    stated = [
        version
        for one in named(decorations, "Version")
        if one.values
        for version in versions_of(one.values[0])
    ]
    for one in decorations:
        if one.package != COMMON:
            continue
        value: Value = one.values[0] if one.values else Constant("")
        method = METHODS.get(one.name, "")
        if one.name == "RequestMapping" and isinstance(value, Record):
            method = _method_of(value.entries.get("method"))
            value = value.entries.get("path", Constant(""))
        if not method or method == "OPTIONS":
            continue
        yield Endpoint(
            method=method,
            paths=all_under(controller.paths, several(value)),
            versions=tuple(stated) or controller.versions,
            owner=cls,
            node=member,
            decorations=decorations,
        )


def _method_of(value: Value | None) -> str:
    if isinstance(value, Package | Member):
        name = value.name.rpartition(".")[2]
        return "ANY" if name == "ALL" else name
    if isinstance(value, Constant) and isinstance(value.value, int):
        return _NUMBERS.get(value.value, "")
    return "GET"

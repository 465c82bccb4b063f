"""Paths of NestJS routes: global prefix, version, module, controller, method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from launchready.source.script.express.paths import HOLE, ROOT, Path, covers, paths_of
from launchready.source.script.nest.app import NestApp, constant_text
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Called,
    Constant,
    Either,
    Items,
    Member,
    Package,
    Record,
    Value,
    text_of,
)

_NEUTRAL = "VERSION_NEUTRAL"
_METHODS = {"GET": 0, "POST": 1, "PUT": 2, "DELETE": 3, "PATCH": 4, "ANY": 5, "OPTIONS": 6, "HEAD": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A path that the global prefix is left out of; `method` empty for every one."""

    path: Path
    method: str = ""


@dataclass(slots=True, kw_only=True)
class Addressing:
    """How an application makes addresses of its controllers' paths."""

    prefix: Path = ROOT
    excluded: list[Excluded] = field(default_factory=list)
    by_uri: bool = False
    version_prefix: str = "v"
    default_versions: tuple[str | None, ...] = ()  # None: neutral; empty: none is set


def addressing_of(app: NestApp) -> Addressing:
    """What the bootstrap sets; the last call of each counts."""
    found = Addressing()
    for one in app.all("setGlobalPrefix"):
        values = [argument.value for argument in one.arguments]
        found.prefix = _prefix(values[0]) if values else ROOT
        options = values[1] if len(values) > 1 else None
        if isinstance(options, Record):
            found.excluded = list(_excluded(options.entries.get("exclude")))
    for one in app.all("enableVersioning"):
        _version(found, one.arguments[0].value if one.arguments else None)
    return found


def _prefix(value: Value) -> Path:
    if isinstance(value, Either):
        text = constant_text(value)
        if text is not None:
            return paths_of(Constant(text))[0]
    if value == UNDEFINED:
        return ROOT
    found = paths_of(value)
    return found[0] if found else ROOT


def _excluded(value: Value | None) -> Iterator[Excluded]:
    for one in value.values if isinstance(value, Items) else []:
        if isinstance(one, Record):
            method = one.entries.get("method")
            name = method.name.rpartition(".")[2] if isinstance(method, Package | Member) else ""
            for path in paths_of(one.entries.get("path", UNDEFINED)):
                yield Excluded(path=path, method="" if name == "ALL" else name)
        else:
            for path in paths_of(one):
                yield Excluded(path=path)


def _version(found: Addressing, options: Value | None) -> None:
    entries = options.entries if isinstance(options, Record) else {}
    kind = entries.get("type", Constant(0))
    found.by_uri = kind == Constant(0) or (isinstance(kind, Package | Member) and kind.name.endswith("URI"))
    prefix = entries.get("prefix")
    if prefix is not None:
        text = constant_text(prefix)
        found.version_prefix = text if text is not None and prefix != Constant(False) else ""  # noqa: FBT003
        if text is None and prefix != Constant(False):  # noqa: FBT003
            found.version_prefix = _known_end(prefix)
    default = entries.get("defaultVersion")
    found.default_versions = tuple(versions_of(default)) if default is not None else ()


def _known_end(value: Value) -> str:
    """Of a prefix with an unknown beginning (`${process.env.CONTEXT}v`), the hole and what is known."""
    found = str(paths_of(value)[0]).removeprefix("/")
    return found.replace(HOLE, "") if found.startswith(HOLE) and len(found) > len(HOLE) else found


def versions_of(value: Value) -> Iterator[str | None]:
    """Versions of a decorator or option; None for the neutral one."""
    for one in value.values if isinstance(value, Items) else [value]:
        text = text_of(one)
        if text is not None:
            yield text
        elif (isinstance(one, Package | Member) and one.name.endswith(_NEUTRAL)) or isinstance(one, Called):
            yield None


def addresses(
    addressing: Addressing, method: str, own: Path, versions: tuple[str | None, ...]
) -> Iterator[Path]:
    """The addresses of a path below prefix and version; `versions` are the route's, empty if it says none."""
    stated = versions or addressing.default_versions
    wanted: tuple[str | None, ...] = stated if addressing.by_uri and stated else (None,)
    excluded = any(_leaves_out(one, method, own) for one in addressing.excluded)
    for version in wanted:
        segment = () if version is None else (f"{addressing.version_prefix}{version}",)
        path = replace(own, segments=(*segment, *own.segments))
        yield path if excluded else path.under(addressing.prefix)


def _leaves_out(one: Excluded, method: str, path: Path) -> bool:
    if one.method and one.method != method:
        return False
    return covers(one.path, path, whole=True) is True and (
        bool(path.segments) or not one.path.segments or one.path.segments == ("*",)
    )

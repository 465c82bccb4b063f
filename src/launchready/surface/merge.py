"""One surface out of a document, the code and the client's scripts: the document's words win, the others add."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from launchready.model.evidence import Surface
from launchready.model.operation import HttpOperation, Operation
from launchready.model.same_route import Routes, shape
from launchready.surface.build import with_inferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Operations from another place than a document, and that place in words: `the code (FastAPI)`."""

    operations: tuple[HttpOperation, ...]
    origin: str
    complete: bool = False
    notes: tuple[str, ...] = ()


def unknown_to(operations: Iterable[Operation], others: Iterable[HttpOperation]) -> tuple[HttpOperation, ...]:
    """Those of `others` that are none of `operations`, each once; parameters' names do not matter."""
    known = [each for each in operations if isinstance(each, HttpOperation)]
    routes: Routes[str] = Routes()
    for each in known:
        routes.add(each.method, full_path(each), each.id)
    bases = tuple(dict.fromkeys(("", *(each.base_path for each in known))))
    found: dict[tuple[str, str], HttpOperation] = {}
    for other in others:
        if routes.find(other.method, full_path(other), bases) is None:
            found.setdefault((other.method, shape(full_path(other))), other)
    return tuple(found.values())


def full_path(operation: HttpOperation) -> str:
    """The path at the target: below the base path, which some documents repeat in every path."""
    base = operation.base_path.rstrip("/")
    return operation.path if not base or operation.path.startswith(f"{base}/") else base + operation.path


def merged(surface: Surface | None, additions: Sequence[Addition]) -> Surface:
    """The surface with what the additions know besides; without a document, of the additions alone.

    Completeness is the first's: a document or the code may say that it lists all, what is added to it takes nothing
    away from that.
    """
    listed: list[Operation] = list(surface.operations) if surface is not None else []
    origins = [surface.origin] if surface is not None else []
    notes = list(surface.notes) if surface is not None else []
    complete = surface is not None and surface.complete
    counts = [(len(listed), surface.origin)] if surface is not None else []
    for addition in additions:
        new = unknown_to(listed, _with_free_ids(listed, addition.operations))
        notes.extend(addition.notes)
        if not listed:
            origins.append(addition.origin)
            complete = addition.complete
        listed.extend(new)
        if new:
            counts.append((len(new), addition.origin))
    if len(counts) > 1:
        told = "; ".join(f"{count} more from {origin}" for count, origin in counts[1:])
        notes.append(f"{counts[0][0]} operations from {counts[0][1]}; {told}")
    inferred = with_inferences([each for each in listed if isinstance(each, HttpOperation)])
    others = [each for each in listed if not isinstance(each, HttpOperation)]
    return Surface(
        origin=origins[0] if origins else "",
        title=surface.title if surface is not None else "",
        operations=(*inferred, *others),
        unusable=surface.unusable if surface is not None else (),
        security_declared=surface is not None and surface.security_declared,
        complete=complete and bool(listed),
        notes=tuple(dict.fromkeys(notes)),
    )


def _with_free_ids(
    listed: Iterable[Operation], operations: Iterable[HttpOperation]
) -> Iterable[HttpOperation]:
    """The same with the base path in the path where the id is taken: `GET /items` below two bases is two operations."""
    taken = {each.id for each in listed}
    for each in operations:
        whole = full_path(each)
        clash = each.id in taken and whole != each.path
        yield replace(each, id=f"{each.method} {whole}", path=whole, base_path="") if clash else each

"""One surface out of a document, the code and the client's scripts: the document's words win, the others add."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from launchready.model.evidence import Surface
from launchready.model.operation import HttpOperation, Operation
from launchready.model.same_route import Routes, shape
from launchready.surface.build import with_inferences

_NOTHING = Surface(origin="", title="", operations=(), unusable=(), security_declared=False, complete=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Operations from another place than a document, and that place in words: `the source code (FastAPI)`."""

    operations: tuple[HttpOperation, ...]
    origin: str
    complete: bool = False
    notes: tuple[str, ...] = ()


def full_path(operation: HttpOperation) -> str:
    """The path at the target: below the base path, which some documents repeat in every path."""
    base = operation.base_path.rstrip("/")
    return operation.path if not base or operation.path.startswith(f"{base}/") else base + operation.path


def listed_in(operations: Iterable[Operation]) -> Callable[[HttpOperation], bool]:
    """Tells whether an operation is one of `operations`; parameters' names and a mount's prefix do not matter."""
    known = [each for each in operations if isinstance(each, HttpOperation)]
    routes: Routes[str] = Routes()
    for each in known:
        routes.add(each.method, full_path(each), each.id)
    bases = tuple(dict.fromkeys(("", *(each.base_path for each in known))))

    def listed(other: HttpOperation) -> bool:
        return routes.find(other.method, full_path(other), bases) is not None

    return listed


def merged(surface: Surface | None, additions: Sequence[Addition]) -> Surface:
    """The surface with what the additions know besides; without a document, of the additions alone.

    It is complete if the last that named something new is: what had claimed to list all was then shown not to.
    """
    base = surface or _NOTHING
    listed: list[Operation] = list(base.operations)
    counts = [(len(listed), base.origin)] if listed else []
    complete = base.complete
    for addition in additions:
        new = list(_new(listed, addition.operations))
        if new:
            counts.append((len(new), addition.origin))
            complete = addition.complete
            listed.extend(new)
    notes = [*base.notes, *(note for addition in additions for note in addition.notes)]
    if len(counts) > 1:
        told = "; ".join(f"{count} more from {origin}" for count, origin in counts[1:])
        first, origin = counts[0]
        notes.append(f"{first} operation{'' if first == 1 else 's'} from {origin}; {told}")
    operations = tuple(listed)
    if len(listed) > len(base.operations):
        inferred = with_inferences([each for each in listed if isinstance(each, HttpOperation)])
        operations = (*inferred, *(each for each in listed if not isinstance(each, HttpOperation)))
    return replace(
        base,
        origin=base.origin or (counts[0][1] if counts else ""),
        operations=operations,
        complete=complete,
        notes=tuple(dict.fromkeys(notes)),
    )


def _new(listed: Iterable[Operation], operations: Iterable[HttpOperation]) -> Iterator[HttpOperation]:
    """What is not listed yet, each route once.

    Where the id is taken by the same path below another base, the base becomes a part of the path.
    """
    known, taken = listed_in(listed), {each.id for each in listed}
    seen: set[tuple[str, str]] = set()
    for each in operations:
        whole = full_path(each)
        route = (each.method, shape(whole))
        if route in seen or known(each):
            continue
        seen.add(route)
        new = (
            replace(each, id=f"{each.method} {whole}", path=whole, base_path="") if each.id in taken else each
        )
        taken.add(new.id)
        yield new

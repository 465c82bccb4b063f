"""A description becomes a `Surface`: operations with purpose, object type and links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from launchready.model.evidence import Surface
from launchready.model.operation import Consumes, HttpOperation, Place, Purpose
from launchready.surface import har
from launchready.surface.links import consumes_of, produces_of
from launchready.surface.objects import class_of, object_type
from launchready.surface.openapi import read_openapi
from launchready.surface.purpose import infer_purposes
from launchready.surface.words import parameter_name, segments

_OF_PERSONS = frozenset({
    Purpose.SIGN_UP, Purpose.LOG_IN, Purpose.LOG_OUT, Purpose.REFRESH, Purpose.ME, Purpose.CONFIRM,
    Purpose.RESET, Purpose.CHANGE_PASSWORD,
})  # fmt: skip


def build_surface(document: Mapping[str, Any], origin: str, *, target: str = "") -> Surface:
    """The surface that an OpenAPI document or a HAR recording describes.

    Args:
        document: As `documents.parse_document` gives it.
        origin: Address or path that it came from.
        target: The audited address; required for a HAR, whose other hosts are left out.

    Raises:
        SurfaceError: It is neither.
    """
    if har.is_har(document):
        recorded, notes = har.read_har(document, target)
        return Surface(
            origin=origin,
            title="",
            operations=with_inferences(recorded),
            unusable=(),
            security_declared=False,
            complete=False,
            notes=("operations come from a recording: what it did not use is not listed", *notes),
        )
    described = read_openapi(document, origin)
    return Surface(
        origin=origin,
        title=described.title,
        operations=with_inferences(described.operations),
        unusable=described.unusable,
        security_declared=described.security_declared,
        # What could not be read may be all there is of some type: then no check may say that it has nothing to do
        complete=bool(described.operations) and not described.unusable,
        notes=described.notes,
    )


def with_inferences(operations: Sequence[HttpOperation]) -> tuple[HttpOperation, ...]:
    """The operations with purpose, object type, class and links."""
    typed = []
    for operation in operations:
        held = object_type(operation)
        typed.append(
            replace(operation, object_type=held, object_class=class_of(held), consumes=consumes_of(operation))
        )
    inferences = infer_purposes(typed)
    own_pages = {
        each.path for each, found in zip(typed, inferences, strict=True) if found.purpose is Purpose.ME
    }
    types = frozenset(each.object_type for each in typed) | {"user"}
    known = []
    for operation, inferred in zip(typed, inferences, strict=True):
        held = operation.object_type
        of_person = inferred.purpose in _OF_PERSONS or operation.path in own_pages
        if of_person and not any(each.place is Place.PATH for each in operation.consumes):
            held = "user"
        if inferred.purpose in {Purpose.DOCS, Purpose.HEALTH}:
            held = ""
        known.append(
            replace(
                operation,
                purpose=inferred.purpose,
                object_type=held,
                object_class=class_of(held),
                consumes=_known_types(operation, types),
            )
        )
    return tuple(replace(each, produces=produces_of(each, known)) for each in known)


def _known_types(operation: HttpOperation, types: frozenset[str]) -> tuple[Consumes, ...]:
    """What it consumes; a last path id of a type that nothing has is of its own type (`/menu/{item_id}`)."""
    last = segments(operation.path)[-1:]
    own = parameter_name(last[0]) if last else ""
    return tuple(
        replace(each, object_type=operation.object_type)
        if each.place is Place.PATH and each.name == own and each.object_type not in types
        else each
        for each in operation.consumes
    )


def rebased(surface: Surface, base_path: str) -> Surface:
    """The surface below another base path, for when the document's server path is wrong."""
    base = "/" + base_path.strip("/") if base_path.strip("/") else ""
    operations = tuple(
        replace(each, base_path=base) if isinstance(each, HttpOperation) else each
        for each in surface.operations
    )
    return replace(surface, operations=operations)


def base_path_candidates(surface: Surface) -> tuple[str, ...]:
    """Base paths to try, likeliest first: as declared, none, where the document lay, the usual ones."""
    declared = [each.base_path for each in surface.operations if isinstance(each, HttpOperation)]
    candidates = [*declared, ""]
    if surface.origin.startswith(("http://", "https://")):
        path = surface.origin.split("://", 1)[1].partition("/")[2].split("?")[0]
        folders = path.split("/")[:-1]
        candidates.extend("/" + "/".join(folders[:count]) for count in range(len(folders), 0, -1))
    return tuple(dict.fromkeys([*candidates, "/api", "/api/v1", "/v1"]))

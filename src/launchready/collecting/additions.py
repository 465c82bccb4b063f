"""What the code and the client's scripts name, as far as the running target knows it."""

from collections.abc import Iterable

from launchready.collecting.context import Context
from launchready.collecting.served import Known, known_to_target
from launchready.model.evidence import ClientBundles, SourceReview, Surface
from launchready.model.operation import HttpOperation, ObjectClass
from launchready.surface.build import with_inferences
from launchready.surface.bundles import bundle_operations, unsure_of_method
from launchready.surface.from_source import CodeOperation, code_operations, frameworks, tells_all
from launchready.surface.merge import Addition, listed_in

_USUAL_BASES = ("/api", "/api/v1")
_CLIENT = "the client's scripts"
_MOST_NAMED = 5


async def additions_of(context: Context, described: Surface | None) -> tuple[Addition, ...]:
    """Operations of the code, then of the client's scripts, that the document does not describe."""
    listed = [each for each in described.operations if isinstance(each, HttpOperation)] if described else []
    bases = tuple(dict.fromkeys(("", *(each.base_path for each in listed), *_USUAL_BASES)))
    found: list[Addition] = []
    review = context.find(SourceReview)
    if review is not None:
        added = await _from_code(context, review, listed, bases)
        listed.extend(added.operations)
        found.append(added)
    bundles = context.find(ClientBundles)
    if bundles is not None:
        found.append(await _from_client(context, bundles, listed))
    return tuple(found)


async def _from_code(
    context: Context, review: SourceReview, listed: list[HttpOperation], bases: tuple[str, ...]
) -> Addition:
    """Only what the document does not describe is asked for: what it describes, it serves."""
    described = listed_in(listed)
    wanted = [one for one in code_operations(review) if not described(one.operation)]
    known = await known_to_target(context, wanted, bases)
    stacks = frameworks(review, known.apps)
    whole = tells_all(review) and not _left_out_of_apps(known, wanted) and not _telling(known.pages)
    return Addition(
        operations=known.operations,
        origin=f"the source code ({stacks})" if stacks else "the source code",
        complete=whole,
        notes=(*_notes(known, wanted), *_open_ends(review)),
    )


def _left_out_of_apps(known: Known, wanted: Iterable[CodeOperation]) -> bool:
    """Whether a route of an application that answers here was left out: it may be one that hides."""
    here = {one.operation.id for one in wanted if one.app in known.apps}
    return any(each.id in here for each in known.absent)


def _telling(pages: Iterable[HttpOperation]) -> bool:
    """Whether a page is about objects of members, so that leaving it out leaves out something of theirs."""
    return any(each.object_class is not ObjectClass.OTHER for each in with_inferences(tuple(pages)))


def _notes(known: Known, wanted: list[CodeOperation]) -> Iterable[str]:
    if known.absent:
        total = len(wanted)
        yield (
            f"{len(known.absent)} of {total} routes of the code are not served at this address: "
            f"{_some(known.absent)}"
        )
    if known.pages:
        count = len(known.pages)
        pages = "page for people is" if count == 1 else "pages for people are"
        yield f"{count} {pages} no part of the API: {_some(known.pages)}"


def _some(operations: tuple[HttpOperation, ...]) -> str:
    names = ", ".join(each.id for each in operations[:_MOST_NAMED])
    more = len(operations) - _MOST_NAMED
    return f"{names} and {more} more" if more > 0 else names


def _open_ends(review: SourceReview) -> Iterable[str]:
    """What the code may serve besides."""
    unsure = [route for route in review.routes if route.served and not route.certain]
    if unsure:
        count = "1 route of the code was" if len(unsure) == 1 else f"{len(unsure)} routes of the code were"
        yield f"{count} not asked for: a part of the path could not be read"
    if review.skipped:
        count = (
            "1 file of the code was"
            if len(review.skipped) == 1
            else f"{len(review.skipped)} files of the code were"
        )
        yield f"{count} not read"


async def _from_client(context: Context, bundles: ClientBundles, listed: list[HttpOperation]) -> Addition:
    described = listed_in(listed)
    new = [each for each in bundle_operations(bundles) if not described(each)]
    known = await known_to_target(context, [CodeOperation(operation=each, app="") for each in new], ("",))
    unsure = unsure_of_method(bundles)
    sure = tuple(each for each in known.operations if each.id not in unsure or each.id in known.answered)
    gone = tuple(each for each in known.absent if each.id not in unsure)
    told = f"{len(gone)} of {len(new)} paths that {_CLIENT} name are not served here: {_some(gone)}"
    return Addition(operations=sure, origin=_CLIENT, notes=(told,) if gone else ())

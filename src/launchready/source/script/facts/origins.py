"""Who chose a value, in the words that functions of all languages are joined by."""

from ast_grep_py import SgNode

from launchready.source.code.facts import Origin as Who
from launchready.source.script.bindings import parameters_of
from launchready.source.script.flows.sources import Given, Origin, Source

NOBODY = Who()
_MOST_PARTS = 12  # of an object that is passed


def who_of(source: Source, function: SgNode) -> Who:
    """Who chose a value, as seen from a function: parameters of others than itself say nothing."""
    given = bool(source.origin & Origin.REQUEST)
    return Who(
        given=given,
        caller=bool(source.origin & (Origin.CALLER | Origin.OWN)) and not given,
        parameters=_names(source, function),
    )


def _names(source: Source, function: SgNode) -> tuple[str, ...]:
    """Parameters by position (`0`), and the part that is meant (`0.id`): a call may pass the whole or its parts."""
    if not source.parameters:
        return ()
    start = function.range().start.index
    own = [one for one in source.parameters if one.function == start]
    return tuple(sorted({name for one in own for name in _positions(one)}))


def _positions(given: Given) -> tuple[str, ...]:
    whole = str(given.place)
    return (whole, f"{whole}.{given.path[0]}") if given.path else (whole,)


def parameter_names(function: SgNode) -> tuple[str, ...]:
    """The names that parameters go by in calls: their positions."""
    return tuple(str(one.index) for one in parameters_of(function))


def parts(entries: list[tuple[str, SgNode]]) -> list[tuple[str, SgNode]]:
    """The parts of an object that is passed, as far as they are looked at."""
    return entries[:_MOST_PARTS]

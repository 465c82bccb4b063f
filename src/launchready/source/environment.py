"""The environment variables of a product: read by its code, listed beside it (SEC-07, SEC-04)."""

from collections.abc import Iterable, Mapping

from launchready.model.source import CodePlace, EnvironmentVariable, VariableUse
from launchready.source.code.facts import VariableRead
from launchready.source.environment_names import is_platform_name, is_public_name, is_secret_name
from launchready.source.places import Place, place_of

_STRENGTH = {VariableUse.OPTIONAL: 0, VariableUse.DEFAULTED: 1, VariableUse.REQUIRED: 2}


def environment(
    reads: Iterable[VariableRead], listed: Mapping[str, list[CodePlace]]
) -> tuple[EnvironmentVariable, ...]:
    """The variables that are read outside of tests, in the order of their names; the strictest use counts.

    What platforms and tools set by themselves is left out.
    """
    by_name: dict[str, list[VariableRead]] = {}
    for one in reads:
        beside = place_of(one.place.path) in {Place.TEST, Place.DOCUMENTATION}
        if not beside and not is_platform_name(one.name):
            by_name.setdefault(one.name, []).append(one)
    return tuple(_variable(name, by_name[name], listed.get(name, [])) for name in sorted(by_name))


def _variable(name: str, reads: list[VariableRead], listed: list[CodePlace]) -> EnvironmentVariable:
    return EnvironmentVariable(
        name=name,
        use=max((one.use for one in reads), key=_STRENGTH.__getitem__),
        read=tuple(dict.fromkeys(one.place for one in reads)),
        listed=tuple(dict.fromkeys(listed)),
        public=is_public_name(name),
        secret=is_secret_name(name) or any(one.secret for one in reads),
    )

"""Lookups by an id that the caller gave, beside what probes by another member showed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from launchready.checks.code_routes import CodeRoutes
from launchready.checks.outcomes import exchanges
from launchready.checks.source_outcomes import subject_of
from launchready.model.evidence import AccessMatrix, WriteMatrix
from launchready.model.oracle import (
    ANONYMOUS_NAME,
    Denied,
    Leaks,
    Shared,
    Suspected,
    Violated,
    judge_read,
    judge_write,
)
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    Outcome,
    Probed,
    Remedy,
    Safe,
    Unproven,
    Violation,
)
from launchready.model.probe import COLLECTION_FORMS, ReadProbe, WriteProbe
from launchready.model.source import AccessClass, Bound, LookupAction, SourceLookup, SourceRoute

IMPACT = "Any member can have what belongs to others by sending its id."
# Others may have the id of anything here: who may call at all is what protects it
NOT_MEMBERS = frozenset({AccessClass.ADMIN, AccessClass.MODERATOR, AccessClass.SERVICE, AccessClass.PUBLIC})
_VERBS = {LookupAction.READ: "read", LookupAction.UPDATE: "change", LookupAction.DELETE: "delete"}
ASK = Remedy(
    input=Input.TARGET_URL,
    sentence="Audit the running API with two members' logins, too: then another member asks for it.",
)


class Shown(StrEnum):
    """What a probe by another member showed."""

    LEAKS = "leaks"
    ASKED = "asked"
    SHARED = "shared"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One probe of a route: what it showed, of which type of object, through which form of its id."""

    shown: Shown
    object_type: str
    form: str
    proof: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What all probes of a route say of one lookup; `shown` is None where they say nothing."""

    shown: Shown | None = None
    proof: tuple[str, ...] = ()


@dataclass(slots=True)
class ProbesOfRoutes:
    """Probes of single objects by members who do not own them, by the route of the code that they reached."""

    _by_route: dict[tuple[str, str], list[Seen]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, routes: CodeRoutes, matrix: AccessMatrix | None, writes: WriteMatrix | None
    ) -> "ProbesOfRoutes":
        """All that told something."""
        found = cls()
        probes: list[ReadProbe | WriteProbe] = [
            *(matrix.reads if matrix is not None else ()),
            *(writes.writes if writes is not None else ()),
        ]
        for probe in probes:
            shown = _shown(probe)
            route = routes.find(probe.method, probe.path)
            if shown is not None and route is not None:
                seen = Seen(
                    shown=shown,
                    object_type=probe.object_type,
                    form=probe.form.value,
                    proof=exchanges(probe.owner_control, probe.attempt),
                )
                found._by_route.setdefault((route.app, route.id), []).append(seen)
        return found

    def of_route(self, route: SourceRoute) -> tuple[Seen, ...]:
        """Those of one route."""
        return tuple(self._by_route.get((route.app, route.id), ()))


def _shown(probe: ReadProbe | WriteProbe) -> Shown | None:
    """None for what says nothing of one member's ids in another's hands."""
    if probe.principal == ANONYMOUS_NAME or probe.form in COLLECTION_FORMS:
        return None
    match judge_read(probe) if isinstance(probe, ReadProbe) else judge_write(probe):
        case Leaks() | Violated():
            return Shown.LEAKS
        case Suspected():
            return Shown.ASKED
        case Shared():
            return Shown.SHARED
        case Denied():
            return Shown.DENIED
        case _:
            return None


def said(lookup: SourceLookup, beside: int, probes: Sequence[Seen]) -> Said:
    """What the probes of a route say of a lookup, `beside` others by other ids.

    Where there are several, a leak is that of the lookup whose model it names, and a refusal clears them only when as
    many forms and types were refused as there are ids.
    """
    for shown in (Shown.LEAKS, Shown.ASKED):
        bad = [one for one in probes if one.shown is shown]
        about = bad if not beside else [one for one in bad if _is_named(lookup.model, one.object_type)]
        if about:
            return Said(shown=shown, proof=_proof(about))
        if bad:
            return Said()
    if not probes or len({(one.form, one.object_type) for one in probes}) <= beside:
        return Said()
    shared = all(one.shown is Shown.SHARED for one in probes)
    return Said(shown=Shown.SHARED if shared else Shown.DENIED, proof=_proof(probes))


def _is_named(model: str, object_type: str) -> bool:
    plain = model.rpartition(".")[2].replace("_", "").lower()
    return bool(object_type) and plain.rstrip("s") == object_type.replace("_", "").lower().rstrip("s")


def _proof(probes: Sequence[Seen]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in probes for name in one.proof))


# -------------------------------------------------------------------------------------------- judgement


def lookup_outcomes(
    route: SourceRoute, probes: Sequence[Seen], *, ruled: AccessClass | None
) -> Iterator[Outcome]:
    """An outcome for each lookup of a route that members call; `ruled` is whom the user says it is for."""
    keys = {one.key for one in route.lookups if one.bound is not Bound.OWNER}
    shared = ruled in {AccessClass.PUBLIC, AccessClass.MEMBER}
    for lookup in route.lookups:
        place = str(lookup.place)
        subject = subject_of(lookup.place, lookup.model, lookup.key, route.id)
        told = said(lookup, len(keys) - 1, probes)
        if lookup.bound is Bound.OWNER:
            yield Safe(subject=subject, evidence=(place,))
        elif told.shown is Shown.LEAKS:
            yield _violation(route, lookup, told.proof, Probed.CONFIRMED)
        elif shared and lookup.action is LookupAction.READ:
            yield Safe(subject=subject, evidence=(place,), note=f"{route.id} is shared, as the settings say")
        elif told.shown in {Shown.DENIED, Shown.SHARED}:
            yield Safe(subject=subject, evidence=(place, *told.proof), note=_refuted(route, lookup, told))
        elif lookup.bound is Bound.NONE or told.shown is Shown.ASKED:
            probed = Probed.CONFIRMED if told.shown is Shown.ASKED else Probed.NOT_PROBED
            yield _violation(route, lookup, told.proof, probed, asked=True)
        else:
            yield Unproven(
                subject=subject,
                cause=Cause.NEEDS_INPUT,
                reason=f"the code does not tell whether {route.id} asks whose {lookup.model} it is ({place})",
                remedy=ASK,
            )


def _refuted(route: SourceRoute, lookup: SourceLookup, told: Said) -> str:
    if lookup.bound is not Bound.NONE:
        return ""
    verdict = (
        Probed.REFUTED.value if told.shown is Shown.DENIED else "shared, as the settings or the document say"
    )
    return f"{route.id} looks up {lookup.model} by id alone ({lookup.place}): {verdict}"


def _violation(
    route: SourceRoute, lookup: SourceLookup, proof: Sequence[str], probed: Probed, *, asked: bool = False
) -> Violation:
    verb = _VERBS[lookup.action]
    what = f"{route.id} looks up {lookup.model} by {lookup.key} alone"
    return Violation(
        subject=subject_of(lookup.place, lookup.model, lookup.key, route.id),
        variant=f"{verb} by id alone",
        message=f"{what}, and nothing asks whose it is ({lookup.place})",
        impact=IMPACT,
        confidence=Confidence.SUSPECTED if asked else Confidence.CONFIRMED,
        evidence=(str(lookup.place), *proof),
        question=f"May every member {verb} any {lookup.model} through {route.id}?" if asked else "",
        place=lookup.place,
        probed=probed,
        fix=f"Select {lookup.model} by {lookup.key} and by its owner, the caller, in one condition.",
    )

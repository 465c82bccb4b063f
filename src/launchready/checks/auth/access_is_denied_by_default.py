"""AUTH-04."""

from collections.abc import Iterator

from launchready.checks.code_routes import Entry, inventory
from launchready.checks.guard_reach import AppGuards, Reach, reach_of
from launchready.checks.outcomes import exchanges
from launchready.checks.registration import check
from launchready.checks.source_outcomes import code_read, name_mark
from launchready.checks.stated_access import is_declared_public
from launchready.model.evidence import GuardSweep, SourceReview, Surface
from launchready.model.oracle import Denied, Leaks, Shared, Suspected, Violated, judge_guard
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
from launchready.model.settings import JudgeSettings
from launchready.model.source import GuardKind, SourceRoute
from launchready.model.subject import FileSubject, OperationSubject

IMPACT = (
    "The next route that somebody adds is open to the whole internet until somebody remembers to guard it."
)
GUARD_ALL = Remedy(
    input=Input.ANSWER,
    sentence="Add one guard for the whole application and list what is public, or state under [[attestations]] what "
    "keeps a new route from being forgotten.",
)
SAY = Remedy(
    input=Input.ANSWER,
    sentence='Say under [visibility] in launchready.toml whom it is for, e.g. "GET /posts" = "public", then: '
    "launchready rejudge",
)


@check("AUTH-04")
def access_is_denied_by_default(
    source: SourceReview, surface: Surface | None, sweep: GuardSweep | None, settings: JudgeSettings
) -> Iterator[Outcome]:
    """Every route is refused by default, and the few public ones are listed.

    Why: Where each route is guarded by itself, one is forgotten sooner or later, and nothing tells.

    How to fix: Put one guard in front of the whole application that refuses whoever is not signed in, and
    mark the few public routes: in the code, and under [visibility] in launchready.toml.

    What this cannot see: Guards of a proxy or platform in front of the application. Whether a guard does
    what its code says is asked by AUTH-01.
    """
    by_app: dict[str, list[Entry]] = {}
    for entry in inventory(source, surface, sweep):
        if entry.route is not None:
            by_app.setdefault(entry.route.app, []).append(entry)
    apps = {app.name: app for app in source.apps}
    for name, entries in by_app.items():
        guards = AppGuards.of(apps.get(name), entries, lambda entry: is_declared_public(entry, settings))
        yield from _app(guards, settings)
    yield from code_read(source, routes=True)


def _app(guards: AppGuards, settings: JudgeSettings) -> Iterator[Outcome]:
    """An application's routes, then the application itself."""
    outcomes = [one for entry in guards.entries for one in _route(entry, guards, settings)]
    yield from outcomes
    shown = any(isinstance(one, Violation) and one.confidence is Confidence.CONFIRMED for one in outcomes)
    yield from _whole(guards, shown=shown)


def _route(entry: Entry, guards: AppGuards, settings: JudgeSettings) -> Iterator[Outcome]:
    route = entry.route
    if route is None:
        return
    subject = OperationSubject(method=entry.method, path=entry.path)
    reach = reach_of(route)
    if reach is Reach.UNCLEAR and not is_declared_public(entry, settings):
        yield Unproven(
            subject=subject,
            cause=Cause.NEEDS_ANSWER,
            reason=f"the code of its guards could not be read ({route.place})",
            remedy=SAY,
        )
    elif reach is not Reach.NONE or is_declared_public(entry, settings):
        yield Safe(subject=subject, evidence=(str(route.place),))
    elif guards.is_guarded_as_a_whole or guards.matters(entry) or _is_open(entry):
        yield _unguarded(entry, route, guards)


def _is_open(entry: Entry) -> bool:
    """Whether the running product gave away or changed, for nobody, what is somebody's."""
    return entry.probe is not None and isinstance(judge_guard(entry.probe), Leaks | Violated)


def _described(route: SourceRoute, guards: AppGuards) -> tuple[str, str]:
    """The variant, and what the code says in words."""
    if any(guard.kind is GuardKind.PUBLIC for guard in route.guards):
        return "opt-out not listed", "is marked as public in the code, and no list calls it public"
    if guards.is_guarded_as_a_whole:
        words = "is let out of the guard of the whole application, and no list calls it public"
        return "opt-out not listed", words
    return "handler without a guard", "has no guard in the code, and no list calls it public"


def _unguarded(entry: Entry, route: SourceRoute, guards: AppGuards) -> Outcome:
    """A route that nothing refuses in the code, beside what the running product did when nobody asked."""
    variant, words = _described(route, guards)
    subject = OperationSubject(method=entry.method, path=entry.path)
    judged = judge_guard(entry.probe) if entry.probe is not None else None
    proof = exchanges(entry.probe.control, entry.probe.attempt) if entry.probe is not None else ()
    if isinstance(judged, Denied | Shared):
        note = f"{entry.name} {words} ({route.place}): {Probed.REFUTED.value}"
        return Safe(subject=subject, evidence=proof, note=note if isinstance(judged, Denied) else "")
    certain = isinstance(judged, Leaks | Violated)
    shown = certain or isinstance(judged, Suspected)
    return Violation(
        subject=subject,
        variant=variant,
        message=f"{entry.name} {words} ({route.place}){_among(guards)}",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if certain else Confidence.SUSPECTED,
        evidence=(str(route.place), *proof),
        reproduce=entry.probe.reproduce if entry.probe is not None else "",
        question="" if certain else f"Is {entry.name} meant to work without any login?",
        place=route.place,
        probed=Probed.CONFIRMED if shown else Probed.NOT_PROBED,
        fix="Guard it like the others, or list it as public under [visibility] in launchready.toml.",
    )


def _among(guards: AppGuards) -> str:
    """The ratio, where the application itself is no finding that tells it."""
    return f"; routes: {guards.ratio}" if guards.is_guarded_as_a_whole or guards.is_grouped else ""


def _whole(guards: AppGuards, *, shown: bool) -> Iterator[Outcome]:
    """The application itself: guarded as a whole, group by group, or route by route."""
    if guards.is_guarded_as_a_whole:
        return
    place = guards.place
    subject = FileSubject(path=place.path, line=place.line, mark=name_mark(place, "application", guards.name))
    missing = f"no guard covers the whole application {guards.name} ({place})"
    if not guards.reaches:
        reason = f"{missing}, and all its routes are public or for services"
        yield Unproven(subject=subject, cause=Cause.NOTHING_TESTED, reason=reason, remedy=GUARD_ALL)
        return
    if guards.is_grouped:
        reason = f"{missing}; routes: {guards.ratio}"
        yield Unproven(subject=subject, cause=Cause.NEEDS_ANSWER, reason=reason, remedy=GUARD_ALL)
        return
    yield _one_by_one(guards, subject, shown=shown)


def _one_by_one(guards: AppGuards, subject: FileSubject, *, shown: bool) -> Violation:
    by = f", by {', '.join(guards.guard_names[:4])}" if guards.guard_names else ""
    how = (
        f"routes are guarded one by one{by}" if guards.guard_names else "no route is guarded by itself either"
    )
    certain = shown and guards.is_scattered
    return Violation(
        subject=subject,
        variant="guards scattered over routes" if guards.is_scattered else "no guard by default",
        message=f"{guards.name} has no guard for all routes ({guards.place}); {how}: {guards.ratio}",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if certain else Confidence.SUSPECTED,
        evidence=(str(guards.place),),
        question="" if certain else "Is access guarded in one place that new routes cannot forget?",
        place=guards.place,
        probed=Probed.CONFIRMED if certain else Probed.NOT_PROBED,
        fix="Add one guard for the whole application, and let the few public routes out of it by name.",
    )

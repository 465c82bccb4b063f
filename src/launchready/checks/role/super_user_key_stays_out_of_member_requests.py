"""ROLE-10."""

import re
from collections.abc import Iterator

from launchready.checks.code_places import is_job, is_test
from launchready.checks.registration import check
from launchready.checks.source_outcomes import (
    HitRule,
    code_read,
    hit_violation,
    is_beside,
    subject_of,
)
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Confidence, NotApplicable, Outcome, Probed, Safe, Violation
from launchready.model.source import (
    AccessClass,
    CodePlace,
    DataKey,
    HitKind,
    KeyKind,
    SourceHit,
    SourceRoute,
)

RULE = HitRule(
    kinds=frozenset({HitKind.SUPER_KEY}),
    impact="One mistake in the handler, and a member reads or changes everybody's data: no rule of the store holds.",
    question="Is what {place} makes used by jobs and handlers for administrators only?",
)
PRIVILEGED = frozenset({KeyKind.SECRET, KeyKind.SERVICE_ROLE})
ALLOWED = frozenset({AccessClass.ADMIN, AccessClass.SERVICE})
MEMBERS = frozenset({AccessClass.MEMBER, AccessClass.OWNER, AccessClass.PUBLIC, AccessClass.NONE})
# Called by machines, or made for staff, by their address; who may call them is for other checks
_FOR_OTHERS = re.compile(
    r"(?:^|[/_-])(?:admin|cron|jobs?|webhooks?|internal|hooks?)(?:[/_-]|\Z)", re.IGNORECASE
)
_PUBLIC_NAME = re.compile(
    r"(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|PUBLIC|GATSBY|VUE_APP)_", re.IGNORECASE
)
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*\Z")


@check("ROLE-10")
def super_user_key_stays_out_of_member_requests(source: SourceReview) -> Iterator[Outcome]:
    """The key that passes by all rules of the data store is used by jobs and administrators' handlers only.

    Why: Row rules protect members from each other; a handler that uses the store's own master key has
    switched them off, and every check it forgets is a leak.

    How to fix: Use the client of the caller's own session in handlers for members, and keep the privileged
    one in a module that only jobs and administrators' handlers import.

    What this cannot see: Which handlers import a privileged client that another module makes, database users
    that own the tables, and stores other than Supabase.
    """
    routes = [one for one in source.routes if one.served]
    hits = [hit for hit in source.hits if hit.kind is HitKind.SUPER_KEY]
    for hit in hits:
        yield _hit_outcome(hit, _route_of(hit, routes), source)
    seen = {(hit.place.path, hit.place.line) for hit in hits}
    for key in source.keys:
        if key.kind in PRIVILEGED and (key.place.path, key.place.line) not in seen:
            yield from _key_outcome(key, routes, source)
    read = list(code_read(source, looked_for=[HitKind.SUPER_KEY.value], routes=True))
    is_whole = all(isinstance(one, Safe) for one in read)
    if is_whole and not (hits or source.keys or source.tables):
        yield NotApplicable(
            reason="the code uses no data store that has row rules and a key that passes by them"
        )
    else:
        yield from read


def _route_of(hit: SourceHit, routes: list[SourceRoute]) -> SourceRoute | None:
    named = [one for one in routes if one.id == hit.route]
    return next((one for one in named if _holds(one, hit.place)), named[0] if named else None)


def _holds(route: SourceRoute, place: CodePlace) -> bool:
    return route.place.path == place.path and route.place.line <= place.line <= route.end_line


def _is_allowed(place: CodePlace, route: SourceRoute | None, source: SourceReview) -> bool:
    if route is not None:
        return route.access in ALLOWED
    return is_beside(place.path, source) or is_job(place.path)


def _hit_outcome(hit: SourceHit, route: SourceRoute | None, source: SourceReview) -> Outcome:
    if _is_allowed(hit.place, route, source):
        return Safe(subject=subject_of(hit.place, hit.rule, hit.function), evidence=(str(hit.place),))
    return hit_violation(hit, RULE, certain=hit.certain and route is not None and _is_for_members(route))


def _is_for_members(route: SourceRoute) -> bool:
    return (
        route.access in MEMBERS and _FOR_OTHERS.search(route.path) is None and not is_test(route.place.path)
    )


def _key_outcome(key: DataKey, routes: list[SourceRoute], source: SourceReview) -> Iterator[Outcome]:
    """A use of the key itself: in what browsers get, or inside of a handler. Where it is merely read, nothing."""
    if key.in_browser and not is_beside(key.place.path, source):
        # A name without a public prefix may be empty in the browser: then it is wrong and opens nothing
        plain = _PLAIN_NAME.match(key.name) and not _PUBLIC_NAME.match(key.name)
        where = "is named in code that browsers get"
        yield _violation(key, where, f"Does the build put the value of {key.name} into it?" if plain else "")
        return
    route = next((one for one in routes if _holds(one, key.place)), None)
    if route is None:
        return
    if _is_allowed(key.place, route, source):
        yield Safe(subject=subject_of(key.place, key.name), evidence=(str(key.place),))
        return
    sure = _is_for_members(route)
    question = "" if sure else f"Is {route.id} for administrators or for another service only?"
    yield _violation(key, f"is used in {route.id}, which is no job and not for administrators", question)


def _violation(key: DataKey, where: str, question: str) -> Violation:
    return Violation(
        subject=subject_of(key.place, key.name),
        variant="key in the browser" if key.in_browser else "key in a handler",
        message=f"{key.name}, which passes by all rules of the data store, {where} ({key.place})",
        impact=RULE.impact,
        confidence=Confidence.SUSPECTED if question else Confidence.CONFIRMED,
        evidence=(str(key.place),),
        question=question,
        place=key.place,
        probed=Probed.NOT_PROBED,
        fix="Use the client of the caller's own session here.",
    )

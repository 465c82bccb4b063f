"""The five routes to look at first, each with four ticks: login, ownership, input, errors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from launchready.checks import stated_access
from launchready.checks.code_routes import Entry
from launchready.model.evidence import SourceReview, Surface
from launchready.model.exchange import Exchange
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.oracle import ANONYMOUS_NAME
from launchready.model.outcome import Confidence
from launchready.model.report import (
    AccessCell,
    AccessState,
    CheckResult,
    Finding,
    Location,
    OperationResult,
    RouteCard,
    Tick,
    TickState,
)
from launchready.model.same_route import Routes
from launchready.model.source import AccessClass, Bound, HitKind, SourceHit, SourceRoute, Validation
from launchready.model.subject import OperationSubject

HOW_MANY = 5
_LEFT_OUT = frozenset({Purpose.HEALTH, Purpose.DOCS})
_WEIGHTY = frozenset({
    Purpose.ADMIN, Purpose.MODERATE, Purpose.PAYMENT, Purpose.WEBHOOK, Purpose.CHANGE_PASSWORD, Purpose.RESET,
    Purpose.LOG_IN, Purpose.SIGN_UP, Purpose.EXPORT, Purpose.UPLOAD,
})  # fmt: skip
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_INPUT_HITS = frozenset({
    HitKind.SQL, HitKind.NOSQL, HitKind.COMMAND, HitKind.CODE, HitKind.TEMPLATE, HitKind.DESERIALIZE, HitKind.XML,
    HitKind.SERVER_FETCH, HitKind.RAW_HTML,
})  # fmt: skip
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


@dataclass(slots=True, kw_only=True)
class _Route:
    """One route with everything known about it."""

    method: str
    path: str
    source: SourceRoute | None = None
    operation: HttpOperation | None = None
    seen: OperationResult | None = None
    findings: list[Finding] = field(default_factory=list)
    hits: list[SourceHit] = field(default_factory=list)
    answers: list[Exchange] = field(default_factory=list)

    @property
    def purpose(self) -> Purpose:
        """What it is for, as the running product's description or the code tells."""
        if self.operation is not None and self.operation.purpose is not Purpose.OTHER:
            return self.operation.purpose
        return self.source.purpose if self.source is not None else Purpose.OTHER

    @property
    def is_open_by_nature(self) -> bool:
        """Whether it is made to be called by those who are not signed in."""
        return stated_access.is_open_by_nature(
            Entry(method=self.method, path=self.path, route=self.source, operation=self.operation)
        )


def five_routes(
    review: SourceReview | None,
    surface: Surface | None,
    seen: Iterable[OperationResult],
    results: Iterable[CheckResult],
    exchanges: Iterable[Exchange],
) -> tuple[RouteCard, ...]:
    """The riskiest routes, riskiest first, by what the code shows and what the running product showed.

    The order follows reasons that stand on the card: standing findings, no guard, lookups by id alone, raw input, then
    what the route does.
    """
    routes = _gathered(review, surface, seen, results, exchanges)
    weighed = [(_reasons(one), one) for one in routes]
    known = [(reasons, one) for reasons, one in weighed if reasons]
    known.sort(key=lambda pair: (-sum(weight for weight, _ in pair[0]), pair[1].path, pair[1].method))
    return tuple(_card(one, tuple(text for _, text in reasons)) for reasons, one in known[:HOW_MANY])


# ---------------------------------------------------------------------------------------------- gathering


def _gathered(
    review: SourceReview | None,
    surface: Surface | None,
    seen: Iterable[OperationResult],
    results: Iterable[CheckResult],
    exchanges: Iterable[Exchange],
) -> list[_Route]:
    found: list[_Route] = []
    by_route: Routes[_Route] = Routes()
    for source in review.routes if review is not None else ():
        if source.served:
            one = _Route(method=source.method, path=source.path, source=source)
            found.append(one)
            by_route.add(source.method, source.path, one)
    by_id: dict[str, _Route] = {}
    for operation in surface.operations if surface is not None else ():
        if isinstance(operation, HttpOperation):
            one = by_route.find(operation.method, operation.path, ("", operation.base_path)) or _Route(
                method=operation.method, path=operation.path
            )
            if one.operation is None:
                one.operation = operation
            by_id[operation.id] = one
            if one.source is None:
                found.append(one)
    _attach(by_id, found, review, seen, results)
    for exchange in exchanges:
        if exchange.operation in by_id:
            by_id[exchange.operation].answers.append(exchange)
    return [one for one in found if one.purpose not in _LEFT_OUT]


def _attach(
    by_id: Mapping[str, _Route],
    found: Sequence[_Route],
    review: SourceReview | None,
    seen: Iterable[OperationResult],
    results: Iterable[CheckResult],
) -> None:
    for row in seen:
        if row.id in by_id:
            by_id[row.id].seen = row
    by_source = {one.source.id: one for one in found if one.source is not None}
    for hit in review.hits if review is not None else ():
        if hit.route in by_source:
            by_source[hit.route].hits.append(hit)
    for result in results:
        for finding in result.findings:
            one = _of(finding, by_id, found)
            if one is not None and not finding.disputed_by:
                one.findings.append(finding)


def _of(finding: Finding, by_id: Mapping[str, _Route], found: Sequence[_Route]) -> _Route | None:
    if isinstance(finding.subject, OperationSubject):
        return by_id.get(f"{finding.subject.method} {finding.subject.path}")
    place = finding.location
    if place is None or not place.line:
        return None
    return next(
        (
            one
            for one in found
            if one.source is not None
            and one.source.place.path == place.path
            and one.source.place.line <= place.line <= one.source.end_line
        ),
        None,
    )


# ------------------------------------------------------------------------------------------------ weighing


def _reasons(one: _Route) -> list[tuple[int, str]]:
    """Weights with the words for them. Routes about which nothing speaks have none."""
    reasons: list[tuple[int, str]] = []
    confirmed = sum(finding.confidence is Confidence.CONFIRMED for finding in one.findings)
    asked = len(one.findings) - confirmed
    if confirmed:
        reasons.append((100 + confirmed, "a confirmed finding stands"))
    if asked:
        reasons.append((20 + asked, "a question stands"))
    if one.source is not None:
        reasons.extend(_by_source(one.source, is_open=one.is_open_by_nature))
    if one.hits:
        reasons.append((12, "a dangerous line is in its handler"))
    if one.purpose in _WEIGHTY:
        reasons.append((8, f"it is for {one.purpose.value.replace('_', ' ')}"))
    if one.method not in _READS:
        reasons.append((6, "it writes"))
    if "{" in one.path:
        reasons.append((4, "it takes an id"))
    return reasons


def _by_source(source: SourceRoute, *, is_open: bool) -> list[tuple[int, str]]:
    reasons = []
    if source.access is AccessClass.NONE and not is_open:
        reasons.append((30, "no guard was found on it"))
    elif source.access is AccessClass.UNCLEAR:
        reasons.append((10, "its guard could not be read"))
    if any(lookup.bound is Bound.NONE for lookup in source.lookups):
        reasons.append((15, "it looks up by id alone"))
    if source.validation is Validation.RAW:
        reasons.append((8, "its input passes no schema"))
    return reasons


# --------------------------------------------------------------------------------------------------- ticks


def _card(one: _Route, risk: tuple[str, ...]) -> RouteCard:
    place = one.source.place if one.source is not None else None
    return RouteCard(
        method=one.method,
        path=one.path,
        access=one.source.access.value if one.source is not None else "",
        risk=risk,
        login=_login(one),
        ownership=_ownership(one),
        input=_input(one),
        errors=_errors(one),
        location=Location(path=place.path, line=place.line, code=place.code, where="tree") if place else None,
    )


def _cells(one: _Route) -> tuple[AccessCell, ...]:
    return one.seen.cells if one.seen is not None else ()


def _login(one: _Route) -> Tick:
    for cell in _cells(one):
        if cell.principal == ANONYMOUS_NAME and cell.state is AccessState.DENIED:
            return Tick(state=TickState.YES, reason="refused without a login", evidence=cell.evidence)
        if cell.principal == ANONYMOUS_NAME and cell.state is AccessState.LEAKS:
            return Tick(state=TickState.NO, reason="works without a login", evidence=cell.evidence)
    if one.is_open_by_nature:
        return Tick(state=TickState.NOT_NEEDED, reason="it is for those who are not signed in yet")
    source = one.source
    if source is None or source.access is AccessClass.UNCLEAR:
        return Tick(state=TickState.UNKNOWN, reason="nobody asked without a login")
    if source.access is AccessClass.NONE:
        return Tick(state=TickState.NO, reason="no guard in the code", evidence=(str(source.place),))
    if source.access is AccessClass.PUBLIC:
        return Tick(state=TickState.NOT_NEEDED, reason="public, as the code says")
    names = tuple(dict.fromkeys(guard.name for guard in source.guards))
    places = tuple(dict.fromkeys(str(guard.place) for guard in source.guards))
    return Tick(state=TickState.YES, reason=f"guarded by {', '.join(names)}, not asked", evidence=places)


def _ownership(one: _Route) -> Tick:
    others = [cell for cell in _cells(one) if cell.principal != ANONYMOUS_NAME]
    for cell in others:
        if cell.state is AccessState.LEAKS:
            return Tick(state=TickState.NO, reason=f"open to {cell.principal}", evidence=cell.evidence)
    for cell in others:
        if cell.state is AccessState.DENIED:
            return Tick(state=TickState.YES, reason=f"refused to {cell.principal}", evidence=cell.evidence)
    lookups = one.source.lookups if one.source is not None else ()
    bare = [lookup for lookup in lookups if lookup.bound is Bound.NONE]
    if bare:
        places = tuple(str(lookup.place) for lookup in bare)
        return Tick(state=TickState.NO, reason="looked up by id alone in the code", evidence=places)
    if lookups and all(lookup.bound is Bound.OWNER for lookup in lookups):
        places = tuple(str(lookup.place) for lookup in lookups)
        return Tick(state=TickState.YES, reason="bound to the caller in the code, not asked", evidence=places)
    if "{" not in one.path and not lookups:
        return Tick(state=TickState.NOT_NEEDED, reason="it takes no id")
    return Tick(state=TickState.UNKNOWN, reason="no second member asked")


def _input(one: _Route) -> Tick:
    hits = [hit for hit in one.hits if hit.kind in _INPUT_HITS]
    if hits:
        places = tuple(str(hit.place) for hit in hits)
        return Tick(state=TickState.NO, reason=hits[0].message, evidence=places)
    source = one.source
    if source is None or source.validation is Validation.UNCLEAR:
        takes = one.method not in _READS
        return Tick(
            state=TickState.UNKNOWN if takes else TickState.NOT_NEEDED,
            reason="" if takes else "it takes no body",
        )
    here = (str(source.place),)
    match source.validation:
        case Validation.SCHEMA:
            return Tick(state=TickState.YES, reason="a schema stands before the handler", evidence=here)
        case Validation.RAW:
            return Tick(state=TickState.NO, reason="the body is used as it came", evidence=here)
        case _:
            return Tick(state=TickState.NOT_NEEDED, reason="it takes no body")


def _errors(one: _Route) -> Tick:
    broken = [answer.id for answer in one.answers if answer.status >= _SERVER_ERROR]
    if broken:
        return Tick(state=TickState.NO, reason="it failed with a server error", evidence=tuple(broken[:3]))
    if any(hit.kind is HitKind.DEBUG for hit in one.hits):
        places = tuple(str(hit.place) for hit in one.hits if hit.kind is HitKind.DEBUG)
        return Tick(state=TickState.NO, reason="it answers with its inside", evidence=places)
    refused = [answer.id for answer in one.answers if _CLIENT_ERROR <= answer.status < _SERVER_ERROR]
    if refused:
        return Tick(state=TickState.YES, reason="bad calls were refused plainly", evidence=tuple(refused[:1]))
    return Tick(state=TickState.UNKNOWN, reason="it was not called")

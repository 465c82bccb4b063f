"""AUTH-03."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launchready.checks.code_routes import Entry, inventory
from launchready.checks.outcomes import exchanges, gap_outcomes
from launchready.checks.registration import check
from launchready.checks.source_outcomes import CODE, NAME_CODE, is_recognised, unread
from launchready.checks.stated_access import stated_class
from launchready.model.evidence import ClientBundles, GuardSweep, SourceReview, Surface
from launchready.model.operation import HttpOperation
from launchready.model.oracle import Denied, Open, Shared, judge_guard
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
from launchready.model.probe import AnswerKind
from launchready.model.settings import JudgeSettings
from launchready.model.source import AccessClass
from launchready.model.subject import OperationSubject, ProcessSubject

IMPACT = "A route that nobody has assigned to anybody is guarded by chance, and forgotten ones stay open for years."
DOCUMENT = "openapi"
_MOST_NAMED = 3
_ABSENT = frozenset({AnswerKind.NOT_FOUND, AnswerKind.NO_ANSWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What there is to compare with: whether code was read, and whole, and whether a document describes the API."""

    code: bool
    whole: bool
    document: bool

    def silent(self) -> str:
        """Those that say nothing: `neither the code nor the settings say`."""
        places = [
            *(["the code"] if self.code else []),
            *(["the specification"] if self.document else []),
            "the settings",
        ]
        if len(places) == 1:
            return "the settings do not say"
        return f"neither {', '.join(places[:-1])} nor {places[-1]} say"


@check("AUTH-03")
def every_route_has_an_access_class(
    source: SourceReview | None,
    surface: Surface | None,
    bundles: ClientBundles | None,
    sweep: GuardSweep | None,
    settings: JudgeSettings,
) -> Iterator[Outcome]:
    """Every route that can be reached is known, and it is known whom it is for.

    Why: Routes that no list has are tested by nobody; they are the ones that stay open when all others get
    a guard.

    How to fix: Generate the list of routes from the code in the pipeline, and say for each whether it is for
    everybody, members, owners, a group, moderators, administrators or another service: by a guard, by
    `security` in the specification, or under [visibility] in launchready.toml.

    What this cannot see: Routes that neither the code of this repository, the specification, nor the scripts
    of the product's pages name, such as those of a proxy or of another repository.
    """
    operations = surface.operations if surface is not None else ()
    known = _Known(
        code=source is not None and is_recognised(source),
        whole=source is not None and not list(unread(source, routes=True)),
        document=any(isinstance(one, HttpOperation) and one.source == DOCUMENT for one in operations),
    )
    entries = inventory(source, surface, sweep)
    for entry in entries:
        yield _outcome(entry, known, settings)
    yield from _beyond_the_code(entries, known)
    if surface is not None:
        yield from _without_class(surface)
    if source is not None:
        yield from _code(source)
    if bundles is not None:
        yield from gap_outcomes(bundles.gaps)


def _code(source: SourceReview) -> Iterator[Unproven]:
    if not is_recognised(source):
        reason = f"no application was recognised in {source.files} files of code"
        yield Unproven(subject=CODE, cause=Cause.NOTHING_TESTED, reason=reason, remedy=NAME_CODE)
    yield from unread(source, routes=True)


def _beyond_the_code(entries: Sequence[Entry], known: _Known) -> Iterator[Unproven]:
    """What is described and served but not among the code's routes: then the code may hide other routes, too."""
    described = [one for one in entries if one.operation is not None and one.operation.source == DOCUMENT]
    missing = [one.name for one in described if one.route is None and not _is_dead(one, known)]
    if not known.code or not missing:
        return
    named = ", ".join(missing[:_MOST_NAMED])
    more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    yield Unproven(
        subject=CODE,
        cause=Cause.PARTIAL,
        reason=f"{len(missing)} of the {len(described)} operations of the specification were not found in the code "
        f"({named}{more}), so that the code's list of routes is not complete",
        remedy=Remedy(
            input=Input.REPOSITORY,
            sentence="Name the repository that serves them: --repo PATH, or the one above both.",
        ),
    )


def _without_class(surface: Surface) -> Iterator[Unproven]:
    """What is described in another form than as a method on a path, or so that it cannot be called."""
    others = [one for one in surface.operations if not isinstance(one, HttpOperation)]
    if others:
        yield Unproven(
            subject=ProcessSubject(name="fields and channels"),
            cause=Cause.NOTHING_TESTED,
            reason=f"nothing reads whom {len(others)} GraphQL fields or channels are for",
            remedy=Remedy(
                input=Input.NEWER_VERSION, sentence="Update launchready when a version reads them."
            ),
        )
    for unusable in surface.unusable:
        method, _, path = unusable.id.partition(" ")
        yield Unproven(
            subject=OperationSubject(method=method, path=path),
            cause=Cause.NEEDS_INPUT,
            reason=f"the specification describes it so that it cannot be called: {unusable.reason}",
            remedy=Remedy(input=Input.SPECIFICATION, sentence="Mend it in the specification."),
        )


# ------------------------------------------------------------------------------------------ one route


def _outcome(entry: Entry, known: _Known, settings: JudgeSettings) -> Outcome:
    subject = OperationSubject(method=entry.method, path=entry.path)
    if entry.route is not None and not entry.route.certain:
        reason = f"a part of its path could not be read ({entry.route.place}): {entry.route.note}"
        return _open(entry, Cause.PARTIAL, reason)
    stated = stated_class(entry, settings)
    dead = _is_dead(entry, known)
    if stated is not None or dead or _observed(entry) is not None:
        return Safe(subject=subject, evidence=_evidence(entry), note=_note(entry, known, dead=dead))
    if entry.route is not None and entry.route.access is AccessClass.UNCLEAR:
        return _open(
            entry, Cause.NEEDS_ANSWER, f"the code of its guards could not be read ({entry.route.place})"
        )
    if entry.operation is not None and entry.probe is None:
        return _open(
            entry,
            Cause.NEEDS_ANSWER,
            f"{known.silent()} whom it is for, and it was not asked without a login",
        )
    if entry.probe is not None:
        judged = judge_guard(entry.probe)
        if isinstance(judged, Open):
            return _open(entry, judged.cause, f"{known.silent()} whom it is for, and {judged.reason}")
    return _violation(entry, known)


def _observed(entry: Entry) -> AccessClass | None:
    """What the running product showed: a member was let in and nobody else was, or it is declared public."""
    if entry.probe is None:
        return None
    match judge_guard(entry.probe):
        case Denied():
            return AccessClass.MEMBER
        case Shared():
            return AccessClass.PUBLIC
        case _:
            return None


def _is_dead(entry: Entry, known: _Known) -> bool:
    """In the specification, but neither in the code nor served; told only where both were looked at."""
    if not known.code or entry.route is not None or entry.operation is None or entry.probe is None:
        return False
    answers = [one for one in (entry.probe.attempt, entry.probe.control) if one is not None]
    return entry.operation.source == DOCUMENT and all(one.kind in _ABSENT for one in answers)


def _is_shadow(entry: Entry, known: _Known) -> bool:
    """Served, while the document that describes the API leaves it out."""
    return known.document and entry.operation is not None and entry.operation.source != DOCUMENT


def _note(entry: Entry, known: _Known, *, dead: bool) -> str:
    if dead:
        return f"{entry.name} is in the specification, and neither in the code nor served"
    if _is_shadow(entry, known):
        where = f"in the code at {entry.route.place}" if entry.route else "named by the product's own scripts"
        return f"{entry.name} is served and {where}, and the specification leaves it out"
    return ""


def _evidence(entry: Entry) -> tuple[str, ...]:
    place = (str(entry.route.place),) if entry.route is not None else ()
    probe = entry.probe
    return (*place, *(exchanges(probe.control, probe.attempt) if probe is not None else ()))


def _open(entry: Entry, cause: Cause, reason: str) -> Unproven:
    sentence = (
        f'Say under [visibility] in launchready.toml whom it is for, e.g. "{entry.name}" = "public" (or "members", '
        '"participants", "owner"), then: launchready rejudge'
    )
    return Unproven(
        subject=OperationSubject(method=entry.method, path=entry.path),
        cause=cause,
        reason=reason,
        remedy=Remedy(input=Input.ANSWER, sentence=sentence),
        evidence=_evidence(entry),
    )


def _violation(entry: Entry, known: _Known) -> Violation:
    """Nothing gives it a class. That is a fact where it was reached, and either changed something or is on no list.

    A read that the team itself describes may well be public, and merely not be called so: that is a question.
    """
    shadow = _is_shadow(entry, known)
    reached = entry.probe is not None
    looked = known.code and (entry.route is not None or known.whole)
    changed = entry.probe is not None and bool(entry.probe.change)
    certain = reached and looked and (shadow or changed)
    answers = " answers without a login" if reached else ""
    left_out = ", the specification leaves it out" if shadow else ""
    place = f" ({entry.route.place})" if entry.route is not None else ""
    probed = Probed.CONFIRMED if reached else Probed.NOT_PROBED
    return Violation(
        subject=OperationSubject(method=entry.method, path=entry.path),
        variant="shadow route without access class" if shadow else "no access class",
        message=f"{entry.name}{answers}{left_out}{', and' if answers or left_out else ':'} "
        f"{known.silent()} whom it is for{place}",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if certain else Confidence.SUSPECTED,
        evidence=_evidence(entry),
        reproduce=entry.probe.reproduce if entry.probe is not None else "",
        question=""
        if certain
        else f"Whom is {entry.name} for: everybody, members, staff, or another service?",
        place=entry.route.place if entry.route is not None else None,
        probed=probed if entry.route is not None else None,
        fix="Guard it, or say that it is public: in the code, in the specification, or under [visibility].",
    )

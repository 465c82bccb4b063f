"""Whether the members are signed in when a collector begins that acts as them.

Scanners whose session ended report that nothing is wrong. Here a canary login between the phases finds out; a
lost session is opened again, or the rest is not proven.
"""

from launchready.accounts.crew import MEMBERS, Crew
from launchready.collecting.collector import Collector, Safety
from launchready.collecting.context import Context, MissingEvidence
from launchready.door.replies import kind_of
from launchready.model.evidence import Accounts, Gap
from launchready.model.oracle import REMEDIES
from launchready.model.outcome import Cause
from launchready.model.probe import AnswerKind

# So few requests after the last proof a session is taken to be there still
_EVERY = 8
_TROUBLES = {
    AnswerKind.NO_ANSWER: (Cause.TARGET_FAILED, "the target stopped answering"),
    AnswerKind.ERROR: (Cause.TARGET_FAILED, "the target began to fail with server errors"),
    AnswerKind.EDGE_WALL: (Cause.EDGE_WALL, "a wall in front of the target began to answer instead"),
    AnswerKind.LIMITED: (Cause.LIMITED, "the target's rate limit kept the members from signing in again"),
}


async def require_members(context: Context, collector: Collector) -> None:
    """Raise MissingEvidence where nobody whom the collector acts as is signed in."""
    crew = context.crew
    if crew is None or Accounts not in collector.needs or collector.safety < Safety.ACTIVE:
        return
    if not any(person.confirmed for person in crew.people):
        _raise(crew.gap(MEMBERS[0].name))
    lost = any(person.lost for person in crew.people)
    if not lost and context.door.spending.requests < context.canary_at + _EVERY:
        return
    for member in MEMBERS:
        if _was_there(crew, member.name) and not await crew.ensure(member.name):
            _raise(_why(context, crew.gap(member.name)))
    context.canary_at = context.door.spending.requests


async def gaps_of_absence(context: Context, *names: str) -> list[Gap]:
    """Gaps for those who are signed in no more at a collector's end: what they were refused proves nothing."""
    crew = context.crew
    gone = [
        name for name in names if crew is not None and _was_there(crew, name) and not await crew.ensure(name)
    ]
    gaps = [_why(context, crew.gap(name)) for name in gone if crew is not None]
    return [gap for gap in gaps if gap is not None]


def _was_there(crew: Crew, name: str) -> bool:
    return any(person.name == name and person.confirmed for person in crew.people)


def _why(context: Context, gap: Gap | None) -> Gap | None:
    """The gap of a lost session, with what the target last did instead of answering."""
    reply = context.door.raw(context.door.last)
    trouble = _TROUBLES.get(kind_of(reply)) if reply is not None else None
    if gap is None or trouble is None:
        return gap
    cause, reason = trouble
    return Gap(what=gap.what, cause=cause, reason=reason, remedy=REMEDIES[cause], principal=gap.principal)


def _raise(gap: Gap | None) -> None:
    if gap is not None:
        raise MissingEvidence(Accounts.__name__, gap.cause, gap.reason, gap.remedy)

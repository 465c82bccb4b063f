"""The review: a repository's code alone, judged at once, without a target and without an evidence file."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from launchready.app.errors import UsageProblem
from launchready.app.judgement import all_checks, judged
from launchready.config.places import state_dir
from launchready.judging.report import RULES
from launchready.model.evidence import Collected, Partial, Slot, SourceReview
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.report import Report, RunInfo
from launchready.model.run import Run
from launchready.model.settings import Settings
from launchready.source.changes import ChangesError, changed_files
from launchready.source.facts_cache import FactsCache
from launchready.source.repository import RepositoryError, WorkingTree, working_tree
from launchready.source.review import ReviewScope, review
from launchready.surface.code_purposes import with_purposes

CACHE_NAME = "facts.sqlite"
_WHOLE = Remedy(input=Input.SELECTION, sentence="Review everything: launchready review")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOrder:
    """What is wanted: the repository, what changed since which commit (empty: all of it), whether facts are kept."""

    repo: Path
    settings: Settings
    changed: str = ""
    keep: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The report of the checks that read code, and what the code says. `changed` is None for a whole review."""

    report: Report
    review: SourceReview
    changed: frozenset[str] | None
    seconds: float


async def review_code(order: ReviewOrder) -> Reviewed:
    """Read and judge.

    Raises:
        UsageProblem: no such folder, nothing in it, or it cannot be told what changed.
    """
    started = datetime.now(UTC)
    tree = await _tree(order.repo)
    changed = await _changed(tree, order.changed)
    scope = ReviewScope(changed=changed)
    if order.keep:
        with FactsCache(state_dir() / CACHE_NAME) as cache:
            found = with_purposes(await review(tree, scope=scope, keeper=cache))
    else:
        found = with_purposes(await review(tree, scope=scope))
    seconds = (datetime.now(UTC) - started).total_seconds()
    run = _run(order, found, started, changed, seconds)
    return Reviewed(report=judged(run), review=found, changed=changed, seconds=seconds)


def reading_checks() -> tuple[str, ...]:
    """Ids of the checks that say something by the code alone."""
    return tuple(
        info.row.id for info in all_checks() if info.implemented and SourceReview.__name__ in info.needs
    )


async def _tree(repo: Path) -> WorkingTree:
    try:
        tree = await working_tree(repo)
    except RepositoryError as error:
        raise UsageProblem(f"{error}.", "Name the repository: launchready review PATH.") from error
    if not tree.files:
        raise UsageProblem(f"There is no file in {repo}.", "Name the repository: launchready review PATH.")
    return tree


async def _changed(tree: WorkingTree, base: str) -> frozenset[str] | None:
    if not base:
        return None
    try:
        return await changed_files(tree.root, base)
    except ChangesError as error:
        raise UsageProblem(str(error)) from error


def _run(
    order: ReviewOrder,
    found: SourceReview,
    started: datetime,
    changed: frozenset[str] | None,
    seconds: float,
) -> Run:
    only = order.settings.judge.only or reading_checks()
    slot: Slot = Collected(evidence=found)
    if changed is not None:
        reason = f"only what changed since {order.changed} was read"
        slot = Partial(evidence=found, cause=Cause.NOT_SELECTED, reason=reason, remedy=_WHOLE)
    info = RunInfo(
        id=f"review-{started:%Y%m%d-%H%M%S}",
        started_at=started.isoformat(timespec="seconds"),
        ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        requests=0,
        profile="review",
        target=found.root,
        selected=only,
    )
    return Run(
        info=info,
        rules=RULES,
        collect=replace(order.settings.collect, url="", repo=str(order.repo), only=only),
        judge=replace(order.settings.judge, only=only),
        slots={SourceReview.__name__: slot},
        exchanges=(),
    )

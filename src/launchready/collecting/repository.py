"""Secrets in the working tree (SEC-01). Needs a repository, no target."""

from pathlib import Path

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context, MissingEvidence
from launchready.model.evidence import Evidence, Gap, RepositorySecrets
from launchready.model.outcome import Cause, Input, Remedy
from launchready.source.engine import INSTALL, EngineFailed, EngineMissing
from launchready.source.repository import RepositoryError, WorkingTree, working_tree
from launchready.source.secrets import SecretScan, scan_tree

_ENGINE = Remedy(input=Input.ENGINE, sentence=INSTALL)
_NAME_IT = Remedy(
    input=Input.REPOSITORY, sentence='Name the repository: --repo PATH, or repo = "." under [target].'
)
_LONGEST_SCAN = 900.0
_COUNTED = frozenset({"live", "review"})


class RepositorySecretsCollector(Collector):
    """What the secret engine sees in the working tree, each hit classed, values only as keyed marks."""

    produces = RepositorySecrets
    safety = Safety.OFFLINE
    title = "Secrets in the repository"

    def __init__(self) -> None:
        super().__init__()
        self._tree: WorkingTree | None = None
        self._scan: SecretScan | None = None

    def cost(self, context: Context) -> Cost:  # noqa: ARG002 - the contract's
        """Nothing at the target."""
        return Cost()

    async def run(self, context: Context) -> None:
        """List the tree and scan it; raises MissingEvidence with what would help."""
        kind = RepositorySecrets.__name__
        if not context.settings.repo:
            raise MissingEvidence(kind, Cause.NEEDS_INPUT, "no repository was named", _NAME_IT)
        try:
            self._tree = await working_tree(Path(context.settings.repo))
        except RepositoryError as error:
            raise MissingEvidence(kind, Cause.NEEDS_INPUT, str(error), _NAME_IT) from error
        if not self._tree.files:
            raise MissingEvidence(
                kind, Cause.NOTHING_TESTED, f"there is no file in {context.settings.repo}", _NAME_IT
            )
        seconds = min(_LONGEST_SCAN, context.settings.budget.seconds)
        try:
            self._scan = await scan_tree(self._tree, mark=context.vault.mark, seconds=seconds)
        except EngineMissing as missing:
            reason = "no secret engine is installed: not checked"
            raise MissingEvidence(kind, Cause.NEEDS_INPUT, reason, _ENGINE) from missing
        except EngineFailed as failed:
            raise MissingEvidence(kind, Cause.NEEDS_INPUT, str(failed), _ENGINE) from failed
        self.gaps = [_gap(missed.what, missed.reason) for missed in self._scan.missed]
        for hit in self._scan.hits:
            if hit.classed == "live":
                context.found("SEC-01", f"{hit.rule_name} at {hit.path}:{hit.line}", confirmed=True)

    def evidence(self) -> Evidence:
        """What was gathered so far; without a finished scan, no hits and a gap that says so."""
        if self._scan is None:
            gaps = (*self.gaps, _gap("the working tree", "the scan was not finished"))
            return RepositorySecrets(engine="", root="", files=0, hits=(), gaps=gaps)
        return RepositorySecrets(
            engine=self._scan.engine,
            root=self._tree.root.name if self._tree else "",
            files=self._scan.files,
            hits=self._scan.hits,
            gaps=tuple(self.gaps),
            notes=self._notes(),
        )

    def _notes(self) -> tuple[str, ...]:
        tree = self._tree
        if tree is None:
            return ()
        listed = (
            "tracked by git, or new and not ignored" if tree.from_git else "found below the folder (no git)"
        )
        left = [f"left out: {count} {what}" for what, count in tree.left_out]
        return (f"{len(tree.files)} files, {listed}", *left)

    def summary(self) -> str:
        """How many files and hits."""
        if self._scan is None:
            return ""
        counted = sum(1 for hit in self._scan.hits if hit.classed in _COUNTED)
        return f"{self._scan.files} files, {counted} to explain, {len(self._scan.hits) - counted} explained"


def _gap(what: str, reason: str) -> Gap:
    return Gap(
        what=what,
        cause=Cause.PARTIAL,
        reason=reason,
        remedy=Remedy(
            input=Input.REPOSITORY,
            sentence=f"Make {what} readable, or take it out of the repository, then run the audit again.",
        ),
    )

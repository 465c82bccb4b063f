"""What the code itself says: its routes, guards, lookups, dangerous lines. Needs a repository, no target."""

from pathlib import Path

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context, MissingEvidence
from launchready.model.evidence import Evidence, Gap, SourceReview
from launchready.model.outcome import Cause, Input, Remedy
from launchready.source.repository import RepositoryError, working_tree
from launchready.source.review import review
from launchready.surface.code_purposes import with_purposes

NAME_REPOSITORY = Remedy(
    input=Input.REPOSITORY, sentence='Name the repository: --repo PATH, or repo = "." under [target].'
)


class SourceReviewCollector(Collector):
    """Reads the repository's code; nothing in it is run."""

    produces = SourceReview
    safety = Safety.OFFLINE
    title = "What the code says"

    def __init__(self) -> None:
        super().__init__()
        self._found: SourceReview | None = None

    def cost(self, context: Context) -> Cost:
        """Nothing at the target."""
        del context
        return Cost()

    async def run(self, context: Context) -> None:
        """List the tree and read it; raises MissingEvidence with what would help."""
        kind = SourceReview.__name__
        if not context.settings.repo:
            raise MissingEvidence(kind, Cause.NEEDS_INPUT, "no repository was named", NAME_REPOSITORY)
        try:
            tree = await working_tree(Path(context.settings.repo))
        except RepositoryError as error:
            raise MissingEvidence(kind, Cause.NEEDS_INPUT, str(error), NAME_REPOSITORY) from error
        self._found = with_purposes(await review(tree))

    def evidence(self) -> Evidence:
        """The review; before it is finished an empty one with a gap that says so."""
        if self._found is not None:
            return self._found
        unread = Gap(
            what="the code",
            cause=Cause.PARTIAL,
            reason="reading it was not finished",
            remedy=Remedy(input=Input.REPOSITORY, sentence="Run the audit again."),
        )
        return SourceReview(root="", files=0, lines=0, apps=(), routes=(), gaps=(unread,))

    def summary(self) -> str:
        """What was read, and in which frameworks."""
        if self._found is None:
            return ""
        stacks = ", ".join(dict.fromkeys(app.framework for app in self._found.apps))
        return f"{self._found.files} files, {len(self._found.routes)} routes" + (
            f", {stacks}" if stacks else ""
        )

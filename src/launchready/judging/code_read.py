"""The stack that the code shows, and how far the code was understood."""

from collections import Counter

from launchready.model.evidence import SourceReview
from launchready.model.report import CodeRead, Location, StackPart
from launchready.model.source import AccessClass, SourceApp


def code_read(review: SourceReview) -> CodeRead:
    """What was read of the repository, applications in the order in which they were found."""
    return CodeRead(
        files=review.files,
        lines=review.lines,
        stack=tuple(_part(app, review) for app in review.apps),
        skipped=tuple((one.path, one.reason) for one in review.skipped),
        open=tuple(dict.fromkeys(gap.reason for gap in review.gaps)),
    )


def _part(app: SourceApp, review: SourceReview) -> StackPart:
    counted = Counter(
        route.access
        for route in review.routes
        if route.app == app.name and route.framework == app.framework and route.served
    )
    return StackPart(
        framework=app.framework,
        version=app.version,
        root=app.root,
        location=Location(path=app.entry.path, line=app.entry.line, code=app.entry.code, where="tree"),
        routes=tuple((access.value, counted[access]) for access in AccessClass if counted[access]),
    )

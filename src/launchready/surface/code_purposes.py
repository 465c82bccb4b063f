"""What the code's routes are for, inferred as for any other description of an API."""

from dataclasses import replace

from launchready.model.evidence import SourceReview
from launchready.model.operation import HttpOperation, Purpose
from launchready.surface.build import with_inferences
from launchready.surface.from_source import code_operations


def with_purposes(review: SourceReview) -> SourceReview:
    """The review, each route with its purpose; routes of one application are looked at together."""
    by_app: dict[str, list[HttpOperation]] = {}
    for one in code_operations(review):
        by_app.setdefault(one.app, []).append(one.operation)
    known: dict[tuple[str, str], Purpose] = {
        (app, operation.id): operation.purpose
        for app, operations in by_app.items()
        for operation in with_inferences(operations)
    }
    routes = tuple(
        replace(route, purpose=known.get((route.app, route.id), Purpose.OTHER)) for route in review.routes
    )
    return replace(review, routes=routes)

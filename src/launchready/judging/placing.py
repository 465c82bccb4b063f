"""Findings about operations of the running product get the place in the code that serves them."""

from collections.abc import Iterable
from dataclasses import replace

from launchready.checks.code_routes import CodeRoutes
from launchready.model.evidence import SourceReview, Surface
from launchready.model.report import CheckResult, Finding, Location
from launchready.model.subject import OperationSubject


def placed(
    results: Iterable[CheckResult], review: SourceReview | None, surface: Surface | None
) -> tuple[CheckResult, ...]:
    """The results, with the handler's line at each finding about an operation that has no place yet.

    An operation that no route of the code serves, or more than one, keeps none: a wrong line is worse.
    """
    if review is None:
        return tuple(results)
    routes = CodeRoutes.of(review, surface)
    return tuple(
        replace(one, findings=tuple(_placed(finding, routes) for finding in one.findings))
        if one.findings
        else one
        for one in results
    )


def _placed(finding: Finding, routes: CodeRoutes) -> Finding:
    if finding.location is not None or not isinstance(finding.subject, OperationSubject):
        return finding
    route = routes.find(finding.subject.method, finding.subject.path)
    if route is None:
        return finding
    place = route.place
    return replace(
        finding, location=Location(path=place.path, line=place.line, code=place.code, where="tree")
    )

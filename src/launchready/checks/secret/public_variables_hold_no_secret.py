"""SEC-04."""

import re
from collections.abc import Iterator

from launchready.checks.code_places import is_test
from launchready.checks.registration import check
from launchready.checks.source_outcomes import HitRule, hit_outcomes, name_mark
from launchready.model.evidence import SourceReview
from launchready.model.outcome import Confidence, Outcome, Probed, Violation
from launchready.model.source import EnvironmentVariable, HitKind
from launchready.model.subject import FileSubject

RULE = HitRule(
    kinds=frozenset({HitKind.PUBLIC_SECRET}),
    impact="Everybody who opens the website can read it in the scripts that the browser loads.",
    question="Does {place} end up in what browsers load, and does the value open anything?",
)
# Names that leave no doubt; others (a token for maps, a key for search) are often made for browsers
_PLAIN = re.compile(
    r"(?:SECRET|SECRET_KEY|SECRET_ACCESS_KEY|PASSWORD|PASSWD|PRIVATE_KEY|SERVICE_ROLE|SERVICE_ROLE_KEY|SERVICE_KEY"
    r"|ADMIN_KEY|DATABASE_URL|CONNECTION_STRING|SIGNING_KEY|ENCRYPTION_KEY)\Z",
    re.IGNORECASE,
)


@check("SEC-04")
def public_variables_hold_no_secret(source: SourceReview) -> Iterator[Outcome]:
    """What browsers get by a public prefix of its name is no secret.

    Why: Build tools copy variables such as NEXT_PUBLIC_… and VITE_… into the scripts that everybody loads,
    whatever they hold.

    How to fix: Rename the variable without the public prefix, read it in code of the server alone, and
    rotate the value: it was public.

    What this cannot see: Values, where only the host knows them; a harmless name may hold a secret.
    """
    hit_names = {(hit.place.path, hit.place.line) for hit in source.hits if hit.kind is HitKind.PUBLIC_SECRET}
    for variable in source.variables:
        read = [one for one in variable.read if not is_test(one.path)]
        reported = any((one.path, one.line) in hit_names for one in read)
        if variable.public and variable.secret and read and not reported:
            yield _violation(variable)
    yield from hit_outcomes(source, RULE)


def _violation(variable: EnvironmentVariable) -> Violation:
    place = next(one for one in variable.read if not is_test(one.path))
    certain = _PLAIN.search(variable.name) is not None
    return Violation(
        subject=FileSubject(path=place.path, line=place.line, mark=name_mark(place, variable.name)),
        variant="public secret",
        message=f"{variable.name} goes into what browsers load, and by its name it is a secret ({place})",
        impact=RULE.impact,
        confidence=Confidence.CONFIRMED if certain else Confidence.SUSPECTED,
        evidence=tuple(str(one) for one in variable.read),
        question=""
        if certain
        else f"Is the value of {variable.name} made for browsers, so that it opens nothing?",
        place=place,
        probed=Probed.NOT_PROBED,
        fix="Rename it without the public prefix, read it on the server only, and rotate the value.",
    )

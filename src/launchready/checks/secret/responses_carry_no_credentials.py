"""SEC-13."""

import re
from collections.abc import Iterator

from launchready.checks.outcomes import gap_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import CredentialHit, ResponseCredentials
from launchready.model.outcome import Confidence, Outcome, Safe, Violation
from launchready.model.subject import OperationSubject

IMPACT = "Whoever sees this answer holds a credential, or a hash that can be tried offline."


@check("SEC-13")
def responses_carry_no_credentials(seen: ResponseCredentials) -> Iterator[Outcome]:
    """No response carries a password, hash, token, key or connection string.

    Why: Serialising a whole record sends its password hash and its keys along, and browsers, proxies and
    logs keep them.

    How to fix: Answer through a response model that names its fields, and rotate what leaked.

    What this cannot see: Responses that the audit did not provoke, and credentials in a form that nobody
    can recognise.
    """
    for hit in seen.hits:
        yield _violation(hit)
    bad = {hit.operation for hit in seen.hits}
    if seen.responses:
        for operation in seen.operations:
            method, _, path = operation.partition(" ")
            if operation not in bad:
                yield Safe(subject=OperationSubject(method=method, path=path))
    yield from gap_outcomes(seen.gaps)


def _violation(hit: CredentialHit) -> Violation:
    where = re.sub(r"\d+", "*", hit.where)  # positions in a list change from run to run
    question = "" if hit.confirmed else f"Is {hit.preview} in {hit.method} {hit.path} a real credential?"
    return Violation(
        subject=OperationSubject(method=hit.method, path=hit.path, principal=hit.principal),
        variant=f"{hit.kind} {where}",
        message=f"{hit.method} {hit.path} gave {hit.principal} a {hit.kind} at {hit.where} ({hit.preview})",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if hit.confirmed else Confidence.SUSPECTED,
        evidence=(hit.exchange,) if hit.exchange else (),
        reproduce=hit.reproduce,
        question=question,
    )

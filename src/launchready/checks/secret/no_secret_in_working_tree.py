"""SEC-01."""

from collections.abc import Iterator

from launchready.checks.outcomes import gap_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import RepositorySecrets, SecretHit
from launchready.model.outcome import Confidence, Outcome, Safe, Violation
from launchready.model.subject import FileSubject

IMPACT = "Everybody who has, or ever had, the repository can use it."
# Values that open nothing: in documentation, in tests, meant for clients
HARMLESS = frozenset({"test", "example", "public"})


@check("SEC-01")
def no_secret_in_working_tree(secrets: RepositorySecrets) -> Iterator[Outcome]:
    """No file of the repository holds a secret.

    Why: A repository is copied to laptops, build machines and tools; a key in it is a key for all of them,
    for as long as it works.

    How to fix: Move the value to the secret store of the host, read it from the environment, and rotate it:
    what was committed stays in the history.

    What this cannot see: Passwords that look like ordinary words, values in images, and what only the
    history or another repository holds.
    """
    for hit in secrets.hits:
        if hit.classed not in HARMLESS:
            yield _violation(hit)
    if secrets.files > 0:
        yield Safe(subject=FileSubject(path="."), evidence=(secrets.engine,))
    yield from gap_outcomes(secrets.gaps)


def _violation(hit: SecretHit) -> Violation:
    live = hit.classed.startswith("live")
    return Violation(
        subject=FileSubject(
            path=hit.path, line=hit.line, commit=hit.commit, where=hit.where or "tree", mark=hit.mark
        ),
        variant=hit.rule,
        message=f"{hit.rule_name or hit.rule} in {hit.path} line {hit.line}: {hit.preview}",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if live else Confidence.SUSPECTED,
        evidence=(f"{hit.path}:{hit.line}",),
        question=""
        if live
        else f"Does {hit.preview} in {hit.path} line {hit.line} open anything? {hit.reason}",
    )

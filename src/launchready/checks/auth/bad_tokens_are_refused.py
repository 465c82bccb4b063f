"""AUTH-02."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from launchready.checks.outcomes import gap_outcomes, trial_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import TokenTrials
from launchready.model.oracle import Open
from launchready.model.outcome import Cause, Input, Outcome, Remedy, Violation
from launchready.model.probe import Trial

IMPACT = "Whoever makes up or keeps such a token acts as a member, without a password."
NO_CONTROL = Open(
    cause=Cause.NO_CONTROL,
    reason="the good token could not be shown to work there, so a refusal proves nothing",
    remedy=Remedy(
        input=Input.MEMBER_LOGIN, sentence="Give a member's login that works: launchready login member_a."
    ),
)


@check("AUTH-02")
def bad_tokens_are_refused(tokens: TokenTrials) -> Iterator[Outcome]:
    """A token that is invalid, expired, revoked or of another environment is refused.

    Why: Where the signature, the expiry or the logout of a token is not checked, anybody can write one, and
    a stolen one works for ever.

    How to fix: Check signature, algorithm, expiry, issuer, audience and revocation of every token in one
    place, with a maintained library.

    What this cannot see: Tokens of other environments and expired ones where none could be had, and route
    groups outside the sample.
    """
    yield from _grouped(trial_outcomes(tokens.trials, message=_message, impact=IMPACT, no_control=NO_CONTROL))
    yield from gap_outcomes(tokens.gaps)


def _grouped(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """One finding a kind of bad token: one lax place in the code makes every route accept it."""
    accepted: dict[str, list[Violation]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Violation):
            accepted.setdefault(outcome.variant, []).append(outcome)
        else:
            yield outcome
    for first, *others in accepted.values():
        evidence = tuple(name for one in (first, *others) for name in one.evidence)
        more = f" (and at {len(others)} more operations)" if others else ""
        yield replace(first, message=f"{first.message}{more}", evidence=evidence)


def _message(trial: Trial) -> str:
    return f"{trial.method} {trial.path} accepted a bad token: {trial.name}"

"""A credential of one of our accounts, for commands that a person pastes from the report."""

import secrets
from pathlib import Path

from launchready.accounts.crew import Crew
from launchready.app.errors import UsageProblem
from launchready.app.opening import Before, knock, opened
from launchready.app.phases import Emit
from launchready.app.settling import target_settings
from launchready.app.signing_in import sign_in
from launchready.app.workplace import Debug
from launchready.collecting.runner import Stopper
from launchready.door.permit import Safety
from launchready.model.evidence import Collected, Surface


async def token(
    principal: str, *, config: Path | None, out: Path, emit: Emit, stopper: Stopper, debug: Debug
) -> str:
    """Sign in again and give the value that travels with the account's requests.

    Only for a target that may be audited in full. Raises UsageProblem, PermitRefused, ConfigError.
    """
    settings, run = target_settings(config, out)
    known = run.slots.get(Surface.__name__) if run is not None else None
    slots = ((Surface.__name__, known),) if isinstance(known, Collected) else ()
    before = Before(slots=slots)
    async with opened(settings, emit=emit, run_id=secrets.token_hex(6), before=before) as context:
        context.door.permit.require(Safety.ACTIVE)
        await knock(context)
        await sign_in(context, stopper=stopper, debug=debug)
        crew = context.crew
        if crew is None or not crew.has(principal):
            raise _why_not(principal, crew)
        carried = context.door.wallet_of(principal).secrets()
        if not carried:
            raise UsageProblem(f"{principal} is signed in without any credential in headers or cookies.")
        return context.vault.render("{}", carried[0][1])


def _why_not(principal: str, crew: Crew | None) -> UsageProblem:
    if crew is None:
        return UsageProblem(
            "Nobody can be signed in: it is not known what the API is.", "Run an audit first."
        )
    gap = crew.gap(principal)
    if gap is not None:
        return UsageProblem(f"{principal} cannot be signed in: {gap.reason}.", gap.remedy.sentence)
    return UsageProblem(
        f"{principal} cannot be signed in again.",
        "Take member_a, member_b or an account of the configuration.",
    )

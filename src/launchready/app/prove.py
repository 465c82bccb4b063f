"""Proof that a public host is one's own: the token, its two places, whether it is there."""

from dataclasses import dataclass

from launchready.app.errors import UsageProblem
from launchready.app.keys import project_key
from launchready.door.ownership import RECORD, WELL_KNOWN
from launchready.door.permit import Permit
from launchready.door.resolving import Nearness
from launchready.model.settings import CollectSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofState:
    """`found` is where the token was seen, empty if nowhere; `needed` whether proof is asked for."""

    host: str
    token: str
    file_url: str
    record: str
    found: str
    needed: bool
    remark: str


async def prove(settings: CollectSettings) -> ProofState:
    """Look for the target's token. Raises UsageProblem, PermitRefused, ConfigError."""
    if not settings.url:
        raise UsageProblem("No host is named.", "Give its URL: launchready prove https://staging.example.com")
    key = project_key(settings)
    permit = await Permit.open(settings, key)
    assert permit.target is not None
    host = permit.target.host
    remark = ""
    if permit.nearness is Nearness.LOOPBACK:
        remark = "This is your own machine: no proof is needed."
    elif permit.nearness is Nearness.PRIVATE:
        remark = 'This is a private network: authorized_by = "your name" under [target] is enough.'
    return ProofState(
        host=host,
        token=permit.token(key),
        file_url=f"https://{host}{WELL_KNOWN}",
        record=f"{RECORD}.{host}",
        found=permit.proof.where if permit.proof else "",
        needed=permit.nearness is Nearness.PUBLIC,
        remark=remark,
    )

"""Agora, audited: as it is, or with flaws laid over it."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launchready.app.agora_process import (
    APPROVED_ORIGIN,
    AgoraFlaw,
    free_port,
    known_flaws,
    running_agora,
)
from launchready.app.audit import Audited, AuditOrder, audit
from launchready.app.errors import UsageProblem
from launchready.app.phases import Emit
from launchready.app.workplace import Workplace
from launchready.collecting.runner import Stopper
from launchready.model.event import Noted
from launchready.model.settings import (
    AccountSettings,
    CollectSettings,
    Environment,
    LoginRecipe,
    MailSettings,
    SecretSource,
    Settings,
)

# One flaw for each of these shows best what an audit is for
_TELLING = ("AUTH-01", "AUTH-12", "AUTH-15", "ROLE-04", "ROLE-01", "AUTH-16", "AUTH-11", "SEC-13")
_HANDFUL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstrated:
    """The audit, and the flaws that Agora had."""

    audited: Audited
    flaws: tuple[AgoraFlaw, ...]


async def demo(
    names: Sequence[str] | None, out: Path, *, emit: Emit, stopper: Stopper, only: tuple[str, ...] = ()
) -> Demonstrated:
    """Start Agora with the named flaws (`None`: a telling handful, none: hardened), audit it, end it.

    Raises UsageProblem when a flaw is not known or Agora does not start.
    """
    Workplace.prepare(out)
    flaws = chosen_flaws(await known_flaws(), names) if names is None or names else ()
    for flaw in flaws:
        emit(Noted(text=f"Agora's flaw {flaw.name}: {flaw.sentence}"))
    mail_port = free_port()
    with tempfile.TemporaryDirectory(prefix="launchready-demo-", ignore_cleanup_errors=True) as folder:
        async with running_agora(Path(folder), [flaw.name for flaw in flaws], mail_port) as agora:
            emit(Noted(text=f"Agora listens at {agora.url} (process {agora.pid})"))
            with _passwords(agora.staff) as accounts:
                collect = CollectSettings(
                    url=agora.url,
                    environment=Environment.STAGING,
                    accounts=accounts,
                    mail=MailSettings(sink=f"127.0.0.1:{mail_port}"),
                    origins=(APPROVED_ORIGIN,),
                    only=only,
                )
                order = AuditOrder(settings=Settings(collect=collect), out=out, confirmed=True)
                audited = await audit(order, emit=emit, confirm=lambda _: True, stopper=stopper)
    return Demonstrated(audited=audited, flaws=flaws)


def chosen_flaws(known: Sequence[AgoraFlaw], names: Sequence[str] | None) -> tuple[AgoraFlaw, ...]:
    """The named flaws, or a telling handful that do not disturb each other.

    Raises UsageProblem for an unknown name.
    """
    if names is None:
        return _handful(known)
    by_name = {flaw.name: flaw for flaw in known}
    for name in names:
        if name not in by_name:
            raise UsageProblem(f'Agora has no flaw called "{name}".', "launchready demo --list shows them.")
    return tuple(by_name[name] for name in dict.fromkeys(names))


def _handful(known: Sequence[AgoraFlaw]) -> tuple[AgoraFlaw, ...]:
    real = [flaw for flaw in known if not flaw.trap]
    best: list[AgoraFlaw] = []
    for batch in dict.fromkeys(flaw.batch for flaw in real):
        found: list[AgoraFlaw] = []
        for check in _TELLING:
            fitting = [flaw for flaw in real if flaw.batch == batch and check in flaw.checks]
            found += [flaw for flaw in fitting[:1] if flaw not in found]
        if len(found) > len(best):
            best = found
    return tuple(best[:_HANDFUL])


@contextmanager
def _passwords(staff: Sequence[tuple[str, str, str]]) -> Iterator[tuple[AccountSettings, ...]]:
    """The staff's passwords in environment variables for as long as the audit runs."""
    accounts = []
    names = []
    for role, email, password in staff:
        name = f"LAUNCHREADY_DEMO_{role.upper()}_PASSWORD"
        os.environ[name] = password
        names.append(name)
        recipe = LoginRecipe(identifier=email, password=SecretSource(env=name))
        accounts.append(AccountSettings(name=role, role=role, login=recipe))
    try:
        yield tuple(accounts)
    finally:
        for name in names:
            os.environ.pop(name, None)

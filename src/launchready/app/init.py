"""A settings file for a target, with what was found out about it as comments."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from launchready.app.collectors import collectors_for
from launchready.app.errors import UsageProblem
from launchready.app.opening import knock, opened
from launchready.app.phases import Emit
from launchready.app.workplace import Debug
from launchready.collecting.runner import Stopper, run_collectors
from launchready.config.load import FILE_NAME
from launchready.config.write import render_settings
from launchready.model.evidence import Collected, Slot, Surface
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.settings import Settings

_LOGIN_WAYS = """
# Logins are made by the target's own sign-up where there is one. Otherwise: launchready login member_a
# or an account of yours, with the secret in an environment variable:
# [accounts.admin]
# role = "admin"
# login = { identifier = "admin@example.com", password = { env = "ADMIN_PASSWORD" } }
"""
_TOLD = (
    (Purpose.SIGN_UP, "sign-up"),
    (Purpose.LOG_IN, "login"),
    (Purpose.ME, "who am I"),
    (Purpose.REFRESH, "refresh"),
    (Purpose.LOG_OUT, "logout"),
    (Purpose.CHANGE_PASSWORD, "password change"),
    (Purpose.RESET, "password reset"),
    (Purpose.PAYMENT, "payments"),
    (Purpose.WEBHOOK, "webhooks"),
    (Purpose.ADMIN, "administration"),
    (Purpose.MODERATE, "moderation"),
)
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialised:
    """The file that was written, and its text."""

    path: Path
    text: str


async def init(
    wanted: Settings, path: Path | None = None, *, force: bool, emit: Emit, stopper: Stopper, debug: Debug
) -> Initialised:
    """Look at the target (discovery only) and write the file.

    Raises UsageProblem when the file is there already and `force` is not given, and what `opened` raises.
    """
    path = path or Path(FILE_NAME)
    if path.exists() and not force:
        raise UsageProblem(f"{path} is there already.", "Add --force to replace it, or change it by hand.")
    surface = await _surface(wanted, emit, stopper, debug) if wanted.collect.url else None
    text = settings_text(wanted, surface)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written ({error.strerror}).") from error
    return Initialised(path=path, text=text)


async def _surface(wanted: Settings, emit: Emit, stopper: Stopper, debug: Debug) -> Surface | None:
    collectors = collectors_for({Surface.__name__}, wanted.collect)
    async with opened(wanted.collect, emit=emit, run_id=secrets.token_hex(6)) as context:
        await knock(context)
        await run_collectors(context, collectors, stopper=stopper, keep=_not_kept, debug=debug)
        slot = context.slots.get(Surface.__name__)
        return slot.evidence if isinstance(slot, Collected) and isinstance(slot.evidence, Surface) else None


def _not_kept(_kind: str, _slot: Slot) -> None:
    """Nothing is kept but the file."""


def settings_text(settings: Settings, surface: Surface | None) -> str:
    """The file's text."""
    reasons = {"target.environment": "staging or production: what may be done to it"}
    collect = settings.collect
    if surface is not None and not collect.spec and _is_described(surface):
        collect = replace(collect, spec=surface.origin)
        reasons["target.spec"] = f"found there: {len(surface.operations)} operations"
    text = render_settings(replace(settings, collect=collect), reasons)
    return (
        text
        + _LOGIN_WAYS
        + ("".join(f"# {line}".rstrip() + "\n" for line in _inferences(surface)) if surface else "")
    )


def _is_described(surface: Surface) -> bool:
    """Whether a document was found; what the code or the client's scripts name has no address to write down."""
    return any(isinstance(one, HttpOperation) and one.source == "openapi" for one in surface.operations)


def _inferences(surface: Surface) -> Iterable[str]:
    operations = [one for one in surface.operations if isinstance(one, HttpOperation)]
    yield ""
    yield "What was found out; nothing of it has to stay here:"
    for purpose, name in _TOLD:
        ids = [one.id for one in operations if one.purpose is purpose]
        if ids:
            more = f" and {len(ids) - _MOST} more" if len(ids) > _MOST else ""
            yield f"{name}: {', '.join(ids[:_MOST])}{more}"
    types = sorted({one.object_type for one in operations if one.object_type})
    if types:
        yield f"kinds of objects: {', '.join(types)}"
    for item in surface.unusable[:_MOST]:
        yield f"left out: {item.id} ({item.reason})"

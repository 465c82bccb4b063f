"""Whether asking for a new password hands out the token that belongs in the mail; proved by spending it.

A handle that only goes along with a mailed code looks the same: therefore a throw-away account is taken over with what
the answer held, and the new password must log in.
"""

import re

from launchready.accounts.confirming import url_of
from launchready.accounts.person import Person
from launchready.collecting.answers import flat
from launchready.collecting.context import Context
from launchready.collecting.media import as_body
from launchready.door.messages import Reply, Request
from launchready.door.permit import Safety
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose
from launchready.surface import schemas
from launchready.surface.examples import build_body, preferred_form
from launchready.surface.values import ValueContext

ONE_TIME_FIELD = re.compile(
    r"^(?:password[_-]?)?(?:reset|recovery|verification|verify|confirm(?:ation)?|activation|magic|one[_-]?time)[_-]?"
    r"(?:token|code|link|url|key)$",
    re.IGNORECASE,
)
_TOKEN_INPUT = re.compile(r"(?:token|code|key|otp)$", re.IGNORECASE)
_PASSWORD_INPUT = re.compile(r"passw|pwd", re.IGNORECASE)
_ADDRESS_INPUT = re.compile(r"mail|user_?name|login|identifier|handle|account", re.IGNORECASE)
_IN_LINK = re.compile(r"[?&#/=]([A-Za-z0-9._~-]{6,})$")
_RESETTING = frozenset({Purpose.RESET, Purpose.CONFIRM, Purpose.CHANGE_PASSWORD})


class ResetTrial:
    """Asks for a reset of an account of ours, and spends what came back on a throw-away one."""

    def __init__(self, context: Context) -> None:
        self.context = context

    async def spend(self) -> str:
        """Id of the operation whose answer was enough to set a new password; empty if none was."""
        context = self.context
        crew = context.crew
        asking = self._operation(with_token=False)
        if asking is None or crew is None or not context.door.permit.permits(Safety.ACTIVE):
            return ""
        ours = (item for item in crew.people if item.confirmed and item.identity is not None)
        person = next((item for item in ours if item.handles.get("email")), None)
        if person is None or not token_in(await self._ask(asking, person)):
            return ""
        setting = self._operation(with_token=True)
        victim = await crew.spare("a new password without its mail") if setting is not None else None
        if setting is None or victim is None:
            return ""
        token = token_in(await self._ask(asking, victim))
        return asking.id if token and await self._set(setting, victim, token) else ""

    def _operation(self, *, with_token: bool) -> HttpOperation | None:
        """The operation that asks for a reset, or the one that takes the token and the new password."""
        for operation in self.context.operations(*_RESETTING):
            names = _names(operation)
            token = any(_TOKEN_INPUT.search(name) for name in names)
            password = any(_PASSWORD_INPUT.search(name) for name in names)
            address = any(_ADDRESS_INPUT.search(name) for name in names)
            asks = address and not token and not password and operation.purpose is Purpose.RESET
            wanted = token and password if with_token else asks
            if operation.method != "GET" and "{" not in operation.path and wanted:
                return operation
        return None

    async def _ask(self, operation: HttpOperation, person: Person) -> Reply:
        known = {"email": person.handles.get("email", ""), "username": person.handles.get("username", "")}
        return await self._send(
            operation,
            {name: known["email"] if "mail" in name.lower() or not known["username"] else known["username"]
             for name in _names(operation) if _ADDRESS_INPUT.search(name)},
        )  # fmt: skip

    async def _set(self, operation: HttpOperation, victim: Person, token: str) -> bool:
        """Set a new password with the token; whether it logs in."""
        crew = self.context.crew
        if crew is None:
            return False
        secret = self.context.vault.derive_password(victim.name, self.context.settings.url, "reset")
        values = {}
        for name in _names(operation):
            if _PASSWORD_INPUT.search(name):
                values[name] = secret.ref
            elif _TOKEN_INPUT.search(name):
                values[name] = token
            elif _ADDRESS_INPUT.search(name):
                values[name] = victim.handles.get("email", "")
        reply = await self._send(operation, values)
        if not reply.ok:
            return False
        victim.password = secret.ref
        return await crew.login_again(victim.name) is not None

    async def _send(self, operation: HttpOperation, values: dict[str, str]) -> Reply:
        fields = dict(_fields(operation))
        overrides = {pointer: values[name] for pointer, name in fields.items() if name in values}
        built = build_body(operation, ValueContext(seed="reset"), overrides=overrides, optional=False)
        return await self.context.door.send(
            Request(
                method=operation.method,
                url=url_of(operation),
                operation=operation.id,
                intent=Intent.ATTEMPT,
                body=as_body(built, "") if built is not None else None,
                bare=True,
                active=True,
            )
        )


def token_in(reply: Reply) -> str:
    """A one-time token in the answer of a reset request, out of a link if need be; empty if there is none."""
    if not reply.ok:
        return ""
    for path, leaf in flat(reply.json()).items():
        name = path.rsplit("/", 1)[-1]
        if isinstance(leaf, str) and (
            ONE_TIME_FIELD.search(name) or name.lower() in {"token", "code", "link", "url"}
        ):
            link = _IN_LINK.search(leaf) if "://" in leaf else None
            if link is not None or (leaf and "://" not in leaf and " " not in leaf):
                return link[1] if link is not None else leaf
    return ""


def _fields(operation: HttpOperation) -> list[tuple[str, str]]:
    form = preferred_form(operation)
    if form is None:
        return []
    return [(pointer, schemas.last_name(pointer)) for pointer, _ in schemas.fields(form.schema, arrays=False)]


def _names(operation: HttpOperation) -> list[str]:
    return [name for _, name in _fields(operation)]

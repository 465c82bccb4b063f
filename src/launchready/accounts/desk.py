"""What every way of signing in shares: the door, the vault, the operations, what was learned and noted."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from launchready.accounts.candidates import (
    confirming_operations,
    http_operations,
    log_in_forms,
    sign_up_forms,
)
from launchready.accounts.confirming import Confirmer, url_of
from launchready.accounts.csrf import teach_csrf, wants_csrf
from launchready.accounts.fitting import PasswordRules, fit_password
from launchready.accounts.forms import Draft, Form, Identity, Rules
from launchready.accounts.ports import Mailbox
from launchready.accounts.schemes import Scheme
from launchready.door.http import Door
from launchready.door.messages import Reply, Request
from launchready.door.vault import Vault
from launchready.model.evidence import Surface
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose, Schema
from launchready.surface.examples import build_value
from launchready.surface.values import ValueContext

_TOO_MANY = 429


@dataclass(slots=True, kw_only=True)
class Desk:
    """Shared by sign-up, login and session keeping. `target` is the origin of derived credentials."""

    door: Door
    vault: Vault
    surface: Surface
    target: str
    mailbox: Mailbox | None = None
    mail_seconds: float = 8.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    rules: dict[str, Rules] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    csrf_from: str = ""
    scheme: Scheme | None = None
    operations: tuple[HttpOperation, ...] = ()
    sign_ups: tuple[Form, ...] = ()
    log_ins: tuple[Form, ...] = ()
    declared: tuple[str, ...] = ()
    confirmer: Confirmer = field(init=False)

    def __post_init__(self) -> None:
        self.operations = http_operations(self.surface)
        self.sign_ups = sign_up_forms(self.operations)
        self.log_ins = log_in_forms(self.operations)
        self.declared = _declared(self.operations)
        self.confirmer = Confirmer(door=self.door, operations=confirming_operations(self.operations))

    def note(self, text: str) -> None:
        """Show an inference once."""
        self.notes[text] = None

    def identity(self, principal: str, salt: str = "") -> Identity:
        """Who `principal` says to be: the same on every run, for it derives from the project's key."""
        secret = self.vault.derive_password(principal, self.target, salt)

        def password(rules: PasswordRules, schema: Schema) -> str:
            plain = self.vault.render("{}", secret)
            fitted = fit_password(plain, rules, schema)
            return secret.ref if fitted == plain else self.vault.put("password", fitted).ref

        email = self.vault.derive_email(principal, self.target, salt)
        username = self.vault.derive_username(principal, self.target, salt)
        context = ValueContext(seed=re.sub(r"[^a-z0-9]", "", username), email=email)
        return Identity(
            principal=principal,
            email=email,
            username=username,
            password=password,
            example=lambda schema, name: build_value(schema, context, name=name),
            phone=fictional_phone(self.vault.mark(username)),
        )

    async def submit(self, draft: Draft, principal: str, extra: dict[str, object] | None = None) -> Reply:
        """Send a form; once more after a 429 (the door paces it), and with an anti-forgery token if asked."""
        request = Request(
            method=draft.form.operation.method,
            url=url_of(draft.form.operation),
            principal=principal,
            operation=draft.form.operation.id,
            intent=Intent.SIGN_IN,
            query=draft.query_pairs(),
            headers=(("Accept", "application/json"),),
            body=draft.body(extra),
            active=True,
        )
        reply = await self.door.send(request)
        if reply.status == _TOO_MANY:
            reply = await self.door.send(request)
        if wants_csrf(reply) and await self.fetch_csrf(principal, url_of(draft.form.operation)):
            reply = await self.door.send(request)
        return reply

    async def fetch_csrf(self, principal: str, near: str = "") -> bool:
        """Get an anti-forgery cookie or token for `principal`, where one was had before at first."""
        wallet = self.door.wallet_of(principal)
        for path in self._csrf_places(near):
            reply = await self.door.send(
                Request(method="GET", url=path, principal=principal, intent=Intent.SIGN_IN)
            )
            if not reply.status:
                continue
            if teach_csrf(wallet, self.vault, self.operations, reply):
                self.csrf_from = path
                return True
        return False

    def _csrf_places(self, near: str) -> list[str]:
        named = [
            url_of(item)
            for item in self.operations
            if item.method == "GET"
            and re.search(r"csrf|xsrf", item.path, re.IGNORECASE)
            and "{" not in item.path
        ]
        places = [self.csrf_from, *named, near, "/sanctum/csrf-cookie", "/csrf", "/api/csrf", "/"]
        return list(dict.fromkeys(place for place in places if place))[:6]


def _declared(operations: tuple[HttpOperation, ...]) -> tuple[str, ...]:
    """How credentials travel after the document, the most frequent first; what `me` asks for before all."""
    counts: dict[str, int] = {}
    for operation in operations:
        for name in operation.security:
            weight = 1000 if operation.purpose is Purpose.ME else 1
            counts[name] = counts.get(name, 0) + weight
    return tuple(sorted(counts, key=lambda name: -counts[name]))


_AREAS = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228)


def fictional_phone(mark: str) -> str:
    """One of 2,000 numbers that nobody has (NANPA 555-0100 to 555-0199), chosen by a hexadecimal text."""
    number = int(mark, 16)
    return f"+1{_AREAS[number % len(_AREAS)]}55501{number // len(_AREAS) % 100:02d}"

"""How one person gets in: own sign-up, a recorded login, or what the settings give."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from launchready.accounts.desk import Desk
from launchready.accounts.feedback import Refusal, RefusalKind
from launchready.accounts.fields import FieldRole
from launchready.accounts.forms import Draft, Identity
from launchready.accounts.gaps import no_sign_up_gap, not_accepted_gap, sign_up_gap
from launchready.accounts.mail_boxes import MailWaiter
from launchready.accounts.mail_confirming import confirm_by_mail, send_mail_again
from launchready.accounts.person import Person
from launchready.accounts.recordings import Recording
from launchready.accounts.schemes import Scheme
from launchready.accounts.settling import settle, settle_as_it_is
from launchready.accounts.signing import LoggedIn, Refused, SignedUp, log_in, sign_up
from launchready.model.evidence import Gap
from launchready.model.principal import LoginMeans, Principal, Role
from launchready.model.settings import AccountSettings, SecretSource

Resolver = Callable[[SecretSource, str], str]
_SALTS = ("", "2", "3")
_SHORT_WAIT = 2.0
_PENDING = frozenset(
    {RefusalKind.CONFIRM_MAIL, RefusalKind.DENIED, RefusalKind.INVALID, RefusalKind.NOT_FOUND}
)


async def by_sign_up(
    desk: Desk, principal: Principal, *, salt: str = "", extra: dict[str, Any] | None = None
) -> tuple[Person | None, Gap | None, SignedUp | Refused | None]:
    """Sign up, or log in where an earlier run did; (who came of it, what stands in the way, the sign-up).

    Where the account exists and its password is not ours any more, another one is made.
    """
    if not desk.sign_ups:
        return None, no_sign_up_gap(principal.name, has_login=bool(desk.log_ins)), None
    gap: Gap | None = None
    outcome: SignedUp | Refused | None = None
    for suffix in _SALTS:
        desk.door.wallet_of(principal.name).clear()
        identity = desk.identity(principal.name, f"{salt}{suffix}")
        waiter = (
            MailWaiter(box=desk.mailbox, seconds=desk.mail_seconds, sleep=desk.sleep)
            if desk.mailbox
            else None
        )
        if waiter is not None:
            await waiter.note_old(identity.email)
        outcome = await sign_up(desk, identity, extra)
        if isinstance(outcome, Refused):
            return None, _gap(desk, principal, outcome), outcome
        person = _person(principal, identity, outcome)
        gap = await _enter(desk, person, outcome, waiter)
        # 202 may hide that the account exists: its password is then somebody else's
        if person.confirmed or not (outcome.existed or outcome.reply.status == HTTPStatus.ACCEPTED):
            return person, gap, outcome
    return None, gap, outcome


def _gap(desk: Desk, principal: Principal, outcome: Refused) -> Gap:
    return sign_up_gap(
        principal.name, outcome.refusal, outcome.operation, desk.mailbox.name if desk.mailbox else ""
    )


def _person(principal: Principal, identity: Identity, outcome: SignedUp) -> Person:
    draft = outcome.draft
    handles = {"email": draft.value(FieldRole.EMAIL), "username": _username(draft)}
    return Person(
        principal=principal,
        means=LoginMeans.REUSED if outcome.existed else LoginMeans.SIGN_UP,
        identity=identity,
        password=draft.value(FieldRole.PASSWORD),
        handles={name: value for name, value in handles.items() if value},
        sign_up_reply=outcome.reply,
        created=not outcome.existed,
    )


def _username(draft: Draft) -> str:
    asked = draft.value(FieldRole.USERNAME) or draft.value(FieldRole.IDENTIFIER)
    return asked or ("" if draft.value(FieldRole.EMAIL) else draft.value(FieldRole.NAME))


async def _enter(desk: Desk, person: Person, outcome: SignedUp, waiter: MailWaiter | None) -> Gap | None:
    """A session from the sign-up's own answer, else by logging in, else after a mail."""
    if not outcome.existed:
        fields = " and ".join(_field_names(outcome.draft))
        desk.note(f"Sign-up: {outcome.draft.form.operation.id} ({fields} in the body)")
    elif waiter is not None:
        waiter.take_old()
    entered: Gap | Refused | None = None
    if not outcome.credentials.empty:
        entered = await settle(desk, person, outcome.credentials)
        if entered is not None and desk.log_ins:
            desk.door.wallet_of(person.name).clear()
            entered = await log_person_in(desk, person)
    else:
        entered = await log_person_in(desk, person)
    if entered is None:
        await _verify(desk, person, outcome, waiter)
        return None
    if not isinstance(entered, Refused):
        return entered
    pending = outcome.mail_pending or entered.refusal.kind in _PENDING
    asked = entered.refusal.kind is RefusalKind.CONFIRM_MAIL
    may_wait = asked or (pending and not outcome.existed)
    if may_wait and await _confirm(desk, person, waiter, again=outcome.existed):
        entered = await log_person_in(desk, person)
    return _refused_gap(desk, person, outcome, entered) if isinstance(entered, Refused) else entered


async def _verify(desk: Desk, person: Person, outcome: SignedUp, waiter: MailWaiter | None) -> None:
    """Confirm the address of an account that works already: some operations may ask for that."""
    if not person.unverified and (outcome.existed or not outcome.mail_pending):
        return
    if await _confirm(desk, person, waiter, again=outcome.existed):
        person.unverified = False
    elif person.unverified:
        desk.note(
            "The e-mail addresses of our accounts are not verified; what asks for that is refused "
            "to them. Point "
            "the target's mail at Mailpit on port 8025, or set mail.sink and use that as its mail server"
        )


async def _confirm(desk: Desk, person: Person, waiter: MailWaiter | None, *, again: bool) -> bool:
    if waiter is None or person.identity is None:
        return False
    if again:
        await send_mail_again(desk, person.identity)
    if await confirm_by_mail(desk, waiter, person.identity):
        return True
    # Where no mail came once, it is not worth waiting as long for the next
    desk.mail_seconds = min(desk.mail_seconds, _SHORT_WAIT)
    return False


def _refused_gap(desk: Desk, person: Person, outcome: SignedUp, refused: Refused) -> Gap:
    refusal = refused.refusal
    if outcome.mail_pending and refusal.kind in _PENDING:
        refusal = replace(refusal, kind=RefusalKind.CONFIRM_MAIL)
    if refusal.kind is RefusalKind.CONFIRM_MAIL:
        mailbox = desk.mailbox.name if desk.mailbox else ""
        return sign_up_gap(person.name, refusal, refused.operation, mailbox)
    verb = "is there from before" if outcome.existed else "was made"
    quote = f' ("{refusal.quote}")' if refusal.quote else ""
    reason = f"the account {verb}, but no login for it was accepted{quote}"
    if not desk.log_ins and "basic" not in desk.declared:
        reason = f"the account {verb}, but the description has no login"
    return not_accepted_gap(person.name, refused.operation, reason)


def _field_names(draft: Draft) -> list[str]:
    words = {FieldRole.EMAIL: "e-mail", FieldRole.USERNAME: "user name", FieldRole.PASSWORD: "password"}
    return [word for role, word in words.items() if draft.value(role)] or ["its fields"]


async def log_person_in(desk: Desk, person: Person) -> Gap | Refused | None:
    """A session for an account whose password is known; `None` when it was confirmed."""
    identifiers = tuple(value for name in ("username", "email") if (value := person.handles.get(name, "")))
    if person.identifier:
        identifiers = tuple(dict.fromkeys((person.identifier, *identifiers)))
    if not desk.log_ins:
        return await _by_basic(desk, person, identifiers)
    desk.door.wallet_of(person.name).clear()
    outcome = await log_in(desk, person.name, identifiers, person.password)
    if isinstance(outcome, Refused):
        return outcome
    person.identifier = outcome.identifier
    desk.note(f"Login: {outcome.draft.form.operation.id} with the {_kind_of(outcome)}")
    return await settle(desk, person, outcome.credentials)


def _kind_of(outcome: LoggedIn) -> str:
    return "e-mail" if "@" in outcome.identifier else "user name"


async def _by_basic(desk: Desk, person: Person, identifiers: tuple[str, ...]) -> Gap | Refused | None:
    nothing = Refused(refusal=Refusal(kind=RefusalKind.NOT_FOUND, status=0), operation="")
    stated = [name for name in desk.declared if name == "basic"]
    if not (stated or not desk.declared) or not person.password:
        return nothing
    for identifier in identifiers:
        wallet = desk.door.wallet_of(person.name)
        wallet.clear()
        wallet.set_basic(desk.vault.put("basic_pair", desk.vault.resolve(f"{identifier}:{person.password}")))
        person.scheme = Scheme(name="basic", header="Authorization", template="Basic {}")
        if await settle_as_it_is(desk, person) is None:
            person.identifier = identifier
            desk.scheme = person.scheme
            desk.note(f"Session: user name and password, {person.scheme.sentence}")
            return None
    person.scheme = None
    return nothing


async def by_recording(desk: Desk, principal: Principal, recording: Recording) -> tuple[Person, Gap | None]:
    """Use a login that a person recorded."""
    person = Person(principal=principal, means=LoginMeans.RECORDED)
    wallet = desk.door.wallet_of(principal.name)
    wallet.clear()
    login = recording.login
    for name, value in login.headers:
        wallet.set_header(name, desk.vault.put("recorded", value))
    for name, value in login.cookies:
        wallet.set_cookie(name, desk.vault.put("cookie", value))
    if login.basic is not None:
        wallet.set_basic(desk.vault.put("basic_pair", ":".join(login.basic)))
    person.scheme = _scheme_of_headers(
        tuple(login.headers), cookies=bool(login.cookies), basic=login.basic is not None
    )
    until = f", valid until {recording.expires_at:%Y-%m-%d %H:%M} UTC" if recording.expires_at else ""
    desk.note(f"{principal.name}: login recorded on {recording.recorded_at:%Y-%m-%d}{until}")
    return person, await settle_as_it_is(desk, person)


def _scheme_of_headers(headers: tuple[tuple[str, str], ...], *, cookies: bool, basic: bool) -> Scheme:
    for name, value in headers:
        if name.lower() == "authorization":
            word = re.match(r"(Bearer|Token|JWT|Basic)\s", value, re.IGNORECASE)
            return Scheme(name=word.group(1).lower() if word else "raw", header=name, cookies=cookies)
    if basic:
        return Scheme(name="basic", header="Authorization", template="Basic {}", cookies=cookies)
    named = [name for name, _ in headers if not re.search(r"csrf|xsrf", name, re.IGNORECASE)]
    if named and not cookies:
        return Scheme(name=f"api_key:{named[0]}", header=named[0])
    return Scheme(name="cookie", cookies=True)


async def by_settings(
    desk: Desk, principal: Principal, account: AccountSettings, resolve: Resolver
) -> tuple[Person, Gap | None]:
    """Use an account that the user configured; raises what `resolve` raises for a missing secret."""
    person = Person(principal=principal, means=LoginMeans.CONFIGURED)
    wallet = desk.door.wallet_of(principal.name)
    wallet.clear()
    key = f"accounts.{account.name}"

    async def value(source: SecretSource, field: str) -> str:
        return await asyncio.to_thread(resolve, source, f"{key}.{field}")

    if account.login is not None:
        secret = desk.vault.put("password", await value(account.login.password, "login.password"))
        person.identifier, person.password = account.login.identifier, secret.ref
        kind = "email" if "@" in person.identifier else "username"
        person.handles[kind] = person.identifier
        outcome = await log_person_in(desk, person)
        if isinstance(outcome, Refused):
            quote = f' ("{outcome.refusal.quote}")' if outcome.refusal.quote else ""
            return person, not_accepted_gap(
                principal.name, outcome.operation, f"the login under [{key}] was refused{quote}"
            )
        return person, outcome
    if account.bearer is not None:
        person.token = desk.vault.put("token", await value(account.bearer, "bearer"))
        wallet.set_bearer(person.token)
        person.scheme = Scheme(name="bearer", header="Authorization", template="Bearer {}")
    elif account.cookie is not None:
        wallet.set_cookie_line(desk.vault.put("cookie_line", await value(account.cookie, "cookie")))
        person.scheme = Scheme(name="cookie", cookies=True)
    elif account.basic is not None:
        wallet.set_basic(desk.vault.put("basic_pair", await value(account.basic, "basic")))
        person.scheme = Scheme(name="basic", header="Authorization", template="Basic {}")
    for name, source in account.headers:
        wallet.set_header(name, desk.vault.put("token", await value(source, f"headers.{name}")))
        person.scheme = person.scheme or Scheme(name=f"api_key:{name}", header=name)
    return person, await settle_as_it_is(desk, person)


def principal_of(name: str, role: str = "member") -> Principal:
    """A principal by name; a role that is no rung of the ladder counts as a member's."""
    rung = next((item for item in Role if item.value == role.lower()), Role.MEMBER)
    return Principal(name=name, role=rung)

"""Signing up and logging in by forms, learning from refusals."""

import re
from dataclasses import dataclass, replace
from typing import Any

from launchready.accounts.desk import Desk
from launchready.accounts.feedback import Refusal, RefusalKind, read_refusal
from launchready.accounts.fields import FieldRole
from launchready.accounts.forms import Draft, Filled, Form, Identity, Rules, fill
from launchready.accounts.learning import learn
from launchready.accounts.tokens import Credentials, find_credentials
from launchready.door.messages import Reply
from launchready.door.replies import says_error

_ATTEMPTS = 5
_LOGIN_ATTEMPTS = 3
_FINAL = frozenset({
    RefusalKind.CAPTCHA, RefusalKind.INVITE, RefusalKind.CLOSED, RefusalKind.PHONE, RefusalKind.SSO,
    RefusalKind.LIMITED, RefusalKind.NO_ANSWER,
})  # fmt: skip
# What a refusal by one operation says less of than one by another
_WEAK = (RefusalKind.NOT_FOUND, RefusalKind.DENIED, RefusalKind.BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp:
    """An account was made (or, `existed`, was there already)."""

    draft: Draft
    reply: Reply
    credentials: Credentials
    existed: bool = False
    mail_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """A login was accepted."""

    draft: Draft
    reply: Reply
    credentials: Credentials
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What the last or the most telling refusal said, and where."""

    refusal: Refusal
    operation: str
    reply: Reply | None = None


async def sign_up(desk: Desk, identity: Identity, extra: dict[str, Any] | None = None) -> SignedUp | Refused:
    """Sign up with the ranked forms until one takes it."""
    worst: Refused | None = None
    for form in desk.sign_ups:
        outcome = await _sign_up_at(desk, form, identity, extra)
        if isinstance(outcome, SignedUp):
            # The form that worked goes first from now on
            desk.sign_ups = (form, *(other for other in desk.sign_ups if other is not form))
            return outcome
        if worst is None or (worst.refusal.kind in _WEAK and outcome.refusal.kind not in _WEAK):
            worst = outcome
        if outcome.refusal.kind in _FINAL:
            break
    if worst is None:
        raise LookupError("there is no sign-up form")
    return worst


async def _sign_up_at(
    desk: Desk, form: Form, identity: Identity, extra: dict[str, Any] | None
) -> SignedUp | Refused:
    where = form.operation.id
    if form.wants(FieldRole.INVITE):
        return Refused(refusal=Refusal(kind=RefusalKind.INVITE, status=0), operation=where)
    refusal, reply = Refusal(kind=RefusalKind.INVALID, status=0), None
    for _ in range(_ATTEMPTS):
        rules = desk.rules.get(where, Rules())
        draft = fill(form, identity, rules)
        reply = await desk.submit(draft, identity.principal, extra)
        if reply.ok and not says_error(reply.json()):
            return SignedUp(
                draft=draft,
                reply=reply,
                credentials=find_credentials(reply),
                mail_pending=read_refusal(reply).kind is RefusalKind.CONFIRM_MAIL,
            )
        refusal = read_refusal(reply, draft.names)
        if refusal.kind is RefusalKind.EXISTS:
            return SignedUp(draft=draft, reply=reply, credentials=Credentials(), existed=True)
        if refusal.kind not in {RefusalKind.INVALID, RefusalKind.CSRF}:
            break
        learned = learn(rules, refusal, draft)
        if learned == rules:
            break
        desk.rules[where] = learned
    return Refused(refusal=refusal, operation=where, reply=reply)


async def log_in(
    desk: Desk, principal: str, identifiers: tuple[str, ...], password: str
) -> LoggedIn | Refused:
    """Log in with a password (a reference into the vault) and each identifier, three attempts at most."""
    worst: Refused | None = None
    attempts = 0
    for form in desk.log_ins:
        for identifier in _fitting(form, identifiers):
            if attempts >= _LOGIN_ATTEMPTS:
                break
            others = tuple(value for value in identifiers if value != identifier)
            outcome = await _log_in_at(desk, form, principal, (identifier, *others), password)
            if isinstance(outcome, LoggedIn):
                desk.log_ins = (form, *(other for other in desk.log_ins if other is not form))
                return outcome
            if worst is None or (worst.refusal.kind in _WEAK and outcome.refusal.kind not in _WEAK):
                worst = outcome
            if outcome.refusal.kind is RefusalKind.NOT_FOUND and not outcome.refusal.complaints:
                break
            # A refusal of the form itself is no wrong guess; a wrong guess counts towards a lock
            attempts += outcome.refusal.kind is not RefusalKind.INVALID or outcome.refusal.status != 422  # noqa: PLR2004
            if outcome.refusal.kind in _FINAL or outcome.refusal.kind is RefusalKind.CONFIRM_MAIL:
                return outcome
    return worst or Refused(refusal=Refusal(kind=RefusalKind.NOT_FOUND, status=0), operation="")


def _fitting(form: Form, identifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the identifiers (user name, e-mail) that the form's fields ask for, best first."""
    mails = tuple(value for value in identifiers if "@" in value)
    names = tuple(value for value in identifiers if "@" not in value)
    if FieldRole.EMAIL in form.roles and not form.roles & {FieldRole.USERNAME, FieldRole.IDENTIFIER}:
        return mails or names
    if FieldRole.EMAIL in form.roles:
        return (mails or names)[:1]
    return (*names, *mails)


async def _log_in_at(
    desk: Desk, form: Form, principal: str, identifiers: tuple[str, ...], password: str
) -> LoggedIn | Refused:
    where = form.operation.id
    refusal = Refusal(kind=RefusalKind.INVALID, status=0)
    identity = desk.identity(principal)
    for _ in range(2):
        rules = desk.rules.get(where, Rules())
        draft = with_login(fill(form, identity, rules), identifiers[0], identifiers[1:], password)
        reply = await desk.submit(draft, principal)
        credentials = find_credentials(reply)
        if reply.status and reply.status < 400 and not says_error(reply.json()) and _usable(credentials):  # noqa: PLR2004
            return LoggedIn(draft=draft, reply=reply, credentials=credentials, identifier=identifiers[0])
        refusal = read_refusal(reply, draft.names)
        missing = any(item.missing or item.unwanted for item in refusal.complaints)
        if refusal.kind is not RefusalKind.INVALID or not missing:
            break
        learned = learn(rules, refusal, draft)
        if learned == rules:
            break
        desk.rules[where] = learned
    return Refused(refusal=refusal, operation=where)


def _usable(credentials: Credentials) -> bool:
    """Anti-forgery cookies alone are no session."""
    return bool(credentials.tokens) or any(
        not re.search(r"csrf|xsrf", name, re.IGNORECASE) for name in credentials.cookies
    )


def with_login(draft: Draft, identifier: str, others: tuple[str, ...], password: str) -> Draft:
    """A login form with the identifier and password that the account really has.

    A form that asks for both gets the e-mail and the user name (from `others`) in their own fields; one
    of which
    the account has none is left out.
    """
    known = (identifier, *others)
    mail = next((value for value in known if "@" in value), "")
    name = next((value for value in known if "@" not in value), "")
    roles = {item.role for item in (*draft.filled, *draft.query)}
    both = FieldRole.EMAIL in roles and bool(roles & {FieldRole.USERNAME, FieldRole.IDENTIFIER})

    def value_of(item: Filled) -> Any:
        match item.role:
            case FieldRole.PASSWORD | FieldRole.CONFIRM:
                return password
            case FieldRole.EMAIL:
                return mail or ("" if both else identifier)
            case FieldRole.USERNAME | FieldRole.IDENTIFIER | FieldRole.NAME:
                return name if both else identifier
        return item.value

    def changed(items: tuple[Filled, ...]) -> tuple[Filled, ...]:
        return tuple(replace(item, value=value) for item in items if (value := value_of(item)) != "")

    return Draft(form=draft.form, filled=changed(draft.filled), query=changed(draft.query))

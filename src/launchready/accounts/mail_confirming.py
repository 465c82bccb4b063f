"""Confirming an account's address: following the link of a mail, or handing its token to the target."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from launchready.accounts.confirming import url_of
from launchready.accounts.desk import Desk
from launchready.accounts.fields import FieldRole, plain
from launchready.accounts.forms import Identity, Rules, fill, forms_of, value_for
from launchready.accounts.mail_boxes import MailWaiter
from launchready.accounts.mail_text import Mail, codes_in, links_in, tokens_of
from launchready.door.messages import FormBody, JsonBody, Request
from launchready.door.replies import kind_of
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Place, Purpose
from launchready.model.probe import AnswerKind

_TOKEN_FIELD = re.compile(r"token|code|key|otp|pin|hash|secret")
_GOOD = frozenset({AnswerKind.DATA, AnswerKind.EMPTY, AnswerKind.PAGE, AnswerKind.REDIRECT})
_MOST_TRIES = 6
_AGAIN = re.compile(
    r"re-?send|send-?(?:verif|confirm|activ)\w*|request-?(?:verif|confirm|activ)\w*|"
    r"(?:verif|confirm|activ)\w*[-_/](?:again|request|mail|send)", re.IGNORECASE)  # fmt: skip


async def confirm_by_mail(desk: Desk, waiter: MailWaiter, identity: Identity) -> bool:
    """Wait for a mail to `identity` and use it; whether the target accepted something of it.

    Only links to the target are visited. Of a link to a front end elsewhere the token is taken and
    given to the
    target's own confirmation operation.
    """
    mail = await waiter.next_for(identity.email)
    if mail is None:
        return False
    accepted = await _visit_links(desk, mail, identity)
    if accepted is not AnswerKind.DATA:
        # A page or a redirect may be the front end, which would do the rest in a browser
        for token, link in _tokens(mail):
            if await _hand_in(desk, identity, token, link):
                desk.note(f"The confirmation mail was read from {waiter.box.name}")
                return True
    if accepted is not None:
        desk.note(f"The confirmation link was followed; the mail was read from {waiter.box.name}")
    return accepted is not None


async def send_mail_again(desk: Desk, identity: Identity) -> bool:
    """Ask the target for another confirmation mail; whether it has an operation for that and did it."""
    for operation in desk.operations:
        named = _AGAIN.search(f"{operation.path} {operation.operation_id}")
        if (
            operation.method != "POST"
            or "{" in operation.path
            or not named
            or operation.purpose is Purpose.RESET
        ):
            continue
        body = None
        if operation.bodies:
            body = fill(forms_of(operation)[0], identity, Rules()).body()
        request = Request(
            method="POST",
            url=url_of(operation),
            principal=identity.principal,
            operation=operation.id,
            intent=Intent.SIGN_IN,
            body=body,
            active=True,
        )
        if (await desk.door.send(request)).ok:
            return True
    return False


async def _visit_links(desk: Desk, mail: Mail, identity: Identity) -> AnswerKind | None:
    best: AnswerKind | None = None
    for link in links_in(mail)[:3]:
        if not desk.door.permit.in_scope(link) or not tokens_of(link):
            continue
        request = Request(
            method="GET", url=link, principal=identity.principal, intent=Intent.SIGN_IN, active=True
        )
        kind = kind_of(await desk.door.send_following(request))
        if kind in _GOOD:
            best = kind
            if kind is AnswerKind.DATA:
                break
    return best


def _tokens(mail: Mail) -> Iterator[tuple[str, str]]:
    """(token, link that it came from) of a mail, links before codes."""
    tries = 0
    for link in links_in(mail):
        for token in tokens_of(link):
            if tries < _MOST_TRIES:
                tries += 1
                yield token, link
    yield from ((code, "") for code in codes_in(mail)[:2])


async def _hand_in(desk: Desk, identity: Identity, token: str, link: str) -> bool:
    for operation in desk.operations:
        if operation.purpose is not Purpose.CONFIRM or operation.method not in {
            "GET",
            "POST",
            "PUT",
            "PATCH",
        }:
            continue
        request = _confirmation(desk, operation, identity, token, link)
        if request is not None and kind_of(await desk.door.send(request)) in {
            AnswerKind.DATA,
            AnswerKind.EMPTY,
        }:
            return True
    return False


def _confirmation(
    desk: Desk, operation: HttpOperation, identity: Identity, token: str, link: str
) -> Request | None:
    """The request that gives `token` to a confirmation operation; `None` if it takes none."""
    secret = desk.vault.put("confirmation", token).ref
    url, placed = _path(operation, secret, link, desk)
    query = []
    for item in operation.parameters:
        if item.place is Place.QUERY and _TOKEN_FIELD.search(plain(item.name)):
            query.append((item.name, secret))
            placed = True
        elif item.place is Place.QUERY and "mail" in plain(item.name):
            query.append((item.name, identity.email))
    form = forms_of(operation)[0] if operation.bodies else None
    values: dict[str, object] = {}
    for field in form.fields if form else ():
        if _TOKEN_FIELD.search(plain(field.path[-1])) and field.role is not FieldRole.PASSWORD:
            values[field.path[-1]] = secret
            placed = True
        elif field.required or field.role is FieldRole.EMAIL:
            values[field.path[-1]] = value_for(field, identity, Rules())
    if not placed:
        return None
    is_json = form is None or form.media_type == "application/json"
    flat = tuple((name, str(value)) for name, value in values.items())
    return Request(
        method=operation.method,
        url=url,
        principal=identity.principal,
        operation=operation.id,
        intent=Intent.SIGN_IN,
        query=tuple(query),
        body=(JsonBody(value=values) if is_json else FormBody(fields=flat)) if values else None,
        active=True,
    )


def _path(operation: HttpOperation, secret: str, link: str, desk: Desk) -> tuple[str, bool]:
    """The address with the token in it; a path with several inputs takes the link's last segments."""
    names = re.findall(r"\{([^{}]+)\}", operation.path)
    if not names:
        return url_of(operation), False
    if len(names) == 1:
        return url_of(operation).replace(f"{{{names[0]}}}", secret), True
    segments = [part for part in urlsplit(link).path.split("/") if part][-len(names) :]
    url = url_of(operation)
    for name, value in zip(names, segments, strict=False):
        url = url.replace(f"{{{name}}}", desk.vault.put("confirmation", value).ref)
    return url, len(segments) == len(names)

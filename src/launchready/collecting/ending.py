"""Ending a session and changing a password, as the API offers it."""

import re
from typing import Any

from launchready.accounts.person import Session
from launchready.collecting.context import Context
from launchready.collecting.media import as_body
from launchready.collecting.urls import path_of, path_parameters
from launchready.door.messages import Body, Reply, Request
from launchready.door.replies import kind_of
from launchready.door.vault import Secret
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose
from launchready.model.probe import AnswerKind
from launchready.surface import schemas
from launchready.surface.examples import build_body, preferred_form
from launchready.surface.values import ValueContext

_OLD = re.compile(r"old|current|existing|previous", re.IGNORECASE)
_PASSWORD = re.compile(r"pass(?:word|wd)?|pwd", re.IGNORECASE)
_REFRESH = re.compile(r"refresh", re.IGNORECASE)


async def ends_session(context: Context, session: Session) -> Reply | None:
    """Log the session out; the reply if the target said yes, `None` if there is no way or it refused."""
    for operation in context.operations(Purpose.LOG_OUT):
        if path_parameters(operation.path):
            continue
        reply = await context.door.send(
            Request(
                method=operation.method,
                url=path_of(operation, {}),
                principal=session.principal,
                operation=operation.id,
                intent=Intent.ATTEMPT,
                body=_log_out_body(operation, session),
                active=True,
            )
        )
        if 200 <= reply.status < 400 and kind_of(reply) is not AnswerKind.REFUSED:  # noqa: PLR2004 - RFC 9110
            return reply
    return None


def _log_out_body(operation: HttpOperation, session: Session) -> Body:
    """The refresh token where a field asks for it."""
    form = preferred_form(operation)
    if form is None:
        return None
    fixed: dict[str, Any] = {}
    person = session.person
    for pointer, _ in schemas.fields(form.schema, arrays=False):
        name = schemas.last_name(pointer)
        if (_REFRESH.search(name) or name == "token") and person.refresh is not None:
            fixed[pointer] = person.refresh.ref
    built = build_body(operation, ValueContext(seed="launchready"), overrides=fixed, optional=False)
    return as_body(built, "") if built is not None else None


def password_operation(context: Context) -> HttpOperation | None:
    """The operation by which a member changes its own password, without an id in the path."""
    return next(
        (
            item
            for item in context.operations(Purpose.CHANGE_PASSWORD)
            if item.bodies and not path_parameters(item.path)
        ),
        None,
    )


async def change_password(
    context: Context,
    operation: HttpOperation,
    principal: str,
    passwords: tuple[str, Secret],
    values: dict[str, str] | None = None,
) -> Reply:
    """Change a password from the reference `passwords[0]` to the secret `passwords[1]`."""
    old, new = passwords
    form = preferred_form(operation)
    fixed: dict[str, Any] = {}
    for pointer, _ in schemas.fields(form.schema, arrays=False) if form is not None else ():
        name = schemas.last_name(pointer)
        if _PASSWORD.search(name) or _OLD.search(name):
            fixed[pointer] = old if _OLD.search(name) else new.ref
    built = build_body(operation, ValueContext(seed="launchready"), overrides=fixed, optional=False)
    return await context.door.send(
        Request(
            method=operation.method,
            url=path_of(operation, values or {}),
            principal=principal,
            operation=operation.id,
            intent=Intent.ATTEMPT,
            body=as_body(built, "") if built is not None else None,
            active=True,
        )
    )

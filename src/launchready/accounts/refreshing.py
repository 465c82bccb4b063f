"""Renewing a session with its refresh token."""

from launchready.accounts.candidates import with_purpose
from launchready.accounts.confirming import url_of
from launchready.accounts.desk import Desk
from launchready.accounts.fields import FieldRole, plain
from launchready.accounts.forms import Draft, Filled, forms_of
from launchready.accounts.person import Person
from launchready.accounts.settling import settle
from launchready.accounts.tokens import find_credentials
from launchready.door.messages import Request
from launchready.door.replies import says_error
from launchready.model.exchange import Intent
from launchready.model.operation import HttpOperation, Purpose


async def refresh(desk: Desk, person: Person) -> bool:
    """Whether a refresh operation gave a session that was confirmed; the old one is kept if it did not."""
    old = desk.door.wallet_of(person.name).clone()
    for operation in with_purpose(desk.operations, Purpose.REFRESH)[:2]:
        if "{" in operation.path:
            continue
        reply = await desk.door.send(_request(person, operation))
        if not reply.ok or says_error(reply.json()):
            continue
        credentials = find_credentials(reply)
        if not credentials.empty and await settle(desk, person, credentials) is None:
            return True
    desk.door.wallet[person.name] = old
    return False


def _request(person: Person, operation: HttpOperation) -> Request:
    """The refresh token in the field that asks for it; with none, the cookies are the credential."""
    form = forms_of(operation)[0] if operation.bodies else None
    secret = person.refresh.ref if person.refresh else ""
    filled = []
    for item in form.fields if form else ():
        name = plain(item.path[-1])
        if "refresh" in name or name == "token":
            value = "refresh_token" if item.role is FieldRole.GRANT_TYPE or name == "granttype" else secret
            filled.append(Filled(path=item.path, role=item.role, value=value))
        elif item.role is FieldRole.GRANT_TYPE:
            filled.append(Filled(path=item.path, role=item.role, value="refresh_token"))
    body = Draft(form=form, filled=tuple(filled)).body() if form and filled else None
    return Request(
        method=operation.method,
        url=url_of(operation),
        principal=person.name,
        operation=operation.id,
        intent=Intent.SIGN_IN,
        body=body,
        active=True,
    )

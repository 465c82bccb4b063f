"""From a credential to a session: finding how it is sent, and proving that it is accepted."""

from launchready.accounts.confirming import Confirmation
from launchready.accounts.desk import Desk
from launchready.accounts.gaps import not_accepted_gap
from launchready.accounts.person import Person
from launchready.accounts.schemes import Offer, Scheme, apply, csrf_rule, offers
from launchready.accounts.tokens import Credentials
from launchready.door.cookies import CookieJar
from launchready.model.evidence import Gap

_NO_PROOF = (
    "no operation was found that refuses strangers and answers a signed-in caller, so it cannot be "
    "seen whether the "
    "session is accepted"
)


async def settle(desk: Desk, person: Person, credentials: Credentials) -> Gap | None:
    """Make the wallet of `person` carry what the target accepts; `None` if a session was confirmed.

    Where nothing can confirm it the likeliest scheme is kept, unconfirmed, and the gap says so.
    """
    wallet = desk.door.wallet_of(person.name)
    jar = wallet.jar.copy()
    tried = _ordered(offers(credentials, desk.declared, csrf_rule(jar.names(), desk.operations)), desk.scheme)
    usable = await desk.confirmer.usable()
    for offer in tried:
        await _equip(desk, person, offer, jar, credentials)
        if not usable:
            return not_accepted_gap(person.name, "", _NO_PROOF)
        found = await desk.confirmer.ask(person.name, person.handles)
        if found is not None:
            _keep(desk, person, found, offer, credentials)
            return None
    wallet.clear()
    names = ", ".join(operation.id for operation in usable) or "any operation"
    return not_accepted_gap(
        person.name,
        usable[0].id if usable else "",
        f"the login gave a credential, but {names} refused it in all {len(tried)} ways of sending "
        "it that were tried",
    )


def _ordered(tried: tuple[Offer, ...], known: Scheme | None) -> tuple[Offer, ...]:
    """What worked for another account goes first."""
    return tuple(sorted(tried, key=lambda offer: known is None or offer.scheme != known))


async def _equip(desk: Desk, person: Person, offer: Offer, jar: CookieJar, credentials: Credentials) -> None:
    wallet = desk.door.wallet_of(person.name)
    person.token = apply(offer, wallet, desk.vault, jar)
    person.scheme = offer.scheme
    if offer.scheme.cookies and credentials.csrf_body:
        wallet.set_header("X-CSRF-Token", desk.vault.put("csrf", credentials.csrf_body))
    elif offer.scheme.cookies and offer.scheme.csrf is None and desk.csrf_from:
        # The token for a session is another than that for the login
        await desk.fetch_csrf(person.name)


def _keep(desk: Desk, person: Person, found: Confirmation, offer: Offer, credentials: Credentials) -> None:
    person.confirmed, person.lost, person.canary = True, False, found.operation
    person.unverified = found.unverified
    person.handles |= {name: value for name, value in found.handles.items() if value}
    person.expires_at = desk.clock() + credentials.life if credentials.life else 0.0
    person.life = credentials.life
    if credentials.refresh is not None:
        person.refresh = desk.vault.put("refresh_token", credentials.refresh.value)
    desk.scheme = offer.scheme
    place = f"{offer.token.place}, " if offer.token else ""
    what = "token" if offer.token else "session"
    named = "" if found.named else " (the answer does not name the account)"
    desk.note(f"Session: {what}: {place}{offer.scheme.sentence}; confirmed on {found.operation.id}{named}")


async def still_accepted(desk: Desk, person: Person) -> bool:
    """The canary: whether the session is accepted now."""
    if person.canary is None:
        return False
    return await desk.confirmer.accepted(person.canary, person.name, person.handles) is not None


async def settle_as_it_is(desk: Desk, person: Person) -> Gap | None:
    """Prove that what the wallet of `person` carries already (given by a person) is accepted."""
    usable = await desk.confirmer.usable()
    if not usable:
        return not_accepted_gap(person.name, "", _NO_PROOF)
    found = await desk.confirmer.ask(person.name, person.handles)
    if found is None:
        names = ", ".join(operation.id for operation in usable)
        return not_accepted_gap(
            person.name, usable[0].id, f"{names} refused the login that was given; it may be over"
        )
    person.confirmed, person.lost, person.canary = True, False, found.operation
    person.unverified = found.unverified
    person.handles |= {name: value for name, value in found.handles.items() if value}
    return None


def same_account(one: Person, other: Person) -> bool:
    """Whether two people are one account at the target: an id, a user name or an address in common."""
    return any(
        value and other.handles.get(name, "").lower() == value.lower() for name, value in one.handles.items()
    )

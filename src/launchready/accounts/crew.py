"""The people of a run: who is signed in, kept signed in, made anew, signed in twice."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from launchready.accounts.arriving import (
    Resolver,
    by_recording,
    by_settings,
    by_sign_up,
    log_person_in,
    principal_of,
)
from launchready.accounts.candidates import deleting_operations
from launchready.accounts.confirming import own_handles, url_of
from launchready.accounts.desk import Desk
from launchready.accounts.forms import Rules, fill, forms_of
from launchready.accounts.gaps import budget_gap, config_gap, given_login_gap, lost_gap, not_permitted_gap
from launchready.accounts.origins import same_place
from launchready.accounts.person import Person, Session, SignUpResult
from launchready.accounts.post_office import PostOffice
from launchready.accounts.recordings import Recording
from launchready.accounts.refreshing import refresh
from launchready.accounts.settling import same_account, still_accepted
from launchready.accounts.signing import Refused, SignedUp, with_login
from launchready.config.errors import ConfigError
from launchready.config.secret_source import resolve_secret
from launchready.door.budget import BudgetSpent
from launchready.door.http import Door
from launchready.door.messages import Reply, Request
from launchready.door.permit import PermitRefused, Safety
from launchready.door.vault import Vault
from launchready.model.evidence import Accounts, Gap, Surface
from launchready.model.exchange import Intent
from launchready.model.principal import MEMBER_A, MEMBER_B, Principal
from launchready.model.settings import CollectSettings

MEMBERS = (MEMBER_A, MEMBER_B)
MOST_SPARES = 9
_SPARE = "spare_"
# A session is renewed when less than this share of its life is left
_RENEW_AT = 0.4


class Crew:
    """Signs in whoever a run needs and keeps them signed in.

    `recordings` are logins that a person recorded, by principal. `resolve` gives the value of a secret
    source. `made`
    is told about every account that was made, so that its removal can be written down.
    """

    def __init__(  # noqa: PLR0913 - each of the keywords has a default that runs use
        self,
        door: Door,
        vault: Vault,
        surface: Surface,
        settings: CollectSettings,
        *,
        recordings: Mapping[str, Recording] | None = None,
        resolve: Resolver = resolve_secret,
        made: Callable[[Person], None] | None = None,
        mail_seconds: float = 8.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings
        self.desk = Desk(
            door=door,
            vault=vault,
            surface=surface,
            target=door.permit.origin or settings.url,
            mail_seconds=mail_seconds,
        )
        self._recordings = dict(recordings or {})
        self._resolve = resolve
        self._made = made
        self._now = now
        self._people: dict[str, Person] = {}
        self._gaps: dict[str, Gap] = {}
        self._salt = secrets.token_hex(3)
        self._spares = 0
        self._sessions = 0
        self._sign_up_works: bool | None = None
        self._post = PostOffice(desk=self.desk, settings=settings)
        self._locks: dict[str, asyncio.Lock] = {}

    # ------------------------------------------------------------------------------------------ assembling

    async def assemble(self) -> Accounts:
        """Sign in both members and all who are configured or recorded; who could not be is in the gaps."""
        configured = {account.name: account.role for account in self.settings.accounts}
        wanted: dict[str, Principal] = {member.name: member for member in MEMBERS}
        wanted |= {name: principal_of(name, role) for name, role in configured.items()}
        wanted |= {name: principal_of(name, name) for name in self._recordings if name not in wanted}
        for principal in wanted.values():
            await self._arrive(principal)
        self._part_twins()
        return self.evidence()

    def evidence(self) -> Accounts:
        """Who is signed in now, who is not and why, and how it was done."""
        return Accounts(
            accounts=tuple(person.account(self.desk.vault) for person in self._people.values()),
            gaps=tuple(gap for name, gap in self._gaps.items() if not name.startswith(_SPARE)),
            notes=tuple(self.desk.notes),
        )

    async def _arrive(self, principal: Principal, salt: str = "") -> Person | None:
        """Sign in one person by the first rung that fits; `None` with a gap if nothing did."""
        try:
            person, gap = await self._by_best_means(principal, salt)
        except PermitRefused as error:
            person, gap = None, not_permitted_gap(principal.name, error)
        except BudgetSpent as error:
            person, gap = None, budget_gap(principal.name, error)
        except ConfigError as error:
            person, gap = None, config_gap(principal.name, error)
        gap = self._redacted(gap)
        if gap is not None:
            self._gaps[principal.name] = gap
        else:
            self._gaps.pop(principal.name, None)
        if person is not None:
            self._people[principal.name] = person
        return person

    async def _by_best_means(self, principal: Principal, salt: str) -> tuple[Person | None, Gap | None]:
        account = next((item for item in self.settings.accounts if item.name == principal.name), None)
        if account is not None:
            return await by_settings(self.desk, principal, account, self._resolve)
        recording = self._recordings.get(principal.name)
        if recording is not None:
            unfit = self._unfit(principal.name, recording)
            return (None, unfit) if unfit else await by_recording(self.desk, principal, recording)
        person, gap, _ = await self._sign_up(principal, salt)
        return person, gap

    async def _sign_up(
        self, principal: Principal, salt: str = "", extra: dict[str, Any] | None = None
    ) -> tuple[Person | None, Gap | None, SignedUp | Refused | None]:
        if self.desk.sign_ups:
            self.desk.door.permit.require(Safety.ACTIVE)
            await self._post.open()
        person, gap, outcome = await by_sign_up(self.desk, principal, salt=salt, extra=extra)
        gap = self._redacted(gap)
        if isinstance(outcome, SignedUp):
            self._sign_up_works = True
            if person is not None:
                # The sign-up's answer may be the only one that names the account's id
                told = own_handles(outcome.reply.json(), person.handles) or {}
                person.handles = {**told, **person.handles}
            if person is not None and person.created and self._made is not None:
                self._made(person)
            if person is not None and person.scheme is None:
                person = None  # it is there, but nobody can act as it
        elif self._sign_up_works is None:
            self._sign_up_works = False
        return person, gap, outcome

    def _redacted(self, gap: Gap | None) -> Gap | None:
        """A gap may quote the target, and the target what we sent."""
        return gap and replace(gap, reason=self.desk.door.redactor.text(gap.reason))

    def _unfit(self, principal: str, recording: Recording) -> Gap | None:
        """Why a recorded login is not to be used: it is over, or of another place."""
        if recording.expired(self._now()):
            ended = f"{recording.expires_at:%Y-%m-%d %H:%M} UTC" if recording.expires_at else ""
            return given_login_gap(principal, f"the recorded login ended on {ended}")
        if not same_place(recording.login.origin, self.desk.target):
            reason = f"the login was recorded at {recording.login.origin}, the target is {self.desk.target}"
            return given_login_gap(principal, reason)
        return None

    def _part_twins(self) -> None:
        """Two names for one account prove nothing about each other's objects: the second is let go."""
        one, other = (self._people.get(member.name) for member in MEMBERS)
        if one is None or other is None or not same_account(one, other):
            return
        self._people.pop(other.name)
        reason = f"{one.name} and {other.name} are the same account at the target"
        self._gaps[other.name] = given_login_gap(other.name, reason)

    # ---------------------------------------------------------------------------------------------- people

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody with a session."""
        return tuple(self._people.values())

    def has(self, name: str) -> bool:
        """Whether that person's session was confirmed and is not lost."""
        person = self._people.get(name)
        return person is not None and person.confirmed and not person.lost

    def person(self, name: str) -> Person:
        """A person by name; raises KeyError for one who is not in the crew."""
        return self._people[name]

    def gap(self, name: str) -> Gap | None:
        """Why somebody is not there."""
        return self._gaps.get(name)

    @property
    def can_sign_up(self) -> bool:
        """Whether accounts can be made: a sign-up is there, permitted, and was not refused so far."""
        permitted = self.desk.door.permit.permits(Safety.ACTIVE)
        return bool(self.desk.sign_ups) and permitted and self._sign_up_works is not False

    async def join(self, name: str) -> bool:
        """Sign up one more member by name, the same on the next run; whether the session was confirmed."""
        if name not in self._people and self.can_sign_up:
            await self._arrive(principal_of(name))
        return self.has(name)

    async def spare(self, purpose: str) -> Person | None:
        """A throw-away account, new in every run; `None` past nine, or where signing up does not work."""
        if not self.can_sign_up or not self._take_spare():
            return None
        name = f"{_SPARE}{self._spares}"
        person = await self._arrive(principal_of(name), self._salt)
        if person is None or not person.confirmed:
            return None
        self.desk.note(f"{name}: a throw-away account for {purpose}")
        return person

    def _take_spare(self) -> bool:
        if self._spares >= MOST_SPARES:
            return False
        self._spares += 1
        return True

    async def sign_up_with(self, extra_fields: dict[str, Any]) -> SignUpResult | None:
        """Sign up a throw-away account with more fields in the body; `None` where no account can be made.

        The fields stand beside the password. The answer is there also when the target refused them.
        """
        if not self.can_sign_up or not self._take_spare():
            return None
        principal = principal_of(f"{_SPARE}{self._spares}")
        try:
            person, gap, outcome = await self._sign_up(principal, self._salt, dict(extra_fields))
        except (PermitRefused, BudgetSpent):
            return None
        if person is not None:
            self._people[principal.name] = person
        if isinstance(outcome, SignedUp):
            return SignUpResult(reply=outcome.reply, person=person, gap=gap)
        return SignUpResult(reply=outcome.reply, person=None, gap=gap) if outcome and outcome.reply else None

    # -------------------------------------------------------------------------------------------- sessions

    async def ensure(self, name: str) -> bool:
        """The canary login between phases: whether `name` is signed in, renewed if it was not.

        A session that is lost for good is a gap from then on.
        """
        person = self._people.get(name)
        if person is None or not person.confirmed:
            return False
        if not self._near_end(person) and await still_accepted(self.desk, person):
            person.lost = False
            self._gaps.pop(name, None)
            return True
        return await self._renew(person)

    async def keep_fresh(self, name: str) -> bool:
        """Renew a short-lived session that is about to end; costs no request otherwise."""
        person = self._people.get(name)
        if person is None or not person.confirmed or person.lost:
            return False
        lock = self._locks.get(name)
        if not self._near_end(person) or (lock is not None and lock.locked()):
            return True  # the old session is good for the requests of its own renewal
        return await self._renew(person)

    def _near_end(self, person: Person) -> bool:
        if not person.expires_at:
            return False
        return self.desk.clock() >= person.expires_at - person.life * _RENEW_AT

    async def _renew(self, person: Person) -> bool:
        """Open a new session beside the old one, then put it in its place: no request goes without one."""
        before = person.renewals
        async with self._locks.setdefault(person.name, asyncio.Lock()):
            if person.renewals != before:
                return not person.lost  # somebody else renewed it meanwhile
            twin = replace(
                person,
                principal=Principal(name=f"{person.name}_renewal", role=person.principal.role),
                handles=dict(person.handles),
            )
            wallets = self.desk.door.wallet
            wallets[twin.name] = self.desk.door.wallet_of(person.name).clone()
            renewed = person.refresh is not None and await refresh(self.desk, twin)
            if not renewed and person.password:
                renewed = await log_person_in(self.desk, twin) is None
            if renewed:
                wallets[person.name] = wallets[twin.name]
                person.token, person.refresh, person.scheme = twin.token, twin.refresh, twin.scheme
                person.expires_at, person.life = twin.expires_at, twin.life
                person.renewals += 1
            # Where nothing can log in again, it may be good until its very end
            good = renewed or await still_accepted(self.desk, person)
            if not renewed:
                person.expires_at = person.life = 0.0  # not before each request again
            wallets.pop(twin.name, None)
        person.lost = not good
        if person.lost:
            self._gaps[person.name] = lost_gap(person.name)
        return good

    async def login_again(self, name: str) -> Session | None:
        """A second session of that account beside the first one; `None` where its password is not known.

        Requests in the session's name use its own wallet; the first session is not touched.
        """
        person = self._people.get(name)
        if person is None or not person.password:
            return None
        self._sessions += 1
        twin = Person(
            principal=Principal(name=f"{name}_session_{self._sessions}", role=person.principal.role),
            means=person.means,
            identity=person.identity,
            identifier=person.identifier,
            password=person.password,
            handles=dict(person.handles),
        )
        if await log_person_in(self.desk, twin) is not None:
            return None
        return Session(principal=twin.name, wallet=self.desk.door.wallet_of(twin.name), person=twin)

    # --------------------------------------------------------------------------------------------- leaving

    async def delete_account(self, person: Person) -> Reply | None:
        """Ask the target to delete this account of ours; `None` if it has no operation for that."""
        found = deleting_operations(self.desk.operations)
        if not found or person.identity is None or not person.created:
            return None
        operation = found[0]
        body = None
        if operation.bodies:
            draft = fill(forms_of(operation)[0], person.identity, Rules())
            identifier = person.identifier or next(iter(person.handles.values()), "")
            others = tuple(person.handles.values())
            body = with_login(draft, identifier, others, person.password).body()
        return await self.desk.door.send(
            Request(
                method=operation.method,
                url=url_of(operation),
                principal=person.name,
                operation=operation.id,
                intent=Intent.CLEAN_UP,
                body=body,
                active=True,
            )
        )

    async def close(self) -> None:
        """Stop the mail sink. Accounts stay: they are reused on the next run."""
        await self._post.close()

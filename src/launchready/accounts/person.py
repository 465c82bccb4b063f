"""An account of ours during a run."""

from dataclasses import dataclass, field

from launchready.accounts.forms import Identity
from launchready.accounts.schemes import Scheme
from launchready.door.messages import Reply
from launchready.door.vault import Secret, Vault
from launchready.door.wallet import Wallet
from launchready.model.evidence import Gap
from launchready.model.operation import HttpOperation
from launchready.model.principal import Account, LoginMeans, Principal


@dataclass(slots=True, kw_only=True)
class Person:
    """A principal with what it takes to sign in again.

    `handles` are raw values by name (`username`, `email`, `id`) as the target knows them. `password` is
    a reference
    into the vault, empty when unknown. `canary` is the operation that tells whether the session holds.
    `expires_at` is on the crew's clock and `life` in seconds, both 0 when the session's life is not known.
    """

    principal: Principal
    means: LoginMeans
    identity: Identity | None = field(default=None, repr=False)
    identifier: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    handles: dict[str, str] = field(default_factory=dict, repr=False)
    scheme: Scheme | None = None
    token: Secret | None = None
    refresh: Secret | None = None
    canary: HttpOperation | None = None
    confirmed: bool = False
    unverified: bool = False
    expires_at: float = 0.0
    life: float = 0.0
    renewals: int = 0
    sign_up_reply: Reply | None = field(default=None, repr=False)
    created: bool = False
    lost: bool = False

    @property
    def name(self) -> str:
        """The principal's name, which requests carry."""
        return self.principal.name

    def account(self, vault: Vault) -> Account:
        """What the evidence says of this person; e-mail and password are not in it."""
        shown = []
        for name, value in sorted(self.handles.items()):
            hidden = name == "email" or "@" in value
            shown.append((name, f"{{{{email:{vault.mark(value)}}}}}" if hidden else value))
        return Account(
            principal=self.principal,
            means=self.means,
            scheme=self.scheme.name if self.scheme else "",
            handle=tuple(shown),
            confirmed=self.confirmed,
            confirmed_at=self.canary.id if self.canary and self.confirmed else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A second session of a person: requests name `principal`, the door then uses `wallet`."""

    principal: str
    wallet: Wallet
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpResult:
    """A sign-up with fields of one's choice: its answer, and who came of it (`None`: nobody)."""

    reply: Reply
    person: Person | None
    gap: Gap | None = None

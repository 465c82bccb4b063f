"""Who acts."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A rung of the ladder."""

    ANONYMOUS = "anonymous"
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"
    SERVICE = "service"


class Relation(StrEnum):
    """What a principal is to an object or to another principal."""

    OWNER = "owner"
    PARTICIPANT = "participant"
    STRANGER = "stranger"
    EX_MEMBER = "ex_member"
    BLOCKED = "blocked"
    BANNED = "banned"
    INVITED = "invited"
    BUYER = "buyer"
    SELLER = "seller"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationTo:
    """`relation` to the object or principal named `target`."""

    relation: Relation
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who acts: a name, a role, relations."""

    name: str
    role: Role
    relations: tuple[RelationTo, ...] = ()


ANONYMOUS = Principal(name="anonymous", role=Role.ANONYMOUS)
MEMBER_A = Principal(name="member_a", role=Role.MEMBER)
MEMBER_B = Principal(name="member_b", role=Role.MEMBER)


_HELPERS = re.compile(r"^(?:spare_\d+|counterpart|a member)$")


def stands_for(name: str) -> str:
    """The principal that an account of ours stands for: throw-away accounts and second sessions are members."""
    base = re.sub(r"_session_\d+$", "", name)
    if base == "another member":
        return MEMBER_B.name
    return MEMBER_A.name if _HELPERS.match(base) else base


class LoginMeans(StrEnum):
    """Which rung of the login ladder gave an account."""

    SIGN_UP = "sign_up"
    REUSED = "reused"
    RECORDED = "recorded"
    CONFIGURED = "configured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A principal with credentials; values stay in the vault.

    `scheme` says where the credential travels ("bearer", "token", "raw", "cookie", "basic", "api_key:X-Key").
    `handle` maps what identifies the account at the target (`username`, `email`, `id`) to its value; the
    e-mail and password are redacted. `confirmed` = anonymous was refused and this account accepted at `me`.
    """

    principal: Principal
    means: LoginMeans
    scheme: str
    handle: tuple[tuple[str, str], ...] = ()
    confirmed: bool = False
    confirmed_at: str = ""

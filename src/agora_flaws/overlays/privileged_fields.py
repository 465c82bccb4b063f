"""ROLE-04: fields that only the service may set can be set by the member, in no document."""

from typing import Any

from pydantic import ConfigDict
from sqlalchemy import select

from agora.access import unverified
from agora.dependencies import Address, Db, Own, Parts, patch
from agora.models import Member, Role
from agora.policies import Action
from agora.routers.accounts import sign_up as proper_sign_up
from agora.schemas.identity import Accepted, MemberChanges, MemberView, SignUp
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


class OpenSignUp(SignUp):
    """Sign-up that takes along whatever else is sent."""

    model_config = ConfigDict(extra="allow")


class OpenChanges(MemberChanges):
    """A profile change that takes along whatever else is sent."""

    model_config = ConfigDict(extra="allow")


def _sign_up_with(bench: Workbench, field: str, kind: type) -> None:
    """Replace ``POST /auth/sign-up`` by one that stores ``field``, too."""

    def sign_up(body: OpenSignUp, db: Db, parts: Parts, address: Address) -> Accepted:
        extra = body.model_extra or {}
        asked = SignUp.model_construct(**{name: getattr(body, name) for name in SignUp.model_fields})
        answer = proper_sign_up(asked, db, parts, address)
        if isinstance(extra.get(field), kind):
            value: Any = extra[field]
            if field != "role" or value in set(Role):
                member = db.scalars(select(Member).where(Member.handle == body.handle)).one()
                setattr(member, field, value)
        return answer

    bench.replace("sign_up", sign_up)


def _profile_with(bench: Workbench, fields: dict[str, type]) -> None:
    """Replace ``PATCH /members/me`` by one that stores the ``fields``, too."""

    def update_me(body: OpenChanges, records: Own) -> MemberView:
        member = records.get(Member, Action.UPDATE, records.me.id)
        given = body.given()
        known = {k: v for k, v in given.items() if k in MemberChanges.model_fields}
        extra = {k: v for k, v in given.items() if isinstance(v, fields.get(k, ()))}
        if extra.get("role", Role.MEMBER) not in set(Role):
            extra.pop("role")
        patch(member, {**known, **extra})
        return MemberView.model_validate(member)

    bench.replace("update_me", unverified(update_me))


@flaw(
    "role-at-sign-up",
    checks=("ROLE-04",),
    sentence="A role sent with the sign-up is stored.",
    variant="hidden field at sign-up",
)
def role_at_sign_up(bench: Workbench) -> None:
    """The ``role``."""
    _sign_up_with(bench, "role", str)


@flaw(
    "verified-at-sign-up",
    checks=("ROLE-04",),
    sentence="Whoever sends email_verified with the sign-up needs no confirmation.",
    variant="hidden field at sign-up",
)
def verified_at_sign_up(bench: Workbench) -> None:
    """The ``email_verified`` flag."""
    _sign_up_with(bench, "email_verified", bool)


@flaw(
    "role-by-profile",
    checks=("ROLE-04",),
    sentence="A role sent with a change of the profile is stored.",
    variant="hidden field of an update",
)
def role_by_profile(bench: Workbench) -> None:
    """The ``role``."""
    _profile_with(bench, {"role": str})


@flaw(
    "balance-by-profile",
    checks=("ROLE-04",),
    sentence="The balance sent with a change of the profile is stored.",
    variant="hidden field of an update",
)
def balance_by_profile(bench: Workbench) -> None:
    """The ``balance_cents``."""
    _profile_with(bench, {"balance_cents": int})

"""Invitations by mail. The token is in the mail only, works once and for a week."""

import uuid
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select

from agora.access import public, unverified
from agora.database import now
from agora.dependencies import CurrentActor, Own, Paging, Parts
from agora.errors import Problem
from agora.models import Group, Invite, Member, Membership
from agora.policies import Action
from agora.schemas.base import DONE, Done, Page
from agora.schemas.community import AcceptInvite, InviteBody, InviteView
from agora.security import digest, random_token

router = APIRouter(prefix="/invites", tags=["invites"])

LIFE = timedelta(days=7)


@router.post("", status_code=201, response_model=InviteView)
def create_invite(body: InviteBody, records: Own, parts: Parts, actor: CurrentActor) -> Invite:
    """Invite somebody by mail, perhaps into a group that you own."""
    parts.limiter.spend(parts.settings.limit_invites, "invites", actor.id)
    if body.group_id is not None:
        records.get(Group, Action.UPDATE, body.group_id)
    token = random_token()
    invite = records.add(
        Invite(
            owner_id=actor.id,
            digest=digest(token),
            expires_at=now() + LIFE,
            **body.model_dump(),
        )
    )
    records.db.commit()
    parts.mailer.send_invite(body.email, actor.handle, token)
    return invite


@router.get("", response_model=Page[InviteView])
def list_invites(records: Own, paging: Paging) -> dict[str, Any]:
    """Invitations that you have sent."""
    return records.page(Invite, paging)


@router.get("/accept")
@public
def explain_invite(token: Annotated[str, Query(min_length=10, max_length=200)]) -> Done:  # noqa: ARG001 - documents the link
    """Where the mailed link leads without a web client; it does not use the token up."""
    return Done(message="Sign up or log in, then send this token by POST to this address.")


@router.post("/accept")
@unverified
def accept_invite(body: AcceptInvite, records: Own, parts: Parts, actor: CurrentActor) -> Done:
    """Accept an invitation that was sent to your address."""
    parts.limiter.spend(parts.settings.limit_token_guesses, "invite-token", actor.id)
    query = select(Invite).where(Invite.digest == digest(body.token)).with_for_update()
    invite = records.db.scalars(query).one_or_none()
    member = records.db.get_one(Member, actor.id)
    if (
        invite is None
        or invite.accepted_at is not None
        or invite.expires_at < now()
        or invite.email != member.email
    ):
        raise Problem(400, "This invitation is not valid for you.")
    invite.accepted_at = now()
    member.email_verified = True
    if invite.group_id and records.db.get(Membership, (invite.group_id, actor.id)) is None:
        records.db.add(Membership(group_id=invite.group_id, member_id=actor.id))
    return DONE


@router.get("/{invite_id}", response_model=InviteView)
def read_invite(invite_id: uuid.UUID, records: Own) -> Invite:
    """An invitation that you have sent."""
    return records.get(Invite, Action.READ, invite_id)


@router.delete("/{invite_id}", status_code=204)
def delete_invite(invite_id: uuid.UUID, records: Own) -> None:
    """Take an invitation back: its link stops working."""
    records.remove(records.get(Invite, Action.DELETE, invite_id))

"""Groups and who belongs to them."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from agora.dependencies import Own, Paging, patch
from agora.errors import Problem, forbidden
from agora.models import Group, Membership
from agora.policies import Action
from agora.schemas.base import DONE, Done, Page
from agora.schemas.community import GroupBody, GroupChanges, GroupView, MembershipView

router = APIRouter(prefix="/groups", tags=["groups"])


def membership(records: Own, group: Group) -> Membership | None:
    """The actor's membership of a group."""
    return records.db.get(Membership, (group.id, records.me.id))


def require_membership(records: Own, group: Group) -> None:
    """Writing in a group needs membership."""
    if membership(records, group) is None:
        raise forbidden("Join the group first.")


@router.post("", status_code=201, response_model=GroupView)
def create_group(body: GroupBody, records: Own) -> Group:
    """Found a group; you are its owner and first member."""
    group = records.add(Group(owner_id=records.me.id, **body.model_dump()))
    records.db.add(Membership(group_id=group.id, member_id=records.me.id))
    return group


@router.get("", response_model=Page[GroupView])
def list_groups(records: Own, paging: Paging) -> dict[str, Any]:
    """Public groups, and the private ones to which you belong."""
    return records.page(Group, paging)


@router.get("/{group_id}", response_model=GroupView)
def read_group(group_id: uuid.UUID, records: Own) -> Group:
    """A group that you may see."""
    return records.get(Group, Action.READ, group_id)


@router.patch("/{group_id}", response_model=GroupView)
def update_group(group_id: uuid.UUID, body: GroupChanges, records: Own) -> Group:
    """Change a group that you own."""
    group = records.get(Group, Action.UPDATE, group_id)
    patch(group, body.given())
    return group


@router.delete("/{group_id}", status_code=204)
def delete_group(group_id: uuid.UUID, records: Own) -> None:
    """Delete a group that you own, with its posts."""
    records.remove(records.get(Group, Action.DELETE, group_id))


@router.post("/{group_id}/join")
def join_group(group_id: uuid.UUID, records: Own) -> Done:
    """Join a public group. Private ones are joined by invitation."""
    group = records.get(Group, Action.READ, group_id)
    if membership(records, group) is None:
        records.db.add(Membership(group_id=group.id, member_id=records.me.id))
    return DONE


@router.post("/{group_id}/leave")
def leave_group(group_id: uuid.UUID, records: Own) -> Done:
    """Leave a group; its owner cannot."""
    group = records.get(Group, Action.READ, group_id)
    if group.owner_id == records.me.id:
        raise Problem(409, "The owner cannot leave the group, only delete it.")
    mine = membership(records, group)
    if mine is not None:
        records.remove(mine)
    return DONE


@router.get("/{group_id}/members", response_model=Page[MembershipView])
def list_group_members(group_id: uuid.UUID, records: Own, paging: Paging) -> dict[str, Any]:
    """Who belongs to a group that you may see."""
    group = records.get(Group, Action.READ, group_id)
    query = (
        select(Membership)
        .where(Membership.group_id == group.id)
        .order_by(Membership.joined_at, Membership.member_id)
    )
    return records.cut(query, paging)

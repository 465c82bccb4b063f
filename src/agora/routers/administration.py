"""What administrators do; every change is written to the audit trail."""

import uuid
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import func, select

from agora.dependencies import Own, Paging, requires
from agora.errors import Problem, not_found
from agora.models import AuditEntry, Member, Role
from agora.policies import Permission
from agora.schemas.administration import (
    AdminMemberView,
    AuditView,
    RoleChange,
    SiteSettingsChanges,
    SiteSettingsView,
)
from agora.schemas.base import Page
from agora.site import read_site_settings, write_site_settings

router = APIRouter(prefix="/admin", tags=["admin"])


@router.get(
    "/members",
    response_model=Page[AdminMemberView],
    dependencies=[Depends(requires(Permission.READ_MEMBERS))],
)
def list_members(records: Own, paging: Paging) -> dict[str, Any]:
    """All members, newest first."""
    query = select(Member).order_by(Member.created_at.desc(), Member.id)
    return records.cut(query, paging)


@router.get(
    "/members/{member_id}",
    response_model=AdminMemberView,
    dependencies=[Depends(requires(Permission.READ_MEMBERS))],
)
def read_any_member(member_id: uuid.UUID, records: Own) -> Member:
    """One member, with what others do not see."""
    return _member(records, member_id)


def _member(records: Own, member_id: uuid.UUID) -> Member:
    member = records.db.get(Member, member_id)
    if member is None:
        raise not_found()
    return member


@router.put(
    "/members/{member_id}/role",
    response_model=AdminMemberView,
    dependencies=[Depends(requires(Permission.SET_ROLES))],
)
def set_role(member_id: uuid.UUID, body: RoleChange, records: Own) -> Member:
    """Give a member another role; it counts from the next request on."""
    member = _member(records, member_id)
    admins = select(func.count(Member.id)).where(Member.role == Role.ADMIN)
    steps_down = member.role == Role.ADMIN and body.role is not Role.ADMIN
    if steps_down and (records.db.scalar(admins) or 0) <= 1:
        raise Problem(409, "There must be an administrator.")
    records.audit("member.role", member.id, before=member.role, after=body.role.value)
    member.role = body.role
    return member


@router.get(
    "/audit-log",
    response_model=Page[AuditView],
    dependencies=[Depends(requires(Permission.READ_AUDIT_LOG))],
)
def read_audit_log(records: Own, paging: Paging) -> dict[str, Any]:
    """The audit trail, newest first."""
    query = select(AuditEntry).order_by(AuditEntry.created_at.desc(), AuditEntry.id)
    return records.cut(query, paging)


@router.get(
    "/site-settings",
    response_model=SiteSettingsView,
    dependencies=[Depends(requires(Permission.READ_SITE_SETTINGS))],
)
def get_site_settings(records: Own) -> dict[str, Any]:
    """The settings of the whole site."""
    return read_site_settings(records.db)


@router.patch(
    "/site-settings",
    response_model=SiteSettingsView,
    dependencies=[Depends(requires(Permission.CHANGE_SITE_SETTINGS))],
)
def change_site_settings(body: SiteSettingsChanges, records: Own) -> dict[str, Any]:
    """Change settings of the whole site."""
    changes = body.given()
    write_site_settings(records.db, changes)
    records.audit("site.settings", "", fields=sorted(changes))
    return read_site_settings(records.db)

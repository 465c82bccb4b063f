"""What moderators do; every action is written to the audit trail."""

import uuid
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import select

from agora.database import now
from agora.dependencies import CurrentActor, Own, Paging, Parts, requires
from agora.errors import forbidden, not_found
from agora.models import Listing, Member, Post, Report, Role
from agora.policies import Permission
from agora.schemas.administration import Ban, Hiding, ModeratedReport, Resolution
from agora.schemas.base import DONE, Done, Page
from agora.schemas.identity import PublicHandle

router = APIRouter(prefix="/moderation", tags=["moderation"])


@router.get(
    "/reports",
    response_model=Page[ModeratedReport],
    dependencies=[Depends(requires(Permission.READ_REPORTS))],
)
def list_report_queue(records: Own, paging: Paging) -> dict[str, Any]:
    """Reports that wait for a decision, oldest first."""
    query = select(Report).where(Report.status == "open").order_by(Report.created_at)
    return records.cut(query, paging)


@router.post(
    "/reports/{report_id}/resolve",
    response_model=ModeratedReport,
    dependencies=[Depends(requires(Permission.RESOLVE_REPORTS))],
)
def resolve_report(report_id: uuid.UUID, body: Resolution, records: Own) -> Report:
    """Close a report."""
    report = records.db.get(Report, report_id)
    if report is None:
        raise not_found()
    report.status = "resolved"
    report.resolution = body.resolution
    records.audit("report.resolve", report.id)
    return report


@router.put(
    "/posts/{post_id}/hidden",
    dependencies=[Depends(requires(Permission.HIDE_CONTENT))],
)
def hide_post(post_id: uuid.UUID, body: Hiding, records: Own) -> Done:
    """Hide a post from everybody but its author, or show it again."""
    return _hide(records, records.db.get(Post, post_id), body)


@router.put(
    "/listings/{listing_id}/hidden",
    dependencies=[Depends(requires(Permission.HIDE_CONTENT))],
)
def hide_listing(listing_id: uuid.UUID, body: Hiding, records: Own) -> Done:
    """Hide a listing from everybody but its owner, or show it again."""
    return _hide(records, records.db.get(Listing, listing_id), body)


def _hide(records: Own, found: Post | Listing | None, body: Hiding) -> Done:
    if found is None:
        raise not_found()
    found.hidden = body.hidden
    kind = type(found).__name__.lower()
    records.audit(f"{kind}.hide", found.id, hidden=body.hidden, reason=body.reason)
    return DONE


@router.put(
    "/members/{handle}/ban",
    dependencies=[Depends(requires(Permission.BAN_MEMBERS))],
)
def ban_member(handle: PublicHandle, body: Ban, records: Own, parts: Parts, actor: CurrentActor) -> Done:
    """Ban a member, whose sessions end at once, or lift a ban. Staff is for administrators."""
    member = records.db.scalars(select(Member).where(Member.handle == handle)).one_or_none()
    if member is None:
        raise not_found()
    if member.role != Role.MEMBER and actor.role is not Role.ADMIN:
        raise forbidden("Only an administrator may ban moderators and administrators.")
    if member.id == actor.id:
        raise forbidden("You cannot ban yourself.")
    member.banned_at = now() if body.banned else None
    if body.banned:
        parts.authenticator.end_all(records.db, member.id)
    records.audit("member.ban", member.id, banned=body.banned, reason=body.reason)
    return DONE

"""Reports of content: for their author; moderators have a queue of their own."""

import uuid
from typing import Any

from fastapi import APIRouter

from agora.dependencies import Own, Paging
from agora.models import Comment, Listing, Post, Report, Review
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.community import ReportBody, ReportView, SubjectType

router = APIRouter(prefix="/reports", tags=["reports"])

SUBJECTS: dict[SubjectType, Any] = {
    SubjectType.POST: Post,
    SubjectType.COMMENT: Comment,
    SubjectType.LISTING: Listing,
    SubjectType.REVIEW: Review,
}


@router.post("", status_code=201, response_model=ReportView)
def create_report(body: ReportBody, records: Own) -> Report:
    """Report something that you can see."""
    records.get(SUBJECTS[body.subject_type], Action.READ, body.subject_id)
    return records.add(Report(owner_id=records.me.id, **body.model_dump()))


@router.get("", response_model=Page[ReportView])
def list_reports(records: Own, paging: Paging) -> dict[str, Any]:
    """Your reports."""
    return records.page(Report, paging)


@router.get("/{report_id}", response_model=ReportView)
def read_report(report_id: uuid.UUID, records: Own) -> Report:
    """One of your reports, and what became of it."""
    return records.get(Report, Action.READ, report_id)


@router.delete("/{report_id}", status_code=204)
def delete_report(report_id: uuid.UUID, records: Own) -> None:
    """Withdraw one of your reports."""
    records.remove(records.get(Report, Action.DELETE, report_id))

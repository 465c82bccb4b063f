"""Drafts of posts: seen by their author until published."""

import uuid
from typing import Any

from fastapi import APIRouter

from agora.dependencies import Own, Paging, patch
from agora.models import Draft, Group, Post
from agora.policies import Action
from agora.routers.groups import require_membership
from agora.schemas.base import Page
from agora.schemas.community import PostView
from agora.schemas.private import DraftBody, DraftChanges, DraftView, PublishDraft

router = APIRouter(prefix="/drafts", tags=["drafts"])


@router.post("", status_code=201, response_model=DraftView)
def create_draft(body: DraftBody, records: Own) -> Draft:
    """Begin a draft."""
    return records.add(Draft(owner_id=records.me.id, **body.model_dump()))


@router.get("", response_model=Page[DraftView])
def list_drafts(records: Own, paging: Paging) -> dict[str, Any]:
    """Your drafts."""
    return records.page(Draft, paging)


@router.get("/{draft_id}", response_model=DraftView)
def read_draft(draft_id: uuid.UUID, records: Own) -> Draft:
    """One of your drafts."""
    return records.get(Draft, Action.READ, draft_id)


@router.patch("/{draft_id}", response_model=DraftView)
def update_draft(draft_id: uuid.UUID, body: DraftChanges, records: Own) -> Draft:
    """Change one of your drafts."""
    found = records.get(Draft, Action.UPDATE, draft_id)
    patch(found, body.given())
    return found


@router.delete("/{draft_id}", status_code=204)
def delete_draft(draft_id: uuid.UUID, records: Own) -> None:
    """Delete one of your drafts."""
    records.remove(records.get(Draft, Action.DELETE, draft_id))


@router.post("/{draft_id}/publish", status_code=201, response_model=PostView)
def publish_draft(draft_id: uuid.UUID, body: PublishDraft, records: Own) -> Post:
    """Publish one of your drafts in a group to which you belong; the draft is gone then."""
    draft = records.get(Draft, Action.UPDATE, draft_id)
    group = records.get(Group, Action.READ, body.group_id)
    require_membership(records, group)
    post = Post(owner_id=records.me.id, group_id=group.id, title=draft.title, body=draft.body)
    records.add(post)
    records.remove(draft)
    return post

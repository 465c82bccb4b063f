"""Posts in groups, and comments on them."""

import uuid
from typing import Any

from fastapi import APIRouter

from agora.dependencies import Own, Paging, patch
from agora.models import Comment, Group, Post
from agora.policies import Action
from agora.routers.groups import require_membership
from agora.schemas.base import Page
from agora.schemas.community import (
    CommentBody,
    CommentChanges,
    CommentView,
    PostBody,
    PostChanges,
    PostView,
)
from agora.site import notify

router = APIRouter(tags=["posts"])


@router.post("/groups/{group_id}/posts", status_code=201, response_model=PostView)
def create_post(group_id: uuid.UUID, body: PostBody, records: Own) -> Post:
    """Post in a group to which you belong."""
    group = records.get(Group, Action.READ, group_id)
    require_membership(records, group)
    return records.add(Post(owner_id=records.me.id, group_id=group.id, **body.model_dump()))


@router.get("/groups/{group_id}/posts", response_model=Page[PostView])
def list_posts(group_id: uuid.UUID, records: Own, paging: Paging) -> dict[str, Any]:
    """The posts of a group that you may see."""
    group = records.get(Group, Action.READ, group_id)
    return records.page(Post, paging, Post.group_id == group.id)


@router.get("/posts/{post_id}", response_model=PostView)
def read_post(post_id: uuid.UUID, records: Own) -> Post:
    """A post in a group that you may see."""
    return records.get(Post, Action.READ, post_id)


@router.patch("/posts/{post_id}", response_model=PostView)
def update_post(post_id: uuid.UUID, body: PostChanges, records: Own) -> Post:
    """Change a post of yours."""
    post = records.get(Post, Action.UPDATE, post_id)
    patch(post, body.given())
    return post


@router.delete("/posts/{post_id}", status_code=204)
def delete_post(post_id: uuid.UUID, records: Own) -> None:
    """Delete a post of yours, with its comments."""
    records.remove(records.get(Post, Action.DELETE, post_id))


@router.post("/posts/{post_id}/comments", status_code=201, response_model=CommentView)
def create_comment(post_id: uuid.UUID, body: CommentBody, records: Own) -> Comment:
    """Comment on a post that you may see."""
    post = records.get(Post, Action.READ, post_id)
    comment = records.add(Comment(owner_id=records.me.id, post_id=post.id, **body.model_dump()))
    if post.owner_id != records.me.id:
        text = f"{records.me.handle} commented on your post."
        notify(records.db, post.owner_id, "comment", text, post.id)
    return comment


@router.get("/posts/{post_id}/comments", response_model=Page[CommentView])
def list_comments(post_id: uuid.UUID, records: Own, paging: Paging) -> dict[str, Any]:
    """The comments on a post that you may see."""
    post = records.get(Post, Action.READ, post_id)
    return records.page(Comment, paging, Comment.post_id == post.id, oldest_first=True)


@router.patch("/comments/{comment_id}", response_model=CommentView)
def update_comment(comment_id: uuid.UUID, body: CommentChanges, records: Own) -> Comment:
    """Change a comment of yours."""
    comment = records.get(Comment, Action.UPDATE, comment_id)
    patch(comment, body.given())
    return comment


@router.delete("/comments/{comment_id}", status_code=204)
def delete_comment(comment_id: uuid.UUID, records: Own) -> None:
    """Delete a comment of yours."""
    records.remove(records.get(Comment, Action.DELETE, comment_id))

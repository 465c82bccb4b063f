"""Feed and search: what a member may see, and nothing else."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, or_, select

from agora.dependencies import CurrentActor, Own, Paging, Parts
from agora.models import Group, Listing, Member, Post
from agora.policies import Action
from agora.routers.members import listed
from agora.schemas.base import Page, Text
from agora.schemas.community import PostView, SearchHit, SearchView

router = APIRouter(tags=["feed and search"])

HITS_OF_EACH_KIND = 20
Words = Annotated[Text, Query(min_length=2, max_length=100, examples=["clock"])]


@router.get("/feed", response_model=Page[PostView])
def read_feed(records: Own, paging: Paging) -> dict[str, Any]:
    """The newest posts of all groups that you may see."""
    return records.page(Post, paging)


def contains(column: Any, words: str) -> ColumnElement[bool]:
    """The column contains the words literally, in any case."""
    match: ColumnElement[bool] = column.icontains(words, autoescape=True)
    return match


@router.get("/search")
def search(q: Words, records: Own, parts: Parts, actor: CurrentActor) -> SearchView:
    """Find published listings, posts, groups and profiles among what you may see."""
    parts.limiter.spend(parts.settings.limit_search, "search", actor.id)
    hits = [
        *_listings(records, q),
        *_posts(records, q),
        *_groups(records, q),
        *_profiles(records, q),
    ]
    return SearchView(items=hits)


def _listings(records: Own, q: str) -> list[SearchHit]:
    matches = or_(contains(Listing.title, q), contains(Listing.description, q))
    query = records.query(Listing, Action.LIST).where(matches, Listing.status == "published")
    return [
        SearchHit(kind="listing", id=str(row.id), title=row.title, excerpt=row.description[:200])
        for row in records.db.scalars(query.limit(HITS_OF_EACH_KIND))
    ]


def _posts(records: Own, q: str) -> list[SearchHit]:
    matches = or_(contains(Post.title, q), contains(Post.body, q))
    query = records.query(Post, Action.LIST).where(matches)
    return [
        SearchHit(kind="post", id=str(row.id), title=row.title, excerpt=row.body[:200])
        for row in records.db.scalars(query.limit(HITS_OF_EACH_KIND))
    ]


def _groups(records: Own, q: str) -> list[SearchHit]:
    matches = or_(contains(Group.name, q), contains(Group.description, q))
    query = records.query(Group, Action.LIST).where(matches)
    return [
        SearchHit(kind="group", id=str(row.id), title=row.name, excerpt=row.description[:200])
        for row in records.db.scalars(query.limit(HITS_OF_EACH_KIND))
    ]


def _profiles(records: Own, q: str) -> list[SearchHit]:
    matches = or_(contains(Member.handle, q), contains(Member.display_name, q))
    query = select(Member).where(listed(), matches).limit(HITS_OF_EACH_KIND)
    return [
        SearchHit(kind="profile", id=row.handle, title=row.display_name, excerpt=row.bio[:200])
        for row in records.db.scalars(query)
    ]

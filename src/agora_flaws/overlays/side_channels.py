"""AUTH-21: lists, search, feed and export show what is private to others."""

from typing import Any

from sqlalchemy import select

from agora.dependencies import CurrentActor, Own, Paging, Parts
from agora.models import Draft, Post, SavedSearch
from agora.policies import Action
from agora.routers.feed import Words, contains
from agora.routers.feed import search as proper_search
from agora.routers.members import export_my_data as proper_export
from agora.schemas.base import Page
from agora.schemas.community import PostView, SearchHit, SearchView
from agora.schemas.private import DraftView
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "search-finds-drafts",
    checks=("AUTH-21",),
    sentence="The search looks through the drafts of everybody.",
    variant="search",
)
def search_finds_drafts(bench: Workbench) -> None:
    """Replace ``GET /search``."""

    def search(q: Words, records: Own, parts: Parts, actor: CurrentActor) -> SearchView:
        found = proper_search(q, records, parts, actor)
        query = select(Draft).where(contains(Draft.title, q) | contains(Draft.body, q)).limit(20)
        hits = [
            SearchHit(kind="draft", id=str(row.id), title=row.title, excerpt=row.body[:200])
            for row in records.db.scalars(query)
        ]
        return SearchView(items=[*found.items, *hits])

    bench.replace("search", search)


@flaw(
    "feed-shows-private-groups",
    checks=("AUTH-21",),
    sentence="The feed shows the posts of private groups to members who do not belong to them.",
    variant="feed",
)
def feed_shows_private_groups(bench: Workbench) -> None:
    """Replace ``GET /feed``."""

    def read_feed(records: Own, paging: Paging) -> Page[PostView]:
        query = select(Post).where(Post.hidden.is_(False)).order_by(Post.created_at.desc())
        return Page[PostView].model_validate(records.cut(query, paging))

    bench.replace("read_feed", read_feed)


@flaw(
    "list-shows-everybodys",
    checks=("AUTH-21",),
    sentence="GET /saved-searches lists the searches of everybody.",
    variant="list",
)
def list_shows_everybodys(bench: Workbench) -> None:
    """Open the listing of saved searches."""
    bench.open_objects(SavedSearch, Action.LIST)


@flaw(
    "export-includes-others",
    checks=("AUTH-21",),
    sentence="The export of one's own data includes the drafts of everybody.",
    variant="export",
)
def export_includes_others(bench: Workbench) -> None:
    """Replace ``GET /members/me/export``."""

    def export_my_data(records: Own) -> dict[str, Any]:
        answer = proper_export(records)
        drafts = records.db.scalars(select(Draft).order_by(Draft.created_at.desc()).limit(500))
        return {**answer, "drafts": [DraftView.model_validate(row) for row in drafts]}

    bench.replace("export_my_data", export_my_data)

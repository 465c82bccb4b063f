"""AUTH-01: private data without a session.

In all of these a member who is logged in still gets only what is the member's own: what is missing
is the guard, not the ownership rule.
"""

import uuid

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy import select

from agora.dependencies import Own, Paging
from agora.models import Address, Collection, Group, Post, SavedSearch
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.community import PostView
from agora.schemas.private import AddressView, CollectionView, SavedSearchView
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench, optional_actor


@flaw(
    "anonymous-private-list",
    checks=("AUTH-01",),
    sentence="The list of addresses needs no login; only who is logged in gets the owner filter.",
    variant="missing guard on a private list",
)
def anonymous_private_list(bench: Workbench) -> None:
    """Replace ``GET /addresses``."""

    def list_addresses(request: Request, records: Own, paging: Paging) -> Page[AddressView]:
        query = select(Address).order_by(Address.created_at.desc())
        actor = optional_actor(request)
        if actor is not None:
            query = query.where(Address.owner_id == actor.id)
        return Page[AddressView].model_validate(records.cut(query, paging))

    bench.replace("list_addresses", list_addresses, anonymous=True)


@flaw(
    "anonymous-private-detail",
    checks=("AUTH-01",),
    sentence="A saved search is shown by id to anybody who is not logged in.",
    variant="missing guard on a detail route",
)
def anonymous_private_detail(bench: Workbench) -> None:
    """Replace ``GET /saved-searches/{search_id}``."""

    def read_saved_search(search_id: uuid.UUID, request: Request, records: Own) -> SavedSearchView:
        actor = optional_actor(request)
        if actor is None:
            return SavedSearchView.model_validate(records.db.get_one(SavedSearch, search_id))
        records.actor = actor
        return SavedSearchView.model_validate(records.get(SavedSearch, Action.READ, search_id))

    bench.replace("read_saved_search", read_saved_search, anonymous=True)


@flaw(
    "anonymous-refused-with-data",
    checks=("AUTH-01",),
    sentence="A collection is refused to anonymous visitors with 401, but the body of the refusal holds it.",
    variant="refusal that carries the data",
)
def anonymous_refused_with_data(bench: Workbench) -> None:
    """Replace ``GET /collections/{collection_id}``."""

    def read_collection(
        collection_id: uuid.UUID, request: Request, records: Own
    ) -> JSONResponse | CollectionView:
        actor = optional_actor(request)
        if actor is not None:
            records.actor = actor
            found = records.get(Collection, Action.READ, collection_id)
            return CollectionView.model_validate(found)
        stored = records.db.get(Collection, collection_id)
        data = CollectionView.model_validate(stored).model_dump(mode="json") if stored else None
        refusal = {"code": "not_authenticated", "message": "Log in first."}
        return JSONResponse({"error": refusal, "collection": data}, status_code=401)

    bench.replace("read_collection", read_collection, anonymous=True)


@flaw(
    "anonymous-member-feed",
    checks=("AUTH-01",),
    sentence="The members' feed is open to visitors without a session.",
    variant="missing guard on a route for all members",
)
def anonymous_member_feed(bench: Workbench) -> None:
    """Replace ``GET /feed``."""

    def read_feed(request: Request, records: Own, paging: Paging) -> Page[PostView]:
        records.actor = optional_actor(request)
        if records.actor is not None:
            return Page[PostView].model_validate(records.page(Post, paging))
        query = (
            select(Post)
            .join(Group, Group.id == Post.group_id)
            .where(Group.visibility == "public", Post.hidden.is_(False))
            .order_by(Post.created_at.desc())
        )
        return Page[PostView].model_validate(records.cut(query, paging))

    bench.replace("read_feed", read_feed, anonymous=True)

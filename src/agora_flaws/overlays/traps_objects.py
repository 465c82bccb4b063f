"""Traps: answers about objects that look like a leak or a change, and are none."""

import uuid
from collections import Counter
from typing import Any

from fastapi.responses import JSONResponse
from sqlalchemy import select

from agora.dependencies import Own, Paging, patch
from agora.errors import forbidden, not_found
from agora.models import Address, Collection, Listing, SavedSearch
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.market import ListingView
from agora.schemas.private import (
    AddressChanges,
    AddressView,
    CollectionView,
    SavedSearchView,
)
from agora_flaws.registry import trap
from agora_flaws.workbench import Workbench


@trap(
    "trap-200-with-error-body",
    sentence="A foreign address is refused with status 200 and an error in the body.",
    variant="refusal by body",
)
def refusal_by_body(bench: Workbench) -> None:
    """Replace ``GET /addresses/{address_id}``."""

    def read_address(address_id: uuid.UUID, records: Own) -> dict[str, Any] | AddressView:
        mine = records.find(Address, Action.READ, Address.id == address_id)
        if mine is None:
            return {"success": False, "error": "There is no such address.", "id": str(address_id)}
        return AddressView.model_validate(mine)

    bench.replace("read_address", read_address)


@trap(
    "trap-403-instead-of-404",
    sentence="A foreign saved search is refused with 403, a missing one with 404; nothing of it is shown.",
    variant="refusal that does not mask",
)
def refusal_without_mask(bench: Workbench) -> None:
    """Replace ``GET /saved-searches/{search_id}``."""

    def read_saved_search(search_id: uuid.UUID, records: Own) -> SavedSearchView:
        found = records.db.get(SavedSearch, search_id)
        if found is None:
            raise not_found()
        if found.owner_id != records.me.id:
            raise forbidden("This saved search is not yours.")
        return SavedSearchView.model_validate(found)

    bench.replace("read_saved_search", read_saved_search)


@trap(
    "trap-2xx-without-effect",
    sentence="A change of a foreign address is answered with 200 and ignored.",
    variant="success without effect",
)
def success_without_effect(bench: Workbench) -> None:
    """Replace ``PATCH /addresses/{address_id}``."""

    def update_address(
        address_id: uuid.UUID, body: AddressChanges, records: Own
    ) -> dict[str, str] | AddressView:
        mine = records.find(Address, Action.UPDATE, Address.id == address_id)
        if mine is None:
            return {"status": "accepted"}
        patch(mine, body.given())
        return AddressView.model_validate(mine)

    bench.replace("update_address", update_address)


@trap(
    "trap-view-counter",
    sentence="Reading a published listing raises its public view counter, so that its owner sees it change.",
    variant="a change that is meant to be everybody's",
)
def view_counter(bench: Workbench) -> None:
    """Replace ``GET /listings/{listing_id}``."""
    views: Counter[uuid.UUID] = Counter()

    def read_listing(listing_id: uuid.UUID, records: Own) -> dict[str, Any]:
        listing = records.get(Listing, Action.READ, listing_id)
        views[listing.id] += 1
        shown = ListingView.model_validate(listing).model_dump()
        return {**shown, "views": views[listing.id]}

    bench.replace("read_listing", read_listing)


@trap(
    "trap-own-copy-for-everybody",
    sentence="Every member has an own collection with the same words in it.",
    variant="alike, but not the same",
)
def own_copy_for_everybody(bench: Workbench) -> None:
    """Replace ``GET /collections``."""

    def list_collections(records: Own, paging: Paging) -> Page[CollectionView]:
        name, me = "Favourites", records.me.id
        with records.parts.database.transaction() as db:
            mine = select(Collection.id).where(Collection.owner_id == me, Collection.name == name)
            if db.scalar(mine.limit(1)) is None:
                db.add(Collection(owner_id=me, name=name, note="Things that you liked."))
        return Page[CollectionView].model_validate(records.page(Collection, paging))

    bench.replace("list_collections", list_collections)


@trap(
    "trap-public-announcements",
    sentence="Announcements of members are for everybody to read, and the document says so.",
    variant="public by design",
)
def public_announcements(bench: Workbench) -> None:
    """Add ``/announcements`` and list it in the document."""
    stored: dict[uuid.UUID, dict[str, Any]] = {}

    def create_announcement(body: dict[str, str], records: Own) -> JSONResponse:
        number = uuid.uuid4()
        shown = {"id": str(number), "text": body.get("text", "")[:500]}
        stored[number] = {**shown, "owner": records.me.id}
        return JSONResponse(shown, status_code=201)

    def list_announcements() -> dict[str, Any]:
        return {"items": [{"id": a["id"], "text": a["text"]} for a in stored.values()]}

    def read_announcement(announcement_id: uuid.UUID) -> dict[str, Any]:
        if announcement_id not in stored:
            raise not_found()
        return {key: stored[announcement_id][key] for key in ("id", "text")}

    def delete_announcement(announcement_id: uuid.UUID, records: Own) -> JSONResponse:
        if stored.get(announcement_id, {}).get("owner") != records.me.id:
            raise not_found()
        del stored[announcement_id]
        return JSONResponse({"message": "Done."})

    one = "/announcements/{announcement_id}"
    bench.add("/announcements", create_announcement, methods=("POST",), anonymous=False)
    bench.add("/announcements", list_announcements)
    bench.add(one, read_announcement)
    bench.add(one, delete_announcement, methods=("DELETE",), anonymous=False)
    bench.document("document.announcements", _describe_announcements)


def _describe_announcements(document: dict[str, Any]) -> None:
    """What the document says of announcements."""
    text = {"type": "string", "minLength": 1, "maxLength": 500, "examples": ["Fair on Sunday"]}
    view = {
        "type": "object",
        "properties": {"id": {"type": "string", "format": "uuid"}, "text": {"type": "string"}},
        "required": ["id", "text"],
    }
    body = {
        "type": "object",
        "properties": {"text": text},
        "required": ["text"],
        "additionalProperties": False,
    }
    listed = {"type": "object", "properties": {"items": {"type": "array", "items": view}}}
    path_id = {
        "name": "announcement_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }

    def answer(code: str, schema: dict[str, Any]) -> dict[str, Any]:
        content = {"application/json": {"schema": schema}}
        return {code: {"description": "Successful Response", "content": content}}

    def operation(name: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"operationId": name, "tags": ["announcements"], "responses": responses, **more}

    locked: list[dict[str, list[str]]] = [{"bearer": []}]
    content = {"required": True, "content": {"application/json": {"schema": body}}}
    document["paths"]["/announcements"] = {
        "get": operation("list_announcements", answer("200", listed), security=[]),
        "post": operation("create_announcement", answer("201", view), requestBody=content, security=locked),
    }
    document["paths"]["/announcements/{announcement_id}"] = {
        "parameters": [path_id],
        "get": operation("read_announcement", answer("200", view), security=[]),
        "delete": operation("delete_announcement", answer("200", {"type": "object"}), security=locked),
    }

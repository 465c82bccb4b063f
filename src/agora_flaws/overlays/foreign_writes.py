"""AUTH-15: changing and deleting what belongs to others."""

import uuid

from sqlalchemy import select

from agora.dependencies import Own, patch
from agora.errors import forbidden, not_found
from agora.models import Address, Collection, CollectionItem, Comment, Draft, Listing, SavedSearch
from agora.policies import Action
from agora.schemas.private import (
    AddressChanges,
    AddressView,
    Count,
    ItemChanges,
    ItemView,
    SavedSearchLookup,
)
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "listing-update-by-others",
    checks=("AUTH-15",),
    sentence="PATCH /listings/{listing_id} changes the listing of anybody.",
    variant="update by path id",
)
def listing_update_by_others(bench: Workbench) -> None:
    """Open the changing of listings."""
    bench.open_objects(Listing, Action.UPDATE)


@flaw(
    "draft-delete-by-others",
    checks=("AUTH-15",),
    sentence="DELETE /drafts/{draft_id} deletes the draft of anybody.",
    variant="delete by path id",
)
def draft_delete_by_others(bench: Workbench) -> None:
    """Open the deleting of drafts."""
    bench.open_objects(Draft, Action.DELETE)


@flaw(
    "comment-update-by-others",
    checks=("AUTH-15",),
    sentence="PATCH /comments/{comment_id} rewrites the comment of anybody who may be read.",
    variant="update of something that is shared for reading",
)
def comment_update_by_others(bench: Workbench) -> None:
    """Open the changing of comments."""
    bench.open_objects(Comment, Action.UPDATE)


@flaw(
    "refused-yet-changed",
    checks=("AUTH-15",),
    sentence="PATCH /addresses/{address_id} answers 403 to others after it has stored their change.",
    variant="refusal after the effect",
)
def refused_yet_changed(bench: Workbench) -> None:
    """Replace ``PATCH /addresses/{address_id}``."""

    def update_address(address_id: uuid.UUID, body: AddressChanges, records: Own) -> AddressView:
        found = records.db.get(Address, address_id)
        if found is None:
            raise not_found()
        patch(found, body.given())
        records.db.commit()
        if found.owner_id != records.me.id:
            raise forbidden()
        return AddressView.model_validate(found)

    bench.replace("update_address", update_address)


@flaw(
    "item-write-under-own-collection",
    checks=("AUTH-15",),
    sentence="An item of a foreign collection can be changed under the path of one's own collection.",
    variant="own parent, foreign child",
)
def item_write_under_own_collection(bench: Workbench) -> None:
    """Replace ``PATCH /collections/{collection_id}/items/{item_id}``."""

    def update_item(
        collection_id: uuid.UUID, item_id: uuid.UUID, body: ItemChanges, records: Own
    ) -> ItemView:
        records.get(Collection, Action.UPDATE, collection_id)
        item = records.db.get(CollectionItem, item_id)
        if item is None:
            raise not_found()
        patch(item, body.given())
        return ItemView.model_validate(item)

    bench.replace("update_item", update_item)


@flaw(
    "bulk-delete-by-others",
    checks=("AUTH-15",),
    sentence="POST /saved-searches/bulk-delete deletes every search whose id is in the body.",
    variant="ids in the body",
)
def bulk_delete_by_others(bench: Workbench) -> None:
    """Replace ``POST /saved-searches/bulk-delete``."""

    def delete_saved_searches(body: SavedSearchLookup, records: Own) -> Count:
        query = select(SavedSearch).where(SavedSearch.id.in_(body.ids))
        found = list(records.db.scalars(query))
        for search in found:
            records.remove(search)
        return Count(count=len(found))

    bench.replace("delete_saved_searches", delete_saved_searches)

"""Private collections and their items."""

import uuid
from typing import Any

from fastapi import APIRouter

from agora.dependencies import Own, Paging, patch
from agora.models import Collection, CollectionItem
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.private import (
    CollectionBody,
    CollectionChanges,
    CollectionView,
    ItemBody,
    ItemChanges,
    ItemView,
)

router = APIRouter(prefix="/collections", tags=["collections"])


@router.post("", status_code=201, response_model=CollectionView)
def create_collection(body: CollectionBody, records: Own) -> Collection:
    """Begin a collection."""
    return records.add(Collection(owner_id=records.me.id, **body.model_dump()))


@router.get("", response_model=Page[CollectionView])
def list_collections(records: Own, paging: Paging) -> dict[str, Any]:
    """Your collections."""
    return records.page(Collection, paging)


@router.get("/{collection_id}", response_model=CollectionView)
def read_collection(collection_id: uuid.UUID, records: Own) -> Collection:
    """One of your collections."""
    return records.get(Collection, Action.READ, collection_id)


@router.patch("/{collection_id}", response_model=CollectionView)
def update_collection(collection_id: uuid.UUID, body: CollectionChanges, records: Own) -> Collection:
    """Change one of your collections."""
    found = records.get(Collection, Action.UPDATE, collection_id)
    patch(found, body.given())
    return found


@router.delete("/{collection_id}", status_code=204)
def delete_collection(collection_id: uuid.UUID, records: Own) -> None:
    """Delete one of your collections with its items."""
    records.remove(records.get(Collection, Action.DELETE, collection_id))


@router.post("/{collection_id}/items", status_code=201, response_model=ItemView)
def create_item(collection_id: uuid.UUID, body: ItemBody, records: Own) -> CollectionItem:
    """Add an entry to one of your collections."""
    parent = records.get(Collection, Action.UPDATE, collection_id)
    return records.add(CollectionItem(collection_id=parent.id, **body.model_dump()))


@router.get("/{collection_id}/items", response_model=Page[ItemView])
def list_items(collection_id: uuid.UUID, records: Own, paging: Paging) -> dict[str, Any]:
    """The entries of one of your collections."""
    parent = records.get(Collection, Action.READ, collection_id)
    return records.page(CollectionItem, paging, CollectionItem.collection_id == parent.id)


@router.get("/{collection_id}/items/{item_id}", response_model=ItemView)
def read_item(collection_id: uuid.UUID, item_id: uuid.UUID, records: Own) -> CollectionItem:
    """One entry; it must be in this very collection."""
    return item_of(records, Action.READ, collection_id, item_id)


@router.patch("/{collection_id}/items/{item_id}", response_model=ItemView)
def update_item(
    collection_id: uuid.UUID, item_id: uuid.UUID, body: ItemChanges, records: Own
) -> CollectionItem:
    """Change one entry; it must be in this very collection."""
    found = item_of(records, Action.UPDATE, collection_id, item_id)
    patch(found, body.given())
    return found


@router.delete("/{collection_id}/items/{item_id}", status_code=204)
def delete_item(collection_id: uuid.UUID, item_id: uuid.UUID, records: Own) -> None:
    """Remove one entry; it must be in this very collection."""
    records.remove(item_of(records, Action.DELETE, collection_id, item_id))


def item_of(records: Own, action: Action, collection_id: uuid.UUID, item_id: uuid.UUID) -> CollectionItem:
    """The entry with this id in this collection, if both are the actor's."""
    same_parent = CollectionItem.collection_id == collection_id
    return records.get(CollectionItem, action, item_id, same_parent)

"""Addresses, saved searches and notifications: seen by their owner alone."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy import func, select

from agora.access import unverified
from agora.dependencies import Own, Paging, patch
from agora.models import Address, Notification, SavedSearch
from agora.policies import Action
from agora.schemas.base import DONE, Done, Page
from agora.schemas.private import (
    AddressBody,
    AddressChanges,
    AddressLabel,
    AddressView,
    Count,
    NotificationView,
    SavedSearchBody,
    SavedSearchChanges,
    SavedSearchLookup,
    SavedSearchView,
)

router = APIRouter()


@router.post("/addresses", tags=["addresses"], status_code=201, response_model=AddressView)
def create_address(body: AddressBody, records: Own) -> Address:
    """Store a postal address."""
    return records.add(Address(owner_id=records.me.id, **body.model_dump()))


@router.get("/addresses", tags=["addresses"], response_model=Page[AddressView])
def list_addresses(records: Own, paging: Paging) -> dict[str, Any]:
    """Your addresses."""
    return records.page(Address, paging)


@router.get("/address-label", tags=["addresses"])
def print_address_label(address_id: uuid.UUID, records: Own) -> AddressLabel:
    """One of your addresses as lines for a parcel."""
    return label_of(records.get(Address, Action.READ, address_id))


def label_of(found: Address) -> AddressLabel:
    """An address as lines."""
    town = f"{found.postal_code} {found.city}"
    lines = [found.recipient, found.street, town, found.country]
    return AddressLabel(address_id=found.id, lines=lines)


@router.get("/addresses/{address_id}", tags=["addresses"], response_model=AddressView)
def read_address(address_id: uuid.UUID, records: Own) -> Address:
    """One of your addresses."""
    return records.get(Address, Action.READ, address_id)


@router.patch("/addresses/{address_id}", tags=["addresses"], response_model=AddressView)
def update_address(address_id: uuid.UUID, body: AddressChanges, records: Own) -> Address:
    """Change one of your addresses."""
    found = records.get(Address, Action.UPDATE, address_id)
    patch(found, body.given())
    return found


@router.delete("/addresses/{address_id}", tags=["addresses"], status_code=204)
def delete_address(address_id: uuid.UUID, records: Own) -> None:
    """Delete one of your addresses."""
    records.remove(records.get(Address, Action.DELETE, address_id))


@router.post("/saved-searches", tags=["saved searches"], status_code=201, response_model=SavedSearchView)
def create_saved_search(body: SavedSearchBody, records: Own) -> SavedSearch:
    """Keep a search."""
    return records.add(SavedSearch(owner_id=records.me.id, **body.model_dump()))


@router.get("/saved-searches", tags=["saved searches"], response_model=Page[SavedSearchView])
def list_saved_searches(records: Own, paging: Paging) -> dict[str, Any]:
    """Your saved searches."""
    return records.page(SavedSearch, paging)


@router.post("/saved-searches/lookup", tags=["saved searches"], response_model=list[SavedSearchView])
@unverified
def look_up_saved_searches(body: SavedSearchLookup, records: Own) -> list[SavedSearch]:
    """Several of your saved searches by id; ids that are not yours are left out."""
    query = records.query(SavedSearch, Action.READ).where(SavedSearch.id.in_(body.ids))
    return list(records.db.scalars(query))


@router.post("/saved-searches/bulk-delete", tags=["saved searches"])
@unverified
def delete_saved_searches(body: SavedSearchLookup, records: Own) -> Count:
    """Delete several of your saved searches; says how many there were."""
    query = records.query(SavedSearch, Action.DELETE).where(SavedSearch.id.in_(body.ids))
    found = list(records.db.scalars(query))
    for search in found:
        records.remove(search)
    return Count(count=len(found))


@router.get("/saved-searches/{search_id}", tags=["saved searches"], response_model=SavedSearchView)
def read_saved_search(search_id: uuid.UUID, records: Own) -> SavedSearch:
    """One of your saved searches."""
    return records.get(SavedSearch, Action.READ, search_id)


@router.patch("/saved-searches/{search_id}", tags=["saved searches"], response_model=SavedSearchView)
def update_saved_search(search_id: uuid.UUID, body: SavedSearchChanges, records: Own) -> SavedSearch:
    """Change one of your saved searches."""
    found = records.get(SavedSearch, Action.UPDATE, search_id)
    patch(found, body.given())
    return found


@router.delete("/saved-searches/{search_id}", tags=["saved searches"], status_code=204)
def delete_saved_search(search_id: uuid.UUID, records: Own) -> None:
    """Delete one of your saved searches."""
    records.remove(records.get(SavedSearch, Action.DELETE, search_id))


@router.get("/notifications", tags=["notifications"], response_model=Page[NotificationView])
def list_notifications(records: Own, paging: Paging) -> dict[str, Any]:
    """What happened for you."""
    return records.page(Notification, paging)


@router.get("/notifications/count", tags=["notifications"])
def count_notifications(records: Own) -> Count:
    """How many of your notifications are unread."""
    unread = records.query(Notification, Action.LIST).where(Notification.read.is_(False))
    number = records.db.scalar(select(func.count()).select_from(unread.subquery()))
    return Count(count=number or 0)


@router.post(
    "/notifications/{notification_id}/read",
    tags=["notifications"],
    response_model=NotificationView,
)
@unverified
def mark_notification_read(notification_id: uuid.UUID, records: Own) -> Notification:
    """Mark one of your notifications as read."""
    found = records.get(Notification, Action.UPDATE, notification_id)
    found.read = True
    return found


@router.delete("/notifications/{notification_id}", tags=["notifications"])
def delete_notification(notification_id: uuid.UUID, records: Own) -> Done:
    """Delete one of your notifications."""
    records.remove(records.get(Notification, Action.DELETE, notification_id))
    return DONE

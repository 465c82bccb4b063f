"""Bodies of what belongs to one member alone."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from agora.schemas.base import (
    Body,
    Cents,
    Changes,
    ObjectView,
    Text,
    View,
    change,
    change_text,
    extra_text,
    text,
)

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["GB"])]
Tag = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,30}$", examples=["clocks"])]


class AddressBody(Body):
    """A new postal address."""

    label: Text = text(60, "Home")
    recipient: Text = text(120, "Ada Lovelace")
    street: Text = text(160, "12 St James's Square")
    city: Text = text(80, "London")
    postal_code: Text = text(20, "SW1Y 4JH")
    country: Country


class AddressChanges(Changes):
    """Parts of an address to change."""

    label: Text = change_text(60, "Work")
    recipient: Text = change_text(120, "Ada Lovelace")
    street: Text = change_text(160, "12 St James's Square")
    city: Text = change_text(80, "London")
    postal_code: Text = change_text(20, "SW1Y 4JH")
    country: str = change(pattern=r"^[A-Z]{2}$", examples=["GB"])


class AddressView(ObjectView):
    """A postal address."""

    label: str
    recipient: str
    street: str
    city: str
    postal_code: str
    country: str


class AddressLabel(View):
    """An address as lines for a parcel."""

    address_id: UUID
    lines: list[str]


class SavedSearchBody(Body):
    """A search to keep."""

    name: Text = text(80, "Cheap clocks")
    query: Text = text(200, "mantel clock")
    max_price_cents: Cents | None = Field(default=None, examples=[5000])
    notify: bool = False


class SavedSearchChanges(Changes):
    """Parts of a saved search to change."""

    name: Text = change_text(80, "Cheap clocks")
    query: Text = change_text(200, "mantel clock")
    max_price_cents: Cents | None = change(examples=[5000])
    notify: bool = change()


class SavedSearchView(ObjectView):
    """A saved search."""

    name: str
    query: str
    max_price_cents: int | None
    notify: bool


class SavedSearchLookup(Body):
    """Which saved searches to return."""

    ids: list[UUID] = Field(min_length=1, max_length=50)


class CollectionBody(Body):
    """A new collection."""

    name: Text = text(80, "Birthday ideas")
    note: Text = extra_text(1000, "For Charles.")


class CollectionChanges(Changes):
    """Parts of a collection to change."""

    name: Text = change_text(80, "Birthday ideas")
    note: Text = change_text(1000, "For Charles.", minimum=0)


class CollectionView(ObjectView):
    """A collection."""

    name: str
    note: str


class ItemBody(Body):
    """A new entry of a collection."""

    title: Text = text(120, "Brass sextant")
    note: Text = extra_text(1000, "Only with box.")


class ItemChanges(Changes):
    """Parts of an entry to change."""

    title: Text = change_text(120, "Brass sextant")
    note: Text = change_text(1000, "Only with box.", minimum=0)


class ItemView(ObjectView):
    """An entry of a collection."""

    collection_id: UUID
    title: str
    note: str


class UploadView(ObjectView):
    """What is known of an uploaded file."""

    filename: str
    content_type: str
    size: int


class NotificationView(ObjectView):
    """Something that happened."""

    kind: str
    text: str
    subject_id: UUID | None
    read: bool


class Count(View):
    """A number of things."""

    count: int


class DraftBody(Body):
    """A new draft."""

    title: Text = text(160, "On clocks")
    body: Text = text(10_000, "There is more to tell.")
    tags: list[Tag] = Field(default_factory=list, max_length=10)


class DraftChanges(Changes):
    """Parts of a draft to change."""

    title: Text = change_text(160, "On clocks")
    body: Text = change_text(10_000, "There is more to tell.")
    tags: list[Tag] = change(max_length=10)


class DraftView(ObjectView):
    """A draft."""

    title: str
    body: str
    tags: list[str]


class PublishDraft(Body):
    """Where to publish a draft."""

    group_id: UUID

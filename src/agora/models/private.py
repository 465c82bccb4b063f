"""Things that belong to one member and are seen by nobody else."""

import uuid

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from agora.database import Base, Identified


class Owned(Identified):
    """A row with an owner; it goes away with the owner's account."""

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)


class Address(Owned, Base):
    """A postal address for deliveries."""

    __tablename__ = "addresses"

    label: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(160))
    city: Mapped[str] = mapped_column(String(80))
    postal_code: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2))


class SavedSearch(Owned, Base):
    """A search that a member keeps for later."""

    __tablename__ = "saved_searches"

    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(200))
    max_price_cents: Mapped[int | None]
    notify: Mapped[bool] = mapped_column(default=False)


class Collection(Owned, Base):
    """A private wish list."""

    __tablename__ = "collections"

    name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(1000), default="")


class CollectionItem(Identified, Base):
    """An entry of a collection; it is private because its collection is."""

    __tablename__ = "collection_items"

    collection_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(1000), default="")


class Upload(Owned, Base):
    """A small private file. The content type is found by looking, not believed."""

    __tablename__ = "uploads"

    filename: Mapped[str] = mapped_column(String(120))
    content_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Notification(Owned, Base):
    """Something that happened and concerns one member."""

    __tablename__ = "notifications"

    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    subject_id: Mapped[uuid.UUID | None]
    read: Mapped[bool] = mapped_column(default=False)


class Draft(Owned, Base):
    """A post that its author has not published."""

    __tablename__ = "drafts"

    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(String(10000))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)

"""Listings, reviews, offers, orders and invoices. Amounts are integer cents."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agora.database import Base, Identified
from agora.models.identity import Member
from agora.models.private import Owned


class Listing(Owned, Base):
    """Something for sale; ``draft`` until its owner publishes it."""

    __tablename__ = "listings"

    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(String(5000), default="")
    price_cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(12), index=True)
    hidden: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class Review(Owned, Base):
    """What a member says about a listing; public, one for each member and listing."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("listing_id", "owner_id"),)

    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    stars: Mapped[int]
    text: Mapped[str] = mapped_column(String(2000), default="")
    verified_purchase: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class Offer(Owned, Base):
    """A price proposed by a buyer (the owner) to a seller; seen by these two."""

    __tablename__ = "offers"

    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    seller_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    amount_cents: Mapped[int]
    message: Mapped[str] = mapped_column(String(1000), default="")
    status: Mapped[str] = mapped_column(String(12), default="open")


class Traded(Identified):
    """A record of a trade: it outlives the accounts and the listing for book-keeping."""

    buyer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    seller_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )
    total_cents: Mapped[int]


class Order(Traded, Base):
    """A purchase; the price is taken from the listing by the server."""

    __tablename__ = "orders"

    listing_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("listings.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str] = mapped_column(String(160))
    quantity: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(12), default="pending")
    test: Mapped[bool] = mapped_column(default=False)


class Invoice(Traded, Base):
    """The bill of an order."""

    __tablename__ = "invoices"

    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    text: Mapped[str] = mapped_column(String(1000))
    status: Mapped[str] = mapped_column(String(12), default="open")
    paid_at: Mapped[datetime | None]

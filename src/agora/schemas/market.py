"""Bodies of listings, reviews, offers, orders and invoices."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from agora.schemas.base import (
    Body,
    Changes,
    ObjectView,
    Person,
    Text,
    View,
    change,
    change_text,
    extra_text,
    text,
)

Price = Annotated[int, Field(ge=100, le=10_000_000, strict=True, examples=[4900])]
Stars = Annotated[int, Field(ge=1, le=5, strict=True, examples=[5])]


class ListingStatus(StrEnum):
    """Whether a listing is for everybody to see."""

    DRAFT = "draft"
    PUBLISHED = "published"


class ListingBody(Body):
    """A new listing; a draft unless it is published at once."""

    title: Text = text(160, "Mantel clock, 1850")
    description: Text = extra_text(5000, "Walnut, runs well.")
    price_cents: Price = Field(description="Between 1 and 100,000 in the shop's currency.")
    status: ListingStatus = ListingStatus.DRAFT


class ListingChanges(Changes):
    """Parts of a listing to change; `status` publishes it or takes it back."""

    title: Text = change_text(160, "Mantel clock, about 1850")
    description: Text = change_text(5000, "Walnut, runs well.", minimum=0)
    price_cents: int = change(ge=100, le=10_000_000, strict=True, examples=[4500])
    status: ListingStatus = change()


class ListingView(ObjectView):
    """A listing."""

    owner: Person
    title: str
    description: str
    price_cents: int
    status: ListingStatus


class ReviewBody(Body):
    """A review."""

    stars: Stars
    text: Text = extra_text(2000, "Arrived safely, ticks.")


class ReviewChanges(Changes):
    """A changed review."""

    stars: int = change(ge=1, le=5, strict=True, examples=[4])
    text: Text = change_text(2000, "Arrived safely, ticks mostly.", minimum=0)


class ReviewView(ObjectView):
    """A review."""

    listing_id: UUID
    owner: Person
    stars: int
    text: str
    verified_purchase: bool


class OfferBody(Body):
    """A price that you propose."""

    amount_cents: Price
    message: Text = extra_text(1000, "Would you take this?")


class OfferView(ObjectView):
    """An offer, seen by buyer and seller."""

    listing_id: UUID
    amount_cents: int
    message: str
    status: str


class OfferAnswer(Body):
    """The seller's answer."""

    accept: bool


class OrderBody(Body):
    """What to buy; the price is the listing's. One's own listing gives a test order."""

    listing_id: UUID
    quantity: Annotated[int, Field(ge=1, le=100, strict=True, examples=[1])] = 1
    note: Text = extra_text(500, "Please wrap it well.")


class OrderChanges(Changes):
    """What the buyer may still change."""

    note: Text = change_text(500, "Please wrap it very well.", minimum=0)


class OrderView(ObjectView):
    """An order, seen by buyer and seller."""

    listing_id: UUID | None
    title: str
    quantity: int
    total_cents: int
    note: str
    status: str
    test: bool


class InvoiceView(ObjectView):
    """An invoice, seen by buyer and seller."""

    order_id: UUID
    number: str
    text: str
    total_cents: int
    status: str
    paid_at: datetime | None


class ShopAnalytics(View):
    """Figures of one's own shop."""

    listings: int
    published: int
    orders: int
    revenue_cents: int
    reviews: int
    average_stars: float | None


class PaymentEvent(Body):
    """What the payment provider sends."""

    id: str = Field(min_length=1, max_length=120, examples=["evt_0001"])
    type: str = Field(min_length=1, max_length=60, examples=["payment.succeeded"])
    order_id: UUID
    amount_cents: int = Field(ge=0)


class WebhookAnswer(View):
    """What became of an event."""

    status: str = Field(examples=["processed"])

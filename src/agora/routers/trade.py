"""Offers, orders and invoices: for buyer and seller. The server alone decides prices."""

import uuid
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import select

from agora.dependencies import Own, Paging, patch
from agora.errors import Problem
from agora.models import Invoice, Listing, Offer, Order
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.market import (
    InvoiceView,
    OfferAnswer,
    OfferBody,
    OfferView,
    OrderBody,
    OrderChanges,
    OrderView,
)
from agora.site import notify

router = APIRouter()


@router.post("/listings/{listing_id}/offers", tags=["offers"], status_code=201, response_model=OfferView)
def create_offer(listing_id: uuid.UUID, body: OfferBody, records: Own) -> Offer:
    """Propose a price; on your own listing it is a trial that nobody else sees."""
    listing = records.get(Listing, Action.READ, listing_id)
    offer = records.add(
        Offer(
            owner_id=records.me.id,
            listing_id=listing.id,
            seller_id=listing.owner_id,
            **body.model_dump(),
        )
    )
    if listing.owner_id != records.me.id:
        text = f"{records.me.handle} made you an offer."
        notify(records.db, listing.owner_id, "offer", text, offer.id)
    return offer


@router.get("/offers", tags=["offers"], response_model=Page[OfferView])
def list_offers(records: Own, paging: Paging) -> dict[str, Any]:
    """Offers that you have made or received."""
    return records.page(Offer, paging)


@router.get("/offers/{offer_id}", tags=["offers"], response_model=OfferView)
def read_offer(offer_id: uuid.UUID, records: Own) -> Offer:
    """An offer that you have made or received."""
    return records.get(Offer, Action.READ, offer_id)


@router.post("/offers/{offer_id}/answer", tags=["offers"], response_model=OfferView)
def answer_offer(offer_id: uuid.UUID, body: OfferAnswer, records: Own) -> Offer:
    """Accept or decline an offer on a listing of yours."""
    offer = records.get(Offer, Action.UPDATE, offer_id)
    if offer.status != "open":
        raise Problem(409, "This offer has been answered.")
    offer.status = "accepted" if body.accept else "declined"
    if offer.owner_id != records.me.id:
        notify(records.db, offer.owner_id, "offer", f"Your offer was {offer.status}.", offer.id)
    return offer


@router.delete("/offers/{offer_id}", tags=["offers"], status_code=204)
def delete_offer(offer_id: uuid.UUID, records: Own) -> None:
    """Withdraw an offer that you have made."""
    records.remove(records.get(Offer, Action.DELETE, offer_id))


def _price(records: Own, listing: Listing) -> int:
    """What the buyer pays for one: the accepted offer if there is one, else the listing's price."""
    accepted = select(Offer.amount_cents).where(
        Offer.listing_id == listing.id,
        Offer.owner_id == records.me.id,
        Offer.status == "accepted",
    )
    agreed = records.db.scalar(accepted.order_by(Offer.created_at.desc()).limit(1))
    return agreed if agreed is not None else listing.price_cents


@router.post("/orders", tags=["orders"], status_code=201, response_model=OrderView)
def create_order(body: OrderBody, records: Own) -> Order:
    """Buy something; an invoice is written. On your own listing this is a test order."""
    listing = records.get(Listing, Action.READ, body.listing_id)
    total = _price(records, listing) * body.quantity
    order = records.add(
        Order(
            listing_id=listing.id,
            buyer_id=records.me.id,
            seller_id=listing.owner_id,
            title=listing.title,
            quantity=body.quantity,
            note=body.note,
            total_cents=total,
            test=listing.owner_id == records.me.id,
        )
    )
    records.add(
        Invoice(
            order_id=order.id,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
            total_cents=total,
            number=f"A-{order.created_at:%Y%m}-{order.id.hex[:12].upper()}",
            text=f"{body.quantity} x {listing.title}. {body.note}"[:1000],
        )
    )
    if not order.test:
        notify(records.db, listing.owner_id, "order", f"New order: {listing.title}", order.id)
    return order


@router.get("/orders", tags=["orders"], response_model=Page[OrderView])
def list_orders(records: Own, paging: Paging) -> dict[str, Any]:
    """What you have bought and sold."""
    return records.page(Order, paging)


@router.get("/orders/{order_id}", tags=["orders"], response_model=OrderView)
def read_order(order_id: uuid.UUID, records: Own) -> Order:
    """An order of which you are buyer or seller."""
    return records.get(Order, Action.READ, order_id)


@router.patch("/orders/{order_id}", tags=["orders"], response_model=OrderView)
def update_order(order_id: uuid.UUID, body: OrderChanges, records: Own) -> Order:
    """Change your note to the seller while the order is not paid."""
    order = _unpaid(records.get(Order, Action.UPDATE, order_id))
    patch(order, body.given())
    return order


@router.delete("/orders/{order_id}", tags=["orders"], status_code=204)
def delete_order(order_id: uuid.UUID, records: Own) -> None:
    """Cancel an order that is not paid; its invoice goes with it."""
    records.remove(_unpaid(records.get(Order, Action.DELETE, order_id)))


def _unpaid(order: Order) -> Order:
    if order.status != "pending":
        raise Problem(409, "This order is paid already.")
    return order


@router.get("/invoices", tags=["invoices"], response_model=Page[InvoiceView])
def list_invoices(records: Own, paging: Paging) -> dict[str, Any]:
    """Invoices of which you are buyer or seller."""
    return records.page(Invoice, paging)


@router.get("/invoices/{invoice_id}", tags=["invoices"], response_model=InvoiceView)
def read_invoice(invoice_id: uuid.UUID, records: Own) -> Invoice:
    """An invoice of which you are buyer or seller."""
    return records.get(Invoice, Action.READ, invoice_id)


@router.get(
    "/invoices/{invoice_id}/document",
    tags=["invoices"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def download_invoice(invoice_id: uuid.UUID, records: Own) -> Response:
    """The invoice as a text to print."""
    invoice = records.get(Invoice, Action.READ, invoice_id)
    total = f"{invoice.total_cents // 100}.{invoice.total_cents % 100:02d}"
    lines = (f"Invoice {invoice.number}", invoice.text, f"Total: {total}", invoice.status)
    headers = {"Content-Disposition": f'attachment; filename="{invoice.number}.txt"'}
    return Response("\n".join(lines) + "\n", media_type="text/plain", headers=headers)

"""Payment events: signed, in time, and harmless when they come twice."""

import time
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from sqlalchemy.orm import Session

from agora.access import public
from agora.components import Components
from agora.database import now
from agora.dependencies import Parts
from agora.errors import Problem
from agora.models import Invoice, Member, Order, WebhookEvent
from agora.schemas.market import PaymentEvent, WebhookAnswer
from agora.security import same, signature
from agora.site import notify

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


def check_signature(parts: Components, header: str, body: bytes) -> None:
    """The header is ``t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``; 401 unless it is right."""
    refused = Problem(401, "The signature is not valid.")
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    if not fields.get("t", "").isascii() or not fields.get("t", "").isdigit():
        raise refused
    timestamp = int(fields["t"][:12])
    if abs(time.time() - timestamp) > parts.settings.webhook_tolerance_seconds:
        raise refused
    secret = parts.settings.webhook_secret.get_secret_value()
    if not same(signature(secret, timestamp, body), fields.get("v1", "")):
        raise refused


@router.post(
    "/payments",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": PaymentEvent.model_json_schema()}},
        }
    },
)
@public
async def receive_payment_event(
    request: Request,
    parts: Parts,
    agora_signature: Annotated[str, Header(max_length=300)] = "",
) -> WebhookAnswer:
    """Take an event of the payment provider, signed with the shared secret."""
    body = await request.body()
    check_signature(parts, agora_signature, body)
    try:
        event = PaymentEvent.model_validate_json(body)
    except ValidationError:
        raise Problem(422, "The event is not valid.") from None
    return await run_in_threadpool(_process, parts, event)


def _process(parts: Components, event: PaymentEvent) -> WebhookAnswer:
    """Book an event. Its id is inserted first, so that of two at once only one is booked."""
    with parts.database.transaction() as db:
        if db.get(WebhookEvent, event.id) is not None:
            return WebhookAnswer(status="duplicate")
        db.add(WebhookEvent(event_id=event.id, kind=event.type))
        db.flush()  # a racing twin fails here on the primary key and gets 409
        if event.type != "payment.succeeded":
            return WebhookAnswer(status="ignored")
        return WebhookAnswer(status=_book(db, event))


def _book(db: Session, event: PaymentEvent) -> str:
    order = db.get(Order, event.order_id, with_for_update=True)
    if order is None or order.status != "pending" or order.total_cents != event.amount_cents:
        return "mismatch"
    order.status = "paid"
    for invoice in db.query(Invoice).where(Invoice.order_id == order.id):
        invoice.status = "paid"
        invoice.paid_at = now()
    seller = db.get(Member, order.seller_id) if order.seller_id and not order.test else None
    if seller is not None:
        seller.balance_cents += order.total_cents
        notify(db, seller.id, "payment", f"Paid: {order.title}", order.id)
    return "processed"

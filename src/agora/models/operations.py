"""What the service keeps for its own running: limits, audit trail, webhook events, site settings."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from agora.database import Base, Identified, now


class RateCounter(Base):
    """How often something happened in one time window, for all processes together."""

    __tablename__ = "rate_counters"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)
    count: Mapped[int]


class AuditEntry(Identified, Base):
    """Who did what to whom. No foreign keys: the trail outlives what it speaks of."""

    __tablename__ = "audit_entries"

    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(60), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_id: Mapped[str] = mapped_column(String(40), default="")


class WebhookEvent(Base):
    """An event of the payment provider; the primary key makes a replay harmless."""

    __tablename__ = "webhook_events"

    event_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime] = mapped_column(default=now)


class SiteSetting(Base):
    """One setting of the whole site, changed by administrators."""

    __tablename__ = "site_settings"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)

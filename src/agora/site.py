"""Settings of the whole site and notifications: small services used by several areas."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agora.models import Notification, SiteSetting

DEFAULTS: dict[str, Any] = {"site_name": "Agora", "announcement": "", "sign_up_open": True}


def read_site_settings(db: Session) -> dict[str, Any]:
    """The site settings, with the defaults where nothing was set."""
    stored = {row.key: row.value for row in db.scalars(select(SiteSetting))}
    return {key: stored.get(key, default) for key, default in DEFAULTS.items()}


def write_site_settings(db: Session, changes: dict[str, Any]) -> None:
    """Store the given ones."""
    for key, value in changes.items():
        db.merge(SiteSetting(key=key, value=value))
    db.flush()


def notify(db: Session, member_id: uuid.UUID, kind: str, text: str, subject_id: uuid.UUID | None) -> None:
    """Tell a member that something happened."""
    db.add(Notification(owner_id=member_id, kind=kind, text=text[:300], subject_id=subject_id))

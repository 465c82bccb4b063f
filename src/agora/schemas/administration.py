"""Bodies of moderation, administration and health."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from agora.models import Role
from agora.schemas.base import Body, Changes, ObjectView, Text, View, change, change_text, text


class Resolution(Body):
    """What became of a report."""

    resolution: Text = text(1000, "The post was hidden.")


class Hiding(Body):
    """Whether content is hidden."""

    hidden: bool
    reason: Text = text(1000, "Spam.")


class Ban(Body):
    """Whether a member is banned, and why."""

    banned: bool
    reason: Text = text(1000, "Repeated spam.")


class ModeratedReport(ObjectView):
    """A report in the queue."""

    subject_type: str
    subject_id: UUID
    reason: str
    status: str
    resolution: str


class AdminMemberView(ObjectView):
    """A member as administrators see it."""

    email: str
    handle: str
    display_name: str
    role: Role
    email_verified: bool
    balance_cents: int
    banned_at: datetime | None


class RoleChange(Body):
    """The new role."""

    role: Role


class AuditView(ObjectView):
    """A line of the audit trail."""

    actor_id: UUID | None
    action: str
    subject_id: str
    detail: dict[str, Any]
    request_id: str


class SiteSettingsView(View):
    """Settings of the whole site."""

    site_name: str
    announcement: str
    sign_up_open: bool


class SiteSettingsChanges(Changes):
    """Site settings to change."""

    site_name: Text = change_text(80, "Agora")
    announcement: Text = change_text(500, "Maintenance on Sunday.", minimum=0)
    sign_up_open: bool = change()


class Health(View):
    """Whether the service works."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["1.0.0"])


class Readiness(View):
    """Whether the service can do its work, part by part."""

    status: str = Field(examples=["ok"])
    checks: dict[str, str]

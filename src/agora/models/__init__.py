"""All tables. Importing this package registers every one of them with ``Base.metadata``."""

from agora.models.community import (
    Comment,
    Group,
    Invite,
    Membership,
    Message,
    Participant,
    Post,
    Report,
    Thread,
)
from agora.models.identity import (
    LoginSession,
    Member,
    MemberSettings,
    OneTimeToken,
    Role,
    TokenPurpose,
)
from agora.models.market import Invoice, Listing, Offer, Order, Review
from agora.models.operations import AuditEntry, RateCounter, SiteSetting, WebhookEvent
from agora.models.private import (
    Address,
    Collection,
    CollectionItem,
    Draft,
    Notification,
    SavedSearch,
    Upload,
)

__all__ = [
    "Address",
    "AuditEntry",
    "Collection",
    "CollectionItem",
    "Comment",
    "Draft",
    "Group",
    "Invite",
    "Invoice",
    "Listing",
    "LoginSession",
    "Member",
    "MemberSettings",
    "Membership",
    "Message",
    "Notification",
    "Offer",
    "OneTimeToken",
    "Order",
    "Participant",
    "Post",
    "RateCounter",
    "Report",
    "Review",
    "Role",
    "SavedSearch",
    "SiteSetting",
    "Thread",
    "TokenPurpose",
    "Upload",
    "WebhookEvent",
]

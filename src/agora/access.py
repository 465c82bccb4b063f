"""Marks on endpoints. Without a mark an endpoint needs a session, and a write a verified address."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Access(StrEnum):
    """Who gets as far as the handler."""

    PUBLIC = "public"
    UNVERIFIED = "unverified"
    VERIFIED = "verified"


def public(endpoint: F) -> F:
    """Everybody may call this, without a session."""
    endpoint.__dict__["access"] = Access.PUBLIC
    return endpoint


def unverified(endpoint: F) -> F:
    """A member whose address is not verified yet may call this, too."""
    endpoint.__dict__["access"] = Access.UNVERIFIED
    return endpoint


def access_of(endpoint: Callable[..., Any]) -> Access:
    """The mark; the strictest when there is none."""
    return Access(getattr(endpoint, "access", Access.VERIFIED))

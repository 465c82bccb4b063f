"""The routes that the package fastapi-users brings along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from launchready.model.source import GuardKind
from launchready.source.python.wiring.values import Made, Value, outside_names

_EMAIL = {"type": "string", "format": "email"}
_PASSWORD = {"type": "string", "format": "password"}
_TEXT = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRoute:
    """A route of the package: `guard` is what stands before it, `form` whether the body is a form."""

    method: str
    path: str
    name: str
    guard: GuardKind = GuardKind.PUBLIC
    fields: Mapping[str, Any] | None = None
    form: bool = False
    schema_argument: int = -1  # which argument of the router's function is the body's model


def _body(**fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return fields


_ROUTERS: Mapping[str, tuple[KnownRoute, ...]] = {
    "get_auth_router": (
        KnownRoute(
            method="POST", path="/login", name="login", fields=_body(username=_TEXT, password=_PASSWORD), form=True
        ),
        KnownRoute(method="POST", path="/logout", name="logout", guard=GuardKind.AUTHENTICATES),
    ),
    "get_register_router": (
        KnownRoute(
            method="POST", path="/register", name="register", fields=_body(email=_EMAIL, password=_PASSWORD),
            schema_argument=1,
        ),
    ),
    "get_verify_router": (
        KnownRoute(
            method="POST", path="/request-verify-token", name="request_verify_token", fields=_body(email=_EMAIL)
        ),
        KnownRoute(method="POST", path="/verify", name="verify", fields=_body(token=_TEXT)),
    ),
    "get_reset_password_router": (
        KnownRoute(method="POST", path="/forgot-password", name="forgot_password", fields=_body(email=_EMAIL)),
        KnownRoute(
            method="POST", path="/reset-password", name="reset_password",
            fields=_body(token=_TEXT, password=_PASSWORD),
        ),
    ),
    "get_users_router": (
        KnownRoute(method="GET", path="/me", name="current_user", guard=GuardKind.AUTHENTICATES),
        KnownRoute(
            method="PATCH", path="/me", name="patch_current_user", guard=GuardKind.AUTHENTICATES,
            fields=_body(email=_EMAIL, password=_PASSWORD), schema_argument=1,
        ),
        KnownRoute(method="GET", path="/{id}", name="user", guard=GuardKind.AUTHORIZES),
        KnownRoute(
            method="PATCH", path="/{id}", name="patch_user", guard=GuardKind.AUTHORIZES,
            fields=_body(email=_EMAIL, password=_PASSWORD), schema_argument=1,
        ),
        KnownRoute(method="DELETE", path="/{id}", name="delete_user", guard=GuardKind.AUTHORIZES),
    ),
    "get_oauth_router": (
        KnownRoute(method="GET", path="/authorize", name="oauth_authorize"),
        KnownRoute(method="GET", path="/callback", name="oauth_callback"),
    ),
    "get_oauth_associate_router": (
        KnownRoute(method="GET", path="/authorize", name="associate_authorize", guard=GuardKind.AUTHENTICATES),
        KnownRoute(method="GET", path="/callback", name="associate_callback", guard=GuardKind.AUTHENTICATES),
    ),
}  # fmt: skip


def known_routes(router: Value) -> tuple[str, tuple[KnownRoute, ...]]:
    """The package's function that made a router, and its routes; empty for routers of others."""
    if isinstance(router, Made):
        for name in outside_names(router):
            last = name.rpartition(".")[2]
            if last in _ROUTERS and "users" in name.lower():
                return last, _ROUTERS[last]
    return "", ()

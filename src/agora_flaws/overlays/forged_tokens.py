"""AUTH-02: tokens that nobody issued are believed."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt

from agora.authentication import AUDIENCE, Authenticator
from agora.errors import not_authenticated
from agora.policies import Actor
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


class SignatureIgnored(Authenticator):
    """Reads the claims without checking the signature."""

    def claims(self, token: str) -> dict[str, Any]:
        """Whatever the token says."""
        try:
            return jwt.decode(
                token,
                options={"verify_signature": False, "verify_exp": True},
                audience=AUDIENCE,
            )
        except jwt.InvalidTokenError:
            raise not_authenticated() from None


class LastSeenOnError(Authenticator):
    """A token that cannot be read is taken for that of whoever came last."""

    _last: Actor | None = None

    def authenticate(self, authorization: str | None) -> Actor:
        """As usual, and remember who it was."""
        actor = super().authenticate(authorization)
        LastSeenOnError._last = actor
        return actor

    def claims(self, token: str) -> dict[str, Any]:
        """The claims, or those of the last member that was seen."""
        try:
            return super().claims(token)
        except Exception:
            last = LastSeenOnError._last
            if last is None:
                raise
            return {"sid": str(last.session_id), "sub": str(last.id)}


class SignaturePrefix(Authenticator):
    """Compares only as much of the signature as was sent."""

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature begins right, however short it is."""
        head, _, given = token.rpartition(".")
        digest = hmac.new(self._key.encode(), head.encode(), hashlib.sha256).digest()
        right = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not head or not right.startswith(given):
            raise not_authenticated()
        try:
            payload = head.split(".")[1]
            padded = payload + "=" * (-len(payload) % 4)
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
        except (IndexError, ValueError):
            raise not_authenticated() from None
        return claims


@flaw(
    "token-signature-ignored",
    checks=("AUTH-02",),
    sentence="The signature of the access token is not checked: anybody can write one.",
    variant="re-signed token accepted",
)
def token_signature_ignored(bench: Workbench) -> None:
    """Overlay the reading of claims."""
    bench.authenticator(SignatureIgnored)


@flaw(
    "token-garbage-accepted",
    checks=("AUTH-02",),
    sentence="A token that cannot be read falls back to the member seen last instead of being refused.",
    variant="garbage token accepted as somebody",
)
def token_garbage_accepted(bench: Workbench) -> None:
    """Overlay the reading of claims."""
    bench.authenticator(LastSeenOnError)


@flaw(
    "token-truncated-accepted",
    checks=("AUTH-02",),
    sentence="Only as many characters of the signature are compared as were sent: a cut token works.",
    variant="truncated token accepted",
)
def token_truncated_accepted(bench: Workbench) -> None:
    """Overlay the reading of claims."""
    bench.authenticator(SignaturePrefix)

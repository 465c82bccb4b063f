"""Passwords, random tokens and signatures."""

import hashlib
import hmac
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from agora.settings import Settings

_COMMON = frozenset({"password12", "1234567890", "qwertyuiop", "letmein123", "iloveyou12", "password123"})
FEWEST_CHARACTERS = 5
"""A password needs so many different ones."""


class Passwords:
    """argon2id with the configured cost; at most two at a time, so that logins cannot starve the rest."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._turn = threading.BoundedSemaphore(2)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """A salted hash with its parameters."""
        with self._turn:
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Compare; without an account the same work is done, so that time tells nothing."""
        with self._turn:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def weakness(password: str, email: str, handle: str) -> str | None:
    """Why this password is refused, or nothing."""
    lowered = password.lower()
    if lowered in _COMMON or len(set(lowered)) < FEWEST_CHARACTERS:
        return "This password is too easy to guess."
    if lowered in {email.lower(), email.split("@", maxsplit=1)[0].lower(), handle.lower()}:
        return "The password must not be your e-mail address or handle."
    return None


def random_token() -> str:
    """256 random bits for a URL."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored instead of a random token; plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over ``timestamp.body``, in hex."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())

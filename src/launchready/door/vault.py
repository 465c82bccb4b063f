"""Secret values of a run: kept here, used through operations, never printed.

What is given out is a `Secret`: it can be compared, marked, masked and put into a request, where the door
(and nobody else) replaces it by its value.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchready.config.errors import ConfigError
from launchready.door.encodings import Needle, needle_of
from launchready.door.tokens import altered_tokens, jwt_parts

MARK_DIGITS = 10
_SHORTEST = 3
_GRAM = 4
_PASSWORD_DIGITS = 12
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, eq=True)
class Secret:
    """A value in the vault.

    `ref` is a text that stands for the value anywhere in a request of the same run.
    """

    kind: str
    ref: str
    keyed: str
    preview: str

    def mark(self) -> str:
        """Keyed fingerprint of the value, 10 hexadecimal digits: equal values, equal marks."""
        return self.keyed

    def mask(self) -> str:
        """What may be shown: the first characters of a long value, nothing of a short one."""
        return self.preview

    def __repr__(self) -> str:
        return f"<Secret {self.kind} {self.preview}>"

    __str__ = __repr__


class Vault:
    """Holds values by project key, so that marks and derived credentials are the same on the next run."""

    def __init__(self, project_key: bytes) -> None:
        if len(project_key) < 16:  # noqa: PLR2004 - 128 bit
            raise ValueError("the project key needs at least 16 bytes")
        self._key = project_key
        # A random part per run: a target that answers with a made-up reference cannot make us send a secret
        self._stem = f"lrsecret{secrets.token_hex(8)}n"
        self._refs = re.compile(re.escape(self._stem) + r"(\d+)z")
        self._values: list[str] = []
        self._secrets: list[Secret] = []
        self._by_value: dict[str, Secret] = {}
        self._needles: list[Needle] = []
        self._sorted = True
        self._grams: set[str] = set()
        self._hintless: list[Needle] = []

    @property
    def count(self) -> int:
        """How many values are held; grows only, so it tells caches when to forget."""
        return len(self._values)

    def put(self, kind: str, value: str) -> Secret:
        """Keep `value`; the first kind given for a value stays.

        Values under 3 characters are kept but not searched for.

        Raises ValueError for an empty value: nothing would be hidden by it.
        """
        known = self._by_value.get(value)
        if known is not None:
            return known
        if not value:
            raise ValueError(f"the {kind} is empty")
        secret = Secret(
            kind=kind, ref=f"{self._stem}{len(self._values)}z", keyed=self.mark(value), preview=masked(value)
        )
        self._values.append(value)
        self._secrets.append(secret)
        self._by_value[value] = secret
        if len(value) >= _SHORTEST:
            self._needles.append(needle_of(value, kind, secret.keyed))
            self._sorted = False
            grams = {hint[:_GRAM] for hint in self._needles[-1].hints}
            if grams and min(map(len, grams)) == _GRAM:
                self._grams |= grams
            else:
                self._hintless.append(self._needles[-1])
        return secret

    def mark(self, value: str) -> str:
        """Keyed fingerprint of any text, 10 hexadecimal digits; e-mail addresses ignore case."""
        text = value.lower() if "@" in value else value
        digest = hmac.new(self._key, b"mark\x1f" + text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return digest.hexdigest()[:MARK_DIGITS]

    def needles(self) -> list[Needle]:
        """What to search texts for, longest value first."""
        if not self._sorted:
            self._needles.sort(key=lambda needle: -len(needle.value))
            self._sorted = True
        return self._needles

    def surely_not_in(self, text: str) -> bool:
        """A fast no for short texts; `False` means that nobody knows."""
        if any(needle.may_be_in(text) for needle in self._hintless):
            return False
        grams = self._grams
        return grams.isdisjoint([text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)])

    def kind_of(self, value: str) -> str:
        """Kind of a value that is held, empty for others."""
        known = self._by_value.get(value)
        return known.kind if known else ""

    def found(self, text: str) -> tuple[Secret, ...]:
        """Values that stand in `text` in any usual encoding."""
        return tuple(self._by_value[needle.value] for needle in self.needles() if needle.is_in(text))

    def contains(self, text: str) -> frozenset[str]:
        """Kinds of the values that stand in `text` in any usual encoding."""
        return frozenset(secret.kind for secret in self.found(text))

    def equals(self, secret: Secret, value: str) -> bool:
        """Whether a secret has that value."""
        return hmac.compare_digest(self._value(secret).encode(), value.encode("utf-8", "replace"))

    def derive_password(self, principal: str, target: str, salt: str = "") -> Secret:
        """The same password for the same principal and target on every run.

        Upper, lower, digit, symbol, 17 long.
        """
        return self.put("password", f"Lr7!{self._derived('password', principal, target, salt)}Z")

    def derive_email(self, principal: str, target: str, salt: str = "") -> str:
        """An address under example.com (RFC 2606), the same on every run.

        Hidden in evidence like all addresses.
        """
        short = re.sub(r"[^a-z0-9]+", "-", principal.lower().removeprefix("member_")).strip("-") or "x"
        address = f"lr-{short}-{self._derived('email', principal, target, salt)[:6]}@example.com"
        self.put("email", address)
        return address

    def derive_username(self, principal: str, target: str, salt: str = "") -> str:
        """A user name, the same on every run; not a secret."""
        short = re.sub(r"[^a-z0-9]+", "", principal.lower().removeprefix("member_")) or "x"
        return f"lr_{short[:8]}_{self._derived('username', principal, target, salt)[:6]}"

    def jwt_variants(self, secret: Secret) -> list[tuple[str, Secret]]:
        """Altered copies that a target must refuse; see `tokens.altered_tokens` for the names."""
        key = self._derived("foreign", secret.keyed, "", "")
        return [
            (name, self.put(f"{secret.kind}_{name}", value))
            for name, value in altered_tokens(self._value(secret), foreign_key=key * 3)
        ]

    def claims(self, secret: Secret) -> dict[str, Any]:
        """Payload of a JWT that is held, without judging its signature; empty for anything else."""
        parts = jwt_parts(self._value(secret))
        return parts[1] if parts else {}

    def render(self, template: str, secret: Secret) -> str:
        """`template` with `{}` replaced by the value. For the door only: the result is raw."""
        return template.replace("{}", self._value(secret))

    def resolve(self, text: str, quote: Callable[[str], str] | None = None) -> str:
        """`text` with every reference replaced by its (quoted) value. For the door only.

        The result is raw.
        """
        if self._stem not in text:
            return text
        return self._refs.sub(lambda match: self._quoted(int(match[1]), quote), text)

    def resolve_bytes(self, content: bytes, quote: Callable[[str], str] | None = None) -> bytes:
        """Same for bytes."""
        if self._stem.encode() not in content:
            return content
        return self.resolve(
            content.decode("latin-1"), quote=lambda v: _as_latin(quote(v) if quote else v)
        ).encode("latin-1")

    def replace_refs(self, text: str, shown: Callable[[Secret], str]) -> str:
        """`text` with every reference replaced by what is to be shown for it."""
        if self._stem not in text:
            return text
        return self._refs.sub(lambda match: shown(self._secrets[int(match[1])]), text)

    def keep_all(self, kind: str, values: Iterable[str]) -> None:
        """Keep several values of one kind, empty ones left out."""
        for value in values:
            if value:
                self.put(kind, value)

    def __repr__(self) -> str:
        return f"<Vault of {len(self._values)} values>"

    def _value(self, secret: Secret) -> str:
        match = self._refs.fullmatch(secret.ref)
        if match is None:
            raise ValueError(f"{secret!r} is of another vault")
        return self._values[int(match[1])]

    def _quoted(self, index: int, quote: Callable[[str], str] | None) -> str:
        value = self._values[index] if index < len(self._values) else ""
        return quote(value) if quote else value

    def _derived(self, use: str, principal: str, target: str, salt: str) -> str:
        text = f"derive\x1f{use}\x1f{principal}\x1f{target}\x1f{salt}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:_PASSWORD_DIGITS]


def json_quoted(value: str) -> str:
    """`value` as it stands between the quotes of a JSON text."""
    return json.dumps(value)[1:-1]


def masked(value: str) -> str:
    """First characters of a long value and its length; only the length class of a short one."""
    shown = 4 if len(value) >= 20 else 2 if len(value) >= 12 else 0  # noqa: PLR2004 - at most a fifth
    return f"{value[:shown]}…({len(value)})" if shown else "…"


def _as_latin(value: str) -> str:
    return value.encode().decode("latin-1")


def load_project_key(path: Path) -> bytes:
    """The project's key of 32 random bytes, made (readable for the user alone) at first need.

    Raises ConfigError when the file cannot be made or is no key.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the project key {path} cannot be kept: {error.strerror}",
            hint="Set XDG_STATE_HOME to a writable directory",
        ) from error
    if len(key) != _KEY_BYTES:
        raise ConfigError(
            f"{path} is no project key", hint="Remove it; the accounts of earlier runs are then not reused"
        )
    return key


def _make_key(path: Path) -> None:
    """Two runs may start together: each writes a file of its own, the first link wins."""
    if path.exists():
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:  # mode 0600
        draft.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(draft.name, path)
    except FileExistsError:
        pass
    except OSError:
        # A file system without hard links
        Path(draft.name).replace(path)
        return
    Path(draft.name).unlink()

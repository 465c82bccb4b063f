"""One value for one schema: examples, enums, formats, bounds. The same seed gives the same value."""

import hashlib
import json
import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from launchready.model.operation import Schema
from launchready.surface import lexicon, schemas
from launchready.surface.patterns import matches, text_for
from launchready.surface.words import flat, is_plural, split_words

# A private suffix for made-up addresses: validators refuse reserved top-level domains such as `.test`.
DOMAIN = "example.com"
MIN_CANARY = 12
# Beyond it JSON numbers are not exact in every reader (RFC 8259 section 6)
_EXACT = 2**53
_SLUG = frozenset(
    {"slug", "username", "handle", "nickname", "login", "subdomain", "identifier", "permalink", "alias"}
)
_NUMBERS = {
    "price": 10, "amount": 10, "quantity": 1, "count": 1, "age": 30, "year": 2030, "rating": 4, "stars": 4,
    "page": 1, "limit": 20, "per_page": 20, "size": 20, "offset": 0, "skip": 0, "latitude": 50,
    "longitude": 10,
    "lat": 50, "lng": 10, "lon": 10, "duration": 30, "capacity": 10, "score": 3, "month": 6, "day": 15,
}  # fmt: skip
_YES_OR_NO = frozenset({"is", "has", "can", "should", "allow", "accept", "agree"})
_SWITCHES = frozenset(
    {"enabled", "disabled", "active", "public", "private", "published", "archived", "done", "completed"}
)
_NAMED_FORMATS = (
    ("email", frozenset({"email", "mail", "emailaddress"})),
    (
        "uri",
        frozenset(
            {"url", "uri", "website", "homepage", "link", "image", "avatar", "picture", "photo", "thumbnail"}
        ),
    ),
    ("date-time", frozenset({"datetime", "timestamp"})),
)
_CODES = {
    "currency": "EUR", "country": "DE", "language": "en", "locale": "en", "timezone": "Europe/Berlin",
    "phone": "+15550101234", "mobile": "+15550101234", "zip": "12345", "postcode": "12345", "gender": "other",
    "color": "#336699", "colour": "#336699", "iban": "DE89370400440532013000", "ip": "192.0.2.10",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueContext:
    """What values are made of.

    Args:
        seed: A short unique word of letters and digits; equal seeds give equal values.
        email: The address for e-mail fields, made from the seed when empty.
        password: The text for password fields.
        now: ISO 8601 time; dates lie in the future of it.
    """

    seed: str
    email: str = ""
    password: str = ""
    now: str = "2030-01-01T12:00:00+00:00"

    def number(self, name: str, span: int) -> int:
        """A number below `span`, set by seed and name."""
        digest = hashlib.sha256(f"{self.seed}\x1f{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % max(1, span)


def scalar(schema: Schema, pointer: str, context: ValueContext) -> Any:
    """A value for a schema that is no object or array."""
    kind = schemas.type_of(schema)
    if kind == "boolean":
        return False
    if kind in {"integer", "number"}:
        return number(schema, schemas.last_name(pointer), whole=kind == "integer")
    if kind == "null":
        return None
    return text(schema, pointer, context)


def number(schema: Schema, name: str, *, whole: bool) -> int | float:
    """The usual number of that name within `minimum`, `maximum`, their exclusive forms and `multipleOf`."""
    low, high = _bounds(schema, whole=whole)
    usual: float = next(
        (_NUMBERS[word] for word in (name.lower(), *split_words(name)[::-1]) if word in _NUMBERS), 1
    )
    value = min(max(usual, low), high) if low <= high else low
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and not isinstance(step, bool) and step > 0:
        value = math.ceil(value / step) * step
        value = value - step if value > high else value
    return math.ceil(value) if whole else value


def _bounds(schema: Schema, *, whole: bool) -> tuple[float, float]:
    low, high = _limit(schema, "minimum"), _limit(schema, "maximum")
    gap = 1.0 if whole else 0.01
    for key, sign in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        held = schema.get(key)
        if held is True:
            low, high = (
                (low + gap if low is not None and sign > 0 else low),
                (high - gap if high is not None and sign < 0 else high),
            )
        elif isinstance(held, int | float) and not isinstance(held, bool):
            low, high = (held + gap, high) if sign > 0 else (low, held - gap)
    return (-math.inf if low is None else low), (math.inf if high is None else high)


def _limit(schema: Schema, key: str) -> float | None:
    held = schema.get(key)
    if isinstance(held, bool) or not isinstance(held, int | float):
        return None
    return held if abs(held) < _EXACT else None


def lengths(schema: Schema) -> tuple[int, int]:
    """(minLength, maxLength); 0 for no greatest length."""
    low, high = schema.get("minLength"), schema.get("maxLength")
    good_low = low if isinstance(low, int) and not isinstance(low, bool) and low > 0 else 0
    good_high = high if isinstance(high, int) and not isinstance(high, bool) and high > 0 else 0
    return good_low, good_high


def text(schema: Schema, pointer: str, context: ValueContext) -> str:
    """A text by format, pattern, name and length."""
    name = schemas.last_name(pointer)
    low, high = lengths(schema)
    form = format_of(schema, name)
    pattern = schema.get("pattern")
    made = _formatted(form, pointer, context) if form else ""
    fits = bool(made) and (not high or len(made) <= high)
    if fits and (not isinstance(pattern, str) or matches(pattern, made)):
        return made
    if isinstance(pattern, str):
        made_text = text_for(pattern, context.seed, min_length=low, max_length=high)
        if made_text is not None:
            return made_text
    return fitted(_named(name, context), low, high, context.seed)


def format_of(schema: Schema, name: str) -> str:
    """The stated format, else the one that the name suggests; `password` for passwords; empty for plain."""
    stated = schema.get("format")
    words = split_words(name)
    if flat(name) in lexicon.PASSWORD_FIELDS or (words and words[-1] in lexicon.PASSWORD_FIELDS):
        return "password"
    if isinstance(stated, str) and stated:
        return stated
    if not words:
        return ""
    for form, names in _NAMED_FORMATS:
        if words[-1] in names:
            return form
    if words[-1] == "at" and len(words) > 1:
        return "date-time"
    if words[-1] == "date":
        return "date"
    return "uuid" if words[-1] in {"uuid", "guid"} else ""


def _formatted(form: str, pointer: str, context: ValueContext) -> str:
    start = datetime.fromisoformat(context.now) + timedelta(days=30 + context.number(pointer, 30))
    if form.startswith("uuid"):
        return str(
            uuid.UUID(
                int=int.from_bytes(hashlib.sha256(f"{context.seed}{pointer}".encode()).digest()[:16], "big"),
                version=4,
            )
        )
    made = {
        "email": context.email or f"{context.seed.lower()}@{DOMAIN}",
        "password": context.password or f"Pw-{context.seed}-7x!Q",
        "date-time": start.isoformat().replace("+00:00", "Z"),
        "date": start.date().isoformat(),
        "time": "12:30:00Z",
        "duration": "PT30M",
        "hostname": f"{context.seed.lower()}.{DOMAIN}",
        "ipv4": "192.0.2.10",
        "ipv6": "2001:db8::10",
        "byte": "bGF1bmNo",
        "binary": context.seed,
        "phone": "+15550101234",
        "decimal": "10.00",
        "json-string": json.dumps({}),
    }
    made["idn-email"] = made["email"]
    for name in ("uri", "url", "iri", "http-url", "uri-reference"):
        made[name] = f"https://{DOMAIN}/{context.seed.lower()}"
    return made.get(form, "")


def _named(name: str, context: ValueContext) -> str:
    words = split_words(name)
    last = words[-1] if words else ""
    if last in _CODES:
        return _CODES[last]
    if flat(name) in _SLUG or last in _SLUG:
        return context.seed.lower()
    label = " ".join(words) if words else "text"
    return f"{label.capitalize()} {context.seed}"


def fitted(value: str, low: int, high: int, seed: str) -> str:
    """The text within its lengths: cut so that the seed stays as long as it can, or drawn out."""
    if high and len(value) > high:
        value = seed[:high] if len(seed) >= high else value[: high - len(seed)] + seed
    while len(value) < low:
        value = f"{value} {seed}"[: max(low, len(value) + 1)]
        if value.endswith(" "):
            value = f"{value[:-1]}{seed[:1]}"
    return value


def type_by_name(name: str) -> str:
    """The JSON type that a field of that name usually has; empty where a name tells nothing (lists, references)."""
    words = split_words(name)
    if not words or is_plural(words[-1]) or words[-1] in lexicon.ID_WORDS - {"slug", "code", "number", "no"}:
        return ""
    if words[0] in _YES_OR_NO or words[-1] in _SWITCHES:
        return "boolean"
    return "number" if words[-1] in _NUMBERS else "string"


def is_free_text(name: str, schema: Schema) -> bool:
    """Whether a field takes any text of at least 12 characters, so that a canary fits in."""
    if (
        schemas.type_of(schema) != "string"
        or "enum" in schema
        or "const" in schema
        or schema.get("readOnly") is True
    ):
        return False
    if format_of(schema, name) not in {"", "text", "string", "markdown", "html", "multiline", "textarea"}:
        return False
    words = split_words(name)
    last = words[-1] if words else ""
    if (
        last in _SLUG
        or last in _CODES
        or last in lexicon.ID_WORDS - {"slug"}
        or last in {"type", "status", "state", "role", "kind", "token"}
    ):
        return False
    high = lengths(schema)[1]
    return (not high or high >= MIN_CANARY) and _is_trivial(schema.get("pattern"))


def _is_trivial(pattern: Any) -> bool:
    """Whether a pattern lets any plain word pass."""
    if pattern is None:
        return True
    sample = "lrcanary7q2x9"
    return isinstance(pattern, str) and matches(pattern, sample) and matches(pattern, f"A {sample} text")

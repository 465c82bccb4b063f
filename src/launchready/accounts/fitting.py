"""Passwords and user names that satisfy what a target asks of them, always the same for the same rules."""

import re
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from launchready.model.operation import Schema

_FILL = "Kq7vX2mR9tZ4"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules:
    """Bounds of a password: lengths (0: none known), letters and digits only, a symbol that must occur."""

    shortest: int = 0
    longest: int = 0
    plain: bool = False
    symbol: str = ""
    variant: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsernameRules:
    """Bounds of a user name: lengths (0: none known), letters and digits only, letters only."""

    shortest: int = 0
    longest: int = 0
    plain: bool = False
    letters: bool = False
    variant: int = 0


def fit_password(password: str, rules: PasswordRules, schema: Schema) -> str:
    """`password` changed as little as the rules and the field's schema demand.

    A cut keeps one character of each class, so that a policy on classes holds on.
    """
    shortest = max(rules.shortest, _bound(schema, "minLength"))
    bounds = [bound for bound in (rules.longest, _bound(schema, "maxLength")) if bound]
    longest = min(bounds) if bounds else 0
    text = f"{password}{_FILL[rules.variant % len(_FILL)] * rules.variant}"
    if rules.plain:
        text = re.sub(r"[^A-Za-z0-9]", "", text)
    if rules.symbol and rules.symbol not in text:
        text = f"{rules.symbol}{text}"
    while len(text) < shortest:
        text += _FILL[: shortest - len(text)]
    if longest and len(text) > longest:
        text = _cut(text, longest, rules.symbol)
    return text


def _cut(text: str, longest: int, symbol: str) -> str:
    kept: list[int] = [text.index(symbol)] if symbol in text and symbol else []
    for pattern in (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]"):
        found = re.search(pattern, text)
        if found and found.start() not in kept:
            kept.append(found.start())
    kept.extend(place for place in range(len(text)) if place not in kept)
    return "".join(text[place] for place in sorted(kept[:longest]))


def fit_username(username: str, rules: UsernameRules, schema: Schema) -> str:
    """`username` changed as little as rules and schema demand; its end, which differs, is kept."""
    shortest = max(rules.shortest, _bound(schema, "minLength"))
    bounds = [bound for bound in (rules.longest, _bound(schema, "maxLength")) if bound]
    longest = min(bounds) if bounds else 0
    versions = [username, re.sub(r"[^A-Za-z0-9]", "", username).lower()]
    versions.append(re.sub(r"[^a-z]", lambda found: _letter(found.group()), versions[1]))
    if rules.plain:
        versions = versions[1:]
    if rules.letters:
        versions = versions[-1:]
    fitted = [_lengths(version + "x" * rules.variant, shortest, longest) for version in versions]
    fitted.extend([text.capitalize() for text in fitted])
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return fitted[0]
    return next((text for text in fitted if matches(pattern, text)), fitted[0])


def _letter(character: str) -> str:
    return chr(ord("a") + int(character)) if character.isdigit() else ""


def _lengths(text: str, shortest: int, longest: int) -> str:
    text = text + "x" * (shortest - len(text))
    if not longest or len(text) <= longest:
        return text
    cut = text[-longest:]
    return cut if cut[0].isalpha() else "m" + cut[1:]


def matches(pattern: str, text: str) -> bool:
    """Whether `text` satisfies a schema's `pattern`; a pattern that is none is satisfied.

    The pattern comes from the target: it runs in an engine that bounds backtracking.
    """
    schema: dict[str, Any] = {"type": "string", "pattern": pattern}
    try:
        return jsonschema_rs.is_valid(schema, text)
    except (jsonschema_rs.ValidationError, ValueError):
        return True


def _bound(schema: Schema, key: str) -> int:
    value = schema.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 200 else 0  # noqa: PLR2004 - a longer one binds nothing of ours

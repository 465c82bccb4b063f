"""Texts for evidence: secrets and people's data replaced by placeholders that keep equality.

The same value gives the same placeholder (`{{password:3f9c2b61aa}}`) over all runs with the same project key.
"""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import unquote, unquote_plus

from launchready.door.encodings import PLACEHOLDER
from launchready.door.vault import Vault

# Words that we plant stay readable: they are what a finding shows
_CANARY = re.compile(r"lr[a-z]{14}x")
_JWT = re.compile(r"eyJ[0-9A-Za-z_-]{5,}\.[0-9A-Za-z_-]{2,}\.[0-9A-Za-z_-]*")
_EMAIL = re.compile(
    r"[0-9A-Za-z](?:[0-9A-Za-z._+-]|%2[Bb]){0,63}(?:@|%40|\\u0040)"
    r"(?:[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.){1,8}[A-Za-z]{2,24}"
)
_USER_INFO = re.compile(r"(?<=://)[^/\s:@\"'{}]{0,100}:[^/\s@\"'{}]{1,200}(?=@)")
_SCHEME = re.compile(
    r"\b(?P<scheme>Basic|Bearer|Token|Digest)(?P<gap>\s{1,4}|%20|\+)(?P<value>[0-9A-Za-z._~+/=-]{8,})",
    re.IGNORECASE,
)
_SECRET_WORD = (
    r"[\w.-]{0,64}?(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|private_?-?key|authorization|"
    r"credential|session_?-?id|otp|csrf|xsrf|cvv|card_?number|iban|ssn)[\w.-]{0,64}"
)
_NUMBER = r"(?P<number>-?\d[\d.eE+-]{0,40})"
_JSON_FIELD = re.compile(
    rf'(?P<head>"(?P<name>{_SECRET_WORD})"\s{{0,20}}:\s{{0,20}})'
    rf'(?:(?P<quote>")(?P<text>(?:\\.|[^"\\])*+)(?:"|\\?\Z)|{_NUMBER})',
    re.IGNORECASE | re.DOTALL,
)
# JSON inside a JSON string: each quote has backslashes before it; a longer run of them belongs to the value
_NESTED_FIELD = re.compile(
    rf'(?P<head>(?P<quote>(?P<bs>\\{{1,7}})")(?P<name>{_SECRET_WORD})(?P=quote)\s{{0,20}}:\s{{0,20}})'
    r'(?:(?P=quote)(?P<text>(?:[^\\"]++|\\++(?!["\\])|(?P=bs)\\++")*+)(?:(?P=quote)|\\*\Z)|'
    rf"{_NUMBER})",
    re.IGNORECASE | re.DOTALL,
)
_FORM_FIELD = re.compile(
    rf"(?P<head>(?:^|(?<=[?&\s;#]))(?P<name>{_SECRET_WORD})=)(?P<text>[^&\s;#\"'<>]+)", re.IGNORECASE
)
_HARMLESS_NAME = re.compile(
    r"(?:type|expires(?:_?at|_?in)?|expiry|_at|_in|length|policy|strength|count|required)$", re.IGNORECASE
)
# Whatever the rules for fields and patterns could find in a path or query holds one of these
_REMARKABLE = re.compile(
    r"eyJ|@|%40|u0040|(?:basic|bearer|token|digest)(?:\s|%20|\+)|"
    r"(?:pass|pwd|secret|token|key|auth|credential|session|otp|csrf|xsrf|cvv|card|iban|ssn)[\w.-]*=",
    re.IGNORECASE,
)
_CACHED_URLS = 5000
_MOST_PASSES = 5
_ROOM = 8
_LONGEST_VALUE = 8000
_LONGEST_PLACEHOLDER = 60
_CREDENTIAL_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
    }
)
_CREDENTIAL_NAME = re.compile(r"token|secret|api-?key|password|session|csrf|xsrf", re.IGNORECASE)
_ATTRIBUTE_SPLIT = re.compile(r";\s*")


class Redactor:
    """Redacts with a vault's values and key.

    Knows what it issued, so that redacting twice changes nothing.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._issued: set[str] = set()
        self._urls: dict[str, str] = {}
        self._urls_at = 0

    def placeholder(self, kind: str, value: str) -> str:
        """The text that stands for `value`."""
        return self._of(kind, self._vault.mark(value))

    def text(self, text: str) -> str:
        """Any text: values of the vault in every usual encoding, tokens, addresses, secret-named fields."""
        text = self._vault.replace_refs(text, lambda secret: self._of(secret.kind, secret.mark()))
        # A value that is hidden can make a field out of what was none before; it settles at the second time
        for _ in range(_MOST_PASSES):
            before, text = text, self._pass(text)
            if text == before:
                break
        return text

    def _pass(self, text: str) -> str:
        # Fields first: half a value that is hidden would hide from the field's own rule where the value ends
        if '"' in text:
            text = _JSON_FIELD.sub(self._field, text)
            text = _NESTED_FIELD.sub(self._field, text)
        if "=" in text:
            text = _FORM_FIELD.sub(self._form_field, text)
        return self._patterns(self._without_values(text))

    def url(self, url: str) -> str:
        """A URL; repeated ones come from a cache."""
        if self._urls_at != self._vault.count or len(self._urls) > _CACHED_URLS:
            self._urls, self._urls_at = {}, self._vault.count
        known = self._urls.get(url)
        if known is None:
            known = self._urls[url] = self._unseen_url(url)
        return known

    def _unseen_url(self, url: str) -> str:
        begin = url.find("/", url.find("://") + 3)
        rest = url[begin:] if begin > 0 else url
        # Most URLs hold nothing of interest, and this is on the way of every request
        if self._vault.surely_not_in(rest) and not _REMARKABLE.search(rest) and "@" not in url:
            return url
        if "=" in url:
            url = _FORM_FIELD.sub(self._form_field, url)
        return self._patterns(self._without_values(url))

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers; of cookies the names and attributes stay, of Authorization the scheme."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def body(self, content: bytes, limit: int) -> str:
        """At most `limit` characters of redacted text; what is no text is named by its size."""
        room = limit * _ROOM
        text = content[:room].decode("utf-8", "replace")
        if text.count("\x00") > len(text) // 50 or text.count("�") > len(text) // 10:
            return f"[{len(content)} bytes that are no text]"
        redacted = self.text(text)
        if len(content) > room:
            # A value that the cut went through is not recognised: nothing near the cut is shown
            redacted = redacted[: max(0, len(redacted) - _LONGEST_VALUE)]
        cut = len(redacted) > limit or len(content) > room
        return f"{_whole(redacted, limit)}… [cut, {len(content)} bytes]" if cut else redacted

    def shapes(self, content: bytes, limit: int, keep: Collection[str] = ()) -> str:
        """A JSON body with every string replaced by its type, unless it holds one of the `keep` words."""
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            return f"[{len(content)} bytes that are no JSON]"
        return self.body(json.dumps(_shape(value, tuple(keep)), ensure_ascii=False).encode(), limit)

    def _of(self, kind: str, mark: str) -> str:
        text = f"{{{{{kind}:{mark}}}}}"
        self._issued.add(text)
        return text

    def _header(self, name: str, value: str) -> str:
        lower = name.lower()
        if lower == "set-cookie":
            return self._cookie_line(value, first_only=True)
        if lower == "cookie":
            return self._cookie_line(value, first_only=False)
        if lower in _CREDENTIAL_HEADERS or (
            _CREDENTIAL_NAME.search(lower) and not lower.startswith("access-control")
        ):
            return self._credential(value)
        return self.text(value)

    def _credential(self, value: str) -> str:
        scheme, gap, rest = value.partition(" ")
        if not gap or not scheme.isalpha() or not rest.strip():
            return self._whole_value("credential", value)
        if scheme.lower() == "basic":
            return f"{scheme} {self._basic(rest.strip())}"
        return f"{scheme} {self._whole_value('token', rest.strip())}"

    def _basic(self, encoded: str) -> str:
        if encoded in self._issued:
            return encoded
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except (ValueError, binascii.Error):
            return self._whole_value("basic", encoded)
        return self.placeholder("basic", pair)

    def _cookie_line(self, value: str, *, first_only: bool) -> str:
        pieces = _ATTRIBUTE_SPLIT.split(value)
        for index, piece in enumerate(pieces[:1] if first_only else pieces):
            name, equals, content = piece.partition("=")
            if equals and content:
                pieces[index] = f"{self._without_values(name)}={self._whole_value('cookie', content)}"
            elif piece:
                pieces[index] = self._whole_value("cookie", piece)
        rest = [self.text(piece) for piece in pieces[1:]] if first_only else pieces[1:]
        return "; ".join([pieces[0], *rest])

    def _whole_value(self, kind: str, value: str) -> str:
        """The whole value becomes a placeholder; one that the vault knows keeps its kind."""
        if value in self._issued:
            return value
        return self.placeholder(self._vault.kind_of(value) or kind, value)

    def _without_values(self, text: str) -> str:
        for needle in self._vault.needles():
            if needle.may_be_in(text):
                placeholder = self.placeholder(needle.kind, needle.value)
                text = self._kept(needle.pattern, text, lambda _, new=placeholder: new)
        return text

    def _patterns(self, text: str) -> str:
        if "://" in text:
            text = self._kept(_USER_INFO, text, lambda match: self.placeholder("basic", match[0]))
        if "eyJ" in text:
            text = self._kept(_JWT, text, lambda match: self.placeholder("token", match[0]))
        text = self._kept(_SCHEME, text, self._scheme)
        if "@" in text or "%40" in text or "u0040" in text:
            text = self._kept(_EMAIL, text, self._email)
        return text

    def _scheme(self, match: re.Match[str]) -> str:
        value = match["value"]
        if match["scheme"].lower() == "basic":
            return f"{match['scheme']}{match['gap']}{self._basic(value)}"
        if value.isalpha():
            return match[0]  # prose: "Bearer authentication"
        return f"{match['scheme']}{match['gap']}{self.placeholder('token', value)}"

    def _email(self, match: re.Match[str]) -> str:
        return self.placeholder("email", unquote(match[0].replace("\\u0040", "@")).lower())

    def _field(self, match: re.Match[str]) -> str:
        quote = match["quote"] if match["text"] is not None else ""
        value = match["number"] if match["text"] is None else _unescaped(match["text"], quote)
        if self._readable(match["name"], value):
            return match[0]
        return f"{match['head']}{quote}{self._whole_value(_kind(match['name']), value)}{quote}"

    def _form_field(self, match: re.Match[str]) -> str:
        value = unquote_plus(match["text"])
        if self._readable(match["name"], value):
            return match[0]
        return f"{match['head']}{self._whole_value(_kind(match['name']), value)}"

    def _readable(self, name: str, value: str) -> bool:
        return (
            not value or value in self._issued or bool(_HARMLESS_NAME.search(name) or _CANARY.search(value))
        )

    def _kept(self, pattern: re.Pattern[str], text: str, replace: Any) -> str:
        """`pattern.sub`, but what was issued before stays as it is."""
        if "{{" not in text:
            return pattern.sub(replace, text)
        pieces: list[str] = []
        begin = 0
        for match in PLACEHOLDER.finditer(text):
            if match[0] in self._issued:
                pieces += [pattern.sub(replace, text[begin : match.start()]), match[0]]
                begin = match.end()
        pieces.append(pattern.sub(replace, text[begin:]))
        return "".join(pieces)


def _whole(text: str, limit: int) -> str:
    """The first characters, without half a placeholder at the end."""
    start = text.rfind("{{", 0, limit)
    torn = start >= 0 and "}}" not in text[start:limit] and limit - start < _LONGEST_PLACEHOLDER
    return text[:start] if torn else text[:limit]


def _kind(name: str) -> str:
    return "password" if "pass" in name.lower() or "pwd" in name.lower() else "secret"


def _unescaped(text: str, quote: str) -> str:
    """The value of a JSON string, so that it has the same mark as where it stands unescaped."""
    for _ in range(len(quote)):
        try:
            text = str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            break
        if "\\" not in text:
            break
    return text


def _shape(value: Any, keep: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _shape(item, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item, keep) for item in value[:20]]
    if isinstance(value, str):
        return value if any(word in value for word in keep) else f"<string {len(value)}>"
    return value if value is None or isinstance(value, bool) else "<number>"

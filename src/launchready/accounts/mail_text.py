"""Links and codes in a mail."""

import html
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

Link: TypeAlias = str

_URL = re.compile(r"https?://[^\s<>\"'`\\^{|}]{4,2000}", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w-])([0-9]{4,8}|[A-Z0-9]{6,8}|[0-9]{3}[- ][0-9]{3})(?![\w-])")
_CODE_WORD = re.compile(r"\b(?:code|pin|otp|passcode)\b", re.IGNORECASE)
_CONFIRM_WORD = re.compile(
    r"verif|confirm|activat|validat|token|welcome|sign[-_]?up|register|magic|auth", re.IGNORECASE
)
_AVOID_WORD = re.compile(
    r"unsubscrib|opt-?out|report|abuse|privacy|terms|cancel|not-?me|preferences|delete", re.IGNORECASE
)
_TOKEN_NAME = re.compile(
    r"token|code|key|hash|otp|confirmation|verification|activation|^t$|^k$|secret", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message as a catcher holds it: addresses, subject, text and HTML parts, decoded."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str = ""


def parse_message(identity: str, recipients: tuple[str, ...], raw: bytes) -> Mail:
    """A message in its transport form (RFC 5322, MIME), with quoted-printable and base64 undone."""
    message = BytesParser(policy=default).parsebytes(raw)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in message.walk():
        kind = part.get_content_type()
        if kind in texts and isinstance(part, EmailMessage):
            texts[kind].append(_content(part))
    return Mail(
        id=identity,
        to=recipients,
        subject=str(message.get("subject", "")),
        text="\n".join(texts["text/plain"]),
        html="\n".join(texts["text/html"]),
    )


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def links_in(mail: Mail) -> tuple[Link, ...]:
    """Addresses in a mail, likely confirmations first; unsubscribe and the like are left out."""
    found = [html.unescape(one or other) for one, other in _HREF.findall(mail.html)]
    found += _URL.findall(mail.text)
    found += [html.unescape(url) for url in _URL.findall(re.sub(r"<[^>]{0,2000}>", " ", mail.html))]
    links = [url.rstrip(".,;:!?)]*_") for url in found if url.lower().startswith(("http://", "https://"))]
    kept = [url for url in dict.fromkeys(links) if not _AVOID_WORD.search(urlsplit(url).path)]
    return tuple(sorted(kept, key=lambda url: (not _CONFIRM_WORD.search(url), not tokens_of(url))))


def codes_in(mail: Mail) -> tuple[str, ...]:
    """Codes to type in, those nearest to the word "code" first."""
    text = mail.text or re.sub(r"<[^>]{0,2000}>", " ", mail.html)
    text = f"{mail.subject}\n{_URL.sub(' ', html.unescape(text))}"
    words = [found.start() for found in _CODE_WORD.finditer(text)]
    hits = [
        (found.start(), found.group(1)) for found in _CODE.finditer(text) if re.search(r"\d", found.group(1))
    ]
    hits.sort(key=lambda hit: min((abs(hit[0] - word) for word in words), default=0))
    return tuple(dict.fromkeys(code.replace(" ", "").replace("-", "") for _, code in hits))


def tokens_of(link: str) -> tuple[str, ...]:
    """What a confirmation link carries: query and fragment values by name, else the longest path segment."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ()
    pairs = [*parse_qsl(parts.query), *parse_qsl(parts.fragment.rpartition("?")[2])]
    named = [value for name, value in pairs if _TOKEN_NAME.search(name) and value]
    others = [value for name, value in pairs if len(value) >= 16 and value not in named]  # noqa: PLR2004 - no word
    segments = [part for part in re.split(r"[/#?]", f"{parts.path}/{parts.fragment}") if _opaque(part)]
    return tuple(dict.fromkeys([*named, *others, *sorted(segments, key=len, reverse=True)]))


def _opaque(segment: str) -> bool:
    """Whether a path segment is a token and no word."""
    if "=" in segment or len(segment) < 6:  # noqa: PLR2004 - six digits are the shortest code
        return False
    return bool(re.search(r"\d", segment)) or len(segment) > 30  # noqa: PLR2004 - longer than any word

"""Which websites a product itself allows to call it: look-alikes are only telling when made of one of these.

Origins are noticed in what everybody receives (answers that name one, content security policies, the description) and
a few usual ones are asked for. The target's own echo makes an origin an approved one, not where it was noticed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from launchready.collecting.answers import flat
from launchready.collecting.reproduce import origin_of
from launchready.door.messages import Reply

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE)
_DEVELOPMENT = (
    "http://localhost:3000",
    "http://localhost:5173",
    "http://localhost:8080",
    "http://127.0.0.1:3000",
)
_CORS_WORDS = re.compile(rb"\bcors\b|origin (?:is )?not allowed|disallowed", re.IGNORECASE)
# Places in a description that name the product's own sites, not examples of values
_OWN_SITES = re.compile(r"^/(?:servers/\d+/url|host|info/(?:termsOfService|contact/url)|externalDocs/url)$")
_MOST_NOTICED = 12


class OriginWatch:
    """A tap for the door: origins that the target names by itself, and whether it speaks of origins at all."""

    def __init__(self) -> None:
        self.noticed: list[str] = []
        self.speaks = False

    def __call__(self, reply: Reply) -> None:
        """Look at one reply."""
        if not reply.status:
            return
        self.speaks = self.speaks or speaks_of_origins(reply)
        asked = next((value for name, value in reply.request.headers if name.lower() == "origin"), "")
        for value in self._named(reply):
            if value != asked and value not in self.noticed and len(self.noticed) < _MOST_NOTICED:
                self.noticed.append(value)

    def _named(self, reply: Reply) -> Iterator[str]:
        for header in ("access-control-allow-origin", "content-security-policy"):
            yield from (match.lower() for match in _ORIGIN.findall(reply.header(header)))
        value: Any = (
            reply.json() if b'"openapi"' in reply.body[:4000] or b'"swagger"' in reply.body[:4000] else None
        )
        if isinstance(value, dict):
            for path, leaf in flat({key: value[key] for key in _TOP & value.keys()}).items():
                if isinstance(leaf, str) and _OWN_SITES.match(path) and _ORIGIN.match(leaf):
                    yield origin_of(leaf).lower()


_TOP = frozenset({"servers", "host", "info", "externalDocs"})


def speaks_of_origins(reply: Reply) -> bool:
    """Whether an answer shows that something behind it deals with origins (Fetch standard, CORS protocol)."""
    if any(name.lower().startswith("access-control-") for name, _ in reply.headers):
        return True
    return any("origin" in value.lower().replace(" ", "").split(",") for value in reply.headers_named("vary"))


def refuses_preflight(plain: Reply, preflight: Reply) -> bool:
    """Whether OPTIONS is answered otherwise with an origin than without: a list of origins stands behind it."""
    if speaks_of_origins(preflight):
        return True
    return plain.status != preflight.status or bool(_CORS_WORDS.search(preflight.body[:2000]))


def candidates(url: str, declared: Iterable[str], noticed: Iterable[str]) -> tuple[str, ...]:
    """Origins to ask for, likeliest first: declared, noticed, of the target's own name, usual in development."""
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    named = len(labels) > 1 and not labels[-1].isdigit()
    names = [".".join(labels[start:]) for start in range(len(labels) - 1)] if named else []
    own = [f"https://{prefix}{name}" for name in names for prefix in ("", "www.", "app.")]
    found = [item.rstrip("/").lower() for item in (*declared, *noticed, *own[:9], *_DEVELOPMENT)]
    return tuple(item for item in dict.fromkeys(found) if item != origin_of(url).lower())

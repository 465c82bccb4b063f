"""What a reply shows: its kind whatever its status says, planted words in it, values equal to another's."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from launchready.door.messages import FormBody, JsonBody, MultipartBody, RawBody, Reply, Request
from launchready.door.replies import kind_of
from launchready.model.probe import Answer, CanaryHit

_ID_LIKE = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|\b[0-9A-HJKMNP-TV-Z]{26}\b"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\b[0-9a-f]{16,}\b"
    r"|\d+",
    re.IGNORECASE,
)
_VOLATILE = re.compile(
    r"(?:^|[_/-])(?:created|updated|modified|expires?|seen|time|timestamp|date|at|on|etag|nonce|"
    r"request_?id|trace_?id|csrf|token)$",
    re.IGNORECASE,
)
_MAX_LEAVES = 4000
_MAX_DEPTH = 40
_MASKED_TEXT = 20_000
# What ids and times are made of
_NOT_COMPARED = dict.fromkeys(map(ord, "0123456789abcdefABCDEF-"))
_LEAST_MATCHES = 2
CANARY = re.compile(r"lr[a-z]{14}x")


def leaves(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Scalars of a JSON value with their paths (RFC 6901), bounded in number by the callers and in depth here."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}", depth + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{path}/{number}", depth + 1)
    else:
        yield path, value


def flat(value: Any) -> dict[str, Any]:
    """The first few thousand leaves by path."""
    result: dict[str, Any] = {}
    for path, leaf in leaves(value):
        result[path] = leaf
        if len(result) >= _MAX_LEAVES:
            break
    return result


def masked(text: str, own: tuple[str, ...] = ()) -> str:
    """Digest of a body with canaries, ids, numbers, times and the asker's own names masked."""
    # Of a very large answer the rest is compared without the letters and digits of ids: that takes no time
    rest = text[_MASKED_TEXT:].translate(_NOT_COMPARED) if len(text) > _MASKED_TEXT else ""
    plain = text[:_MASKED_TEXT]
    for word in own:
        plain = plain.replace(word, "§")
    plain = CANARY.sub("§", plain)
    plain = _ID_LIKE.sub("#", plain) + rest
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:20]


class Garden:
    """Which planted word stands for which object; fills the hits of answers."""

    def __init__(self) -> None:
        self._words: dict[str, CanaryHit] = {}
        self._own: dict[str, tuple[str, ...]] = {}

    def learn(self, word: str, hit: CanaryHit) -> None:
        """Remember where `word` was planted (`hit.path` is empty)."""
        self._words[word] = hit

    def name(self, principal: str, words: tuple[str, ...]) -> None:
        """Remember the names (e-mail, user name, id) of an account, masked in its answers."""
        self._own[principal] = tuple(sorted((word for word in words if len(word) > 3), key=len, reverse=True))  # noqa: PLR2004 - shorter ones would mask unrelated text

    def hits(self, reply: Reply) -> tuple[CanaryHit, ...]:
        """Planted words in the body, with JSON paths where the body is JSON.

        A word that the asker sent itself proves nothing: error texts and search answers repeat what they were asked.
        """
        text = reply.text()
        seen = [word for word in self._words if word in text]
        if seen:
            sent = sent_text(reply.request)
            seen = [word for word in seen if word not in sent]
        if not seen:
            return ()
        paths = _paths_of(seen, reply.json())
        return tuple(replace(self._words[word], path=paths.get(word, "")) for word in sorted(seen))

    def answer(self, reply: Reply, *, owner: "Reply | None" = None, ids: tuple[str, ...] = ()) -> Answer:
        """The facts of a reply; `owner` is what the owner saw, `ids` the ids that must be equal for a match."""
        value = reply.json()
        return Answer(
            exchange=reply.exchange,
            status=reply.status,
            kind=kind_of(reply),
            masked=masked(reply.text(), self._own.get(reply.request.principal, ())),
            hits=self.hits(reply),
            matched=() if owner is None else matched(reply, owner, ids),
            fields=tuple(sorted({_field(path) for path in flat(value)}))[:80] if value is not None else (),
            length=len(reply.body),
        )


def sent_text(request: Request) -> str:
    """All that a request says: URL, query and body, percent-decoded."""
    parts = [unquote(request.url), *(value for _, value in request.query)]
    match request.body:
        case JsonBody(value=value):
            parts.append(json.dumps(value, ensure_ascii=False))
        case FormBody(fields=fields):
            parts.extend(value for _, value in fields)
        case MultipartBody(fields=fields, files=files):
            parts.extend(value for _, value in fields)
            for file in files:
                parts += [file.filename, file.content.decode("utf-8", "replace")]
        case RawBody(content=content):
            parts.append(content.decode("utf-8", "replace"))
        case None:
            pass
    return "\n".join(parts)


def _field(path: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/*", path)


def _paths_of(words: list[str], value: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    if value is None:
        return found
    for path, leaf in flat(value).items():
        if isinstance(leaf, str):
            for word in words:
                if word not in found and word in leaf:
                    found[word] = path
    return found


def _telling(path: str, value: Any) -> bool:
    """Whether an equal value says something: no flag, no empty or tiny value, nothing that changes by itself."""
    if value is None or isinstance(value, bool) or _VOLATILE.search(path):
        return False
    return len(str(value)) >= 3  # noqa: PLR2004 - a one- or two-character value is equal by chance


def matched(reply: Reply, owner: Reply, ids: tuple[str, ...]) -> tuple[str, ...]:
    """JSON paths at which `reply` equals what the owner saw: an id of `ids` and at least one more telling value.

    Empty when the id is not among the equal values: equal constants alone prove nothing.
    """
    mine, theirs = reply.json(), owner.json()
    if not isinstance(mine, dict | list) or not isinstance(theirs, dict | list):
        return ()
    left, right = flat(mine), flat(theirs)
    equal = [path for path, value in left.items() if path in right and right[path] == value]
    has_id = [path for path in equal if str(left[path]) in ids]
    telling = [path for path in equal if path not in has_id and _telling(path, left[path])]
    if not has_id or len(has_id) + len(telling) < _LEAST_MATCHES or not telling:
        return ()
    return tuple(sorted(has_id + telling))


def canonical(value: Any) -> str:
    """JSON text with sorted keys, for comparing what the owner read before and after."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def steady(value: Any) -> Mapping[str, Any]:
    """Leaves that do not change by themselves (no times, counters of views or tokens)."""
    return {path: leaf for path, leaf in flat(value).items() if not _VOLATILE.search(path)}

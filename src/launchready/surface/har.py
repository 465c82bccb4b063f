"""HAR 1.2 recordings → operations. No recorded value is kept: only names, types and shapes.

Templates are inferred, so the surface is never complete.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from launchready.model.operation import BodyForm, HttpOperation, Parameter, Place, ReplyForm
from launchready.surface import lexicon
from launchready.surface.errors import SurfaceError
from launchready.surface.inference import schema_of_samples
from launchready.surface.words import is_noise, singular, split_words

MAX_ENTRIES = 20_000
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_ASSETS = re.compile(
    r"\.(?:js|mjs|css|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|mp4|webm|html?|wasm|txt)\Z",
    re.IGNORECASE,
)
_ASSET_TYPES = ("text/html", "text/css", "image/", "font/", "video/", "audio/", "application/javascript",
                "text/javascript", "application/x-javascript", "application/wasm")  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z", re.IGNORECASE)
_HEX = re.compile(r"(?=.*\d)[0-9a-f]{12,}\Z", re.IGNORECASE)
_ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}\Z", re.IGNORECASE)
_OPAQUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}\Z")
_PREFIXED = re.compile(r"[a-z]{2,8}[_-](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,}\Z")
_SLUG = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+\Z")
_MANY_SIBLINGS = 3


@dataclass(slots=True)
class _Call:
    method: str
    parts: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    body_type: str
    body: Any
    status: int
    reply_type: str
    reply: Any
    template: tuple[str, ...] = ()


def is_har(document: Mapping[str, Any]) -> bool:
    """Whether the document is a HAR recording."""
    log = document.get("log")
    return isinstance(log, Mapping) and isinstance(log.get("entries"), list)


def read_har(document: Mapping[str, Any], target: str) -> tuple[tuple[HttpOperation, ...], tuple[str, ...]]:
    """Operations that the recording used at the target, and notes.

    Raises:
        SurfaceError: Nothing in it went to the target.
    """
    entries = document["log"]["entries"][:MAX_ENTRIES]
    host = urlsplit(target).netloc.lower()
    calls: list[_Call] = []
    others: dict[str, None] = {}
    for entry in entries:
        url = _url(entry)
        if url is None:
            continue
        if host and url.netloc.lower() != host:
            others[url.netloc] = None
            continue
        call = _call(entry, url)
        if call is not None:
            calls.append(call)
    if not calls:
        seen = f" (it went to {', '.join(list(others)[:3])})" if others else ""
        raise SurfaceError(f"the recording holds no API call to {target or 'any host'}{seen}")
    notes = (f"{len(others)} other hosts in the recording were left out",) if others else ()
    _make_templates(calls)
    groups: dict[tuple[str, str], list[_Call]] = {}
    for call in calls:
        groups.setdefault(("/" + "/".join(call.template), call.method), []).append(call)
    return tuple(_operation(path, method, held) for (path, method), held in sorted(groups.items())), notes


# ---------------------------------------------------------------------------------------------------- calls


def _url(entry: Any) -> SplitResult | None:
    request = entry.get("request") if isinstance(entry, Mapping) else None
    url = request.get("url") if isinstance(request, Mapping) else None
    try:
        split = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        return None
    return split if split is not None and split.scheme in {"http", "https"} else None


def _call(entry: Mapping[str, Any], url: SplitResult) -> _Call | None:
    request = entry["request"]
    method = str(request.get("method", "")).upper()
    held = entry.get("response")
    response: Mapping[str, Any] = held if isinstance(held, Mapping) else {}
    content = response.get("content")
    content = content if isinstance(content, Mapping) else {}
    reply_type = _media_type(content.get("mimeType"))
    if (
        method not in _METHODS
        or _ASSETS.search(url.path)
        or (method == "GET" and reply_type.startswith(_ASSET_TYPES))
    ):
        return None
    body_type, body = _body(request.get("postData"))
    status = response.get("status")
    return _Call(
        method=method,
        parts=tuple(part for part in unquote(url.path).split("/") if part),
        query=tuple(parse_qsl(url.query, keep_blank_values=True)),
        body_type=body_type,
        body=body,
        status=status if isinstance(status, int) else 0,
        reply_type=reply_type,
        reply=_json(_text(content)),
    )


def _media_type(value: Any) -> str:
    return value.split(";")[0].strip().lower() if isinstance(value, str) else ""


def _text(content: Mapping[str, Any]) -> str:
    text = content.get("text")
    if not isinstance(text, str):
        return ""
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        return None


def _body(posted: Any) -> tuple[str, Any]:
    if not isinstance(posted, Mapping):
        return "", None
    media_type = _media_type(posted.get("mimeType"))
    listed = posted.get("params")
    if media_type == "application/x-www-form-urlencoded" or media_type.startswith("multipart/"):
        params = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
        fields = {str(each.get("name")): "" for each in params if each.get("name")}
        if not fields and isinstance(posted.get("text"), str) and "form-urlencoded" in media_type:
            fields = {name: "" for name, _ in parse_qsl(posted["text"], keep_blank_values=True)}
        return media_type, fields
    return media_type, _json(_text(posted))


# ------------------------------------------------------------------------------------------------ templates


def is_id_like(segment: str) -> bool:
    """Whether a path segment looks like an id: number, UUID, ULID, hexadecimal, opaque."""
    if segment.isdecimal() or _UUID.match(segment) or _HEX.match(segment) or _PREFIXED.match(segment):
        return True
    return bool(_ULID.match(segment) and any(c.isdecimal() for c in segment)) or bool(_OPAQUE.match(segment))


def _make_templates(calls: Sequence[_Call]) -> None:
    """Segments that vary become parameters; siblings are compared below the templates found so far."""
    longest = max(len(call.parts) for call in calls)
    for at in range(longest):
        here: dict[tuple[str, ...], list[_Call]] = {}
        for call in calls:
            if len(call.parts) > at:
                here.setdefault(call.template, []).append(call)
        for prefix, group in here.items():
            varying = _varying({call.parts[at] for call in group}, prefix)
            name = _name(prefix)
            for call in group:
                part = call.parts[at]
                if is_id_like(part):
                    call.template = (*prefix, f"{{{name}_id}}")
                elif part in varying:
                    call.template = (*prefix, f"{{{name}_slug}}")
                else:
                    call.template = (*prefix, part)


def _varying(values: set[str], prefix: tuple[str, ...]) -> frozenset[str]:
    """Slugs among siblings: several below a collection, none of them a word of APIs."""
    if not prefix or prefix[-1].startswith("{") or is_noise(prefix[-1]):
        return frozenset()
    slugs = frozenset(
        value
        for value in values
        if not is_id_like(value) and _SLUG.match(value) and not set(split_words(value)) & lexicon.NOT_OBJECTS
    )
    return slugs if len(slugs) >= _MANY_SIBLINGS else frozenset()


def _name(prefix: tuple[str, ...]) -> str:
    before = next((part for part in reversed(prefix) if not part.startswith("{") and not is_noise(part)), "")
    words = split_words(before)
    base = "_".join([*words[:-1], singular(words[-1])]) if words else "object"
    taken = sum(1 for part in prefix if part.startswith(f"{{{base}_"))
    return f"{base}_{taken + 1}" if taken else base


# ----------------------------------------------------------------------------------------------- operations


def _operation(path: str, method: str, calls: Sequence[_Call]) -> HttpOperation:
    names = [part[1:-1] for part in calls[0].template if part.startswith("{")]
    in_path = [_path_parameter(name, calls) for name in names]
    return HttpOperation(
        id=f"{method} {path}",
        method=method,
        path=path,
        parameters=(*in_path, *_query_parameters(calls)),
        bodies=tuple(_bodies(calls)),
        replies=tuple(_replies(calls)),
        source="har",
    )


def _path_parameter(name: str, calls: Sequence[_Call]) -> Parameter:
    at = calls[0].template.index(f"{{{name}}}")
    values = [call.parts[at] for call in calls]
    kind = "integer" if all(value.isdecimal() for value in values) else "string"
    schema: dict[str, Any] = {"type": kind}
    if all(_UUID.match(value) for value in values):
        schema["format"] = "uuid"
    return Parameter(name=name, place=Place.PATH, required=True, schema=schema)


def _query_parameters(calls: Sequence[_Call]) -> Iterator[Parameter]:
    seen: dict[str, list[str]] = {}
    for call in calls:
        for name, value in call.query:
            seen.setdefault(name, []).append(value)
    for name, values in seen.items():
        kind = "integer" if all(value.isdecimal() for value in values) else "string"
        always = all(any(key == name for key, _ in call.query) for call in calls)
        yield Parameter(
            name=name, place=Place.QUERY, required=always and len(calls) > 1, schema={"type": kind}
        )


def _bodies(calls: Sequence[_Call]) -> Iterator[BodyForm]:
    samples: dict[str, list[Any]] = {}
    for call in calls:
        if call.body_type:
            samples.setdefault(call.body_type, []).append(call.body)
    for media_type, values in samples.items():
        schema = schema_of_samples([value for value in values if value is not None])
        yield BodyForm(media_type=media_type, schema=schema, required=True)


def _replies(calls: Sequence[_Call]) -> Iterator[ReplyForm]:
    samples: dict[tuple[int, str], list[Any]] = {}
    for call in calls:
        if call.status:
            samples.setdefault((call.status, call.reply_type), []).append(call.reply)
    for (status, media_type), values in sorted(samples.items()):
        schema = schema_of_samples([value for value in values if value is not None])
        yield ReplyForm(status=str(status), media_type=media_type, schema=schema)

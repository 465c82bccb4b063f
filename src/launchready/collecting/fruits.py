"""What an answer to a create says about the new object: its id and the values that identify it elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from launchready.collecting.bodies import Draft
from launchready.door.messages import FormBody, JsonBody, MultipartBody, Reply
from launchready.model.operation import HttpOperation

_IDENTIFYING = re.compile(
    r"^(?:id|_id|pk|uuid|guid|slug|name|title|username|handle|code|key|number|ref)$|[a-z](?:_id|Id|_slug|_title|_name|_key|_code|_uuid|_number)$",
)
_ID_NAMES = ("id", "_id", "uuid", "guid", "pk", "slug", "key", "code")
_LONGEST = 200
_DEEPEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fruit:
    """The new object's id (empty if the answer names none) and its identifying values by field name."""

    object_id: str
    values: tuple[tuple[str, str], ...]


def fruit_of(operation: HttpOperation, draft: Draft, reply: Reply) -> Fruit:
    """Id by the declared pointer, a Location header, an id field, or the request's field that names it in paths."""
    sent = scalars(_sent(draft))
    holder, object_id = _by_pointer(operation, reply)
    if not object_id:
        holder, object_id = _by_name(operation, reply.json(), 0)
    if not object_id:
        object_id = _by_location(reply)
    values = {**sent, **scalars(holder)}
    if not object_id:
        object_id = next((values[name] for name in draft.identifiers if name in values), "")
    kept = {
        name: value
        for name, value in values.items()
        if _IDENTIFYING.search(name) or name in draft.identifiers
    }
    return Fruit(object_id=object_id, values=tuple(sorted(kept.items())))


def scalars(value: Any) -> dict[str, str]:
    """Short scalars of a JSON object, as texts; members of a single wrapping object count, too."""
    if not isinstance(value, Mapping):
        return {}
    if len(value) == 1:
        (only,) = value.values()
        if isinstance(only, Mapping):
            value = only
    return {
        str(name): str(item)
        for name, item in value.items()
        if isinstance(item, str | int) and not isinstance(item, bool) and 0 < len(str(item)) <= _LONGEST
    }


def pointed(value: Any, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901), `None` if there is none."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _sent(draft: Draft) -> Any:
    match draft.body:
        case JsonBody(value=value):
            return value
        case FormBody(fields=fields) | MultipartBody(fields=fields):
            return dict(fields)
        case _:
            return {}


def _by_pointer(operation: HttpOperation, reply: Reply) -> tuple[Any, str]:
    for produced in operation.produces:
        if produced.object_type != operation.object_type:
            continue
        if produced.pointer == "@location":
            continue
        found = pointed(reply.json(), produced.pointer)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            return pointed(reply.json(), produced.pointer.rpartition("/")[0]), str(found)
    return None, ""


def _by_name(operation: HttpOperation, value: Any, depth: int) -> tuple[Any, str]:
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return None, ""
    kind = operation.object_type.replace(" ", "_")
    for name in (*_ID_NAMES, f"{kind}_id", f"{kind}Id"):
        found = value.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            return value, str(found)
    for name in (kind, "data", "result", "item", "object", "payload"):
        holder, found_id = _by_name(operation, value.get(name), depth + 1)
        if found_id:
            return holder, found_id
    return None, ""


def _by_location(reply: Reply) -> str:
    path = urlsplit(reply.header("location")).path.rstrip("/")
    return unquote(path.rpartition("/")[2]) if path else ""

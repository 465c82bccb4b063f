"""Whether an object's schema has a field that makes it private or public, and with which values."""

from dataclasses import dataclass
from typing import Any

from launchready.model.operation import Schema
from launchready.surface import schemas
from launchready.surface.words import flat

# What is unlisted is for everybody who has its address, what is internal for all members: neither is private
_ENUM_NAMES = frozenset({
    "visibility", "privacy", "access", "audience", "status", "state", "scope", "sharing", "accesslevel",
    "publicity", "publishstatus", "publicationstatus", "privacylevel", "postvisibility",
})  # fmt: skip
_TRUE_IS_PUBLIC = frozenset({
    "public", "ispublic", "published", "ispublished", "shared", "visible", "isvisible",
    "publish",
})  # fmt: skip
_TRUE_IS_PRIVATE = frozenset({
    "private", "isprivate", "draft", "isdraft", "hidden", "ishidden", "secret", "issecret",
    "confidential",
})  # fmt: skip
_PRIVATE_VALUES = (
    "private", "draft", "secret", "hidden", "only_me", "onlyme", "me", "owner", "unpublished", "personal",
    "confidential",
)  # fmt: skip
_PUBLIC_VALUES = ("public", "published", "everyone", "world", "anyone", "open", "listed", "active", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibilityField:
    """The field at the JSON pointer `pointer` makes an object private or public by these values."""

    pointer: str
    private: Any
    public: Any


def visibility_field(schema: Schema) -> VisibilityField | None:
    """The likeliest visibility field of a request body, `None` if it has none.

    A field with listed values counts only if it has a private and a public one among them.
    """
    for pointer, part in schemas.fields(schema, arrays=False):
        if part.get("readOnly") is True:
            continue
        name = flat(schemas.last_name(pointer))
        kind = schemas.type_of(part)
        if kind == "boolean" and name in _TRUE_IS_PUBLIC:
            return VisibilityField(pointer=pointer, private=False, public=True)
        if kind == "boolean" and name in _TRUE_IS_PRIVATE:
            return VisibilityField(pointer=pointer, private=True, public=False)
        if name in _ENUM_NAMES and (found := _by_values(pointer, part)):
            return found
    return None


def _by_values(pointer: str, schema: Schema) -> VisibilityField | None:
    listed = schema.get("enum")
    by_name = (
        {flat(value): value for value in listed if isinstance(value, str)} if isinstance(listed, list) else {}
    )
    private = next((by_name[flat(each)] for each in _PRIVATE_VALUES if flat(each) in by_name), None)
    public = next((by_name[flat(each)] for each in _PUBLIC_VALUES if flat(each) in by_name), None)
    if private is None or public is None:
        return None
    return VisibilityField(pointer=pointer, private=private, public=public)

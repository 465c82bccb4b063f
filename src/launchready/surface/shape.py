"""The words and fields of one operation, gathered once, on which purposes are decided."""

from dataclasses import dataclass

from launchready.model.operation import Guard, HttpOperation, ObjectClass, Place, Schema
from launchready.surface import lexicon, schemas
from launchready.surface.objects import reply_schema
from launchready.surface.words import (
    ends_in_parameter,
    flat,
    is_plural,
    parameter_name,
    segments,
    singular,
    split_words,
    static_segments,
    stems,
)

_FILE_TYPES = ("image/", "video/", "audio/", "application/octet-stream", "application/pdf", "application/zip")
_LIST_WRAPPERS = frozenset({
    "items", "results", "data", "content", "records", "rows", "entries", "list", "objects", "docs",
    "edges", "nodes",
    "values", "value", "hits", "elements",
})  # fmt: skip

# A list with a status and a message beside it
_ENVELOPE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`words` are the stems of static path segments; `last…` are about the last static one."""

    operation_path: str
    listed: frozenset[str]
    method: str
    guard: Guard
    object_class: ObjectClass
    words: tuple[str, ...]
    id_words: tuple[str, ...]
    summary_words: tuple[str, ...]
    tag_words: tuple[str, ...]
    path_parameters: tuple[str, ...]
    ends_in_parameter: bool
    last: str
    last_stem: str
    last_first: str
    last_words: frozenset[str]
    last_is_plural: bool
    before_is_plural: bool
    fields: tuple[str, ...]
    flat_fields: frozenset[str]
    password_at: str
    old_password: bool
    new_password: bool
    identifier_at: str
    token_at: tuple[str, ...]
    takes_file: str
    reply_is_list: bool
    reply_is_object: bool
    reply_has_id: bool

    @property
    def writes(self) -> bool:
        """Whether the method may change state."""
        return self.method not in {"GET", "HEAD", "OPTIONS", "TRACE"}

    @property
    def password(self) -> bool:
        """Whether it takes a password."""
        return bool(self.password_at)

    @property
    def identifier(self) -> str:
        """The name of the field that says who."""
        return schemas.last_name(self.identifier_at.replace("?", "/"))

    @property
    def token_reply(self) -> str:
        """The name of the first token-like field of the reply."""
        return schemas.last_name(self.token_at[0]) if self.token_at else ""

    @property
    def last_verb(self) -> str:
        """The verb that the last static segment is or begins with."""
        if self.last_first in lexicon.CRUD_VERBS:
            return self.last_first
        many = self.last_first in {"bulk", "batch", "mass", "multi"}
        return self.last_stem if many and self.last_stem in lexicon.CRUD_VERBS else ""

    @property
    def ends_in_action(self) -> bool:
        """Whether the last static segment is or begins with a verb that is none of CRUD."""
        return (
            not self.ends_in_parameter
            and (self.last_stem in lexicon.ACTIONS or self.last_first in lexicon.ACTIONS)
            and not self.last_is_plural
        )

    @property
    def effect(self) -> str:
        """For a GET: the word that says that it changes something, empty if none does."""
        if self.last_first in lexicon.EFFECT_VERBS and not self.ends_in_parameter:
            return self.last
        if self.ends_in_parameter or not self.last:
            return ""
        for verb in lexicon.EFFECT_VERBS:
            if self.last_first.startswith(verb) and self.last_first[len(verb) :] in lexicon.EFFECT_NOUNS:
                return self.last
        return ""

    def path_word(self, words: frozenset[str]) -> str:
        """The first of the words in the path."""
        return next((each for each in self.words if each in words), "")

    def tag_word(self, words: frozenset[str]) -> str:
        """The first of the words in a tag."""
        return next((each for each in self.tag_words if each in words), "")

    def named(self, words: frozenset[str]) -> str:
        """The first of the words in the path, else in the operationId, else in the summary's first words."""
        found = self.path_word(words)
        return found or next(
            (each for each in (*self.id_words, *self.summary_words[:3]) if each in words), ""
        )

    def has_word(self, words: frozenset[str]) -> bool:
        """Whether path, tag or operationId has one of the words."""
        return any(each in words for each in (*self.words, *self.tag_words, *self.id_words))


def shape_of(operation: HttpOperation, listed: frozenset[str] = frozenset()) -> Shape:
    """Gather it; `listed` are the paths of the API that have a GET."""
    static = static_segments(operation.path)
    last_words = split_words(static[-1]) if static else ()
    inputs = _inputs(operation)
    names = tuple(schemas.last_name(pointer.replace("?", "/")) for pointer, _ in inputs)
    reply = reply_schema(operation)
    return Shape(
        operation_path=operation.path,
        listed=listed,
        method=operation.method,
        guard=operation.guard,
        object_class=operation.object_class,
        words=tuple(word for part in static for word in stems(part)),
        id_words=stems(operation.operation_id),
        summary_words=stems(operation.summary),
        tag_words=tuple(word for tag in operation.tags for word in stems(tag)),
        path_parameters=tuple(name for part in segments(operation.path) if (name := parameter_name(part))),
        ends_in_parameter=ends_in_parameter(operation.path),
        last=static[-1] if static else "",
        last_stem=singular(last_words[-1]) if last_words else "",
        last_first=last_words[0] if last_words else "",
        last_words=frozenset(singular(word) for word in last_words),
        last_is_plural=bool(last_words) and is_plural(last_words[-1]),
        before_is_plural=len(static) > 1 and is_plural((split_words(static[-2]) or ("",))[-1]),
        fields=names,
        flat_fields=frozenset(flat(name) for name in names),
        password_at=next((pointer for pointer, _ in inputs if _is_password(pointer)), ""),
        old_password=any(_starts(name, ("old", "current", "previous", "existing")) for name in names),
        new_password=any(_starts(name, ("new",)) for name in names),
        identifier_at=_identifier_at(inputs),
        token_at=tuple(_tokens(reply)),
        takes_file=_file_type(operation),
        reply_is_list=_is_list(reply),
        reply_is_object=bool(schemas.properties(reply)),
        reply_has_id=any(flat(name) in {"id", "uuid", "slug"} for name in schemas.properties(reply)),
    )


def _inputs(operation: HttpOperation) -> list[tuple[str, Schema]]:
    """Body fields by JSON pointer, then query parameters as `?name`."""
    form = next((each for each in operation.bodies if schemas.properties(each.schema)), None)
    body = list(schemas.fields(form.schema, arrays=False)) if form is not None else []
    query = [(f"?{each.name}", each.schema) for each in operation.parameters if each.place is Place.QUERY]
    return [*body, *query]


def _is_password(pointer: str) -> bool:
    name = flat(schemas.last_name(pointer.replace("?", "/")))
    return name in lexicon.PASSWORD_FIELDS or (
        name.endswith("password") and not name.startswith(("has", "is", "reset"))
    )


def _starts(name: str, words: tuple[str, ...]) -> bool:
    split = split_words(name)
    return (
        bool(split)
        and any(word in lexicon.PASSWORD_FIELDS for word in split)
        and any(word in split for word in words)
    )


def _identifier_at(inputs: list[tuple[str, Schema]]) -> str:
    by_flat: dict[str, str] = {}
    for pointer, schema in inputs:
        if schemas.type_of(schema) in {"string", "integer", ""}:
            by_flat.setdefault(flat(schemas.last_name(pointer.replace("?", "/"))), pointer)
    return next((by_flat[name] for name in lexicon.IDENTIFIER_FIELDS if name in by_flat), "")


def _tokens(reply: Schema) -> list[str]:
    found = [
        pointer
        for pointer, schema in schemas.fields(reply, arrays=False)
        if flat(schemas.last_name(pointer)) in lexicon.TOKEN_FIELDS
        and schemas.type_of(schema) in {"string", ""}
    ]
    return sorted(found, key=lambda pointer: (not _is_access(pointer), found.index(pointer)))


def _is_access(pointer: str) -> bool:
    return "token" in flat(schemas.last_name(pointer)) or flat(schemas.last_name(pointer)) in {
        "jwt",
        "access",
    }


def _file_type(operation: HttpOperation) -> str:
    for form in operation.bodies:
        if form.media_type.startswith(_FILE_TYPES):
            return form.media_type
        if form.media_type.startswith("multipart/") and any(
            is_file(part) for _, part in schemas.fields(form.schema)
        ):
            return form.media_type
    return ""


def is_file(schema: Schema) -> bool:
    """Whether a field of a form is a file (OpenAPI 2, 3.0, 3.1 each say it in their way)."""
    return schema.get("format") == "binary" or schema.get("type") == "file" or "contentMediaType" in schema


def _is_list(reply: Schema) -> bool:
    if schemas.type_of(schemas.branch(reply)) == "array":
        return True
    held = schemas.properties(reply)
    arrays = [name for name, part in held.items() if schemas.type_of(part) == "array"]
    if any(name.lower() in _LIST_WRAPPERS for name in arrays):
        return True
    plain = {flat(name) for name in held}
    paged = plain & {
        "count",
        "total",
        "next",
        "page",
        "totalcount",
        "cursor",
        "nextcursor",
        "hasmore",
        "limit",
        "offset",
    }
    small = len(held) <= _ENVELOPE
    return len(arrays) == 1 and (small or bool(paged)) and not plain & {"id", "uuid", "slug"}

"""Which type of object an operation is about, and which family of checks that type belongs to."""

from launchready.model.operation import HttpOperation, ObjectClass, Schema
from launchready.surface import lexicon, schemas
from launchready.surface.words import (
    is_noise,
    is_plural,
    parameter_name,
    segments,
    singular,
    split_words,
    stems,
)

# A reply so titled tells how the call went.
_REPORTS = frozenset({"message", "error", "status", "success", "ok", "validation", "problem", "token"})


def type_name(text: str) -> str:
    """The type that a segment, field or schema name stands for: singular, its head noun if well known.

    `message-threads` is `thread`, `orderItems` is `order item`, `user_settings` is `settings`.
    """
    words = [word for word in split_words(text) if word not in lexicon.FILLER]
    while len(words) > 1 and words[0] in lexicon.CRUD_VERBS | lexicon.ACTIONS:
        words = words[1:]
    if not words:
        return ""
    head = singular(words[-1])
    if head in lexicon.CLASS_BY_WORD and head not in lexicon.WEAK_HEADS:
        return head
    return " ".join([*words[:-1], head])


def class_of(object_type: str) -> ObjectClass:
    """The family of an object type by its head word, else by any word."""
    words = stems(object_type)
    for word in reversed(words):
        if word in lexicon.CLASS_BY_WORD:
            return lexicon.CLASS_BY_WORD[word]
    return ObjectClass.OTHER


def object_type(operation: HttpOperation) -> str:
    """The type that an operation reads or writes, empty when nothing tells."""
    parts = [part for part in segments(operation.path) if parameter_name(part) or not is_noise(part)]
    while parts:
        last = parts[-1]
        if parameter_name(last):
            held = _type_before(parts)
            if held:
                return held
        elif _is_object(parts, operation):
            return _alias(type_name(last))
        parts = parts[:-1]
    return _type_by_schema(operation) or _type_by_tag(operation)


def _type_before(parts: list[str]) -> str:
    """The type of the object that the parameter at the end identifies."""
    named = type_of_parameter(parameter_name(parts[-1]))
    before = next((part for part in reversed(parts[:-1]) if not parameter_name(part)), "")
    if not before or _is_verb(before) or (named and type_name(before) in lexicon.ATTRIBUTES):
        return named
    return _alias(type_name(before)) or named


def _is_object(parts: list[str], operation: HttpOperation) -> bool:
    """Whether the last static segment names objects, not an attribute, action or view of its parent."""
    words = split_words(parts[-1])
    head = singular(words[-1]) if words else ""
    if len(words) > 1 and words[0] in lexicon.CRUD_VERBS | lexicon.ACTIONS and head in lexicon.ATTRIBUTES:
        return False
    if not head or _is_verb(parts[-1]) or any(word in lexicon.VIEWS for word in words):
        return False
    if is_plural(words[-1]) or type_name(parts[-1]) in lexicon.CLASS_BY_WORD:
        return True
    if len(parts) == 1 or not any(parameter_name(part) for part in parts):
        return len(parts) == 1 or not any(
            is_plural(split_words(part)[-1]) for part in parts[:-1] if split_words(part)
        )
    return operation.method == "POST" and head not in lexicon.ATTRIBUTES and head not in lexicon.ACTIONS


def _is_verb(segment: str) -> bool:
    words = split_words(segment)
    if not words:
        return True
    if len(words) == 1:
        return words[0] in lexicon.NOT_OBJECTS
    return words[0] in lexicon.CRUD_VERBS and all(word in lexicon.NOT_OBJECTS for word in words)


def _alias(name: str) -> str:
    return "user" if name in lexicon.SELF_WORDS else name


def type_of_parameter(name: str) -> str:
    """The type that an id-like name stands for: `thread_id`, `bookId`, `username`; empty for `id`, `slug`."""
    words = list(split_words(name))
    if not words:
        return ""
    if words[-1] in lexicon.PERSON_HANDLES and len(words) == 1:
        return "user"
    if len(words) > 1 and singular(words[-1]) in lexicon.ID_WORDS:
        return _alias(type_name(" ".join(words[:-1])))
    joined = words[0].removesuffix("s").removesuffix("id") if len(words) == 1 else ""
    return joined if joined != words[0] and joined in lexicon.CLASS_BY_WORD else ""


def _type_by_schema(operation: HttpOperation) -> str:
    """The reply's (or its items', or the body's) title, with words such as Response and Out taken off."""
    for schema in [reply_schema(operation), *(form.schema for form in operation.bodies)]:
        for candidate in (
            schema,
            schemas.items(schema),
            *(schemas.items(p) for p in schemas.properties(schema).values()),
        ):
            title = candidate.get("title")
            words = (
                [w for w in split_words(title) if w not in lexicon.SCHEMA_NOISE]
                if isinstance(title, str)
                else []
            )
            if words and not any(word in lexicon.NOT_OBJECTS | _REPORTS for word in words):
                return type_name(" ".join(words))
    return ""


def _type_by_tag(operation: HttpOperation) -> str:
    for tag in operation.tags:
        words = split_words(tag)
        if words and not any(word in lexicon.NOT_OBJECTS or word in lexicon.FILLER for word in words):
            return type_name(tag)
    return ""


def reply_schema(operation: HttpOperation) -> Schema:
    """The schema of the first declared JSON success, `{}` when none is declared."""
    success = [reply for reply in operation.replies if reply.status[:1] == "2"]
    fallback = [reply for reply in operation.replies if reply.status == "default"]
    for reply in [*success, *fallback]:
        if reply.schema and ("json" in reply.media_type or reply.media_type in {"", "*/*"}):
            return reply.schema
    return {}

"""Which operation makes the ids that another one needs."""

from collections.abc import Iterable, Sequence

from launchready.model.operation import (
    Consumes,
    HttpOperation,
    Parameter,
    Place,
    Produces,
    Purpose,
    Schema,
)
from launchready.surface import lexicon, schemas
from launchready.surface.objects import object_type, reply_schema, type_name, type_of_parameter
from launchready.surface.words import (
    flat,
    is_noise,
    is_plural,
    parameter_name,
    segments,
    singular,
    split_words,
    static_segments,
)

LOCATION = "@location"
PRODUCERS = frozenset({Purpose.CREATE, Purpose.SIGN_UP, Purpose.UPLOAD, Purpose.PAYMENT})
_MAYBE_PRODUCERS = frozenset({Purpose.ADMIN, Purpose.MODERATE})
_WRAPPERS = (
    "data", "result", "results", "item", "object", "payload", "response", "content", "body", "record",
    "entity",
)  # fmt: skip
_PLAIN_IDS = ("id", "_id", "uuid", "uid", "guid", "pk", "slug")
_WEAK_IDS = ("key", "code", "number", "ref", "hash", "identifier", "token", "name")
# What a parameter is called where one handler serves several collections
_ANYTHING = frozenset({"item", "object", "entity", "resource", "record", "element", "instance", "model"})
_SEARCHED = frozenset({"string", "integer", "number", ""})


def consumes_of(operation: HttpOperation) -> tuple[Consumes, ...]:
    """The ids that an operation needs: path first (from the outside in), then query, then body."""
    found: dict[tuple[Place, str], Consumes] = {}
    for name, held in _path_types(operation.path):
        found[Place.PATH, name] = Consumes(object_type=held, place=Place.PATH, name=name)
    for each in operation.parameters:
        kind = type_of_parameter(each.name) or _own_type(operation, each.name, frozenset({"id", "ids"}))
        if (
            each.place in {Place.QUERY, Place.HEADER, Place.COOKIE}
            and kind
            and _is_reference(each.name, each.schema)
        ):
            found[each.place, each.name] = Consumes(object_type=kind, place=each.place, name=each.name)
    for pointer, schema in _body_fields(operation):
        own = frozenset({"ids"}) if _on_collection(operation) else frozenset({"id", "ids"})
        kind = type_of_parameter(schemas.last_name(pointer)) or _own_type(operation, pointer[1:], own)
        if kind and _is_reference(schemas.last_name(pointer), schema):
            found.setdefault(
                (Place.BODY, pointer), Consumes(object_type=kind, place=Place.BODY, name=pointer)
            )
    return tuple(found.values())


def _own_type(operation: HttpOperation, name: str, names: frozenset[str]) -> str:
    """The operation's own type for a bare `id` or `ids`, as lookups and bulk calls have it."""
    return object_type(operation) if name in names else ""


def _on_collection(operation: HttpOperation) -> bool:
    """Whether a bare `id` in the body would be the new object's own."""
    static = static_segments(operation.path)
    return bool(static) and is_plural((split_words(static[-1]) or ("",))[-1])


def _path_types(path: str) -> list[tuple[str, str]]:
    """(parameter, type of what it identifies) in order."""
    parts = [part for part in segments(path) if parameter_name(part) or not is_noise(part)]
    found = []
    for at, part in enumerate(parts):
        name = parameter_name(part)
        if not name:
            continue
        before = next((each for each in reversed(parts[:at]) if not parameter_name(each)), "")
        collection = before if at and parts[at - 1] == before else ""
        held = _held(type_of_parameter(name), type_name(before), collection)
        found.append((name, "user" if held in lexicon.SELF_WORDS else held))
    return found


def _held(named: str, static: str, collection: str) -> str:
    """`/saved-searches/{search_id}` holds saved searches, `/members/{user_id}` users, `/foods/{item_id}` foods."""
    same_head = bool(named) and split_words(static)[-1:] == split_words(named)[-1:]
    if named in _ANYTHING and is_plural((split_words(collection) or ("",))[-1]):
        return static
    return static if same_head or not named else named


def _is_reference(name: str, schema: Schema) -> bool:
    """Whether a query or body field holds an id: named so and a text, a number or a list of these."""
    words = split_words(name)
    if not words or (len(words) == 1 and singular(words[0]) != "id"):
        return False
    if singular(words[-1]) not in {"id", "uuid", "uid", "guid", "slug", "pk", "key"} or words[0] in {
        "client",
        "api",
    }:
        return False
    kind = schemas.type_of(schemas.branch(schema))
    if kind == "array":
        kind = schemas.type_of(schemas.items(schema))
    return kind in _SEARCHED and "enum" not in schema


def _body_fields(operation: HttpOperation) -> Iterable[tuple[str, Schema]]:
    form = operation.bodies[0] if operation.bodies else None
    return schemas.fields(form.schema, arrays=False) if form is not None else ()


# ------------------------------------------------------------------------------------------------- produces


def produces_of(operation: HttpOperation, operations: Sequence[HttpOperation]) -> tuple[Produces, ...]:
    """Where a create's answer carries the new ids, best first; `@location` is the Location header.

    Every pointer that could identify the object is given: paths may want a slug where bodies want an id.
    """
    if not operation.object_type or not _produces(operation):
        return ()
    wanted = _wanted_names(operation.object_type, operations)
    schema = reply_schema(operation)
    found: list[str] = []
    for prefix, holder in _holders(schema, operation.object_type):
        found.extend(
            f"{prefix}/{schemas.escape(name)}" for name in id_names(holder, operation.object_type, wanted)
        )
    if not found:
        found.append(LOCATION)
    return tuple(
        Produces(object_type=operation.object_type, pointer=pointer) for pointer in dict.fromkeys(found)
    )


def _produces(operation: HttpOperation) -> bool:
    """Whether it makes objects: a create by purpose, or an administrator's POST on a collection."""
    if operation.method != "POST":
        return False
    last = segments(operation.path)[-1:]
    on_collection = (
        bool(last) and not parameter_name(last[0]) and is_plural((split_words(last[0]) or ("",))[-1])
    )
    return operation.purpose in PRODUCERS or (operation.purpose in _MAYBE_PRODUCERS and on_collection)


def _wanted_names(kind: str, operations: Sequence[HttpOperation]) -> tuple[str, ...]:
    """Parameter names by which other operations ask for objects of the type."""
    names = [
        each.name
        for operation in operations
        for each in operation.consumes
        if each.object_type == kind and each.place is Place.PATH
    ]
    return tuple(dict.fromkeys(names))


def _holders(schema: Schema, kind: str) -> list[tuple[str, Schema]]:
    """The reply itself and the wrappers in which the object may lie, likeliest first."""
    if schemas.type_of(schemas.branch(schema)) == "array":
        return [("/0", schemas.items(schema))]
    held = schemas.properties(schema)
    inner = [
        (f"/{schemas.escape(name)}", part)
        for name, part in held.items()
        if schemas.type_of(part) == "object" and (name.lower() in _WRAPPERS or type_name(name) == kind)
    ]
    deeper = [
        (f"{prefix}/{schemas.escape(name)}", part)
        for prefix, holder in inner
        for name, part in schemas.properties(holder).items()
        if schemas.type_of(part) == "object" and type_name(name) == kind
    ]
    named = [each for each in inner if type_name(each[0][1:]) == kind]
    others = [each for each in inner if each not in named]
    return [*named, *deeper, ("", schema), *others]


def id_names(schema: Schema, kind: str, wanted: Sequence[str] = ()) -> list[str]:
    """Names of the properties that identify an object of the type, best first."""
    held = {
        name: part for name, part in schemas.properties(schema).items() if schemas.type_of(part) in _SEARCHED
    }
    by_flat = {flat(name): name for name in held}
    names: list[str] = []
    for name in wanted:
        names.extend(_same_field(name, kind, by_flat))
    own = [f"{kind} {plain}" for plain in ("id", "uuid", "uid", "slug", "key", "number", "code")]
    names.extend(by_flat[flat(plain)] for plain in [*_PLAIN_IDS, *own] if flat(plain) in by_flat)
    if not names:
        names.extend(by_flat[plain] for plain in _WEAK_IDS[:-2] if plain in by_flat)
    return list(dict.fromkeys(names))


def _same_field(name: str, kind: str, by_flat: dict[str, str]) -> list[str]:
    """Properties that hold what a parameter asks for: `book_title` is `bookTitle` or a book's `title`."""
    words = split_words(name)
    head = split_words(kind)[-1:] or ("",)
    candidates = ["".join(words)]
    if len(words) > 1 and singular(words[0]) == head[0]:
        candidates.append("".join(words[1:]))
    elif len(words) == 1:
        candidates.append(f"{''.join(split_words(kind))}{words[0]}")
    if words and singular(words[-1]) in {"id", "pk"}:
        candidates.extend(["id", "uuid", "pk"])
    return [by_flat[each] for each in candidates if each in by_flat]


# --------------------------------------------------------------------------------------- identifying fields


def identifying_fields(
    operation: HttpOperation, operations: Sequence[HttpOperation]
) -> dict[str, tuple[str, ...]]:
    """For each path parameter, the fields of the object that can fill it, best first.

    They are fields in the body that made the object or in the reply to it: `/books/{book_title}` is filled by
    what was sent as `book_title`, `/users/{username}` by the `username` of the sign-up.
    """
    result: dict[str, tuple[str, ...]] = {}
    for each in operation.consumes:
        if each.place is not Place.PATH:
            continue
        makers = [other for other in operations if makes(other, each.object_type)]
        names: list[str] = []
        for maker in makers:
            for schema in (reply_schema(maker), *(form.schema for form in maker.bodies[:1])):
                names.extend(_matching(schema, each.name, each.object_type))
        result[each.name] = tuple(dict.fromkeys([*names, *_usual_names(each.name, each.object_type)]))
    return result


def makes(operation: HttpOperation, kind: str) -> bool:
    """Whether an operation makes objects of the type; a sign-up makes any kind of person."""
    if operation.purpose is Purpose.SIGN_UP:
        return bool(kind) and (operation.object_type == kind or split_words(kind)[-1] in lexicon.PERSON_WORDS)
    return bool(kind) and operation.object_type == kind and _produces(operation)


def _matching(schema: Schema, name: str, kind: str) -> list[str]:
    by_flat: dict[str, str] = {}
    for pointer, part in schemas.fields(schema, arrays=False):
        if schemas.type_of(part) in _SEARCHED:
            by_flat.setdefault(flat(schemas.last_name(pointer)), schemas.last_name(pointer))
    return _same_field(name, kind, by_flat)


def _usual_names(name: str, kind: str) -> list[str]:
    words = split_words(name)
    names = [name]
    if len(words) > 1 and words[:-1] == split_words(kind):
        names.append(words[-1])
    if words and singular(words[-1]) in {"id", "uuid", "uid", "pk", "guid"}:
        names.extend(["id", "uuid", "_id", "pk"])
    return names


def linked(operation: HttpOperation) -> tuple[str, tuple[Consumes, ...]]:
    """An operation's object type and what it consumes."""
    return object_type(operation), consumes_of(operation)


def parents(operation: HttpOperation) -> tuple[tuple[str, str], ...]:
    """(object type, parameter) of the objects that an operation's own object lies in, from the outside in."""
    in_path = [(each.object_type, each.name) for each in operation.consumes if each.place is Place.PATH]
    last = segments(operation.path)[-1:] or ("",)
    own = parameter_name(last[0])
    return tuple(each for each in in_path if each[1] != own)


def path_parameter(operation: HttpOperation, name: str) -> Parameter | None:
    """The path parameter of that name."""
    return next((p for p in operation.parameters if p.place is Place.PATH and p.name == name), None)

"""Bodies and parameters made from schemas, and what can be planted in and read from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from launchready.model.operation import (
    BodyForm,
    HttpOperation,
    ObjectClass,
    Parameter,
    Place,
    Purpose,
    Schema,
)
from launchready.surface import lexicon, schemas
from launchready.surface.objects import reply_schema
from launchready.surface.shape import is_file
from launchready.surface.values import ValueContext, is_free_text, scalar
from launchready.surface.words import flat, split_words

MAX_DEPTH = 8
_CREDENTIAL_PURPOSES = frozenset({
    Purpose.SIGN_UP, Purpose.LOG_IN, Purpose.RESET, Purpose.CHANGE_PASSWORD, Purpose.CONFIRM, Purpose.REFRESH,
    Purpose.ADMIN,
})  # fmt: skip
# What may never be set by chance: it could lift rights, or end the session that writes it.
_PRIVILEGES = frozenset({
    "role", "roles", "isadmin", "admin", "issuperuser", "superuser", "isstaff", "staff", "permissions",
    "scopes", "isactive", "active", "disabled", "banned", "verified", "isverified", "emailverified", "owner",
    "ownerid", "userid", "authorid", "createdby", "tenantid",
})  # fmt: skip

_IDENTITY = frozenset({"email", "username", "login", "phone", "handle", "mobile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A value that the caller sets at a place; `None` inside is JSON null."""

    value: Any


# Asked for every field as (JSON pointer, schema); no answer leaves it to the schema.
Fill: TypeAlias = Callable[[str, Schema], Filled | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltBody:
    """A body for `media_type`. `free_text` are JSON pointers in `value` that can take a canary.

    `files` are names of multipart fields that are files; they are not in `value`.
    """

    media_type: str
    value: Any
    free_text: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def preferred_form(operation: HttpOperation) -> BodyForm | None:
    """The media type to send: JSON, else a form, else the first; `None` when no body is described."""
    ranked = ("json", "x-www-form-urlencoded", "multipart/")
    for part in ranked:
        for form in operation.bodies:
            if part in form.media_type or (part == "json" and form.media_type == "*/*"):
                return form
    return operation.bodies[0] if operation.bodies else None


def build_body(
    operation: HttpOperation,
    context: ValueContext,
    *,
    overrides: Mapping[str, Any] | None = None,
    fill: Fill | None = None,
    optional: bool = True,
) -> BuiltBody | None:
    """A body that the schema accepts; `None` when the operation takes none.

    Args:
        operation: What is to be called.
        context: Seed, e-mail, password, time.
        overrides: Values by JSON pointer (`/user/email`) or by field name at any depth (`email`); they win.
        fill: Asked next for every field that is considered, present or optional.
        optional: Whether optional free texts are filled too, and all fields where nothing is required.
    """
    form = preferred_form(operation)
    if form is None:
        return None
    schema = schemas.branch(form.schema)
    example = form.example if isinstance(form.example, Mapping) else None
    builder = _Builder(
        context=context,
        overrides=overrides or {},
        fill=fill,
        optional=optional,
        credentials=operation.purpose in _CREDENTIAL_PURPOSES,
        identity=operation.object_class is not ObjectClass.PROFILE,
    )
    value = builder.build(schema, "", 0, example)
    if not value and not builder.files and not builder.identity:
        # An update that takes nothing but the e-mail address is about that.
        builder.identity = True
        value = builder.build(schema, "", 0, example)
    media_type = "application/json" if form.media_type == "*/*" else form.media_type
    return BuiltBody(
        media_type=media_type, value=value, free_text=tuple(builder.free_text), files=tuple(builder.files)
    )


def build_value(schema: Schema, context: ValueContext, *, name: str = "value") -> Any:
    """A value for any schema, by the same rules as bodies."""
    builder = _Builder(context=context, overrides={}, fill=None, optional=False, credentials=True)
    return builder.build(schemas.branch(schema), f"/{schemas.escape(name)}", 0, None)


def parameter_value(parameter: Parameter, context: ValueContext) -> str:
    """A text for a path, query, header or cookie parameter; its own example or default first."""
    value = parameter.example
    if value is None:
        value = build_value(parameter.schema, context, name=parameter.name)
    if isinstance(value, list):
        return ",".join(_plain(item) for item in value)
    return _plain(value)


def required_query(operation: HttpOperation, context: ValueContext) -> tuple[tuple[str, str], ...]:
    """The query that the operation cannot be called without."""
    return tuple(
        (each.name, parameter_value(each, context))
        for each in operation.parameters
        if each.place is Place.QUERY and each.required
    )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@dataclass(slots=True, kw_only=True)
class _Builder:
    context: ValueContext
    overrides: Mapping[str, Any]
    fill: Fill | None
    optional: bool
    credentials: bool
    identity: bool = False
    free_text: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def build(self, schema: Schema, pointer: str, depth: int, example: Any) -> Any:
        set_value = self._set(schema, pointer)
        if set_value is not None:
            return set_value.value
        kind = schemas.type_of(schema)
        if kind == "object":
            return self._object(schema, pointer, depth, example)
        if kind == "array":
            return self._array(schema, pointer, depth, example)
        if is_free_text(schemas.last_name(pointer), schema):
            self.free_text.append(pointer)
            return scalar(schema, pointer, self.context)
        return self._scalar(schema, pointer, example)

    def _set(self, schema: Schema, pointer: str) -> Filled | None:
        for key in (pointer, schemas.last_name(pointer)):
            if key and key in self.overrides and not (key != pointer and pointer.endswith("/0")):
                return Filled(value=self.overrides[key])
        return self.fill(pointer, schema) if self.fill is not None and pointer else None

    def _scalar(self, schema: Schema, pointer: str, example: Any) -> Any:
        if "const" in schema:
            return schema["const"]
        allowed = schema.get("enum")
        if isinstance(allowed, list) and allowed:
            if "default" in schema and schema["default"] in allowed:
                return schema["default"]
            return next((each for each in allowed if each is not None), None)
        if not self._must_be_fresh(schema, pointer):
            for known in (
                example,
                schema.get("example"),
                _first(schema.get("examples")),
                schema.get("default"),
            ):
                if known is not None and not isinstance(known, Mapping | list):
                    return known
        return scalar(schema, pointer, self.context)

    def _must_be_fresh(self, schema: Schema, pointer: str) -> bool:
        """Whether an example would clash with what is there: names, addresses, passwords, times."""
        if schemas.type_of(schema) not in {"string", ""}:
            return False
        words = split_words(schemas.last_name(pointer))
        last = words[-1] if words else ""
        formats = {"email", "password", "uuid", "date-time", "date"}
        unique = {
            "email",
            "username",
            "password",
            "slug",
            "login",
            "handle",
            "name",
            "title",
            "nickname",
            "subdomain",
        }
        return last in unique or schema.get("format") in formats or last in lexicon.PASSWORD_FIELDS

    def _object(self, schema: Schema, pointer: str, depth: int, example: Any) -> Any:
        held = schemas.properties(schema)
        if not held:
            known = example if isinstance(example, Mapping) else schema.get("example")
            return dict(known) if isinstance(known, Mapping) else {}
        known = example if isinstance(example, Mapping) else schema.get("example")
        known = known if isinstance(known, Mapping) else {}
        needed = schemas.required(schema)
        result: dict[str, Any] = {}
        for name, part in held.items():
            where = f"{pointer}/{schemas.escape(name)}"
            if is_file(part):
                self.files.append(name)
            elif part.get("readOnly") is True:
                continue
            elif name in needed or self._is_set(part, where) or self._helps(name, part, needed, depth):
                if depth >= MAX_DEPTH and name not in needed:
                    continue
                result[name] = (
                    self.build(part, where, depth + 1, known.get(name)) if depth <= MAX_DEPTH else None
                )
        return result

    def _is_set(self, schema: Schema, pointer: str) -> bool:
        return self._set(schema, pointer) is not None

    def _helps(self, name: str, schema: Schema, needed: frozenset[str], depth: int) -> bool:
        """Whether an optional field is filled: free texts, and others where nothing is required.

        An update leaves out what one logs in with, so that no session ends by chance.
        """
        kind = schemas.type_of(schema)
        if not self.optional or flat(name) in _PRIVILEGES:
            return False
        words = split_words(name)
        if words and words[-1] in lexicon.PASSWORD_FIELDS:
            return self.credentials
        if not self.credentials and words and words[-1] in _IDENTITY:
            return self.identity
        if is_free_text(name, schema):
            return True
        if needed:
            return False
        # Ids are left out: a made-up one names nothing.
        names_object = bool(words) and words[-1] in lexicon.ID_WORDS | {"ids"}
        return not names_object and (kind not in {"array", "object", ""} or (kind == "object" and depth == 0))

    def _array(self, schema: Schema, pointer: str, depth: int, example: Any) -> Any:
        least = schema.get("minItems")
        count = min(least, 20) if isinstance(least, int) and least > 0 else 0
        part = schemas.items(schema)
        if not count and isinstance(example, list):
            return list(example)
        if depth > MAX_DEPTH:
            return []
        return [self.build(part, f"{pointer}/{at}", depth + 1, None) for at in range(count)]


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else None


# ------------------------------------------------------------------------------- what schemas let through


def free_text_fields(schema: Schema) -> tuple[str, ...]:
    """JSON pointers of fields that can take a canary."""
    return tuple(
        pointer
        for pointer, part in schemas.fields(schema, arrays=False)
        if is_free_text(schemas.last_name(pointer), part)
    )


def writable_fields(schema: Schema) -> dict[str, Schema]:
    """Scalar fields that a body may set, by JSON pointer."""
    return {
        pointer: part
        for pointer, part in schemas.fields(schema, arrays=False)
        if part.get("readOnly") is not True
        and schemas.type_of(part) not in {"object", "array"}
        and not is_file(part)
    }


def response_only_fields(create: HttpOperation, read: HttpOperation | None = None) -> dict[str, Schema]:
    """Fields of replies that no body of `create` names, by JSON pointer: candidates for mass assignment.

    Compared by name, for replies are often wrapped where bodies are not. Objects and arrays are left out.
    """
    form = preferred_form(create)
    sent = {flat(schemas.last_name(pointer)) for pointer, part in schemas.fields(form.schema)
            if part.get("readOnly") is not True} if form is not None else set()  # fmt: skip
    found: dict[str, Schema] = {}
    names: set[str] = set()
    for operation in (create, read):
        for pointer, part in schemas.fields(reply_schema(operation)) if operation is not None else ():
            name = flat(schemas.last_name(pointer))
            element = pointer.rpartition("/")[2].isdecimal()
            if element or schemas.type_of(part) in {"object", "array"} or name in sent or name in names:
                continue
            names.add(name)
            found[pointer] = part
    return found

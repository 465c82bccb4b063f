"""Request bodies with a planted word in every free text field, repaired by what a refusal says."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from launchready.accounts.feedback import read_refusal
from launchready.collecting.context import Context
from launchready.collecting.holdings import Holdings, is_profile, last_path_type
from launchready.collecting.media import as_body
from launchready.door.messages import Body, Reply
from launchready.model.evidence import Planted
from launchready.model.operation import Consumes, HttpOperation, ObjectClass, Place, Purpose, Schema
from launchready.surface import schemas
from launchready.surface.examples import Filled, build_body, parameter_value, preferred_form
from launchready.surface.links import identifying_fields
from launchready.surface.values import ValueContext, is_free_text, lengths
from launchready.surface.visibility import VisibilityField, visibility_field

COUNTERPART = "counterpart"
_IDENTITY = re.compile(
    r"^(?:user_?name|login|handle|nick(?:_?name)?|slug|e?mail|phone|password|locale|timezone)$", re.IGNORECASE
)
_NAMING = re.compile(r"^(?:title|name|slug|key|code|.*_(?:title|name|slug))$", re.IGNORECASE)
_PERSON = re.compile(
    r"^(?:to|recipient|receiver|participant|invitee|addressee)s?(?:_?(?:user_?name|e?mail|handle|name|id)s?)?$"
    r"|^(?:to|with|other|target)_?(?:user|member)(?:_?(?:id|name|e?mail))?$",
    re.IGNORECASE,
)
_PADDING = " planted by launchready to see who can read it"


@dataclass(slots=True, kw_only=True)
class Draft:
    """A request about to be sent: path values, query, body, and which word stands in which field.

    `parents` are (object type, id) from the outside in; `identifiers` name the fields that identify the new object
    in paths.
    """

    values: dict[str, str]
    parents: tuple[tuple[str, str], ...] = ()
    visible: str = ""
    inherits: str = ""
    query: tuple[tuple[str, str], ...] = ()
    body: Body = None
    canaries: dict[str, str] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    dropped: frozenset[str] = frozenset()
    bare: bool = False
    build: "Callable[[frozenset[str], bool], Draft | None] | None" = None


class BodyMaker:
    """Makes drafts for operations out of schemas and holdings."""

    def __init__(self, context: Context) -> None:
        self.context = context
        operations = context.operations()
        self._identifiers: dict[str, tuple[str, ...]] = {}
        for operation in operations:
            kind = last_path_type(operation)
            if kind:
                names = [name for each in identifying_fields(operation, operations).values() for name in each]
                self._identifiers[kind] = tuple(dict.fromkeys((*self._identifiers.get(kind, ()), *names)))

    def visibility(self, operation: HttpOperation) -> VisibilityField | None:
        """The field that makes a new object private or public."""
        form = preferred_form(operation)
        return visibility_field(form.schema) if form is not None else None

    def draft(  # noqa: PLR0913 - what a body depends on
        self,
        operation: HttpOperation,
        *,
        owner: str,
        helper: str,
        holdings: Holdings,
        values: Mapping[str, str],
        parents: tuple[tuple[str, str], ...] = (),
        visible: str = "",
        only_text: bool = False,
        target: Planted | None = None,
    ) -> Draft | None:
        """A draft, or `None` if the operation cannot be given what it needs (with `only_text`: has no text to change).

        `only_text` fills required fields and free texts that do not name the object: for updates whose effect is to be
        read back by the same name. `target` is the object that is updated.
        """
        fixed = self._references(operation, owner, helper, holdings)
        if visible:
            choice = self.visibility(operation)
            if choice is not None:
                fixed[choice.pointer] = choice.private if visible == "private" else choice.public

        def build(without: frozenset[str], bare: bool) -> Draft | None:  # noqa: FBT001 - called here only
            maker = _Maker(
                self.context, operation, fixed, without, only_text=only_text, bare=bare, target=target
            )
            built = maker.build()
            if built is None and operation.bodies:
                return None
            return Draft(
                values=dict(values),
                parents=parents,
                visible=visible,
                query=maker.query(),
                body=built,
                canaries=maker.canaries,
                identifiers=self._identifiers.get(operation.object_type, ()),
                dropped=without,
                bare=bare,
                build=build,
            )

        made = build(frozenset(), False)  # noqa: FBT003
        return None if made is None or (only_text and not _changes(made)) else made

    def repaired(self, operation: HttpOperation, draft: Draft, reply: Reply) -> Draft | None:
        """A draft without what the refusal complains of, then one with the required fields alone, then none."""
        del operation
        if draft.build is None:
            return None
        refusal = read_refusal(reply)
        named = frozenset(item.field for item in refusal.complaints if item.field) - draft.dropped
        if named:
            return draft.build(draft.dropped | named, draft.bare)
        return None if draft.bare else draft.build(draft.dropped, True)  # noqa: FBT003

    def asking(
        self, operation: HttpOperation, owner: str, holdings: Holdings, target: Planted | None
    ) -> Body | None:
        """The body of a read by POST: ids of the target (or the owner's own) in it, words nowhere."""
        fixed: dict[str, Any] = {}
        for link in operation.consumes:
            if link.place is not Place.BODY:
                continue
            holder = target if target is not None and target.object_type == link.object_type else None
            holder = holder or holdings.first(owner, link.object_type)
            if holder is None:
                return None
            fixed[link.name] = _shaped(operation, link, holdings.value(holder, operation, link.name))
        built = build_body(
            operation, ValueContext(seed=self.context.new_word("read")[:10]), overrides=fixed, optional=False
        )
        return as_body(built, "") if built is not None and fixed else None

    def query(
        self, operation: HttpOperation, owner: str, holdings: Holdings
    ) -> tuple[tuple[str, str], ...] | None:
        """The query that the operation cannot be called without."""
        types = {link.name: link.object_type for link in operation.consumes if link.place is Place.QUERY}
        made = []
        for each in operation.parameters:
            if each.place is not Place.QUERY or not each.required:
                continue
            if each.name in types:
                holder = holdings.first(owner, types[each.name])
                if holder is None:
                    return None
                made.append((each.name, holdings.value(holder, operation, each.name)))
            else:
                made.append((each.name, parameter_value(each, ValueContext(seed="launchready"))))
        return tuple(made)

    def _references(
        self, operation: HttpOperation, owner: str, helper: str, holdings: Holdings
    ) -> dict[str, Any]:
        """Ids of other objects and persons in the body, by JSON pointer."""
        fixed: dict[str, Any] = {}
        for link in operation.consumes:
            if link.place is Place.BODY and not _is_owner_field(link.name):
                value = self._reference(operation, link, owner, helper, holdings)
                if value:
                    fixed[link.name] = _shaped(operation, link, value)
        form = preferred_form(operation)
        for pointer, schema in schemas.fields(form.schema, arrays=False) if form is not None else ():
            name = schemas.last_name(pointer)
            if pointer not in fixed and _PERSON.match(name):
                inner = schemas.items(schema) if schemas.type_of(schema) == "array" else schema
                handle = self._handle(owner, holdings, name, inner)
                if handle:
                    numeric = schemas.type_of(schemas.branch(inner)) in {"integer", "number"}
                    known = int(handle) if numeric else handle
                    fixed[pointer] = [known] if schemas.type_of(schema) == "array" else known
        return {**fixed, **self._of_any_type(operation, owner, holdings, fixed)}

    def _of_any_type(
        self, operation: HttpOperation, owner: str, holdings: Holdings, fixed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A reference whose type stands beside it (`subject_type`, `subject_id`): something that the owner has."""
        form = preferred_form(operation)
        fields = dict(schemas.fields(form.schema, arrays=False)) if form is not None else {}
        for link in operation.consumes:
            beside = re.sub(r"_?(?:id|uuid)$", "_type", link.name, flags=re.IGNORECASE)
            allowed = fields.get(beside, {}).get("enum")
            if link.place is not Place.BODY or link.name in fixed or not isinstance(allowed, list):
                continue
            for kind in allowed:
                holder = holdings.first(owner, str(kind).replace("_", " ").lower())
                if holder is not None:
                    return {beside: kind, link.name: holder.object_id}
        return {}

    def _reference(
        self, operation: HttpOperation, link: Consumes, owner: str, helper: str, holdings: Holdings
    ) -> str:
        person = next(
            (
                item
                for item in holdings.of(owner)
                if item.object_type == link.object_type and is_profile(item.object_class)
            ),
            None,
        )
        if person is not None:
            return self._handle(owner, holdings, link.name, _schema_of(operation, link))
        holder = holdings.first(helper, link.object_type) or holdings.first(owner, link.object_type)
        return holdings.value(holder, operation, link.name) if holder is not None else ""

    def _handle(self, owner: str, holdings: Holdings, name: str, schema: Schema) -> str:
        """Another person of ours: the counterpart, so that neither member_a nor member_b is party to the other's."""
        others = [item for item in (COUNTERPART, "member_a", "member_b") if item != owner]
        for other in others:
            profile = next((item for item in holdings.of(other) if is_profile(item.object_class)), None)
            if profile is None:
                continue
            values = dict(profile.values)
            lower = name.lower()
            wanted = (
                "email" if "mail" in lower else "username" if "name" in lower or "handle" in lower else "id"
            )
            tried = [values.get(key, "") for key in (wanted, "id", "username", "email")]
            return next((value for value in tried if value and _fits(value, schema)), "")
        return ""


class _Maker:
    """One body."""

    def __init__(
        self,
        context: Context,
        operation: HttpOperation,
        fixed: Mapping[str, Any],
        without: Iterable[str],
        *,
        only_text: bool,
        bare: bool,
        target: Planted | None,
    ) -> None:
        self.context, self.operation, self.fixed = context, operation, fixed
        self.without = frozenset(without)
        self.only_text, self.bare = only_text, bare
        self.canaries: dict[str, str] = {}
        self._of_person = operation.object_class is ObjectClass.PROFILE or operation.purpose is Purpose.ME
        self._known = dict(target.canaries) if target is not None else {}
        self._texts: dict[str, str] = {}
        self._required = self._required_pointers()

    def build(self) -> Body:
        """The body; `None` when the operation takes none."""
        built = build_body(
            self.operation,
            ValueContext(seed=self.context.new_word("seed")[2:12]),
            overrides={
                key: value for key, value in self.fixed.items() if schemas.last_name(key) not in self.without
            },
            fill=self._fill,
            optional=not (self.bare or self.only_text),
        )
        if built is None:
            return None
        word = ""
        if built.files:
            word = self.context.new_word("file")
            self.canaries["file"] = word
        return as_body(built, word)

    def query(self) -> tuple[tuple[str, str], ...]:
        """Required query inputs; free texts among them get a word where there is no body."""
        made = []
        for each in self.operation.parameters:
            if each.place is not Place.QUERY or each.name in self.without:
                continue
            free = (
                is_free_text(each.name, each.schema) and not self.operation.bodies and self.operation.writes
            )
            if free:
                word = self.context.new_word(each.name)
                self.canaries[each.name] = word
                made.append((each.name, word))
            elif each.required:
                made.append((each.name, parameter_value(each, ValueContext(seed="launchready"))))
        return tuple(made)

    def _fill(self, pointer: str, schema: Schema) -> Filled | None:
        name = schemas.last_name(pointer)
        if name in self.without or not is_free_text(name, schema) or self._left_alone(pointer, name):
            return None
        if self.only_text and _NAMING.match(name):
            return (
                Filled(value=self._known[name]) if name in self._known and pointer in self._required else None
            )
        if pointer not in self._texts:
            word = self.context.new_word(name)
            self.canaries[name] = word
            self._texts[pointer] = fitted(word, schema)
        return Filled(value=self._texts[pointer])

    def _left_alone(self, pointer: str, name: str) -> bool:
        """Optional fields of a bare body, and what an account is known or logs in by."""
        if self.bare and pointer not in self._required:
            return True
        return self._of_person and _IDENTITY.match(name) is not None

    def _required_pointers(self) -> frozenset[str]:
        form = preferred_form(self.operation)
        if form is None:
            return frozenset()
        schema = schemas.branch(form.schema)
        found = set()
        for pointer, _ in schemas.fields(form.schema, arrays=False):
            parent, _, name = pointer.rpartition("/")
            holder = schema
            for part in parent.split("/")[1:]:
                holder = schemas.branch(schemas.properties(holder).get(part, {}))
            if name in schemas.required(holder):
                found.add(pointer)
        return frozenset(found)


def fitted(word: str, schema: Schema) -> str:
    """The word, padded to the least length that the schema asks for and cut to the greatest."""
    low, high = lengths(schema)
    text = word
    while len(text) < low:
        text += _PADDING
    return text[:high] if high else text


def refusal_words(reply: Reply) -> str:
    """What a refusal says, short, for people."""
    if not reply.status:
        return reply.failure or "no answer"
    quote = read_refusal(reply).quote
    return f"answered {reply.status}" + (f": {quote}" if quote else "")


def _schema_of(operation: HttpOperation, link: Consumes) -> Schema:
    """The schema of a body field, of its items if it is a list."""
    form = preferred_form(operation)
    if form is None:
        return {}
    schema: Schema = dict(schemas.fields(form.schema, arrays=False)).get(link.name, {})
    return schemas.items(schema) if schemas.type_of(schema) == "array" else schema


def _fits(value: str, schema: Schema) -> bool:
    """Whether a text satisfies what a schema says of texts and numbers."""
    kind, form, pattern = schemas.type_of(schema), schema.get("format"), schema.get("pattern")
    if kind in {"integer", "number"}:
        return value.isdigit()
    if form == "email":
        return "@" in value
    if form == "uuid":
        return re.fullmatch(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", value, re.IGNORECASE) is not None
    if isinstance(pattern, str):
        try:
            return re.search(pattern, value) is not None
        except re.error:
            return True
    return True


def _shaped(operation: HttpOperation, link: Consumes, value: str) -> Any:
    """The id as the schema wants it: a number, a list, a text."""
    form = preferred_form(operation)
    schema: Schema = {}
    if form is not None:
        schema = next(
            (part for pointer, part in schemas.fields(form.schema, arrays=False) if pointer == link.name), {}
        )
    kind = schemas.type_of(schemas.branch(schema))
    if kind == "array":
        inner = schemas.type_of(schemas.items(schema))
        return [int(value) if inner in {"integer", "number"} and value.isdigit() else value]
    return int(value) if kind in {"integer", "number"} and value.isdigit() else value


def _is_owner_field(name: str) -> bool:
    """Fields that say who acts: the server must take that from the session, so they are left out."""
    return re.search(r"(?:owner|author|creator|sender|user)_?id$", name, re.IGNORECASE) is not None


def _changes(draft: Draft) -> bool:
    return bool(draft.canaries) or draft.body is not None

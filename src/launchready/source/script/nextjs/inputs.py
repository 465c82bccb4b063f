"""What handlers of Next.js take: the body, checked by a schema or as it came, and names of the query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ast_grep_py import SgNode

from launchready.model.operation import BodyForm, Parameter, Place
from launchready.model.source import Validation
from launchready.source.script.binding import ScriptModule, pattern_names
from launchready.source.script.callers import is_credential
from launchready.source.script.handlers import parameter_name
from launchready.source.script.nextjs.handlers import Handler
from launchready.source.script.nextjs.trial import Trials
from launchready.source.script.nodes import (
    FUNCTIONS,
    arguments_of,
    dotted_name,
    object_entries,
    string_value,
    unwrapped,
)
from launchready.source.script.project import Defined, ScriptProject
from launchready.source.script.schemas import is_schema, schema_of
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown

JSON = "application/json"
_READERS = {"json": JSON, "formData": "multipart/form-data", "text": "text/plain", "blob": "application/octet-stream",
            "arrayBuffer": "application/octet-stream"}  # fmt: skip
_REQUESTS = re.compile(r"^(?:req|request|_req|_request|nextRequest|ctx\.req|c\.req)$|[a-z](?:Req|Request)$")
_CHECKING = frozenset({
    "parse", "safeParse", "parseAsync", "safeParseAsync", "validate", "validateAsync", "validateSync", "cast", "assert",
    "is", "decode", "check", "create",
})  # fmt: skip
_CHECKING_NAME = re.compile(r"valid|parse|schema|sanitize", re.IGNORECASE)
# Options of wrappers that name what the body, or the query, is checked by
_BODY_OPTIONS = frozenset({"body", "schema", "input", "bodySchema", "inputSchema", "data", "requestBody"})
_QUERY_OPTIONS = frozenset({"query", "searchParams", "querySchema"})
_DEEPEST = 3
_NOTHING = frozenset({"JSON.parse", "console.log", "JSON.stringify"})


@dataclass(slots=True)
class Inputs:
    """What a route takes, as far as its code says. `passed_on`: the request goes elsewhere as a whole."""

    media_type: str = JSON
    reads: bool = False
    checked: bool = False
    passed_on: bool = False
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    schema: dict[str, Any] | None = None
    query: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def validation(self) -> Validation:
        """Whether what is taken passes a schema."""
        if self.checked:
            return Validation.SCHEMA
        if self.reads:
            return Validation.RAW
        return Validation.UNCLEAR if self.passed_on else Validation.NO_BODY

    @property
    def bodies(self) -> tuple[BodyForm, ...]:
        """The form of the body; none where none is read."""
        if not self.checked and not self.reads:
            return ()
        schema = self.schema or {"type": "object", "properties": dict(self.fields)}
        return (BodyForm(media_type=self.media_type, schema=schema, required=True),)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Names of the query."""
        return tuple(
            Parameter(name=name, place=Place.QUERY, required=False, schema=schema or {"type": "string"})
            for name, schema in self.query.items()
        )


class InputReader:
    """Reads what handlers take."""

    def __init__(self, project: ScriptProject, trials: Trials) -> None:
        self.project = project
        self._trials = trials

    def inputs(self, handler: Handler, without: Iterable[tuple[int, int]] = ()) -> Inputs:
        """What a handler takes, also by the options of what is around it."""
        found = Inputs()
        for wrapper in handler.wrappers:
            self._of_options(wrapper.module, wrapper.call, wrapper.inner, found)
        if handler.node.kind() not in FUNCTIONS:
            found.passed_on = True
            return found
        _Function(self, handler.module, handler.node, found, tuple(without)).read()
        return found

    def action_inputs(self, handler: Handler) -> Inputs:
        """What a server action takes: its parameters are what the browser sends."""
        found = Inputs()
        if handler.node.kind() in FUNCTIONS:
            function = _Function(self, handler.module, handler.node, found, ())
            function.take_parameters()
            function.read()
        return found

    def _of_options(self, module: ScriptModule, call: SgNode, inner: SgNode, found: Inputs) -> None:
        """`wrap({ schemas: { body: z.object(…) }, handler })`."""
        for node in arguments_of(call):
            if node != inner:
                self.of_option(module, unwrapped(node), found, 0)

    def of_option(self, module: ScriptModule, node: SgNode, found: Inputs, depth: int) -> None:
        """Schemas among options, also of options inside of them."""
        if node.kind() != "object" or depth > _DEEPEST:
            return
        for name, value in object_entries(node):
            held = unwrapped(value)
            if name in _BODY_OPTIONS | _QUERY_OPTIONS:
                schema = self.schema(module, held)
                if schema is not None and name in _BODY_OPTIONS:
                    found.schema, found.checked = schema, True
                elif schema is not None:
                    found.query.update(schema.get("properties", {}))
            self.of_option(module, held, found, depth + 1)

    def schema(self, module: ScriptModule, node: SgNode) -> dict[str, Any] | None:
        """The JSON Schema of a validator; None where it is none that can be read."""
        with self._trials.quietly() as run:
            try:
                value = run.evaluate(node, run.module(module).scope)
                return schema_of(value) if is_schema(value) else None
            except (Thrown, ExhaustedError, RecursionError):
                return None

    def reads_body(self, module: ScriptModule, call: SgNode) -> str:
        """The media type that a function of the repository reads of the request that it is given; empty if none."""
        meaning = self.project.of(module, call)
        if not isinstance(meaning, Defined) or meaning.node.kind() not in FUNCTIONS:
            return ""
        for inner in meaning.node.find_all(kind="call_expression"):
            name = inner.field("function")
            last = name.text().rpartition(".")[2] if name is not None else ""
            if last in _READERS and not arguments_of(inner):
                return _READERS[last]
        return ""


class _Function:
    """One handler while it is read."""

    def __init__(
        self,
        reader: InputReader,
        module: ScriptModule,
        function: SgNode,
        found: Inputs,
        without: tuple[tuple[int, int], ...],
    ) -> None:
        self._reader = reader
        self._module = module
        self._function = function
        self._found = found
        self._without = without
        self._depth = 0
        self._bodies: set[str] = set()
        self._forms: set[str] = set()
        self._taken: set[str] = set()
        self._queries: set[str] = {"searchParams"}
        self._requests = set(_request_names(function))

    def take_parameters(self) -> None:
        """Every parameter is a part of what was sent (server actions)."""
        self._requests.clear()
        held = self._function.field("parameters")
        parameters = (
            [one for one in held.named_children() if one.kind() != "comment"] if held is not None else []
        )
        for parameter in parameters:
            pattern = parameter.field("pattern") or parameter
            self._found.reads = True
            if pattern.kind() == "object_pattern":
                for key, name in pattern_names(pattern):
                    self._found.fields.setdefault(key, {})
                    self._bodies.add(name)
                    self._taken.add(name)
            else:
                self._bodies.add(pattern.text())
                self._forms.add(pattern.text())
                if "FormData" in parameter.text():
                    self._found.media_type = _READERS["formData"]
                elif parameter.field("type") is None or len(parameters) > 1:
                    self._found.fields.setdefault(pattern.text(), {})

    def read(self) -> None:
        """Follow the body and the query through the function."""
        for declared in self._nodes("variable_declarator"):
            name, value = declared.field("name"), declared.field("value")
            if name is not None and value is not None:
                self._declared(name, unwrapped(value))
        for call in self._nodes("call_expression"):
            self._called(call)
        for member in self._nodes("member_expression"):
            self._member(member)

    def _nodes(self, kind: str) -> Iterator[SgNode]:
        for node in self._function.find_all(kind=kind):
            line = node.range().start.line + 1
            if not any(first <= line <= last for first, last in self._without):
                yield node

    def _declared(self, name: SgNode, value: SgNode) -> None:
        """`const { a } = await req.json()`, `const body = schema.parse(await req.json())`."""
        if self._is_query(value):
            if name.kind() == "identifier":
                self._queries.add(name.text())
            for key, _ in pattern_names(name) if name.kind() == "object_pattern" else ():
                if key == "searchParams":
                    self._queries.add(key)
                elif self._is_named_query(value):
                    self._found.query.setdefault(key, {})
            return
        media = self._media(value)
        is_body = bool(media) or (value.kind() == "identifier" and value.text() in self._bodies)
        if not is_body:
            return
        if name.kind() == "identifier":
            self._bodies.add(name.text())
            if media == _READERS["formData"]:
                self._forms.add(name.text())
        elif name.kind() == "object_pattern":
            for key, local in pattern_names(name):
                self._found.fields.setdefault(key, {})
                self._taken.add(local)

    def _media(self, node: SgNode) -> str:
        """The media type of a body that an expression reads (`req.json()`, `req.body`); empty if it reads none."""
        node = unwrapped(node)
        kind = node.kind()
        if kind == "binary_expression":
            left = node.field("left")
            return self._media(left) if left is not None else ""
        found = ""
        if kind == "call_expression":
            called = node.field("function")
            if called is not None and called.kind() == "member_expression":
                name, owner = called.field("property"), called.field("object")
                if (
                    name is not None
                    and owner is not None
                    and name.text() in _READERS
                    and self._is_request(owner)
                ):
                    found = _READERS[name.text()]
            given = arguments_of(node)
            if not found and given and self._is_request(given[0]):
                found = self._reader.reads_body(self._module, node)
        elif kind == "member_expression":
            name, owner = node.field("property"), node.field("object")
            if name is not None and owner is not None and name.text() == "body" and self._is_request(owner):
                found = JSON
        if found:
            self._found.reads = True
            self._found.media_type = found if found != "text/plain" else self._found.media_type
        return found

    def _is_request(self, node: SgNode) -> bool:
        node = unwrapped(node)
        if node.kind() == "call_expression":  # req.clone().json()
            called = node.field("function")
            owner = (
                called.field("object")
                if called is not None and called.kind() == "member_expression"
                else None
            )
            return (
                owner is not None
                and called is not None
                and called.text().endswith(".clone")
                and self._is_request(owner)
            )
        text = node.text()
        return text in self._requests or (len(text) < 40 and _REQUESTS.search(text) is not None)  # noqa: PLR2004

    def _called(self, call: SgNode) -> None:
        called, given = call.field("function"), arguments_of(call)
        if called is None:
            return
        name = dotted_name(called)
        last = name.rpartition(".")[2]
        owner = called.field("object") if called.kind() == "member_expression" else None
        if owner is not None and last in {"get", "getAll", "has"} and given and given[0].kind() == "string":
            self._got(owner, string_value(given[0]))
        self._media(call)
        for one in map(unwrapped, given):  # client({ request, schemas: { body }, handler })
            if one.kind() == "object" and any(self._is_request(value) for _, value in object_entries(one)):
                self._reader.of_option(self._module, one, self._found, 0)
        if not given or name in _NOTHING:
            return
        body = [one for one in given if self._is_body(one)]
        if body and (last in _CHECKING or _CHECKING_NAME.search(last)):
            self._check(owner, given)
        elif any(self._is_query(one) for one in given) and last in _CHECKING and owner is not None:
            schema = self._reader.schema(self._module, owner)
            self._found.query.update(schema.get("properties", {}) if schema is not None else {})
        elif any(self._is_request(one) for one in given) and not body and _CHECKING_NAME.search(last):
            self._check(owner, given)
        else:
            self._handed_on(call, name, given)

    def _handed_on(self, call: SgNode, name: str, given: list[SgNode]) -> None:
        """The request goes to another function: of the repository, it is read, too; one of sign-in takes no body."""
        place = next(
            (at for at, one in enumerate(given) if one.kind() == "identifier" and self._is_request(one)), None
        )
        if place is None or is_credential(name.rpartition(".")[2]):
            return
        meaning = self._reader.project.of(self._module, call) if self._depth < _DEEPEST else None
        if not isinstance(meaning, Defined) or meaning.node.kind() not in FUNCTIONS:
            self._found.passed_on = True
            return
        inner = _Function(self._reader, meaning.module, meaning.node, self._found, ())
        inner.read_as(self._depth + 1, parameter_name(meaning.node, place))

    def read_as(self, depth: int, request: str) -> None:
        """Read a function that is given the request under a name."""
        self._depth = depth
        self._requests = {request} if request else set(_request_names(self._function))
        self.read()

    def _check(self, owner: SgNode | None, given: list[SgNode]) -> None:
        """`schema.parse(body)`, `validate(schema, body)`: a schema that can be read, or a checker by its name."""
        candidates = [*([owner] if owner is not None else []), *given]
        for one in candidates:
            schema = self._reader.schema(self._module, one) if not self._is_body(one) else None
            if schema is not None:
                self._found.schema, self._found.checked, self._found.reads = schema, True, True
                return
        by_reader = any(self._is_body(one) for one in given)
        self._found.checked = self._found.checked or by_reader

    def _is_body(self, node: SgNode) -> bool:
        node = unwrapped(node)
        if node.kind() == "identifier":
            return node.text() in self._bodies
        if node.kind() == "object":  # { ...body }, { email, password } of what was taken apart
            spread = any(
                one.kind() == "spread_element" and one.text()[3:] in self._bodies for one in node.children()
            )
            return spread or any(value.text() in self._taken for _, value in object_entries(node))
        if node.kind() == "call_expression" and dotted_name(node) in {"JSON.parse", "Object.fromEntries"}:
            return any(self._is_body(one) for one in arguments_of(node))
        return bool(self._media(node))

    def _got(self, owner: SgNode, name: str) -> None:
        """`searchParams.get("x")`, `form.get("x")`."""
        if self._is_query(owner):
            self._found.query.setdefault(name, {})
        elif unwrapped(owner).text() in self._forms:
            self._found.fields.setdefault(name, {})

    def _is_query(self, node: SgNode) -> bool:
        text = unwrapped(node).text()
        return text in self._queries or text.endswith(".searchParams") or self._is_named_query(node)

    def _is_named_query(self, node: SgNode) -> bool:
        """`req.query` of the pages router: names as members."""
        node = unwrapped(node)
        owner = node.field("object") if node.kind() == "member_expression" else None
        name = node.field("property") if owner is not None else None
        return name is not None and owner is not None and name.text() == "query" and self._is_request(owner)

    def _member(self, member: SgNode) -> None:
        """`body.title`, `req.body.title`, `req.query.page`."""
        owner, name = member.field("object"), member.field("property")
        if owner is None or name is None:
            return
        around = member.parent()
        if around is not None and around.kind() == "call_expression" and around.field("function") == member:
            return
        inner = unwrapped(owner)
        if (inner.kind() == "identifier" and inner.text() in self._bodies) or self._media_of_member(inner):
            self._found.fields.setdefault(name.text(), {})
        elif self._is_named_query(inner):
            self._found.query.setdefault(name.text(), {})

    def _media_of_member(self, node: SgNode) -> bool:
        return node.kind() == "member_expression" and bool(self._media(node))


def _request_names(function: SgNode) -> Iterator[str]:
    """Names under which a handler has its request: the first parameter, or a part of it called so."""
    single = function.field("parameter")
    if single is not None:
        yield single.text()
        return
    held = function.field("parameters")
    parameters = [one for one in held.named_children() if one.kind() != "comment"] if held is not None else []
    if not parameters:
        return
    pattern = parameters[0].field("pattern") or parameters[0]
    if pattern.kind() == "identifier":
        yield pattern.text()
    for key, name in pattern_names(pattern) if pattern.kind() == "object_pattern" else ():
        if key in {"req", "request"}:
            yield name

"""Where the value of an expression comes from, followed backwards inside one file."""

from collections.abc import Iterator
from typing import TypeAlias

from ast_grep_py import SgNode

from launchready.source.script.bindings import Bound, Parameter, Path
from launchready.source.script.flows.addresses import host_part, is_joined
from launchready.source.script.flows.calls import Asked, looks_up_session, of_call, of_new, returned
from launchready.source.script.flows.checks import Checks
from launchready.source.script.flows.parameters import of_parameter, passed_from
from launchready.source.script.flows.sources import (
    CONSTANT,
    CONTEXT_NAMES,
    OTHER,
    REQUEST_NAMES,
    Mode,
    Origin,
    Source,
    of_context,
    of_request,
)
from launchready.source.script.nodes import (
    FUNCTIONS,
    arguments_of,
    class_members,
    object_entries,
    operator_of,
    string_value,
    unwrapped,
)
from launchready.source.script.reading import Reading

_DEEPEST = 40  # expressions inside one another
_JOINING = frozenset({"||", "??", "&&", "+"})
_COMPARING = frozenset({"==", "===", "!=", "!==", "<", ">", "<=", ">=", "in", "instanceof"})
_CONSTANTS = frozenset({
    "string", "number", "true", "false", "null", "undefined", "regex", "this", "super", "meta_property",
}) | FUNCTIONS  # fmt: skip
_GLOBALS = frozenset(
    {"undefined", "NaN", "Infinity", "Math", "Date", "JSON", "Object", "process", "__dirname", "__filename"}
)
_ADDRESS = frozenset({"search", "hash", "href"})  # of the page, which whoever sent the link chose

_LONGEST_PATH = 8  # members of members: what goes in circles grows without end
_MOST_STEPS = 20_000  # of one file; a thousand lines that people write take some thousands

_Mark: TypeAlias = tuple[int, Path, Mode]


class Flows:
    """Answers for the expressions of one file; remembers, and ends in circles."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._known: dict[_Mark, Source] = {}
        self._checks = Checks(reading)
        self._asked = Asked(reading, self._follow)
        self._depth = 0
        self.exhausted = False  # whether something was left because the file is too entangled

    def source(self, node: SgNode, mode: Mode = Mode.TEXT) -> Source:
        """Where an expression's value comes from."""
        return self._follow(node, (), mode)

    def origin(self, node: SgNode, mode: Mode = Mode.TEXT) -> Origin:
        """Where an expression's value comes from, without the names of parameters."""
        return self._follow(node, (), mode).origin

    def part(self, node: SgNode, path: Path, mode: Mode = Mode.TEXT) -> Source:
        """Where a part of an expression's value comes from."""
        return self._follow(node, path, mode)

    def _follow(self, node: SgNode, path: Path, mode: Mode) -> Source:
        node = unwrapped(node)
        mark = (hash(node), path, mode)
        if mark not in self._known:
            if self._depth > _DEEPEST or len(path) > _LONGEST_PATH:
                return OTHER
            if len(self._known) > _MOST_STEPS:
                self.exhausted = True
                return OTHER
            self._known[mark] = CONSTANT
            self._depth += 1
            try:
                self._known[mark] = self._of(node, path, mode)
            finally:
                self._depth -= 1
        return self._known[mark]

    def _of(self, node: SgNode, path: Path, mode: Mode) -> Source:
        kind = node.kind()
        if kind in _CONSTANTS:
            return CONSTANT
        if kind in {"identifier", "shorthand_property_identifier"}:
            return self._of_name(node, path, mode)
        if kind in {"member_expression", "subscript_expression"}:
            return self._of_member(node, path, mode)
        if kind == "call_expression":
            found = of_call(node, path, mode, self._asked)
            return found if found is not None else self._of_unknown_call(node, mode)
        if kind == "new_expression":
            return of_new(node, path, mode, self._follow)
        if mode is Mode.ADDRESS and kind in {"template_string", "binary_expression"} and is_joined(node):
            part = host_part(node)
            return self._follow(part, (), mode) if part is not None else CONSTANT
        if kind == "template_string":
            return CONSTANT if mode is Mode.OBJECT else self._all(_substituted(node), (), mode)
        if kind == "binary_expression":
            return self._of_binary(node, path, mode)
        if kind == "ternary_expression":
            return self._of_choice(node, path, mode)
        if kind == "object":
            return self._of_object(node, path, mode)
        if kind in {"array", "sequence_expression", "spread_element"}:
            inner = path[1:] if kind == "array" and path and path[0].isdigit() else path
            return self._all(node.named_children(), inner, mode)
        if kind in {"assignment_expression", "augmented_assignment_expression"}:
            right = node.field("right")
            return self._follow(right, path, mode) if right is not None else OTHER
        if kind == "unary_expression":
            inner_node = node.field("argument")
            return (
                self._follow(inner_node, (), mode)
                if inner_node is not None and mode is Mode.VALUE
                else CONSTANT
            )
        return CONSTANT if kind == "update_expression" else OTHER

    def _all(self, nodes: list[SgNode], path: Path, mode: Mode) -> Source:
        found = CONSTANT
        for one in nodes:
            if one.kind() != "comment":
                found = found.with_(self._follow(one, path, mode))
        return found

    # ------------------------------------------------------------------------------------------------ names

    def _of_name(self, node: SgNode, path: Path, mode: Mode) -> Source:
        if self._is_checked(node, ".".join((node.text(), *path)), mode):
            return CONSTANT
        bound = self.reading.bindings.of(node.text(), node)
        if not bound:
            return self._of_global(node.text(), path, mode)
        found = CONSTANT
        for one in bound:
            found = found.with_(self._of_bound(one, path, mode))
        return found

    def _of_bound(self, bound: Bound, path: Path, mode: Mode) -> Source:
        whole = (*bound.path, *path)
        if not isinstance(bound.value, Parameter):
            return self._follow(bound.value, whole, mode)
        passed = passed_from(bound.value)
        known = of_parameter(self.reading, bound.value, whole, mode)
        if known is not None:
            return known
        return self._follow(passed, whole, mode) if passed is not None else OTHER

    def _is_checked(self, node: SgNode, text: str, mode: Mode) -> bool:
        return mode not in {Mode.VALUE, Mode.ADDRESS} and self._checks.covers(node, text, mode)

    def _of_global(self, name: str, path: Path, mode: Mode) -> Source:
        if (
            mode is Mode.MARKUP
            and name in {"location", "window", "document"}
            and path
            and path[-1] in _ADDRESS
        ):
            return Source(Origin.REQUEST)
        imported = name in self.reading.imports
        return CONSTANT if imported or name in _GLOBALS or name.isupper() else OTHER

    def _of_member(self, node: SgNode, path: Path, mode: Mode) -> Source:
        steps: list[str] = []
        base = node
        while base.kind() in {"member_expression", "subscript_expression"}:
            if base.kind() == "member_expression":
                name = base.field("property")
                steps.append(name.text() if name is not None else "")
            else:
                index = base.field("index")
                steps.append(string_value(index) if index is not None and index.kind() == "string" else "0")
            inner = base.field("object")
            if inner is None:
                return OTHER
            base = unwrapped(inner)
        whole = (*reversed(steps), *path)
        if mode is not Mode.VALUE:
            if whole[-1] in {"length", "size"}:
                return CONSTANT
            if self._is_checked(node, node.text(), mode):
                return CONSTANT
        if base.kind() == "this":
            return self._of_field(node, whole, mode)
        return self._follow(base, whole, mode)

    def _of_field(self, node: SgNode, path: Path, mode: Mode) -> Source:
        """`this.name`: what the class's field is set to where it is declared."""
        for around in node.ancestors():
            if around.kind() in {"class_declaration", "class", "abstract_class_declaration"}:
                held = class_members(around).get(path[0])
                if held is None:
                    break
                if held.kind() in {"public_field_definition", "field_definition", "method_definition"}:
                    return OTHER
                return self._follow(held, path[1:], mode)
        if path[0] in REQUEST_NAMES:
            return Source(of_request(path[1:]))
        return Source(of_context(path[1:])) if path[0] in CONTEXT_NAMES else OTHER

    # ------------------------------------------------------------------------------------------ expressions

    def _of_binary(self, node: SgNode, path: Path, mode: Mode) -> Source:
        operator = operator_of(node)
        sides = [side for side in (node.field("left"), node.field("right")) if side is not None]
        if operator in _COMPARING:
            return CONSTANT
        if operator == "+" and mode is Mode.OBJECT:
            return CONSTANT
        if operator == "&&":
            sides = sides[1:]
        if operator in _JOINING or mode is Mode.VALUE:
            return self._all(sides, path, mode)
        return CONSTANT

    def _of_choice(self, node: SgNode, path: Path, mode: Mode) -> Source:
        condition = node.field("condition")
        sides = [side for side in (node.field("consequence"), node.field("alternative")) if side is not None]
        if mode is not Mode.VALUE and condition is not None:
            tested = condition.text()
            sides = [side for side in sides if not self._checks.is_tested(tested, side.text())]
        return self._all(sides, path, mode)

    def _of_object(self, node: SgNode, path: Path, mode: Mode) -> Source:
        if path:
            entries = dict(object_entries(node))
            if path[0] in entries:
                return self._follow(entries[path[0]], path[1:], mode)
            spread = [child for child in node.named_children() if child.kind() == "spread_element"]
            if not spread and path[0].isidentifier() and path[0] != "toString":
                # A computed key takes one of the values
                return self._all([value for _, value in object_entries(node)], (), mode)
            return self._all([one for child in spread for one in child.named_children()], path, mode)
        values = [value for _, value in object_entries(node)]
        spread = [
            one
            for child in node.named_children()
            if child.kind() == "spread_element"
            for one in child.named_children()
        ]
        return self._all([*values, *spread], (), mode)

    def _of_unknown_call(self, call: SgNode, mode: Mode) -> Source:
        found = self._of_own_function(call, mode)
        if found.origin is not Origin.OTHER:
            return found
        given = arguments_of(call)
        if looks_up_session(call):
            return Source(Origin.CALLER)
        # What is found by the caller's identity alone is the caller's
        origin = self._all(given, (), Mode.VALUE).origin
        return Source(Origin.OWN) if origin and not origin & ~(Origin.CALLER | Origin.OWN) else found

    def _of_own_function(self, call: SgNode, mode: Mode) -> Source:
        """A call of a function of this file: constant where everything that it returns is."""
        called = call.field("function")
        if called is None or called.kind() != "identifier":
            return OTHER
        for one in self.reading.bindings.of(called.text(), call):
            if isinstance(one.value, Parameter) or unwrapped(one.value).kind() not in FUNCTIONS:
                return OTHER
        held = self.reading.module.names.get(called.text())
        function = unwrapped(held) if held is not None else None
        if function is None or function.kind() not in FUNCTIONS:
            return OTHER
        given = list(returned(function))
        result = self._all(given, (), mode) if given else OTHER
        # Its parameters are not those of the function that calls it
        return result if result.origin in {Origin.CONSTANT, Origin.CALLER, Origin.OWN} and given else OTHER


def _substituted(template: SgNode) -> list[SgNode]:
    parts: Iterator[SgNode] = (
        one for one in template.named_children() if one.kind() == "template_substitution"
    )
    return [inner for one in parts for inner in one.named_children()]

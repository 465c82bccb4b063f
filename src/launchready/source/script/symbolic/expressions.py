"""Expressions: what they stand for, as far as it can be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from launchready.source.script.nodes import WRAPPERS, operator_of, required, string_value
from launchready.source.script.symbolic import classes, operators
from launchready.source.script.symbolic.members import assign, key_name, member_of
from launchready.source.script.symbolic.promises import MayBe
from launchready.source.script.symbolic.scope import Scope, Thrown
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Absent,
    Argument,
    ClassValue,
    Closure,
    Constant,
    Either,
    Items,
    Member,
    Native,
    Package,
    Record,
    Regex,
    Settled,
    Site,
    Unknown,
    Value,
    either,
    joined_text,
    text_of,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

_CHAIN = frozenset(
    {"call_expression", "member_expression", "subscript_expression", "instantiation_expression"}
)
_CATCHING = frozenset({"then", "catch", "finally"})
_LONGEST_CHAIN = 2000
GLOBALS = frozenset({
    "process", "console", "Object", "Array", "String", "Number", "Boolean", "Promise", "JSON", "Math", "Date", "Set",
    "Map", "Symbol", "Reflect", "RegExp", "Error", "TypeError", "parseInt", "parseFloat", "isNaN", "setTimeout",
    "setInterval", "setImmediate", "globalThis", "global", "Buffer", "URL", "encodeURIComponent", "decodeURIComponent",
    "WeakMap", "WeakSet", "BigInt", "Function", "require", "__dirname", "__filename",
})  # fmt: skip


def evaluate(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    """What an expression stands for."""
    kind = node.kind()
    if kind in _CHAIN or kind in WRAPPERS:
        return _chain(run, node, scope)
    handler = _BY_KIND.get(kind)
    return handler(run, node, scope) if handler is not None else Unknown(Site(module=scope.module, node=node))


def _chain(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    """`a.b(c)[d].e()`, from its base outward; long chains cost no depth."""
    steps: list[SgNode] = []
    while len(steps) < _LONGEST_CHAIN:
        kind = node.kind()
        if kind == "call_expression":
            inner = node.field("function")
        elif kind in {"member_expression", "subscript_expression"}:
            inner = node.field("object")
        elif kind in WRAPPERS or kind == "instantiation_expression":
            inner = next((one for one in node.named_children() if one.kind() not in _NO_VALUES), None)
        else:
            break
        if inner is None:
            return Unknown(Site(module=scope.module, node=node))
        steps.append(node)
        node = inner
    steps.reverse()
    value: Value | None = None
    for place in range(-1, len(steps)):
        try:
            if place < 0 or value is None:
                value = _base(run, node, steps, scope)
            else:
                value = _step(run, value, steps[place], scope)
        except Thrown as thrown:
            following = steps[place + 1].field("property") if place + 1 < len(steps) else None
            if following is None or following.text() not in _CATCHING:
                raise
            value = Settled(thrown.value, broken=True)
    return value if value is not None else UNDEFINED


_NO_VALUES = frozenset({"comment", "type_arguments", "type_identifier", "predefined_type"})


def _base(run: Interpreter, node: SgNode, steps: list[SgNode], scope: Scope) -> Value:
    kind = node.kind()
    if kind == "super":
        return _Super(scope)
    if kind == "import" or (kind == "identifier" and node.text() == "require" and steps):
        return _Require()
    if kind in _CHAIN or kind in WRAPPERS:  # too long a chain
        return Unknown(Site(module=scope.module, node=node))
    return run.evaluate(node, scope)


def _step(run: Interpreter, value: Value, node: SgNode, scope: Scope) -> Value:
    kind = node.kind()
    if kind in WRAPPERS or kind == "instantiation_expression":
        if kind == "await_expression":
            return awaited(run, value)
        return value
    site = Site(module=scope.module, node=node)
    if run.guarding and _has_no_members(value) and kind != "call_expression" and not _is_optional(node):
        raise Thrown(Record(complete=False, site=site))
    if kind == "member_expression":
        name = node.field("property")
        return member_of(run, value, name.text() if name is not None else "", site)
    if kind == "subscript_expression":
        index = node.field("index")
        held = run.evaluate(index, scope) if index is not None else UNDEFINED
        key = text_of(held)
        if key is not None:
            return member_of(run, value, key, site)
        if isinstance(held, Absent) or held == UNDEFINED:
            return Absent(undefined=True) if run.guarding else Unknown(site)
        return _some_member(value, site)
    if isinstance(value, _Require):
        return _required(run, node, scope, site)
    run.steps -= 1
    return run.call(value, arguments_in(run, node, scope), site)


def _has_no_members(value: Value) -> bool:
    # Other names may be undefined only because what fills them was not gone through
    return isinstance(value, Absent) and value.undefined


def _is_optional(node: SgNode) -> bool:
    """`a?.b`, and what follows it in one chain."""
    return any(child.kind() == "optional_chain" for child in node.children()) or "?." in node.text()


def _some_member(value: Value, site: Site) -> Value:
    """A member whose name is not known."""
    if isinstance(value, Items) and value.values and value.complete:
        return either(list(value.values))
    if isinstance(value, Record) and value.entries and value.complete:
        return either([*value.entries.values(), UNDEFINED])
    return value if isinstance(value, Absent) else Unknown(site)


def awaited(run: Interpreter, value: Value) -> Value:
    """What `await` gives of a value."""
    if isinstance(value, MayBe):
        run.frames[-1].thrown.extend(way.value for way in value.ways if way.broken)
        kept = [way.value for way in value.ways if not way.broken]
        return either(kept) if kept else Unknown()
    if isinstance(value, Settled):
        if value.broken:
            raise Thrown(value.value)
        return value.value
    return value


class _Require(Native):
    """`require` or `import` where it is called."""

    is_live = False


class _Super(Native):
    """`super`: the class above, with this instance."""

    def __init__(self, scope: Scope) -> None:
        self.this = scope.nearest_this()
        owner = scope.nearest_owner()
        self.base = owner.base if isinstance(owner, ClassValue) else None

    def member(self, name: str) -> Value | None:
        """A method of the class above, with this `this`."""
        if isinstance(self.base, ClassValue) and self.this is not None:
            return classes.bound_method(self.base, name, self.this) or Unknown()
        return Member(self.base, name) if self.base is not None else Unknown()

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """The constructor of the class above."""
        if name:
            return Unknown(site)
        if isinstance(self.base, ClassValue) and isinstance(self.this, Record):
            classes.construct(run, self.base, self.this, arguments, site)
        elif isinstance(self.this, Record) and arguments:
            # The base is a package's: an Error takes its message first, and some take a status
            self.this.entries["super"] = Items([one.value for one in arguments])
        return UNDEFINED


def _required(run: Interpreter, call: SgNode, scope: Scope, site: Site) -> Value:
    given = arguments_in(run, call, scope)
    origin = required(call) or (text_of(given[0].value) if given else None)
    if not origin:
        run.problems.append(f"{scope.module.place(call)} loads modules by names that were not known")
        return Unknown(site)
    called = call.field("function")
    dynamic = called is not None and called.kind() == "import"
    value = run.required(scope.module, origin)
    return Settled(value) if dynamic else value


def arguments_in(run: Interpreter, call: SgNode, scope: Scope) -> list[Argument]:
    """The arguments of a call, spread arrays taken apart where they are known."""
    held = call.field("arguments")
    if held is None or held.kind() != "arguments":
        return []
    found: list[Argument] = []
    for node in held.named_children():
        site = Site(module=scope.module, node=node)
        if node.kind() == "comment":
            continue
        if node.kind() != "spread_element":
            found.append(Argument(value=run.evaluate(node, scope), site=site))
            continue
        value = run.evaluate(node.named_children()[0], scope)
        if isinstance(value, Items):
            sites = value.nodes if len(value.nodes) == len(value.values) else [site] * len(value.values)
            pairs = zip(value.values, sites, strict=True)
            found.extend(Argument(value=one, site=where) for one, where in pairs)
        if not isinstance(value, Items) or not value.complete:
            found.append(Argument(value=Unknown(site), site=site, spread=True))
    return found


# ------------------------------------------------------------------------------------------------- by kind


def _identifier(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    name = node.text()
    if name == "undefined":
        return UNDEFINED
    value = run.lookup(name, scope)
    if value is not None:
        return value
    if name == "__dirname":
        return Constant(f"/{scope.module.path}".rpartition("/")[0] or "/")
    if name == "__filename":
        return Constant(f"/{scope.module.path}")
    if name in {"global", "globalThis"}:
        return run.globals
    return Package("", name) if name in GLOBALS or name.endswith("Error") else Unknown(_site(node, scope))


def _site(node: SgNode, scope: Scope) -> Site:
    return Site(module=scope.module, node=node)


def _object(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    made = run.made(Record(site=_site(node, scope)))
    for child in node.named_children():
        kind = child.kind()
        if kind == "pair":
            key, value = child.field("key"), child.field("value")
            if key is not None and value is not None:
                name = key_name(run, key, scope)
                held = run.evaluate(value, scope)
                if name:
                    made.entries[name] = held
                else:
                    made.complete = False
        elif kind == "shorthand_property_identifier":
            made.entries[child.text()] = _identifier(run, child, scope)
        elif kind == "method_definition":
            inner = Scope(module=scope.module, parent=scope, this=made)
            closure = Closure(child, inner, made)
            getter = classes.has_word(child, "get")
            name = classes.member_name(child)
            made.entries[name] = run.call(closure, (), _site(child, scope)) if getter else closure
        elif kind == "spread_element":
            _spread_into(made, run.evaluate(child.named_children()[0], scope))
    return made


def _spread_into(made: Record, value: Value) -> None:
    if isinstance(value, Record):
        made.entries.update(value.entries)
        made.complete = made.complete and value.complete
    elif isinstance(value, Absent):
        made.entries["..."] = value
    elif not isinstance(value, Constant):
        made.complete = False


def _array(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    made = Items()
    for child in node.named_children():
        if child.kind() == "comment":
            continue
        if child.kind() != "spread_element":
            made.values.append(run.evaluate(child, scope))
            made.nodes.append(_site(child, scope))
            continue
        value = run.evaluate(child.named_children()[0], scope)
        if isinstance(value, Items):
            made.values.extend(value.values)
            made.nodes.extend([_site(child, scope)] * len(value.values))
        if isinstance(value, Either):
            inside = [one for option in value.options if isinstance(option, Items) for one in option.values]
            made.values.extend(inside)
            made.nodes.extend([_site(child, scope)] * len(inside))
        options = value.options if isinstance(value, Either) else [value]
        listed = [one for one in options if not isinstance(one, Constant)]
        known = all(isinstance(one, Items) and one.complete for one in listed)
        made.complete = made.complete and known
    return made


def _new(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    made = node.field("constructor")
    if made is None:
        return Unknown(_site(node, scope))
    return run.construct(run.evaluate(made, scope), arguments_in(run, node, scope), _site(node, scope))


def _template(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    parts: list[Value] = []
    for part in node.named_children():
        if part.kind() == "template_substitution":
            inner = part.named_children()
            parts.append(run.evaluate(inner[0], scope) if inner else UNDEFINED)
        else:
            parts.append(Constant(part.text()))
    if any(isinstance(part, Absent) for part in parts):
        return Absent()
    return joined_text([operators.settled_text(part) for part in parts])


def _ternary(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    condition, one, other = node.field("condition"), node.field("consequence"), node.field("alternative")
    if condition is None or one is None or other is None:
        return Unknown(_site(node, scope))
    return operators.choose(run, condition, one, other, scope)


def _assignment(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    left, right = node.field("left"), node.field("right")
    if left is None or right is None:
        return Unknown(_site(node, scope))
    value = run.evaluate(right, scope)
    if node.kind() == "augmented_assignment_expression":
        value = operators.augmented(run, operator_of(node), run.evaluate(left, scope), value)
    if left.kind() in {"object_pattern", "array_pattern"}:
        # The names were declared elsewhere: what is taken apart goes to them
        taken = Scope(module=scope.module, parent=scope)
        run.bind(left, value, taken)
        for name, held in taken.names.items():
            run.enter_into(scope.assigned(name), name, held)
    else:
        assign(run, left, value, scope)
    return value


def _sequence(run: Interpreter, node: SgNode, scope: Scope) -> Value:
    value: Value = UNDEFINED
    for child in node.named_children():
        value = run.evaluate(child, scope)
    return value


def _number(_run: Interpreter, node: SgNode, _scope: Scope) -> Value:
    text = node.text().replace("_", "").rstrip("n")
    try:
        return Constant(int(text, 0) if not any(sign in text for sign in ".e") else float(text))
    except ValueError:
        return Unknown()


def _closure(_run: Interpreter, node: SgNode, scope: Scope) -> Value:
    return Closure(node, scope)


def _this(_run: Interpreter, node: SgNode, scope: Scope) -> Value:
    return scope.nearest_this() or Unknown(_site(node, scope))


_BY_KIND: Mapping[str, Callable[[Interpreter, SgNode, Scope], Value]] = {
    "identifier": _identifier,
    "shorthand_property_identifier": _identifier,
    "this": _this,
    "string": lambda _run, node, _scope: Constant(string_value(node)),
    "template_string": _template,
    "number": _number,
    "true": lambda _run, _node, _scope: Constant(True),  # noqa: FBT003
    "false": lambda _run, _node, _scope: Constant(False),  # noqa: FBT003
    "null": lambda _run, _node, _scope: UNDEFINED,
    "undefined": lambda _run, _node, _scope: UNDEFINED,
    "regex": lambda _run, node, _scope: Regex(node.text()),
    "object": _object,
    "array": _array,
    "arrow_function": _closure,
    "function_expression": _closure,
    "generator_function": _closure,
    "class": classes.declare,
    "new_expression": _new,
    "binary_expression": operators.binary,
    "unary_expression": operators.unary,
    "ternary_expression": _ternary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "sequence_expression": _sequence,
}

"""Instances of the repository's classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from launchready.source.script.symbolic.patterns import bind_parameters
from launchready.source.script.symbolic.scope import Scope
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Argument,
    Called,
    ClassValue,
    Closure,
    Constant,
    Record,
    Site,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

FIELDS = frozenset({"public_field_definition", "field_definition"})
_METHODS = frozenset({"method_definition"})
_MOST_BASES = 12


def lineage(cls: ClassValue) -> Iterator[ClassValue]:
    """A class of the repository and those that it extends, nearest first."""
    held: Value | None = cls
    for _ in range(_MOST_BASES):
        if not isinstance(held, ClassValue):
            return
        yield held
        held = held.base


def members(cls: ClassValue) -> Iterator[SgNode]:
    """Methods and fields of a class itself."""
    body = cls.node.field("body")
    for child in body.named_children() if body is not None else []:
        if child.kind() in FIELDS or child.kind() in _METHODS:
            yield child


def member_name(member: SgNode) -> str:
    """The name of a method or field."""
    name = member.field("name") or member.field("property")
    return name.text().strip("'\"") if name is not None else ""


def has_word(member: SgNode, word: str) -> bool:
    """Whether a method or field has a modifier: static, get, set, abstract."""
    for child in member.children():
        if child.kind() == word:
            return True
        if child.kind() in {"property_identifier", "formal_parameters"}:
            return False
    return False


def method(cls: ClassValue, name: str, *, static: bool = False) -> tuple[ClassValue, SgNode] | None:
    """The method of a name, in the class or what it extends, and the class that holds it."""
    for one in lineage(cls):
        for member in members(one):
            is_method = member.kind() == "method_definition" and member.field("body") is not None
            if is_method and member_name(member) == name and has_word(member, "static") is static:
                return one, member
    return None


def bound_method(cls: ClassValue, name: str, this: Value, *, static: bool = False) -> Closure | None:
    """A method as a function that knows its `this`."""
    found = method(cls, name, static=static)
    if found is None:
        return None
    owner, node = found
    return Closure(node, Scope(module=owner.module, parent=owner.scope, owner=owner), this)


def declare(run: Interpreter, node: SgNode, scope: Scope) -> ClassValue:
    """A class as it is declared, its static fields filled."""
    made = ClassValue(node, scope)
    heritage = next((child for child in node.children() if child.kind() == "class_heritage"), None)
    if heritage is not None:
        clause = next((one for one in heritage.named_children() if one.kind() == "extends_clause"), heritage)
        extended = clause.field("value") or next(iter(clause.named_children()), None)
        if extended is not None and extended.kind() != "implements_clause":
            made.base = run.evaluate(extended, scope)
    inner = Scope(module=scope.module, parent=scope, this=made, owner=made)
    for member in members(made):
        if not has_word(member, "static") or member.kind() not in FIELDS:
            continue
        value = member.field("value")
        made.statics[member_name(member)] = run.evaluate(value, inner) if value is not None else UNDEFINED
    return made


def instance(run: Interpreter, cls: ClassValue, arguments: tuple[Argument, ...], site: Site) -> Value:
    """What `new` of a class of the repository gives: its fields and what its constructors enter."""
    made = run.made(Record(made_by=cls, complete=False, site=site))
    for one in reversed(list(lineage(cls))):
        inner = Scope(module=one.module, parent=one.scope, this=made, owner=one, is_function=True)
        for member in members(one):
            value = member.field("value")
            if member.kind() in FIELDS and value is not None and not has_word(member, "static"):
                made.entries[member_name(member)] = run.evaluate(value, inner)
    construct(run, cls, made, arguments, site)
    return made


def construct(
    run: Interpreter, cls: ClassValue, made: Record, arguments: tuple[Argument, ...], site: Site
) -> None:
    """Go through the nearest constructor of a class for an instance."""
    found = method(cls, "constructor")
    if found is None:
        error = arguments[0].value if arguments else None
        if error is not None and not isinstance(cls.base, ClassValue):
            made.entries.setdefault("message", error)
        return
    owner, node = found
    scope = Scope(module=owner.module, parent=owner.scope, owner=owner)
    _parameter_properties(run, node, made, arguments, owner, site)
    constructor = Closure(node, scope, made)
    if run.is_worth_it(constructor, arguments) or run.hooks.matters(Closure(cls.node, scope)):
        run.enter(constructor, arguments, site)


def _parameter_properties(
    run: Interpreter,
    constructor: SgNode,
    made: Record,
    arguments: tuple[Argument, ...],
    owner: ClassValue,
    site: Site,
) -> None:
    """`constructor(private users: Users)`: a field each; by its type where nothing is given."""
    held = constructor.field("parameters")
    scope = Scope(module=owner.module, parent=owner.scope, is_function=True)
    bind_parameters(run, constructor, arguments, scope, site)
    for parameter in held.named_children() if held is not None else []:
        pattern = parameter.field("pattern")
        kinds = {child.kind() for child in parameter.children()}
        if pattern is None or not kinds & {"accessibility_modifier", "readonly", "override_modifier"}:
            continue
        value = scope.names.get(pattern.text(), UNDEFINED)
        if value != Constant(None) and not isinstance(value, Unknown):
            made.entries[pattern.text()] = value


def annotated_class(run: Interpreter, cls: ClassValue, name: str) -> ClassValue | None:
    """The class that a field, or a parameter of the constructor, is declared to be of."""
    for one in lineage(cls):
        for member in members(one):
            if member.kind() in FIELDS and member_name(member) == name:
                return _declared_class(run, member, one)
        found = method(one, "constructor")
        held = found[1].field("parameters") if found is not None else None
        for parameter in held.named_children() if held is not None else []:
            pattern = parameter.field("pattern")
            if pattern is not None and pattern.text() == name:
                return _declared_class(run, parameter, one)
    return None


def _declared_class(run: Interpreter, node: SgNode, owner: ClassValue) -> ClassValue | None:
    annotation = node.field("type")
    named = next(iter(annotation.named_children()), None) if annotation is not None else None
    if named is not None and named.kind() == "generic_type":
        named = named.field("name") or named
    if named is None or named.kind() != "type_identifier":
        return None
    value = run.lookup(named.text(), owner.scope)
    return value if isinstance(value, ClassValue) else None


def _injected(run: Interpreter, cls: ClassValue, name: str) -> Value | None:
    """What the framework's container gives for the parameter, or field, of a name."""
    if run.injector is None:
        return None
    for one in lineage(cls):
        for member in members(one):
            if member.kind() in FIELDS and member_name(member) == name:
                return run.injector(one, member)
        found = method(one, "constructor")
        held = found[1].field("parameters") if found is not None and found[0] is one else None
        for parameter in held.named_children() if held is not None else []:
            pattern = parameter.field("pattern")
            if pattern is not None and pattern.text() == name:
                return run.injector(one, parameter)
    return None


def supplied(run: Interpreter, record: Record, name: str, site: Site) -> Value | None:
    """A field that something outside fills in (a container, a decorator): an instance of its declared class."""
    cls = record.made_by
    if not isinstance(cls, ClassValue):
        return None
    given = _injected(run, cls, name)
    found = annotated_class(run, cls, name) if given is None else None
    if given is None and found is None:
        return None
    record.entries[name] = Unknown(site)
    made = (
        given if given is not None else run.construct(found, (), site) if found is not None else Unknown(site)
    )
    record.entries[name] = made
    return None if isinstance(made, Called) else made

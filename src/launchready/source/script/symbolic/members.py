"""Members of values, and what is assigned to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from launchready.source.script.nodes import WRAPPERS, string_value
from launchready.source.script.symbolic import classes, operators
from launchready.source.script.symbolic.scope import Scope
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Absent,
    Argument,
    Called,
    ClassValue,
    Closure,
    Constant,
    Either,
    Items,
    Member,
    Native,
    Package,
    Record,
    Site,
    Unknown,
    Value,
    either,
    text_of,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter


def member_of(run: Interpreter, value: Value, name: str, site: Site | None = None) -> Value:
    """`value.name`."""
    match value:
        case Absent() | Constant(value=None):
            return value
        case Record():
            return _record_member(run, value, name, site)
        case Native():
            found = value.member(name)
            return found if found is not None else Member(value, name)
        case ClassValue():
            return _class_member(value, name)
        case Package(package=package, name=outer):
            plain = outer in {"*", "default"}
            return Package(package, name if plain else f"{outer}.{name}")
        case Items(values=values, complete=complete):
            if name == "length":
                return Constant(len(values)) if complete else Unknown(site)
            if name.isdecimal():
                inside = int(name) < len(values)
                return values[int(name)] if inside else (UNDEFINED if complete else Unknown(site))
            return Member(value, name)
        case Constant(value=str() as text) if name == "length":
            return Constant(len(text))
        case Closure(entries=entries) if name in entries:
            return entries[name]
        case Either(options=options):
            return either([member_of(run, option, name, site) for option in options])
        case Called(arguments=arguments) if handed := _handed_native(arguments):
            return member_of(run, handed, name, site)
        case _:
            return Member(value, name)


def _handed_native(arguments: tuple[Argument, ...]) -> Native | None:
    """`addAsync(app).get(…)`: what a package gives back for a framework's thing is most often that thing."""
    first = arguments[0].value if arguments else None
    return first if isinstance(first, Native) and getattr(first, "is_handed_on", False) else None


def _record_member(run: Interpreter, record: Record, name: str, site: Site | None) -> Value:
    if name in record.entries:
        return record.entries[name]
    cls = record.made_by
    if isinstance(cls, ClassValue) and name == "constructor":
        return cls
    if isinstance(cls, ClassValue):
        found = classes.method(cls, name)
        if found is not None:
            bound = classes.bound_method(cls, name, record)
            if bound is not None and classes.has_word(found[1], "get") and site is not None:
                return run.call(bound, (), site)
            return bound if bound is not None else Unknown(site)
        if site is not None:
            supplied = classes.supplied(run, record, name, site)
            if supplied is not None:
                return supplied
    if record.complete:
        return Member(record, name) if name in operators.OBJECT_METHODS else UNDEFINED
    return Member(record, name)


def _class_member(cls: ClassValue, name: str) -> Value:
    for one in classes.lineage(cls):
        if name in one.statics:
            return one.statics[name]
    bound = classes.bound_method(cls, name, cls, static=True)
    if bound is not None:
        return bound
    if name == "prototype":
        return Record(made_by=cls, complete=False)
    if name == "name":
        return Constant(cls.name)
    return Member(cls, name)


def key_name(run: Interpreter, key: SgNode, scope: Scope) -> str:
    """The name of a property as it stands in an object or pattern; empty where it is not known."""
    kind = key.kind()
    if kind == "string":
        return string_value(key)
    if kind == "computed_property_name":
        inner = key.named_children()
        return (text_of(run.evaluate(inner[0], scope)) or "") if inner else ""
    return key.text()


def assign(run: Interpreter, target: SgNode, value: Value, scope: Scope) -> None:
    """`target = value`."""
    kind = target.kind()
    if kind == "identifier":
        run.enter_into(scope.assigned(target.text()), target.text(), value)
        return
    if kind in WRAPPERS:
        assign(run, target.named_children()[0], value, scope)
        return
    held = target.field("object")
    if held is None:
        return
    owner = run.evaluate(held, scope)
    if kind == "member_expression":
        name = target.field("property")
        key = name.text() if name is not None else ""
    else:
        index = target.field("index")
        key = (text_of(run.evaluate(index, scope)) or "") if index is not None else ""
    if isinstance(owner, Native):
        owner.assign(run, key, value, Site(module=scope.module, node=target))
        return
    _enter(run, owner, key, value)


def _enter(run: Interpreter, owner: Value, key: str, value: Value) -> None:
    if isinstance(owner, Record | Closure):
        if key:
            run.enter_into(owner.entries, key, value)
        elif isinstance(owner, Record):
            owner.complete = False
    elif isinstance(owner, ClassValue) and key:
        run.enter_into(owner.statics, key, value)

"""Words for what stands in a module while it is loaded: scopes, what statements do to names, lists as they grow."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from launchready.source.python.project import Function, PythonModule

_LONGEST_CODE = 80


class Change(Enum):
    """What a statement does with a name."""

    SET = auto()
    EXTEND = auto()
    APPEND = auto()
    PREPEND = auto()
    KEY = auto()  # `name["key"] = …`
    CALL = auto()  # `name.method(…)`


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An expression with the scope that its names are looked up in."""

    scope: "Scope"
    expression: ast.expr

    def other(self, expression: ast.expr) -> "Bound":
        """Another expression of the same scope."""
        return Bound(scope=self.scope, expression=expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A statement about a name: what it does, with which expression, under which `if`, in which round of a loop."""

    change: Change
    expression: ast.expr
    condition: str = ""
    local: Mapping[str, Bound] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The statements of a module or function by the names that they are about."""

    events: Mapping[str, Sequence[Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where an expression is written, and what local names (loop variables, parameters) stand for there."""

    module: PythonModule
    local: Mapping[str, Bound] = field(default_factory=dict)
    frame: Frame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An element of a list, and the condition (code) under which it is in it."""

    bound: Bound
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """The elements of a list as far as they can be told; `unread` are the lists in it that cannot."""

    found: tuple[Item, ...] = ()
    unread: tuple[Item, ...] = ()


class HeldList(ast.List):
    """A list that was put together before: what a name stood for when it is used in its own new value."""

    held: Items = Items()


def held_list(items: Items, at: ast.expr) -> ast.expr:
    """`items` as an expression."""
    made = HeldList(elts=[], ctx=ast.Load())
    made.held = items
    return ast.copy_location(made, at)


def total(parts: Iterator[Items] | tuple[Items, ...]) -> Items:
    """One list after the other."""
    every = tuple(parts)
    return Items(
        found=tuple(item for part in every for item in part.found),
        unread=tuple(item for part in every for item in part.unread),
    )


def under(items: Items, condition: str) -> Items:
    """The same list, in force under a further condition."""
    if not condition:
        return items
    return Items(
        found=tuple(replace(item, condition=both(condition, item.condition)) for item in items.found),
        unread=tuple(replace(item, condition=both(condition, item.condition)) for item in items.unread),
    )


def both(first: str, second: str) -> str:
    """Two conditions as one."""
    return " and ".join(dict.fromkeys(part for part in (first, second) if part))


def code_of(node: ast.AST) -> str:
    """The code of a node on one line, cut."""
    try:
        text = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        return "…"
    return text if len(text) <= _LONGEST_CODE else f"{text[: _LONGEST_CODE - 1]}…"


_LIST_METHODS: Mapping[str, tuple[Change, int]] = {
    "append": (Change.APPEND, 0),
    "extend": (Change.EXTEND, 0),
    "insert": (Change.PREPEND, 1),
}


def changes_of(statement: ast.stmt, condition: str) -> Iterator[tuple[str, Event]]:
    """What a statement without a body does to names, by the first part of the name: `api.router.register` is `api`."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, value, condition)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _assigned(target, value, condition)
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
            yield name, Event(change=Change.EXTEND, expression=value, condition=condition)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=method), args=args) as call):
            name = _first_name(owner)
            change, place = _LIST_METHODS.get(method, (Change.CALL, 0))
            if name and isinstance(owner, ast.Name) and change is not Change.CALL and len(args) > place:
                yield name, Event(change=change, expression=args[place], condition=condition)
            elif name:
                yield name, Event(change=Change.CALL, expression=call, condition=condition)


def _assigned(target: ast.expr, value: ast.expr, condition: str) -> Iterator[tuple[str, Event]]:
    match target:
        case ast.Name(id=name):
            yield name, Event(change=Change.SET, expression=value, condition=condition)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
            yield name, Event(change=Change.KEY, expression=value, condition=condition, key=key)


def _first_name(expression: ast.expr) -> str:
    while isinstance(expression, ast.Attribute | ast.Call):
        expression = expression.func if isinstance(expression, ast.Call) else expression.value
    return expression.id if isinstance(expression, ast.Name) else ""


def last_set(frame: Frame | None, name: str) -> Event | None:
    """The statement that gave a name its value: the last one without an `if`, else the first of all."""
    settings = [event for event in frame.events.get(name, ()) if event.change is Change.SET] if frame else []
    plain = [event for event in settings if not event.condition]
    return plain[-1] if plain else settings[0] if settings else None


def bound_arguments(function: Function, call: ast.Call, scope: Scope) -> dict[str, Bound]:
    """The parameters of a function with the arguments of a call; defaults are left out."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    pairs = zip(names, call.args, strict=False)
    found = {name: Bound(scope=scope, expression=value) for name, value in pairs}
    for keyword in call.keywords:
        if keyword.arg is not None:
            found[keyword.arg] = Bound(scope=scope, expression=keyword.value)
    if function.args.vararg is not None:
        rest = ast.Tuple(elts=call.args[len(names) :], ctx=ast.Load())
        found[function.args.vararg.arg] = Bound(scope=scope, expression=ast.copy_location(rest, call))
    return found


def own_nodes(function: Function | ast.Lambda) -> Iterator[ast.AST]:
    """All nodes of a function's body but those of functions and classes inside it."""
    body = function.body
    stack: list[ast.AST] = list(reversed(body)) if isinstance(body, list) else [body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))

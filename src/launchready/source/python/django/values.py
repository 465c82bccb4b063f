"""What names stand for while a Django module is loaded: lists that grow, loops over literals, lists of functions.

Order matters here (`urlpatterns = [...]`, later `urlpatterns += ...` under an `if`), which the bindings of a module do
not tell. Nothing is run: statements are gone through in order, and what cannot be told is kept as such.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from launchready.source.python.django.scopes import (
    Bound,
    Change,
    Event,
    Frame,
    HeldList,
    Item,
    Items,
    Scope,
    both,
    bound_arguments,
    changes_of,
    code_of,
    held_list,
    last_set,
    own_nodes,
    total,
    under,
)
from launchready.source.python.project import (
    Defined,
    Function,
    Outside,
    PythonModule,
    PythonProject,
    Whole,
    dotted_name,
)

_SETTINGS = "django.conf.settings."
_DEEPEST = 24
_LONGEST_LOOP = 200
_SAME_LIST = frozenset({"list", "tuple", "set", "sorted", "reversed"})


class SettingsValues(Protocol):
    """The settings of the application that is read."""

    def bound(self, name: str) -> Bound | None:
        """The value of a setting."""

    def items(self, name: str) -> Items:
        """A setting that is a list."""


class Values:
    """Values of expressions across the modules of a project; `settings` are those of the application that is read."""

    def __init__(self, project: PythonProject) -> None:
        self.project = project
        self.settings: SettingsValues | None = None
        self.replayed: set[tuple[str, str]] = set()  # module and name of every list that was asked for
        self._frames: dict[str, Frame] = {}

    def frame(self, module: PythonModule) -> Frame:
        """The statements at the top level of a module."""
        if module.path not in self._frames:
            events: dict[str, list[Event]] = {}
            # Known before it is complete: a loop asks for the lists above it
            self._frames[module.path] = Frame(events=events)
            for name, event in self._events(Scope(module=module), module.tree.body, ""):
                events.setdefault(name, []).append(event)
        return self._frames[module.path]

    def inside(self, module: PythonModule, function: Function, local: Mapping[str, Bound]) -> Scope:
        """The scope of a function's body."""
        events: dict[str, list[Event]] = {}
        scope = Scope(module=module, local=local, frame=Frame(events=events))
        for name, event in self._events(scope, function.body, ""):
            events.setdefault(name, []).append(event)
        return scope

    # ----------------------------------------------------------------------------------------- statements

    def _events(self, scope: Scope, body: list[ast.stmt], condition: str) -> Iterator[tuple[str, Event]]:
        for statement in body:
            match statement:
                case ast.If(test=test, body=inner, orelse=other):
                    text = code_of(test)
                    yield from self._events(scope, inner, both(condition, text))
                    yield from self._events(scope, other, both(condition, f"not ({text})"))
                case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=last):
                    for handler in handlers:
                        yield from self._events(scope, handler.body, both(condition, "an error"))
                    yield from self._events(scope, [*inner, *other, *last], condition)
                case ast.With(body=inner):
                    yield from self._events(scope, inner, condition)
                case ast.For(target=target, iter=iterated, body=inner):
                    for local in self._rounds(scope, target, iterated):
                        yield from self._events(replace(scope, local=local), inner, condition)
                case _:
                    for name, event in changes_of(statement, condition):
                        yield name, replace(event, local=scope.local)

    def _rounds(self, scope: Scope, target: ast.expr, iterated: ast.expr) -> Iterator[Mapping[str, Bound]]:
        """What the loop's names stand for, once a round; one round with unknown names where the list is unknown."""
        items = self.items(scope, iterated)
        if items.unread or not items.found:
            yield scope.local
            return
        for item in items.found[:_LONGEST_LOOP]:
            yield {**scope.local, **self._unpacked(target, item.bound)}

    def _unpacked(self, target: ast.expr, bound: Bound) -> dict[str, Bound]:
        """Names of an assignment's left side (`a`, `a, b`) with what they get."""
        if isinstance(target, ast.Name):
            return {target.id: bound}
        held = self.resolved(bound)
        if not isinstance(target, ast.Tuple | ast.List):
            return {}
        if not isinstance(held.expression, ast.Tuple | ast.List):
            return {}
        found: dict[str, Bound] = {}
        for part, value in zip(target.elts, held.expression.elts, strict=False):
            found.update(self._unpacked(part, held.other(value)))
        return found

    # ---------------------------------------------------------------------------------------------- names

    def resolved(self, bound: Bound) -> Bound:
        """An expression with names replaced by what they last stood for without an `if`."""
        for _ in range(_DEEPEST):
            following = self._step(bound)
            if following is None:
                break
            bound = following
        return bound

    def _step(self, bound: Bound) -> Bound | None:
        expression, scope = bound.expression, bound.scope
        if isinstance(expression, ast.Name):
            local = scope.local.get(expression.id)
            if local is not None:
                return None if local.expression is expression else local
            event = last_set(scope.frame, expression.id)
            if event is not None:
                return _of_event(event, scope.module, scope.frame)
            event = last_set(self.frame(scope.module), expression.id)
            if event is not None:
                return _of_event(event, scope.module, None)
        if not isinstance(expression, ast.Name | ast.Attribute):
            return None
        meaning = self.project.of(scope.module, expression)
        if isinstance(meaning, Outside) and meaning.name.startswith(_SETTINGS) and self.settings is not None:
            return self.settings.bound(meaning.name.removeprefix(_SETTINGS))
        if not isinstance(meaning, Defined) or not isinstance(meaning.node, ast.expr):
            return None
        event = last_set(self.frame(meaning.module), meaning.name)
        if event is not None:
            return _of_event(event, meaning.module, None)
        return Bound(scope=Scope(module=meaning.module), expression=meaning.node)

    # ---------------------------------------------------------------------------------------------- lists

    def items(self, scope: Scope, expression: ast.expr, depth: int = 0) -> Items:
        """The elements of a list, tuple or set as it stands when its module is loaded."""
        if depth > _DEEPEST:
            return _unread(scope, expression)
        match expression:
            case HeldList(held=held):
                return held
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return total(self._element(scope, element, depth) for element in elements)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return total(self.items(scope, side, depth + 1) for side in (left, right))
            case ast.IfExp(test=test, body=body, orelse=other):
                yes, no = self.items(scope, body, depth + 1), self.items(scope, other, depth + 1)
                text = code_of(test)
                return total((under(yes, text), under(no, f"not ({text})")))
            case ast.ListComp(elt=element, generators=[generator]):
                return self._comprehended(scope, element, generator)
            case ast.GeneratorExp(elt=element, generators=[generator]):
                return self._comprehended(scope, element, generator)
            case ast.Name() | ast.Attribute():
                return self._named(scope, expression, depth)
            case ast.Call():
                return self._called(scope, expression, depth)
            case _:
                return _unread(scope, expression)

    def _element(self, scope: Scope, element: ast.expr, depth: int) -> Items:
        if isinstance(element, ast.Starred):
            return self.items(scope, element.value, depth + 1)
        return Items(found=(Item(bound=Bound(scope=scope, expression=element)),))

    def _comprehended(self, scope: Scope, element: ast.expr, generator: ast.comprehension) -> Items:
        condition = " and ".join(code_of(test) for test in generator.ifs)
        rounds = self._rounds(scope, generator.target, generator.iter)
        bounds = (Bound(scope=replace(scope, local=local), expression=element) for local in rounds)
        return Items(found=tuple(Item(bound=bound, condition=condition) for bound in bounds))

    def _named(self, scope: Scope, expression: ast.expr, depth: int) -> Items:
        """A name's list with all that was added to it, in order."""
        if isinstance(expression, ast.Name):
            local = scope.local.get(expression.id)
            if local is not None and local.expression is not expression:
                return self.items(local.scope, local.expression, depth + 1)
            if scope.frame is not None and expression.id in scope.frame.events:
                return self._replayed(scope.module, scope.frame, expression.id, depth)
            if expression.id in self.frame(scope.module).events:
                return self._replayed(scope.module, None, expression.id, depth)
        match self.project.of(scope.module, expression):
            case Defined(module=module, name=name) if name in self.frame(module).events:
                return self._replayed(module, None, name, depth)
            case Defined(module=module, node=ast.expr() as node):
                return self.items(Scope(module=module), node, depth + 1)
            case Outside(name=name) if name.startswith(_SETTINGS) and self.settings is not None:
                return self.settings.items(name.removeprefix(_SETTINGS))
        return _unread(scope, expression)

    def of_module(self, module: PythonModule, name: str) -> Items:
        """A module's list by its name (`urlpatterns`)."""
        return self._replayed(module, None, name, 0)

    def _replayed(self, module: PythonModule, frame: Frame | None, name: str, depth: int) -> Items:
        if depth > _DEEPEST:
            return Items()
        if frame is None:
            self.replayed.add((module.path, name))
        events = (frame or self.frame(module)).events.get(name, ())
        held = Items()
        if frame is None and (not events or events[0].change is not Change.SET):
            held = self._before(module, name, depth)
        for event in events:
            scope = Scope(module=module, local=event.local, frame=frame)
            if event.change is Change.SET:
                held = self._set(scope, event, name, held, depth)
                continue
            one = Item(bound=Bound(scope=scope, expression=event.expression), condition=event.condition)
            if event.change is Change.APPEND:
                held = total((held, Items(found=(one,))))
            elif event.change is Change.PREPEND:
                held = total((Items(found=(one,)), held))
            elif event.change is Change.EXTEND:
                more = self.items(scope, event.expression, depth + 1)
                held = total((held, under(more, event.condition)))
        return held

    def _set(self, scope: Scope, event: Event, name: str, held: Items, depth: int) -> Items:
        """A new value; the old one is in it by its name (`[...] + urlpatterns`), or stays where an `if` stands."""
        before = Bound(scope=scope, expression=held_list(held, event.expression))
        own = self.items(replace(scope, local={**scope.local, name: before}), event.expression, depth + 1)
        names = (part.id for part in ast.walk(event.expression) if isinstance(part, ast.Name))
        if name in names:
            return own
        own = under(own, event.condition)
        return total((held, own)) if event.condition else own

    def _before(self, module: PythonModule, name: str, depth: int) -> Items:
        """What an import or a star import brought under a name, before the module adds to it."""
        imported = module.imports.get(name)
        for source in [imported.module] if imported is not None else module.stars:
            path = self.project.find(source, module.path)
            other = self.project.module(path) if path else None
            if other is not None and other.path != module.path:
                held = self._replayed(other, None, imported.name if imported else name, depth + 1)
                if held.found or held.unread:
                    return held
        return Items()

    def _called(self, scope: Scope, call: ast.Call, depth: int) -> Items:
        """Lists made by `list(…)`, `tuple(…)`, or by a function of the repository."""
        name = dotted_name(call.func)
        if name in _SAME_LIST and call.args:
            return self.items(scope, call.args[0], depth + 1)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "items" and not call.args:
            return self._pairs(Bound(scope=scope, expression=call.func.value))
        results = list(self.returned(scope, call))
        if not results:
            return _unread(scope, call)
        return total(self.items(one.scope, one.expression, depth + 1) for one in results)

    def _pairs(self, bound: Bound) -> Items:
        held = self.resolved(bound)
        if not isinstance(held.expression, ast.Dict):
            return _unread(bound.scope, bound.expression)
        found = []
        for key, value in zip(held.expression.keys, held.expression.values, strict=True):
            if key is not None:
                pair = ast.copy_location(ast.Tuple(elts=[key, value], ctx=ast.Load()), key)
                found.append(Item(bound=held.other(pair)))
        return Items(found=tuple(found))

    def returned(self, scope: Scope, call: ast.Call) -> Iterator[Bound]:
        """What a call of a function of the repository returns, in the function's own scope."""
        meaning = self.project.of(scope.module, call.func)
        if not isinstance(meaning, Defined) or not isinstance(meaning.node, ast.FunctionDef):
            return
        inner = self.inside(meaning.module, meaning.node, bound_arguments(meaning.node, call, scope))
        for part in own_nodes(meaning.node):
            if isinstance(part, ast.Return) and part.value is not None:
                yield Bound(scope=inner, expression=part.value)


def _of_event(event: Event, module: PythonModule, frame: Frame | None) -> Bound:
    scope = Scope(module=module, local=event.local, frame=frame)
    return Bound(scope=scope, expression=event.expression)


def _unread(scope: Scope, expression: ast.expr) -> Items:
    return Items(unread=(Item(bound=Bound(scope=scope, expression=expression)),))


def include_module(project: PythonProject, module: PythonModule, expression: ast.expr) -> PythonModule | None:
    """The module that an expression names, if it names a whole one."""
    held = project.of(module, expression)
    return held.module if isinstance(held, Whole) else None

"""Routes of a Flask application, with every prefix, and the functions that stand before them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from launchready.source.python.fastapi.paths import EMPTY, PathText
from launchready.source.python.flask.rules import joined
from launchready.source.python.flask.tree import VERBS, Declared, Kind, Node, Put, Tree
from launchready.source.python.wiring.values import (
    Applied,
    ClassValue,
    Event,
    FunctionValue,
    Given,
    Items,
    Known,
    Made,
    Member,
    OutsideValue,
    Table,
    Unknown,
    Value,
    items_of,
    outside_names,
    text_of,
    texts_of,
)

_DEEPEST = 12
_MOST = 8_000
_BY_METHOD = ("MethodView", "Resource", "MethodResource")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Where in an application a thing is: prefix, names, hooks and decorators that apply there."""

    prefix: PathText | None = None
    inner: PathText = EMPTY  # of an API or namespace, under the blueprint's prefix
    name: str = ""
    hooks: tuple[tuple[Value, Event], ...] = ()
    decorators: tuple[Value, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A route where it is served: one method, the whole rule, the handler, what stands before it."""

    method: str
    rule: PathText
    endpoint: str
    blueprint: str
    function: FunctionValue | None
    given: Given
    around: Around
    cls: ClassValue | None = None
    outer: tuple[Applied, ...] = ()  # decorators around a view that is given as a value
    conditions: tuple[str, ...] = ()
    serves: Value | None = None


@dataclass(slots=True)
class Walk:
    """A walk through an application; `reached` are the nodes that were seen."""

    tree: Tree
    reached: set[int] = field(default_factory=set)
    count: int = 0

    def routes(self, node: Node) -> Iterator[Placed]:
        """All routes of a node."""
        yield from self._of(node, Around(prefix=node.prefix if node.kind is Kind.BLUEPRINT else None), ())

    def nodes(self, node: Node, above: tuple[int, ...] = ()) -> Iterator[Node]:
        """A node and all that is inside of it, each once a place."""
        if id(node) in above or len(above) > _DEEPEST:
            return
        yield node
        for put in node.inside:
            child = self.tree.node(put.child)
            if child is not None:
                yield from self.nodes(child, (*above, id(node)))

    def _of(self, node: Node, around: Around, above: tuple[int, ...]) -> Iterator[Placed]:
        if id(node) in above or len(above) > _DEEPEST or self.count > _MOST:
            return
        self.reached.add(id(node))
        for declared in node.declared:
            for placed in self._declared(declared, around):
                self.count += 1
                yield placed
        for put in node.inside:
            child = self.tree.node(put.child)
            if child is not None:
                yield from self._of(child, self._inside(child, put, around), (*above, id(node)))

    def _inside(self, child: Node, put: Put, around: Around) -> Around:
        conditions = (*around.conditions, *put.conditions)
        if child.kind is Kind.BLUEPRINT:
            own = put.prefix if put.prefix is not None else child.prefix
            prefix = around.prefix
            if own is not None:
                prefix = joined(around.prefix, own)
            if around.inner.text or not around.inner.certain:
                prefix = joined(around.inner, prefix) if prefix is not None else around.inner
            name = put.name or child.name
            return Around(
                prefix=prefix,
                name=f"{around.name}.{name}" if around.name else name,
                hooks=(*around.hooks, *child.hooks),
                decorators=around.decorators,
                conditions=conditions,
            )
        own = put.prefix if put.prefix is not None else child.prefix
        return Around(
            prefix=around.prefix,
            inner=around.inner + own if own is not None else around.inner,
            name=around.name,
            hooks=around.hooks,
            decorators=(*around.decorators, *child.decorators),
            conditions=conditions,
        )

    # ---------------------------------------------------------------------------------------- declared

    def _declared(self, declared: Declared, around: Around) -> Iterator[Placed]:
        serves, outer = self._unwrapped(declared.serves)
        conditions = (*around.conditions, *declared.conditions)
        endpoint = f"{around.name}.{declared.endpoint}" if around.name else declared.endpoint
        for method, function, certain in self._methods(declared, serves):
            for rule in declared.rules:
                whole = joined(around.prefix, around.inner + rule)
                if not certain:
                    whole += PathText(certain=False, notes=("the methods could not be read",))
                yield Placed(
                    method,
                    whole,
                    endpoint,
                    around.name,
                    function,
                    declared.given,
                    around,
                    serves if isinstance(serves, ClassValue) else None,
                    outer,
                    conditions,
                    serves,
                )

    def _unwrapped(self, value: Value) -> tuple[Value, tuple[Applied, ...]]:
        """The class or function behind `login_required(View.as_view("x"))`, and the decorators around it."""
        outer: list[Applied] = []
        held = self.tree.wiring.settled(value)
        for _ in range(_DEEPEST):
            if not isinstance(held, Made):
                break
            receiver = self.tree.wiring.settled(held.receiver) if held.receiver is not None else None
            if held.what.endswith(".as_view") and isinstance(receiver, ClassValue):
                held = receiver
                break
            inner = next((one for one in held.arguments if _is_view(self.tree.wiring.settled(one))), None)
            if inner is None:
                break
            decorator: Value = held.receiver if held.receiver is not None else OutsideValue(name=held.what)
            if isinstance(held.node, ast.expr):
                outer.append(Applied(value=decorator, node=held.node, module=held.module))
            held = self.tree.wiring.settled(inner)
        return held, tuple(outer)

    def _methods(self, declared: Declared, serves: Value) -> Iterator[tuple[str, FunctionValue | None, bool]]:
        """Each method with the function that serves it."""
        asked, certain = _asked(declared)
        if isinstance(serves, ClassValue):
            names = self.tree.wiring.ancestors(serves)
            if any(name.rpartition(".")[2] in _BY_METHOD for name in names):
                for verb in VERBS:
                    found = self.tree.wiring.class_member(serves, verb)
                    if isinstance(found, FunctionValue) and (not asked or verb.upper() in asked):
                        yield verb.upper(), found, certain
                return
            found = self.tree.wiring.class_member(serves, "dispatch_request")
            stated = texts_of(self.tree.wiring.class_member(serves, "methods"))
            function = found if isinstance(found, FunctionValue) else None
            for method in asked or [text.upper() for text in stated] or ["GET"]:
                yield method, function, certain
            return
        function = serves if isinstance(serves, FunctionValue) else None
        for method in asked or ["GET"]:
            yield method, function, certain


def _is_view(value: Value) -> bool:
    if isinstance(value, FunctionValue):
        return True
    return isinstance(value, Made) and (
        value.what.endswith(".as_view") or any(_is_view(each) for each in value.arguments)
    )


def _asked(declared: Declared) -> tuple[list[str], bool]:
    """The methods that a rule is declared for, and whether all of them could be read."""
    if declared.verb:
        return [declared.verb.upper()], True
    value = declared.methods
    if value is None or (isinstance(value, Known) and value.value is None):
        return [], True
    found = [text.upper() for text in texts_of(value)]
    methods = list(dict.fromkeys(method for method in found if method not in {"HEAD", "OPTIONS"}))
    return methods, bool(found) and (not isinstance(value, Items) or value.whole)


def class_decorators(walk: Walk, cls: ClassValue, method: str) -> list[Value]:
    """What a class lays around its methods: `decorators`, `method_decorators`; outermost last."""
    found: list[Value] = []
    for name in ("method_decorators", "decorators"):
        held = walk.tree.wiring.class_member(cls, name)
        if isinstance(held, Table):
            found.extend(items_of(held.entries.get(method.lower())))
        elif held is not None:
            found.extend(items_of(held))
            if isinstance(held, Items) and not held.whole:
                found.append(Unknown(code=f"{name} that could not be read"))
    return found


__all__ = ["Member", "outside_names", "text_of"]

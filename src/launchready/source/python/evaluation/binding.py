"""Names bound to values: targets of assignments, rounds of comprehensions."""

import ast
from abc import abstractmethod
from collections.abc import Iterator

from launchready.source.python.evaluation.names import Names
from launchready.source.python.wiring.values import (
    NOTHING,
    Frame,
    Instance,
    Items,
    Known,
    Made,
    Table,
    Unknown,
    Value,
    about,
    items_of,
    truth_of,
)

_MOST_ITEMS = 400


class Binding(Names):
    """Binds names."""

    @abstractmethod
    def evaluate(self, node: ast.expr | None, frame: Frame) -> Value:
        """What an expression stands for."""

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame
    ) -> Value:
        """The list or dict that a comprehension gives."""
        inner = Frame(module=frame.module, outer=frame, prefix=frame.prefix)
        items: list[Value] = []
        entries: dict[object, Value] = {}
        whole = True
        for sure in self._rounds(node.generators, inner):
            whole = whole and sure and len(items) < _MOST_ITEMS
            if len(items) >= _MOST_ITEMS:
                break
            if isinstance(node, ast.DictComp):
                key = self.evaluate(node.key, inner)
                entries[key.value if isinstance(key, Known) else key] = self.evaluate(node.value, inner)
                whole = whole and isinstance(key, Known)
            else:
                items.append(self.evaluate(node.elt, inner))
        return Table(entries, whole) if isinstance(node, ast.DictComp) else Items(items, whole)

    def _rounds(self, generators: list[ast.comprehension], frame: Frame) -> Iterator[bool]:
        """Bind the targets once for each round; yields whether it is certain that the round takes place."""
        if not generators:
            yield True
            return
        first = generators[0]
        held = self.evaluate(first.iter, frame)
        known = isinstance(held, Items | Table) and held.whole
        rounds: list[Value] = items_of(held)[:_MOST_ITEMS] if isinstance(held, Items | Table) else []
        for item in rounds or ([] if known else [Unknown(about=about(held))]):
            self.bind_target(first.target, item, frame)
            truths = [truth_of(self.evaluate(test, frame)) for test in first.ifs]
            if False in truths:
                continue
            for sure in self._rounds(generators[1:], frame):
                yield sure and known and None not in truths

    def bind_target(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Give a name, or several, a value."""
        match target:
            case ast.Name(id=name):
                (self.namespace(frame.module) if name in frame.globals else frame).names[name] = value
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                held = items_of(value)
                for index, element in enumerate(elements):
                    part = held[index] if index < len(held) else Unknown(about=about(value))
                    self.bind_target(element, part, frame)
            case ast.Starred(value=inner):
                self.bind_target(inner, NOTHING, frame)
            case ast.Attribute(value=inner, attr=name):
                owner = self.evaluate(inner, frame)
                if isinstance(owner, Instance | Made):
                    owner.attributes[name] = value
            case ast.Subscript(value=inner, slice=key):
                owner = self.evaluate(inner, frame)
                held_key = self.evaluate(key, frame)
                if isinstance(owner, Table) and isinstance(held_key, Known):
                    owner.entries[held_key.value] = value

"""What Nest's container gives: providers by token."""

from __future__ import annotations

from ast_grep_py import SgNode

from launchready.source.script import decorators
from launchready.source.script.nest.modules import Loaded, named
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import (
    ClassValue,
    Closure,
    Constant,
    Items,
    Package,
    Record,
    Site,
    Value,
)

_DEEPEST = 4


class Injector:
    """Finds what stands for a parameter among the providers of an application's modules."""

    def __init__(self, run: Interpreter, loaded: Loaded) -> None:
        self._run = run
        self._records = [
            one for one in loaded.providers if isinstance(one, Record) and "provide" in one.entries
        ]
        self._depth = 0

    def given(self, cls: ClassValue, parameter: SgNode) -> Value | None:
        """What `@Inject(TOKEN)`, or the declared class, stands for; None where no provider says."""
        site = Site(module=cls.module, node=parameter)
        for one in named(decorators.of_parameter(self._run, cls, parameter), "Inject"):
            return self._provided(one.values[0], site) if one.values else None
        annotation = parameter.field("type")
        inner = next(iter(annotation.named_children()), None) if annotation is not None else None
        if inner is None or inner.kind() != "type_identifier":
            return None
        declared = self._run.lookup(inner.text(), cls.scope)
        return self._provided(declared, site) if isinstance(declared, ClassValue) else None

    def _provided(self, token: Value, site: Site) -> Value | None:
        if self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            for record in self._records:
                if _same(record.entries["provide"], token):
                    return self._made(record, site)
        except (Thrown, ExhaustedError, RecursionError):
            return None
        finally:
            self._depth -= 1
        return None

    def _made(self, record: Record, site: Site) -> Value | None:
        entries = record.entries
        if "useValue" in entries:
            return entries["useValue"]
        cls = entries.get("useClass") or entries.get("useExisting")
        if isinstance(cls, ClassValue):
            return self._run.construct(cls, (), site)
        if cls is not None:
            return self._provided(cls, site)
        factory = entries.get("useFactory")
        return self._run.enter(factory, (), site) if isinstance(factory, Closure) else None


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, ClassValue) and isinstance(other, ClassValue):
        return one.node == other.node
    return isinstance(one, Constant | Package) and one == other and not isinstance(one, Items)

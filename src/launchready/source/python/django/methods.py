"""Which methods a function view answers, where no decorator says so: told from its body and from what wraps it."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from launchready.source.python.django.callers import Caller, Situation, Truth, is_request
from launchready.source.python.django.conditions import Ends, Setting
from launchready.source.python.django.guards import Guards, defaults_of, wrapper_in
from launchready.source.python.django.refusals import status_of
from launchready.source.python.django.scopes import Bound, Scope, bound_arguments
from launchready.source.python.django.views import FunctionView, mentioned_methods, stated_methods
from launchready.source.python.project import Defined, Function

_NOT_ALLOWED = 405
_SAYS_405 = re.compile(r"405|NotAllowed|not_allowed|NOT_ALLOWED")
_ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")


def function_methods(guards: Guards, view: FunctionView, decorators: Iterable[Bound]) -> tuple[str, ...]:
    """The methods that a function answers with something other than 405.

    A function without any word of methods answers GET, and POST where it reads what was posted.
    """
    every = tuple(decorators)
    for bound in every:
        stated = stated_methods(guards.values, bound.scope.module, [bound.expression])
        if stated is not None:
            return stated
    named, reads = mentioned_methods(view.node)
    wrappers = [one for bound in every if (one := _Wrapper.of(guards, bound)) is not None]
    for wrapper in wrappers:
        named |= wrapper.named
    candidates = named | {"GET"} | ({"POST"} if reads else set())
    found = tuple(
        method
        for method in _ORDER
        if method in candidates
        and not _turned_away(guards, view, method)
        and not any(wrapper.turns_away(method) for wrapper in wrappers)
    )
    return found or ("GET",)


def handed_to(guards: Guards, view: FunctionView, method: str) -> tuple[Defined, ...]:
    """The functions that a view hands its request to for a method: `return create(request)`.

    Empty where it ever does something else: what stands before those functions then does not stand before the view.
    """
    if isinstance(view.node, ast.Lambda):
        return ()
    ends = guards.outcomes.ends(Scope(module=view.module), view.node, _setting(method))
    found: list[Defined] = []
    for end in ends.found:
        call = end.value.expression if end.value is not None else None
        if end.value is None or not isinstance(call, ast.Call) or not call.args:
            return ()
        held = guards.values.project.of(end.value.scope.module, call.func)
        is_function = isinstance(held, Defined) and isinstance(
            held.node, ast.FunctionDef | ast.AsyncFunctionDef
        )
        if not is_function or not isinstance(held, Defined) or not is_request(end.value.other(call.args[0])):
            return ()
        found.append(held)
    return tuple(found) if ends.complete else ()


def lines_of_others(guards: Guards, view: FunctionView, method: str) -> tuple[tuple[int, int], ...]:
    """The lines of a function, first and last, that run for other methods only: `if request.method == "POST": …`."""
    if isinstance(view.node, ast.Lambda):
        return ()
    return tuple(_others(guards, Scope(module=view.module), view.node.body, _setting(method)))


def _others(
    guards: Guards, scope: Scope, body: list[ast.stmt], setting: Setting
) -> Iterator[tuple[int, int]]:
    for place, statement in enumerate(body):
        if isinstance(statement, ast.If):
            yield from _others_of_test(guards, scope, statement, setting)
            if ".method" in guards.text(statement.test):
                truth = guards.outcomes.truth(Bound(scope=scope, expression=statement.test), setting)
                ends = isinstance(statement.body[-1], ast.Return | ast.Raise)
                rest = body[place + 1 :]
                if truth is Truth.YES and ends and rest:
                    yield _lines(rest)
                    return
        elif isinstance(statement, ast.With | ast.Try | ast.For | ast.While):
            yield from _others(guards, scope, statement.body, setting)


def _others_of_test(
    guards: Guards, scope: Scope, statement: ast.If, setting: Setting
) -> Iterator[tuple[int, int]]:
    truth = Truth.MAYBE
    if ".method" in guards.text(statement.test):
        truth = guards.outcomes.truth(Bound(scope=scope, expression=statement.test), setting)
    for runs, part in ((truth is not Truth.NO, statement.body), (truth is not Truth.YES, statement.orelse)):
        if part and runs:
            yield from _others(guards, scope, part, setting)
        elif part:
            yield _lines(part)


def _lines(body: list[ast.stmt]) -> tuple[int, int]:
    return (body[0].lineno, body[-1].end_lineno or body[-1].lineno)


def _turned_away(guards: Guards, view: FunctionView, method: str) -> bool:
    if isinstance(view.node, ast.Lambda) or not _SAYS_405.search(guards.text(view.node)):
        return False
    setting = _setting(method)
    ends = guards.outcomes.ends(Scope(module=view.module), view.node, setting)
    return _all_not_allowed(guards, ends, setting)


def _setting(method: str) -> Setting:
    return Setting(situation=Situation(caller=Caller.MEMBER, method=method))


def _all_not_allowed(guards: Guards, ends: Ends, setting: Setting) -> bool:
    return bool(ends.found) and all(
        not end.passed
        and end.value is not None
        and status_of(guards.outcomes, end.value, setting) == _NOT_ALLOWED
        for end in ends.found
    )


class _Wrapper:
    """A decorator of the repository that may answer 405 for some methods: `@cors("GET", "POST")`."""

    def __init__(self, guards: Guards, held: Defined, bound: Bound, found: tuple[Function, str]) -> None:
        self.guards = guards
        self.function, self.wrapped = found
        assert isinstance(held.node, ast.FunctionDef | ast.AsyncFunctionDef)
        self.scope = Scope(module=held.module, local=defaults_of(held.node, Scope(module=held.module)))
        self.named = mentioned_methods(self.function)[0]
        if isinstance(bound.expression, ast.Call):
            given = bound_arguments(held.node, bound.expression, bound.scope)
            self.scope = Scope(module=held.module, local={**self.scope.local, **given})
            texts = {one.value for one in ast.walk(bound.expression) if isinstance(one, ast.Constant)}
            self.named |= {method for method in _ORDER if method in texts}

    @classmethod
    def of(cls, guards: Guards, bound: Bound) -> "_Wrapper | None":
        held = guards.values.project.of(bound.scope.module, bound.expression)
        if not isinstance(held, Defined) or not isinstance(held.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        found = wrapper_in(held.node)
        return cls(guards, held, bound, found) if found is not None else None

    def turns_away(self, method: str) -> bool:
        """Whether the wrapper answers 405 itself and does not call what it wraps."""
        named = self.wrapped

        def passes(call: ast.Call) -> bool:
            return isinstance(call.func, ast.Name) and call.func.id == named

        setting = replace(_setting(method), passes=passes)
        ends = self.guards.outcomes.ends(self.scope, self.function, setting)
        return _all_not_allowed(self.guards, ends, setting)

"""Guards followed for one caller, without running them: dependencies, hooks, wrappers of handlers, middleware.

Tests that depend on who calls come out as they would for that caller; others are followed both ways.
"""

import ast
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from launchready.source.python.callers.caller import Condition, Outcome, Passage, Persona, Refusal, RouteFacts
from launchready.source.python.callers.evaluation import OPAQUE, TURNED_AWAY, CallerEvaluation
from launchready.source.python.callers.sources import (
    CALLER,
    asks_caller,
)
from launchready.source.python.callers.statements import Returned
from launchready.source.python.callers.statuses import (
    answered_status,
    is_login,
    is_redirect,
    leads_to_login,
)
from launchready.source.python.wiring.operations import either
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    NONE,
    NOTHING,
    About,
    Frame,
    FunctionValue,
    Given,
    Known,
    Made,
    Taint,
    Unknown,
    Value,
    about,
    taint_of,
    with_about,
)

_DEEPEST_CALL = 7
_MOST_CALLS = 150
_MOST_STEPS = 12_000
_SMALL = 4  # statements of a function that is followed whatever it does
_TELLING = re.compile(
    r"\b(?:abort|raise|HTTPException|40[13]|session\b(?!\.(?:query|execute|add|commit))|current_user|request|g\."
    r"|jwt|redirect|unauthori[sz]ed|forbidden)",
    re.IGNORECASE,
)


class CallerRun(CallerEvaluation):
    """One way of one caller through a guard. Made anew for each."""

    def __init__(
        self, wiring: Wiring, persona: Persona, route: RouteFacts, handlers: Mapping[str, int]
    ) -> None:
        super().__init__(wiring, persona, route, handlers)
        self.most_steps = _MOST_STEPS
        self._active: list[int] = []
        self._calls = 0

    # -------------------------------------------------------------------------------------- who begins

    def dependency(self, function: FunctionValue, names: dict[str, Value]) -> Outcome:
        """A function whose return lets the caller through, and whose exceptions turn away."""
        for conditions, value in self._followed(function, names):
            self.outcome.passages.append(Passage(conditions=conditions, value=value))
        return self.outcome

    def hook(self, function: FunctionValue, names: dict[str, Value]) -> Outcome:
        """A function before handlers: returning None lets through, an answer stands in for the handler's."""
        for conditions, value in self._followed(function, names):
            if isinstance(value, Known) and value.value is None:
                self.outcome.passages.append(Passage(conditions=conditions, value=value))
            else:
                self._answered(value, conditions, function.node)
        return self.outcome

    def wrapper(self, function: FunctionValue, names: dict[str, Value]) -> Outcome:
        """A function around the handler: calling that lets through."""
        for conditions, value in self._followed(function, names):
            self._answered(value, conditions, function.node)
        return self.outcome

    def _followed(self, function: FunctionValue, names: dict[str, Value]) -> list[Returned]:
        frame = self.wiring.bound_frame(function, Given(function.node, function.frame))
        frame.names |= names
        self.touch(taint_of(*names.values()))
        return self._body(function, frame)

    def _answered(self, value: Value, conditions: tuple[Condition, ...], node: ast.AST) -> None:
        """An answer in place of the handler's: it may turn away."""
        path, self.path = self.path, list(conditions)
        status = answered_status(self, value)
        if status in TURNED_AWAY and status is not None:
            self.refuse(status, node)
        elif is_login(value):
            self.refuse(401, node)
        elif is_redirect(value) and (
            leads_to_login(value) or any(one.about & CALLER for one in conditions) or self._sure(conditions)
        ):
            self.refuse(401, node, redirects=True)
        self.path = path

    def _sure(self, conditions: tuple[Condition, ...]) -> bool:
        """A redirect that nothing open leads to, after something was asked about the caller."""
        return not conditions and About.CALLER in self.outcome.touched

    def _body(self, function: FunctionValue, frame: Frame) -> list[Returned]:
        """Follow a function's body: what it returns, and under which conditions."""
        node = function.node
        if isinstance(node, ast.Lambda):
            return [(tuple(self.path), self.evaluate(node.body, frame))]
        mark, depth = len(self.path), self.depth
        self.depth = 0
        self.returned.append([])
        self._active.append(id(node))
        try:
            ended = self.block(node.body, frame)
            returned = self.returned[-1]
            if not ended and not (returned and _is_generator(node)):
                returned.append((tuple(self.path), NONE))
        finally:
            self._active.pop()
            self.returned.pop()
            del self.path[mark:]
            self.depth = depth
        return returned

    # ------------------------------------------------------------------------------------- evaluation

    def run(self, function: FunctionValue, given: Given) -> Value:
        """Follow a function that the guard calls; where it refuses in every way, so does the guard."""
        node = function.node
        self._calls += 1
        if (
            len(self._active) >= _DEEPEST_CALL
            or self._calls > _MOST_CALLS
            or id(node) in self._active
            or self.raised
            or not (given.taint & CALLER or self._tells(function, given))
        ):
            return self._unread(function.short, given)
        found = self._summary(function, given)
        base = tuple(self.path)
        self.touch(found.touched)
        self.outcome.asked_route |= found.asked_route
        self.outcome.passages.extend(
            replace(one, conditions=(*base, *one.conditions)) for one in found.passages
        )
        self.outcome.refusals.extend(
            replace(one, conditions=(*base, *one.conditions)) for one in found.refusals
        )
        if not found.returned:
            self.raised = True
            return NOTHING
        if found.refusals:
            rests = [frozenset[About]().union(*(one.about for one in rest)) for rest, _ in found.returned]
            weakest = min(rests, key=lambda each: bool(each & {About.CALLER, About.OPAQUE}))
            self.path.append(Condition(code=f"{function.short}()", about=weakest))
        return _merged(found.returned)

    def _summary(self, function: FunctionValue, given: Given) -> "_Summary":
        """What a function does by itself; kept where nothing of the call or the route goes into it."""
        key = self._mark(function, given)
        kept = self.wiring.memo.get(key) if key is not None else None
        if isinstance(kept, _Summary):
            return kept
        outcome, self.outcome = self.outcome, Outcome()
        path, self.path = self.path, []
        try:
            returned = self._body(function, self.wiring.bound_frame(function, given))
            own = self.outcome
        finally:
            self.outcome, self.path, self.raised = outcome, path, False
        found = _Summary(
            tuple(returned), tuple(own.refusals), tuple(own.passages), own.touched, own.asked_route
        )
        if key is not None and found.is_lasting:
            self.wiring.memo[key] = found
        return found

    def _mark(self, function: FunctionValue, given: Given) -> Hashable | None:
        if function.bound is not None or function.frame.outer is not None or given.keywords:
            return None
        values = [
            each.value if isinstance(each, Known) and not each.about else None for each in given.arguments
        ]
        if any(value is None for value in values):
            return None
        return (id(function.node), self.persona, tuple((type(value).__name__, value) for value in values))

    def _tells(self, function: FunctionValue, given: Given) -> bool:
        """Whether a function may ask who calls, or turn somebody away; others are not followed."""
        node = function.node
        if isinstance(node, ast.Lambda) or len(node.body) <= _SMALL:
            return True
        if any(isinstance(each, Made) and each.what.endswith("Request") for each in given.arguments):
            return True
        lines = function.module.lines[node.lineno - 1 : node.end_lineno]
        return any(_TELLING.search(line) for line in lines)

    def _unread(self, name: str, given: Given) -> Value:
        taint = given.taint | OPAQUE
        return Unknown(about=taint | CALLER if asks_caller(name) else taint, code=f"{name}()")


@dataclass(frozen=True, slots=True, eq=False)
class _Summary:
    """What a function does for a caller: its conditions are those inside of it."""

    returned: tuple[Returned, ...]
    refusals: tuple[Refusal, ...]
    passages: tuple[Passage, ...]
    touched: Taint
    asked_route: bool

    @property
    def is_lasting(self) -> bool:
        """Whether it holds for every route and every call."""
        plain = all(isinstance(value, Known | Unknown) for _, value in self.returned)
        taint = self.touched.union(*(about(value) for _, value in self.returned))
        return plain and not self.asked_route and About.ROUTE not in taint


def _merged(returned: tuple[Returned, ...]) -> Value:
    """One value for all that a function may return."""
    value: Value | None = None
    for conditions, each in returned:
        taint = frozenset[About]().union(*(one.about for one in conditions))
        held = with_about(each, taint)
        value = held if value is None else either(value, held, taint)
    return value if value is not None else NOTHING


@lru_cache(maxsize=4_000)
def _is_generator(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Yield) for each in ast.walk(node))

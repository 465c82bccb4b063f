"""What stands before the routes of Flask: functions before requests, decorators, the packages' own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceGuard
from launchready.source.python.callers.caller import NO_GUARD, RouteFacts, Ruling, judged
from launchready.source.python.callers.decorators import Decorators, name_of
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.flask.packages import known_decorator
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import Event, FunctionValue, Made, OutsideValue, Unknown, Value

_REFUSING = frozenset({
    GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.UNCLEAR,
})  # fmt: skip


@dataclass(slots=True, eq=False)
class Hook:
    """A function before requests, and its ruling for each route that was asked about."""

    name: str
    value: Value
    place: CodePlace
    level: GuardLevel
    rulings: dict[str, Ruling] = field(default_factory=dict)
    always: Ruling | None = None

    @property
    def refuses_somewhere(self) -> bool:
        """Whether it refuses callers of some route."""
        held = [*self.rulings.values(), *([self.always] if self.always is not None else [])]
        return any(one.kind in _REFUSING for one in held)


class Hooks:
    """Judges the functions before requests."""

    def __init__(self, wiring: Wiring, handlers: Mapping[str, int]) -> None:
        self.wiring = wiring
        self.handlers = handlers
        self.decorators = Decorators(wiring, handlers, known_decorator)
        self._hooks: dict[tuple[int, GuardLevel], Hook] = {}

    def hook(self, value: Value, event: Event, level: GuardLevel) -> Hook:
        """The hook that was laid on by an event."""
        key = (id(event), level)
        if key not in self._hooks:
            held = self.wiring.settled(value)
            self._hooks[key] = Hook(name_of(held), held, event.place, level)
        return self._hooks[key]

    def rule(self, hook: Hook, route: RouteFacts) -> None:
        """Judge a hook for a route."""
        key = _key(route)
        if key in hook.rulings or hook.always is not None:
            return
        made, asked = self._ruled(hook, route)
        if asked:
            hook.rulings[key] = made
        else:
            hook.always = made

    def guard(self, hook: Hook, route: RouteFacts) -> SourceGuard | None:
        """The guard that a hook is for a route that it was judged for."""
        made = hook.always if hook.always is not None else hook.rulings.get(_key(route), NO_GUARD)
        if made.kind not in _REFUSING and hook.refuses_somewhere:
            return SourceGuard(
                name=f"{hook.name} exempts it", kind=GuardKind.PUBLIC, level=hook.level, place=hook.place
            )
        if made.kind is None:
            return None
        return SourceGuard(name=hook.name, kind=made.kind, level=hook.level, place=hook.place, role=made.role)

    def _ruled(self, hook: Hook, route: RouteFacts) -> tuple[Ruling, bool]:
        match hook.value:
            case FunctionValue(decorators=decorators) as function:
                for one in reversed(decorators):
                    found = self.decorators.rule(one.value, route)
                    if found.kind in _REFUSING:
                        return found, False
                if (function.owner is None) is False and function.bound is None:
                    return Ruling(kind=GuardKind.UNCLEAR), False
                return judged(
                    hook.name,
                    lambda persona: CallerRun(self.wiring, persona, route, self.handlers).hook(function, {}),
                )
            case Made(what=what) | OutsideValue(name=what):
                made = self.decorators.rule(hook.value, route)
                return made if what else Ruling(kind=GuardKind.UNCLEAR), False
            case Unknown():
                return Ruling(kind=GuardKind.UNCLEAR), False
            case _:
                return NO_GUARD, False


def _key(route: RouteFacts) -> str:
    return f"{route.method} {route.path} {route.endpoint}"

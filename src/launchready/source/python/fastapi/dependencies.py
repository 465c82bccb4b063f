"""FastAPI's dependencies: what `Depends(…)` leads to, and what that does with callers."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceGuard
from launchready.source.python.callers.caller import (
    NO_GUARD,
    Outcome,
    Persona,
    Refusal,
    RouteFacts,
    Ruling,
    ruling,
    turned_away,
)
from launchready.source.python.callers.decorators import words_in
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.callers.sources import CALLER, is_callers, of_caller
from launchready.source.python.fastapi.packages import package_ruling, scheme_of, scheme_ruling
from launchready.source.python.fastapi.taken import (
    Taken,
    class_dependencies,
    dependency_of,
    is_depends,
    parameters_of,
    scopes_of,
    sources_of,
)
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    NOTHING,
    About,
    ClassValue,
    FunctionValue,
    Instance,
    Items,
    Known,
    Made,
    OutsideValue,
    Unknown,
    Value,
    about,
    creation,
    outside_names,
)

_DEEPEST = 10
_DEEPEST_MARK = 3
_REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE})
_REQUESTS = (".Request", ".HTTPConnection", ".WebSocket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A dependency: its own ruling, those of what it depends on, and what it hands on to an anonymous caller."""

    name: str
    ruling: Ruling
    inner: "tuple[Judged, ...]" = ()
    anonymous: Value = NOTHING
    asked_route: bool = False

    @property
    def refuses(self) -> bool:
        """Whether it, or what it depends on, refuses an anonymous caller."""
        return self.ruling.kind in _REFUSING or any(one.refuses for one in self.inner)

    @property
    def knows(self) -> bool:
        """Whether what it hands on is about the caller."""
        return self.ruling.kind is not None or any(one.knows for one in self.inner)


class Dependencies:
    """Judges dependencies, each once. `handlers` are statuses by exceptions that the application answers for."""

    def __init__(self, wiring: Wiring, handlers: Mapping[str, int]) -> None:
        self.wiring = wiring
        self.handlers = handlers
        self._judged: dict[tuple[Hashable, str, tuple[str, ...]], tuple[Value, Judged]] = {}
        self._taken: dict[tuple[int, int], tuple[Taken, ...]] = {}
        self._open: list[Hashable] = []

    def parameters(self, function: FunctionValue) -> tuple[Taken, ...]:
        """The parameters of a function, read once."""
        key = (id(function.node), id(function.frame))
        if key not in self._taken:
            self._taken[key] = parameters_of(self.wiring, function)
        return self._taken[key]

    def guards(
        self, values: Iterable[Value], level: GuardLevel, place: CodePlace, route: RouteFacts
    ) -> list[SourceGuard]:
        """The guards that a list of dependencies (`dependencies=[Depends(f)]`) lays on."""
        found: list[SourceGuard] = []
        for value in values:
            if isinstance(value, Made) and is_depends(value):
                where = value.module.place(value.node)
                target = dependency_of(value) or NOTHING
                found.extend(self._flat(self.judge(target, route, scopes_of(value)), level, where))
            elif isinstance(value, Unknown):
                name = value.code or "a dependency"
                found.append(SourceGuard(name=name, kind=GuardKind.UNCLEAR, level=level, place=place))
        return found

    def guards_of(self, function: FunctionValue, level: GuardLevel, route: RouteFacts) -> list[SourceGuard]:
        """The guards that the parameters of a handler lay on."""
        found: list[SourceGuard] = []
        for taken in self.parameters(function):
            if taken.depends is not None:
                judged = self.judge(taken.target or NOTHING, route, scopes_of(taken.depends))
                found.extend(self._flat(judged, level, taken.place))
        return found

    def guards_for(
        self, target: Value, level: GuardLevel, place: CodePlace, route: RouteFacts
    ) -> list[SourceGuard]:
        """The guards that one dependency lays on."""
        return self._flat(self.judge(target, route), level, place)

    def _flat(self, judged: Judged, level: GuardLevel, place: CodePlace, depth: int = 0) -> list[SourceGuard]:
        found: list[SourceGuard] = []
        if depth < _DEEPEST:
            for inner in judged.inner:
                found.extend(self._flat(inner, level, place, depth + 1))
        if judged.ruling.kind is not None:
            own = SourceGuard(
                name=judged.name, kind=judged.ruling.kind, level=level, place=place, role=judged.ruling.role
            )
            found.append(own)
        return found

    # ------------------------------------------------------------------------------------------ judging

    def judge(self, target: Value, route: RouteFacts, scopes: tuple[str, ...] = ()) -> Judged:
        """What a dependency does with callers."""
        marker = _mark(target)
        if marker in self._open or len(self._open) > _DEEPEST:
            return Judged(name=_name_of(target), ruling=NO_GUARD)
        asked = f"{route.method} {route.path}"
        for per_route in (asked, ""):
            known = self._judged.get((marker, per_route, scopes))
            if known is not None:
                return known[1]
        self._open.append(marker)
        try:
            judged = self._made(target, route, scopes)
        finally:
            self._open.pop()
        # The value is kept, so that its id stays its own
        self._judged[marker, asked if judged.asked_route else "", scopes] = (target, judged)
        return judged

    def _made(self, target: Value, route: RouteFacts, scopes: tuple[str, ...]) -> Judged:
        match target:
            case FunctionValue():
                return self._function(target, target.short, route, scopes)
            case ClassValue():
                init = self.wiring.class_member(target, "__init__")
                if isinstance(init, FunctionValue):
                    return self._function(init, target.node.name, route, scopes)
                return self._fields(target, route)
            case Instance():
                return self._instance(target, route, scopes)
            case Made():
                scheme = scheme_of([target.what])
                if scheme:
                    return _scheme(scheme, scheme_ruling(scheme, target))
                return _outside(target.what or _name_of(target.receiver), package_ruling(target.what, target))
            case OutsideValue(name=name):
                return _outside(name, package_ruling(name))
            case Known():
                return Judged(name="", ruling=NO_GUARD)
            case _:
                names = list(outside_names(target))
                if names:
                    return _outside(names[0], package_ruling(names[0]))
                return Judged(name=_name_of(target), ruling=Ruling(kind=GuardKind.UNCLEAR))

    def _instance(self, target: Instance, route: RouteFacts, scopes: tuple[str, ...]) -> Judged:
        """An object that is called: a security scheme, a permission checker."""
        scheme = scheme_of(list(outside_names(target)))
        call = self.wiring.class_member(target.cls, "__call__")
        own: Judged | None = None
        if isinstance(call, FunctionValue):
            bound = FunctionValue(call.module, call.node, call.name, call.frame, (), target, call.owner)
            own = self._function(bound, target.cls.node.name, route, scopes)
        if scheme:
            by_scheme = scheme_ruling(scheme, creation(target))
            if own is None or own.ruling.kind not in _REFUSING:
                return _scheme(target.cls.node.name, by_scheme)
        if own is not None:
            role = own.ruling.role
            written = ", ".join(text for each in _given(target) for text in words_in(each))
            if own.ruling.kind is GuardKind.AUTHORIZES and written:
                role = written
            return Judged(
                name=own.name,
                ruling=Ruling(kind=own.ruling.kind, role=role),
                inner=own.inner,
                anonymous=own.anonymous,
                asked_route=own.asked_route,
            )
        names = [name for name in outside_names(target) if "." in name]
        return _outside(target.cls.node.name, package_ruling(names[0]) if names else NO_GUARD)

    def _fields(self, target: ClassValue, route: RouteFacts) -> Judged:
        """A class without `__init__`: what its fields depend on."""
        inner = tuple(self.judge(taken, route) for taken in class_dependencies(self.wiring, target))
        return Judged(name=target.node.name, ruling=NO_GUARD, inner=inner)

    def _function(
        self, function: FunctionValue, name: str, route: RouteFacts, scopes: tuple[str, ...]
    ) -> Judged:
        taken = self.parameters(function)
        inner: dict[str, Judged] = {}
        for each in taken:
            if each.depends is not None:
                inner[each.name] = self.judge(
                    each.target or NOTHING, route, scopes or scopes_of(each.depends)
                )
        runs = {persona: self._run(function, taken, inner, persona, route, scopes) for persona in Persona}
        refused = [one for one in inner.values() if one.refuses]
        outcome = runs[Persona.ANONYMOUS]
        schemes = [one for one in refused if isinstance(one, _Scheme)]
        if refused:
            # An anonymous caller does not get this far
            outcome = Outcome(touched=CALLER)
            if schemes and len(schemes) == len(refused):
                outcome.refusals.append(Refusal(status=401, conditions=(), line=function.node.lineno))
        own = ruling(name, outcome, runs[Persona.MEMBER])
        if refused and own.kind in {GuardKind.IDENTIFIES, None}:
            also = bool(turned_away(runs[Persona.MEMBER]))
            own = Ruling(kind=GuardKind.AUTHENTICATES) if also else NO_GUARD
        if (
            schemes
            and own.kind is GuardKind.AUTHENTICATES
            and all(one.ruling.kind is GuardKind.SERVICE for one in schemes)
        ):
            own = Ruling(kind=GuardKind.SERVICE)
        if scopes and own.kind is GuardKind.AUTHORIZES:
            own = Ruling(kind=own.kind, role=", ".join(scopes))
        kept = tuple(one for one in inner.values() if not (isinstance(one, _Scheme) and own.kind is not None))
        return Judged(
            name=name,
            ruling=own,
            inner=kept,
            anonymous=_handed_on(runs[Persona.ANONYMOUS]),
            asked_route=any(run.asked_route for run in runs.values()) or any(i.asked_route for i in kept),
        )

    def _run(
        self,
        function: FunctionValue,
        taken: tuple[Taken, ...],
        inner: Mapping[str, Judged],
        persona: Persona,
        route: RouteFacts,
        scopes: tuple[str, ...],
    ) -> Outcome:
        names: dict[str, Value] = {}
        for each in taken:
            judged = inner.get(each.name)
            names[each.name] = (
                _filled(judged, persona) if judged is not None else _plain(each, persona, scopes)
            )
        if function.bound is not None and function.node.args.args:
            names[function.node.args.args[0].arg] = function.bound
        return CallerRun(self.wiring, persona, route, self.handlers).dependency(function, names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scheme(Judged):
    """A security scheme: the function that uses it is the guard."""


def _mark(value: Value, depth: int = 0) -> Hashable:
    """What tells dependencies apart: the code and what it was made with, as far as that is constant."""
    if depth > _DEEPEST_MARK:
        return id(value)
    match value:
        case FunctionValue(node=node, frame=frame, bound=bound):
            made_in = frame.names if frame.outer is not None and not frame.is_class and not depth else {}
            return (
                id(node),
                tuple((name, _mark(held, depth + 1)) for name, held in made_in.items()),
                _mark(bound, depth + 1) if bound is not None else 0,
            )
        case ClassValue(node=node):
            return id(node)
        case Instance(cls=cls, arguments=arguments, keywords=keywords):
            given = (*enumerate(arguments), *keywords.items())
            return (id(cls.node), tuple((key, _mark(held, depth + 1)) for key, held in given))
        case Known(value=held):
            return (type(held).__name__, held)
        case Items(items=items):
            return tuple(_mark(item, depth + 1) for item in items)
        case OutsideValue(name=name):
            return name
        case _:
            return id(value)


def _scheme(name: str, own: Ruling) -> Judged:
    anonymous: Value = Known(value=None, about=CALLER) if own.kind is GuardKind.IDENTIFIES else NOTHING
    return _Scheme(name=name, ruling=own, anonymous=anonymous)


def _outside(name: str, own: Ruling) -> Judged:
    anonymous: Value = Known(value=None, about=CALLER) if own.kind is GuardKind.IDENTIFIES else NOTHING
    return Judged(name=name.rpartition(".")[2] or name, ruling=own, anonymous=anonymous)


def _filled(judged: Judged, persona: Persona) -> Value:
    """What a dependency hands on to this caller."""
    if not judged.knows:
        return Unknown()
    if persona is Persona.MEMBER or judged.refuses:
        return of_caller(Persona.MEMBER, judged.name)
    return judged.anonymous if about(judged.anonymous) else Unknown(about=CALLER)


def _plain(taken: Taken, persona: Persona, scopes: tuple[str, ...]) -> Value:
    """What a parameter that is no dependency holds for this caller."""
    for name in outside_names(taken.annotation):
        if name.endswith(_REQUESTS):
            return Made(name, taken.node, taken.owner.module)
        if name.endswith(".SecurityScopes"):
            made = Made(name, taken.node, taken.owner.module)
            made.attributes["scopes"] = Items([Known(value=scope) for scope in scopes])
            return made
    source = next((name for each in sources_of(taken) for name in outside_names(each)), "")
    if source.endswith((".Header", ".Cookie")) and is_callers(taken.name):
        return of_caller(persona, taken.name) if _is_optional(taken) else Unknown(about=CALLER)
    if taken.annotation is None and taken.name == "request":
        return Made("starlette.requests.Request", taken.node, taken.owner.module)
    if is_callers(taken.name):
        return Unknown(about=CALLER)
    return Unknown(code=taken.name)


def _is_optional(taken: Taken) -> bool:
    """Whether a header or cookie may be left out."""
    if isinstance(taken.default, Known):
        return True
    for each in sources_of(taken):
        if isinstance(each, Made):
            default = each.keywords.get("default", each.arguments[0] if each.arguments else None)
            if isinstance(default, Known):
                return True
    return False


def _handed_on(outcome: Outcome) -> Value:
    """What a dependency returns to an anonymous caller who passes it."""
    values = [passage.value for passage in outcome.passages]
    if turned_away(outcome) or not values:
        return Unknown(about=CALLER) if About.CALLER in outcome.touched else NOTHING
    taint = CALLER if About.CALLER in outcome.touched else about(values[0])
    if all(isinstance(value, Known) and value.value is None for value in values):
        return Known(value=None, about=taint)
    falsy = all(isinstance(value, Known) and not value.value for value in values)
    return Unknown(about=taint, truth=False if falsy else None)


def _given(target: Instance) -> list[Value]:
    return [*target.arguments, *target.keywords.values()]


def _name_of(value: Value | None) -> str:
    match value:
        case FunctionValue():
            return value.short
        case ClassValue(node=node):
            return node.name
        case Instance(cls=cls):
            return cls.node.name
        case Unknown(code=code):
            return code or "a dependency"
        case _:
            return next(outside_names(value), "a dependency")

"""What NestJS guards do with a caller: gone through as nobody and as a member, for each route's metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from launchready.model.source import GuardKind
from launchready.source.code.guards import kind_by_name
from launchready.source.script.callers import Answer, Caller, Request, Response, Trace
from launchready.source.script.decorators import origin_of
from launchready.source.script.guarding.packages import known_guard
from launchready.source.script.guarding.reading import (
    HARMLESS,
    GuardHooks,
    GuardReader,
    Reading,
    unread_kind,
    verdict,
)
from launchready.source.script.nest.metadata import Metadata, Metadatas, key_name, texts_in
from launchready.source.script.nest.modules import COMMON
from launchready.source.script.symbolic import classes
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Condition, Thrown
from launchready.source.script.symbolic.values import (
    NO,
    UNDEFINED,
    YES,
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
    Present,
    Record,
    Settled,
    Site,
    Unknown,
    Value,
    truth,
)

_REFLECTING = frozenset({"get", "getAll", "getAllAndOverride", "getAllAndMerge", "getMetadata"})
_HARMLESS_PACKAGES = ("@nestjs/throttler", "nestjs-throttler", "@nestjs/terminus", "nestjs-rate-limiter")
_PASSPORT = "@nestjs/passport"


class _Target(Native):
    """`context.getHandler()`, `context.getClass()`."""

    def __init__(self, metadata: Metadata) -> None:
        self.metadata = metadata


class _Context(Native):
    """The execution context of a request over HTTP."""

    def __init__(self, trace: Trace, request: Request, handler: Metadata, cls: Metadata) -> None:
        self.trace = trace
        self.request = request
        self.handler = _Target(handler)
        self.cls = _Target(cls)

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`switchToHttp().getRequest()`, `getHandler()`, `getType()` and the like."""
        del run
        match name:
            case "getHandler":
                return self.handler
            case "getClass":
                return self.cls
            case "switchToHttp" | "getContext" | "getInfo":
                return (
                    self if name != "getContext" else Record({"req": self.request, "request": self.request})
                )
            case "getRequest":
                return self.request
            case "getResponse":
                return Response(self.trace)
            case "getType":
                return Constant("http")
            case "getArgByIndex":
                return self.request if arguments and arguments[0].value == Constant(0) else Unknown(site)
            case "getArgs":
                return Items([self.request, Response(self.trace)])
            case _:
                return Unknown(site)


class NestGuardHooks(GuardHooks):
    """What is known of packages while a Nest guard is gone through."""

    def __init__(self, trace: Trace, strategies: Mapping[str, str], reader: NestGuards) -> None:
        super().__init__(trace, strategies)
        self.reader = reader
        self.asked: list[Value] = []
        self.keys: list[str] = []

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """The reflector, the passport guard above, the GraphQL context; else as for any middleware."""
        values = [one.value for one in arguments]
        if isinstance(callee, Member | Package):
            last = callee.name.rpartition(".")[2]
            if last in _REFLECTING and len(values) > 1:
                found = self._reflected(last, values)
                if found is not None:
                    return found
            if last == "create" and values and isinstance(values[0], _Context):
                return values[0]  # GqlExecutionContext.create
            if last == "canActivate" and isinstance(callee, Member) and values:
                of = callee.of
                made_by = of.made_by if isinstance(of, Record) else None
                base = _outside_base(made_by) if isinstance(made_by, ClassValue) else of
                this = of if isinstance(made_by, ClassValue) else None
                above = self.reader.activated_above(run, base or UNDEFINED, values[0], site, self.trace, this)
                if above is not None:
                    return above
                origin = origin_of(base or UNDEFINED)
                if origin is not None and origin.package.startswith(_HARMLESS_PACKAGES):
                    return YES
            if last in {"handleRequest", "getRequest"} and isinstance(callee, Member):
                return _by_default(last, values, site)
        return super().called(run, callee, arguments, site)

    def _reflected(self, name: str, values: list[Value]) -> Value | None:
        targets = values[1].values if isinstance(values[1], Items) else [values[1]]
        known = [one.metadata for one in targets if isinstance(one, _Target)]
        if not known:
            return None
        found = [value for value in (one.get(values[0]) for one in known) if value != UNDEFINED]
        self.asked.extend(found)
        if found:
            self.keys.append(key_name(values[0]))
        if name == "getAllAndMerge":
            return Items(
                [inner for one in found for inner in (one.values if isinstance(one, Items) else [one])]
            )
        if name == "getAll":
            return Items(found)
        return found[0] if found else UNDEFINED


def _by_default(name: str, values: list[Value], site: Site) -> Value | None:
    """What passport's guard does where a class does not say otherwise."""
    if name == "getRequest":
        return values[0].request if values and isinstance(values[0], _Context) else None
    error, user = (values[0], values[1]) if len(values) > 1 else (UNDEFINED, UNDEFINED)
    if truth(error) or truth(user) is False:
        raise Thrown(Called(Package(COMMON, "UnauthorizedException"), (), site, made=True))
    return user


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A guard that is gone through: an instance or class, what it extends outside of the repository, the route."""

    value: Value
    base: Value | None
    of: Metadatas
    route: Mapping[str, Value]
    site: Site


class NestGuards:
    """Reads guards of Nest, each once for each metadata."""

    def __init__(self, run: Interpreter, strategies: Mapping[str, str], open_strategies: set[str]) -> None:
        self._run = run
        self._strategies = strategies
        self._open = open_strategies
        self._middleware = GuardReader(run, strategies)
        self._known: dict[tuple[int, str], tuple[Value, Reading]] = {}

    def middleware(self, value: Value, name: str) -> Reading:
        """What a piece of middleware of Express does."""
        return self._middleware.read(value, name)

    def read(
        self, value: Value, name: str, of: Metadatas, route: Mapping[str, Value] | None = None
    ) -> Reading:
        """What a guard does for a route with this metadata; read for the route itself where it looks at the path."""
        reading = self._once(value, name, of, {}, "")
        if not reading.by_route or not route or reading.kind in {None, GuardKind.IDENTIFIES}:
            return reading
        return self._once(value, name, of, route, ";".join(str(one) for one in route.values()))

    def _once(self, value: Value, name: str, of: Metadatas, route: Mapping[str, Value], key: str) -> Reading:
        whole = (id(value), f"{of.handler.signature}|{of.cls.signature}|{key}")
        held = self._known.get(whole)
        if held is None:
            held = self._known[whole] = (value, self._read(value, name, of, route))
        return held[1]

    def _read(self, value: Value, name: str, of: Metadatas, route: Mapping[str, Value]) -> Reading:
        match value:
            case ClassValue() | Record(made_by=ClassValue()):
                return self._of_class(value, name, of, route)
            case Either(options=options):
                readings = [self._read(option, name, of, route) for option in options]
                kinds = {one.kind for one in readings}
                return readings[0] if len(kinds) == 1 else Reading(kind=GuardKind.UNCLEAR)
            case Settled(value=inner):
                return self._read(inner, name, of, route)
            case Called(callee=Closure()):
                forced = self._run.forced(value)
                again = not isinstance(forced, Called) or not isinstance(forced.callee, Closure)
                return self._read(forced, name, of, route) if again else self._of_package(value, name)
            case _:
                return self._of_package(value, name)

    def _of_package(self, value: Value, name: str) -> Reading:
        origin = origin_of(value)
        if origin is None:
            return Reading(kind=unread_kind(name))
        if origin.package.startswith(_HARMLESS_PACKAGES):
            return HARMLESS
        if origin.package == _PASSPORT:
            return Reading(kind=self._of_strategies(value))
        return Reading(kind=kind_by_name(origin.name.rpartition(".")[2]))

    def _of_strategies(self, value: Value) -> GuardKind | None:
        """`AuthGuard("jwt")`: by its strategy, as passport.authenticate."""
        arguments = value.arguments if isinstance(value, Called) else ()
        names = texts_in(arguments[0].value) if arguments else []
        if any(one in self._open for one in names):
            return GuardKind.IDENTIFIES
        if not names:
            return GuardKind.AUTHENTICATES if not arguments else GuardKind.UNCLEAR
        known = known_guard(
            Called(Package("passport", "authenticate"), arguments, _site_of(value)), self._strategies
        )
        return known.kind if known is not None else GuardKind.AUTHENTICATES

    # ------------------------------------------------------------------------------------------- classes

    def _of_class(self, value: Value, name: str, of: Metadatas, route: Mapping[str, Value]) -> Reading:
        made_by = value.made_by if isinstance(value, Record) else value
        if not isinstance(made_by, ClassValue):
            return HARMLESS
        site = Site(module=made_by.module, node=made_by.node)
        activates = classes.method(made_by, "canActivate")
        base = _outside_base(made_by)
        if activates is None and not (base is not None and _is_passport(base)):
            return self._of_package(base, name) if base is not None else HARMLESS
        closure = Closure(activates[1] if activates is not None else made_by.node, made_by.scope)
        trial = _Trial(value=value, base=base, of=of, route=route, site=site)
        traces = [self._trace(trial, caller) for caller in (Caller.NOBODY, Caller.MEMBER)]
        nobody, member = traces[0], traces[1]
        if nobody is None or member is None:
            return Reading(kind=GuardKind.UNCLEAR)
        reading = verdict(nobody[0], member[0], closure, f"{name or made_by.name} {made_by.name}")
        role = reading.role
        if reading.kind is GuardKind.AUTHORIZES:
            asked = [text for one in member[1] for text in _roles_in(one, of.handler, of.cls)]
            role = ", ".join(dict.fromkeys(asked)) or role
        kind = reading.kind
        if kind is GuardKind.AUTHENTICATES and base is not None and _is_passport(base):
            kind = self._of_strategies(base) or kind if self._of_strategies(base) is not None else None
        return Reading(
            kind=kind,
            role=role,
            by_route=reading.by_route,
            function=f"{made_by.name}.canActivate",
            asked=tuple(nobody[2]),
        )

    def _trace(self, trial: _Trial, caller: Caller) -> tuple[Trace, list[Value], list[str]] | None:
        asked: list[Value] = []
        keys: list[str] = []
        value, site = trial.value, trial.site

        def start(run: Interpreter, trace: Trace, request: Request) -> Value:
            hooks = NestGuardHooks(trace, self._strategies, self)
            run.hooks = hooks
            context = _Context(trace, request, trial.of.handler, trial.of.cls)
            made = run.construct(value, (), site) if isinstance(value, ClassValue) else value
            method = run.member_of(made, "canActivate", site)
            if isinstance(method, Closure):
                result = run.enter(method, (Argument(value=context, site=site),), site)
            else:
                above = self.activated_above(run, trial.base or UNDEFINED, context, site, trace, made)
                result = above if above is not None else Unknown(site)
            _settle(run, trace, result, site)
            asked.extend(hooks.asked)
            keys.extend(hooks.keys)
            return result

        trace = self._middleware.trace(start, caller, trial.route, site)
        return (trace, asked, keys) if trace is not None else None

    def activated_above(
        self,
        run: Interpreter,
        base: Value,
        context: Value,
        site: Site,
        trace: Trace,
        this: Value | None = None,
    ) -> Value | None:
        """`super.canActivate(context)` of passport's guard: it asks `handleRequest` with what the strategy found."""
        if not _is_passport(base) or not isinstance(context, _Context):
            return None
        kind = self._of_strategies(base)
        nobody = trace.caller is Caller.NOBODY and kind is not GuardKind.IDENTIFIES
        user: Value = NO if nobody else Present("user")
        info: Value = Record(complete=False, site=site) if nobody else UNDEFINED
        values: list[Value] = [UNDEFINED, user, info, context, UNDEFINED]
        this = this if this is not None else _this_of(run)
        method = run.member_of(this, "handleRequest", site) if this is not None else None
        if isinstance(method, Closure):
            given = tuple(Argument(value=one, site=site) for one in values)
            found = run.enter(method, given, site)
        else:
            found = _by_default("handleRequest", values, site) or UNDEFINED
        context.request.entries["user"] = found if truth(found) is not False else Absent(undefined=True)
        trace.identified = True
        return YES


def _roles_in(value: Value, *metadata: Metadata) -> list[str]:
    """What a guard asks for, in words where the code has words for its numbers."""
    texts = texts_in(value)
    if any(not text.isdecimal() for text in texts):
        return texts
    written = [one.written[id(value)] for one in metadata if id(value) in one.written]
    return [one for one in written if one] or texts


def _this_of(run: Interpreter) -> Value | None:
    """The guard whose method is under way."""
    return run.this_under_way()


def _settle(run: Interpreter, trace: Trace, result: Value, site: Site) -> None:
    """What `canActivate` gave back: false refuses with 403."""
    if isinstance(result, Settled):
        if result.broken:
            raise Thrown(result.value)
        result = result.value
    options = result.options if isinstance(result, Either) else [result]
    for option in options:
        known = truth(option)
        doubts = [] if len(options) == 1 and known is not None else [Condition("what it gives back", site)]
        with run.under(*doubts):
            if known is not False:
                trace.add(run, Answer.PASSES)
            if known is not True:
                trace.refuse(run, 403)


def _outside_base(cls: ClassValue) -> Value | None:
    """What the outermost class of the repository extends."""
    base: Value | None = None
    for one in classes.lineage(cls):
        base = one.base
    return None if isinstance(base, ClassValue) else base


def _is_passport(value: Value) -> bool:
    origin = origin_of(value)
    return origin is not None and origin.package == _PASSPORT


def _site_of(value: Value) -> Site:
    assert isinstance(value, Called)
    return value.site

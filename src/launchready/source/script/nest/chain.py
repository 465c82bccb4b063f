"""Routes of NestJS endpoints with what a request passes on its way to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from launchready.model.operation import Parameter
from launchready.model.source import GuardKind, GuardLevel, SourceGuard, SourceRoute
from launchready.source.code.facts import FoundRoute
from launchready.source.script.decorators import Decoration
from launchready.source.script.express.paths import Path
from launchready.source.script.express.reader import path_parameters
from launchready.source.script.functions.finding import first_line, qualified_name
from launchready.source.script.guarding.reading import Reading
from launchready.source.script.nest.guards import NestGuards
from launchready.source.script.nest.inputs import bodies_of, is_validation_pipe, taken_by, validation_of
from launchready.source.script.nest.metadata import Metadata, Metadatas, keys_of, metadata_of
from launchready.source.script.nest.middleware import Applied
from launchready.source.script.nest.modules import named
from launchready.source.script.nest.routes import Controller, Endpoint
from launchready.source.script.nodes import FUNCTIONS, dotted_name, end_line_of
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import Argument, Called, ClassValue, Constant, Record, Value

FRAMEWORK = "nestjs"
_REFUSING = frozenset({GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.SERVICE, GuardKind.UNCLEAR})


@dataclass(slots=True, kw_only=True)
class Chain:
    """Makes routes of endpoints with what stands before all of them."""

    run: Interpreter
    guards: NestGuards
    everywhere: list[Argument] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)  # of `everywhere`, by id: set only under conditions
    piped: bool = False
    applied: list[Applied] = field(default_factory=list)

    def route(
        self, controller: Controller, endpoint: Endpoint, own: Path, address: Path, app: str
    ) -> FoundRoute:
        """A route; `own` is its path without prefix and version."""
        taken = taken_by(self.run, endpoint.owner, endpoint.node)
        piped = self.piped or any(
            is_validation_pipe(one)
            for decoration in named([*controller.decorations, *endpoint.decorations], "UsePipes")
            for one in decoration.values
        )
        module = endpoint.owner.module
        line = first_line(endpoint.node)
        place = module.place(endpoint.node)
        name = _handler_name(endpoint.node)
        parameters = _merged(path_parameters(str(address)), tuple(taken.parameters))
        notes = [address.note, "only for some host names" if controller.host else ""]
        route = SourceRoute(
            method=endpoint.method,
            path=str(address),
            framework=FRAMEWORK,
            handler=name,
            place=replace(
                place, line=line, code=module.lines[line - 1].strip() if line != place.line else place.code
            ),
            end_line=end_line_of(endpoint.node),
            app=app,
            guards=tuple(dict.fromkeys(self._chain(controller, endpoint, own))),
            parameters=parameters,
            bodies=bodies_of(taken),
            validation=validation_of(taken, piped=piped),
            certain=address.certain and not controller.host,
            note="; ".join(note for note in notes if note),
        )
        return FoundRoute(route=route, handler=(module.path, name))

    def _chain(self, controller: Controller, endpoint: Endpoint, own: Path) -> Iterator[SourceGuard]:
        for applied in self.applied:
            yield from self._middleware(applied, controller, endpoint, own)
        of = Metadatas(handler=metadata_of(endpoint.decorations), cls=metadata_of(controller.decorations))
        route = {"method": Constant(endpoint.method)} if endpoint.method != "ANY" else {}
        decorated = [*endpoint.decorations, *controller.decorations]
        written = [(one, GuardLevel.GLOBAL) for one in self.everywhere]
        for decorations, level in (
            (controller.decorations, GuardLevel.GROUP),
            (endpoint.decorations, GuardLevel.ROUTE),
        ):
            for decoration in named(decorations, "UseGuards"):
                written.extend((argument, level) for argument in decoration.arguments)
        for argument, level in written:
            yield from self._guard(argument, level, of, route, decorated)

    def _guard(
        self,
        argument: Argument,
        level: GuardLevel,
        of: Metadatas,
        route: Mapping[str, Value],
        decorated: list[Decoration],
    ) -> Iterator[SourceGuard]:
        name = _guard_name(argument)
        reading = self.guards.read(argument.value, name, of, route)
        if reading.kind in {None, GuardKind.IDENTIFIES} and reading.asked:
            plain = Metadatas(handler=Metadata(), cls=Metadata())
            without = self.guards.read(argument.value, name, plain, route)
            if without.kind in {GuardKind.AUTHENTICATES, GuardKind.SERVICE}:
                yield from _opt_out(decorated, reading.asked)
        if reading.kind is None:
            return
        kind = reading.kind
        if id(argument) in self.doubtful and kind in _REFUSING:
            kind = GuardKind.UNCLEAR
        yield _source_guard(argument, name, level, reading, kind)

    def _middleware(
        self, applied: Applied, controller: Controller, endpoint: Endpoint, own: Path
    ) -> Iterator[SourceGuard]:
        stands = applied.stands_before(controller.cls, endpoint.method, own)
        if stands is False:
            return
        everywhere = any(reach.path is not None and not reach.path.segments for reach in applied.reaches)
        for one in applied.middleware:
            name = _guard_name(one)
            reading = self.guards.middleware(_use_of(self.run, one), name)
            if reading.kind is None:
                continue
            doubtful = stands is None and reading.kind in _REFUSING
            kind = GuardKind.UNCLEAR if doubtful else reading.kind
            level = GuardLevel.GLOBAL if everywhere else GuardLevel.GROUP
            yield _source_guard(one, name, level, reading, kind)


def _use_of(run: Interpreter, argument: Argument) -> Value:
    """The function of a piece of middleware: a class's `use`."""
    value = argument.value
    if isinstance(value, ClassValue):
        try:
            value = run.member_of(run.construct(value, (), argument.site), "use", argument.site)
        except (Thrown, ExhaustedError, RecursionError):
            return argument.value
    return value


def _source_guard(
    argument: Argument, name: str, level: GuardLevel, reading: Reading, kind: GuardKind
) -> SourceGuard:
    return SourceGuard(
        name=name or "guard",
        kind=kind,
        level=level,
        place=argument.site.module.place(argument.site.node),
        role=reading.role if kind is GuardKind.AUTHORIZES else "",
    )


def _opt_out(decorated: list[Decoration], asked: tuple[str, ...]) -> Iterator[SourceGuard]:
    """The decorator that says that a guard lets everybody through here."""
    for one in decorated:
        if keys_of(one).intersection(asked):
            yield SourceGuard(
                name=dotted_name(one.site.node) or one.name,
                kind=GuardKind.PUBLIC,
                level=GuardLevel.ROUTE,
                place=one.site.module.place(one.site.node),
            )
            return


def _guard_name(argument: Argument) -> str:
    match argument.value:
        case ClassValue() as cls if cls.name:
            return cls.name
        case Record(made_by=ClassValue() as cls) if cls.name:
            return cls.name
        case Called() as called:
            return dotted_name(called.site.node) or dotted_name(argument.site.node)
        case _:
            return dotted_name(argument.site.node)


def _handler_name(node: SgNode) -> str:
    if node.kind() == "method_definition":
        return qualified_name(node)
    value = node.field("value")
    inner = (
        next(iter(value.find_all(any=[{"kind": kind} for kind in sorted(FUNCTIONS)])), None)
        if value
        else None
    )
    return qualified_name(inner if inner is not None else node)


def _merged(of_path: tuple[Parameter, ...], taken: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    known = {(one.place, one.name): one for one in taken}
    first = tuple(known.pop((one.place, one.name), one) for one in of_path)
    path_names = {one.name for one in of_path}
    rest = (one for one in known.values() if one.place != "path" or one.name in path_names)
    return (*first, *rest)

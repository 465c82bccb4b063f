"""Goes through modules, calls and classes of a repository with what is known of them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from ast_grep_py import SgNode

from launchready.source.script.aliases import loaded_json
from launchready.source.script.binding import Imported, ScriptModule
from launchready.source.script.project import ScriptProject
from launchready.source.script.symbolic import classes, expressions, members, statements
from launchready.source.script.symbolic.builtins import call_global, call_method
from launchready.source.script.symbolic.patterns import bind_parameters, bind_pattern
from launchready.source.script.symbolic.scope import Condition, ExhaustedError, Frame, Journal, Scope, Thrown
from launchready.source.script.symbolic.traits import from_json, is_live, sees_something_live
from launchready.source.script.symbolic.traits import is_tainted as is_tainted  # noqa: PLC0414 - part of it
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Absent,
    Argument,
    Called,
    ClassValue,
    Closure,
    Either,
    Member,
    Native,
    Package,
    Record,
    Site,
    Unknown,
    Value,
    either,
)

_DEEPEST_CALL = 24
_SHORT = 400  # characters of a function that is always gone through
_SAME_FUNCTION = 2  # times that one function may be under way at once


class Hooks(Protocol):
    """What a framework knows of packages, and which callbacks matter to it."""

    def called(
        self, run: Interpreter, callee: Value, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """What calling something of a package gives; None where nothing is known of it."""

    def enters(self, closure: Closure) -> bool:
        """Whether a function that is handed to unknown code is gone through."""

    def matters(self, closure: Closure) -> bool:
        """Whether a long function is gone through although nothing of the framework is given to it."""


@dataclass(slots=True)
class ModuleRun:
    """A module that is, or was, gone through."""

    module: ScriptModule
    scope: Scope
    exports: Value
    own: Record
    named: dict[str, Value] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    done: bool = False


class Namespace(Native):
    """A module of the repository as a value: `import * as x`, or `require` of a module with `export`s."""

    is_live = False

    def __init__(self, run: Interpreter, of: ModuleRun) -> None:
        self.run = run
        self.of = of

    def member(self, name: str) -> Value | None:
        """An export by name."""
        return self.run.exported(self.of, name)

    def listed(self) -> dict[str, Value]:
        """All exports by name."""
        names = [*self.of.module.exports, *self.of.named, *self.of.aliases, *self.of.own.entries]
        return {name: self.run.exported(self.of, name) for name in dict.fromkeys(names)}


class Interpreter:
    """One going through of a repository. `steps` bounds the work; what is past it stays unknown."""

    def __init__(self, project: ScriptProject, hooks: Hooks, steps: int) -> None:
        self.project = project
        self.hooks = hooks
        self.steps = steps
        self.conditions: tuple[Condition, ...] = ()
        self.frames: list[Frame] = []
        # What a container of the framework gives for a parameter of a constructor; None where there is none
        self.injector: Callable[[ClassValue, SgNode], Value | None] | None = None
        self.guarding = False  # Whether a doubtful exception makes what follows doubtful
        self.problems: list[str] = []
        self._modules: dict[str, ModuleRun] = {}
        self.globals = Record(complete=False)  # what `global` holds
        self._under_way: list[object] = []
        self._these: list[Value | None] = []
        self._journals: list[Journal] = []

    # ------------------------------------------------------------------------------------------- modules

    def module(self, module: ScriptModule) -> ModuleRun:
        """Go through a module's top level, once."""
        held = self._modules.get(module.path)
        if held is not None:
            return held
        own = Record()
        scope = Scope(module=module, is_function=True)
        scope.names["exports"] = own
        run = ModuleRun(module=module, scope=scope, exports=own, own=own)
        scope.names["module"] = Record({"exports": own})
        self._modules[module.path] = run
        conditions, self.conditions = self.conditions, ()
        self.frames.append(Frame())
        try:
            statements.execute_all(self, list(module.root.children()), scope)
        except (Thrown, RecursionError):
            pass
        finally:
            self.frames.pop()
            self.conditions = conditions
            run.done = True
            self._settle_exports(run)
        return run

    def has_gone_through(self, path: str) -> bool:
        """Whether a module was gone through."""
        return path in self._modules

    def _settle_exports(self, run: ModuleRun) -> None:
        holder = run.scope.names.get("module")
        if isinstance(holder, Record):
            run.exports = holder.entries.get("exports", run.own)

    def exported(self, run: ModuleRun, name: str) -> Value:
        """What a module exports as `name` ("default", "*" for the module itself)."""
        if name == "*":
            return Namespace(self, run)
        if name in run.aliases and (held := self.lookup(run.aliases[name], run.scope)) is not None:
            return held
        if name in run.named:
            return run.named[name]
        static = run.module.exports.get(name)
        if isinstance(static, Imported):
            return self.imported(run.module, static)
        if static is not None and name in run.scope.names and name not in {"exports", "module"}:
            return run.scope.names[name]
        if not run.done:
            self._settle_exports(run)
        common = self._from_common(run, name)
        if common is not None:
            return common
        for star in run.module.stars:
            found = self.imported(run.module, Imported(origin=star, name=name))
            if not isinstance(found, Unknown):
                return found
        if static is not None and not run.done:
            return self.evaluate_in(run, static)
        return Unknown()

    def _from_common(self, run: ModuleRun, name: str) -> Value | None:
        """`module.exports` and its members."""
        exports = run.exports
        is_plain = exports is run.own
        if name == "default":
            if is_plain and "default" in run.own.entries:
                return run.own.entries["default"]
            return Namespace(self, run) if is_plain and not run.own.entries else exports
        if isinstance(exports, Record) and name not in exports.entries and exports.complete:
            return None
        found = self.member_of(exports, name)
        return None if isinstance(found, Member | Unknown) and is_plain else found

    def evaluate_in(self, run: ModuleRun, node: SgNode) -> Value:
        """A node at the top level of a module."""
        return self.evaluate(node, run.scope)

    def imported(self, module: ScriptModule, imported: Imported) -> Value:
        """What an import stands for."""
        path = self.project.find(imported.origin, module.path)
        if path is None:
            return self._outside(module, imported)
        other = self.project.module(path)
        if other is None:
            return Unknown()
        whole = imported.by_require and other.is_esm and imported.name == "default"
        return self.exported(self.module(other), "*" if whole else imported.name)

    def required(self, module: ScriptModule, origin: str) -> Value:
        """What `require(origin)` gives; an absolute path is one from the repository's root."""
        if origin.startswith("/"):
            origin = posixpath.relpath(origin, f"/{posixpath.dirname(module.path)}")
            origin = origin if origin.startswith(".") else f"./{origin}"
        return self.imported(module, Imported(origin=origin, name="default", by_require=True))

    def _outside(self, module: ScriptModule, imported: Imported) -> Value:
        if imported.origin.startswith("."):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(module.path), imported.origin))
            found = self.project.settings.get(path) or self.project.settings.get(f"{path}.json")
            value = from_json(loaded_json(found.text)) if found is not None else Unknown()
            plain = imported.name in {"default", "*"}
            return value if plain else self.member_of(value, imported.name)
        return Package(imported.origin.removeprefix("node:"), imported.name)

    # --------------------------------------------------------------------------------------------- names

    def lookup(self, name: str, scope: Scope) -> Value | None:
        """What a name stands for in a scope; None for names that nothing binds."""
        holder = scope.holder(name)
        if holder is not None:
            return holder.names[name]
        module = scope.module
        if name in module.imports:
            value = self.imported(module, module.imports[name])
            run = self._modules.get(module.path)
            if run is not None:
                run.scope.names[name] = value
            return value
        node = module.names.get(name)
        run = self._modules.get(module.path)
        if node is not None and run is not None and not run.done:
            # A circular import asks for what comes later in the file
            run.scope.names[name] = Unknown(Site(module=module, node=node))
            run.scope.names[name] = self.evaluate(node, run.scope)
            return run.scope.names[name]
        return None

    def evaluate(self, node: SgNode, scope: Scope) -> Value:
        """What an expression stands for."""
        self.steps -= 1
        if self.steps < 0:
            raise ExhaustedError
        return expressions.evaluate(self, node, scope)

    def member_of(self, value: Value, name: str, site: Site | None = None) -> Value:
        """`value.name`."""
        return members.member_of(self, value, name, site)

    def assign(self, target: SgNode, value: Value, scope: Scope) -> None:
        """`target = value`."""
        members.assign(self, target, value, scope)

    def key_name(self, key: SgNode, scope: Scope) -> str:
        """The name of a property as it stands in an object or pattern; empty where it is not known."""
        return members.key_name(self, key, scope)

    def enter_into(self, held: dict[str, Value], name: str, value: Value) -> None:
        """Enter a value, so that a branch that is left can be undone."""
        journal = self._journals[-1] if self._journals else None
        if journal is not None and not any(held is one for one in journal.made):
            journal.entries.append((held, name, held.get(name)))
        held[name] = value

    def made(self, record: Record) -> Record:
        """Remember that this branch made an object: what is entered into it goes when it goes."""
        if self._journals:
            self._journals[-1].made.append(record.entries)
        return record

    @contextmanager
    def branch(self, condition: Condition) -> Iterator[Journal]:
        """A branch that may be taken; close the journal with whether what follows is reached from it."""
        journal = Journal()
        self._journals.append(journal)
        try:
            with self.under(condition):
                yield journal
        finally:
            self._journals.pop()
            if self._journals:
                self._journals[-1].entries.extend(journal.entries)

    def bind(self, pattern: SgNode, value: Value, scope: Scope) -> None:
        """Bind the names of a pattern."""
        bind_pattern(self, pattern, value, scope)

    @contextmanager
    def under(self, *conditions: Condition) -> Iterator[None]:
        """What happens only if."""
        before = self.conditions
        self.conditions = (*before, *conditions)
        try:
            yield
        finally:
            self.conditions = before

    # --------------------------------------------------------------------------------------------- calls

    def call(self, callee: Value, arguments: Sequence[Argument], site: Site) -> Value:
        """What a call gives. Functions of the repository are gone through."""
        given = tuple(arguments)
        match callee:
            case Native():
                return callee.invoke(self, "", given, site)
            case Member(of=Native() as native, name=name):
                return native.invoke(self, name, given, site)
            case Closure():
                worth = self.is_worth_it(callee, given)
                return self.enter(callee, given, site) if worth else Called(callee, given, site)
            case Absent():
                return callee
            case Either(options=options):
                return either([self.call(option, given, site) for option in options])
            case Member(of=of, name=name):
                found = call_method(self, of, name, given, site)
                return found if found is not None else self._opaque(callee, given, site)
            case Package():
                found = call_global(self, callee, given, site)
                return found if found is not None else self._opaque(callee, given, site)
            case _:
                return self._opaque(callee, given, site)

    def construct(self, callee: Value, arguments: Sequence[Argument], site: Site) -> Value:
        """What `new` gives."""
        given = tuple(arguments)
        if isinstance(callee, ClassValue):
            return classes.instance(self, callee, given, site)
        if isinstance(callee, Closure) and callee.node.kind() not in {"arrow_function", "method_definition"}:
            made = self.made(Record(made_by=callee, complete=False, site=site))
            self.enter(Closure(callee.node, callee.scope, made), given, site)
            return made
        if isinstance(callee, Package) and not callee.package:
            if callee.name.endswith("Error"):
                return self.made(Record(made_by=callee, complete=False, site=site))
            found = call_global(self, callee, given, site, made=True)
            if found is not None:
                return found
        found = self.hooks.called(self, callee, given, site)
        return found if found is not None else Called(callee, given, site, made=True)

    def _opaque(self, callee: Value, arguments: tuple[Argument, ...], site: Site) -> Value:
        """A call of something that is not known: functions handed to it may be called."""
        found = self.hooks.called(self, callee, arguments, site)
        if found is not None:
            return found
        absent = is_tainted(callee) or any(is_tainted(one.value) for one in arguments)
        for one in arguments:
            if isinstance(one.value, Closure) and self.hooks.enters(one.value):
                self.call_back(one.value, absent=absent, site=site)
        return Absent() if absent else Called(callee, arguments, site)

    def is_worth_it(self, closure: Closure, arguments: tuple[Argument, ...]) -> bool:
        """Whether a function may have to do with what is asked; long ones that do not are passed by."""
        place = closure.node.range()
        if place.end.index - place.start.index <= _SHORT:
            return True
        if any(isinstance(one.value, Namespace) for one in arguments):
            return True  # it makes something of a whole module: wraps its functions, registers them
        if is_live(closure.this) or any(is_live(one.value) for one in arguments):
            return True
        return self.hooks.matters(closure) or sees_something_live(closure.scope)

    def call_back(self, closure: Closure, *, absent: bool, site: Site) -> Value:
        """A function that unknown code may call: with (error, result), as far as known."""
        what = Condition("called back", site)
        result: Value = Absent() if absent else Unknown(site)
        count = _parameter_count(closure)
        values = [Unknown(site), result] if count > 1 else [result]
        with self.under(*(() if not self.guarding else (what,))):
            try:
                return self.enter(closure, tuple(Argument(value=one, site=site) for one in values), site)
            except Thrown:
                return Unknown(site)

    def forced(self, value: Value) -> Value:
        """What a call that was passed by as not worth it gives; the value itself for anything else."""
        if not isinstance(value, Called) or not isinstance(value.callee, Closure) or value.made:
            return value
        try:
            return self.enter(value.callee, value.arguments, value.site)
        except (Thrown, ExhaustedError, RecursionError):
            return value

    def this_under_way(self) -> Value | None:
        """`this` of the nearest method that is being gone through."""
        return next((one for one in reversed(self._these) if one is not None), None)

    def enter(self, closure: Closure, arguments: tuple[Argument, ...], site: Site) -> Value:
        """Go through a function of the repository."""
        same = sum(one is closure.node or one == closure.node for one in self._under_way)
        if len(self._under_way) >= _DEEPEST_CALL or same >= _SAME_FUNCTION:
            return Called(closure, arguments, site)
        this = closure.this if closure.node.kind() != "arrow_function" else None
        scope = Scope(module=closure.module, parent=closure.scope, this=this, is_function=True)
        scope.owner = this.made_by if isinstance(this, Record) and closure.scope.owner is None else None
        frame = Frame()
        self._under_way.append(closure.node)
        self._these.append(closure.this)
        self.frames.append(frame)
        before = self.conditions
        try:
            bind_parameters(self, closure.node, arguments, scope, site)
            return self._body(closure, scope, frame)
        except RecursionError:
            return Unknown(site)
        finally:
            self.conditions = before
            self.frames.pop()
            self._under_way.pop()
            self._these.pop()
            if frame.thrown and self.frames:
                self.frames[-1].thrown.extend(frame.thrown)
                if self.guarding:  # what follows is reached only if it was not thrown
                    self.conditions = (*before, Condition("no exception", site))

    def _body(self, closure: Closure, scope: Scope, frame: Frame) -> Value:
        body = closure.node.field("body")
        if body is None:
            return UNDEFINED
        if body.kind() != "statement_block":
            return self.evaluate(body, scope)
        try:
            ended = statements.execute_all(self, list(body.children()), scope)
        except Thrown as thrown:
            if not frame.returns:
                raise
            # It may have returned before it throws
            frame.thrown.append(thrown.value)
            return either(frame.returns)
        if not ended:
            frame.returns.append(UNDEFINED)
        return either(frame.returns) if frame.returns else UNDEFINED


def _parameter_count(closure: Closure) -> int:
    held = closure.node.field("parameters")
    if held is None:
        return int(closure.node.field("parameter") is not None)
    return len([one for one in held.named_children() if one.kind() != "comment"])

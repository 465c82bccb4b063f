"""What flows where in one file: every function is walked once, with the values of its names; nothing is run.

Branches are joined, loops are walked twice, checks against a list of allowed values are honoured.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from launchready.source.python.flows.expressions import Expressions
from launchready.source.python.flows.names import FileNames, file_names, is_handler, leaf
from launchready.source.python.flows.refining import refined
from launchready.source.python.flows.scopes import Assigned, Returned, Scope
from launchready.source.python.flows.sources import parameter_values, unquoted
from launchready.source.python.flows.values import (
    CALLER,
    FREE,
    MAYBE,
    NOTHING,
    REQUEST,
    TEXT,
    Value,
    either,
    joined_text,
)
from launchready.source.python.inline_guards.finding import GuardReader
from launchready.source.python.inline_guards.refusals import ends
from launchready.source.python.project import Function, dotted_name

_DEEPEST_LOOP = 2  # loops inside each other that are walked twice


@dataclass(slots=True)
class FileFlow:
    """All scopes of a file, the module first; `broken` names functions that are nested too deep to be followed."""

    names: FileNames
    scopes: list[Scope] = field(default_factory=list)
    guards: dict[str, GuardReader] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def file_flow(path: str, tree: ast.Module) -> FileFlow:
    """Walk a file."""
    flow = FileFlow(names=file_names(path, tree))
    pending = [_Pending(scope=Scope(name="", node=tree), env={}, body=tree.body)]
    while pending:
        one = pending.pop()
        walker = _Walker(one.scope, flow.names, one.env)
        try:
            walker.block(one.body)
        except RecursionError:
            flow.broken.append(one.scope.name)
        for seen in one.scope.seen:
            walker.guards.on_call(seen.node, seen.name, nested=bool(seen.tests))
        flow.scopes.append(one.scope)
        flow.guards[one.scope.name] = walker.guards
        pending.extend(reversed(list(_inner(walker, flow.names))))
    return flow


@dataclass(slots=True)
class _Pending:
    scope: Scope
    env: dict[str, Value]
    body: list[ast.stmt]


def _inner(walker: "_Walker", names: FileNames) -> Iterator[_Pending]:
    """The functions and classes that a scope defines, to be walked next."""
    outer = walker.scope
    prefix = f"{outer.name}." if outer.name else ""
    closure = {name: _outer(held) for name, held in walker.env.items()}
    for node in walker.defined:
        name = f"{prefix}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield _Pending(scope=Scope(name=name, node=node), env=dict(closure), body=node.body)
            continue
        owner = outer.node if isinstance(outer.node, ast.ClassDef) else None
        handler = is_handler(node, owner, names.path)
        env = dict(closure)
        if owner is not None:
            env = {key: held for key, held in env.items() if "." in key or key not in walker.own}
            env.update(_members(walker, owner, names, handler=handler))
        env.update(parameter_values(node, names, handler=handler))
        yield _Pending(
            scope=Scope(name=name, node=node, owner=owner, handler=handler), env=env, body=node.body
        )


def _outer(held: Value) -> Value:
    """A value as inner functions see it: they may run later, when its conditions no longer hold."""
    return held._replace(queries=(), found=()) if held.queries or held.found else held


def _members(walker: "_Walker", owner: ast.ClassDef, names: FileNames, *, handler: bool) -> dict[str, Value]:
    """What `self.…` holds in the methods of a class: its constants, what `__init__` assigns, parts of the request."""
    members: dict[str, Value] = {
        "self.request": Value(flags=REQUEST),
        "self.current_user": Value(flags=CALLER),
        "self.kwargs": Value(flags=MAYBE if _is_view(owner) or handler else TEXT),
        "self.path_kwargs": Value(flags=FREE),
    }
    for name in walker.own:
        held = walker.env.get(name)
        if held is not None:
            for first in ("self", "cls", owner.name):
                members[f"{first}.{name}"] = held
    members.update(_initial(owner, names))
    return members


def _is_view(owner: ast.ClassDef) -> bool:
    return any(
        leaf(dotted_name(base)).endswith(("View", "ViewSet", "Mixin", "Resource")) for base in owner.bases
    )


def _initial(owner: ast.ClassDef, names: FileNames) -> Iterator[tuple[str, Value]]:
    """Types of what `__init__` assigns and of what the class body declares: `self.items = ItemService(db)`."""
    for statement in owner.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            made = names.full_name(unquoted(statement.annotation) or statement.annotation)
            if leaf(made)[:1].isupper() and statement.value is None:
                yield f"self.{statement.target.id}", Value(made=made)
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            types = {
                one.arg: names.full_name(unquoted(one.annotation) or one.annotation)
                for one in (*statement.args.args, *statement.args.kwonlyargs)
                if one.annotation is not None
            }
            for inner in statement.body:
                yield from _assigned_member(inner, types, names)


def _assigned_member(
    statement: ast.stmt, types: dict[str, str], names: FileNames
) -> Iterator[tuple[str, Value]]:
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if not isinstance(target, ast.Attribute) or dotted_name(target.value) != "self" or value is None:
        return
    if isinstance(value, ast.BoolOp):
        value = value.values[-1]
    made = types.get(value.id, "") if isinstance(value, ast.Name) else ""
    if isinstance(value, ast.Call):
        made = names.full_name(value.func)
    if leaf(made)[:1].isupper():
        yield f"self.{target.attr}", Value(made=made)


class _Walker(Expressions):
    """Walks the statements of one scope in order."""

    def __init__(self, scope: Scope, names: FileNames, env: dict[str, Value]) -> None:
        super().__init__(scope, names, env)
        self.defined: list[Function | ast.ClassDef] = []
        self.own: dict[str, None] = {}
        self.guards = GuardReader(names, self.peek)
        self._loops = 0
        self._depth = 0

    def block(self, body: Iterable[ast.stmt]) -> bool:
        """Walk statements; True if none follows them (they return, raise or leave a loop)."""
        statements = list(body)
        return any(
            self._statement(statement, statements[index + 1 :]) for index, statement in enumerate(statements)
        )

    def _statement(self, node: ast.stmt, rest: list[ast.stmt]) -> bool:
        match node:
            case ast.Expr(value=value):
                self.value(value)
                self.guards.on_expression(node, self._depth)
                self.env.update(self.guards.proved)
                self.guards.proved = {}
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                self._assign(node)
            case ast.Return(value=value):
                held = self.value(value) if value is not None else NOTHING
                if not self.quiet:
                    self.scope.returned.append(Returned(node=node, value=held, tests=self.tests))
                    self.guards.on_return(node)
            case ast.If():
                return self._if(node, rest)
            case ast.For() | ast.AsyncFor():
                self.bind(node.target, _element(self.value(node.iter)), None)
                self._loop(node.body, node.orelse)
            case ast.While():
                self.remembered(node.test)
                self._loop(node.body, node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    held = self.value(item.context_expr)
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, held, None)
                self.guards.on_with(node, self._depth)
                return self.block(node.body)
            case ast.Try() | ast.TryStar():
                return self._try(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._define(node)
            case ast.Match():
                return self._match(node)
            case _:
                return self._simple(node)
        return ends(node, self.names)

    def _simple(self, node: ast.stmt) -> bool:
        match node:
            case ast.Raise(exc=error, cause=cause):
                for one in (error, cause):
                    if one is not None:
                        self.value(one)
                return True
            case ast.Assert(test=test):
                self.remembered(test)
                self.guards.on_assert(node)
                self.env.update(refined(test, self, truth=True))
            case ast.Delete(targets=targets):
                for one in targets:
                    self.value(one)
            case ast.Break() | ast.Continue():
                return True
        return False

    # -------------------------------------------------------------------------------- assignments

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        if node.value is None:
            return
        held = self.remembered(node.value)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.AugAssign):
            before = self.value(node.target)
            held = (
                joined_text([before, held])
                if isinstance(node.op, ast.Add)
                else either(before, held)._replace(text=None)
            )
        for target in targets:
            self._note_target(target, node.value, held)
            self.bind(target, held, node.value)
            if isinstance(target, ast.Name):
                self.own[target.id] = None

    def _note_target(self, target: ast.expr, node: ast.expr, held: Value) -> None:
        name = dotted_name(target)
        if isinstance(target, ast.Subscript):
            key = target.slice
            inner = dotted_name(target.value)
            name = f"{inner}[{key.value!s}]" if isinstance(key, ast.Constant) else inner
            self.value(target.value)
            self.value(key)
        elif isinstance(target, ast.Attribute):
            self.guards.on_change(self.value(target.value))
        if not self.quiet:
            self.scope.assigned.append(
                Assigned(target=target, name=name, node=node, value=held, tests=self.tests)
            )

    def _define(self, node: Function | ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.value(decorator)
        if not isinstance(node, ast.ClassDef):
            for default in (*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)):
                self.value(default)
        else:
            for base in (*node.bases, *(one.value for one in node.keywords)):
                self.value(base)
        self.defined.append(node)
        self.env.pop(node.name, None)

    # ----------------------------------------------------------------------------------- branches

    def _if(self, node: ast.If, rest: list[ast.stmt]) -> bool:
        self.remembered(node.test)
        self.guards.on_if(node, rest, self._depth)
        proved, self.guards.proved = self.guards.proved, {}
        before, tests = self.env, self.tests
        self.env = {**before, **refined(node.test, self, truth=True)}
        self.tests = (*tests, node.test)
        self._depth += 1
        left = self.block(node.body)
        then, self.env = self.env, dict(before)
        self.env.update(refined(node.test, self, truth=False))
        self.tests = (*tests, ast.UnaryOp(op=ast.Not(), operand=node.test))
        other = self.block(node.orelse)
        self._depth -= 1
        self.tests = tests
        if left != other:
            # What follows runs only in one of two cases
            self.env = {**(self.env if left else then), **proved}
            return False
        self.env = _joined(then, self.env)
        return left and other and bool(node.orelse)

    def _loop(self, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        before = dict(self.env)
        self._loops += 1
        self._depth += 1
        if self._loops <= _DEEPEST_LOOP and _carries(body):
            self.quiet += 1
            kept = len(self.defined)
            self.block(body)
            del self.defined[kept:]
            self.quiet -= 1
            self.env = _joined(before, self.env)
        self.block(body)
        self._depth -= 1
        self._loops -= 1
        self.env = _joined(before, self.env)
        self.block(orelse)

    def _try(self, node: ast.Try | ast.TryStar) -> bool:
        self.guards.on_try(node, self._depth)
        before = dict(self.env)
        self.catching += bool(node.handlers)
        left = self.block(node.body)
        self.catching -= bool(node.handlers)
        if not left:
            left = self.block(node.orelse)
        after = self.env
        ends_of: list[bool] = [left]
        results = [] if left else [after]
        self._depth += 1
        for handler in node.handlers:
            self.env = _joined(before, after)
            if handler.name:
                self.env[handler.name] = Value(flags=TEXT)
            gone = self.block(handler.body)
            ends_of.append(gone)
            if not gone:
                results.append(self.env)
        self._depth -= 1
        self.env = _joined_all(results) if results else after
        gone = self.block(node.finalbody)
        return gone or all(ends_of)

    def _match(self, node: ast.Match) -> bool:
        subject = self.value(node.subject)
        before = self.env
        results = [before]
        self._depth += 1
        for case in node.cases:
            self.env = dict(before)
            for name in _captured(case.pattern):
                self.env[name] = subject._replace(text=None)
            if isinstance(node.subject, ast.Name) and isinstance(case.pattern, ast.MatchValue | ast.MatchOr):
                self.env[node.subject.id] = subject.harmless()
            if case.guard is not None:
                self.remembered(case.guard)
            if not self.block(case.body):
                results.append(self.env)
        self._depth -= 1
        self.env = _joined_all(results)
        return False


def _element(held: Value) -> Value:
    """What a loop over something gets."""
    if held.queries:
        return Value(flags=TEXT, found=held.queries)
    return held._replace(text=held.text if held.is_constant and not held.flags else None, made="")


def _carries(body: list[ast.stmt]) -> bool:
    """Whether a loop may carry a value from one turn to the next: it adds to a text or to a list."""
    return any(isinstance(one, ast.AugAssign | ast.If | ast.For | ast.While | ast.Try) for one in body)


def _captured(pattern: ast.pattern) -> Iterator[str]:
    for one in ast.walk(pattern):
        if isinstance(one, ast.MatchAs | ast.MatchStar) and one.name:
            yield one.name


def _joined(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    result = dict(second)
    for name, held in first.items():
        other = second.get(name)
        result[name] = held if other is None else either(held, other)
    return result


def _joined_all(envs: list[dict[str, Value]]) -> dict[str, Value]:
    result = envs[0]
    for other in envs[1:]:
        result = _joined(result, other)
    return result

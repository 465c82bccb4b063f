"""Environment variables that Python code reads: `os.environ`, settings classes of pydantic, decouple, environs."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from launchready.model.source import VariableUse
from launchready.source.code.facts import VariableRead
from launchready.source.code.guards import words_of
from launchready.source.code.lines import place_in
from launchready.source.environment_names import is_secret_name
from launchready.source.python.environment_classes import is_settings_class, settings_fields, use_by_default
from launchready.source.python.flows.following import FileFlow
from launchready.source.python.flows.names import FileNames, is_beside, is_run_by_hand, leaf, statements_of
from launchready.source.python.flows.scopes import Scope, Seen
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import keyword

__all__ = ["ReadVariable", "is_settings_class", "variable_read", "variables_read"]

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_UPPER = re.compile(r"^[A-Z][A-Z0-9_]*$")
_PLAIN = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.getenvb"})
_READERS = (
    "decouple.config", "environs.Env", "environ.Env", "starlette.config.Config", "decouple.Config",
    "envparse.env",
)  # fmt: skip
_STARTING = frozenset(
    {"settings", "config", "configure", "load", "app", "validate", "check", "setup", "main", "env"}
)
_CASTS = frozenset({
    "str", "int", "bool", "float", "list", "dict", "json", "url", "db", "db_url", "cache", "cache_url",
    "email_url", "path", "decimal", "datetime", "date", "timedelta", "tuple", "log_level", "enum", "uuid",
    "dj_db_url", "dj_email_url", "bytes", "get_value", "search_url", "csv", "Str", "Bool",
})  # fmt: skip


class ReadVariable(NamedTuple):
    """A variable that a call reads. `default` is the expression that stands in for it, None if there is none."""

    name: str
    use: VariableUse
    default: ast.expr | None


def variables_read(path: str, lines: list[str], flow: FileFlow) -> tuple[VariableRead, ...]:
    """The variables that a file reads, one for each place; none for tests, documents and scripts for developers."""
    if is_beside(path) or is_run_by_hand(path):
        return ()
    found: dict[tuple[str, int], VariableRead] = {}
    for scope in flow.scopes:
        for name, use, line, secret in _of_scope(scope, flow.names):
            made = VariableRead(
                name=name,
                use=use,
                place=place_in(path, lines, line),
                secret=secret or is_secret_name(name),
            )
            found.setdefault((name, line), made)
    return tuple(found.values())


def _of_scope(scope: Scope, names: FileNames) -> Iterator[tuple[str, VariableUse, int, bool]]:
    if isinstance(scope.node, ast.ClassDef) and is_settings_class(scope.node, names):
        yield from settings_fields(scope.node)
    demanded: set[str] | None = None
    for seen in scope.seen:
        read = variable_read(seen, names)
        if read is None:
            continue
        use = read.use
        if use is VariableUse.OPTIONAL:
            if demanded is None:
                demanded = _demanded(scope) if _at_start(scope) else set()
            if _target_of(scope, seen.node) in demanded or read.name in demanded:
                use = VariableUse.REQUIRED
            elif _has_fallback(scope, seen.node):
                use = VariableUse.DEFAULTED
        yield read.name, use, seen.node.lineno, False
    for node, tests, caught in scope.items:
        name = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(name, str) and _NAME.match(name):
            asked = caught or any(name in _texts(test) for test in tests)
            yield name, VariableUse.OPTIONAL if asked else VariableUse.REQUIRED, node.lineno, False


def variable_read(seen: Seen, names: FileNames) -> ReadVariable | None:
    """The variable that a call reads; None for any other call."""
    node = seen.node
    first = node.args[0] if node.args else keyword(node, "key", "name", "var_name")
    if (
        not isinstance(first, ast.Constant)
        or not isinstance(first.value, str)
        or not _NAME.match(first.value)
    ):
        return None
    name = first.value
    if seen.name in _PLAIN or seen.made in _PLAIN:
        default = node.args[1] if len(node.args) > 1 else keyword(node, "default")
        return ReadVariable(name=name, use=_by_default(default, VariableUse.OPTIONAL), default=default)
    if not _is_reader(seen, names) or not _UPPER.match(name):
        return None
    default = keyword(node, "default")
    rest = node.args[1:]
    if "starlette" in seen.made and len(rest) == 1 and keyword(node, "cast") is None:
        rest = []  # the second argument of Starlette's Config is the type
    if default is None and rest:
        default = rest[-1]
    return ReadVariable(name=name, use=_by_default(default, VariableUse.REQUIRED), default=default)


def _by_default(default: ast.expr | None, without: VariableUse) -> VariableUse:
    return without if default is None else use_by_default(default)


def _is_reader(seen: Seen, names: FileNames) -> bool:
    """Whether a call is one of a reader of settings: `config("X")`, `env.bool("X")`."""
    function = seen.node.func
    for name in (seen.name, seen.made):
        if name in _READERS:
            return True
        owner, _, method = name.rpartition(".")
        if owner in _READERS and method in _CASTS:
            return True
    # An instance that another file makes: `from app.settings import env`
    if isinstance(function, ast.Name):
        return (
            function.id in {"env", "config"}
            and leaf(names.full(function.id)) == function.id
            and (function.id in names.imports)
        )
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id == "env" and "env" in names.imports and function.attr in _CASTS
    return False


def _at_start(scope: Scope) -> bool:
    """Whether a scope runs at the start: the module, or a function that loads or checks settings."""
    name = scope.name.rpartition(".")[2]
    return not scope.is_function or (
        not name.startswith("__") and bool(set(words_of(name)) & _STARTING) and not scope.handler
    )


def _demanded(scope: Scope) -> set[str]:
    """Names that are tested for being there, with an error where they are not; names of variables, too."""
    found: set[str] = set()
    for statement in statements_of(scope.node):
        if not isinstance(statement, ast.If) or not statement.body:
            continue
        last = statement.body[-1]
        gives_up = isinstance(last, ast.Raise) or (
            isinstance(last, ast.Expr)
            and isinstance(last.value, ast.Call)
            and dotted_name(last.value.func) in {"sys.exit", "exit", "quit", "os._exit"}
        )
        if gives_up:
            found.update(_missing(statement.test))
    return found


def _missing(test: ast.expr) -> Iterator[str]:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _names(inner)
        case ast.BoolOp(values=values):
            for one in values:
                yield from _missing(one)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | "")]):
            yield from _names(left)
        case ast.Compare(left=ast.Constant(value=str() as name), ops=[ast.NotIn()]):
            yield name


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Call) and leaf(dotted_name(node.func)) in {"all", "getenv", "get"}:
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                yield one.id
            elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
    elif dotted_name(node):
        yield dotted_name(node)


def _target_of(scope: Scope, node: ast.Call) -> str:
    return next((one.name for one in scope.assigned if one.node is node), "")


def _has_fallback(scope: Scope, node: ast.Call) -> bool:
    """Whether something stands in for a variable: `os.getenv("X") or "y"`."""
    return any(
        isinstance(one.node, ast.BoolOp) and isinstance(one.node.op, ast.Or) and node in one.node.values[:-1]
        for one in scope.assigned
    )


def _texts(test: ast.expr) -> set[str]:
    return {
        one.value for one in ast.walk(test) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }

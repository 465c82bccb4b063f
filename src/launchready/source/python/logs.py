"""What goes to the log and should not: secrets by their names, whole bodies, headers, cookies (LOG-04; CWE-532)."""

import ast
import re
from collections.abc import Iterator

from launchready.model.source import Flow, HitKind
from launchready.source.code.guards import words_of
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.flows.values import GIVEN, WHOLE
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import Hit, Site, called, under_debug

_LEVELS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "msg", "fatal", "trace"}
)
_LOGGER = re.compile(
    r"(?:^|[._])(?:log|logs|logger|logging|_log|_logger|getLogger|get_logger)$", re.IGNORECASE
)
_CONSOLES = (
    "typer",
    "click",
    "argparse",
    "fire",
    "rich",
)  # what such a file prints is for whoever started it
_OTHER = frozenset({"exc_info", "stack_info", "stacklevel", "file", "sep", "end", "flush"})
_SAME = frozenset(
    {
        "str",
        "repr",
        "format",
        "dumps",
        "dict",
        "pformat",
        "model_dump",
        "model_dump_json",
        "json",
        "vars",
        "list",
    }
)
_PASSWORD = frozenset({"password", "passwd", "passphrase", "pwd", "cvv"})
_TOKEN_KINDS = frozenset({
    "access", "refresh", "auth", "api", "id", "bearer", "jwt", "session", "reset", "verification", "activation",
    "oauth", "confirmation", "invite", "invitation", "magic", "login", "user", "bot", "device", "secret",
    "authentication", "encoded",
})  # fmt: skip
_KEY_KINDS = frozenset({"api", "secret", "private", "access", "signing", "encryption"})
_NOT_VALUES = frozenset({
    "is", "has", "use", "needs", "no", "require", "requires", "required", "change", "changed", "forgot", "set",
    "check", "verify", "update", "invalid", "missing", "valid", "max", "min", "num", "count", "length", "type",
    "expired", "send",
})  # fmt: skip
_PARTS = frozenset({"headers", "cookies", "COOKIES", "META"})


def log_hits(site: Site, seen: Seen) -> Iterator[Hit]:
    """The risky values of one log call, at most one hit."""
    if not _is_log(seen) or (leaf(seen.name) == "print" and site.names.has(*_CONSOLES)):
        return
    given = [*seen.node.args, *(one.value for one in seen.node.keywords if one.arg not in _OTHER)]
    for node in given:
        for name, certain in _secrets(node):
            yield Hit(
                kind=HitKind.RISKY_LOG,
                rule="python-log-secret",
                message=f"{name} goes to the log",
                node=seen.node,
                fix="Leave it out; log an id, or the last characters at most",
                flow=Flow.NONE,
                certain=certain and not under_debug(seen.tests),
            )
            return
    held = [*seen.args, *(value for name, value in seen.keywords.items() if name not in _OTHER)]
    if any(one.flags & WHOLE and one.flags & GIVEN for one in held):
        parts = {one.attr for node in given for one in ast.walk(node) if isinstance(one, ast.Attribute)}
        yield Hit(
            kind=HitKind.RISKY_LOG,
            rule="python-log-request",
            message="A whole part of the request (body, headers, cookies) goes to the log",
            node=seen.node,
            fix="Log the fields that are needed, by name",
            flow=Flow.REQUEST,
            certain=bool(parts & _PARTS) and not under_debug(seen.tests),
        )


def _is_log(seen: Seen) -> bool:
    function = seen.node.func
    if isinstance(function, ast.Name):
        return function.id == "print"
    if leaf(seen.name) not in _LEVELS or not isinstance(function, ast.Attribute):
        return False
    receiver = dotted_name(function.value)
    return _LOGGER.search(receiver) is not None or seen.made.startswith(("logging.", "structlog.", "loguru."))


def _secrets(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """What an expression shows that is named like a secret: (name, whether there is no doubt)."""
    stack = [node]
    while stack:
        one = stack.pop()
        match one:
            case ast.JoinedStr(values=parts):
                stack.extend(part.value for part in parts if isinstance(part, ast.FormattedValue))
            case ast.BinOp(left=left, op=ast.Mod() | ast.Add(), right=right):
                stack.extend((left, right))
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
                stack.extend(parts)
            case ast.Dict(keys=keys, values=values):
                yield from _named_values(keys, values)
                stack.extend(values)
            case ast.Await(value=inner) | ast.Starred(value=inner) | ast.FormattedValue(value=inner):
                stack.append(inner)
            case ast.IfExp(body=first, orelse=second):
                stack.extend((first, second))
            case ast.Call(args=args, keywords=keywords) if called(one) in _SAME:
                stack.extend((*args, *(keyword.value for keyword in keywords)))
                if isinstance(one.func, ast.Attribute) and called(one) == "format":
                    stack.append(one.func.value)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                name = _name(one)
                doubt = _doubt(name) if not _is_other_token(one) else None
                if doubt is not None:
                    yield name, not doubt


def _named_values(keys: list[ast.expr | None], values: list[ast.expr]) -> Iterator[tuple[str, bool]]:
    """`{"password": value}`: named by its key."""
    for key, value in zip(keys, values, strict=True):
        plain = isinstance(value, ast.Name | ast.Attribute | ast.Subscript)
        if plain and isinstance(key, ast.Constant) and isinstance(key.value, str):
            doubt = _doubt(key.value)
            if doubt is not None:
                yield key.value, not doubt


def _name(node: ast.expr) -> str:
    """The name of a value; of an item, its key; empty for a part of a text."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name if dotted_name(node) != "os.environ" else "environment_secret"
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key
    return ""


def _is_other_token(node: ast.expr) -> bool:
    """Whether a token is the name of a thing: `checkout.token`, not that of a person or a session."""
    if not isinstance(node, ast.Attribute) or node.attr != "token":
        return False
    owner = words_of(dotted_name(node.value).rpartition(".")[2])
    return not set(owner) & (_TOKEN_KINDS | {"self", "request", "form", "data", "credentials", "response"})


def _doubt(name: str) -> bool | None:
    """Whether there is doubt that a name stands for a secret; None if it stands for none."""
    words = words_of(name)
    if not words or words[0] in _NOT_VALUES or name.isupper():
        return None
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _PASSWORD and before == "reset":
        return None  # a deed
    if last in _PASSWORD or last in {"secret", "authorization"} or (last == "key" and before in _KEY_KINDS):
        return False
    if last == "token":
        if not before:
            return True
        return False if before in _TOKEN_KINDS else None
    if last in {"credentials", "jwt", "apikey", "otp"}:
        return True
    return None

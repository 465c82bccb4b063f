"""What goes to a log and should not: passwords, tokens, bodies, headers; settings that log more than anybody reads."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import HitKind
from launchready.source.code.guards import words_of
from launchready.source.script.flows.sources import REQUEST_NAMES
from launchready.source.script.nodes import object_entries, string_value, unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import Sink, calls_of, is_for_development, property_of
from launchready.source.script.sinks.fetch import BROWSER_FILE

_LOGGERS = re.compile(
    r"^(?:console|(?:this\.|req\.|request\.|app\.|fastify\.|ctx\.)?_?(?:log|logger|winston|pino|Logger|log4js))$"
)
_LEVELS = frozenset(
    {"log", "info", "warn", "error", "debug", "dir", "trace", "verbose", "http", "silly", "fatal", "table"}
)
# Whose value opens something, whoever reads it
_PLAIN = frozenset({"password", "passwd", "passphrase", "authorization", "cvv", "privatekey"})
_LIKELY = frozenset(
    {"secret", "token", "apikey", "jwt", "otp", "pwd", "cookie", "cookies", "credentials", "ssn"}
)
_BEFORE = frozenset({
    "is", "has", "had", "no", "not", "missing", "invalid", "max", "total", "num", "count", "should",
    "needs", "with", "without", "csrf", "fcm", "device", "push", "page", "next", "cancel", "start", "end",
    "design", "type", "invalidated", "expired", "public", "publishable", "hide", "show", "set", "on", "use",
    "get",
})  # fmt: skip
_CUTTING = re.compile(
    r"\.(?:length|slice|substring|substr|split|startsWith|padEnd|replace)\b|redact|mask|hash|omit|sanitiz|Boolean\(|typeof|preview|truncate",
    re.IGNORECASE,
)
_DEEPEST = 4  # expressions inside of what is logged
_LONGEST_NAME = 80
_BODIES = frozenset({"body", "headers", "cookies", "rawHeaders", "rawBody"})


def log_sinks(reading: Reading) -> Iterator[Sink]:
    """Log lines with a secret, or a whole request, in them."""
    if not is_logged(reading):
        return
    for call in calls_of(reading):
        called = call.node.field("function")
        inner = unwrapped(called) if called is not None else None
        owner = inner.field("object") if inner is not None and inner.kind() == "member_expression" else None
        if owner is None or call.method not in _LEVELS or not _LOGGERS.match(owner.text()):
            continue
        found = next((one for value in call.arguments for one in _risky(value, 0)), None)
        if found is None or is_for_development(call.node):
            continue
        what, certain = found
        yield Sink(
            kind=HitKind.RISKY_LOG,
            rule="secret-in-log",
            message=f"{what} goes to the log",
            fix="Log a list of chosen fields, or let the logger redact these",
            node=call.node,
            certain=certain,
        )


def is_logged(reading: Reading) -> bool:
    """Whether the file's log lines go to a server's log, not to a visitor's console."""
    if (
        reading.for_browsers
        or BROWSER_FILE.search(reading.path)
        or reading.path.endswith((".tsx", ".jsx", ".component.ts"))
    ):
        return False
    return not any(
        one.startswith(("react", "vue", "@angular", "svelte", "solid-js", "preact"))
        for one in reading.packages
    )


def _risky(node: SgNode, depth: int) -> Iterator[tuple[str, bool]]:
    """What of a logged expression is a secret or a whole request, and whether that is sure."""
    node = unwrapped(node)
    kind = node.kind()
    if depth > _DEEPEST or kind in {"string", "number", "arrow_function", "function_expression"}:
        return
    if kind in {"identifier", "member_expression", "shorthand_property_identifier", "subscript_expression"}:
        found = _named(node)
        if found is not None:
            yield found
    elif kind == "template_string":
        for one in node.named_children():
            if one.kind() == "template_substitution":
                for inner in one.named_children():
                    yield from _risky(inner, depth + 1)
    elif kind == "binary_expression":
        for side in (node.field("left"), node.field("right")):
            if side is not None and not _CUTTING.search(side.text()):
                yield from _risky(side, depth + 1)
    elif kind == "object":
        for _, value in object_entries(node):
            yield from _risky(value, depth + 1)
    elif kind == "call_expression" and re.match(
        r"(?:JSON\.stringify|util\.inspect|inspect|String)\(", node.text()
    ):
        held = node.field("arguments")
        first = held.named_children()[:1] if held is not None else []
        for one in first:
            yield from _risky(one, depth + 1)


def _named(node: SgNode) -> tuple[str, bool] | None:
    text = node.text().replace("?.", ".").replace("!", "")
    if _CUTTING.search(text) or len(text) > _LONGEST_NAME:
        return None
    owner, _, last = text.rpartition(".")
    if last in _BODIES and (
        owner.rpartition(".")[2] in REQUEST_NAMES or owner in {"ctx.request", "c.req", "event"}
    ):
        return text, last != "cookies"
    if text == "process.env":
        return "The whole environment", True
    if node.kind() == "subscript_expression":
        index = node.field("index")
        last = string_value(index) if index is not None and index.kind() == "string" else ""
    words = words_of(last)
    if not words or words[0] in _BEFORE or last.isupper():
        return None
    ends = words[-1]
    pair = "".join(words[-2:])
    if ends in _PLAIN or pair in _PLAIN:
        return text, True
    if ends in _LIKELY or pair in _LIKELY:
        return text, False
    return None


# ------------------------------------------------------------------------------------------------ settings


def verbose_sinks(reading: Reading) -> Iterator[Sink]:
    """Settings that log every query, or on the level of developers."""
    for pair in reading.nodes("pair") if reading.has("logging", "log:", "debug", "level", "logger:") else ():
        key, value = pair.field("key"), pair.field("value")
        if key is None or value is None:
            continue
        name = key.text().strip("'\"")
        what = _verbose(reading, pair, name, unwrapped(value))
        if what and not is_for_development(pair):
            yield _verbose_sink(pair, what)
    for call in calls_of(reading) if reading.has("mongoose") else ():
        given = [one.text() for one in call.arguments]
        debugs = call.name == "mongoose.set" and [one.strip("'\"") for one in given[:2]] == ["debug", "true"]
        if debugs and not is_for_development(call.node):
            yield _verbose_sink(call.node, "Mongoose logs every query with its values")


def _verbose(reading: Reading, pair: SgNode, name: str, value: SgNode) -> str:
    """What a setting makes verbose; empty for all others."""
    around = _made_in(pair)
    words = _strings(value)
    text = value.text().strip("'\"")
    if name == "log" and around.endswith("PrismaClient") and "query" in words:
        return "Prisma logs every query with its values"
    logs_all = text in {"true", "all", "console.log"} or bool(words & {"query", "all"})
    if name == "logging" and logs_all and _is_database(pair, around):
        return "Every query is logged with its values"
    if name == "debug" and text == "true" and around in {"knex", "Knex"}:
        return "Knex logs every query with its values"
    makes = around.rpartition(".")[2] in {"createLogger", "pino", "P", "Console"} and reading.has(
        "winston", "pino"
    )
    if (
        name == "level"
        and makes
        and value.kind() == "string"
        and text in {"debug", "trace", "silly", "verbose"}
    ):
        return f"The log level is {text}, wherever it runs"
    return ""


def _made_in(pair: SgNode) -> str:
    """What the options are for: the function or class that they are given to."""
    for around in pair.ancestors():
        if around.kind() in {"call_expression", "new_expression"}:
            called = around.field("function") or around.field("constructor")
            return called.text() if called is not None else ""
        if around.kind() in {"statement_block", "program"}:
            return ""
    return ""


def _is_database(pair: SgNode, around: str) -> bool:
    if around.rpartition(".")[2] in {
        "Sequelize",
        "DataSource",
        "createConnection",
        "forRoot",
        "forRootAsync",
        "SequelizeModule",
    }:
        return True
    held = pair.parent()
    names = (
        {name for name, _ in object_entries(held)} if held is not None and held.kind() == "object" else set()
    )
    return bool(names & {"dialect", "entities", "synchronize", "migrations"})


def _strings(value: SgNode) -> set[str]:
    return (
        {string_value(one) for one in value.named_children() if one.kind() == "string"}
        if value.kind() == "array"
        else set()
    )


def _verbose_sink(node: SgNode, what: str) -> Sink:
    return Sink(
        kind=HitKind.VERBOSE,
        rule="verbose-logging",
        message=what,
        fix="Set the level by the environment, and keep it low in production",
        node=node,
        certain=True,
    )


def option(node: SgNode, *names: str) -> SgNode | None:
    """The first of several properties that an object literal has."""
    return next((held for name in names if (held := property_of(node, name)) is not None), None)

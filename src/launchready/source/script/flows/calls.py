"""What a call gives back, as far as its name tells."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from ast_grep_py import SgNode

from launchready.source.code.guards import words_of
from launchready.source.script.bindings import Path
from launchready.source.script.flows.sources import (
    CONSTANT,
    OTHER,
    Mode,
    Origin,
    Source,
    tells_caller,
)
from launchready.source.script.nodes import FUNCTIONS, arguments_of, dotted_name, unwrapped
from launchready.source.script.reading import Reading

Follow: TypeAlias = Callable[[SgNode, Path, Mode], Source]

# Nothing that is text is left
_NUMBERS = frozenset({
    "Number", "parseInt", "parseFloat", "BigInt", "Boolean", "isNaN", "Number.parseInt",
    "Number.parseFloat", "toInteger", "Date.parse", "Math.min", "Math.max", "Math.floor", "Math.ceil",
    "Math.round", "Math.abs", "Math.trunc", "isUUID", "isValid", "Date.now", "_.toInteger", "_.toNumber",
    "toNumber", "validator.toInt", "validator.toFloat", "parseBoolean",
})  # fmt: skip
_NUMBER_METHODS = frozenset({
    "length", "size", "indexOf", "includes", "startsWith", "endsWith", "test", "has", "toFixed", "getTime",
    "charCodeAt", "localeCompare", "toISOString", "every", "some", "valueOf", "findIndex", "search",
    "digest", "isValid", "toInt",
})  # fmt: skip
# The value goes through, changed or not
_THROUGH = frozenset({
    "String", "JSON.parse", "JSON.stringify", "decodeURIComponent", "decodeURI", "encodeURI",
    "structuredClone", "unescape", "Object.assign", "Object.values", "Object.keys", "Object.entries",
    "Object.fromEntries", "Array.from", "Array.of", "Promise.all", "Promise.resolve", "Buffer.from", "atob",
    "btoa", "path.join", "path.resolve", "join", "resolve", "path.basename", "path.normalize",
    "util.format", "format", "querystring.parse", "qs.parse", "decodeURIComponentSafe", "_.pick", "_.omit",
    "_.merge", "_.cloneDeep", "_.get", "pick", "omit", "cloneDeep", "URLSearchParams", "Object.freeze",
    "url.parse", "URL.parse", "matchedData", "he.decode", "trim", "toString", "querystring.stringify",
    "String.raw", "Prisma.raw", "raw", "sql.raw", "encodeURIComponent", "querystring.escape",
})  # fmt: skip
_ENCODING = frozenset(
    {"encodeURIComponent", "encodeURI", "querystring.escape", "btoa", "querystring.stringify"}
)
_OF_RECEIVER = frozenset({
    "trim", "trimStart", "trimEnd", "toLowerCase", "toUpperCase", "toString", "substring", "substr",
    "slice", "replace", "replaceAll", "split", "join", "concat", "padStart", "padEnd", "repeat",
    "normalize", "at", "charAt", "match", "matchAll", "filter", "sort", "reverse", "flat", "pop", "shift",
    "find", "get", "getAll", "entries", "values", "keys", "toJSON", "toArray", "catch", "finally", "unwrap",
    "lean", "exec", "json", "text", "decode", "toSorted", "toReversed", "splice", "toObject", "findLast",
    "valueOf", "formData", "arrayBuffer", "then", "blob",
})  # fmt: skip
# `request.json()`, `req.param("id")`, `c.req.query("q")`
_READS_REQUEST = frozenset({
    "json", "text", "formData", "blob", "arrayBuffer", "param", "header", "query", "queries", "parseBody",
    "valid", "get",
})  # fmt: skip
_ADDING = frozenset({"concat", "replace", "replaceAll", "padStart", "padEnd"})
_CHECKS = frozenset({
    "parse", "parseAsync", "safeParse", "safeParseAsync", "validate", "validateAsync", "validateSync",
    "cast", "assert", "decode", "plainToInstance", "plainToClass", "create", "parseBody", "validateBody",
    "parseRequest",
})  # fmt: skip
_ID_WORDS = frozenset({
    "id", "ids", "object", "objectid", "uuid", "decode", "parse", "to", "number", "int", "convert",
    "normalize", "slug", "as",
})  # fmt: skip
_VERDICTS = frozenset({"error", "errors", "success", "message", "issues"})
_VALIDATING = frozenset(
    {"validate", "validated", "parse", "parsed", "coerce", "normalise", "normalize", "transform"}
)
_MADE_SAFE = frozenset({
    "escape", "escapeid", "escapehtml", "sanitize", "sanitise", "sanitizehtml", "quote", "shellescape",
    "purify", "clean", "slugify", "hash", "encode", "uuid", "nanoid", "xss", "escaped", "stripped", "strip",
    "encrypt", "sign",
})  # fmt: skip
_NARROW = re.compile(
    r"\.(?:number|enum|boolean|nativeEnum|literal|uuid|cuid2?|ulid|int|regex|datetime|date|bigint|valid|oneOf|guid|pattern|"
    r"nanoid|hex)\("
)
_BY_TOKEN = re.compile(
    r"[{,]\s*(?:token|sessionToken|session_token|apiKey|api_key|accessToken|access_token|hashedKey|keyHash|hashedToken|"
    r"sessionId)\s*[:,}]"
)
# Tokens that prove an address or a wish, not who is signed in
_ONE_TIME = re.compile(
    r"\b(?:params|query|body|input)\b|reset|verif(?:y|ication)_?e?mail|email_?verif|confirm|invit|refresh|activat|unsubscri|magic",
    re.IGNORECASE,
)
_HOLDERS = frozenset(
    {"session", "sessions", "token", "tokens", "key", "keys", "user", "users", "apikey", "account"}
)
_OTHER_TOKENS = frozenset(
    {"reset", "verification", "invite", "invitation", "confirmation", "share", "refresh", "email"}
)
_LONGEST_FILTER = 400
_TEXT_TAGS = frozenset(
    {"dedent", "String.raw", "outdent", "stripIndent", "stripIndents", "oneLine", "ts", "endent"}
)


class Asked(NamedTuple):
    """The file, and how an expression of it is followed."""

    reading: Reading
    follow: Follow


def of_call(call: SgNode, path: Path, mode: Mode, asked: Asked) -> Source | None:
    """Where the result of a call comes from; None where the called function should be read."""
    follow = asked.follow
    given = call.field("arguments")
    called = call.field("function")
    if called is None or given is None:
        return OTHER
    name = dotted_name(called)
    if given.kind() == "template_string":
        return follow(given, (), mode) if name in _TEXT_TAGS else CONSTANT
    arguments = arguments_of(call)
    inner = unwrapped(called)
    if inner.kind() == "member_expression":
        known = _of_method(inner, arguments, path, mode, asked)
        if known is not None:
            return known
    if tells_caller(name, len(arguments)) and not any(
        _ONE_TIME.search(one.text()[:_LONGEST_FILTER]) for one in arguments
    ):
        return Source(Origin.CALLER)
    return _of_function(name, arguments, path, mode, follow)


def looks_up_session(call: SgNode) -> bool:
    """Whether a query finds who asks by a token: `prisma.session.findUnique({ where: { token } })`."""
    called = call.field("function")
    first, _, name = (dotted_name(called) if called is not None else "").rpartition(".")
    words = set(words_of(first.rpartition(".")[2]))
    if not name.startswith(("find", "get")) or not words & _HOLDERS or words & _OTHER_TOKENS:
        return False
    given = call.field("arguments")
    held = given.text() if given is not None and given.kind() == "arguments" else ""
    return _BY_TOKEN.search(held[:_LONGEST_FILTER]) is not None and _ONE_TIME.search(held) is None


def of_new(made: SgNode, path: Path, mode: Mode, follow: Follow) -> Source:
    """Where a new object comes from: an id, an address or a list is what it was made of."""
    constructor = made.field("constructor")
    name = constructor.text().rpartition(".")[2] if constructor is not None else ""
    given = arguments_of(made)
    if name == "URL" and mode is Mode.ADDRESS and len(given) > 1 and not _is_whole(given[0]):
        return follow(given[1], path, mode)
    if name in {"URL", "URLSearchParams", "Set", "Map", "String", "Array", "Request"}:
        return _all(arguments_of(made), path, mode, follow)
    if name in {"ObjectId", "ObjectID", "Types", "Number", "BigInt"} or set(words_of(name)) >= {"id"}:
        return _all(arguments_of(made), path, mode, follow) if mode is Mode.VALUE else CONSTANT
    return CONSTANT if name in {"Date", "RegExp", "Error"} else OTHER


def _is_whole(node: SgNode) -> bool:
    """Whether an address has a host of its own, or may have one."""
    return node.kind() not in {"string", "template_string"} or node.text()[1:].startswith(("http", "${"))


def _of_function(name: str, arguments: list[SgNode], path: Path, mode: Mode, follow: Follow) -> Source | None:
    last = name.rpartition(".")[2]
    if name in _NUMBERS:
        return _all(arguments, (), mode, follow) if mode is Mode.VALUE else CONSTANT
    if name in _ENCODING and mode in {Mode.MARKUP, Mode.ADDRESS}:
        return CONSTANT
    if name in _THROUGH or last in {"cloneDeep", "matchedData"}:
        if mode is Mode.OBJECT and name == "JSON.parse":
            return _all(arguments, path, Mode.TEXT, follow)
        if mode is Mode.OBJECT and name in {
            "String",
            "JSON.stringify",
            "join",
            "path.join",
            "trim",
            "toString",
        }:
            return CONSTANT
        return _all(arguments, path, mode, follow)
    words = set(words_of(last))
    if words & _VALIDATING and arguments:
        verdict = path and path[0] in _VERDICTS
        return CONSTANT if verdict or mode is Mode.OBJECT else _all(arguments, path, mode, follow)
    if words & _MADE_SAFE and mode is not Mode.VALUE:
        return CONSTANT
    if last in {"headers", "cookies"} and not arguments:  # Next.js
        return Source(Origin.REQUEST) if mode is not Mode.OBJECT else CONSTANT
    if last in {
        "readBody",
        "getQuery",
        "getRouterParam",
        "getRouterParams",
        "readValidatedBody",
        "getValidatedQuery",
    }:  # Nitro
        return Source(Origin.REQUEST)
    if mode is Mode.VALUE and words and words <= _ID_WORDS and len(arguments) == 1:
        return follow(arguments[0], (), mode)
    return None


def _of_method(
    called: SgNode, arguments: list[SgNode], path: Path, mode: Mode, asked: Asked
) -> Source | None:
    follow = asked.follow
    owner, named = called.field("object"), called.field("property")
    if owner is None or named is None:
        return None
    name = named.text()
    if (
        name in _CHECKS
        and arguments
        and owner.text() not in {"JSON", "qs", "querystring", "url", "path", "URL", "Date"}
    ):
        checked = _checked(owner, arguments, path, mode, asked)
        if checked is not None:
            return checked
    if name in _NUMBER_METHODS and mode is not Mode.VALUE:
        return CONSTANT
    if name in _READS_REQUEST:
        sent = follow(owner, (name,), mode)
        if sent.origin & Origin.REQUEST:
            return sent
    if name in {"map", "flatMap", "reduce"} and arguments:
        return _mapped(arguments[0], mode, follow)
    if name not in _OF_RECEIVER:
        return None
    if mode is Mode.OBJECT and name in {
        "toString",
        "trim",
        "toLowerCase",
        "toUpperCase",
        "replace",
        "split",
        "join",
    }:
        return CONSTANT
    held = follow(owner, (), mode)
    if name in _ADDING:
        held = held.with_(_all(arguments, (), mode, follow))
    # A method of something that was not followed is not followed either
    return (
        held
        if held.origin & ~Origin.OTHER or name not in {"get", "find", "exec", "values", "keys", "entries"}
        else None
    )


def _checked(owner: SgNode, arguments: list[SgNode], path: Path, mode: Mode, asked: Asked) -> Source | None:
    """What a schema let through: text still, but of the declared types."""
    if path and path[0] in _VERDICTS:
        return CONSTANT
    held = _all(arguments, (), mode, asked.follow)
    if not held.origin & (Origin.REQUEST | Origin.PARAMETER):
        return None
    if mode is Mode.OBJECT:
        return CONSTANT
    if mode.is_text and is_narrow(_field_of(owner, path, asked.reading)):
        return CONSTANT
    return held


def _field_of(owner: SgNode, path: Path, reading: Reading) -> str:
    """How a schema of the same file declares a field."""
    wanted = [one for one in path if one not in {"data", "value", "success"}]
    if not wanted:
        return ""
    if owner.kind() == "identifier":
        bound = reading.bindings.of(owner.text(), owner)
        owner = bound[0].value if bound and isinstance(bound[0].value, SgNode) else owner
    for pair in owner.find_all(kind="pair"):
        key, value = pair.field("key"), pair.field("value")
        if key is not None and value is not None and key.text() == wanted[0]:
            return value.text()
    return ""


def is_narrow(declared: str) -> bool:
    """Whether a schema's field leaves no free text: numbers, enums, UUIDs, dates, patterns."""
    return _NARROW.search(declared) is not None


def _mapped(callback: SgNode, mode: Mode, follow: Follow) -> Source | None:
    callback = unwrapped(callback)
    if callback.kind() not in FUNCTIONS:
        return None
    return _all(list(returned(callback)), (), mode, follow)


def returned(function: SgNode) -> Iterator[SgNode]:
    """What a function gives back: the expressions of its own return statements, or its body."""
    body = function.field("body")
    if body is None:
        return
    if body.kind() != "statement_block":
        yield body
        return
    for one in body.find_all(kind="return_statement"):
        nearest = next((around for around in one.ancestors() if around.kind() in FUNCTIONS), None)
        inner = one.named_children()
        if nearest == function and inner:
            yield inner[0]


def _all(nodes: list[SgNode], path: Path, mode: Mode, follow: Follow) -> Source:
    found = CONSTANT
    for node in nodes:
        found = found.with_(follow(node, path, mode))
    return found

"""What a call gives: text methods, casts, escapes, parts of requests, constructors, functions that are not known."""

import ast
from functools import lru_cache

from launchready.source.code.guards import words_of
from launchready.source.python.flows.names import gives_caller, leaf
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.flows.sources import attribute_value, names_identity, request_part
from launchready.source.python.flows.values import (
    CALLER,
    DERIVED,
    FORM,
    FREE,
    GIVEN,
    NOTHING,
    OBJECT,
    OWN_CONDITION,
    OWNED,
    REQUEST,
    RISKY,
    SESSION,
    STORED,
    SURE,
    TEXT,
    WHOLE,
    Called,
    Query,
    Value,
    constant,
    gathered,
    joined_text,
    line_of,
)

_TEXT_METHODS = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold", "swapcase", "replace",
    "encode", "decode", "split", "rsplit", "splitlines", "partition", "rpartition", "removeprefix",
    "removesuffix", "expandtabs", "ljust", "rjust", "center", "zfill", "format_map", "translate", "read",
    "readline", "readlines", "getvalue",
})  # fmt: skip
_HOLDER_METHODS = frozenset({
    "get", "getlist", "getall", "get_list", "getone", "pop", "setdefault", "items", "values", "keys", "copy",
    "dict", "to_dict", "model_dump", "model_dump_json", "json", "get_all", "first", "getfirst", "get_argument",
    "get_secret_value", "popitem", "lists", "multi_items", "asdict", "get_data",
})  # fmt: skip
_ONE_OF = frozenset({"get", "getlist", "getall", "get_list", "getone", "pop", "setdefault", "getfirst"})
_FILE_READERS = frozenset({"open", "read_text", "read_bytes"})
_CASTS = frozenset({
    "int", "float", "bool", "len", "ord", "abs", "round", "hash", "id", "sum", "Decimal", "ObjectId", "UUID",
    "isinstance", "hasattr", "callable", "all", "any", "ceil", "floor", "strptime", "fromisoformat",
    "parse_date", "parse_datetime", "parse_duration", "PydanticObjectId", "count", "index", "timestamp",
    "total_seconds", "date", "datetime", "timedelta", "Fraction", "ip_address", "toordinal",
})  # fmt: skip
_CONDITIONS = frozenset({"and_", "or_", "Q", "Exists", "exists"})
# What says of a text that it is SQL, and leaves it as it is
_SQL_TEXTS = frozenset({"text", "TextClause", "RawSQL", "SQL", "literal_column", "cleandoc"})
_BOOLEANS = frozenset({
    "startswith", "endswith", "isdigit", "isalpha", "isalnum", "isnumeric", "isdecimal", "isidentifier",
    "isspace", "islower", "isupper", "exists", "is_valid",
})  # fmt: skip
_SAME = frozenset({
    "str", "repr", "bytes", "bytearray", "unicode", "list", "tuple", "set", "sorted", "reversed", "dict",
    "iter", "next", "frozenset", "enumerate", "zip", "map", "filter", "max", "min", "loads", "dumps", "jsonify",
    "unquote", "unquote_plus", "b64decode", "urlsafe_b64decode", "deepcopy", "copy", "force_str", "smart_str",
    "force_text", "smart_text", "dedent", "StringIO", "BytesIO", "cast", "getattr", "ensure_str", "to_thread",
    "run_in_threadpool", "parse_qs", "parse_qsl", "safe_load", "jsonable_encoder", "chain", "islice", "join",
    "Path", "PurePath", "asdict",
})  # fmt: skip
_ESCAPE_WORDS = frozenset({
    "escape", "escaped", "sanitize", "sanitise", "sanitizer", "sanitized", "quote", "urlencode", "slugify",
    "bleach", "linkify", "hexlify", "redact", "redacted", "mask", "masked", "obfuscate", "encrypt",
})  # fmt: skip
_ESCAPES = frozenset({
    "clean", "clean_html", "quote_name", "quote_ident", "hexdigest", "digest", "sha256", "sha1", "md5",
    "sha512", "b64encode", "urlsafe_b64encode", "escapejs", "secure_filename", "strip_tags", "uuid4", "uuid1",
    "urandom", "randint", "token_hex", "token_urlsafe", "reverse", "url_for", "Identifier", "hash_password",
    "quote_plus", "get_random_string",
})  # fmt: skip
_NOT_ESCAPES = frozenset({"unescape", "unquote", "unquoted", "raw", "unsafe", "un"})


def call_value(seen: Seen) -> Value:
    """What a call gives."""
    node, name = seen.node, leaf(seen.name)
    parts = [*seen.args, *seen.keywords.values()]
    if isinstance(node.func, ast.Attribute):
        held = _of_receiver(seen, node.func.attr)
        if held is not None:
            return held
    if gives_caller(seen.name):
        return Value(flags=CALLER, found=_called(seen))
    if name in _CONDITIONS:
        return OWN_CONDITION if any(one.flags & (CALLER | OWNED) for one in parts) else NOTHING
    if name in _CASTS or name in _BOOLEANS:
        return gathered(parts).harmless() if name in _CASTS else NOTHING
    if name in _SAME and not (
        isinstance(node.func, ast.Attribute) and seen.receiver.made in {"", "self"} and name == "join"
    ):
        return _same(seen, name, parts)
    if name in _SQL_TEXTS and seen.args:
        return seen.args[0]._replace(made=seen.name)
    if seen.name in {"re.sub", "re.subn"} and len(seen.args) > 2:  # noqa: PLR2004 - pattern, replacement, text
        return _substituted(seen)
    if name in _FILE_READERS:
        return _of_file(seen)
    if is_escape(seen.name):
        return gathered(parts).harmless()
    if seen.name in {"os.getenv", "os.environ.get"}:
        return Value(made="os.environ")
    return _unknown(seen, name, parts)


def _of_receiver(seen: Seen, method: str) -> Value | None:
    """What a method of a text, of a request or of something that holds values gives; None for any other."""
    receiver = seen.receiver
    flags = receiver.flags
    if flags & REQUEST:
        held = request_part(method)
        return held if held.flags & (GIVEN | CALLER | SESSION) else None
    if flags & SESSION and method in _HOLDER_METHODS:
        key = seen.node.args[0] if seen.node.args else None
        identity = isinstance(key, ast.Constant) and names_identity(str(key.value))
        return Value(flags=CALLER if identity else TEXT | STORED)
    if method == "format" and (receiver.text is not None or flags & TEXT):
        return _formatted(seen)
    if method == "join" and receiver.text is not None:
        held = gathered(seen.args)
        return held._replace(flags=held.flags & ~WHOLE, text=None)
    if method in {"get_argument", "get_body_argument", "get_query_argument", "get_arguments"}:
        return Value(flags=FREE)
    if (
        method in _TEXT_METHODS
        and (flags & (TEXT | GIVEN) or receiver.text is not None)
        and not receiver.found
    ):
        whole = receiver.is_constant and method in {
            "strip",
            "lower",
            "upper",
            "encode",
            "decode",
            "lstrip",
            "rstrip",
        }
        return receiver._replace(text=receiver.text if whole else _still(receiver))
    if method in _HOLDER_METHODS and flags & GIVEN and not receiver.found:
        dropped = WHOLE if method in _ONE_OF else 0
        if seen.args or seen.keywords or method not in _ONE_OF:
            default = seen.args[1].flags & TEXT if len(seen.args) > 1 else 0
            return receiver._replace(flags=(flags | default) & ~dropped, text=None, made="")
    if method in _BOOLEANS:
        return NOTHING
    return None


def _still(receiver: Value) -> str | None:
    """The text of something after a method that changes letters but adds none."""
    return receiver.text if not receiver.is_constant else None


def _formatted(seen: Seen) -> Value:
    pattern = seen.receiver
    if leaf(pattern.made) in {"SQL", "Composed"}:
        return NOTHING  # psycopg's own way of putting a query together: parts are quoted
    if pattern.text is None:
        return joined_text([pattern, *seen.args, *seen.keywords.values()])
    parts: list[Value] = []
    rest = iter(seen.args)
    literal = ""
    text = pattern.text.replace("{{", "\x01").replace("}}", "\x02")
    while text:
        before, brace, after = text.partition("{")
        literal += before
        if not brace:
            break
        field, _, text = after.partition("}")
        name = field.partition(":")[0].partition("!")[0].partition(".")[0].partition("[")[0]
        if name.isdigit():
            held = seen.args[int(name)] if int(name) < len(seen.args) else NOTHING
        else:
            held = seen.keywords.get(name, seen.keywords.get("**", NOTHING)) if name else next(rest, NOTHING)
        parts.extend([constant(literal), held])
        literal = ""
    parts.append(constant(literal))
    held = joined_text(parts)
    return held._replace(flags=held.flags | pattern.flags, params=held.params | pattern.params)


def _same(seen: Seen, name: str, parts: list[Value]) -> Value:
    """What a function gives that keeps what it is given."""
    if name == "getattr" and len(seen.node.args) > 1:
        attribute = seen.node.args[1]
        if isinstance(attribute, ast.Constant) and isinstance(attribute.value, str):
            return attribute_value(seen.args[0], attribute.value)
        return attribute_value(seen.args[0], "")
    if name in {"str", "repr", "force_str", "smart_str"} and len(parts) == 1:
        held = parts[0]
        return held._replace(flags=held.flags & ~OBJECT, queries=(), made="")
    held = gathered(parts)
    if name == "loads":
        return held._replace(flags=held.flags | (OBJECT if held.flags & GIVEN else 0), text=None)
    return held


def _substituted(seen: Seen) -> Value:
    """What `re.sub` leaves: nothing but what is allowed, where all but some characters are taken out."""
    held = gathered(seen.args[1:3])
    if (seen.args[0].text or "").startswith("[^"):
        return held.harmless()
    return held._replace(flags=held.flags & ~SURE)


def _of_file(seen: Seen) -> Value:
    """What a file holds: the product's own where its path is, else whatever somebody wrote into it."""
    path = gathered([seen.receiver, *seen.args[:1]])
    return Value(flags=TEXT) if path.varies else NOTHING


def _unknown(seen: Seen, name: str, parts: list[Value]) -> Value:
    """What a function gives that is not known: told from what goes into it."""
    flags = 0
    for part in parts:
        flags |= part.flags
    receiver = seen.receiver
    found: tuple[Query | Called, ...] = (*receiver.found, *_called(seen))
    if name[:1].isupper():
        return _made(seen, name, flags, parts)
    if flags & SESSION or ((flags | receiver.flags) & (CALLER | OWNED) and not flags & (GIVEN | DERIVED)):
        return Value(flags=OWNED | TEXT | STORED, found=found)
    if flags & (GIVEN | DERIVED):
        params = gathered(parts).params
        return Value(flags=TEXT | DERIVED | (STORED if found else 0), params=params, found=found)
    stored = STORED if receiver.found or receiver.flags & STORED else 0
    return Value(flags=TEXT | stored, params=gathered(parts).params, found=found)


def _made(seen: Seen, name: str, flags: int, parts: list[Value]) -> Value:
    """What a constructor gives: an object of that type, which holds what it is given."""
    if name.endswith("Form"):
        return Value(flags=FORM, made=seen.name)
    kept = flags & (CALLER | OWNED) if not flags & GIVEN else 0
    held = gathered(parts)
    risky = flags & (GIVEN | RISKY | SURE) if name in {"Markup", "SafeString", "URL", "Q"} else 0
    return Value(
        flags=kept | risky | (DERIVED if flags & GIVEN else 0),
        params=held.params if flags & GIVEN else frozenset(),
        made=seen.name,
    )


def _called(seen: Seen) -> tuple[Called, ...]:
    if seen.called is None:
        seen.called = Called(name=seen.made, line=line_of(seen.node))
    return (seen.called,)


@lru_cache(maxsize=4096)
def is_escape(name: str) -> bool:
    """Whether a function's name says that what it gives is safe to put into a text: `html.escape`, `shlex.quote`."""
    words = set(words_of(name.replace(".", "_")))
    return bool(words & _ESCAPE_WORDS or leaf(name) in _ESCAPES) and not words & _NOT_ESCAPES

"""Where values come from: parameters of handlers, attributes of requests, sessions and of the caller."""

import ast
import re
from collections.abc import Iterator

from launchready.source.code.guards import words_of
from launchready.source.python.flows.names import FileNames, gives_caller, leaf, names_caller, route_decorator
from launchready.source.python.flows.values import (
    CALLER,
    DERIVED,
    FORM,
    FREE,
    GIVEN,
    MAYBE,
    NOTHING,
    OBJECT,
    OWNED,
    REQUEST,
    RISKY,
    SCOPE,
    SESSION,
    STORED,
    SURE,
    TEXT,
    WHOLE,
    Value,
)
from launchready.source.python.project import Function, dotted_name

_TEXT_PARTS = frozenset({
    "args", "GET", "query_params", "query", "path_params", "match_info", "view_args", "matchdict", "params",
    "arguments", "FILES", "files", "path_parameters", "kwargs", "rel_url",
})  # fmt: skip
_BODY_PARTS = frozenset(
    {"form", "POST", "values", "post", "body", "text", "content", "raw_body", "stream", "get_data"}
)
_OBJECT_PARTS = frozenset({"json", "get_json", "data", "json_body", "DATA", "media", "get_media"})
_HEADER_PARTS = frozenset({"headers", "cookies", "COOKIES", "META"})
_CALLER_PARTS = frozenset({
    "user", "auth", "current_user", "identity", "authenticated_userid", "member", "principal", "actor",
    "customer", "account", "authenticated_user", "user_id", "userid", "auth_user", "token_payload", "jwt",
})  # fmt: skip
_SCOPE_WORDS = frozenset({
    "tenant", "organization", "organisation", "org", "workspace", "team", "company", "site", "community",
    "group", "project", "space", "realm", "guild", "school", "account", "room", "club", "household",
})  # fmt: skip
_HARMLESS_TYPES = frozenset({
    "int", "float", "bool", "UUID", "UUID1", "UUID3", "UUID4", "UUID5", "datetime", "date", "time", "timedelta",
    "Decimal", "PositiveInt", "NonNegativeInt", "conint", "ObjectId", "PydanticObjectId", "IPv4Address", "Enum",
    "Literal", "StrictInt", "StrictBool",
})  # fmt: skip
_TEXT_TYPES = frozenset(
    {
        "str",
        "bytes",
        "SecretStr",
        "HttpUrl",
        "AnyUrl",
        "AnyHttpUrl",
        "Url",
        "EmailStr",
        "constr",
        "StrictStr",
        "Optional",
        "list",
        "List",
    }
)
_OBJECT_TYPES = frozenset({"dict", "Dict", "Any", "object", "Mapping", "Body"})
_REQUEST_TYPES = frozenset(
    {"Request", "HttpRequest", "WSGIRequest", "WebSocket", "HTTPConnection", "ASGIRequest"}
)
_TOOL_TYPE = re.compile(
    r"(?:Session|Service|Services|Repository|Repo|Client|Manager|Dep|Deps|Database|DB|Db|Connection|Engine|Redis|Cache|"
    r"Response|BackgroundTasks|Settings|Config|Queue|Logger|UnitOfWork|Factory|Locker|UploadFile|Backend)$"
)
_INJECTORS = frozenset({"Depends", "Security", "Inject", "Provide", "FromDishka"})
_GIVERS = frozenset({"Query", "Path", "Body", "Form", "Header", "Cookie", "File"})
_CONVERTER = re.compile(r"[<{](?:(?P<before>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)(?::(?P<after>\w+))?[>}]")
_HARMLESS_CONVERTERS = frozenset({"int", "float", "uuid", "bool", "date", "datetime"})
# A dependency that is named after what it asks of the caller, and fills a parameter named after a person
_AUTHORITY = frozenset({
    "require", "required", "auth", "authenticated", "authorize", "authorized", "admin", "superuser", "staff",
    "role", "roles", "permission", "permissions", "login", "jwt", "token", "bearer", "moderator", "optional",
})  # fmt: skip
_PERSON = frozenset(
    {"user", "member", "account", "admin", "principal", "actor", "identity", "subject", "customer"}
)
_DATABASE = frozenset({"db", "database", "by", "for", "get"}) - {"get"}


# ---------------------------------------------------------------------------------------- parameters


def parameters_of(node: Function) -> tuple[str, ...]:
    """Names of all parameters in order; `self` and `cls` of methods are left out."""
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return tuple(names[1:] if names[:1] in (["self"], ["cls"]) else names)


def parameter_values(node: Function, names: FileNames, *, handler: bool) -> dict[str, Value]:
    """What the parameters of a function hold: for a handler what the caller sent, else themselves."""
    converters = dict(_converters(node)) if handler else {}
    routed = route_decorator(node) is not None
    values: dict[str, Value] = {}
    for argument, default in _with_defaults(node):
        name = argument.arg
        if name in {"self", "cls"}:
            values[name] = NOTHING
            continue
        values[name] = _parameter(
            argument, default, names, handler=handler, routed=routed, converter=converters.get(name)
        )
    for rest in (node.args.vararg, node.args.kwarg):
        if rest is not None:
            values[rest.arg] = Value(flags=MAYBE if handler else TEXT, params=frozenset({rest.arg}))
    return values


def _with_defaults(node: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    plain = [*node.args.posonlyargs, *node.args.args]
    missing = len(plain) - len(node.args.defaults)
    for index, argument in enumerate(plain):
        yield argument, node.args.defaults[index - missing] if index >= missing else None
    yield from zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)


def _converters(node: Function) -> Iterator[tuple[str, str]]:
    decorator = route_decorator(node)
    first = decorator.args[0] if decorator is not None and decorator.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        for match in _CONVERTER.finditer(first.value):
            yield match["name"], match["before"] or match["after"] or "str"


def _parameter(
    argument: ast.arg,
    default: ast.expr | None,
    names: FileNames,
    *,
    handler: bool,
    routed: bool,
    converter: str | None,
) -> Value:
    own = frozenset({argument.arg})
    annotation = unquoted(argument.annotation)
    kind = leaf(dotted_name(_core(annotation))) if annotation is not None else ""
    made = names.full_name(_core(annotation)) if annotation is not None else ""
    plain = argument.arg in {"request", "req"} and (not kind or (kind.endswith("Request") and not routed))
    if kind in _REQUEST_TYPES or plain:
        return Value(flags=REQUEST, made=made)
    injected = dependency_of(annotation, default)
    if injected is not None:
        return _injected(injected, argument.arg, made, names)
    if names_caller(argument.arg) and (not kind or names_caller(kind) or not handler):
        # A service's `current_user` is what its callers pass; who that is shows at the call
        return Value(flags=CALLER, made=made) if handler else Value(flags=TEXT, params=own, made=made)
    if handler and kind and names_caller(kind):
        return Value(flags=CALLER, made=made)
    # A path gives texts and numbers; only frameworks that read types make other things of a request
    other = bool(kind) and not routed and kind not in _TEXT_TYPES and not _is_harmless(annotation)
    if not handler or other:
        return Value(flags=0 if _is_harmless(annotation) else TEXT, params=own, made=made)
    return Value(flags=_given_flags(annotation, kind, converter, default), params=own, made=made)


def _injected(injected: ast.expr, parameter: str, made: str, names: FileNames) -> Value:
    own = frozenset({parameter})
    called = dotted_name(injected)
    if isinstance(injected, ast.Constant) or not called:
        return Value(flags=MAYBE if isinstance(injected, ast.Constant) else TEXT, params=own, made=made)
    told = set(words_of(leaf(called)))
    by_role = bool(told & _AUTHORITY) and not told & _DATABASE and bool(set(words_of(parameter)) & _PERSON)
    if gives_caller(called) or names_caller(leaf(called)) or names_caller(parameter) or by_role:
        return Value(flags=CALLER, made=made)
    return Value(flags=TEXT | STORED, params=own, made=made or names.full(called))


def _given_flags(
    annotation: ast.expr | None, kind: str, converter: str | None, default: ast.expr | None
) -> int:
    if _is_harmless(annotation) or converter in _HARMLESS_CONVERTERS:
        return GIVEN
    if annotation is None:
        if isinstance(default, ast.Constant) and isinstance(default.value, int | float):
            return MAYBE
        return FREE if converter is not None else MAYBE
    if kind in _TEXT_TYPES or _is_text(annotation):
        return FREE
    if kind in _OBJECT_TYPES:
        return MAYBE | OBJECT | WHOLE
    return TEXT if _TOOL_TYPE.search(kind) else MAYBE


def unquoted(annotation: ast.expr | None) -> ast.expr | None:
    """An annotation, parsed where it is written as a text."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return annotation


def _core(annotation: ast.expr | None) -> ast.expr:
    """The type that matters of `Annotated[T, …]`, `Optional[T]`, `T | None`."""
    while annotation is not None:
        match annotation:
            case ast.Subscript(value=outer, slice=ast.Tuple(elts=[first, *_])) if (
                leaf(dotted_name(outer)) == "Annotated"
            ):
                annotation = first
            case ast.Subscript(value=outer, slice=inner) if leaf(dotted_name(outer)) == "Optional":
                annotation = inner
            case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
                annotation = left
            case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=right):
                annotation = right
            case ast.Subscript(value=outer):
                return outer
            case _:
                return annotation
    return ast.Constant(value=None)


def _is_harmless(annotation: ast.expr | None) -> bool:
    """Whether every type in an annotation is such that it holds no free text."""
    if annotation is None:
        return False
    match annotation:
        case ast.Subscript(value=outer, slice=inner):
            name = leaf(dotted_name(outer))
            if name == "Annotated" and isinstance(inner, ast.Tuple) and inner.elts:
                return _is_harmless(inner.elts[0])
            if name in {"Optional", "list", "List", "set", "Set", "tuple", "Sequence", "Union"}:
                parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                return all(_is_harmless(part) or _is_none(part) for part in parts)
            return name in _HARMLESS_TYPES
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return all(_is_harmless(part) or _is_none(part) for part in (left, right))
    return leaf(dotted_name(annotation)) in _HARMLESS_TYPES


def _is_none(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Constant) and annotation.value is None


def _is_text(annotation: ast.expr) -> bool:
    return leaf(dotted_name(_core(annotation))) in _TEXT_TYPES


def dependency_of(annotation: ast.expr | None, default: ast.expr | None) -> ast.expr | None:
    """What fills a parameter (`Depends(get_db)` gives `get_db`), written as default or in `Annotated`.

    A constant None where the type itself is the dependency (`Depends()`).
    """
    marks: list[ast.expr] = [default] if default is not None else []
    if isinstance(annotation, ast.Subscript) and leaf(dotted_name(annotation.value)) == "Annotated":
        inner = annotation.slice
        marks.extend(inner.elts[1:] if isinstance(inner, ast.Tuple) else [])
    for mark in marks:
        if isinstance(mark, ast.Call) and leaf(dotted_name(mark.func)) in _INJECTORS:
            named = next((one.value for one in mark.keywords if one.arg == "dependency"), None)
            return mark.args[0] if mark.args else named or ast.Constant(value=None)
    return None


def is_giver(default: ast.expr | None) -> bool:
    """Whether a default says that the value comes from the request (`Query()`, `Body()`)."""
    return isinstance(default, ast.Call) and leaf(dotted_name(default.func)) in _GIVERS


# ---------------------------------------------------------------------------------------- attributes


def global_value(dotted: str, names: FileNames) -> Value | None:
    """What a name that no function binds holds, where frameworks keep the request and its caller."""
    full = names.full(dotted)
    last = leaf(full)
    if full in {"flask.request", "quart.request", "bottle.request", "sanic.request"}:
        return Value(flags=REQUEST)
    if full in {"flask.session", "quart.session"}:
        return Value(flags=SESSION)
    if last == "current_user" or (
        full.startswith(("flask_login.", "flask_jwt_extended.")) and gives_caller(full)
    ):
        return Value(flags=CALLER)
    return None


def attribute_value(base: Value, name: str) -> Value:
    """What an attribute of a value holds."""
    flags = base.flags
    if flags & REQUEST:
        return request_part(name)
    if flags & SESSION:
        return Value(flags=CALLER) if names_identity(name) else Value(flags=TEXT | STORED)
    if flags & FORM:
        return Value(flags=MAYBE) if name in {"data", "cleaned_data"} else base._replace(made="")
    if flags & CALLER:
        return Value(flags=CALLER)
    if flags & (OWNED | STORED) or base.found:
        return Value(flags=(flags | TEXT) & ~(GIVEN | RISKY | SURE | DERIVED), found=base.found)
    if flags & DERIVED:
        return Value(flags=TEXT | STORED)
    parts = frozenset(part_of(one) for one in base.params) if base.params else base.params
    if flags & GIVEN:
        return Value(flags=MAYBE, params=parts)
    return Value(flags=TEXT if flags & TEXT else 0, params=parts)


def part_of(parameter: str) -> str:
    """How an attribute of a parameter is told from the parameter itself: by a dot behind its name."""
    return parameter if parameter.endswith(".") else f"{parameter}."


def request_part(name: str) -> Value:
    """What an attribute of a request holds."""
    if name in _TEXT_PARTS:
        return Value(flags=FREE)
    if name in _OBJECT_PARTS:
        return Value(flags=FREE | OBJECT | WHOLE)
    if name in _BODY_PARTS or name in _HEADER_PARTS:
        return Value(flags=FREE | WHOLE)
    if name in _CALLER_PARTS:
        return Value(flags=CALLER)
    if name == "session":
        return Value(flags=SESSION)
    if name in {"validated_data", "cleaned_data", "validated", "ctx"}:
        return Value(flags=MAYBE)
    if name in {
        "url",
        "path",
        "full_path",
        "query_string",
        "raw_path",
        "get_full_path",
        "build_absolute_uri",
    }:
        return Value(flags=MAYBE)
    if name == "state":
        return Value(flags=REQUEST)
    if set(words_of(name)) & _SCOPE_WORDS:
        return Value(flags=SCOPE | STORED)
    return Value(flags=TEXT | STORED)


def names_identity(name: str) -> bool:
    """Whether a key of the session stands for who is signed in: `user_id`, `user`, `uid`, `account_id`."""
    words = set(words_of(name))
    return bool(
        words & {"user", "uid", "userid", "account", "member", "username", "login", "identity", "id", "sub"}
    )


def names_scope(name: str) -> bool:
    """Whether a column stands for a tenant: `workspace`, `org_id`, `team__slug`."""
    return bool(set(words_of(name)) & _SCOPE_WORDS)

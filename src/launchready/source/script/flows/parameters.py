"""What a parameter of a function is: the caller's text, the caller's identity, or what another function gave."""

import re

from ast_grep_py import SgNode

from launchready.source.code.guards import words_of
from launchready.source.script.bindings import Parameter, Path, parameter_name, pattern_of
from launchready.source.script.flows.sources import (
    CONTEXT_NAMES,
    CONTEXT_TYPES,
    REQUEST_NAMES,
    REQUEST_TYPES,
    Given,
    Mode,
    Origin,
    Source,
    is_own_address,
    is_structured,
    of_context,
    of_given,
    of_request,
)
from launchready.source.script.reading import Reading

# Callbacks that get the elements, or the result, of what they are called on
PASSING = frozenset({
    "map", "forEach", "filter", "find", "findIndex", "some", "every", "flatMap", "reduce", "then", "sort",
    "each", "mapSeries", "finally", "tap", "mapValues", "findLast",
})  # fmt: skip
_DECORATED_REQUEST = frozenset({
    "Body", "Query", "Param", "Headers", "UploadedFile", "UploadedFiles", "RawBody", "Cookies", "Args",
    "Arg", "BodyParam", "QueryParam", "PathParam", "QueryParams", "BodyProp", "Path", "Header",
    "HeaderParam", "CookieParam", "MessageBody", "TypedBody", "TypedQuery", "TypedParam", "HostParam",
})  # fmt: skip
_DECORATED_STRUCTURED = frozenset(
    {"Body", "Query", "Args", "Arg", "MessageBody", "RawBody", "BodyParam", "QueryParams"}
)
_SCALARS = re.compile(
    r"^(?:number|boolean|bigint|Date|symbol|(?:['\"][^'\"]*['\"]\s*\|?\s*)+|null|undefined|\s|\|)+$"
)
_PIPES = re.compile(r"\bParse(?:Int|Float|Bool|UUID|Enum|Date|ObjectId|MongoId)\w*Pipe\b")
_HTTP = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_ENTRIES = frozenset({
    "getServerSideProps", "getStaticProps", "generateMetadata", "loader", "action", "load", "handler",
    "middleware", "proxy",
})  # fmt: skip
_NEXT_FILE = re.compile(r"(?:^|/)(?:page|layout|route|default|template|opengraph-image)\.[jt]sx?$")


def of_parameter(reading: Reading, parameter: Parameter, path: Path, mode: Mode) -> Source | None:
    """Where (a part of) a parameter comes from; None for a callback's that has to be followed elsewhere."""
    pattern = pattern_of(parameter.node)
    decorated = _decorated(parameter.node)
    if decorated is not None:
        return Source(_by_decorator(decorated, parameter, path, mode))
    written = _type_of(parameter.node)
    if mode is not Mode.VALUE and _SCALARS.match(written) and (not path or len(path) == 1):
        return Source()
    passing = _passing(parameter)
    if passing is not None and (parameter.index == 0 or passing == "reduce"):
        return None
    if passing is not None and parameter.index == 1:
        return Source()  # the position of the element
    name = pattern.text() if pattern.kind() == "identifier" else ""
    known = _by_name(name, written, path)
    if known is None:
        known = _by_position(reading, parameter, name, path)
    if known is None:
        start = parameter.function.range().start.index
        given = Given(start, parameter.index, parameter_name(parameter), path)
        return Source(Origin.PARAMETER, frozenset({given}))
    if mode is Mode.ADDRESS and is_own_address(path):
        return Source()
    if (
        mode is Mode.OBJECT
        and known & Origin.REQUEST
        and not is_structured(path)
        and not _is_action(reading, parameter)
    ):
        known &= ~Origin.REQUEST
    return Source(known)


def passed_from(parameter: Parameter) -> SgNode | None:
    """What the elements come from that a callback gets: `rows` of `rows.map((row) => …)`; None for other functions."""
    called = _caller_of(parameter)
    return called.field("object") if called is not None and _passing(parameter) is not None else None


def _passing(parameter: Parameter) -> str | None:
    called = _caller_of(parameter)
    name = called.field("property") if called is not None else None
    return name.text() if name is not None and name.text() in PASSING else None


def _caller_of(parameter: Parameter) -> SgNode | None:
    """`rows.map` of a function that is written as its argument."""
    held = parameter.function.parent()
    call = held.parent() if held is not None and held.kind() == "arguments" else None
    called = call.field("function") if call is not None and call.kind() == "call_expression" else None
    return called if called is not None and called.kind() == "member_expression" else None


def is_action(reading: Reading, function: SgNode) -> bool:
    """Whether a function is a server action: whoever calls it chose its arguments."""
    if "use server" in reading.directives:
        around = function.parent()
        above = around.parent() if around is not None else None
        return (around is not None and around.kind() == "export_statement") or (
            above is not None and above.parent() is not None and above.parent().kind() == "export_statement"  # type: ignore[union-attr]
        )
    if not reading.has("use server"):
        return False
    body = function.field("body")
    first = (
        next((one for one in body.named_children() if one.kind() != "comment"), None)
        if body is not None
        else None
    )
    return first is not None and first.text().strip(";").strip("'\"") == "use server"


def _is_action(reading: Reading, parameter: Parameter) -> bool:
    return is_action(reading, parameter.function)


def _by_name(name: str, written: str, path: Path) -> Origin | None:
    if name in REQUEST_NAMES or REQUEST_TYPES.match(written):
        return of_request(path)
    if name in CONTEXT_NAMES or CONTEXT_TYPES.match(written):
        return of_context(path)
    if written.startswith("FormData"):
        return Origin.REQUEST
    return None


def _by_position(reading: Reading, parameter: Parameter, name: str, path: Path) -> Origin | None:
    """A parameter without a telling name, of a function that a framework calls."""
    if is_action(reading, parameter.function):
        return Origin.REQUEST
    whole = (name, *path) if name else path
    if parameter.index and name in {"args", "input"} and reading.has("graphql", "GraphQL", "apollo"):
        return Origin.REQUEST
    if not _is_handed_over(reading, parameter.function) or _is_login(parameter.function):
        return None
    return of_given(path) if not name or of_given(whole) is None else of_given(whole)


def _is_handed_over(reading: Reading, function: SgNode) -> bool:
    """Whether others than the repository's own calls run a function: wrapped handlers, routes, pages, loaders."""
    around = function.parent()
    if around is None:
        return False
    if around.kind() == "arguments" or (around.kind() == "pair" and _in_call(around)):
        return True
    name = reading.name_of(function)
    if name in _HTTP or name in _ENTRIES:
        return True
    return _NEXT_FILE.search(reading.path) is not None and "." not in name


def _is_login(function: SgNode) -> bool:
    """Whether a function is told who signs in: `passport.authenticate("local", (error, user) => …)`."""
    held = function.parent()
    call = held.parent() if held is not None and held.kind() == "arguments" else None
    return (
        call is not None
        and re.search(r"""authenticate\(\s*['"](?:local|login|sign)""", call.text()[:200]) is not None
    )


def _in_call(pair: SgNode) -> bool:
    held = pair.parent()
    above = held.parent() if held is not None else None
    return above is not None and above.kind() == "arguments"


def _by_decorator(name: str, parameter: Parameter, path: Path, mode: Mode) -> Origin:
    if name in _DECORATED_REQUEST:
        if mode.is_text and _PIPES.search(parameter.node.text()):
            return Origin.CONSTANT
        if mode is Mode.OBJECT and name not in _DECORATED_STRUCTURED:
            return Origin.CONSTANT
        return Origin.REQUEST
    if name in {"Req", "Request"}:
        return of_request(path)
    if name in {"Ctx", "Context"}:
        return of_context(path)
    words = set(words_of(name))
    if words & {
        "user",
        "auth",
        "session",
        "account",
        "member",
        "me",
        "jwt",
        "identity",
        "actor",
        "viewer",
        "caller",
    }:
        return Origin.CALLER
    return Origin.OTHER


def _decorated(node: SgNode) -> str | None:
    """The name of a parameter's decorator."""
    for child in node.named_children():
        if child.kind() != "decorator":
            continue
        inner = child.named_children()
        held = inner[0] if inner else None
        if held is not None and held.kind() == "call_expression":
            held = held.field("function")
        name = held.text().rpartition(".")[2] if held is not None else ""
        if not name.startswith(("Inject", "Optional", "Self", "Host")) or name == "HostParam":
            return name
    return None


def _type_of(node: SgNode) -> str:
    held = node.field("type") if node.kind() in {"required_parameter", "optional_parameter"} else None
    return held.text().removeprefix(":").strip() if held is not None else ""

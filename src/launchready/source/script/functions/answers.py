"""Which statuses a function refuses with: answers, exceptions, redirects to a login page."""

import re
from collections.abc import Iterator, Mapping

from ast_grep_py import SgNode

from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, words_of
from launchready.source.script.nodes import (
    FUNCTIONS,
    arguments_of,
    dotted_name,
    operator_of,
    string_value,
    unwrapped,
)
from launchready.source.script.reading import Reading

NOT_FOUND = 404
_STATUS = re.compile(r"4\d\d")
_BY_NAME: Mapping[str, int] = {
    **dict.fromkeys(
        ("unauthorized", "unauthorised", "unauthenticated", "http_unauthorized"), UNAUTHENTICATED
    ),
    **dict.fromkeys(("forbidden", "http_forbidden", "permission_denied", "access_denied"), FORBIDDEN),
    **dict.fromkeys(("notfound", "not_found", "http_not_found"), NOT_FOUND),
    "unauthorizedexception": UNAUTHENTICATED,
    "forbiddenexception": FORBIDDEN,
}
_STATUS_KEYS = frozenset(
    {"status", "statusCode", "code", "httpStatus", "httpStatusCode", "status_code", "http_status", "httpCode"}
)
_STATUS_CALLS = frozenset({
    "status", "sendStatus", "code", "writeHead", "throw", "abort", "error", "fail", "json", "text", "body",
    "html", "send", "reply", "setStatus", "sendError", "deny", "reject", "end", "errorResponse",
    "newResponse", "response", "boom", "halt",
})  # fmt: skip
_STATUS_WORDS = frozenset({
    "error", "err", "fail", "failure", "reject", "deny", "respond", "response", "status", "throw", "abort",
    "exception", "problem", "http", "unauthorized", "unauthenticated", "forbidden", "refuse", "invalid",
    "denied", "api",
})  # fmt: skip
_MESSAGES = (
    (
        re.compile(
            r"\bun-?auth(?:ori[sz]ed|enticated)\b|not (?:authenticated|logged ?in|signed ?in)|no session|not authed"
            r"|must (?:be )?(?:log|sign)(?:ged|ned)? ?in|(?:log|sign) ?in (?:first|required)"
            r"|authentication (?:is )?required",
            re.IGNORECASE,
        ),
        UNAUTHENTICATED,
    ),
    (
        re.compile(
            r"\bforbidden\b|access denied|permission denied|not (?:allowed|permitted|authori[sz]ed)|no permission"
            r"|insufficient (?:permission|privilege|role)|do(?:es)? not have (?:permission|access)"
            r"|don'?t have (?:permission|access)|(?:admin|owner)s? only|only (?:an? |the )?(?:admin|owner)",
            re.IGNORECASE,
        ),
        FORBIDDEN,
    ),
)
_LOGIN = re.compile(
    r"/(?:[\w-]+/)*(?:log-?in|sign-?in|sign_in|authenticate|session/new|sign-?up)\b|/auth(?:[\"'`?#]|$)|login|signin",
    re.IGNORECASE,
)
_REDIRECTS = frozenset({"redirect", "permanentRedirect", "replace", "navigate", "sendRedirect"})
_LEXICAL = re.compile(
    r"4\d\d|unauth|forbidden|not_?found|denied|redirect|permi|authenti|author|logg?ed|log-? ?in|signed|sign ?in|only"
    r"|not allowed|no session|credentials|canActivate|throw|Error|privilege|role|access",
    re.IGNORECASE,
)
_ERROR_CLASS = re.compile(r"(?:Error|Exception|Failure|Response|Fault|Rejection)$")


def refusals_in(reading: Reading) -> Iterator[tuple[SgNode, int]]:
    """Each refusal of a file: the node that says so, and its status."""
    if not _LEXICAL.search(reading.text):
        return
    for number in reading.nodes("number"):
        if _STATUS.fullmatch(number.text()) and is_answer(number):
            yield number, int(number.text())
    for made in reading.nodes("new_expression"):
        status = _of_class(made)
        if status is not None and not _in_decorator(made):
            yield made, status
    for call in reading.nodes("call_expression"):
        status = _of_call(reading, call)
        if status is not None and not _in_decorator(call):
            yield call, status
    yield from _named(reading)
    yield from _false_guards(reading)


def _named(reading: Reading) -> Iterator[tuple[SgNode, int]]:
    """`HttpStatus.UNAUTHORIZED`, `code: "FORBIDDEN"`, `{ error: "Unauthorized" }`."""
    for member in reading.nodes("member_expression"):
        name = member.field("property")
        status = _BY_NAME.get(name.text().lower()) if name is not None else None
        if status is not None and not _is_called(member) and is_answer(member):
            yield member, status
    for pair in reading.nodes("pair"):
        key, value = pair.field("key"), pair.field("value")
        if key is None or value is None or value.kind() != "string":
            continue
        if key.text() in {"code", "type"}:
            status = _BY_NAME.get(string_value(value).lower())
        elif key.text() in {"error", "message", "serverError"}:
            status = of_message(string_value(value))
        else:
            continue
        if status is not None and _is_handed_on(pair):
            yield pair, status


def of_message(text: str) -> int | None:
    """The status that an error's words stand for."""
    return next((status for pattern, status in _MESSAGES if pattern.search(text)), None)


def is_answer(node: SgNode) -> bool:
    """Whether a status at this place is one that is answered with, not one that is compared or described."""
    around = node.parent()
    for _ in range(12):
        if around is None:
            return False
        kind = around.kind()
        joins = kind == "binary_expression" and operator_of(around) in {"??", "||"}
        if joins or kind in {"parenthesized_expression", "as_expression", "non_null_expression"}:
            node, around = around, around.parent()
        elif kind == "ternary_expression":
            if around.field("condition") == node:
                return False
            node, around = around, around.parent()
        else:
            return _answers(around, node)
    return False


def _answers(around: SgNode, node: SgNode) -> bool:
    kind = around.kind()
    if kind == "pair":
        key, value = around.field("key"), around.field("value")
        return (
            value == node
            and key is not None
            and key.text().strip("'\"") in _STATUS_KEYS
            and _is_handed_on(around)
        )
    if kind == "arguments":
        call = around.parent()
        return call is not None and _is_answer_call(call) and not _in_decorator(call)
    if kind == "assignment_expression":
        left = around.field("left")
        return left is not None and left.text().rpartition(".")[2] in {"status", "statusCode"}
    if kind == "variable_declarator":
        name = around.field("name")
        return name is not None and bool(set(words_of(name.text())) & {"status", "code"})
    return False


def _is_answer_call(call: SgNode) -> bool:
    if call.kind() == "new_expression":
        made = call.field("constructor")
        name = made.text().rpartition(".")[2] if made is not None else ""
        return _ERROR_CLASS.search(name) is not None or bool(set(words_of(name)) & _STATUS_WORDS)
    called = call.field("function")
    name = dotted_name(called).rpartition(".")[2] if called is not None else ""
    if name in {"toBe", "toEqual", "expect", "includes", "equal", "strictEqual"}:
        return False
    return name in _STATUS_CALLS or bool(set(words_of(name)) & _STATUS_WORDS)


def _is_handed_on(pair: SgNode) -> bool:
    """Whether an object with a status is answered or thrown, not part of a description (`responses`, decorators)."""
    described = False
    for around in pair.ancestors():
        kind = around.kind()
        if kind == "decorator":
            return False
        if kind == "pair":
            key = around.field("key")
            described = described or (
                key is not None and key.text().strip("'\"") in {"responses", "response", "openapi", "schema"}
            )
        elif kind in {"return_statement", "throw_statement", "arrow_function"}:
            return not described
        elif kind in {"arguments", "variable_declarator"}:
            inside = any(one.kind() in FUNCTIONS for one in around.ancestors())
            return inside and not described
        elif kind in {"program", "statement_block", "class_body"}:
            return False
    return False


def _of_class(made: SgNode) -> int | None:
    constructor = made.field("constructor")
    name = constructor.text().rpartition(".")[2] if constructor is not None else ""
    known = of_error_name(name)
    if known is not None:
        return known
    if name.endswith(("Error", "Exception")):
        for one in arguments_of(made):
            if one.kind() == "string" and (status := of_message(string_value(one))) is not None:
                return status
    return None


def of_error_name(name: str) -> int | None:
    """The status that an exception's class stands for: `ForbiddenException`, `NotAuthenticatedError`."""
    if not _ERROR_CLASS.search(name):
        return None
    words = words_of(name)
    held = set(words)
    joined = "".join(words)
    if (
        held & {"unauthorized", "unauthenticated", "unauthorised"}
        or "notauthenticated" in joined
        or "authenticationerror" in joined
    ):
        return UNAUTHENTICATED
    if held & {"authentication"} and held & {"required", "failed", "exception"}:
        return UNAUTHENTICATED
    if {"invalid"} <= held and held & {"token", "credentials", "session"}:
        return UNAUTHENTICATED
    if (
        held & {"forbidden"}
        or "notauthorized" in joined
        or "accessdenied" in joined
        or "notallowederror" in joined
    ):
        return FORBIDDEN
    if held & {"permission", "permissions", "authorization", "authorisation"} or "insufficient" in held:
        return FORBIDDEN
    return NOT_FOUND if "notfound" in joined else None


def _of_call(reading: Reading, call: SgNode) -> int | None:
    called = call.field("function")
    if called is None:
        return None
    inner = unwrapped(called)
    if inner.kind() == "member_expression":
        named = inner.field("property")
        last = named.text() if named is not None else ""
    elif inner.kind() == "identifier":
        last = inner.text()
    else:
        return None
    lowered = last.lower()
    if lowered in {"unauthorized", "forbidden", "notfound", "unauthenticated", "unauthorised"}:
        return _BY_NAME[lowered]
    if last in _REDIRECTS:
        return UNAUTHENTICATED if _goes_to_login(reading, call) else None
    if last[:1].isupper() and _ERROR_CLASS.search(last):  # errors made without `new`
        return of_error_name(last)
    return None


def _goes_to_login(reading: Reading, call: SgNode) -> bool:
    for one in arguments_of(call):
        text = _address(reading, one)
        if text and _LOGIN.search(text):
            return True
    return False


def _address(reading: Reading, node: SgNode) -> str:
    """The text of an address, also of the variable that it was put into."""
    node = unwrapped(node)
    if node.kind() == "identifier":
        if _LOGIN.search(node.text()):
            return node.text()
        for one in reading.bindings.of(node.text(), node):
            if isinstance(one.value, SgNode):
                return one.value.text()
        return ""
    return (
        node.text()
        if node.kind()
        in {"string", "template_string", "new_expression", "member_expression", "call_expression"}
        else ""
    )


def _false_guards(reading: Reading) -> Iterator[tuple[SgNode, int]]:
    """A NestJS guard that gives anything but `true` refuses with 403."""
    if not reading.has("canActivate"):
        return
    for method in reading.nodes("method_definition"):
        name = method.field("name")
        if name is None or name.text() != "canActivate":
            continue
        for one in method.find_all(kind="return_statement"):
            inner = one.named_children()
            if inner and inner[0].text() != "true" and "super.canActivate" not in inner[0].text():
                yield one, FORBIDDEN
                break


def _is_called(member: SgNode) -> bool:
    around = member.parent()
    return around is not None and around.kind() == "call_expression" and around.field("function") == member


def _in_decorator(node: SgNode) -> bool:
    for around in node.ancestors():
        kind = around.kind()
        if kind == "decorator":
            return True
        if kind in {"statement_block", "program"}:
            return False
    return False

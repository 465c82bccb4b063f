"""HTTP statuses that a function refuses with: what it raises, returns, aborts with."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from http import HTTPStatus

from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, words_of
from launchready.source.python.flows.names import FileNames, leaf, statements_of
from launchready.source.python.project import Function, dotted_name

NOT_FOUND = 404
REFUSALS = frozenset({UNAUTHENTICATED, FORBIDDEN, NOT_FOUND})
_STATUS_NAME = re.compile(r"(?:HTTP|STATUS)_(\d{3})")
_STATUS_KEYWORDS = ("status_code", "status", "code", "http_status", "http_status_code")
_LEAST, _MOST = 400, 599
_SUCCESS = 300
_LOGIN = re.compile(r"log[_-]?in|sign[_-]?in|/auth(?:/|$)|auth\.index|LOGIN_URL|authenticate", re.IGNORECASE)
_REDIRECTS = frozenset({
    "redirect", "RedirectResponse", "HttpResponseRedirect", "HTTPFound", "HTTPSeeOther", "redirect_to_login",
    "HTTPTemporaryRedirect", "seeother",
})  # fmt: skip
_ENDING_CALLS = frozenset({
    "abort", "sys.exit", "exit", "quit", "os._exit", "flask.abort", "pytest.fail", "pytest.skip", "self.fail",
    "self.permission_denied", "self.send_error", "unittest.skip",
})  # fmt: skip
_UNAUTHENTICATED = (
    {"unauthorized"}, {"unauthorised"}, {"unauthenticated"}, {"not", "authenticated"}, {"authentication", "failed"},
    {"invalid", "credentials"}, {"invalid", "token"}, {"authentication", "error"}, {"authentication", "required"},
    {"login", "required"}, {"auth", "error"}, {"not", "logged"}, {"authentication", "exception"},
    {"expired", "token"}, {"credentials", "exception"}, {"auth", "exception"}, {"auth", "required"},
)  # fmt: skip
_FORBIDDEN = (
    {"forbidden"}, {"permission", "denied"}, {"access", "denied"}, {"not", "permitted"}, {"permission", "error"},
    {"not", "authorized"}, {"insufficient", "permissions"}, {"permission", "required"}, {"no", "permission"},
    {"permissions", "error"}, {"authorization", "error"}, {"missing", "permission"}, {"insufficient", "privileges"},
    {"permission", "exception"}, {"insufficient", "permission"}, {"unpermitted"},
)  # fmt: skip
_NOT_FOUND = ({"not", "found"}, {"http404"}, {"http", "404"}, {"does", "not", "exist"}, {"notfound"})


def refusals_of(node: Function, names: FileNames) -> tuple[int, ...]:
    """The statuses that a function raises or answers with, those of functions inside it included; sorted, each once."""
    found: set[int] = set()
    assigned = _assigned_calls(node)
    for statement in statements_of(node):
        found.update(statuses_of(statement, names, assigned))
    return tuple(sorted(found))


def statuses_of(
    statement: ast.stmt, names: FileNames, assigned: dict[str, ast.Call] | None = None
) -> Iterator[int]:
    """The statuses that one statement refuses with."""
    match statement:
        case ast.Raise(exc=ast.expr() as error):
            yield from _of_error(error, names, assigned or {})
        case ast.Return(value=ast.expr() as value):
            yield from _of_answer(value, assigned or {})
        case ast.Expr(value=ast.Call() as call):
            yield from _of_abort(call, names)
        case ast.Expr(value=ast.Await(value=ast.Call() as call)):
            yield from _of_abort(call, names)


def ends(statement: ast.stmt, names: FileNames) -> bool:
    """Whether nothing after a statement runs: it returns, raises, leaves a loop, or aborts."""
    match statement:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Expr(value=ast.Call() as call):
            dotted = dotted_name(call.func)
            return dotted in _ENDING_CALLS or names.full(dotted) in _ENDING_CALLS
        case ast.If(body=body, orelse=[*orelse]) if orelse:
            return block_ends(body, names) and block_ends(orelse, names)
    return False


def block_ends(body: Sequence[ast.stmt], names: FileNames) -> bool:
    """Whether nothing after a block runs."""
    return bool(body) and ends(body[-1], names)


def refusal_of(body: Sequence[ast.stmt], names: FileNames) -> int | None:
    """The status that a block refuses with at its end; None if it does not refuse.

    0 for an error, or a way elsewhere, that names no status.
    """
    if not body:
        return None
    last = body[-1]
    if isinstance(last, ast.If) and last.orelse:
        inner = refusal_of(last.body, names)
        return inner if inner is not None and refusal_of(last.orelse, names) is not None else None
    for status in statuses_of(last, names):
        if status in REFUSALS:
            return status
        return None
    if isinstance(last, ast.Raise):
        return 0
    if isinstance(last, ast.Return) and last.value is not None and _is_redirect(last.value):
        return 0
    return None


def _is_redirect(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and leaf(dotted_name(value.func)) in _REDIRECTS


def _of_error(error: ast.expr, names: FileNames, assigned: dict[str, ast.Call]) -> Iterator[int]:
    if isinstance(error, ast.Name) and error.id in assigned:
        error = assigned[error.id]
    if isinstance(error, ast.Call):
        status = _status_in(error)
        if status is not None:
            yield status
            return
    known = status_by_name(leaf(names.full_name(error)))
    if known is not None:
        yield known


def _of_answer(value: ast.expr, assigned: dict[str, ast.Call]) -> Iterator[int]:
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, ast.Tuple):
        for part in value.elts[1:]:
            status = status_in(part)
            if status is not None and status >= _LEAST:
                yield status
                return
        return
    if isinstance(value, ast.Name) and value.id in assigned:
        value = assigned[value.id]
    if not isinstance(value, ast.Call):
        return
    name = leaf(dotted_name(value.func))
    if name in _REDIRECTS:
        if name == "redirect_to_login" or any(_LOGIN.search(text) for text in _texts(value)):
            yield UNAUTHENTICATED
        return
    status = _status_in(value)
    if status is not None:
        if status >= _LEAST:
            yield status
        return
    known = status_by_name(name) if name not in {"get", "filter"} else None
    if known is not None and known != NOT_FOUND:
        yield known


def _of_abort(call: ast.Call, names: FileNames) -> Iterator[int]:
    name = leaf(dotted_name(call.func))
    if name in {"abort", "send_error", "set_status", "error", "fail"}:
        status = _status_in(call)
        if status is not None and status >= _LEAST:
            yield status
        elif call.args and isinstance(call.args[0], ast.Name | ast.Attribute):
            known = status_by_name(leaf(names.full_name(call.args[0])))
            if known is not None:
                yield known
    elif name == "permission_denied":
        yield FORBIDDEN


def _status_in(call: ast.Call) -> int | None:
    """The status among a call's arguments."""
    for keyword in call.keywords:
        if keyword.arg in _STATUS_KEYWORDS:
            return status_in(keyword.value)
    for argument in call.args[:3]:
        status = status_in(argument)
        if status is not None:
            return status
    return None


def status_in(node: ast.expr) -> int | None:
    """The HTTP status that an expression is: `403`, `status.HTTP_403_FORBIDDEN`, `HTTPStatus.FORBIDDEN`."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() as number) if 100 <= number <= _MOST:  # noqa: PLR2004 - HTTP's range
            return number
        case ast.Constant(value=str() as text) if text[:3].isdigit() and text[3:4] in {"", " "}:
            return int(text[:3])
        case ast.Attribute(attr="value", value=inner):
            return status_in(inner)
        case ast.Attribute(attr=name):
            match = _STATUS_NAME.search(name)
            if match is not None:
                return int(match[1])
            owner = leaf(dotted_name(node).rpartition(".")[0])
            if owner in {"HTTPStatus", "codes", "status"} and name.upper() in HTTPStatus.__members__:
                return HTTPStatus[name.upper()].value
        case ast.Name(id=name):
            match = _STATUS_NAME.search(name)
            return int(match[1]) if match is not None else None
    return None


@lru_cache(maxsize=2048)
def status_by_name(name: str) -> int | None:
    """The status that an exception or an answer stands for by its name: `PermissionDenied` is 403."""
    words = set(words_of(name))
    for status, known in (
        (NOT_FOUND, _NOT_FOUND),
        (UNAUTHENTICATED, _UNAUTHENTICATED),
        (FORBIDDEN, _FORBIDDEN),
    ):
        if any(one <= words for one in known):
            return status
    return None


def _texts(call: ast.Call) -> Iterator[str]:
    for argument in (*call.args, *(one.value for one in call.keywords)):
        for one in ast.walk(argument):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
            elif isinstance(one, ast.Attribute):
                yield one.attr


def _assigned_calls(node: Function) -> dict[str, ast.Call]:
    """Errors and answers that a function gives a name first: `error = HTTPException(401)`."""
    return {
        target.id: statement.value
        for statement in _assignments(statements_of(node))
        for target in statement.targets
        if isinstance(target, ast.Name) and isinstance(statement.value, ast.Call)
    }


def _assignments(statements: Iterable[ast.stmt]) -> Iterator[ast.Assign]:
    return (one for one in statements if isinstance(one, ast.Assign))

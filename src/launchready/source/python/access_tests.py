"""Tests that ask for what must be refused: as a second user, without a login, without a role (AUTH-24)."""

import ast
import re
from collections.abc import Iterator

from launchready.model.source import AccessTest
from launchready.source.code.guards import FORBIDDEN, UNAUTHENTICATED, words_of
from launchready.source.code.lines import place_in
from launchready.source.places import Place, place_of
from launchready.source.python.flows.names import leaf
from launchready.source.python.inline_guards.refusals import NOT_FOUND, status_by_name, status_in
from launchready.source.python.project import Function, dotted_name, functions_in
from launchready.source.python.sinks.rules import texts_in

SECOND_USER, ANONYMOUS, ROLE = "second user", "anonymous", "role"
_TEST_FILE = re.compile(r"(?:^|/)(?:tests?(?:/|_[^/]*\.py$|\.py$)|[^/]*_tests?\.py$)|(?:^|/)tests?/")
_PERSONS = frozenset({
    "stranger", "intruder", "attacker", "outsider", "bob", "charlie", "eve", "mallory", "user2", "userb", "member2",
    "memberb", "nonowner", "client2", "clientb",
})  # fmt: skip
_SECOND = frozenset({"other", "others", "another", "second", "foreign", "different", "wrong"})
_HOLDERS = frozenset({
    "user", "users", "client", "token", "headers", "member", "account", "org", "organization", "team", "group",
    "household", "tenant", "project", "workspace", "owner", "session", "company", "person", "customer",
    "author", "profile",
})  # fmt: skip
_SECOND_PHRASES = re.compile(
    r"(?:not|non)_?(?:the_)?(?:owner|owned|own|mine|member|participant|author|creator)|checks_(?:owner|access|project|user)|wrong_(?:user|owner|tenant|org)|"
    r"user_?(?:2|b|two)\b|(?:client|token|headers|member)_?(?:2|b|two)\b|cross_(?:user|tenant|account|org)|someone_else"
)
_NOBODY = re.compile(
    r"anonymous|anon\b|anon_|unauthenticated|unauthorized|unauthorised|not_authenticated|not_logged|no_auth|without_(?:login|auth|"
    r"token|credentials|session)|logged_out|requires?_(?:login|auth)|login_required|no_token|no_credentials|missing_token|guest|"
    r"needs?_(?:a_)?login|must_be_logged"
)
_ROLES = re.compile(
    r"admin|superuser|staff|moderator|permission|privilege|role|normal_user|regular|non_?admin|read_?only|viewer|editor|"
    r"rw_access|read_write|manager"
)
_LOGIN = re.compile(
    r"login|logged|authenticate|force_|headers|token|auth\b|auth_|credential|as_user|session_transaction|cookies|acting_as"
)
# Tests of logging in, or of keys and signatures
_CREDENTIALS = re.compile(
    r"key|signature|password|otp|captcha|webhook|secret|sign_?(?:up|in)|code|session|cookie|link|email"
)
_ASSERTS = frozenset({
    "assertEqual", "assertEquals", "assertIn", "assert_status", "assertStatus", "assert_response", "assertContains",
    "eq_", "expect", "check_status", "assertResponse", "assert_status_code",
})  # fmt: skip
_REQUESTS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "open"})
_MISSING = re.compile(r"not_found|nonexist|non_exist|unknown|missing|does_not_exist|invalid_id|bogus|404")


def access_tests(path: str, lines: list[str], tree: ast.Module) -> tuple[AccessTest, ...]:
    """The tests of a file that expect a refusal of a caller."""
    if place_of(path) is not Place.TEST and _TEST_FILE.search(path) is None:
        return ()
    found = []
    for name, node, _ in functions_in(tree):
        if leaf(name).startswith("test") or leaf(name).endswith("_test"):
            kind = _kind(node)
            if kind is not None:
                found.append(AccessTest(name=name, kind=kind, place=place_in(path, lines, node.lineno)))
    return tuple(found)


def _kind(node: Function) -> str | None:
    if any(_is_row(one) for one in ast.walk(node) if isinstance(one, ast.List)):
        return SECOND_USER
    refused = set(_refusals(node))
    if not refused:
        return None
    name = node.name.lower()
    held = {one.lower() for one in _identifiers(node)}
    second = any(_is_second(one) or _SECOND_PHRASES.search(one) for one in (name, *held))
    by_role = _ROLES.search(name) is not None and not _SECOND_PHRASES.search(name)
    if _NOBODY.search(name) and refused & {UNAUTHENTICATED, FORBIDDEN}:
        return ANONYMOUS
    if FORBIDDEN in refused and by_role and "enough_permission" not in name:
        return ROLE
    if refused & {FORBIDDEN, NOT_FOUND} and second and not _MISSING.search(name):
        return SECOND_USER
    if FORBIDDEN in refused and _asks_by_id(node) and any(_LOGIN.search(one) for one in held):
        return SECOND_USER
    signs_in = any(_LOGIN.search(one) for one in (name, *held))
    return (
        ANONYMOUS if UNAUTHENTICATED in refused and not signs_in and not _CREDENTIALS.search(name) else None
    )


def _is_row(node: ast.List) -> bool:
    """Whether a list holds a status for each of several users: `[401, 403, 403, 200]`."""
    statuses = [one.value for one in node.elts if isinstance(one, ast.Constant)]
    held = [one for one in statuses if isinstance(one, int) and 200 <= one < 600]  # noqa: PLR2004 - HTTP's range
    several = len(held) == len(node.elts) and len(held) > 2  # noqa: PLR2004 - nobody, one, another
    return several and FORBIDDEN in held and any(one < 300 for one in held)  # noqa: PLR2004 - success


def _is_second(name: str) -> bool:
    """Whether a name stands for a second person, or for what one has: `other_user`, `bob@example.org`."""
    words = {*words_of(name), name}
    return bool(words & _PERSONS) or bool(words & _SECOND and words & _HOLDERS)


# ------------------------------------------------------------------------------------------- statuses


def _refusals(node: Function) -> Iterator[int]:
    """The refusals that a test expects."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assert):
            yield from _expected(one.test)
        elif isinstance(one, ast.Call):
            yield from _of_call(one)


def _expected(test: ast.expr) -> Iterator[int]:
    for one in ast.walk(test):
        if isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.Eq | ast.In):
            sides = (one.left, *one.comparators)
            if any(_is_status(side) for side in sides):
                for side in sides:
                    yield from _statuses(side)


def _is_status(node: ast.expr) -> bool:
    return "status" in leaf(dotted_name(node)).lower() or "code" in leaf(dotted_name(node)).lower()


def _statuses(node: ast.expr) -> Iterator[int]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    for part in parts:
        status = status_in(part)
        if status in {UNAUTHENTICATED, FORBIDDEN, NOT_FOUND}:
            yield status


def _of_call(call: ast.Call) -> Iterator[int]:
    name = leaf(dotted_name(call.func))
    if name in _ASSERTS:
        for argument in (*call.args, *(one.value for one in call.keywords)):
            yield from _statuses(argument)
    elif name in {"raises", "assertRaises"} and call.args:
        known = status_by_name(leaf(dotted_name(call.args[0])))
        if known is not None:
            yield known
    elif name == "assertRedirects" and any("login" in text for text in texts_in(call)):
        yield UNAUTHENTICATED
    elif name in _REQUESTS:
        for keyword in call.keywords:
            if keyword.arg in {"status", "expected_status", "expect_status"}:
                yield from _statuses(keyword.value)


# ------------------------------------------------------------------------------------------ who asks


def _identifiers(node: Function) -> Iterator[str]:
    for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        yield argument.arg
    for one in ast.walk(node):
        match one:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
                yield name
            case ast.Constant(value=str() as text) if len(text) < 60:  # noqa: PLR2004 - a name, no sentence
                yield text


def _asks_by_id(node: Function) -> bool:
    """Whether a request is for one object by its id, which is there: `client.get(f"/items/{item.id}")`."""
    if _MISSING.search(node.name.lower()):
        return False
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and leaf(dotted_name(one.func)) in _REQUESTS:
            for argument in (*one.args[:2], *(keyword.value for keyword in one.keywords)):
                if any(
                    isinstance(inner, ast.Attribute) and inner.attr in {"id", "pk", "uuid", "slug"}
                    for inner in ast.walk(argument)
                ):
                    return True
    return False

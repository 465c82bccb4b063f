"""Which expressions of a Django project mean the caller, and what they say of one who is not signed in or no staff."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from launchready.source.python.django.scopes import Bound
from launchready.source.python.project import dotted_name

_DEEPEST = 12
_CREDENTIAL = re.compile(r"authorization|token|jwt|user|member|login|logged|account|uid", re.IGNORECASE)
_REQUESTS = frozenset({"request", "req", "_request"})
_FLAGS = frozenset({"is_staff", "is_superuser", "is_admin"})
_NO_ROLES = frozenset({"is_authenticated", "is_anonymous", "is_active", "pk", "id", "email", "username"})
_QUERIES = frozenset({
    "exists", "aexists", "filter", "first", "last", "count", "get", "exclude", "values_list", "aget", "afirst",
})  # fmt: skip


class Caller(Enum):
    """Who asks, as far as code can tell: nobody known, or somebody signed in without any role."""

    ANONYMOUS = auto()
    MEMBER = auto()


class Truth(Enum):
    """What a condition is."""

    YES = auto()
    NO = auto()
    MAYBE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A request: who asks, by which method, at which path, for which action of a view set (empty: not known)."""

    caller: Caller
    method: str = "GET"
    action: str = ""
    path: str = ""


def truth_of(value: object) -> Truth:
    """YES or NO."""
    return Truth.YES if value else Truth.NO


def opposite(truth: Truth) -> Truth:
    """`not`."""
    return {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.MAYBE: Truth.MAYBE}[truth]


def held_by(bound: Bound) -> Bound:
    """What a local name stands for at this place; anything else as it is."""
    for _ in range(_DEEPEST):
        if not isinstance(bound.expression, ast.Name):
            break
        following = bound.scope.local.get(bound.expression.id)
        if following is None or following.expression is bound.expression:
            break
        bound = following
    return bound


def is_request(bound: Bound) -> bool:
    """`request`, `self.request`, `request._request`."""
    match held_by(bound).expression:
        case ast.Name(id=name):
            return name in _REQUESTS
        case ast.Attribute(attr=name):
            return name in _REQUESTS
    return False


def is_caller(bound: Bound) -> bool:
    """`request.user`, `self.request.user`, or a name for it."""
    held = held_by(bound)
    match held.expression:
        case ast.Attribute(value=owner, attr="user"):
            return is_request(held.other(owner))
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value="user"), *_]):
            return is_request(held.other(owner))
        case ast.Call(func=ast.Name(id="get_user"), args=[owner]):
            return is_request(held.other(owner))
    return False


def mentions_caller(bound: Bound, depth: int = 0) -> bool:
    """Whether the caller stands anywhere in an expression, local names replaced by what they stand for."""
    for node in ast.walk(bound.expression):
        if isinstance(node, ast.Attribute | ast.Call) and is_caller(bound.other(node)):
            return True
        if isinstance(node, ast.Name) and depth < _DEEPEST:
            following = bound.scope.local.get(node.id)
            known = following is not None and following.expression is not bound.expression
            if known and following is not None and mentions_caller(following, depth + 1):
                return True
    return False


def caller_part(bound: Bound) -> str | None:
    """The first attribute that is asked of the caller (`role` of `request.user.role.name`); None for anything else."""
    held = held_by(bound)
    node: ast.expr = held.expression
    last = ""
    for _ in range(_DEEPEST * 2):
        if is_caller(held.other(node)):
            return last
        match node:
            case ast.Attribute(value=owner, attr=name):
                node, last = owner, name
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr"), args=[owner, ast.Constant(value=str() as name), *_]
            ):
                node, last = owner, name
            case ast.Call(func=ast.Attribute() as func):
                node = func
            case ast.Subscript(value=owner):
                node = owner
            case ast.Name(id=name) if name in held.scope.local:
                following = held_by(held.other(node))
                if following.expression is node:
                    return None
                held, node = following, following.expression
            case _:
                return None
    return None


def asks_caller(bound: Bound) -> bool:
    """Whether a condition asks the caller, or hands him on: `request.user.plan`, `may(request.user)`."""
    match bound.expression:
        case ast.Call(args=args, keywords=keywords):
            given = [*args, *(one.value for one in keywords)]
        case ast.Compare(left=left, comparators=comparators):
            given = [left, *comparators]
        case _:
            given = [bound.expression]
    parts = [caller_part(bound.other(one)) for one in given]
    return any(part is not None and part not in _NO_ROLES - {"pk", "id"} for part in parts)


def part_truth(part: str, caller: Caller) -> Truth:
    """What an attribute of the caller is: custom ones are unknown for members, and no anonymous has them."""
    if part in {"is_authenticated", "is_active", ""}:
        return truth_of(part == "" or caller is Caller.MEMBER)
    if part == "is_anonymous":
        return truth_of(caller is Caller.ANONYMOUS)
    if part in _FLAGS or caller is Caller.ANONYMOUS:
        return Truth.NO
    return Truth.YES if part in {"pk", "id"} else Truth.MAYBE


def is_credential(bound: Bound) -> bool:
    """What only somebody who signed in sends: an Authorization header, a token in a cookie, a member in the session."""
    held = held_by(bound)
    match held.expression:
        case ast.Call(
            func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str() as key), *_]
        ):
            pass
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() as key)):
            pass
        case _:
            return False
    store = held_by(held.other(owner)).expression
    if not isinstance(store, ast.Attribute) or store.attr not in {"headers", "META", "COOKIES", "session"}:
        return False
    return _CREDENTIAL.search(key) is not None


def is_query(call: ast.Call) -> bool:
    """`Model.objects.filter(…).exists()` and the like."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _QUERIES


def role_in(bound: Bound) -> tuple[str, ...]:
    """Which roles or permissions a condition on the caller names, each an alternative; empty if none is named."""
    return tuple(dict.fromkeys(_roles(bound)))


def _roles(bound: Bound) -> Iterator[str]:
    expression = bound.expression
    match expression:
        case ast.Call(func=ast.Attribute(attr=name), args=args) if name.startswith("has_"):
            yield from (text for argument in args[:1] for text in words_in(argument))
            if not args:
                yield name
        case ast.Call():
            yield from _query_roles(expression)
        case ast.Compare(left=left, comparators=comparators):
            part = caller_part(bound.other(left))
            if part not in _NO_ROLES:
                for side in comparators if part is not None else [left]:
                    yield from words_in(side)
        case _:
            part = caller_part(bound)
            if part and part not in _NO_ROLES:
                yield part


def _query_roles(call: ast.Call) -> Iterator[str]:
    node: ast.expr = call
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                name = (keyword.arg or "").lower()
                if any(word in name for word in ("role", "group", "perm", "name", "level", "type")):
                    yield from words_in(keyword.value)
            node = node.func
        else:
            node = node.value


def words_in(expression: ast.expr) -> Iterator[str]:
    """The names in a list, a text or a constant: `[ROLE.ADMIN, "staff"]` is `ROLE.ADMIN` and `staff`."""
    match expression:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            for element in elements:
                yield from words_in(element)
        case ast.Constant(value=str() as text):
            yield text
        case ast.Attribute(value=value, attr="value"):
            yield from words_in(value)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name[:1].isupper():  # a constant or a class
            yield dotted_name(expression) or name


def caller_expression() -> ast.expr:
    """`request.user`, for functions that are given the caller as a parameter."""
    return ast.parse("request.user", mode="eval").body

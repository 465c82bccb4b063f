"""The parts of a test: what each asks, of whom, and which of them alone leads to a branch."""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from launchready.source.code.guards import words_of
from launchready.source.python.flows.names import leaf
from launchready.source.python.project import dotted_name

ROLE_WORDS: Final = frozenset({
    "admin", "administrator", "staff", "superuser", "role", "roles", "perm", "perms", "permission",
    "permissions", "moderator", "mod", "group", "groups", "scope", "scopes", "level", "privilege", "privileges",
    "rank", "can", "sysadmin", "owner", "superadmin", "editor", "allowed", "authorized", "capabilities", "root",
})  # fmt: skip
PRESENCE: Final = frozenset({
    "is_authenticated", "is_anonymous", "authenticated", "anonymous", "id", "user_id", "pk", "is_logged_in",
    "logged_in",
})  # fmt: skip
HELPER_WORDS: Final = frozenset({
    "check", "can", "has", "perm", "permission", "permissions", "access", "allow", "allowed", "authorize",
    "authorized", "ensure", "require", "verify", "validate", "policy", "own", "owner", "owns", "is", "assert",
    "enforce", "may", "member", "guard", "test", "permit", "permitted", "accessible", "visible",
})  # fmt: skip
STRONG_WORDS: Final = frozenset({
    "require", "ensure", "authorize", "owner", "owns", "permission", "permissions", "access", "permit",
    "enforce", "can", "policy", "allowed", "accessible",
})  # fmt: skip
KEY_NAMES: Final = ("id", "pk", "uuid", "slug", "uid")


def bare(node: ast.expr) -> ast.expr:
    """What a cast is given: of `str(item.owner_id)` it is `item.owner_id`."""
    while (
        isinstance(node, ast.Call)
        and leaf(dotted_name(node.func)) in {"str", "int", "UUID", "ObjectId"}
        and node.args
    ):
        node = node.args[0]
    return node


def returns(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Return)


def alternatives(test: ast.expr, *, true: bool) -> Iterator[list[tuple[ast.expr, bool]]]:
    """The groups of conditions of which each alone leads to the branch; in a group all must hold."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from alternatives(inner, true=not true)
        case ast.BoolOp(op=operator, values=values):
            if isinstance(operator, ast.Or) is true:
                for one in values:
                    yield from alternatives(one, true=true)
            else:
                group: list[tuple[ast.expr, bool]] = []
                for one in values:
                    inner_groups = list(alternatives(one, true=true))
                    group.extend(inner_groups[0] if len(inner_groups) == 1 else [(one, not true)])
                yield group
        case ast.NamedExpr(value=inner):
            yield [(inner, not true)]
        case _:
            yield [(test, not true)]


def parts_of(test: ast.expr) -> Iterator[ast.expr]:
    stack = [test]
    while stack:
        node = stack.pop()
        match node:
            case ast.BoolOp(values=values):
                stack.extend(values)
            case ast.UnaryOp(operand=inner) | ast.NamedExpr(value=inner) | ast.Await(value=inner):
                stack.append(inner)
            case _:
                yield node


def subject_of(node: ast.expr) -> tuple[ast.expr | None, str]:
    """Whom a condition is about, and what it asks of them: of `user.is_admin` it is `user`, `is_admin`."""
    match node:
        case ast.Await(value=inner):
            return subject_of(inner)
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]) if isinstance(
            left, ast.Constant
        ):
            return subject_of(right)
        case ast.Compare(left=left):
            return subject_of(left)
        case ast.Attribute(value=inner, attr=name):
            return inner, name
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=args):
            asked = next((one for one in args if not isinstance(one, ast.Constant)), None)
            if isinstance(inner, ast.Name) and inner.id in {"self", "cls"} and asked is not None:
                return asked, name
            if name in {"get", "getattr"}:
                return inner, str(args[0].value) if args and isinstance(args[0], ast.Constant) else name
            return inner, name
        case ast.Call(func=ast.Name(id=name), args=[first, *_]):
            return first, name
        case ast.Name() | ast.Subscript():
            return node, ""
    return None, ""


def is_presence(node: ast.expr, *, negated: bool, asked: str) -> bool:
    """Whether a condition that leads to a refusal asks whether anybody is signed in."""
    match node:
        case ast.Compare(ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return not negated
        case ast.Compare(left=ast.Constant(), ops=[ast.NotIn()]):
            return not negated and not set(words_of(asked)) & ROLE_WORDS
        case ast.Compare(left=ast.Constant(), ops=[ast.In()]):
            return negated and not set(words_of(asked)) & ROLE_WORDS
        case ast.Compare():
            return False
        case ast.Attribute(attr="is_anonymous" | "anonymous"):
            return not negated
        case ast.Call(func=ast.Attribute(attr="is_anonymous")):
            return not negated
    return negated and (not asked or asked in PRESENCE or (isinstance(node, ast.Call) and "auth" in asked))

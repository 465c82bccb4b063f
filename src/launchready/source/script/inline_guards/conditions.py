"""What a condition asks of the caller: a login, a role, a secret, to be the owner."""

import re
from dataclasses import dataclass
from enum import Enum

from ast_grep_py import SgNode

from launchready.source.code.guards import words_of
from launchready.source.script.bindings import Parameter
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin, Source, names_caller, tells_caller
from launchready.source.script.lookups.found import resolved
from launchready.source.script.nodes import arguments_of, dotted_name, operator_of, string_value, unwrapped
from launchready.source.script.reading import Reading

_NOTHING = frozenset({"null", "undefined", "''", '""', "false"})
_ROLES = frozenset({
    "role", "roles", "admin", "superuser", "superadmin", "staff", "permission", "permissions", "scope",
    "scopes", "moderator", "privileges", "capabilities", "rights", "authority", "authorities", "usertype",
    "acl",
})  # fmt: skip
_MAY = frozenset({
    "can", "cannot", "may", "permission", "permissions", "authorized", "authorised", "allowed", "role",
    "roles", "admin", "ability", "access", "permitted", "policy", "scope", "scopes", "privilege", "owner",
    "editor", "moderator", "staff",
})  # fmt: skip
_WHO = frozenset({
    "user", "users", "session", "auth", "sub", "account", "member", "viewer", "uid", "payload", "decoded",
    "principal", "identity", "caller", "authenticated", "me", "userid", "email", "actor", "claims", "token",
    "logged", "signed", "success", "valid", "id",
})  # fmt: skip
_PERSONS = frozenset({"user", "session", "auth", "member", "viewer", "actor", "account", "userid"})
_FILLING = frozenset(
    {
        "current",
        "db",
        "is",
        "in",
        "data",
        "result",
        "the",
        "existing",
        "found",
        "my",
        "access",
        "api",
        "key",
        "org",
    }
)
_MEMBERS = frozenset({
    "member", "membership", "memberships", "access", "permission", "permissions", "role", "collaborator",
    "participant", "accesses", "grant", "enrollment", "allowed", "authorized",
})  # fmt: skip
_SECRETS = re.compile(
    r"(?i)secret|api_?key|signature|webhook|cron|hmac|internal_?(?:token|key)|service_?(?:token|key)|auth_?token"
)
_SIGNED = re.compile(r"createHmac|\.digest\(")
_CHECKS_SECRET = re.compile(
    r"(?i)verif\w*(?:signature|webhook|hmac|secret|api_?key)|(?:signature|webhook|secret|api_?key|cron)\w*(?:valid|verif|match)|"
    r"is_?valid\w*(?:signature|secret|key|webhook|cron)|timingSafeEqual|safeCompare|tsscmp|secure_?compare|validate\w*(?:signature|webhook|api_?key|cron)"
)
_OWNERS = frozenset({
    "user", "owner", "author", "creator", "account", "member", "members", "customer", "seller", "buyer",
    "org", "organization", "team", "tenant", "workspace", "company", "created", "by", "participants",
    "participant", "sender", "recipient", "uid", "profile", "host", "guest", "client", "vendor", "store",
    "shop", "assignee", "employee", "student", "users", "owners", "admins",
})  # fmt: skip
_TENANTS = frozenset(
    {"team", "org", "organization", "organisation", "workspace", "tenant", "company", "store", "account"}
)
_MOST_PARTS = 50  # of a condition; those that people write have fewer
_LONGEST_SETTING = 200
_EQUAL = frozenset({"==", "===", "!=", "!=="})


class Asks(Enum):
    """What is asked of the caller."""

    LOGIN = "login"
    ROLE = "role"
    SECRET = "secret"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one part of a condition asks, with the role that it names; `who` is asked if that is a parameter."""

    asks: Asks
    role: str = ""
    who: Source | None = None


def parts_of(condition: SgNode, *, refusing: bool) -> list[list[SgNode]]:
    """The parts of a condition in groups: one group alone decides, all parts of a group have to hold for it.

    `if (a || (b && c)) refuse` refuses by `a` alone, or by `b` and `c` together. Where the condition lets in
    (`refusing` is False), `&&` separates and `||` joins.
    """
    apart, together = ("||", "&&") if refusing else ("&&", "||")
    return [_split(one, together) for one in _split(condition, apart)]


def _split(node: SgNode, operator: str) -> list[SgNode]:
    found: list[SgNode] = []
    stack = [node]
    while stack and len(found) < _MOST_PARTS:
        held = _bare(stack.pop())
        if held.kind() == "binary_expression" and operator_of(held) == operator:
            sides = [side for side in (held.field("left"), held.field("right")) if side is not None]
            stack.extend(reversed(sides))
        else:
            found.append(held)
    return found


def _bare(node: SgNode) -> SgNode:
    while node.kind() == "parenthesized_expression":
        inner = [one for one in node.named_children() if one.kind() != "comment"]
        if not inner:
            return node
        node = inner[0]
    return node


def asked_by(reading: Reading, flows: Flows, part: SgNode, *, refusing: bool) -> Asked | None:
    """What one part of a condition asks; None if it asks nothing of the caller."""
    node = _bare(part)
    negated = False
    while node.kind() == "unary_expression" and operator_of(node) == "!":
        inner = node.field("argument")
        if inner is None:
            return None
        negated, node = not negated, _bare(inner)
    node = unwrapped(node)
    if node.kind() == "binary_expression" and operator_of(node) in {"&&", "||"}:
        return _of_joined(reading, flows, node, refusing=refusing != negated)
    if node.kind() == "binary_expression":
        return _of_comparison(reading, flows, node, refusing=refusing != negated)
    if node.kind() == "call_expression":
        return _of_call(flows, node, missing=negated is refusing)
    return _of_value(reading, flows, node) if negated is refusing else None


def _of_joined(reading: Reading, flows: Flows, node: SgNode, *, refusing: bool) -> Asked | None:
    """`!(a && b)`: the first part that asks."""
    for one in _split(node, operator_of(node)):
        asked = asked_by(reading, flows, one, refusing=refusing)
        if asked is not None:
            return asked
    return None


def _of_value(reading: Reading, flows: Flows, node: SgNode) -> Asked | None:
    """`!session`, `!user.isAdmin`."""
    if not _is_caller(flows, node):
        return _of_parameter(flows, node) or _of_membership_found(reading, flows, node)
    is_part = node.kind() == "member_expression"
    last = node.text().replace("?", "").replace("!", "").rpartition(".")[2]
    words = set(words_of(last))
    if words & _ROLES or (not is_part and words & _MAY):
        return Asked(asks=Asks.ROLE, role=last)
    own = not flows.origin(node, Mode.VALUE) & Origin.CALLER
    if not is_part and not words & (_WHO | _FILLING) and not _is_told(reading, node):
        return None
    if is_part or own:
        # Of a session, who it is counts; of what was found by it, only the user
        return Asked(asks=Asks.LOGIN) if words & _WHO and not words - _WHO - _FILLING else None
    return Asked(asks=Asks.LOGIN)


def _is_told(reading: Reading, node: SgNode) -> bool:
    """Whether a variable holds just what a call told of the caller."""
    held = resolved(reading, node)
    called = held.field("function") if held.kind() == "call_expression" else None
    return called is not None and tells_caller(dotted_name(called), len(arguments_of(held)))


def _of_membership_found(reading: Reading, flows: Flows, node: SgNode) -> Asked | None:
    """`!membership`, where that was looked up by the caller and what is asked for."""
    held = resolved(reading, node)
    called = held.field("function") if held.kind() == "call_expression" else None
    if called is None:
        return None
    words = set(words_of(node.text())) | set(words_of(dotted_name(called)))
    if not words & _MEMBERS or not any(_is_given_caller(flows, one) for one in arguments_of(held)):
        return None
    return Asked(asks=Asks.ROLE, role=node.text())


def _is_given_caller(flows: Flows, node: SgNode) -> bool:
    return bool(flows.origin(node, Mode.VALUE) & (Origin.CALLER | Origin.OWN))


def _of_parameter(flows: Flows, node: SgNode) -> Asked | None:
    """`!user` of a parameter: it asks for a login where the caller is given."""
    source = flows.source(node, Mode.VALUE)
    if source.origin is not Origin.PARAMETER:
        return None
    words = [set(words_of(word)) for one in source.parameters for word in one.words]
    if any(held & _ROLES for held in words[-1:]):
        return Asked(asks=Asks.ROLE, role=node.text().rpartition(".")[2], who=source)
    if any(held and held <= _WHO | _FILLING and held & _PERSONS for held in words):
        return Asked(asks=Asks.LOGIN, who=source)
    return None


def _of_comparison(reading: Reading, flows: Flows, node: SgNode, *, refusing: bool) -> Asked | None:
    left, right = node.field("left"), node.field("right")
    operator = operator_of(node)
    if left is None or right is None:
        return None
    if operator not in _EQUAL:
        return None
    differs = operator.startswith("!")
    for one, other in ((left, right), (right, left)):
        if unwrapped(other).text() in _NOTHING:
            # session === null refuses whoever has none; user !== null lets in
            return _of_value(reading, flows, unwrapped(one)) if differs is not refusing else None
        if unwrapped(one).kind() == "unary_expression" and other.text().strip("'\"") == "undefined":
            inner = unwrapped(one).field("argument")
            return (
                _of_value(reading, flows, unwrapped(inner))
                if inner is not None and differs is not refusing
                else None
            )
    if differs is not refusing:
        return None
    if _is_secret(reading, left) or _is_secret(reading, right):
        return Asked(asks=Asks.SECRET)
    role = _role_of(flows, left, right)
    if role is not None:
        return Asked(asks=Asks.ROLE, role=role, who=_given_in(flows, left, right))
    return _compares_owner(flows, left, right)


def _given_in(flows: Flows, *nodes: SgNode) -> Source | None:
    """Where the caller in a condition came from, if it was given as a parameter."""
    for node in nodes:
        source = flows.source(node, Mode.VALUE)
        if source.origin is Origin.PARAMETER:
            return source
    return None


def _role_of(flows: Flows, left: SgNode, right: SgNode) -> str | None:
    for one, other in ((left, right), (right, left)):
        words = set(words_of(unwrapped(one).text().rpartition(".")[2]))
        if words & _ROLES and (_is_caller(flows, one) or _names(one)):
            held = unwrapped(other)
            return string_value(held) if held.kind() == "string" else held.text()
    return None


def _compares_owner(flows: Flows, left: SgNode, right: SgNode) -> Asked | None:
    for one, other in ((left, right), (right, left)):
        held = unwrapped(other)
        if held.kind() in {"string", "number", "true", "false", "template_string"}:
            continue
        origin = flows.origin(other, Mode.VALUE)
        if _is_caller(flows, one) and origin & (Origin.OTHER | Origin.REQUEST | Origin.PARAMETER):
            return Asked(asks=Asks.OWNER)
        # In services, who asks is a parameter
        if (_names(one) or _is_tenant_id(one)) and _is_owner_field(held):
            return Asked(asks=Asks.OWNER, who=_given_in(flows, one))
    return None


def _is_tenant_id(node: SgNode) -> bool:
    words = set(words_of(unwrapped(node).text()))
    return unwrapped(node).kind() == "identifier" and "id" in words and bool(words & _TENANTS)


def _is_owner_field(node: SgNode) -> bool:
    """`note.userId`, `note.author`, `note.author.id`."""
    if node.kind() != "member_expression":
        return False
    owner, _, last = node.text().replace("?", "").replace("!", "").rpartition(".")
    if last in {"id", "_id", "uuid"} and "." in owner:
        last = owner.rpartition(".")[2]
    return bool(set(words_of(last)) & _OWNERS)


def _of_call(flows: Flows, node: SgNode, *, missing: bool) -> Asked | None:
    """`isAdmin(user)`, `ability.cannot(…)`, `[…].includes(user.role)`, `post.userId.equals(user.id)`."""
    called = node.field("function")
    name = dotted_name(called) if called is not None else ""
    last = name.rpartition(".")[2] or _property(called)
    given = arguments_of(node)
    words = set(words_of(last))
    if last in {"cannot", "isNotAllowed", "isForbidden"}:
        return Asked(asks=Asks.ROLE, role=_strings(node)) if not missing else None
    if not missing:
        return None
    if _CHECKS_SECRET.search(name):
        return Asked(asks=Asks.SECRET)
    if last in {"includes", "equals", "some", "has", "isEqual", "is", "find", "every", "indexOf"}:
        return _of_membership(flows, node, given)
    asked_about = [one for one in given if _is_caller(flows, one) or _names(one)]
    if words & {"owner", "owns", "belongs", "own"} and asked_about:
        return Asked(asks=Asks.OWNER, who=_given_in(flows, *asked_about))
    if words & _MAY and (asked_about or _of_caller(flows, called) or _awaited_check(words)):
        return Asked(asks=Asks.ROLE, role=_strings(node) or last, who=_given_in(flows, *asked_about))
    if tells_caller(name, len(given)) or last in {"isAuthenticated", "isLoggedIn", "isSignedIn"}:
        return Asked(asks=Asks.LOGIN)
    return None


def _property(called: SgNode | None) -> str:
    """The method that is called on something without a name, such as a list."""
    inner = unwrapped(called).field("property") if called is not None else None
    return inner.text() if inner is not None else ""


def _awaited_check(words: set[str]) -> bool:
    return bool(words & {"permission", "permissions", "admin"}) and bool(
        words & {"has", "is", "check", "can"}
    )


def _of_membership(flows: Flows, node: SgNode, given: list[SgNode]) -> Asked | None:
    called = node.field("function")
    inner = unwrapped(called) if called is not None else None
    owner = inner.field("object") if inner is not None and inner.kind() == "member_expression" else None
    if owner is None:
        return None
    text = owner.text()
    words = set(words_of(text.rpartition(".")[2])) | {
        word for one in given for word in words_of(one.text().rpartition(".")[2])
    }
    callers = [one for one in (owner, *given) if _is_caller(flows, one) or _names(one)]
    if not callers and not any(_mentions_caller(flows, one) for one in given):
        return None
    who = _given_in(flows, *callers)
    if words & _ROLES:
        return Asked(asks=Asks.ROLE, role=_strings(node) or text, who=who)
    is_list = unwrapped(owner).kind() in {"array", "identifier"} and not flows.origin(owner, Mode.VALUE)
    if is_list:
        return Asked(asks=Asks.ROLE, role=_strings(node) or text, who=who)
    return Asked(asks=Asks.OWNER, who=who)


def _mentions_caller(flows: Flows, node: SgNode) -> bool:
    """`members.some((m) => m.userId === session.user.id)`."""
    held = node.find_all(kind="member_expression") if node.kind() == "arrow_function" else []
    return any(_is_caller(flows, one) for one in held)


def _of_caller(flows: Flows, called: SgNode | None) -> bool:
    inner = unwrapped(called) if called is not None else None
    owner = inner.field("object") if inner is not None and inner.kind() == "member_expression" else None
    return owner is not None and (_is_caller(flows, owner) or "ability" in owner.text().lower())


def _strings(node: SgNode) -> str:
    return " ".join(string_value(one) for one in node.find_all(kind="string"))[:60]


def _is_caller(flows: Flows, node: SgNode) -> bool:
    origin = flows.origin(node, Mode.VALUE)
    return bool(origin & (Origin.CALLER | Origin.OWN)) and not origin & Origin.REQUEST


def _names(node: SgNode) -> bool:
    """Whether an expression is named for the caller: `userId`, `user.id`, `currentUser`; of parameters of services."""
    held = unwrapped(node)
    if held.kind() not in {"identifier", "member_expression"}:
        return False
    first = held.text().replace("?", "").partition(".")[0]
    return names_caller(first)


def _is_secret(reading: Reading, node: SgNode) -> bool:
    """A value that only another service knows: a variable named as a secret, or a signature made from one."""
    held = unwrapped(node)
    text = held.text()
    if "process.env" in text or "env." in text:
        return _SECRETS.search(text) is not None
    if held.kind() == "identifier":
        for one in reading.bindings.of(held.text(), held):
            if isinstance(one.value, Parameter):
                continue
            value = one.value.text()
            if _SIGNED.search(value) or (
                "env" in value and _SECRETS.search(value) and len(value) < _LONGEST_SETTING
            ):
                return True
    return bool(_SIGNED.search(text))

"""Refusals of callers inside of functions: who is not signed in, who lacks a role, who lacks a secret."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import words_of
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin, Source, tells_caller
from launchready.source.script.functions.answers import refusals_in
from launchready.source.script.inline_guards.conditions import Asks, asked_by, parts_of
from launchready.source.script.nodes import FUNCTIONS, arguments_of, dotted_name, unwrapped
from launchready.source.script.reading import Reading

_LONGEST_NAME = 60
_WRITTEN = re.compile(r"(?:await\s+)?(?:res|response|reply|ctx|context|resp)\b")
_EXITS = frozenset({"return_statement", "throw_statement"})
_WORDS = (
    "session", "Session", "user", "User", "auth", "Auth", "token", "Token", "secret", "SECRET", "ignature", "KEY",
    "constructEvent", "createHmac", "timingSafeEqual", "role", "Role", "isAdmin", "ability",
)  # fmt: skip
# Calls that refuse by themselves
_SERVICE_CALLS = frozenset(
    {"constructEvent", "constructEventAsync", "timingSafeEqual", "validateRequest", "verifySignature"}
)
_PROTECTING = frozenset({"auth.protect", "auth().protect", "clerk.auth.protect"})
_NEVER_RETURNING = frozenset({"redirect", "permanentRedirect", "notFound", "unauthorized", "forbidden"})
_ABILITY = frozenset({"throwUnlessCan", "authorizeOrThrow"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """A guard and the node that it stands at; `compares` marks a comparison with an owner, which is no guard.

    `who` is who it is about where that came as a parameter: it is a guard if the caller was given.
    """

    node: SgNode
    guard: SourceGuard | None = None
    compares: bool = False
    who: Source | None = None


class InlineGuards:
    """The guards of one file."""

    def __init__(self, reading: Reading, flows: Flows) -> None:
        self._reading = reading
        self._flows = flows
        refusing = refusals_in(reading) if reading.has(*_WORDS) else ()
        self._refusals = sorted((node.range().start.index, status) for node, status in refusing)

    def found(self) -> Iterator[Guarding]:
        """Guards and comparisons, in the order of the text."""
        if not self._reading.has(*_WORDS):
            return
        for one in self._reading.nodes("if_statement"):
            yield from self._of_condition(one)
        for call in self._reading.nodes("call_expression"):
            guard = self._of_call(call)
            if guard is not None:
                yield Guarding(node=call, guard=guard)

    # -------------------------------------------------------------------------------------------- conditions

    def _of_condition(self, node: SgNode) -> Iterator[Guarding]:
        condition, body, other = node.field("condition"), node.field("consequence"), node.field("alternative")
        if condition is None or body is None:
            return
        function = _function_around(node)
        if function is None:
            return
        if self._leaves(node, body):
            yield from self._asked(node, condition, refusing=True, strict=not self._refuses(body))
        if self._refuses(body):
            return
        if (other is not None and self._refuses(other)) or self._refuses_after(node, body):
            yield from self._asked(node, condition, refusing=False, strict=False)

    def _asked(self, node: SgNode, condition: SgNode, *, refusing: bool, strict: bool) -> Iterator[Guarding]:
        """What is asked for: `refusing` if the condition being true means a refusal; `strict` if no status says so."""
        sure = is_on_the_way(node)
        for group in parts_of(condition, refusing=refusing):
            asked = [asked_by(self._reading, self._flows, part, refusing=refusing) for part in group]
            kinds = {one.asks for one in asked if one is not None}
            if Asks.OWNER in kinds:
                owner = next(one for one in asked if one is not None and one.asks is Asks.OWNER)
                yield Guarding(node=node, compares=True, who=owner.who)
                continue
            told = next((one for one in asked if one is not None), None)
            if told is None or (strict and not (told.asks in {Asks.LOGIN, Asks.ROLE} and self._stops(node))):
                continue
            # All parts of `a && b` have to hold for the refusal
            whole = len(kinds) == 1 and None not in asked
            kind = _KINDS[told.asks] if sure and whole else GuardKind.UNCLEAR
            text = " && ".join(part.text() for part in group)
            guard = self._guard(node, text if refusing else f"if {text}", kind, told.role)
            yield Guarding(node=node, guard=guard, who=told.who)

    def _leaves(self, node: SgNode, body: SgNode) -> bool:
        """Whether a branch ends the function. An answer that is written ends nothing while statements follow."""
        if body.kind() in _EXITS:
            return True
        statements = [one for one in body.named_children() if one.kind() != "comment"]
        block = body.kind() == "statement_block"
        if block and statements and statements[-1].kind() in _EXITS:
            return True
        last = (statements[-1] if statements else body) if block else body
        if last.kind() != "expression_statement" or not (self._refuses(last) or _throws(last)):
            return False
        return not _WRITTEN.match(last.text()) or _is_last(node)

    def _refuses(self, node: SgNode) -> bool:
        held = node.range()
        return any(
            held.start.index <= at < held.end.index and status in {401, 403, 404}
            for at, status in self._refusals
        )

    def _stops(self, node: SgNode) -> bool:
        """Whether leaving at a condition without a status keeps the caller from something that follows."""
        if self._reading.path.endswith(("x", ".vue")) and "use server" not in self._reading.directives:
            body = node.field("consequence")
            return body is not None and (body.find(kind="throw_statement") is not None or _is_redirect(body))
        body = node.field("consequence")
        if body is None or not _is_refusal(body):
            return False
        following = node.next()
        while following is not None and following.kind() in {"comment", "}"}:
            following = following.next()
        return following is not None

    def _refuses_after(self, node: SgNode, body: SgNode) -> bool:
        """`if (session) { …; return … }` with the refusal right behind."""
        following = node.next()
        while following is not None and following.kind() == "comment":
            following = following.next()
        if following is None or following.kind() not in _EXITS | {"expression_statement"}:
            return False
        statements = [one for one in body.named_children() if one.kind() != "comment"]
        ends = bool(statements) and statements[-1].kind() in _EXITS
        return ends and self._refuses(following)

    # ------------------------------------------------------------------------------------------------- calls

    def _of_call(self, call: SgNode) -> SourceGuard | None:
        called = call.field("function")
        if called is None:
            return None
        name = dotted_name(called)
        last = name.rpartition(".")[2]
        if last == "timingSafeEqual" and not self._refuses_around(call):
            return None
        if last in _SERVICE_CALLS or self._is_webhook(name, called):
            return self._guard(call, f"{last}(…)", GuardKind.SERVICE)
        if called.text().replace("await ", "").endswith(".protect") and "auth" in name:
            role = " ".join(one.text() for one in arguments_of(call))
            kind = GuardKind.AUTHORIZES if "role" in role or "permission" in role else GuardKind.AUTHENTICATES
            return (
                self._guard(call, "auth.protect()", kind, role[:_LONGEST_NAME])
                if is_on_the_way(call)
                else None
            )
        if last in _ABILITY:
            return self._guard(call, f"{last}(…)", GuardKind.AUTHORIZES, " ".join(_texts(call)))
        if (
            tells_caller(name, len(arguments_of(call)))
            and self._reads_request(call)
            and self._in_refusing_try(call)
        ):
            return self._guard(call, f"{last}(…)", GuardKind.AUTHENTICATES)
        return None

    def _is_webhook(self, name: str, called: SgNode) -> bool:
        """`new Webhook(secret).verify(payload, headers)`, `receiver.verify({ signature })`."""
        if not name.endswith(".verify") and not called.text().endswith(".verify"):
            return False
        inner = unwrapped(called).field("object")
        text = inner.text() if inner is not None else ""
        if set(words_of(text)) & {"webhook", "webhooks", "wh", "receiver"}:
            return True
        bound = self._reading.bindings.of(text, called)
        return any(isinstance(one.value, SgNode) and "new Webhook(" in one.value.text() for one in bound)

    def _reads_request(self, call: SgNode) -> bool:
        return any(self._flows.origin(one, Mode.VALUE) & Origin.REQUEST for one in arguments_of(call))

    def _in_refusing_try(self, call: SgNode) -> bool:
        for around in call.ancestors():
            if around.kind() == "try_statement":
                handler = around.field("handler")
                body = around.field("body")
                inside = body is not None and _within(body, call)
                return inside and handler is not None and self._refuses_caller(handler)
            if around.kind() in FUNCTIONS:
                return False
        return False

    def _refuses_around(self, call: SgNode) -> bool:
        function = _function_around(call)
        return function is not None and (
            any(function.range().start.index <= at < function.range().end.index for at, _ in self._refusals)
            or function.find(kind="throw_statement") is not None
        )

    def _refuses_caller(self, node: SgNode) -> bool:
        held = node.range()
        return any(
            held.start.index <= at < held.end.index and status in {401, 403} for at, status in self._refusals
        )

    def _guard(self, node: SgNode, name: str, kind: GuardKind, role: str = "") -> SourceGuard:
        text = " ".join(name.split())
        text = (
            text[1:-1].strip()
            if text.startswith("(") and text.endswith(")") and text.count("(") == 1
            else text
        )
        shown = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
        return SourceGuard(
            name=shown, kind=kind, level=GuardLevel.INLINE, place=self._reading.place(node), role=role
        )


_KINDS = {
    Asks.LOGIN: GuardKind.AUTHENTICATES,
    Asks.ROLE: GuardKind.AUTHORIZES,
    Asks.SECRET: GuardKind.SERVICE,
    Asks.OWNER: GuardKind.UNCLEAR,
}


def _is_refusal(body: SgNode) -> bool:
    """Whether a branch ends with an error, or with nothing to give."""
    last = body
    if body.kind() == "statement_block":
        statements = [one for one in body.named_children() if one.kind() != "comment"]
        last = statements[-1] if statements else body
    if last.kind() == "throw_statement" or _throws(last):
        return True
    if last.kind() != "return_statement":
        return False
    given = last.named_children()
    if not given or unwrapped(given[0]).kind() in {"null", "undefined", "false", "call_expression", "number"}:
        return True
    return (
        re.search(r"error|success|message|unauth|\[\]|\{\}|undefined", given[0].text(), re.IGNORECASE)
        is not None
    )


def _is_redirect(body: SgNode) -> bool:
    return any(_throws(one) for one in [body, *body.named_children()])


def _is_last(node: SgNode) -> bool:
    """Whether nothing runs after a condition but what stands in its other branch."""
    if node.field("alternative") is not None:
        return True
    following = node.next()
    while following is not None and following.kind() in {"comment", "}"}:
        following = following.next()
    return following is None


def _throws(statement: SgNode) -> bool:
    """Functions of Next.js that never come back."""
    inner = statement.named_children()
    call = unwrapped(inner[0]) if statement.kind() == "expression_statement" and inner else None
    called = call.field("function") if call is not None and call.kind() == "call_expression" else None
    return called is not None and called.text() in _NEVER_RETURNING


def is_on_the_way(node: SgNode) -> bool:
    """Whether every run of the function passes a node: it stands in no branch but that of the method."""
    inner = node
    for around in node.ancestors():
        kind = around.kind()
        if kind in FUNCTIONS:
            return True
        if kind == "if_statement" and around.field("condition") != inner:
            condition = around.field("condition")
            if condition is None or ".method" not in condition.text():
                return False
        elif kind in {"switch_case", "switch_default"}:
            above = around.parent()
            switch = above.parent() if above is not None else None
            value = switch.field("value") if switch is not None else None
            if value is None or "method" not in value.text():
                return False
        elif kind in {
            "catch_clause",
            "for_statement",
            "for_in_statement",
            "while_statement",
            "ternary_expression",
        }:
            return False
        inner = around
    return True


def _function_around(node: SgNode) -> SgNode | None:
    return next((one for one in node.ancestors() if one.kind() in FUNCTIONS), None)


def _within(outer: SgNode, inner: SgNode) -> bool:
    first, second = outer.range(), inner.range()
    return first.start.index <= second.start.index < first.end.index


def _texts(call: SgNode) -> list[str]:
    return [one.text().strip("'\"") for one in arguments_of(call) if one.kind() == "string"]

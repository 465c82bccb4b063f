"""Calls that are given the caller together with an object or its id, and may refuse."""

import re
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.source.code.guards import words_of
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin, Source, names_caller, tells_caller
from launchready.source.script.nodes import FUNCTIONS, arguments_of, dotted_name, line_of
from launchready.source.script.reading import Reading

_MOST = 4  # of one object
_ASKING = frozenset({
    "can", "cannot", "check", "assert", "ensure", "verify", "authorize", "authorise", "permission",
    "permissions", "access", "ability", "policy", "owner", "owns", "ownership", "belongs", "allowed",
    "member", "membership", "enforce", "permitted", "guard", "require", "has", "may", "authorized",
    "restrict", "role", "acl", "isallowed", "validate", "throw", "unless", "is",
})  # fmt: skip
_FETCHING = frozenset({
    "list", "build", "create", "update", "delete", "remove", "send", "make", "add", "use", "count", "save",
    "insert", "upsert", "map", "to", "log", "track", "generate", "format", "render", "set", "emit",
    "publish", "notify", "push",
})  # fmt: skip
_GETTING = frozenset({"get", "find", "fetch", "load", "read", "query"})
# A helper of such a name that is given the object alone finds out itself who asks
_FINDING_OUT = frozenset({
    "access", "permission", "permissions", "owner", "owns", "ownership", "belongs", "permitted", "authorized", "mine",
})  # fmt: skip
_THROWING = frozenset(
    {"throw", "throws", "thrown", "fail", "assert", "ensure", "require", "enforce", "authorize", "guard"}
)
_SAYING = frozenset({"log", "error", "info", "warn", "debug", "json", "send", "status", "then", "catch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A call that may refuse: what it is named, what it is given, who of that is the caller.

    `certain` if a refusal hangs on the answer, as far as the calling function shows.
    """

    name: str
    line: int
    start: int
    end: int
    given: str
    who: Source
    certain: bool

    @property
    def text(self) -> str:
        """How it is shown."""
        return f"{self.name.rpartition('.')[2]}(…) is asked"


class Askers:
    """The calls of one file that may refuse, by the outermost function that they stand in."""

    def __init__(self, reading: Reading, flows: Flows) -> None:
        self._reading = reading
        self._flows = flows
        self._calls: dict[int, list[SgNode]] | None = None
        self._asking: dict[int, list[Asking]] = {}

    def about(self, node: SgNode, names: list[str]) -> tuple[Asking, ...]:
        """What is asked about something that goes by `names`, in the function around a node."""
        function = outermost(node)
        if function is None or not names:
            return ()
        pattern = re.compile("|".join(rf"(?<![\w$.]){re.escape(one)}(?![\w$])" for one in names))
        at = node.range().start.index
        held = (
            one for one in self._of(function) if not one.start <= at < one.end and pattern.search(one.given)
        )
        return tuple(held)[:_MOST]

    def _of(self, function: SgNode) -> list[Asking]:
        mark = hash(function)
        if mark not in self._asking:
            calls = self._by_function().get(mark, [])
            self._asking[mark] = [one for call in calls if (one := self._asked(function, call)) is not None]
        return self._asking[mark]

    def _by_function(self) -> dict[int, list[SgNode]]:
        if self._calls is None:
            self._calls = {}
            for call in self._reading.nodes("call_expression"):
                function = outermost(call)
                if function is not None:
                    self._calls.setdefault(hash(function), []).append(call)
        return self._calls

    def _asked(self, function: SgNode, call: SgNode) -> Asking | None:
        called = call.field("function")
        name = dotted_name(called) if called is not None else ""
        last = name.rpartition(".")[2]
        words = words_of(last)
        given = arguments_of(call)
        if (
            not words
            or not given
            or last in _SAYING
            or words[0] in _FETCHING
            or tells_caller(name, len(given))
        ):
            return None
        gets = words[0] in _GETTING
        if not gets and not set(words_of(name)) & _ASKING:
            return None
        who = next((source for one in given if says_who(source := self._flows.source(one, Mode.VALUE))), None)
        finds_out = "ability" in name.lower() or bool(set(words) & _FINDING_OUT)
        if who is None and not finds_out:
            return None
        used = _is_used(function, call, set(words))
        if not used and (gets or who is None):
            return None
        held = call.range()
        return Asking(
            name=name,
            line=line_of(call),
            start=held.start.index,
            end=held.end.index,
            given=" ".join(one.text() for one in given).replace("?", "").replace("!", ""),
            who=who or Source(Origin.CALLER),
            certain=used,
        )


def says_who(source: Source) -> bool:
    """Whether a value is the caller's identity, or a parameter that is named for it."""
    if source.origin & (Origin.CALLER | Origin.OWN):
        return True
    return any(names_caller(word) for one in source.parameters for word in one.words)


def _is_used(function: SgNode, call: SgNode, words: set[str]) -> bool:
    """Whether something hangs on the answer: a condition, a variable that is tested, or it throws."""
    if words & _THROWING:
        return True
    for around in call.ancestors():
        kind = around.kind()
        if kind in {"expression_statement", "if_statement", "ternary_expression"}:
            return True
        if kind == "variable_declarator":
            name = around.field("name")
            held = re.findall(r"[A-Za-z_$][\w$]*", name.text()) if name is not None else []
            text = function.text()
            return any(
                re.search(rf"!\s*{re.escape(one)}\b|\b{re.escape(one)}\s*={{2,3}}\s*null", text)
                for one in held
            )
        if kind in FUNCTIONS or kind in {"return_statement", "arguments"}:
            return False
    return False


def outermost(node: SgNode) -> SgNode | None:
    """The outermost function around a node."""
    around = [one for one in node.ancestors() if one.kind() in FUNCTIONS]
    return around[-1] if around else None

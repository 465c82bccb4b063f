"""From a handler through what it calls: who chose what each function is given, and what that makes of its lookups."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from launchready.model.source import Bound, SourceGuard, SourceLookup
from launchready.source.code.facts import Call, FunctionFacts, Key, KeyedLookup, Origin, OwnerCheck

_DEEPEST = 3  # calls from the handler down: handler → service → repository
_MOST_FUNCTIONS = 60  # of one route
_DEEPEST_HELPER = 2  # a helper that asks a helper
_DEEPEST_GUARD = 2  # guards in what a handler calls first

Callee: TypeAlias = Callable[[FunctionFacts, Call], Key | None]
_STRENGTH = {Bound.NONE: 0, Bound.UNCLEAR: 1, Bound.OWNER: 2}
_NOBODY = Origin()
_GIVEN = Origin(given=True)
_CALLER = Origin(caller=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A function as it is called: who chose each parameter. `filled` if the framework fills them from the request.

    `owner` is what is asked of its result by whoever calls it, `bound` what that makes of its lookups. `always` if
    every request comes here. `model` is the class that a class method is called on.
    """

    facts: FunctionFacts
    binding: Mapping[str, Origin] = field(default_factory=dict)
    filled: bool = False
    bound: Bound = Bound.NONE
    owner: str = ""
    depth: int = 0
    always: bool = True
    model: str = ""

    def who(self, origin: Origin) -> Origin:
        """Who chose a value, now that it is known who chose the parameters."""
        if not origin.parameters:
            return origin
        given, caller = origin.given and not self._replaces(origin), origin.caller
        made = origin.made
        for name in origin.parameters:
            held = self.binding.get(name.rstrip("."), _GIVEN if self.filled else _NOBODY)
            given = given or (held.given and not (held.made and name.endswith(".")))
            caller, made = caller or held.caller, made or held.made
        return Origin(given=given, caller=caller, made=made)

    def _replaces(self, origin: Origin) -> bool:
        """Whether all of its parameters are known better than the function itself tells."""
        return all(name.rstrip(".") in self.binding for name in origin.parameters)


class Reach:
    """The functions that handlers reach."""

    def __init__(self, functions: Mapping[Key, FunctionFacts], callee: Callee) -> None:
        self._functions = functions
        self._callee = callee

    def visits(self, entries: Iterable[FunctionFacts]) -> Iterator[Visit]:
        """The entries and what they call, nearest first, each once for each way of being called."""
        level = [Visit(facts=facts, filled=True) for facts in {one.key: one for one in entries}.values()]
        seen: set[object] = set()
        for depth in range(_DEEPEST + 1):
            following: list[Visit] = []
            for visit in level:
                mark = (
                    visit.facts.key,
                    visit.filled,
                    visit.bound,
                    visit.model,
                    tuple(sorted(_marks(visit.binding))),
                )
                if mark in seen or len(seen) >= _MOST_FUNCTIONS:
                    continue
                seen.add(mark)
                filled = self._filled(visit)
                yield filled
                if depth < _DEEPEST:
                    following.extend(self._called(filled, depth + 1))
            level = following

    def lookups(self, visit: Visit) -> Iterator[SourceLookup]:
        """What a function looks up by an id of the caller's, the way it is called.

        Where one line may fetch in several ways, the one that asks least counts.
        """
        weakest: dict[object, SourceLookup] = {}
        for lookup in self._lookups(visit):
            mark = (lookup.model, lookup.key, lookup.action, lookup.place)
            known = weakest.get(mark)
            if known is None or _STRENGTH[lookup.bound] < _STRENGTH[known.bound]:
                weakest[mark] = lookup
        yield from weakest.values()

    def _lookups(self, visit: Visit) -> Iterator[SourceLookup]:
        for lookup in visit.facts.lookups:
            yield _named(_at_least(lookup, visit.bound, visit.owner), visit.model)
        for one in visit.facts.keyed:
            who = visit.who(one.key)
            if who.given and not who.caller:
                yield _named(_at_least(self._judged(visit, one), visit.bound, visit.owner), visit.model)

    def guards(self, visit: Visit) -> Iterator[SourceGuard]:
        """The refusals of callers inside a function that every request comes to."""
        if not visit.always or visit.depth > _DEEPEST_GUARD:
            return
        yield from visit.facts.guards
        for one in visit.facts.asked:
            if visit.who(one.who).caller:
                yield one.guard

    # ---------------------------------------------------------------------------------------- calls

    def _function(self, facts: FunctionFacts, call: Call) -> FunctionFacts | None:
        key = self._callee(facts, call)
        return self._functions.get(key) if key is not None else None

    def _filled(self, visit: Visit) -> Visit:
        """A function that the framework calls, with what it fills parameters by other than the request."""
        if not visit.filled:
            return visit
        binding = dict(visit.binding)
        for call in visit.facts.calls:
            if not call.injected:
                continue
            called = self._function(visit.facts, call)
            if called is not None:
                binding[call.injected] = _CALLER if self._gives_caller(called, 0) else _NOBODY
        return replace(visit, binding=binding)

    def _gives_caller(self, facts: FunctionFacts, depth: int) -> bool:
        if facts.gives.caller or not facts.gives.parameters or depth > _DEEPEST_HELPER:
            return facts.gives.caller
        return any(
            call.injected in {name.rstrip(".") for name in facts.gives.parameters}
            and (called := self._function(facts, call)) is not None
            and self._gives_caller(called, depth + 1)
            for call in facts.calls
            if call.injected
        )

    def _called(self, visit: Visit, depth: int) -> Iterator[Visit]:
        for call in visit.facts.calls:
            called = self._function(visit.facts, call)
            if called is None:
                continue
            bound, owner = self._asked_of(visit, call)
            yield Visit(
                facts=called,
                binding={} if call.injected else _bound_parameters(visit, call, called),
                filled=bool(call.injected),
                bound=bound if bound is not Bound.NONE else visit.bound,
                owner=owner or visit.owner,
                depth=depth,
                always=visit.always and call.always,
                model=_class_of(call.name) or visit.model,
            )

    def _asked_of(self, visit: Visit, call: Call) -> tuple[Bound, str]:
        return self._by_checks(visit, call.checks)

    # --------------------------------------------------------------------------------------- owners

    def _judged(self, visit: Visit, one: KeyedLookup) -> SourceLookup:
        bound, text = self._by_checks(visit, one.checks)
        return _at_least(one.lookup, bound, text)

    def _by_checks(self, visit: Visit, checks: Iterable[OwnerCheck]) -> tuple[Bound, str]:
        unclear = ""
        for check in checks:
            if not check.helper:
                if not visit.who(check.who).caller:
                    continue
                if check.certain:
                    return Bound.OWNER, check.text
                unclear = unclear or check.text
                continue
            held = self._by_helper(visit, check, 0)
            if held is Bound.OWNER and check.certain:
                return Bound.OWNER, check.text
            if held is not Bound.NONE and not check.weak:
                unclear = unclear or check.text
        return (Bound.UNCLEAR, unclear) if unclear else (Bound.NONE, "")

    def _by_helper(self, visit: Visit, check: OwnerCheck, depth: int) -> Bound:
        """What a helper asks: whose the thing is, if its code says so; unclear if it cannot be read."""
        call = next(
            (one for one in visit.facts.calls if one.line == check.line and _same(one.name, check.helper)),
            None,
        )
        called = self._function(visit.facts, call) if call is not None else None
        if call is None or called is None:
            return Bound.UNCLEAR if visit.who(check.who).caller or check.who.parameters == () else Bound.NONE
        return self._helper_asks(
            Visit(facts=called, binding=_bound_parameters(visit, call, called), depth=depth), depth
        )

    def _helper_asks(self, visit: Visit, depth: int) -> Bound:
        if visit.facts.gives.given:
            return Bound.NONE
        if visit.who(visit.facts.gives).caller and "query" in _last(visit.facts.name):
            return Bound.OWNER
        if any(visit.who(one.who).caller for one in visit.facts.comparisons) or visit.facts.compares_owner:
            return Bound.OWNER
        for lookup in visit.facts.keyed:
            if self._by_own_checks(visit, lookup):
                return Bound.OWNER
        if any(one.bound is Bound.OWNER for one in visit.facts.lookups):
            return Bound.OWNER
        if depth < _DEEPEST_HELPER:
            for call in visit.facts.calls:
                called = self._function(visit.facts, call)
                if called is not None and called.key != visit.facts.key:
                    inner = Visit(facts=called, binding=_bound_parameters(visit, call, called))
                    if self._helper_asks(inner, depth + 1) is Bound.OWNER:
                        return Bound.OWNER
        return Bound.UNCLEAR

    def _by_own_checks(self, visit: Visit, one: KeyedLookup) -> bool:
        return any(check.certain and not check.helper and visit.who(check.who).caller for check in one.checks)


def _bound_parameters(visit: Visit, call: Call, called: FunctionFacts) -> dict[str, Origin]:
    """Who chose the parameters of a called function."""
    binding: dict[str, Origin] = {}
    for name, origin in call.passed:
        parameter = name
        if name.isdigit():
            index = int(name)
            parameter = called.parameters[index] if index < len(called.parameters) else ""
        if parameter:
            binding[parameter] = visit.who(origin)
    return binding


def _last(name: str) -> str:
    return name.rpartition(".")[2].replace("statement", "query")


def _class_of(name: str) -> str:
    """`Item` of `models.Item.get`."""
    owner = name.rpartition(".")[0].rpartition(".")[2]
    return owner if owner[:1].isupper() else ""


def _named(lookup: SourceLookup, model: str) -> SourceLookup:
    """A lookup of a class method, by the class that it is called on."""
    return replace(lookup, model=model) if model and lookup.model == "cls" else lookup


def _marks(binding: Mapping[str, Origin]) -> Iterator[tuple[str, bool, bool]]:
    return ((name, one.given, one.caller) for name, one in binding.items() if one.given or one.caller)


def _at_least(lookup: SourceLookup, bound: Bound, text: str) -> SourceLookup:
    """A lookup with what is known besides of whose it is."""
    if lookup.bound is Bound.OWNER or bound is Bound.NONE:
        return lookup
    if bound is Bound.UNCLEAR and lookup.bound is Bound.UNCLEAR:
        return lookup
    return replace(lookup, bound=bound, term=text)


def _same(name: str, helper: str) -> bool:
    """Whether a call is the one that a check names: receivers may be written as their types."""
    return name.rpartition(".")[2] == helper.rpartition(".")[2]

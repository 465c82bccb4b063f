"""What a walked function says: its lookups, its calls, its guards, in words that can be kept."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from launchready.model.source import Bound, GuardKind, GuardLevel, LookupAction, SourceGuard, SourceLookup
from launchready.source.code.facts import (
    AskedGuard,
    Call,
    FunctionFacts,
    KeyedLookup,
    Origin,
    OwnerCheck,
    OwnerComparison,
)
from launchready.source.code.lines import place_in
from launchready.source.python.flows.following import FileFlow
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Scope, Seen
from launchready.source.python.flows.sources import dependency_of, names_scope, parameters_of, unquoted
from launchready.source.python.flows.values import (
    CALLER,
    DERIVED,
    GIVEN,
    OWNED,
    SCOPE,
    Called,
    OwnerTest,
    Query,
    Value,
    line_of,
)
from launchready.source.python.inline_guards.finding import FoundGuard, GuardReader
from launchready.source.python.inline_guards.refusals import refusals_of
from launchready.source.python.project import Function, dotted_name

_LONGEST_ARGUMENT = 60
_MOST_ARGUMENTS = 8
_WRAPPERS = frozenset({
    "to_thread", "run_in_threadpool", "run_in_executor", "sync_to_async", "database_sync_to_async", "partial",
    "run_sync", "submit", "on_commit", "add_task", "get_object_or_404",
})  # fmt: skip
_CHOSEN = GIVEN | DERIVED | CALLER | OWNED
_COLUMN = re.compile(r"\s*(?:[=!:<>]| in )")


def function_facts(path: str, lines: list[str], flow: FileFlow) -> Iterator[FunctionFacts]:
    """Facts of every function of a file."""
    inner: dict[str, list[str]] = {}
    for scope in flow.scopes:
        outer, _, name = scope.name.rpartition(".")
        if scope.is_function:
            inner.setdefault(outer, []).append(name)
    for scope in flow.scopes:
        if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _facts(path, lines, flow, scope, inner.get(scope.name, []))


def _facts(path: str, lines: list[str], flow: FileFlow, scope: Scope, inner: list[str]) -> FunctionFacts:
    node = scope.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    reader = flow.guards[scope.name]
    keyed = list(_lookups(path, lines, scope))
    definite = tuple(dict.fromkeys(_settled(one) for one in keyed if not _open(one)))
    found = [(one, _guard(path, lines, one)) for one in _once(reader.guards)]
    return FunctionFacts(
        path=path,
        name=scope.name,
        line=first_line(node),
        end_line=node.end_lineno or node.lineno,
        lookups=definite,
        guards=tuple(guard for one, guard in found if not _by_parameter(one)),
        refusals=refusals_of(node, flow.names),
        calls=tuple(_calls(scope, node, inner)),
        compares_owner=reader.compares_owner,
        parameters=parameters_of(node),
        keyed=tuple(dict.fromkeys(one for one in keyed if _open(one))),
        comparisons=tuple(_comparisons(reader)),
        asked=tuple(
            AskedGuard(guard=guard, who=origin(one.value)) for one, guard in found if _by_parameter(one)
        ),
        gives=_gives(scope),
    )


def first_line(node: Function) -> int:
    """The line that a function begins in, decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def origin(value: Value) -> Origin:
    """Who chose a value."""
    caller = bool(value.flags & (CALLER | OWNED))
    given = bool(value.flags & (GIVEN | DERIVED)) and not caller
    return Origin(
        given=given,
        caller=caller,
        made=given and not value.flags & GIVEN,
        parameters=tuple(sorted(value.params)) if not caller else (),
    )


# -------------------------------------------------------------------------------------------- lookups


def _lookups(path: str, lines: list[str], scope: Scope) -> Iterator[KeyedLookup]:
    for query in scope.queries:
        key = query.key
        if query.narrowed or key is None or key.flags & (CALLER | OWNED):
            continue
        who = origin(key)
        if not who.given and not who.parameters:
            continue
        scoped = next((text for value, text in query.owners if _is_scope(value, text)), "")
        lookup = SourceLookup(
            model=query.model,
            key=query.key_text,
            action=LookupAction(query.action),
            bound=Bound.UNCLEAR if scoped else Bound.NONE,
            place=place_in(path, lines, query.line),
            term=scoped,
        )
        yield KeyedLookup(lookup=lookup, key=who, checks=tuple(dict.fromkeys(_checks(query))))


def _is_scope(value: Value, text: str) -> bool:
    """Whether a condition asks for a tenant that the caller named, or that was found some other way."""
    chosen = value.flags & (GIVEN | DERIVED | SCOPE) or value.params
    return (
        bool(chosen)
        and not value.flags & (CALLER | OWNED)
        and names_scope(_COLUMN.split(text, maxsplit=1)[0])
    )


def _checks(query: Query) -> Iterator[OwnerCheck]:
    for value, text in query.owners:
        if value.found:
            yield from (_parental(one, text, query.line) for one in value.found)
        elif value.flags & (CALLER | OWNED) or value.params:
            yield OwnerCheck(who=origin(value), text=text, line=query.line)
    yield from (_check(one) for one in query.checks)


def _parental(parent: Query | Called, text: str, line: int) -> OwnerCheck:
    """A condition on something that was fetched before: as good as what was asked of that."""
    if isinstance(parent, Query):
        certain = [origin(value) for value, _ in parent.owners if not value.found]
        certain += [origin(one.value) for one in parent.checks if one.certain and not one.helper]
        if any(one.caller for one in certain):
            return OwnerCheck(who=Origin(caller=True), text=text, line=line)
        parameters = tuple(sorted({name for one in certain for name in one.parameters}))
        if parameters or parent.key is None:
            return OwnerCheck(who=Origin(parameters=parameters), text=text, line=line)
        helpers = [one for one in parent.checks if one.helper]
        if helpers:
            return _check(helpers[0])
        return OwnerCheck(who=Origin(), text=text, line=line)
    return OwnerCheck(who=Origin(caller=True), text=text, line=parent.line, helper=parent.name)


def _check(test: OwnerTest) -> OwnerCheck:
    return OwnerCheck(
        who=origin(test.value),
        text=test.text,
        line=test.line,
        helper=test.helper,
        certain=test.certain,
        weak=test.weak,
    )


def _open(one: KeyedLookup) -> bool:
    """Whether a lookup's judgement waits for what the function is called with, or for the code of a helper."""
    return bool(one.key.parameters) or any(check.who.parameters or check.helper for check in one.checks)


def _settled(one: KeyedLookup) -> SourceLookup:
    """A lookup of which everything is known."""
    for check in one.checks:
        if check.who.caller and check.certain:
            return replace(one.lookup, bound=Bound.OWNER, term=check.text)
    unclear = next((check for check in one.checks if check.who.caller and not check.weak), None)
    return replace(one.lookup, bound=Bound.UNCLEAR, term=unclear.text) if unclear is not None else one.lookup


# ---------------------------------------------------------------------------------------------- calls


def _calls(scope: Scope, node: Function, inner: list[str]) -> Iterator[Call]:
    yield from _injected(node)
    for seen in scope.seen:
        called = _wrapped(seen)
        if called is not None:
            yield called
        if seen.called_as:
            yield Call(
                name=seen.called_as,
                line=line_of(seen.node),
                passed=tuple(_passed(seen.args, seen.keywords)),
                always=not seen.tests,
                checks=tuple(_check(one) for one in seen.called.checks) if seen.called is not None else (),
            )
    for name in inner:
        yield Call(name=name, line=node.lineno)


def _passed(args: Iterable[Value], keywords: dict[str, Value]) -> Iterator[tuple[str, Origin]]:
    named = ((str(index), value) for index, value in enumerate(args))
    for name, value in (*named, *keywords.items()):
        if value.flags & _CHOSEN or value.params:
            held = origin(value)
            if held.given or held.caller or held.parameters:
                yield name, held


def _wrapped(seen: Seen) -> Call | None:
    """The function that another one is told to call: `asyncio.to_thread(load, item_id)`."""
    node = seen.node
    if leaf(seen.name) not in _WRAPPERS:
        return None
    if isinstance(node.func, ast.Call):
        function, passed = (node.func.args[0] if node.func.args else None), seen.args
    else:
        index = next((i for i, one in enumerate(node.args) if leaf(dotted_name(one))[:1].islower()), None)
        if index is None:
            return None
        function, passed = node.args[index], seen.args[index + 1 :]
    name = dotted_name(function) if function is not None and not isinstance(function, ast.Call) else ""
    if not name:
        return None
    return Call(
        name=name, line=line_of(node), passed=tuple(_passed(passed, seen.keywords)), always=not seen.tests
    )


def _injected(node: Function) -> Iterator[Call]:
    """What the framework calls to fill the parameters, where `Depends` or a type says so."""
    plain = [*node.args.posonlyargs, *node.args.args]
    missing = len(plain) - len(node.args.defaults)
    pairs: list[tuple[ast.arg, ast.expr | None]] = [
        (one, node.args.defaults[index - missing] if index >= missing else None)
        for index, one in enumerate(plain)
    ]
    pairs.extend(zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True))
    for argument, default in pairs:
        annotation = unquoted(argument.annotation)
        filled = dependency_of(annotation, default)
        name = dotted_name(filled) if filled is not None else ""
        if filled is None and isinstance(annotation, ast.Name | ast.Attribute):
            name = dotted_name(annotation)
            name = name if leaf(name)[:1].isupper() else ""
        if name:
            yield Call(name=name, line=argument.lineno, injected=argument.arg, always=True)


# --------------------------------------------------------------------------------------------- guards


def _once(guards: Iterable[FoundGuard]) -> Iterator[FoundGuard]:
    known: set[tuple[str, int]] = set()
    for one in guards:
        if (one.name, one.line) not in known:
            known.add((one.name, one.line))
            yield one


def _guard(path: str, lines: list[str], one: FoundGuard) -> SourceGuard:
    return SourceGuard(
        name=one.name,
        kind=GuardKind.UNCLEAR if one.nested else one.kind,
        level=GuardLevel.INLINE,
        place=place_in(path, lines, one.line),
        role=one.role,
    )


def _by_parameter(one: FoundGuard) -> bool:
    return bool(one.value.params) and not one.value.flags & CALLER


def _comparisons(reader: GuardReader) -> Iterator[OwnerComparison]:
    for one in reader.comparisons:
        who = origin(one.value)
        yield OwnerComparison(of=tuple(sorted(one.of)), who=who, line=one.line)


def _gives(scope: Scope) -> Origin:
    """What a function gives back: the caller's identity, what was found by it, or (`given`) rows of everybody's."""
    parameters: set[str] = set()
    plain = False
    for one in scope.returned:
        if one.value.flags & (CALLER | OWNED):
            return Origin(caller=True)
        for found in (*one.value.queries, *one.value.found):
            if not isinstance(found, Query) or found.key is not None:
                continue
            held = [value for value, _ in found.owners]
            if any(value.flags & (CALLER | OWNED) for value in held):
                return Origin(caller=True)
            inner = {name for value in held for name in value.params}
            parameters.update(inner)
            plain = plain or (not inner and not found.checks and not any(value.found for value in held))
        if isinstance(one.node.value, ast.Name):
            parameters.update(one.value.params)
    return Origin(given=plain and not parameters, parameters=tuple(sorted(parameters)))

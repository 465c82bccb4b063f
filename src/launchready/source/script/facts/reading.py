"""What one JavaScript or TypeScript file says by itself."""

from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from launchready.model.source import Bound, SourceGuard, SourceLookup
from launchready.source.code.facts import (
    AskedGuard,
    Call,
    FileFacts,
    FunctionFacts,
    KeyedLookup,
    OwnerCheck,
    OwnerComparison,
)
from launchready.source.code.files import CodeFile
from launchready.source.script.access_tests import access_tests_in
from launchready.source.script.environment import variables_in
from launchready.source.script.facts.calls import Calls
from launchready.source.script.facts.origins import parameter_names, who_of
from launchready.source.script.flows.following import Flows
from launchready.source.script.functions.answers import refusals_in
from launchready.source.script.inline_guards.finding import Guarding, InlineGuards
from launchready.source.script.lookups.asking import Askers
from launchready.source.script.lookups.finding import Found, lookups_in
from launchready.source.script.nodes import FUNCTIONS, line_of
from launchready.source.script.reading import Reading, read_script
from launchready.source.script.sinks.finding import hits_in


@dataclass(slots=True)
class _Gathered:
    """What was found inside one function, inner functions with it."""

    function: SgNode
    calls: list[Call] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    guards: list[SourceGuard] = field(default_factory=list)
    asked: list[AskedGuard] = field(default_factory=list)
    lookups: list[SourceLookup] = field(default_factory=list)
    keyed: list[KeyedLookup] = field(default_factory=list)
    comparisons: list[OwnerComparison] = field(default_factory=list)
    compares_owner: bool = False


def script_facts(held: CodeFile) -> FileFacts:
    """The facts of a file; `problem` says why it was not understood."""
    reading = read_script(held)
    if reading is None:
        return FileFacts(path=held.path, problem="broken syntax")
    flows = Flows(reading)
    found = FileFacts(
        path=held.path,
        functions=_functions(reading, flows),
        hits=hits_in(reading, flows),
        variables=variables_in(reading),
        tests=access_tests_in(reading),
    )
    return replace(found, problem="too entangled to be followed to its end") if flows.exhausted else found


def _functions(reading: Reading, flows: Flows) -> tuple[FunctionFacts, ...]:
    functions = reading.functions()
    gathered = {hash(one): _Gathered(function=one) for one in functions}

    def around(node: SgNode) -> list[_Gathered]:
        return [gathered[hash(one)] for one in node.ancestors() if one.kind() in FUNCTIONS]

    askers = Askers(reading, flows)
    calls = Calls(reading, flows, askers)
    for node in (*reading.nodes("call_expression"), *reading.nodes("new_expression")):
        outer = around(node)
        made = calls.of(node, [one.function for one in outer]) if outer else []
        for one, (_, call) in zip(outer, made, strict=False):
            one.calls.append(call)
    for node, status in refusals_in(reading):
        for one in around(node):
            one.refusals.add(status)
    for guarding in InlineGuards(reading, flows).found():
        for one in around(guarding.node):
            _enter_guard(one, guarding)
    for found in lookups_in(reading, flows, askers):
        for one in around(found.query.node):
            _enter_lookup(one, found)
    return tuple(_facts(reading, gathered[hash(one)]) for one in functions)


def _enter_guard(held: _Gathered, guarding: Guarding) -> None:
    if guarding.who is None:
        held.compares_owner |= guarding.compares
        held.guards.extend([guarding.guard] if guarding.guard is not None else [])
        return
    who = who_of(guarding.who, held.function)
    if not who.parameters:
        return
    if guarding.compares:
        held.comparisons.append(OwnerComparison(of=(), who=who, line=line_of(guarding.node)))
    elif guarding.guard is not None:
        held.asked.append(AskedGuard(guard=guarding.guard, who=who))


def _enter_lookup(held: _Gathered, found: Found) -> None:
    key = who_of(found.source, held.function)
    if not key.given and not key.parameters:
        return
    checks = [
        OwnerCheck(who=who_of(source, held.function), text=text, line=found.lookup.place.line)
        for text, source in found.owners
        if source.parameters
    ]
    checks += [
        OwnerCheck(
            who=who_of(one.who, held.function),
            text=one.text,
            line=one.line,
            helper=one.name,
            certain=one.certain,
        )
        for one in found.asking
    ]
    if not checks and not key.parameters:
        held.lookups.append(found.lookup)
        return
    lookup = found.lookup
    if (
        any(source.parameters for _, source in found.owners)
        and lookup.bound is Bound.UNCLEAR
        and not found.tenant
    ):
        lookup = replace(lookup, bound=Bound.NONE, term="")
    held.keyed.append(KeyedLookup(lookup=lookup, key=key, checks=tuple(checks)))


def _facts(reading: Reading, held: _Gathered) -> FunctionFacts:
    first, last = reading.extent(held.function)
    compared = [
        OwnerCheck(who=one.who, text="compared with the caller afterwards", line=one.line)
        for one in held.comparisons
    ]
    keyed = [replace(one, checks=(*one.checks, *compared)) for one in held.keyed]
    return FunctionFacts(
        path=reading.path,
        name=reading.name_of(held.function),
        line=first,
        end_line=last,
        lookups=tuple(held.lookups),
        guards=tuple(sorted(held.guards, key=lambda one: one.place.line)),
        refusals=tuple(sorted(held.refusals)),
        calls=tuple(sorted(held.calls, key=lambda one: one.line)),
        compares_owner=held.compares_owner,
        parameters=parameter_names(held.function),
        keyed=tuple(keyed),
        comparisons=tuple(held.comparisons),
        asked=tuple(held.asked),
    )

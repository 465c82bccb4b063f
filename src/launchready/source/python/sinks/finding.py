"""Dangerous lines of one file: which calls and settings are looked at, and by which rules."""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from launchready.model.source import SourceHit
from launchready.source.code.lines import place_in
from launchready.source.python.flows.following import FileFlow
from launchready.source.python.flows.names import is_product, leaf
from launchready.source.python.flows.scopes import Scope, Seen
from launchready.source.python.logs import log_hits
from launchready.source.python.sinks.code import CODE_RULES
from launchready.source.python.sinks.keys import KEY_RULES, assigned_keys
from launchready.source.python.sinks.markup import MARKUP_RULES, returned_markup
from launchready.source.python.sinks.network import NETWORK_RULES, assigned_checks
from launchready.source.python.sinks.queries import QUERY_RULES
from launchready.source.python.sinks.rules import Hit, Site
from launchready.source.python.sinks.settings import SETTING_RULES, assigned_settings

Rule: TypeAlias = Callable[[Site, Seen], Iterator[Hit]]


def _by_name(*tables: Mapping[str, Rule]) -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for table in tables:
        for name, rule in table.items():
            found.setdefault(name, []).append(rule)
    return {name: tuple(rules) for name, rules in found.items()}


# By the last part of the called name
_RULES: Final = _by_name(CODE_RULES, KEY_RULES, MARKUP_RULES, NETWORK_RULES, QUERY_RULES, SETTING_RULES)


def file_hits(path: str, lines: list[str], flow: FileFlow) -> tuple[SourceHit, ...]:
    """The dangerous lines of a file; none for tests, samples, migrations and scripts."""
    if not is_product(path):
        return ()
    found: dict[tuple[str, int], SourceHit] = {}
    top = flow.scopes[0]
    assert isinstance(top.node, ast.Module)
    for scope in flow.scopes:
        site = Site(path=path, names=flow.names, scope=scope, module=top.node, top=top)
        for hit in _hits(site, scope):
            made = SourceHit(
                kind=hit.kind,
                rule=hit.rule,
                message=hit.message,
                place=place_in(path, lines, getattr(hit.node, "lineno", 1)),
                function=scope.name,
                flow=hit.flow,
                certain=hit.certain,
                fix=hit.fix,
            )
            key = (made.rule, made.place.line)
            known = found.get(key)
            if known is None or (made.certain and not known.certain):
                found[key] = made
    return tuple(sorted(found.values(), key=lambda one: (one.place.line, one.rule)))


def _hits(site: Site, scope: Scope) -> Iterator[Hit]:
    for seen in scope.seen:
        name = leaf(seen.name)
        for rule in _RULES.get(name, ()):
            yield from rule(site, seen)
        yield from log_hits(site, seen)
    yield from assigned_settings(site)
    yield from assigned_keys(site)
    yield from assigned_checks(site)
    if isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from returned_markup(site)

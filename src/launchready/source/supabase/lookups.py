"""Lookups under row level security: who may ask is told by the policies of the table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from launchready.model.source import Bound, DataTable, LookupAction, RowPolicy, SourceLookup, SourceRoute
from launchready.source.supabase.policies import INTERNAL_ROLES

UNDER_ROW_RULES = (
    "row level security"  # how the reader of lookups marks those that a client of a member makes
)
_COMMANDS = {LookupAction.READ: "select", LookupAction.UPDATE: "update", LookupAction.DELETE: "delete"}
_OWNED = re.compile(
    r"^(?:user|owner|author|member|profile|account|customer|creator|seller|buyer|sender|recipient|tenant|org|organi[sz]ation"
    r"|team|workspace)(?:_?id|_?uuid)?$|^(?:created_by|uid|auth_id)$",
    re.IGNORECASE,
)


def with_row_rules(routes: Iterable[SourceRoute], tables: Iterable[DataTable]) -> tuple[SourceRoute, ...]:
    """The routes with their lookups bound, or not, as the policies of the tables say."""
    by_name = {table.name: table for table in tables}
    if not by_name:
        return tuple(routes)
    return tuple(_with_rules(route, by_name) for route in routes)


def _with_rules(route: SourceRoute, tables: Mapping[str, DataTable]) -> SourceRoute:
    if not any(one.bound is Bound.UNCLEAR and one.term == UNDER_ROW_RULES for one in route.lookups):
        return route
    return replace(route, lookups=tuple(_ruled(one, tables) for one in route.lookups))


def _ruled(lookup: SourceLookup, tables: Mapping[str, DataTable]) -> SourceLookup:
    table = tables.get(lookup.model)
    if table is None or lookup.bound is not Bound.UNCLEAR or lookup.term != UNDER_ROW_RULES:
        return lookup
    bound, why = bound_by(table, lookup.action)
    return replace(lookup, bound=bound, term=why) if bound is not Bound.UNCLEAR else lookup


def bound_by(table: DataTable, action: LookupAction) -> tuple[Bound, str]:
    """Whether the policies for what is done bind it to the caller, and which; UNCLEAR where they do not tell."""
    if table.secured is None:
        return Bound.UNCLEAR, ""
    if not table.secured:
        return (Bound.NONE, "") if _has_owners(table) else (Bound.UNCLEAR, "")
    asked = [
        one for one in table.policies if one.command in {"all", _COMMANDS[action]} and not _is_internal(one)
    ]
    allowing = [one for one in asked if one.permissive]
    narrowing = [one for one in asked if not one.permissive and one.bound is Bound.OWNER]
    if not allowing:
        return Bound.OWNER, f"no policy lets anybody {_COMMANDS[action]}"
    if narrowing or all(one.bound is Bound.OWNER for one in allowing):
        named = ", ".join(f'policy "{one.name}"' for one in (narrowing or allowing))
        return Bound.OWNER, named
    if any(one.bound is Bound.NONE for one in allowing) and _has_owners(table):
        return Bound.NONE, ""
    return Bound.UNCLEAR, ""


def _is_internal(policy: RowPolicy) -> bool:
    return bool(policy.roles) and set(policy.roles) <= INTERNAL_ROLES


def _has_owners(table: DataTable) -> bool:
    """Whether rows belong to somebody, as far as columns tell: what belongs to nobody may be everybody's."""
    return any(_OWNED.match(name) for name in table.columns)

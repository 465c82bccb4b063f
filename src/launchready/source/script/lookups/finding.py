"""Objects that a function fetches by an id that the caller gave, and whether that is tied to the caller."""

import re
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from launchready.model.source import Bound, SourceLookup
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin, Source, names_caller
from launchready.source.script.lookups.asking import Askers, Asking, outermost
from launchready.source.script.lookups.found import Query, Term
from launchready.source.script.lookups.queries import queries_in
from launchready.source.script.nodes import FUNCTIONS
from launchready.source.script.reading import Reading

_IDS = frozenset(
    {
        "id",
        "_id",
        "uuid",
        "uid",
        "pk",
        "public_id",
        "publicId",
        "guid",
        "externalId",
        "external_id",
        "shortId",
        "cuid",
    }
)
_FOREIGN = re.compile(r"(?:Id|_id|ID|Uuid|_uuid)$")
_TENANTS = frozenset({
    "workspace", "team", "organization", "organisation", "org", "tenant", "project", "partner", "store",
    "company", "program", "membership", "teamMember",
})  # fmt: skip
_LONGEST_TERM = 80
_WORDS = (
    "find", "where", "update", "delete", "destroy", "query", "sql", "SELECT", "select", ".get(", ".from(", "execute",
    "Raw", ".one", ".any", ".none",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lookup with its query, where its id came from, what in the query says whose it is, and who else is asked."""

    lookup: SourceLookup
    query: Query
    given: Term
    source: Source
    owners: tuple[tuple[str, Source], ...]
    tenant: str = ""  # a term by what a wrapper around the handler found, such as the workspace
    asking: tuple[Asking, ...] = ()


def lookups_in(reading: Reading, flows: Flows, askers: Askers) -> list[Found]:
    """The lookups of a file, in the order of the text."""
    if not reading.has(*_WORDS):
        return []
    found: dict[tuple[int, str], Found] = {}
    for query in queries_in(reading):
        one = _found(reading, flows, query)
        if one is not None:
            found.setdefault((query.node.range().start.index, one.lookup.key), one)
    ordered = sorted(found.values(), key=lambda one: one.query.node.range().start.index)
    return [_by_what_is_around(askers, one, ordered) for one in ordered]


def _found(reading: Reading, flows: Flows, query: Query) -> Found | None:
    sources = [(term, flows.source(term.value, Mode.VALUE)) for term in query.terms]
    given = _id_term(query, sources)
    if given is None:
        return None
    term, source = given
    owners = [(one, held) for one, held in sources if one is not term and _is_owner(one, held)]
    sure = [one for one, held in owners if held.origin & (Origin.CALLER | Origin.OWN)]
    bound, why = Bound.NONE, ""
    if sure:
        bound, why = Bound.OWNER, _text(sure[0])
    elif owners:
        bound, why = Bound.UNCLEAR, _text(owners[0][0])
    elif query.guarded:
        bound, why = Bound.UNCLEAR, query.guarded
    elif query.open:
        bound, why = Bound.UNCLEAR, "conditions that are made elsewhere"
    lookup = SourceLookup(
        model=query.model,
        key=term.key,
        action=query.action,
        bound=bound,
        place=reading.place(query.node),
        term=why,
    )
    named = tuple((_text(one), held) for one, held in owners)
    tenant = next((_text(one) for one, held in sources if one is not term and _is_tenant(held)), "")
    if tenant and bound is Bound.NONE:
        lookup = replace(lookup, bound=Bound.UNCLEAR, term=tenant)
    return Found(lookup=lookup, query=query, given=term, source=source, owners=named, tenant=tenant)


def _id_term(query: Query, sources: list[tuple[Term, Source]]) -> tuple[Term, Source] | None:
    """The term whose value the caller chose, if it names one object."""
    chosen = [
        (term, source)
        for term, source in sources
        if term.own
        and source.origin & (Origin.REQUEST | Origin.PARAMETER)
        and not _is_owner(term, source, by_name=True)
    ]
    for term, source in chosen:
        if term.key in _IDS:
            return term, source
    for term, source in chosen:
        if _FOREIGN.search(term.key) and _is_of_model(term.key, query.model):
            return term, source
    return next(
        (
            (term, source)
            for term, source in chosen
            if _FOREIGN.search(term.key) and source.origin & Origin.REQUEST
        ),
        None,
    )


def _is_of_model(key: str, model: str) -> bool:
    """Whether `postId` names a `post`."""
    plain = _FOREIGN.sub("", key).replace("_", "").lower()
    return bool(plain) and plain in model.replace("_", "").lower()


def _is_owner(term: Term, source: Source, *, by_name: bool = False) -> bool:
    """Whether a term's value says who the caller is; `by_name`: only by the name of a parameter."""
    if source.origin & (Origin.CALLER | Origin.OWN) and not source.origin & Origin.REQUEST:
        return not by_name
    is_its_id = term.own and term.key in _IDS  # `author: { id: userId }` is the id of somebody else
    if source.origin & Origin.REQUEST or not source.origin & Origin.PARAMETER or is_its_id:
        return False
    return any(names_caller(word) for one in source.parameters for word in one.words)


def _is_tenant(source: Source) -> bool:
    """Whether a value is of what the request was let into: a wrapper, which was not read, may have asked for it."""
    return source.origin is Origin.PARAMETER and all(
        set(one.words[:1]) & _TENANTS and len(one.words) > 1 for one in source.parameters
    )


def _text(term: Term) -> str:
    around = term.value.parent()
    node = (
        around
        if around is not None and around.kind() in {"pair", "arguments", "binary_expression"}
        else term.value
    )
    text = " ".join(node.text().split())
    return text if len(text) <= _LONGEST_TERM else text[: _LONGEST_TERM - 1] + "…"


# ------------------------------------------------------------------------------------- what is around it


def _by_what_is_around(askers: Askers, found: Found, all_found: list[Found]) -> Found:
    """A lookup by id alone, with what was asked before it: another lookup with the owner, a call that may refuse."""
    if found.lookup.bound is not Bound.NONE:
        return found
    at, same = found.query.node.range().start.index, _plain(found.given.value)
    function = outermost(found.query.node)
    for other in all_found:
        before = other.query.node.range().start.index < at
        if not before or not other.owners or outermost(other.query.node) != function:
            continue
        ids = {_plain(term.value) for term in other.query.terms}
        if same not in ids or not _is_checked(other.query.node):
            continue
        if other.lookup.bound is Bound.OWNER:
            return _with(found, Bound.OWNER, f"fetched before by {other.lookup.term}")
        # Whether what a service is given is the caller shows where it is called
        owners = tuple((f"fetched before by {text}", held) for text, held in other.owners)
        return replace(_with(found, Bound.UNCLEAR, owners[0][0]), owners=owners)
    return replace(found, asking=askers.about(found.query.node, _names_of(found)))


def _with(found: Found, bound: Bound, term: str) -> Found:
    return replace(found, lookup=replace(found.lookup, bound=bound, term=term))


def _plain(node: SgNode) -> str:
    return node.text().replace("?", "").replace("!", "")


def _is_checked(node: SgNode) -> bool:
    """Whether what a query found is asked for, or the query throws by itself."""
    if "OrThrow" in node.text() or "OrFail" in node.text():
        return True
    for around in node.ancestors():
        if around.kind() == "variable_declarator":
            name = around.field("name")
            block = around.parent().parent() if around.parent() is not None else None  # type: ignore[union-attr]
            names = re.findall(r"\w+", name.text()) if name is not None else []
            text = block.text() if block is not None else ""
            return any(
                re.search(rf"!\s*{re.escape(one)}\b|\b{re.escape(one)}\s*={{2,3}}\s*null", text)
                for one in names
            )
        if around.kind() in FUNCTIONS:
            return False
    return False


def _names_of(found: Found) -> list[str]:
    """What names the object: its id as it was given, and the variable that it was put into."""
    names = [_plain(found.given.value)]
    for around in found.query.node.ancestors():
        if around.kind() in {"variable_declarator", "assignment_expression"}:
            target = around.field("name") or around.field("left")
            names += re.findall(r"[A-Za-z_$][\w$]*", target.text()) if target is not None else []
            break
        if around.kind() in FUNCTIONS:
            break
    return names

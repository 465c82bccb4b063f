"""Tables and functions that code names through a Supabase client."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import CodePlace
from launchready.source.code.lines import place_in
from launchready.source.python.project import PythonProject
from launchready.source.script.binding import ScriptModule
from launchready.source.script.nodes import arguments_of, dotted_name, unwrapped
from launchready.source.script.project import ScriptProject

_PACKAGE = re.compile(r"[\"']@supabase/|[\"']@nuxtjs/supabase[\"']")
_CLIENT = re.compile(r"supabase|\bsb\b|\bclient\b|admin|postgrest", re.IGNORECASE)
_QUERIES = frozenset({"select", "insert", "update", "upsert", "delete"})
# `from` of these is of the language, of files, or of another query builder
_OTHERS = frozenset(
    {"Array", "Buffer", "Uint8Array", "Readable", "Observable", "knex", "Iterator", "Map", "Set"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A table, or a function (`rpc`), named in code. `schema` is "public" unless the code names another."""

    name: str
    schema: str
    place: CodePlace
    is_function: bool = False


def uses_supabase(project: ScriptProject) -> bool:
    """Whether a package.json of the repository names a Supabase client."""
    return any(
        path.rpartition("/")[2] == "package.json" and _PACKAGE.search(held.text) is not None
        for path, held in project.settings.items()
    )


def script_uses(project: ScriptProject) -> Iterator[Use]:
    """What `.from("x")` and `.rpc("f")` name; storage buckets are no tables."""
    for path in sorted(project.files):
        text = project.files[path].text
        if ".from(" not in text and ".rpc(" not in text and ".from<" not in text and ".rpc<" not in text:
            continue
        module = project.module(path)
        if module is None:
            continue
        for call in module.root.find_all(kind="call_expression"):
            found = _script_use(project, module, call)
            if found is not None:
                yield found


def _script_use(project: ScriptProject, module: ScriptModule, call: SgNode) -> Use | None:
    called = call.field("function")
    if called is None or called.kind() != "member_expression":
        return None
    method, owner = called.field("property"), called.field("object")
    if method is None or owner is None or method.text() not in {"from", "rpc"}:
        return None
    given = arguments_of(call)
    name = project.text(module, given[0]) if given else None
    if not name or not re.fullmatch(r"[\w.-]+", name) or not _is_client(call, unwrapped(owner)):
        return None
    return Use(
        name=name,
        schema=_schema(project, module, unwrapped(owner)),
        place=module.place(method),
        is_function=method.text() == "rpc",
    )


def _is_client(call: SgNode, owner: SgNode) -> bool:
    """Whether what `from` is called on is a Supabase client, by its name or by the query that follows."""
    name = dotted_name(owner)
    parts = name.split(".")
    if parts[-1] == "storage" or parts[0] in _OTHERS:
        return False
    if _CLIENT.search(name):
        return True
    around = call.parent()
    following = (
        around.field("property") if around is not None and around.kind() == "member_expression" else None
    )
    return following is not None and following.text() in _QUERIES


def _schema(project: ScriptProject, module: ScriptModule, owner: SgNode) -> str:
    """The schema of `client.schema("x").from(…)`."""
    called = owner.field("function") if owner.kind() == "call_expression" else None
    name = called.field("property") if called is not None and called.kind() == "member_expression" else None
    if name is None or name.text() != "schema":
        return "public"
    given = arguments_of(owner)
    return (project.text(module, given[0]) if given else None) or "public"


def python_uses(project: PythonProject) -> Iterator[Use]:
    """What `.table("x")`, `.from_("x")` and `.rpc("f")` name in files that have to do with Supabase."""
    for module in project.modules("supabase"):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            first, method = node.args[0], node.func.attr
            if method not in {"table", "from_", "rpc"} or not isinstance(first, ast.Constant):
                continue
            owner = node.func.value
            if isinstance(owner, ast.Attribute) and owner.attr == "storage":
                continue
            if isinstance(first.value, str) and first.value:
                place = place_in(module.path, module.lines, node.lineno)
                yield Use(name=first.value, schema="public", place=place, is_function=method == "rpc")


# ------------------------------------------------------------------------------------------ generated types


def typed_tables(project: ScriptProject) -> Mapping[str, tuple[CodePlace, tuple[str, ...]]]:
    """Tables of the schema `public` in generated types (`supabase gen types`), with their columns."""
    found: dict[str, tuple[CodePlace, tuple[str, ...]]] = {}
    for module in project.modules("Tables: {"):
        if "Row: {" not in project.files[module.path].text:
            continue
        for tables in module.root.find_all(kind="property_signature"):
            name = tables.field("name")
            if name is None or name.text() != "Tables" or _owner(tables) != "public":
                continue
            for table, node in _properties(tables):
                row = dict(_properties(node)).get("Row")
                columns = tuple(name for name, _ in _properties(row)) if row is not None else ()
                found.setdefault(table, (module.place(node), columns))
    return found


def _owner(node: SgNode) -> str:
    """The name of the property that a property is written in."""
    for around in node.ancestors():
        if around.kind() == "property_signature":
            name = around.field("name")
            return name.text().strip("\"'") if name is not None else ""
    return ""


def _properties(node: SgNode) -> Iterator[tuple[str, SgNode]]:
    """Names and nodes of the properties of an object type that a property has."""
    held = node.field("type")
    inner = (
        [child for child in held.named_children() if child.kind() == "object_type"]
        if held is not None
        else []
    )
    for child in inner[0].named_children() if inner else []:
        name = child.field("name")
        if child.kind() == "property_signature" and name is not None:
            yield name.text().strip("\"'"), child

"""A repository's Supabase projects: tables with their row policies, and the keys that code uses."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from launchready.model.source import CodePlace, DataKey, DataTable, Flow, HitKind, Skipped, SourceHit
from launchready.source.code.files import CodeFile, CodeFiles, Language
from launchready.source.places import Place, place_of
from launchready.source.python.project import PythonProject
from launchready.source.script.project import ScriptProject
from launchready.source.supabase.clients import Use, python_uses, script_uses, typed_tables, uses_supabase
from launchready.source.supabase.keys import keys_in, super_keys_in_browsers
from launchready.source.supabase.schema import policies_of, schema_of
from launchready.source.supabase.tables import CLIENT_ROLES, Schema, SqlFunction, Table

_MIGRATION = re.compile(r"^(?P<root>(?:.*/)?supabase)/migrations/(?P<file>[^/]+)\.sql$")
_DECLARED = re.compile(r"^(?P<root>(?:.*/)?supabase)/schemas/.+\.sql$")
_BESIDE = re.compile(r"^(?P<root>(?:.*/)?supabase)/(?P<file>[^/]+)\.sql$")
_ROW_RULES = re.compile(r"row\s+level\s+security|create\s+policy|auth\.uid\(\)", re.IGNORECASE)
_PYTHON_PACKAGE = re.compile(r"^\s*[\"']?supabase\b", re.MULTILINE)
_WRITES = frozenset({"insert", "update", "delete", "truncate"})
# From here on, projects of Supabase grant clients nothing on new tables (changelog of 28 April 2026)
_EXPLICIT_FROM = "20261030"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupabaseFound:
    """What a repository says about its Supabase projects; `notes` are about what only a database would tell."""

    tables: tuple[DataTable, ...] = ()
    keys: tuple[DataKey, ...] = ()
    hits: tuple[SourceHit, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def read_supabase(files: CodeFiles, script: ScriptProject, python: PythonProject) -> SupabaseFound:
    """Tables, keys and dangerous places; nothing where the repository has nothing to do with Supabase."""
    sets = list(_projects(files))
    if not sets and not uses_supabase(script) and not _uses_in_python(files):
        return SupabaseFound()
    uses = [
        use
        for use in (*script_uses(script), *python_uses(python))
        if place_of(use.place.path) is not Place.TEST
    ]
    types = typed_tables(script)
    tables: list[DataTable] = []
    hits: list[SourceHit] = []
    notes: list[str] = []
    skipped: list[Skipped] = []
    for one in sets:
        tables.extend(_tables(one, uses))
        hits.extend(_powerful_functions(one.schema))
        notes.extend((*one.schema.notes, *_views(one)))
        skipped.extend(one.schema.skipped)
    known = {table.name for table in tables} | {name for one in sets for name in one.closed()}
    tables.extend(_without_sql(uses, types, known))
    keys = keys_in(files.by_path)
    return SupabaseFound(
        tables=tuple(sorted(tables, key=lambda one: (one.name, str(one.place)))),
        keys=tuple(sorted((one.key for one in keys), key=lambda one: (str(one.place), one.name))),
        hits=(*hits, *super_keys_in_browsers(keys)),
        notes=tuple(notes),
        skipped=tuple(skipped),
    )


# ------------------------------------------------------------------------------------------------ projects


@dataclass(frozen=True, slots=True, kw_only=True)
class _Project:
    """The SQL of one Supabase project, and the schemas that its data API serves."""

    schema: Schema
    served: frozenset[str]

    def reachable(self) -> Iterator[Table]:
        """Tables and views on which clients may have rights."""
        for table in self.schema.tables.values():
            if table.schema in self.served and not _closed(table):
                yield table

    def closed(self) -> Iterator[str]:
        """Names of tables on which clients have no rights."""
        return (
            _name(one) for one in self.schema.tables.values() if one.schema in self.served and _closed(one)
        )


def _projects(files: CodeFiles) -> Iterator[_Project]:
    """Each folder `supabase` is a project: its migrations in order, else its declared schemas, else other SQL."""
    sql = files.of(Language.SQL)
    by_root: dict[str, list[CodeFile]] = {}
    for pattern in (_MIGRATION, _DECLARED, _BESIDE):
        for path in sorted(sql):
            match = pattern.match(path)
            seed = path.endswith("/seed.sql")
            if match is not None and not seed and (match["root"], pattern) not in _others(by_root, pattern):
                by_root.setdefault(match["root"], []).append(sql[path])
    for root, held in by_root.items():
        config = files.by_path.get(f"{root}/config.toml")
        served, exposed = _api_settings(config)
        ordered = _MIGRATION.match(held[0].path) is not None
        yield _Project(schema=schema_of(held, ordered=ordered, exposed=exposed), served=served)
    if not by_root:
        loose = [
            held
            for path, held in sorted(sql.items())
            if _ROW_RULES.search(held.text) and place_of(path) is not Place.TEST
        ]
        if loose:
            yield _Project(schema=schema_of(loose, ordered=False), served=frozenset({"public"}))


def _others(
    by_root: Mapping[str, list[CodeFile]], pattern: re.Pattern[str]
) -> set[tuple[str, re.Pattern[str]]]:
    """Projects whose SQL was found by a better pattern already."""
    return {(root, pattern) for root, held in by_root.items() if held and pattern.match(held[0].path) is None}


def _api_settings(config: CodeFile | None) -> tuple[frozenset[str], bool]:
    """The schemas that the data API serves, and whether clients get rights on new tables by themselves."""
    try:
        document = tomllib.loads(config.text) if config is not None else {}
    except (tomllib.TOMLDecodeError, RecursionError):
        document = {}
    api = document.get("api")
    api = api if isinstance(api, dict) else {}
    schemas = api.get("schemas")
    named = {str(one) for one in schemas} if isinstance(schemas, list) else set()
    return frozenset({"public", *named} - {"storage", "graphql_public"}), api.get(
        "auto_expose_new_tables"
    ) is not False


def _uses_in_python(files: CodeFiles) -> bool:
    return any(
        path.rpartition("/")[2] in {"pyproject.toml", "Pipfile", "setup.cfg"} or "requirements" in path
        for path, held in files.of(Language.SETTINGS).items()
        if "supabase" in held.text and _PYTHON_PACKAGE.search(held.text)
    )


# -------------------------------------------------------------------------------------------------- tables


def _name(table: Table) -> str:
    return table.name if table.schema == "public" else f"{table.schema}.{table.name}"


def _closed(table: Table) -> bool:
    """Whether clients have no rights on a table, whatever its policies say."""
    if table.closed_to >= CLIENT_ROLES:
        return True
    stated = bool(table.granted) and not table.granted & {*CLIENT_ROLES, "public"}
    file = table.place.path.rpartition("/")[2]
    return stated and file[:8].isdigit() and file[:8] >= _EXPLICIT_FROM


def _tables(project: _Project, uses: Iterable[Use]) -> Iterator[DataTable]:
    places: dict[str, list[CodePlace]] = {}
    for use in uses:
        if not use.is_function:
            places.setdefault(_used_name(use), []).append(use.place)
    for table in project.reachable():
        secured = table.secured
        if secured is False and project.schema.secures_more:
            secured = None
        yield DataTable(
            name=_name(table),
            secured=secured,
            policies=policies_of(project.schema, table),
            place=table.place,
            used=tuple(places.get(_name(table), ())),
            columns=tuple(table.columns),
        )


def _used_name(use: Use) -> str:
    return use.name if use.schema == "public" else f"{use.schema}.{use.name}"


def _without_sql(
    uses: Iterable[Use], types: Mapping[str, tuple[CodePlace, tuple[str, ...]]], known: set[str]
) -> Iterator[DataTable]:
    """Tables that code or generated types name and no SQL of the repository makes."""
    places: dict[str, list[CodePlace]] = {}
    for use in uses:
        if not use.is_function:
            places.setdefault(_used_name(use), []).append(use.place)
    for name in sorted({*places, *types} - known):
        place, columns = types.get(name, (None, ()))
        yield DataTable(
            name=name, secured=None, place=place, used=tuple(places.get(name, ())), columns=columns
        )


def _views(project: _Project) -> Iterator[str]:
    """Views run with their owner's rights unless they say otherwise: policies of the tables do not hold there."""
    for table in project.reachable():
        if table.is_view and table.secured is None:
            yield (
                f"{table.place}: view {_name(table)} runs with its owner's rights (no security_invoker), "
                "so no row policy holds for what it shows"
            )


def _powerful_functions(schema: Schema) -> Iterator[SourceHit]:
    """Functions that clients may call, that change rows with their owner's rights, and ask nothing of their caller."""
    asked = schema.known_functions()
    for (owner, name), function in schema.functions.items():
        if owner != "public" or not function.definer or _is_closed_function(function):
            continue
        words = {word.lower for word in function.body}
        if function.returns in {"trigger", "event_trigger"} or not words & _WRITES or asked(name) is not None:
            continue
        yield SourceHit(
            kind=HitKind.SUPER_KEY,
            rule="supabase-open-definer-function",
            message=f"Function {name} changes rows with its owner's rights and does not ask who calls it",
            place=function.place,
            function=name,
            flow=Flow.NONE,
            certain=False,
            fix=f"Compare auth.uid() in it, or REVOKE EXECUTE ON FUNCTION {name} FROM public, anon, authenticated.",
        )


def _is_closed_function(function: SqlFunction) -> bool:
    """Every role may call a function unless PUBLIC lost that right (GRANT, PostgreSQL)."""
    return "public" in function.closed_to and not function.granted & CLIENT_ROLES

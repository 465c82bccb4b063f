"""The review of a repository's code: read, parsed, never run.

What one file says by itself (`FileFacts`) is kept by the file's content; what files say together (routes with prefixes
and guard chains) is read anew each time, from the files that have a word of the framework in them.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from launchready.model.evidence import Gap, SourceReview
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.source import OPEN_ROUTES, DataTable, Skipped
from launchready.source.code.facts import Call, FileFacts, Found, FoundRoute, FunctionFacts, Key
from launchready.source.code.files import CodeFile, CodeFiles, Language, read_files
from launchready.source.environment import environment
from launchready.source.joining import joined, with_routes
from launchready.source.looking import looked_for
from launchready.source.python.callee import python_callee
from launchready.source.python.facts import python_facts
from launchready.source.python.project import PythonProject
from launchready.source.python.sinks.settled import settled
from launchready.source.readers import PYTHON_READERS, SCRIPT_READERS
from launchready.source.repository import WorkingTree
from launchready.source.script.callee import script_callee
from launchready.source.script.facts.reading import script_facts
from launchready.source.script.project import ScriptProject
from launchready.source.settings.listings import listed_variables
from launchready.source.settings.pipelines import test_jobs
from launchready.source.settings.servers import server_hits
from launchready.source.supabase.lookups import with_row_rules
from launchready.source.supabase.reading import read_supabase

Project = TypeVar("Project", PythonProject, ScriptProject)
_FACTS: Mapping[Language, Callable[[CodeFile], FileFacts]] = {
    Language.PYTHON: python_facts,
    Language.SCRIPT: script_facts,
}


class Keeper(Protocol):
    """Keeps facts by the content that they are of; see `launchready.source.facts_cache`."""

    def get(self, held: CodeFile) -> FileFacts | None:
        """The facts of this file with this content, if they are kept."""

    def put(self, held: CodeFile, facts: FileFacts) -> None:
        """Keep them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewScope:
    """What is asked: everything, or only what lies in `changed` files (paths from the repository's root)."""

    changed: frozenset[str] | None = None

    def covers(self, path: str) -> bool:
        """Whether what lies in this file is asked."""
        return self.changed is None or path in self.changed


async def review(
    tree: WorkingTree, *, scope: ReviewScope | None = None, keeper: Keeper | None = None
) -> SourceReview:
    """Read the code of a working tree. Nothing in it is executed, nothing is sent."""
    return await asyncio.to_thread(_review_tree, tree, scope or ReviewScope(), keeper)


def _review_tree(tree: WorkingTree, scope: ReviewScope, keeper: Keeper | None) -> SourceReview:
    found = review_files(read_files(tree), scope=scope, keeper=keeper)
    cut = (_gap("the rest of the repository", "it holds more files than are read"),) if tree.cut else ()
    return replace(found, root=tree.root.name, gaps=(*cut, *found.gaps))


def review_files(
    files: CodeFiles, *, scope: ReviewScope | None = None, keeper: Keeper | None = None
) -> SourceReview:
    """The review of files that were read already."""
    scope = scope or ReviewScope()
    python = PythonProject(files.of(Language.PYTHON), files.of(Language.SETTINGS))
    script = ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS))
    facts = _Facts(files, keeper)
    found = [
        *(_found(read, python) for read in PYTHON_READERS),
        *(_found(read, script) for read in SCRIPT_READERS),
    ]

    def callee(caller: FunctionFacts, call: Call) -> Key | None:
        is_python = caller.path.endswith(".py")
        return python_callee(python, caller, call) if is_python else script_callee(script, caller, call)

    store = read_supabase(files, script, python)
    routes = with_row_rules(joined(_asked(found, scope), facts, callee), store.tables)
    asked = [facts.of(path) for path in sorted(files.by_path) if scope.covers(path)]
    served = [hit for hit in server_hits(files.by_path) if scope.covers(hit.place.path)]
    found_hits = settled((hit for one in asked for hit in one.hits), files.by_path)
    hits = with_routes((*found_hits, *served), routes)
    stored = with_routes((hit for hit in store.hits if scope.covers(hit.place.path)), routes)
    problems = [_gap(OPEN_ROUTES, problem) for each in found for problem in each.problems]
    if scope.changed is not None:
        problems.append(_gap("the rest of the repository", "only what changed was asked for"))
    broken = (Skipped(path=one.path, reason=one.problem) for one in asked if one.problem)
    skipped = {one.path: one for one in (*files.skipped, *broken, *store.skipped)}
    code = [one for one in files.by_path.values() if one.language in _FACTS]
    return SourceReview(
        root="",
        files=len(code),
        lines=sum(one.lines for one in code),
        apps=tuple(app for each in found for app in each.apps),
        routes=routes,
        hits=(*hits, *stored),
        variables=environment(
            (read for one in asked for read in one.variables), listed_variables(files.by_path)
        ),
        tables=tuple(table for table in store.tables if _is_asked(table, scope)),
        keys=tuple(key for key in store.keys if scope.covers(key.place.path)),
        tests=tuple(test for one in asked for test in one.tests),
        jobs=test_jobs(files.by_path),
        skipped=tuple(sorted(skipped.values(), key=lambda one: one.path)),
        gaps=tuple(problems),
        notes=store.notes,
        looked_for=looked_for(one.language for one in code),
    )


def _found(read: Callable[[Project], Found], project: Project) -> Found:
    """What a reader finds; one that fails on this code says so, and the others go on."""
    try:
        return read(project)
    except Exception as error:  # noqa: BLE001 - the audited code may be hostile; a gap keeps every pass away
        what = read.__name__.removeprefix("read_").replace("_", " ")
        return Found(problems=(f"the routes of {what} could not be read: {type(error).__name__}",))


def _is_asked(table: DataTable, scope: ReviewScope) -> bool:
    """Whether a table was made, is ruled or is used in what is asked."""
    made = (table.place,) if table.place is not None else ()
    places = (*made, *table.used, *(policy.place for policy in table.policies))
    return scope.changed is None or any(scope.covers(place.path) for place in places)


def _asked(found: Iterable[Found], scope: ReviewScope) -> tuple[FoundRoute, ...]:
    """The routes in question, each once, in the order of their paths."""
    known = {
        (one.route.app, one.route.id, one.route.place): one
        for each in found
        for one in each.routes
        if scope.covers(one.route.place.path)
    }
    return tuple(sorted(known.values(), key=lambda one: (one.route.path, one.route.method, one.route.app)))


class _Facts(Mapping[Key, FunctionFacts]):
    """Functions by file and name; a file's facts are made, or taken from the keeper, when first asked for."""

    def __init__(self, files: CodeFiles, keeper: Keeper | None) -> None:
        self._files = files.by_path
        self._keeper = keeper
        self._known: dict[str, FileFacts] = {}
        self._functions: dict[str, dict[str, FunctionFacts]] = {}

    def of(self, path: str) -> FileFacts:
        """The facts of one file; empty for what is no code."""
        if path not in self._known:
            held = self._files.get(path)
            made = _FACTS.get(held.language) if held is not None else None
            self._known[path] = (
                FileFacts(path=path) if held is None or made is None else self._made(held, made)
            )
        return self._known[path]

    def _made(self, held: CodeFile, make: Callable[[CodeFile], FileFacts]) -> FileFacts:
        kept = self._keeper.get(held) if self._keeper is not None else None
        if kept is not None:
            return kept
        try:
            facts = make(held)
        except Exception as error:  # noqa: BLE001 - as for the readers; named among what was skipped
            return FileFacts(path=held.path, problem=f"it could not be read: {type(error).__name__}")
        if self._keeper is not None:
            self._keeper.put(held, facts)
        return facts

    def __getitem__(self, key: Key) -> FunctionFacts:
        path, name = key
        if path not in self._functions:
            self._functions[path] = {one.name: one for one in self.of(path).functions}
        return self._functions[path][name]

    def __iter__(self) -> Iterator[Key]:
        return ((path, one.name) for path in self._files for one in self.of(path).functions)

    def __len__(self) -> int:
        return sum(len(self.of(path).functions) for path in self._files)


def _gap(what: str, reason: str) -> Gap:
    remedy = Remedy(
        input=Input.SPECIFICATION,
        sentence="Give the API's description, too (--spec FILE-OR-URL): what the code leaves open stands there.",
    )
    return Gap(what=what, cause=Cause.PARTIAL, reason=reason, remedy=remedy)

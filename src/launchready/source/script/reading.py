"""One parsed file with what its rules ask for again and again."""

import re
from collections.abc import Mapping
from functools import cached_property

from ast_grep_py import SgNode

from launchready.model.source import CodePlace
from launchready.source.code.files import CodeFile
from launchready.source.code.lines import place_in
from launchready.source.places import Place, place_of
from launchready.source.script.binding import Imported, ScriptModule, bind_all
from launchready.source.script.bindings import Bindings
from launchready.source.script.functions.finding import first_line, qualified_name
from launchready.source.script.nodes import FUNCTIONS, end_line_of, line_of, parse_script

_KINDS = (
    *sorted(FUNCTIONS), "call_expression", "new_expression", "if_statement", "variable_declarator",
    "assignment_expression", "augmented_assignment_expression", "number", "for_in_statement", "catch_clause",
)  # fmt: skip
_ASIDE = re.compile(
    r"(?:^|/)(?:docs?|documentation|examples?|samples?|demos?|tutorials?|migrations?|seeds?|seeders?|scripts?|tools?|tooling|"
    r"bin|cli|bench(?:mark)?s?|stories|\.storybook|codemods?|e2e[\w-]*|playground|templates/[\w-]+/(?:src|app)|load-?tests?|"
    r"test-?(?:utils?|helpers?|data)|\.\w+)/"
    r"|(?:^|/)(?:seed|migrate|gulpfile|gruntfile|karma|jest\.setup|vitest\.setup|setup-?tests?|tests?-?setup|global-?setup)[\w.-]*\.[cm]?[jt]sx?$"
    r"|^(?:[^/]+/){0,3}(?:build|release|deploy|publish|bundle|postinstall|preinstall)[\w-]*\.[cm]?js$|(?:^|/)integration/[\w-]*setup"
    r"|\.(?:config|stories|story|seed|seeder|migration|mock|fixture|bench|cy|e2e|d)\.[cm]?[jt]sx?$",
    re.IGNORECASE,
)


class Reading:
    """A file, its tree, the nodes of the common kinds, and the bindings of its names. Made once a file."""

    def __init__(self, held: CodeFile, root: SgNode) -> None:
        self.path = held.path
        self.text = held.text
        self.root = root
        self.lines = held.text.splitlines()
        self.place_kind: Place = place_of(held.path)
        self._nodes: dict[str, list[SgNode]] = {}
        for node in root.find_all(any=[{"kind": kind} for kind in _KINDS]):
            self._nodes.setdefault(node.kind(), []).append(node)

    def nodes(self, kind: str) -> list[SgNode]:
        """All nodes of a kind in the order of the text."""
        if kind not in self._nodes and kind not in _KINDS:
            self._nodes[kind] = self.root.find_all(kind=kind)
        return self._nodes.get(kind, [])

    def functions(self) -> list[SgNode]:
        """All functions, by their beginning."""
        return self._functions

    def has(self, *words: str) -> bool:
        """Whether the text has one of the words: asked before anything costly."""
        return any(word in self.text for word in words)

    def place(self, node: SgNode) -> CodePlace:
        """Where a node begins."""
        return place_in(self.path, self.lines, line_of(node))

    def names_around(self, node: SgNode) -> tuple[SgNode, ...]:
        """The functions around a node, innermost first."""
        return tuple(one for one in node.ancestors() if one.kind() in FUNCTIONS)

    def function_name(self, node: SgNode) -> str:
        """The qualified name of the innermost function around a node; empty at the top level."""
        around = self.names_around(node)
        return self.name_of(around[0]) if around else ""

    def name_of(self, function: SgNode) -> str:
        """The qualified name of a function."""
        mark = hash(function)
        if mark not in self._names:
            self._names[mark] = qualified_name(function)
        return self._names[mark]

    @cached_property
    def _names(self) -> dict[int, str]:
        return {}

    @cached_property
    def _functions(self) -> list[SgNode]:
        found = [node for kind in FUNCTIONS for node in self.nodes(kind)]
        return sorted(found, key=lambda node: (node.range().start.index, -node.range().end.index))

    @cached_property
    def module(self) -> ScriptModule:
        """What the file imports and binds at its top level."""
        module = ScriptModule(path=self.path, root=self.root, lines=self.lines)
        bind_all(module)
        return module

    @cached_property
    def imports(self) -> Mapping[str, Imported]:
        """Imported names."""
        return self.module.imports

    @cached_property
    def packages(self) -> frozenset[str]:
        """What is imported, by specifier."""
        return frozenset(one.origin for one in self.imports.values())

    @cached_property
    def bindings(self) -> Bindings:
        """The names of the file, with their scopes."""
        return Bindings(self.root)

    @cached_property
    def directives(self) -> frozenset[str]:
        """`use client`, `use server` at the top of the file."""
        found = set()
        for statement in self.root.named_children():
            if statement.kind() == "comment":
                continue
            text = statement.text().strip().rstrip(";").strip("'\"")
            if statement.kind() != "expression_statement" or not text.startswith("use "):
                break
            found.add(text)
        return frozenset(found)

    @cached_property
    def for_browsers(self) -> bool:
        """Whether the file says that it runs in the browser."""
        return "use client" in self.directives

    @cached_property
    def is_product(self) -> bool:
        """Whether the file is part of what is shipped: no test, example, documentation, migration, seed or tool."""
        return self.place_kind is not Place.TEST and _ASIDE.search(self.path) is None

    def extent(self, function: SgNode) -> tuple[int, int]:
        """First and last line of a function."""
        return first_line(function), end_line_of(function)


def read_script(held: CodeFile) -> Reading | None:
    """The reading of a file; None where it is broken."""
    root = parse_script(held.path, held.text)
    return Reading(held, root) if root is not None else None

"""JavaScript and TypeScript modules of a repository, and what a name in one of them stands for."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ast_grep_py import SgNode

from launchready.source.code.files import CodeFile
from launchready.source.script.aliases import aliases_of, loaded_json
from launchready.source.script.binding import Imported, ScriptModule, bind_all
from launchready.source.script.nodes import (
    CLASSES,
    arguments_of,
    base_class,
    class_members,
    dotted_name,
    enum_members,
    is_require,
    object_entries,
    operator_of,
    parse_script,
    required,
    string_value,
    unwrapped,
)
from launchready.source.script.workspace import Workspace, candidates, package_and_rest, workspaces

_UNCHANGED = frozenset({"Object.freeze", "Object.seal"})
_DEEPEST = 12  # steps of one name through modules and assignments
_SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """A name that a module of the repository binds: a function, class, or the value assigned to it."""

    module: ScriptModule
    node: SgNode
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A name of a package: `express` is ("express", "default"), `{ Router }` of it ("express", "Router")."""

    package: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A module of the repository itself, as a name (`import * as`, `require`)."""

    module: ScriptModule


Meaning: TypeAlias = Defined | Outside | Whole


class ScriptProject:
    """All JavaScript and TypeScript files of a repository, parsed when they are first asked for."""

    def __init__(self, files: Mapping[str, CodeFile], settings: Mapping[str, CodeFile]) -> None:
        self.files = files
        self.settings = settings
        self.broken: dict[str, str] = {}
        self._modules: dict[str, ScriptModule | None] = {}
        self._exported: dict[tuple[str, str], Meaning | None] = {}
        self._spreading: set[tuple[str, int, str]] = set()
        self._aliases: dict[str, dict[str, tuple[str, ...]]] = {}
        self._packages: dict[str, Workspace] | None = None

    def module(self, path: str) -> ScriptModule | None:
        """The parsed file; None when it is no part of the repository or cannot be parsed (`broken` says why)."""
        if path not in self._modules:
            held = self.files.get(path)
            self._modules[path] = self._parsed(held) if held is not None else None
        return self._modules[path]

    def modules(self, *words: str) -> Iterator[ScriptModule]:
        """Modules whose text has one of `words` (all when none is given), in the order of their paths."""
        for path in sorted(self.files):
            text = self.files[path].text
            if not words or any(word in text for word in words):
                held = self.module(path)
                if held is not None:
                    yield held

    def package_json(self, path: str) -> tuple[str, Mapping[str, object]]:
        """The folder and content of the package.json that a file belongs to; ("", {}) if there is none."""
        folder = path.rpartition("/")[0]
        while True:
            held = self.settings.get(f"{folder}/package.json".lstrip("/"))
            if held is not None:
                return folder, loaded_json(held.text)
            if not folder:
                return "", {}
            folder = folder.rpartition("/")[0]

    def _parsed(self, held: CodeFile) -> ScriptModule | None:
        root = parse_script(held.path, held.text)
        if root is None:
            self.broken[held.path] = "broken syntax"
            return None
        module = ScriptModule(path=held.path, root=root, lines=held.text.splitlines())
        bind_all(module)
        return module

    # ------------------------------------------------------------------------------------------ modules

    def find(self, specifier: str, near: str) -> str | None:
        """The path of the module that `near` imports as `specifier`; None when it is a package's."""
        if specifier.startswith("."):
            return self._file(posixpath.normpath(posixpath.join(posixpath.dirname(near), specifier)))
        # The longest prefix wins, whatever the order
        for prefix, targets in sorted(self._paths(near).items(), key=lambda one: -len(one[0])):
            if prefix.endswith("*") and specifier.startswith(prefix[:-1]):
                rest = specifier[len(prefix) - 1 :]
                for target in targets:
                    found = self._file(posixpath.normpath(target.replace("*", rest)))
                    if found:
                        return found
            elif specifier == prefix:
                for target in targets:
                    if found := self._file(posixpath.normpath(target)):
                        return found
        return self._own_package(specifier)

    def _own_package(self, specifier: str) -> str | None:
        """A package of the same repository (monorepos), read from its source."""
        if self._packages is None:
            self._packages = workspaces(self.settings)
        name, rest = package_and_rest(specifier)
        held = self._packages.get(name)
        found = (self._file(one) for one in candidates(held, rest)) if held is not None else ()
        return next((one for one in found if one is not None), None)

    def _file(self, base: str) -> str | None:
        base = "" if base == "." else base.removeprefix("./")
        stem, dot, suffix = base.rpartition(".")
        # `./users.js` is written for `users.ts` in TypeScript
        stems = [base, stem] if dot and f".{suffix}" in _SUFFIXES else [base]
        for one in stems:
            if one in self.files:
                return one
            for end in _SUFFIXES:
                if one + end in self.files:
                    return one + end
        for end in _SUFFIXES:
            if f"{base}/index{end}".lstrip("/") in self.files:
                return f"{base}/index{end}".lstrip("/")
        return None

    def _paths(self, near: str) -> dict[str, tuple[str, ...]]:
        """Import aliases (`paths` of tsconfig.json, jsconfig.json) in force for a file, targets from the root."""
        folder = near.rpartition("/")[0]
        if folder not in self._aliases:
            self._aliases[folder] = self._read_paths(folder)
        return self._aliases[folder]

    def _read_paths(self, folder: str) -> dict[str, tuple[str, ...]]:
        for name in ("tsconfig.json", "jsconfig.json"):
            held = self.settings.get(f"{folder}/{name}".lstrip("/"))
            options = aliases_of(self.settings, held, 0) if held is not None else None
            if options is None:
                continue
            found: dict[str, tuple[str, ...]] = dict(options)
            if folder:
                for prefix, targets in self._paths(folder).items():
                    found.setdefault(prefix, targets)
            return found
        return self._paths(folder.rpartition("/")[0] + "/x") if folder else {}

    # -------------------------------------------------------------------------------------------- names

    def meaning(self, module: ScriptModule, name: str, depth: int = 0) -> Meaning | None:
        """What a dotted name (`router`, `users.router`, `express.Router`) at the top level of `module` stands for.

        None for globals, parameters and whatever else no module binds.
        """
        if depth > _DEEPEST:
            return None
        first, _, rest = name.partition(".")
        held = self._first(module, first, depth)
        origin = module.imports.get(first) if first not in module.names else None
        while rest and held is not None:
            first, _, rest = rest.partition(".")
            whole, held = held, self._member(held, first, depth)
            if held is None and origin is not None and not isinstance(whole, Outside):
                # module.exports = router; module.exports.helper = …
                held = self._imported(module, replace(origin, name=first), depth)
            origin = None
        return held

    def of(self, module: ScriptModule, node: SgNode, depth: int = 0) -> Meaning | None:
        """What an expression (a name, a member; of a call, what is called) stands for."""
        name = dotted_name(node)
        return self.meaning(module, name, depth) if name else None

    def value(self, module: ScriptModule, node: SgNode) -> tuple[ScriptModule, SgNode]:
        """An expression with names replaced by what was assigned to them, and the module that it is written in."""
        node = unwrapped(node)
        for _ in range(_DEEPEST):
            if node.kind() not in {"identifier", "member_expression", "shorthand_property_identifier"}:
                break
            held = self.of(module, node)
            if not isinstance(held, Defined):
                break
            module, node = held.module, unwrapped(held.node)
        return module, node

    def exported(self, module: ScriptModule, name: str, depth: int = 0) -> Meaning | None:
        """What a module exports as `name`."""
        key = (module.path, name)
        if key not in self._exported:
            if depth > _DEEPEST:
                return None
            self._exported[key] = None  # modules that export each other's names in a circle
            self._exported[key] = self._find_exported(module, name, depth)
        return self._exported[key]

    def _find_exported(self, module: ScriptModule, name: str, depth: int) -> Meaning | None:
        held = module.exports.get(name)
        if isinstance(held, Imported):
            return self._imported(module, held, depth + 1)
        if held is not None:
            return self._followed(module, held, name, depth)
        for star in module.stars:
            path = self.find(star, module.path)
            other = self.module(path) if path else None
            found = self.exported(other, name, depth + 1) if other else None
            if found is not None:
                return found
        default = module.exports.get("default")
        if isinstance(default, SgNode) and name != "default":  # module.exports = { name }
            return self._member(Defined(module=module, node=default, name="default"), name, depth + 1)
        return None

    def _followed(self, module: ScriptModule, node: SgNode, name: str, depth: int) -> Meaning:
        """A name that is exported under another one is followed to what it stands for."""
        node = unwrapped(node)
        if node.kind() in {"identifier", "shorthand_property_identifier"}:
            held = self.meaning(module, node.text(), depth + 1)
            if held is not None:
                return held
        return Defined(module=module, node=node, name=name)

    def _first(self, module: ScriptModule, name: str, depth: int) -> Meaning | None:
        if name in module.parts and depth < _DEEPEST:
            value, key = module.parts[name]
            part = self.of(module, value, depth + 1)
            for one in key.split("."):
                part = self._member(part, one, depth + 1) if part is not None else None
            if part is not None:
                return part
        if name in module.names:
            return Defined(module=module, node=module.names[name], name=name)
        if name in module.imports:
            return self._imported(module, module.imports[name], depth)
        return None

    def _imported(self, module: ScriptModule, imported: Imported, depth: int) -> Meaning | None:
        path = self.find(imported.origin, module.path)
        if path is None:
            relative = imported.origin.startswith(".")
            return None if relative else Outside(package=imported.origin, name=imported.name)
        other = self.module(path)
        if other is None:
            return None
        if imported.name == "*" or (imported.by_require and other.is_esm and imported.name == "default"):
            return Whole(module=other)
        found = self.exported(other, imported.name, depth + 1)
        if (
            found is None and imported.name == "default"
        ):  # CommonJS read by `import x from`, and the other way round
            return Whole(module=other)
        return found

    def _member(self, held: Meaning, name: str, depth: int) -> Meaning | None:
        if depth > _DEEPEST:
            return None
        match held:
            case Outside(package=package, name=outer):
                plain = outer in {"*", "default"}
                return Outside(package=package, name=name if plain else f"{outer}.{name}")
            case Whole(module=module):
                if name == "default" and "default" not in module.exports:
                    return held
                return self.exported(module, name, depth + 1)
            case Defined(module=module, node=node):
                return self._node_member(module, unwrapped(node), name, depth)

    def _node_member(self, module: ScriptModule, node: SgNode, name: str, depth: int) -> Meaning | None:
        kind = node.kind()
        if kind == "object":
            return self._entry(module, node, name, depth)
        if kind in CLASSES:
            return self._class_member(module, node, name, depth)
        if kind == "enum_declaration":
            value = enum_members(node).get(name)
            return Defined(module=module, node=value, name=name) if value is not None else None
        owner: SgNode | None = None
        if kind == "new_expression":
            owner = node.field("constructor")
        elif kind in {"identifier", "member_expression"}:
            owner = node
        elif kind == "call_expression" and is_require(node):
            other = self._imported(module, Imported(origin=required(node), name="*"), depth)
            return self._member(other, name, depth + 1) if other is not None else None
        elif kind == "call_expression" and (dotted_name(node) in _UNCHANGED):
            owner = next(iter(arguments_of(node)), None)
            if owner is not None and owner.kind() == "object":
                return self._entry(module, owner, name, depth)
        held = self.of(module, owner, depth + 1) if owner is not None else None
        return self._member(held, name, depth + 1) if held is not None else None

    def _entry(self, module: ScriptModule, node: SgNode, name: str, depth: int) -> Meaning | None:
        """A property of an object literal, also of those spread into it; the last one wins."""
        spread = [child for child in node.named_children() if child.kind() == "spread_element"]
        for key, value in object_entries(node):
            if key == name:
                return self._followed(module, value, name, depth)
        mark = (module.path, hash(node), name)
        if not spread or mark in self._spreading:
            return None
        self._spreading.add(mark)
        found: Meaning | None = None
        for one in reversed(spread):
            inner = one.named_children()
            held = self.of(module, inner[0], depth + 1) if inner else None
            found = self._member(held, name, depth + 1) if held is not None else None
            if found is not None:
                break
        self._spreading.discard(mark)
        return found

    def _class_member(self, module: ScriptModule, node: SgNode, name: str, depth: int) -> Meaning | None:
        """A member of a class, or of those that it extends."""
        member = class_members(node).get(name)
        if member is not None:
            return Defined(module=module, node=member, name=name)
        base = base_class(node)
        held = self.of(module, base, depth + 1) if base is not None and depth < _DEEPEST else None
        return self._member(held, name, depth + 1) if held is not None else None

    # -------------------------------------------------------------------------------------------- texts

    def text(self, module: ScriptModule, node: SgNode | None, depth: int = 0) -> str | None:
        """The text that an expression always gives: literals, sums, templates, constants of other modules.

        None when it cannot be told without running the code.
        """
        if node is None or depth > _DEEPEST:
            return None
        node = unwrapped(node)
        kind = node.kind()
        if kind == "string":
            return string_value(node)
        if kind == "number":
            return node.text()
        if kind == "template_string":
            parts = [
                self.text(module, part.named_children()[0], depth + 1)
                if part.kind() == "template_substitution"
                else part.text()
                for part in node.named_children()
            ]
            return "".join(part for part in parts if part is not None) if None not in parts else None
        if kind == "binary_expression" and operator_of(node) == "+":
            left, right = (
                self.text(module, node.field("left"), depth + 1),
                self.text(module, node.field("right"), depth + 1),
            )
            return left + right if left is not None and right is not None else None
        if kind in {"identifier", "member_expression"}:
            held = self.of(module, node)
            if isinstance(held, Defined) and held.node.text() != node.text():
                return self.text(held.module, held.node, depth + 1)
        return None

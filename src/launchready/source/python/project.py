"""Python modules of a repository, and what a name in one of them stands for."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from launchready.model.source import CodePlace
from launchready.source.code.files import CodeFile
from launchready.source.code.lines import place_in
from launchready.source.python.manifests import Manifests
from launchready.source.python.newer_syntax import in_older_words

_DEEPEST = 12  # steps of one name through modules and assignments
_LONGEST_TEXT = 4_000

Node: TypeAlias = ast.expr | ast.stmt
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`import a.b` is (`a.b`, ""), `from a import b` is (`a`, `b`); relative dots are resolved."""

    module: str
    name: str = ""


@dataclass(slots=True)
class PythonModule:
    """A parsed file.

    `names` are its top-level bindings, the last one wins; `stars` the modules of `from m import *`.
    """

    path: str
    tree: ast.Module
    lines: list[str]
    imports: dict[str, Imported] = field(default_factory=dict)
    names: dict[str, Node] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    def place(self, node: ast.AST) -> CodePlace:
        """Where a node begins."""
        return place_in(self.path, self.lines, getattr(node, "lineno", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """A name that a module of the repository binds: a function, class, or the value assigned to it."""

    module: PythonModule
    node: Node
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A name of a package that is no part of the repository, in full: `fastapi.APIRouter`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A module of the repository itself, as a name."""

    module: PythonModule


Meaning: TypeAlias = Defined | Outside | Whole


class PythonProject:
    """All Python files of a repository, parsed when they are first asked for."""

    def __init__(self, files: Mapping[str, CodeFile], settings: Mapping[str, CodeFile] | None = None) -> None:
        self.files = files
        self.manifests = Manifests({**files, **(settings or {})})
        self.broken: dict[str, str] = {}
        self._modules: dict[str, PythonModule | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._by_last: dict[str, list[str]] = {}

    def module(self, path: str) -> PythonModule | None:
        """The parsed file; None when it is no part of the repository or cannot be parsed (`broken` says why)."""
        if path not in self._modules:
            held = self.files.get(path)
            self._modules[path] = self._parsed(held) if held is not None else None
        return self._modules[path]

    def modules(self, *words: str) -> Iterator[PythonModule]:
        """Modules whose text has one of `words` (all when none is given), in the order of their paths."""
        for path in sorted(self.files):
            text = self.files[path].text
            if not words or any(word in text for word in words):
                held = self.module(path)
                if held is not None:
                    yield held

    def _parsed(self, held: CodeFile) -> PythonModule | None:
        try:
            tree = parse_python(held.text)
        except UnreadablePythonError as error:
            self.broken[held.path] = str(error)
            return None
        module = PythonModule(path=held.path, tree=tree, lines=held.text.splitlines())
        package = held.path.rpartition("/")[0]
        _bind(module, tree.body, package, is_package=held.path.endswith("__init__.py"))
        return module

    # ------------------------------------------------------------------------------------------ modules

    def find(self, dotted: str, near: str) -> str | None:
        """The path of the module `dotted`, as seen from the file `near`; None when it is no part of the repository.

        Import roots are not known, so each folder from that of `near` upward is tried, then every other one that has
        such a module, if there is exactly one.
        """
        key = (near.rpartition("/")[0], dotted)
        if key not in self._found:
            self._found[key] = self._search(dotted, key[0])
        return self._found[key]

    def _search(self, dotted: str, folder: str) -> str | None:
        if not dotted:
            return None
        tail = dotted.replace(".", "/")
        here = folder
        while True:
            base = f"{here}/{tail}" if here else tail
            for candidate in (f"{base}/__init__.py", f"{base}.py"):
                if candidate in self.files:
                    return candidate
            if not here:
                break
            here = here.rpartition("/")[0]
        ends = (f"/{tail}.py", f"/{tail}/__init__.py")
        others = [path for path in self._named(tail.rpartition("/")[2]) if path.endswith(ends)]
        return others[0] if len(others) == 1 else None

    def _named(self, last: str) -> list[str]:
        """The files of all modules whose dotted name ends in `last`."""
        if not self._by_last and self.files:
            for path in self.files:
                folder, _, file = path.rpartition("/")
                name = folder.rpartition("/")[2] if file == "__init__.py" else file.removesuffix(".py")
                self._by_last.setdefault(name, []).append(path)
        return self._by_last.get(last, [])

    # -------------------------------------------------------------------------------------------- names

    def meaning(self, module: PythonModule, name: str, depth: int = 0) -> Meaning | None:
        """What a dotted name (`router`, `users.router`, `fastapi.APIRouter`) at the top level of `module` stands for.

        None for builtins, parameters and whatever else no module binds.
        """
        if depth > _DEEPEST:
            return None
        first, _, rest = name.partition(".")
        held = self._first(module, first, depth)
        while rest and held is not None:
            first, _, rest = rest.partition(".")
            held = self._member(held, first, depth)
        return held

    def of(self, module: PythonModule, expression: ast.expr) -> Meaning | None:
        """What an expression (a name, an attribute; of a call, what is called) stands for."""
        name = dotted_name(expression)
        return self.meaning(module, name) if name else None

    def full_name(self, module: PythonModule, expression: ast.expr) -> str:
        """The full name of something from outside (`fastapi.APIRouter`), or `path:name` of the repository's own.

        Empty for what cannot be told.
        """
        match self.of(module, expression):
            case Outside(name=name):
                return name
            case Defined(module=owner, name=name):
                return f"{owner.path}:{name}"
            case _:
                return ""

    def value(self, module: PythonModule, expression: ast.expr) -> tuple[PythonModule, ast.expr]:
        """An expression with names replaced by what was assigned to them, and the module that it is written in."""
        for _ in range(_DEEPEST):
            if not isinstance(expression, ast.Name | ast.Attribute):
                break
            held = self.of(module, expression)
            if not isinstance(held, Defined) or not isinstance(held.node, ast.expr):
                break
            module, expression = held.module, held.node
        return module, expression

    def _first(self, module: PythonModule, name: str, depth: int) -> Meaning | None:
        if name in module.names:
            return Defined(module=module, node=module.names[name], name=name)
        if name in module.imports:
            return self._imported(module, module.imports[name], depth)
        for star in module.stars:
            path = self.find(star, module.path)
            other = self.module(path) if path else None
            held = self._first(other, name, depth + 1) if other and depth < _DEEPEST else None
            if held is not None:
                return held
        return None

    def _imported(self, module: PythonModule, imported: Imported, depth: int) -> Meaning | None:
        if imported.name:
            inner = self.find(f"{imported.module}.{imported.name}".lstrip("."), module.path)
            path = self.find(imported.module, module.path)
            owner = self.module(path) if path else None
            if owner is not None and owner.path != module.path:
                held = self.meaning(owner, imported.name, depth + 1)
                if held is not None:
                    return held
            if inner is not None:
                found = self.module(inner)
                return Whole(module=found) if found is not None else None
            return None if owner is not None else Outside(name=f"{imported.module}.{imported.name}")
        path = self.find(imported.module, module.path)
        if path is None:
            return Outside(name=imported.module)
        found = self.module(path)
        return Whole(module=found) if found is not None else None

    def _member(self, held: Meaning, name: str, depth: int) -> Meaning | None:
        match held:
            case Outside(name=outer):
                return Outside(name=f"{outer}.{name}")
            case Whole(module=module):
                found = self.meaning(module, name, depth + 1)
                if found is not None:
                    return found
                folder, _, file = module.path.rpartition("/")
                inner = self.module(f"{folder}/{name}.py".lstrip("/")) if file == "__init__.py" else None
                inner = inner or (
                    self.module(f"{folder}/{name}/__init__.py") if file == "__init__.py" else None
                )
                return Whole(module=inner) if inner is not None else None
            case Defined(node=ast.ClassDef() as node, module=module):
                return self._class_member(module, node, name, depth)
            case Defined(node=ast.Call() as node, module=module):
                made = self.of(module, node.func)
                return self._member(made, name, depth + 1) if made is not None and depth < _DEEPEST else None
            case Defined(node=ast.Name() | ast.Attribute() as node, module=module) if depth < _DEEPEST:
                other = self.of(module, node)
                return self._member(other, name, depth + 1) if other is not None else None
            case _:
                return None

    def _class_member(
        self, module: PythonModule, node: ast.ClassDef, name: str, depth: int
    ) -> Meaning | None:
        own = class_bindings(node).get(name)
        if own is not None:
            return Defined(module=module, node=own, name=f"{node.name}.{name}")
        for base in node.bases:
            held = self.of(module, base)
            if isinstance(held, Defined) and held.node is not node and depth < _DEEPEST:
                found = self._member(held, name, depth + 1)
                if found is not None:
                    return found
        return None

    # -------------------------------------------------------------------------------------------- texts

    def text(self, module: PythonModule, expression: ast.expr | None, depth: int = 0) -> str | None:
        """The text that an expression always gives: literals, sums, f-strings, constants of other modules.

        None when it cannot be told without running the code.
        """
        if expression is None or depth > _DEEPEST:
            return None
        match expression:
            case ast.Constant(value=str() as value):
                return value[:_LONGEST_TEXT]
            case ast.Constant(value=int() as number) if not isinstance(number, bool):
                return str(number)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self.text(module, left, depth + 1), self.text(module, right, depth + 1)
                return first + second if first is not None and second is not None else None
            case ast.JoinedStr(values=values):
                parts = [self.text(module, part, depth + 1) for part in values]
                return "".join(part for part in parts if part is not None) if None not in parts else None
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.text(module, value, depth + 1)
            case ast.Name() | ast.Attribute():
                held = self.of(module, expression)
                if isinstance(held, Defined) and isinstance(held.node, ast.expr):
                    return self.text(held.module, held.node, depth + 1)
        return None


# ------------------------------------------------------------------------------------------------ parsing


class UnreadablePythonError(Exception):
    """A file that is no Python of this version; the message says where."""


def parse_python(text: str) -> ast.Module:
    """Parse a file, also one of a newer Python. Raises UnreadablePythonError for broken syntax and too deep nesting."""
    try:
        return _parsed(text)
    except SyntaxError as error:
        try:
            return _parsed(in_older_words(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            reason = f"broken syntax in line {error.lineno or 0}: {error.msg}"
            raise UnreadablePythonError(reason) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadablePythonError(f"it cannot be parsed: {type(error).__name__}") from error


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the audited code are not our warnings
        return ast.parse(text)


def dotted_name(expression: ast.expr) -> str:
    """`a.b.c` of a name, an attribute, or of what a call calls; empty for anything else."""
    parts: list[str] = []
    node: ast.expr = expression
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            return ".".join([node.id, *reversed(parts)])
        else:
            return ""


def class_bindings(node: ast.ClassDef) -> dict[str, Node]:
    """Attributes and methods written in a class's body, the last one wins."""
    return {name: value for statement in node.body for name, value in _bound(statement)}


def functions_in(tree: ast.AST) -> Iterator[tuple[str, Function, ast.ClassDef | None]]:
    """Every function with its qualified name and the class that it is a method of, outer ones first."""
    stack: list[tuple[ast.AST, str, ast.ClassDef | None]] = [(tree, "", None)]
    while stack:
        node, prefix, owner = stack.pop()
        for child in reversed(list(ast.iter_child_nodes(node))):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                stack.append((child, f"{prefix}{child.name}.", None))
            elif isinstance(child, ast.ClassDef):
                stack.append((child, f"{prefix}{child.name}.", child))
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                stack.append((child, prefix, owner))
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child, owner


def _bind(module: PythonModule, body: list[ast.stmt], package: str, *, is_package: bool) -> None:
    for statement in body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                for name, imported in imports_of(statement, package):
                    if name == "*":
                        module.stars.append(imported.module)
                    else:
                        module.imports[name] = imported
            case ast.If(body=inner, orelse=other) | ast.For(body=inner, orelse=other):
                _bind(module, [*inner, *other], package, is_package=is_package)
            case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=last):
                caught = [each for handler in handlers for each in handler.body]
                # What the handler binds is the way around a missing package: the first binding is the one meant
                _bind(module, [*caught, *inner, *other, *last], package, is_package=is_package)
            case ast.With(body=inner):
                _bind(module, inner, package, is_package=is_package)
        for bound, value in _bound(statement):
            module.names[bound] = value
            module.imports.pop(bound, None)


def imports_of(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Imported]]:
    """What an import statement of a file in the folder `package` binds; the name is `*` where it binds everything."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            first = alias.name.partition(".")[0]
            yield alias.asname or first, Imported(module=alias.name if alias.asname else first)
        return
    origin = _absolute(statement.module or "", statement.level, package)
    for alias in statement.names:
        name = "" if alias.name == "*" else alias.name
        yield alias.asname or alias.name, Imported(module=origin, name=name)


def _absolute(name: str, level: int, package: str) -> str:
    """The dotted name from the repository's root of a relative import; absolute ones as they are."""
    if not level:
        return name
    parts = [part for part in package.split("/") if part]
    kept = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return ".".join([*kept, name] if name else kept)


def _bound(statement: ast.stmt) -> Iterator[tuple[str, Node]]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name, statement
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value

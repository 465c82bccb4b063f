"""What names stand for across modules and classes, followed without running anything."""

import ast
from abc import ABC, abstractmethod

from launchready.source.python.project import Imported, PythonModule, PythonProject, dotted_name
from launchready.source.python.wiring.operations import BUILTINS
from launchready.source.python.wiring.values import (
    NOTHING,
    ClassValue,
    Frame,
    FunctionValue,
    ModuleValue,
    OutsideValue,
    Pending,
    Unknown,
    Value,
)

_DEEPEST = 12  # re-exports of re-exports end before
_MOST_CLASSES = 40  # class hierarchies of people end before
_SETTINGS_CLASSES = ("BaseSettings", "BaseAppSettings", "AppSettings", "Settings")
_BUILTIN_NAMES = frozenset(BUILTINS) | frozenset({
    "dict", "super", "getattr", "setattr", "hasattr", "isinstance", "property", "staticmethod", "classmethod",
    "object", "type", "Exception", "ValueError", "PermissionError", "callable", "vars", "map", "filter", "range",
    "print", "next", "issubclass", "id", "min", "max", "sum", "open", "repr", "float",
    "KeyError", "TypeError", "BaseException", "RuntimeError", "LookupError", "IndexError", "AttributeError",
})  # fmt: skip


class Names(ABC):
    """Finds what names stand for. How modules and classes are followed is for those who derive from it."""

    def __init__(self, project: PythonProject) -> None:
        self.project = project

    @abstractmethod
    def namespace(self, module: PythonModule) -> Frame:
        """The top-level names of a module, followed so far."""

    @abstractmethod
    def is_followed(self, module: PythonModule) -> bool:
        """Whether the end of the module was reached, so that a name that it lacks is not there."""

    @abstractmethod
    def body_of(self, cls: ClassValue) -> Frame:
        """The names that a class's body binds."""

    def lookup(self, name: str, frame: Frame) -> Value:
        """What a name stands for where `frame` is current."""
        here: Frame | None = frame
        while here is not None:
            if name in here.names and (not here.is_class or here is frame):
                return self.settled(here.names[name])
            here = here.outer
        found = self.global_value(frame.module, name)
        if found is not None:
            return found
        return OutsideValue(name=f"builtins.{name}") if name in _BUILTIN_NAMES else Unknown(code=name)

    def settled(self, value: Value) -> Value:
        """The value that a pending name has meanwhile; itself for all others."""
        if isinstance(value, Pending):
            names = self.namespace(value.module).names
            held = names.get(value.name)
            return held if held is not None and not isinstance(held, Pending) else value
        return value

    def global_value(self, module: PythonModule, name: str, depth: int = 0) -> Value | None:
        """What a name at the top level of a module stands for; None if nothing binds it."""
        if depth > _DEEPEST:
            return None
        names = self.namespace(module).names
        if name in names:
            return self.settled(names[name])
        if name in module.imports and not self.is_followed(module):
            return self.imported(module, module.imports[name], depth + 1)
        if name in module.names and not self.is_followed(module):
            return Pending(module=module, name=name)
        for star in module.stars:
            path = self.project.find(star, module.path)
            other = self.project.module(path) if path and path != module.path else None
            found = self.global_value(other, name, depth + 1) if other is not None else None
            if found is not None:
                return found
        return None

    def imported(self, module: PythonModule, imported: Imported, depth: int = 0) -> Value:
        """What an import gives."""
        path = self.project.find(imported.module, module.path)
        owner = self.project.module(path) if path else None
        if not imported.name:
            return ModuleValue(module=owner) if owner is not None else OutsideValue(name=imported.module)
        if owner is not None and owner.path != module.path:
            held = self.global_value(owner, imported.name, depth + 1)
            if held is not None:
                return held
        inner = self.project.find(f"{imported.module}.{imported.name}".lstrip("."), module.path)
        found = self.project.module(inner) if inner is not None else None
        if found is not None:
            return ModuleValue(module=found)
        return NOTHING if owner is not None else OutsideValue(name=f"{imported.module}.{imported.name}")

    def module_member(self, module: PythonModule, name: str) -> Value:
        """A name of a module, or a module in its folder."""
        found = self.global_value(module, name)
        if found is not None:
            return found
        folder, _, file = module.path.rpartition("/")
        if file == "__init__.py":
            for path in (f"{folder}/{name}.py", f"{folder}/{name}/__init__.py"):
                inner = self.project.module(path.lstrip("/"))
                if inner is not None:
                    return ModuleValue(module=inner)
        return Unknown(code=name)

    # ----------------------------------------------------------------------------------------- classes

    def is_settings(self, cls: ClassValue) -> bool:
        """Whether a class takes its attributes from the environment."""
        return any(name.endswith(_SETTINGS_CLASSES) for name in self.ancestors(cls))

    def ancestors(self, cls: ClassValue) -> list[str]:
        """Names of the classes that a class descends from, in full where they are a package's."""
        names: list[str] = []
        for each in self.lineage(cls):
            names.extend([each.node.name] if isinstance(each, ClassValue) else [each.name])
        return names

    def lineage(self, cls: ClassValue) -> list[ClassValue | OutsideValue]:
        """The class and those that it descends from, nearest first."""
        found: list[ClassValue | OutsideValue] = []
        waiting: list[Value] = [cls]
        while waiting and len(found) < _MOST_CLASSES:
            each = self.settled(waiting.pop(0))
            if isinstance(each, ClassValue | OutsideValue) and each not in found:
                found.append(each)
                waiting.extend(each.bases if isinstance(each, ClassValue) else ())
        return found

    def class_member(self, cls: ClassValue, name: str, *, after: ClassValue | None = None) -> Value | None:
        """An attribute or method of a class or of those that it descends from (those behind `after`, if given)."""
        lineage = self.lineage(cls)
        if after is not None and after in lineage:
            lineage = lineage[lineage.index(after) + 1 :]
        for each in lineage:
            if isinstance(each, ClassValue):
                names = self.body_of(each).names
                if name in names:
                    return self.settled(names[name])
        return None


def is_super(node: ast.expr) -> bool:
    """Whether an expression is `super()`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def is_property(found: FunctionValue) -> bool:
    """Whether a method is read like an attribute."""
    return any(
        isinstance(each.value, OutsideValue) and each.value.name.endswith("property")
        for each in found.decorators
    )


def as_bound(found: FunctionValue, bound: Value) -> FunctionValue:
    """A method, bound to what it is called on."""
    return FunctionValue(
        found.module, found.node, found.name, found.frame, found.decorators, bound, found.owner
    )


def code_of(node: ast.AST) -> str:
    """The dotted name that an expression is, for messages."""
    return dotted_name(node) if isinstance(node, ast.expr) else ""

"""Fields of models: names on the wire, defaults, limits, enumerations."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from launchready.source.code.guards import words_of
from launchready.source.python.project import (
    Defined,
    PythonModule,
    PythonProject,
    class_bindings,
    dotted_name,
)

_MOST_BASES = 24
_LIMITS: Mapping[str, str] = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "min": "minimum",
    "max": "maximum",
    "min_items": "minItems",
    "max_items": "maxItems",
    "multiple_of": "multipleOf",
}
_ENUMERATIONS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_ALIASES = ("validation_alias", "alias", "serialization_alias")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStyle:
    """How a model writes its field names on the wire ("camel", "pascal", "kebab" or as they are)."""

    case: str = ""
    total: bool = True  # TypedDict(total=False) needs none of its keys


def style_of(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> ModelStyle:
    """The style of a class, its own or the nearest base's."""
    total = True
    for owner, each in lineage(project, module, node):
        for keyword in each.keywords:
            if keyword.arg == "total" and isinstance(keyword.value, ast.Constant):
                total = bool(keyword.value.value)
            if keyword.arg == "alias_generator":
                return ModelStyle(case=_case_of(project, owner, keyword.value), total=total)
        generator = _generator(project, owner, each)
        if generator is not None:
            return ModelStyle(case=generator, total=total)
    return ModelStyle(total=total)


def _generator(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> str | None:
    bound = class_bindings(node)
    for name in ("model_config", "Config"):
        held = bound.get(name)
        owner = module
        if isinstance(held, ast.Name | ast.Attribute):
            owner, held = project.value(module, held)
        match held:
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "alias_generator":
                        return _case_of(project, owner, keyword.value)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "alias_generator":
                        return _case_of(project, owner, value)
            case ast.ClassDef():
                inner = class_bindings(held).get("alias_generator")
                if isinstance(inner, ast.expr):
                    return _case_of(project, owner, inner)
                if isinstance(inner, ast.stmt):
                    return "camel"
    return None


def _case_of(project: PythonProject, module: PythonModule, node: ast.expr) -> str:
    """The case that an alias generator writes, by its name."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in {"validation_alias", "alias"}:
                return _case_of(project, module, keyword.value)
    written = ast.unparse(node)
    held = project.of(module, node)
    if isinstance(held, Defined):
        written = f"{written} {held.name}"
    words = set(words_of(written))
    if "pascal" in words:
        return "pascal"
    if words & {"kebab", "hyphen", "dash"}:
        return "kebab"
    return "camel" if words & {"camel", "camelize", "lower"} or "camel" in written.lower() else ""


def lineage(
    project: PythonProject, module: PythonModule, node: ast.ClassDef
) -> Iterator[tuple[PythonModule, ast.ClassDef]]:
    """The class and those of the repository that it descends from, nearest first."""
    waiting = [(module, node)]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_BASES:
        owner, each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield owner, each
        for base in each.bases:
            held = project.of(owner, base.value if isinstance(base, ast.Subscript) else base)
            if isinstance(held, Defined) and isinstance(held.node, ast.ClassDef):
                waiting.append((held.module, held.node))


def base_names(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> set[str]:
    """Last names of all classes that a class descends from, those of packages included."""
    names: set[str] = set()
    for _, each in lineage(project, module, node):
        names.add(each.name)
        for base in each.bases:
            names.add(dotted_name(base.value if isinstance(base, ast.Subscript) else base).rpartition(".")[2])
    return names


def aliased(
    project: PythonProject,
    module: PythonModule,
    name: str,
    written: tuple[ast.expr, ast.expr | None],
    style: ModelStyle,
) -> str:
    """The name of a field on the wire."""
    for call in _field_calls(*written):
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        for alias in _ALIASES[:2]:
            text = project.text(module, keywords.get(alias))
            if text:
                return text
    return in_case(name, style.case)


def in_case(name: str, case: str) -> str:
    """A snake_case name in another case."""
    parts = name.split("_")
    if case == "camel":
        return parts[0] + "".join(part[:1].upper() + part[1:] for part in parts[1:])
    if case == "pascal":
        return "".join(part[:1].upper() + part[1:] for part in parts)
    return name.replace("_", "-") if case == "kebab" else name


def _field_calls(annotation: ast.expr, value: ast.expr | None) -> Iterator[ast.Call]:
    if isinstance(value, ast.Call):
        yield value
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        yield from (part for part in annotation.slice.elts if isinstance(part, ast.Call))


def default_of(
    project: PythonProject, module: PythonModule, annotation: ast.expr, value: ast.expr | None
) -> tuple[bool, Any]:
    """Whether a field has a default, and which, if it is a constant."""
    if isinstance(value, ast.Call):
        keywords = {keyword.arg: keyword.value for keyword in value.keywords}
        if "default_factory" in keywords or "factory" in keywords:
            return True, None
        given = keywords.get("default", value.args[0] if value.args else None)
        called = dotted_name(value).rpartition(".")[2]
        if called not in {"Field", "field", "Body", "Form", "Query", "File", "Path", "Header", "Cookie"}:
            return True, None
        return _constant_default(project, module, given)
    if value is None:
        for call in _field_calls(annotation, None):
            if any(keyword.arg in {"default", "default_factory"} for keyword in call.keywords):
                return True, None
        return _names_not_required(annotation), None
    return _constant_default(project, module, value)


def _constant_default(
    project: PythonProject, module: PythonModule, value: ast.expr | None
) -> tuple[bool, Any]:
    if value is None or (isinstance(value, ast.Constant) and value.value is ...):
        return False, None
    if isinstance(value, ast.Constant) and isinstance(value.value, str | int | float | bool):
        return True, value.value
    return True, project.text(module, value)


def _names_not_required(annotation: ast.expr) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return dotted_name(outer).rpartition(".")[2] == "NotRequired"


def constraints_of(project: PythonProject, module: PythonModule, call: ast.Call) -> dict[str, Any]:
    """Limits that a call of `Field(…)`, `Query(…)`, `constr(…)` states."""
    found: dict[str, Any] = {}
    for keyword in call.keywords:
        name = keyword.arg or ""
        if name in _LIMITS and isinstance(keyword.value, ast.Constant):
            value = keyword.value.value
            if isinstance(value, int | float) and not isinstance(value, bool):
                found[_LIMITS[name]] = value
        elif name in {"pattern", "regex"}:
            text = project.text(module, keyword.value)
            if text:
                found["pattern"] = text
        elif name == "example" and isinstance(keyword.value, ast.Constant):
            found["example"] = keyword.value.value
        elif name == "examples" and isinstance(keyword.value, ast.List):
            values = [each.value for each in keyword.value.elts if isinstance(each, ast.Constant)]
            if values:
                found["example"] = values[0]
    return found


def is_enumeration(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> bool:
    """Whether a class is an enumeration."""
    return bool(base_names(project, module, node) & _ENUMERATIONS)


def enumeration(project: PythonProject, module: PythonModule, node: ast.ClassDef) -> dict[str, Any]:
    """The schema of an enumeration: its values."""
    values: list[Any] = []
    for name, value in class_bindings(node).items():
        if name.startswith("_") or not isinstance(value, ast.expr):
            continue
        if isinstance(value, ast.Constant):
            values.append(value.value)
        elif isinstance(value, ast.Call) and dotted_name(value).rpartition(".")[2] == "auto":
            values.append(name.lower())
        else:
            text = project.text(module, value)
            if text is not None:
                values.append(text)
    return {"enum": values} if values else {"type": "string"}

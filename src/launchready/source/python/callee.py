"""Which function of the repository a call in Python means."""

import ast

from launchready.source.code.facts import Call, FunctionFacts, Key
from launchready.source.python.flows.sources import dependency_of
from launchready.source.python.project import Defined, Meaning, PythonModule, PythonProject, dotted_name

_DEEPEST = 6


def python_callee(project: PythonProject, facts: FunctionFacts, call: Call) -> Key | None:
    """File and qualified name of the called function; None when it is a package's or cannot be told."""
    module = project.module(facts.path)
    if module is None:
        return None
    nested = _nested(module, facts.name, call.name)
    if nested is not None:
        return (module.path, nested)
    held = _meant(project, module, facts, call)
    return _function(project, held, 0)


def _nested(module: PythonModule, caller: str, name: str) -> str | None:
    """A function that is defined inside the calling one, or beside it in a function around both."""
    if "." in name or name in module.names:
        return None
    body: list[ast.stmt] = module.tree.body
    found = None
    prefix = ""
    for part in caller.split("."):
        inner = next((one for one in body if getattr(one, "name", None) == part), None)
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
        prefix = f"{prefix}{part}."
        body = inner.body
        if not isinstance(inner, ast.ClassDef) and any(
            isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name for one in body
        ):
            found = f"{prefix}{name}"
    return found


def _meant(project: PythonProject, module: PythonModule, facts: FunctionFacts, call: Call) -> Meaning | None:
    first, _, rest = call.name.partition(".")
    owner = facts.name.rpartition(".")[0]
    if first in {"self", "cls"} and owner and rest:
        return project.meaning(module, f"{owner}.{rest}")
    if first == "super" and owner and rest:
        return _of_base(project, module, owner, rest)
    held = project.meaning(module, call.name)
    if held is None or not isinstance(held, Defined):
        held = _by_module(project, module, call.name) or held
    if held is None and rest:
        held = _of_declared(project, module, first, rest)
    return held


def _of_base(project: PythonProject, module: PythonModule, owner: str, name: str) -> Meaning | None:
    """`super().name` of a class."""
    held = project.meaning(module, owner)
    if not isinstance(held, Defined) or not isinstance(held.node, ast.ClassDef):
        return None
    for base in held.node.bases:
        dotted = dotted_name(base.value if isinstance(base, ast.Subscript) else base)
        found = project.meaning(held.module, f"{dotted}.{name}") if dotted else None
        if isinstance(found, Defined):
            return found
    return None


def _by_module(project: PythonProject, module: PythonModule, name: str) -> Meaning | None:
    """The meaning of a name that is written in full: `app.services.ItemService.get`."""
    parts = name.lstrip(".").split(".")
    for count in range(len(parts) - 1, 0, -1):
        path = project.find(".".join(parts[:count]), module.path)
        found = project.module(path) if path is not None else None
        if found is not None:
            held = project.meaning(found, ".".join(parts[count:]))
            if isinstance(held, Defined):
                return held
            owner = project.meaning(found, parts[count])
            return _of_type(project, owner, ".".join(parts[count + 1 :]))
    return None


def _of_declared(project: PythonProject, module: PythonModule, first: str, rest: str) -> Meaning | None:
    return _of_type(project, project.meaning(module, first), rest)


def _of_type(project: PythonProject, held: Meaning | None, rest: str) -> Meaning | None:
    """A method of what a type alias stands for: `ItemServiceDep.get`, where that is `Annotated[ItemService, …]`."""
    if not rest or not isinstance(held, Defined) or not isinstance(held.node, ast.Subscript):
        return None
    inner = held.node.slice
    first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
    dotted = dotted_name(first)
    return project.meaning(held.module, f"{dotted}.{rest}") if dotted else None


def _function(project: PythonProject, held: Meaning | None, depth: int) -> Key | None:
    """The function that a meaning is, or that an alias of it says."""
    if not isinstance(held, Defined) or depth > _DEEPEST:
        return None
    node = held.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return (held.module.path, held.name)
    if isinstance(node, ast.Subscript):
        # `CurrentUser = Annotated[User, Depends(get_current_user)]`
        filled = dependency_of(node, None)
        inner = project.of(held.module, filled) if filled is not None else None
        return _function(project, inner, depth + 1)
    if isinstance(node, ast.Name | ast.Attribute):
        return _function(project, project.of(held.module, node), depth + 1)
    return None

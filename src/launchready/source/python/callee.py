"""Which function of the repository a call in Python means."""

import ast

from launchready.source.code.facts import Call, FunctionFacts, Key
from launchready.source.python.project import Defined, PythonProject


def python_callee(project: PythonProject, facts: FunctionFacts, call: Call) -> Key | None:
    """File and qualified name of the called function; None when it is a package's or cannot be told."""
    module = project.module(facts.path)
    if module is None:
        return None
    first, _, rest = call.name.partition(".")
    owner = facts.name.rpartition(".")[0]
    name = f"{owner}.{rest}" if first in {"self", "cls"} and owner and rest else call.name
    held = project.meaning(module, name)
    if isinstance(held, Defined) and isinstance(held.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return (held.module.path, held.name)
    return None

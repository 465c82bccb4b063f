"""Which function of the repository a call in JavaScript or TypeScript means."""

from launchready.source.code.facts import Call, FunctionFacts, Key
from launchready.source.script.nodes import FUNCTIONS
from launchready.source.script.project import Defined, ScriptProject


def script_callee(project: ScriptProject, facts: FunctionFacts, call: Call) -> Key | None:
    """File and qualified name of the called function; None when it is a package's or cannot be told."""
    module = project.module(facts.path)
    held = project.meaning(module, call.name) if module is not None else None
    if isinstance(held, Defined) and held.node.kind() in FUNCTIONS:
        return (held.module.path, held.name)
    return None

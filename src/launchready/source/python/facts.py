"""What one Python file says by itself."""

import ast

from launchready.source.code.facts import Call, FileFacts, FunctionFacts
from launchready.source.code.files import CodeFile
from launchready.source.python.project import (
    Function,
    UnreadablePythonError,
    dotted_name,
    functions_in,
    parse_python,
)


def python_facts(held: CodeFile) -> FileFacts:
    """The facts of a file; `problem` says why it was not understood."""
    try:
        tree = parse_python(held.text)
    except UnreadablePythonError as error:
        return FileFacts(path=held.path, problem=str(error))
    functions = (_function(held.path, name, node) for name, node, _ in functions_in(tree))
    return FileFacts(path=held.path, functions=tuple(functions))


def _function(path: str, name: str, node: Function) -> FunctionFacts:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    calls = tuple(
        Call(name=called, line=one.lineno)
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and (called := dotted_name(one.func))
    )
    return FunctionFacts(
        path=path, name=name, line=first, end_line=node.end_lineno or node.lineno, calls=calls
    )

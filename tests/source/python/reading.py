"""Small ways to read one or several Python files in tests."""

from launchready.model.source import CodePlace, SourceRoute
from launchready.source.code.facts import FoundRoute
from launchready.source.code.files import Language, code_files
from launchready.source.joining import joined
from launchready.source.python.callee import python_callee
from launchready.source.python.facts import python_facts
from launchready.source.python.project import PythonProject


def facts_of(text, path="app/api.py"):
    """The facts of one file."""
    return python_facts(code_files({path: text}).by_path[path])


def function(text, name, path="app/api.py"):
    """The facts of one function of a file."""
    return next(one for one in facts_of(text, path).functions if one.name == name)


def route(files, handler, path="app/api.py", method="GET", serves="/things/{id}"):
    """A route served by `handler`, with what it and what it calls do."""
    if isinstance(files, str):
        files = {path: files}
    held = code_files(files).of(Language.PYTHON)
    project = PythonProject(held)
    functions = {one.key: one for each in held.values() for one in python_facts(each).functions}
    found = FoundRoute(
        route=SourceRoute(
            method=method,
            path=serves,
            framework="test",
            handler=handler,
            place=CodePlace(path=path, line=1),
            end_line=9999,
        ),
        handler=(path, handler),
    )
    return joined([found], functions, lambda caller, call: python_callee(project, caller, call))[0]


def bounds(files, handler, **options):
    """What the lookups of a route are bound to, in order: (model, bound)."""
    return [(one.model, one.bound.value) for one in route(files, handler, **options).lookups]


def guards(files, handler, **options):
    """What guards a route has inside: (kind, role)."""
    return [(one.kind.value, one.role) for one in route(files, handler, **options).guards]

"""What one Python file says by itself."""

from launchready.source.code.facts import FileFacts
from launchready.source.code.files import CodeFile
from launchready.source.python.access_tests import access_tests
from launchready.source.python.environment import variables_read
from launchready.source.python.flows.following import file_flow
from launchready.source.python.lookups.facts import function_facts
from launchready.source.python.project import UnreadablePythonError, parse_python
from launchready.source.python.sinks.finding import file_hits


def python_facts(held: CodeFile) -> FileFacts:
    """The facts of a file; `problem` says why it was not understood."""
    try:
        tree = parse_python(held.text)
    except UnreadablePythonError as error:
        return FileFacts(path=held.path, problem=str(error))
    flow = file_flow(held.path, tree)
    lines = held.text.splitlines()
    problem = f"{', '.join(flow.broken[:3])}: nested too deep" if flow.broken else ""
    return FileFacts(
        path=held.path,
        functions=tuple(function_facts(held.path, lines, flow)),
        hits=file_hits(held.path, lines, flow),
        variables=variables_read(held.path, lines, flow),
        tests=access_tests(held.path, lines, tree),
        problem=problem,
    )

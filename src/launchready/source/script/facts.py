"""What one JavaScript or TypeScript file says by itself."""

from ast_grep_py import SgNode

from launchready.source.code.facts import Call, FileFacts, FunctionFacts
from launchready.source.code.files import CodeFile
from launchready.source.script.functions_answers import refusals_in
from launchready.source.script.nodes import FUNCTIONS, arguments_of, dotted_name, line_of
from launchready.source.script.reading import Reading, read_script

_LONGEST_ARGUMENT = 80
_MOST_ARGUMENTS = 8


def script_facts(held: CodeFile) -> FileFacts:
    """The facts of a file; `problem` says why it was not understood."""
    reading = read_script(held)
    if reading is None:
        return FileFacts(path=held.path, problem="broken syntax")
    return FileFacts(path=held.path, functions=_functions(reading))


def _functions(reading: Reading) -> tuple[FunctionFacts, ...]:
    functions = reading.functions()
    if not functions:
        return ()
    calls: dict[int, list[Call]] = {}
    for node in (*reading.nodes("call_expression"), *reading.nodes("new_expression")):
        call = _call(node)
        for around in node.ancestors() if call is not None else ():
            if around.kind() in FUNCTIONS:
                calls.setdefault(hash(around), []).append(call)  # type: ignore[arg-type]
    refusals: dict[int, set[int]] = {}
    for node, status in refusals_in(reading):
        for around in node.ancestors():
            if around.kind() in FUNCTIONS:
                refusals.setdefault(hash(around), set()).add(status)
    return tuple(
        _facts(reading, one, calls.get(hash(one), []), refusals.get(hash(one), set())) for one in functions
    )


def _facts(reading: Reading, function: SgNode, calls: list[Call], refusals: set[int]) -> FunctionFacts:
    first, last = reading.extent(function)
    return FunctionFacts(
        path=reading.path,
        name=reading.name_of(function),
        line=first,
        end_line=last,
        refusals=tuple(sorted(refusals)),
        calls=tuple(sorted(calls, key=lambda one: one.line)),
    )


def _call(node: SgNode) -> Call | None:
    called = node.field("function") or node.field("constructor")
    name = dotted_name(called) if called is not None else ""
    if not name:
        return None
    given = arguments_of(node)[:_MOST_ARGUMENTS]
    return Call(name=name, line=line_of(node), arguments=tuple(_cut(one.text()) for one in given))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_ARGUMENT else text[:_LONGEST_ARGUMENT]

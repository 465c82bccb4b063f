"""What going through code makes of switches, patterns that are assigned, and functions that throw."""

import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.script.project import ScriptProject
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.scope import Frame, Thrown
from launchready.source.script.symbolic.values import Constant, Either, Native, Unknown, either, text_of


class Nothing:
    """Hooks that know nothing."""

    def called(self, run, callee, arguments, site):
        return None

    def enters(self, closure):
        return False


def value_of(text, name="x"):
    files = code_files({"a.ts": text})
    project = ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS))
    run = Interpreter(project, Nothing(), 10_000)
    run.guarding = True
    run.frames = [Frame()]
    module = project.module("a.ts")
    assert module is not None
    held = run.module(module).scope.names[name]
    return run, held


def texts(value):
    options = value.options if isinstance(value, Either) else [value]
    return {text_of(one) for one in options}


SWITCH = """
enum Way { Key = "key", Both = "both", None = "none" }
function pick(way) {
  switch (way) {
    case Way.Key:
      return "key"
    case Way.Both:
    case "shared":
      return "two"
    default:
      return "other"
  }
}
"""


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("Way.Key", {"key"}),
        ("Way.Both", {"two"}),
        ('"shared"', {"two"}),
        ("Way.None", {"other"}),
        ("process.env.WAY", {"key", "two", "other"}),
    ],
)
def test_a_switch_over_what_is_known_takes_its_case(argument, expected):
    _, held = value_of(f"{SWITCH}const x = pick({argument})")
    assert texts(held) == expected


def test_a_pattern_is_assigned_to_names_declared_outside():
    text = """
        function get() { return { kind: "client", rest: [1, "b"] } }
        function pick() {
          let kind, second
          try { ({ kind, rest: [, second] } = get()) } catch (e) { return "none" }
          return kind
        }
        const x = pick()"""
    _, held = value_of(text)
    assert "client" in texts(held)


def test_a_function_that_may_have_returned_before_it_throws_does_either():
    text = """
        function check(r) { if (r.method !== "1") { return "let through" } throw new Error("no") }
        const x = check(process)"""
    run, held = value_of(text)
    assert held == Constant("let through")
    del run


def test_answers_of_a_framework_are_not_lost_among_many():
    answers = [Native() for _ in range(12)]
    assert either([*answers, *answers]).options == answers
    assert any(isinstance(one, Unknown) for one in either([Constant(one) for one in range(12)]).options)


def test_a_function_that_always_throws_throws():
    files = code_files({"a.ts": 'function check() { throw new Error("no") }\ncheck()\nconst x = 1'})
    project = ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS))
    run = Interpreter(project, Nothing(), 10_000)
    run.frames = [Frame()]
    module = project.module("a.ts")
    assert module is not None
    held = run.module(module)
    assert "x" not in held.scope.names
    assert Thrown is not None

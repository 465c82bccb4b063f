import ast

import pytest

from launchready.source.python.newer_syntax import in_older_words
from launchready.source.python.project import UnreadablePythonError, parse_python

NEWER = """
type Alias[T] = list[T]
type Plain = int
def first[T: int](x: T) -> T:
    try:
        return f"{x["a"]} {y['b']} {"z"}" + t"{z}"
    except ValueError, KeyError:
        pass
class Box[T](Base): ...
class Many[*Ts, **P]: pass
def last(): return 1
"""


def test_newer_python_is_read_line_by_line():
    tree = parse_python(NEWER)
    assert {getattr(node, "name", ""): node.lineno for node in tree.body if hasattr(node, "name")} == {
        "first": 4, "Box": 9, "Many": 10, "last": 11,
    }  # fmt: skip
    handler = next(node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    assert ast.unparse(handler.type) == "(ValueError, KeyError)"
    assert [ast.unparse(node) for node in tree.body[:2]] == ["Alias = list[T]", "Plain = int"]


def test_older_python_is_left_alone():
    text = "def f(x):\n    try:\n        return f'{x}'\n    except (A, B):\n        pass\n"
    assert in_older_words(text) == text


@pytest.mark.parametrize("text", ["def f(:\n", "except A, B:\n", "x = (" * 300, "-" * 100_000 + "1", "\0"])
def test_what_is_no_python_is_said(text):
    with pytest.raises(UnreadablePythonError):
        parse_python(text)

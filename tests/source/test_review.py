"""The review as a whole: a reader that fails costs its own routes only, and a partial scope says so."""

import pytest

from launchready.source import review as reviewing
from launchready.source.code.files import Language, code_files
from launchready.source.review import ReviewScope, review_files

APP = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/things/{thing_id}")
def thing(thing_id: int):
    return thing_id
"""


def broken(_project):
    raise RecursionError


def test_a_reader_that_fails_is_a_gap_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(reviewing, "PYTHON_READERS", (broken, *reviewing.PYTHON_READERS))
    found = review_files(code_files({"main.py": APP}))
    assert [route.id for route in found.routes] == ["GET /things/{thing_id}"]
    assert [gap.reason for gap in found.gaps] == ["the routes of broken could not be read: RecursionError"]


def test_a_file_whose_facts_fail_is_named(monkeypatch):
    monkeypatch.setattr(reviewing, "_FACTS", {Language.PYTHON: broken})
    found = review_files(code_files({"main.py": APP}))
    assert [(one.path, one.reason) for one in found.skipped] == [
        ("main.py", "it could not be read: RecursionError")
    ]


@pytest.mark.parametrize(("changed", "routes"), [({"main.py"}, 1), ({"other.py"}, 0), (set(), 0)])
def test_a_scope_takes_what_lies_in_changed_files(changed, routes):
    found = review_files(
        code_files({"main.py": APP, "other.py": "x = 1\n"}), scope=ReviewScope(changed=frozenset(changed))
    )
    assert len(found.routes) == routes
    assert found.gaps


def test_nothing_recognised_is_no_stack():
    found = review_files(code_files({"main.py": "print(1)\n"}))
    assert (found.apps, found.routes) == ((), ())
    assert found.files == 1

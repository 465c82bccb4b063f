"""`launchready review` as somebody types it: in a folder, in a pull request, for a program."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from launchready.cli.commands import command_line

DEPS = """
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="/login")


def current_user(token: str = Depends(scheme)):
    if not token:
        raise HTTPException(status_code=401)
    return token
"""
MAIN = """
from fastapi import Depends, FastAPI
from sqlalchemy import text

from deps import current_user

app = FastAPI()


@app.get("/orders/{order_id}")
def read_order(order_id: int, session, user=Depends(current_user)):
    return session.get(Order, order_id)


@app.delete("/orders/{order_id}")
def delete_order(order_id: int, session):
    session.delete(session.get(Order, order_id))


@app.get("/search")
def search(q: str, session, user=Depends(current_user)):
    return session.execute(text(f"SELECT * FROM orders WHERE title = '{q}'")).all()
"""


def git(root, *arguments):
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def shop(own_state):
    root = own_state / "shop"
    root.mkdir()
    (root / "deps.py").write_text(DEPS)
    (root / "main.py").write_text(MAIN)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["fastapi"]\n')
    git(root, "init", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-m", "all")
    return root


def review(*arguments):
    return CliRunner().invoke(command_line(["review", "audit"]), ["review", *map(str, arguments)])


def document(*arguments):
    result = review(*arguments, "--json", "--fail-on", "never")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def findings(report):
    return {
        (check["id"], finding["location"]["line"]): finding
        for check in report["checks"]
        for finding in check["findings"]
        if finding["location"]
    }


def test_it_shows_the_stack_the_routes_and_the_lines(shop):
    result = review(shop, "--fail-on", "never")
    assert "FastAPI in main.py:7: 3 routes" in " ".join(result.output.split())
    assert "DELETE /orders/{order_id}  main.py:15" in result.output
    assert "session.execute(text(f\"SELECT * FROM orders WHERE title = '{q}'\")).all()" in result.output


def test_a_query_made_of_the_callers_text_is_confirmed_and_ends_with_1(shop):
    result = review(shop, "--only", "INP-05")
    assert result.exit_code == 1, result.output
    found = findings(document(shop, "--only", "INP-05"))
    [(check, line)] = found
    assert (check, line) == ("INP-05", 22)
    assert found[check, line]["probed"] == "not probed"


def test_questions_end_with_1_only_when_asked_for(shop):
    (shop / "main.py").write_text(MAIN.partition('@app.get("/search")')[0])
    assert review(shop, "--only", "AUTH-04").exit_code == 0
    assert review(shop, "--only", "AUTH-04", "--fail-on", "questions").exit_code == 1


def test_routes_are_listed_with_whom_they_are_for(shop):
    lines = review(shop, "--routes", "--fail-on", "never").output.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "DELETE /orders/{order_id} none main.py:15",
        "GET /orders/{order_id} member current_user main.py:10",
        "GET /search member current_user main.py:20",
    ]


def test_only_what_changed_is_judged(shop):
    assert findings(document(shop, "--changed", "HEAD")) == {}
    (shop / "extra.py").write_text(
        'import requests\n\n\ndef fetch():\n    return requests.get("https://example.com/", verify=False)\n'
    )
    assert {check for check, _ in findings(document(shop, "--changed", "HEAD"))} == {"INP-13"}
    assert {check["verdict"] for check in document(shop, "--changed", "HEAD")["checks"]} <= {
        "unknown",
        "fail",
    }


def test_nothing_changed_is_said(shop):
    result = review(shop, "--changed", "main")
    assert (result.exit_code, result.output.strip()) == (0, "Nothing changed.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "there is no folder nowhere"),
        ([".", "--changed", "nothing-such"], "git"),
        ([".", "--sarif", "no/such/folder/x.sarif"], "cannot be written"),
    ],
)
def test_what_can_be_put_right_is_said_and_ends_with_2(shop, monkeypatch, arguments, words):
    monkeypatch.chdir(shop)
    result = review(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_sarif_points_at_the_lines(shop, tmp_path):
    file = tmp_path / "review.sarif"
    review(shop, "--sarif", file)
    [run] = json.loads(file.read_text())["runs"]
    places = {
        (one["ruleId"], one["locations"][0]["physicalLocation"]["region"]["startLine"])
        for one in run["results"]
        # What the whole repository lacks has no line
        if "region" in one["locations"][0].get("physicalLocation", {})
    }
    assert ("INP-05", 22) in places


def test_a_finding_keeps_its_name_when_lines_move(shop):
    before = {finding["fingerprint"] for finding in findings(document(shop)).values()}
    (shop / "main.py").write_text("# one\n# two\n" + MAIN)
    after = {finding["fingerprint"] for finding in findings(document(shop)).values()}
    assert before == after


def test_an_answered_question_does_not_stop_a_pull_request(shop, own_state):
    questions = [
        finding
        for finding in findings(document(shop, "--only", "AUTH-04")).values()
        if finding["confidence"] == "suspected"
    ]
    (own_state / "launchready.toml").write_text(
        "".join(
            f'[[disputes]]\ncheck = "AUTH-04"\nfingerprint = "{one["fingerprint"]}"\nperson = "Ada"\n'
            'reason = "the gateway asks for a login"\nsigned = 2026-01-01\nexpires = 2999-01-01\n\n'
            for one in questions
        )
    )
    assert questions
    assert review(shop, "--only", "AUTH-04", "--fail-on", "questions").exit_code == 0

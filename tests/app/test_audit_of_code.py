"""Audits without a document: from the repository's code, as a review of it would show it."""

from pathlib import Path

import pytest

from launchready.app.audit import AuditOrder, audit
from launchready.app.errors import UsageProblem
from launchready.app.exits import Exit, exit_of
from launchready.app.init import init
from launchready.app.plan import plan
from launchready.app.settling import settings_of
from launchready.collecting.runner import Stopper
from launchready.model.evidence import Collected
from launchready.model.report import State
from launchready.storage.runfile import read_run
from tests.app.tiny import Tiny, serving
from tests.collecting.code import LOGIN, review, route

OUT = Path("out")
CODE = review(
    route("POST", "/signup", fields=("username", "password"), handler="main.sign_up"),
    route("POST", "/login", fields=("username", "password"), handler="main.log_in"),
    route("GET", "/me", guards=(LOGIN,)),
    route("GET", "/notes", guards=(LOGIN,)),
    route("POST", "/notes", guards=(LOGIN,), fields=("title", "text")),
    route("GET", "/notes/{note_id}", guards=(LOGIN,)),
    route("DELETE", "/notes/{note_id}", guards=(LOGIN,)),
    route("GET", "/reports/daily", app="worker"),
)


@pytest.fixture
def code(own_state, monkeypatch):
    """A repository with a reviewed file in it."""

    async def found(tree, **_):
        return CODE

    monkeypatch.setattr("launchready.collecting.source_review.review", found)
    folder = own_state / "shop"
    folder.mkdir()
    (folder / "main.py").write_text("app = None\n", encoding="utf-8")
    return str(folder)


def wanted(url, **given):
    only = given.pop("only", ["AUTH-16"])
    options = {"target.url": url, "budget.rate": 2000.0, "target.only": only}
    return settings_of(None, {**options, **{f"target.{key}": value for key, value in given.items()}})


async def run(settings):
    order = AuditOrder(settings=settings, out=OUT)
    return await audit(order, emit=lambda _: None, confirm=lambda _: True, stopper=Stopper())


def state(report, check):
    return next(one for one in report.checks if one.info.row.id == check).state


@pytest.mark.parametrize(("leaks", "verdict", "code_of_exit"), [
    (True, State.FAIL, Exit.NOT_READY), (False, State.PASS, Exit.READY),
])  # fmt: skip
async def test_the_code_is_enough_for_a_decision(code, leaks, verdict, code_of_exit):
    tiny = Tiny(leaks=leaks, described=False)
    with serving(tiny) as url:
        audited = await run(wanted(url, repo=code))
    assert state(audited.report, "AUTH-16") is verdict
    assert exit_of(audited.report) is code_of_exit
    assert not tiny.notes
    notes = audited.report.run.notes
    assert "Description of the API: the source code (FastAPI)" in notes
    assert "1 of 8 routes of the code are not served at this address: GET /reports/daily" in notes
    assert {one.path for one in audited.report.operations} == {one.path for one in CODE.routes} - {
        "/reports/daily"
    }


async def test_the_review_and_the_scripts_are_kept_as_evidence(code):
    with serving(Tiny(described=False)) as url:
        await run(wanted(url, repo=code))
    slots = read_run(OUT).slots
    assert isinstance(slots["SourceReview"], Collected)
    assert [one.id for one in slots["SourceReview"].evidence.routes] == [one.id for one in CODE.routes]
    assert isinstance(slots["ClientBundles"], Collected)


async def test_a_document_that_was_named_must_be_there_whatever_the_code_says(code):
    with serving(Tiny(described=False)) as url, pytest.raises(UsageProblem, match=r"nowhere\.json"):
        await run(wanted(url, repo=code, spec="nowhere.json"))


async def test_a_plan_is_made_from_the_code(code):
    tiny = Tiny(described=False)
    with serving(tiny) as url:
        found = await plan(
            wanted(url, repo=code), emit=lambda _: None, stopper=Stopper(), debug=lambda _: None
        )
    assert found.total.accounts
    assert not tiny.users
    assert {entry.split()[0] for entry in tiny.asked} <= {"GET", "OPTIONS"}


async def test_settings_name_no_document_where_there_is_none(code):
    with serving(Tiny(described=False)) as url:
        made = await init(
            wanted(url, repo=code),
            force=False,
            emit=lambda _: None,
            stopper=Stopper(),
            debug=lambda _: None,
        )
    assert "spec =" not in made.text
    assert "# sign-up: POST /signup" in made.text


async def test_without_document_code_and_client_all_ways_are_told():
    with serving(Tiny(described=False)) as url, pytest.raises(UsageProblem, match="--spec") as refused:
        await run(wanted(url))
    told = f"{refused.value} {refused.value.hint}" if hasattr(refused.value, "hint") else str(refused.value)
    assert "--repo" in told

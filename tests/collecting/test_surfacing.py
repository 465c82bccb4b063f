import json

import pytest

from launchready.model.evidence import Collected, Failed
from launchready.model.outcome import Cause, Input
from launchready.model.report import State
from tests.collecting.market import Market, answer, members
from tests.collecting.stage import confirmed, stage


async def surfaced(market, **options):
    async with stage(market, **options) as made:
        await made.collect("Surface")
        return made.slots["Surface"]


async def test_the_document_is_found_and_read():
    market = Market()
    market.resource("notes")
    slot = await surfaced(market)
    assert isinstance(slot, Collected)
    assert {operation.id for operation in slot.evidence.operations} >= {
        "GET /notes",
        "DELETE /notes/{note_id}",
    }
    assert slot.evidence.title == "Market"


@pytest.mark.parametrize("stated", ["/wrong", "/api/v9", "https://api.example.com/old"])
async def test_a_wrong_base_path_is_corrected_by_asking(stated):
    market = Market(servers=[{"url": stated}])
    market.resource("notes", read=members)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        assert confirmed(made.judged()["AUTH-16"]) == ["GET /notes/{note_id}"]


@pytest.mark.parametrize("stated", ["/api/v1", "https://api.example.com/api/v1"])
async def test_a_true_base_path_is_kept(stated):
    market = Market(prefix="/api/v1", servers=[{"url": stated}])
    market.resource("notes", read=members)
    async with stage(market) as made:
        await made.collect("AccessMatrix")
        paths = {operation.path for operation in made.evidence("Surface").operations}
        assert confirmed(made.judged()["AUTH-16"])
    assert paths & {"/notes", "/api/v1/notes"}


async def test_an_api_without_a_document_says_what_to_give():
    market = Market()

    async def missing(request):
        return answer({"detail": "not found"}, 404)

    market.document = lambda: None
    slot = await surfaced(market)
    assert isinstance(slot, Failed)
    assert slot.cause is Cause.NEEDS_INPUT
    assert slot.remedy.input is Input.SPECIFICATION
    assert "--spec" in slot.remedy.sentence


async def test_everything_after_a_missing_document_says_the_same():
    market = Market()
    market.document = lambda: None
    async with stage(market) as made:
        await made.collect("AccessMatrix", "WriteMatrix")
        results = made.judged()
    assert {type(slot) for kind, slot in made.slots.items() if kind != "ClientBundles"} == {Failed}
    assert {results[check].state for check in ("AUTH-15", "AUTH-16", "AUTH-21")} == {State.UNKNOWN}
    assert {results[check].remedy.input for check in ("AUTH-15", "AUTH-16")} == {Input.SPECIFICATION}


async def test_a_named_document_is_read(tmp_path):
    market = Market()
    market.resource("notes")
    (tmp_path / "api.json").write_text(json.dumps(market.document()), encoding="utf-8")
    market.document = lambda: None
    slot = await surfaced(market, spec=str(tmp_path / "api.json"))
    assert isinstance(slot, Collected)
    assert len(slot.evidence.operations) == 8


@pytest.mark.parametrize("paths", [["what?"], {}, {"/orders": {"$ref": "orders.json"}}])
async def test_a_document_that_cannot_be_read_whole_excuses_nothing(paths):
    market = Market()
    known = market.paths if isinstance(paths, dict) and paths else {}
    document = {"openapi": "3.0.3", "info": {"title": "Broken"}}
    market.document = lambda: {**document, "paths": {**known, **paths} if known else paths}
    async with stage(market) as made:
        await made.collect("AccessMatrix", "WriteMatrix")
        assert not made.evidence("Surface").complete
        states = {result.state for check, result in made.judged().items() if check.startswith("AUTH")}
    assert states == {State.UNKNOWN}

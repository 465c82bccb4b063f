import re

import pytest

from launchready.collecting.answers import CANARY
from launchready.collecting.context import MissingEvidence, matches
from launchready.model.evidence import Failed, Plantings
from launchready.model.outcome import Cause, Input, Remedy
from tests.collecting.market import Market
from tests.collecting.stage import stage

REMEDY = Remedy(input=Input.HEALTHY_TARGET, sentence="Start it.")


async def test_words_are_unique_and_found_again():
    async with stage(Market()) as made:
        words = [made.context.new_word("title") for _ in range(500)]
    assert len(set(words)) == 500
    assert all(CANARY.fullmatch(word) for word in words)


async def test_words_survive_slugs_and_lower_case():
    async with stage(Market()) as made:
        word = made.context.new_word("title")
    slug = re.sub(r"[^a-z0-9]+", "-", f"The {word.upper()}, sold".lower()).strip("-")
    assert word in slug
    assert word == word.lower()


async def test_no_word_is_part_of_another_runs():
    async with stage(Market()) as made, stage(Market()) as other:
        other.context.run_id = "ffffff"
        assert made.context.new_word() != other.context.new_word()


@pytest.mark.parametrize(
    ("method", "path", "pattern", "covered"),
    [
        ("POST", "/payments/charge", "POST /payments/*", True),
        ("GET", "/payments/charge", "POST /payments/*", False),
        ("GET", "/payments/charge", "* /payments/*", True),
        ("DELETE", "/payments/charge", "/payments/*", True),
        ("GET", "/notes/{note_id}", "GET /notes/{note_id}", True),
        ("GET", "/notes/{note_id}", "get /notes/*", True),
        ("GET", "/note[s]", "GET /note[s]", True),
        ("GET", "/notes", "GET /note[s]", False),
        ("GET", "/notes/{note_id}/more", "GET /notes", False),
    ],
)
def test_patterns_cover_operations(method, path, pattern, covered):
    assert matches(method, path, pattern) is covered


async def test_what_must_not_be_touched_is_never_asked():
    market = Market()
    market.resource("notes")
    market.resource("orders")
    async with stage(market, never_touch=("/notes*",), exclude=("DELETE /orders/*",)) as made:
        await made.collect("AccessMatrix", "WriteMatrix", "GuardSweep")
    assert market.asked(path="/notes") == []
    assert market.asked("DELETE", "/orders") == []
    assert market.asked("POST", "/orders")


async def test_include_narrows_probing_to_what_is_named():
    market = Market()
    market.resource("notes")
    market.resource("orders")
    async with stage(market, include=("GET /notes/*",)) as made:
        await made.collect("AccessMatrix")
        probed = {probe.operation for probe in made.evidence("AccessMatrix").reads}
    assert probed == {"GET /notes/{note_id}"}
    assert market.asked(path="/orders") == []


async def test_missing_evidence_brings_the_reason_of_its_collector():
    async with stage(Market()) as made:
        with pytest.raises(MissingEvidence, match="not collected") as missing:
            made.context.get(Plantings)
        assert missing.value.cause is Cause.MISSING
        made.context.slots["Plantings"] = Failed(
            kind="Plantings", cause=Cause.TARGET_FAILED, reason="it fell over", remedy=REMEDY
        )
        with pytest.raises(MissingEvidence, match="it fell over") as missing:
            made.context.get(Plantings)
        assert (missing.value.cause, missing.value.remedy) == (Cause.TARGET_FAILED, REMEDY)


async def test_the_journal_is_written_at_once_and_closed_once():
    async with stage(Market()) as made:
        entry = made.context.will_create("member_a", "", "", "note by POST /notes")
        made.context.now_undo(entry, method="DELETE", url="/notes/7", what="note 7")
        made.context.undone(entry)
        made.context.undone(entry)
        assert [(one.id, one.url, one.what) for one in made.journal.entries] == [
            (entry, "", "note by POST /notes"),
            (entry, "/notes/7", "note 7"),
        ]
        assert made.journal.closed == [entry]
        assert made.context.undo_open == {}

import pytest

from launchready.collecting.source_review import SourceReviewCollector
from launchready.model.evidence import Collected, Failed
from launchready.model.outcome import Cause, Input
from tests.collecting.code import review, route
from tests.collecting.market import Market
from tests.collecting.stage import stage


async def collected(**options):
    async with stage(Market(), **options) as made:
        collector = SourceReviewCollector()
        await made.collect(collectors=[collector])
        return made, collector, made.slots["SourceReview"]


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "main.py").write_text("def handle():\n    return 1\n", encoding="utf-8")
    (folder / "broken.py").write_text("def (:\n", encoding="utf-8")
    return folder


async def test_code_is_read_and_nothing_is_asked(repository):
    made, collector, slot = await collected(repo=str(repository))
    assert isinstance(slot, Collected)
    assert slot.evidence.root == "shop"
    assert slot.evidence.files
    assert [one.path for one in slot.evidence.skipped] == ["broken.py"]
    assert not made.market.log
    assert collector.summary().startswith(f"{slot.evidence.files} files, 0 routes")


async def test_frameworks_are_named_in_the_summary(repository, monkeypatch):
    found = review(route("GET", "/a"), route("GET", "/b", app="worker"))

    async def read(tree, **_):
        return found

    monkeypatch.setattr("launchready.collecting.source_review.review", read)
    _, collector, slot = await collected(repo=str(repository))
    assert [one.id for one in slot.evidence.routes] == [one.id for one in found.routes]
    assert collector.summary() == "2 files, 2 routes, FastAPI"


@pytest.mark.parametrize("repo", ["", "nowhere"])
async def test_without_a_repository_the_way_is_told(repo):
    _, _, slot = await collected(repo=repo)
    assert isinstance(slot, Failed)
    assert (slot.cause, slot.remedy.input) == (Cause.NEEDS_INPUT, Input.REPOSITORY)
    assert "--repo" in slot.remedy.sentence


def test_before_the_end_it_is_an_open_end():
    unfinished = SourceReviewCollector().evidence()
    assert unfinished.gaps
    assert not unfinished.routes

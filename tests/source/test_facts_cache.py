"""Facts are kept by content; a damaged or busy file only costs time."""

import pytest

from launchready.source import facts_cache
from launchready.source.code.facts import FileFacts, FunctionFacts
from launchready.source.code.files import code_files
from launchready.source.facts_cache import FactsCache
from launchready.source.repository import working_tree
from launchready.source.review import review, review_files

TEXT = "def f(x):\n    return x\n"


def held(text=TEXT, path="a.py"):
    return code_files({path: text}).by_path[path]


def facts(name="f", path="a.py"):
    return FileFacts(path=path, functions=(FunctionFacts(path=path, name=name, line=1, end_line=2),))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "facts.sqlite"


def test_what_is_kept_comes_back_for_the_same_content_only(file):
    with FactsCache(file) as cache:
        cache.put(held(), facts())
    with FactsCache(file) as cache:
        assert cache.get(held()) == facts()
        assert cache.get(held(TEXT + "\n")) is None
        assert cache.get(held(path="b.py")) is None
    assert file.stat().st_mode & 0o077 == 0


def test_other_readers_make_them_anew(file, monkeypatch):
    with FactsCache(file) as cache:
        cache.put(held(), facts())
    monkeypatch.setattr(facts_cache, "readers_version", lambda: "another")
    with FactsCache(file) as cache:
        assert cache.get(held()) is None


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_a_damaged_file_is_made_anew(file, content):
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with FactsCache(file) as cache:
        cache.put(held(), facts())
    with FactsCache(file) as cache:
        assert cache.get(held()) == facts()


def test_where_nothing_can_be_kept_the_review_goes_on(tmp_path):
    (tmp_path / "file").write_text("")
    with FactsCache(tmp_path / "file" / "facts.sqlite") as cache:
        cache.put(held(), facts())
        assert cache.get(held()) is None


def test_a_second_review_takes_what_is_kept(file):
    files = code_files({"a.py": TEXT})
    with FactsCache(file) as cache:
        first = review_files(files, keeper=cache)

    class Counting(FactsCache):
        made = 0

        def put(self, *_):
            self.made += 1

    with Counting(file) as cache:
        assert review_files(files, keeper=cache) == first
        assert cache.made == 0


async def test_a_review_in_a_thread_of_its_own_takes_what_is_kept(file, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text(TEXT)
    tree = await working_tree(tmp_path / "code")
    with FactsCache(file) as cache:
        await review(tree, keeper=cache)

    class Asked(FactsCache):
        found = 0

        def get(self, held):
            kept = super().get(held)
            self.found += kept is not None
            return kept

    with Asked(file) as cache:
        await review(tree, keeper=cache)
        assert cache.found == 1

from launchready.model.source import LOOKED_FOR
from launchready.source.code.files import CodeFile, CodeFiles, Language
from launchready.source.looking import looked_for
from launchready.source.review import ReviewScope, review_files

HELD = CodeFile(path="a.py", language=Language.PYTHON, text="x = 1\n", digest="1")


def test_it_names_known_things_only():
    for languages in ([Language.PYTHON], [Language.SCRIPT], [Language.PYTHON, Language.SCRIPT], []):
        assert set(looked_for(languages)) <= LOOKED_FOR


def test_only_what_is_looked_for_in_each_language_counts():
    both = set(looked_for([Language.PYTHON, Language.SCRIPT]))
    assert both == set(looked_for([Language.PYTHON])) & set(looked_for([Language.SCRIPT]))
    assert set(looked_for([Language.PYTHON, Language.SQL])) == set(looked_for([Language.PYTHON]))


def test_a_review_says_what_it_looked_for_and_what_it_left_out():
    files = CodeFiles(by_path={"a.py": HELD}, skipped=())
    assert review_files(files).looked_for == looked_for([Language.PYTHON])
    assert not review_files(files).gaps
    (gap,) = review_files(files, scope=ReviewScope(changed=frozenset({"a.py"}))).gaps
    assert "only what changed" in gap.reason

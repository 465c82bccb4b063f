"""What is read of a repository: odd files are named and passed over."""

import asyncio
import os

import pytest

from launchready.source.code.files import LARGEST_FILE, Language, language_of, read_files
from launchready.source.repository import working_tree
from launchready.source.review import review


def tree_of(root):
    return asyncio.run(working_tree(root))


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("api/items.py", Language.PYTHON),
        ("web/route.tsx", Language.SCRIPT),
        ("supabase/migrations/1.sql", Language.SQL),
        (".env.example", Language.SETTINGS),
        ("Dockerfile.prod", Language.SETTINGS),
        ("web/types.d.ts", None),
        ("static/jquery.min.js", None),
        ("package-lock.json", None),
        ("README.md", None),
    ],
)
def test_language_is_told_by_the_name(path, language):
    assert language_of(path) is language


def test_odd_files_are_named_and_passed_over(tmp_path):
    (tmp_path / "fine.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "deep.py").write_text("x = " + "(" * 5_000)
    (tmp_path / "binary.py").write_bytes(b"\0\1\2" * 50)
    (tmp_path / "huge.py").write_text("# " + "x" * LARGEST_FILE + "\n")
    (tmp_path / "bundle.js").write_text("var a=1;" * 2_000)
    (tmp_path / "deep.js").write_text("[" * 20_000)
    (tmp_path / "latin.py").write_bytes("name = 'caf\xe9'\n".encode("latin-1"))
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "link.py").symlink_to(tmp_path / "fine.py")
    found = asyncio.run(review(tree_of(tmp_path)))
    skipped = {one.path: one.reason for one in found.skipped}
    assert {"broken.py", "deep.py", "binary.py", "huge.py", "bundle.js"} <= set(skipped)
    assert "line 1" in skipped["broken.py"]
    assert "fine.py" not in skipped
    assert "latin.py" not in skipped
    assert not any("loop" in path or "link" in path for path in skipped)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_an_unreadable_file_is_named(tmp_path):
    (tmp_path / "closed.py").write_text("x = 1\n")
    (tmp_path / "closed.py").chmod(0)
    assert [one.path for one in read_files(tree_of(tmp_path)).skipped] == ["closed.py"]


def test_nothing_of_the_audited_code_is_run(tmp_path):
    (tmp_path / "app.py").write_text(
        "from fastapi import FastAPI\nopen('ran', 'w').write('1')\napp = FastAPI()\n"
        "@app.get('/x')\ndef x():\n    return 1\n"
    )
    (tmp_path / "conftest.py").write_text("raise SystemExit(3)\n")
    asyncio.run(review(tree_of(tmp_path)))
    assert not (tmp_path / "ran").exists()

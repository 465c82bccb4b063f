"""What changed since a commit: committed, staged, edited and new files, nothing else."""

import subprocess

import pytest

from launchready.source.changes import ChangesError, changed_files


def git(root, *arguments):
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    git(tmp_path, "init", "-b", "main")
    for name in ("kept.py", "edited.py", "removed.py", "api/moved.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    git(tmp_path, "checkout", "-b", "work")
    (tmp_path / "committed.py").write_text("x = 1\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "second")
    return tmp_path


async def test_all_kinds_of_changes_are_seen(repository):
    (repository / "edited.py").write_text("x = 2\n")
    (repository / "new file.py").write_text("x = 3\n")
    (repository / "ignored.py").write_text("x = 4\n")
    (repository / "staged.py").write_text("x = 5\n")
    (repository / "removed.py").unlink()
    git(repository, "add", "staged.py")
    assert await changed_files(repository, "main") == {
        "edited.py", "new file.py", "staged.py", "committed.py", "removed.py",
    }  # fmt: skip


async def test_what_the_base_went_on_with_is_not_ours(repository):
    git(repository, "checkout", "main")
    (repository / "theirs.py").write_text("x = 1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "theirs")
    git(repository, "checkout", "work")
    assert await changed_files(repository, "main") == {"committed.py"}


async def test_paths_are_those_of_the_folder_asked_for(repository):
    (repository / "api" / "moved.py").write_text("x = 1\n")
    assert await changed_files(repository / "api", "main") == {"moved.py"}


@pytest.mark.parametrize("base", ["nothing-such", "--output=owned", "-p"])
async def test_no_such_commit_is_said(repository, base):
    with pytest.raises(ChangesError, match="commit"):
        await changed_files(repository, base)
    assert not (repository / "owned").exists()


async def test_no_repository_is_said(tmp_path):
    with pytest.raises(ChangesError, match="no git repository"):
        await changed_files(tmp_path, "main")

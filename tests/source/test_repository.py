import os
import stat

import pytest

from launchready.source.git import GitError, clean_environment, repository_of, run_git
from launchready.source.repository import Limits, RepositoryError, working_tree
from tests.source.planting import git, write

needs_links = pytest.mark.skipif(os.name == "nt", reason="links take rights on Windows")


def paths(tree):
    return [file.path for file in tree.files]


async def test_git_decides_what_is_in_the_tree(tmp_path):
    git(tmp_path, "init")
    for path in (".gitignore", "tracked.py", "node_modules/kept.js", "deleted.py", "ignored-but-tracked.log"):
        write(tmp_path, path, "*.log\n" if path == ".gitignore" else "x")
    git(tmp_path, "add", "--all", "--force")
    (tmp_path / "deleted.py").unlink()
    write(tmp_path, "new.py", "x")
    write(tmp_path, "ignored.log", "x")
    write(tmp_path, "a b\nü.py", "x")
    tree = await working_tree(tmp_path)
    assert tree.from_git
    assert paths(tree) == sorted(
        [".gitignore", "a b\nü.py", "ignored-but-tracked.log", "new.py", "node_modules/kept.js", "tracked.py"]
    )


async def test_a_folder_of_a_repository_is_listed_by_itself(tmp_path):
    git(tmp_path, "init")
    write(tmp_path, "api/a.py", "x")
    write(tmp_path, "web/b.js", "x")
    assert paths(await working_tree(tmp_path / "api")) == ["a.py"]


async def test_a_folder_that_an_outer_repository_ignores_is_still_looked_at(tmp_path):
    git(tmp_path, "init")
    write(tmp_path, ".gitignore", "inner/\n")
    write(tmp_path, "inner/.env", "x")
    tree = await working_tree(tmp_path / "inner")
    assert paths(tree) == [".env"]
    assert not tree.from_git


async def test_without_git_what_is_installed_is_left_out_and_counted(tmp_path):
    for path in ("a.py", "node_modules/x/a.js", "env/pyvenv.cfg", "env/lib/a.py", "app/venv/own.py"):
        write(tmp_path, path, "x")
    tree = await working_tree(tmp_path)
    assert paths(tree) == ["a.py", "app/venv/own.py"]
    assert dict(tree.left_out) == {"node_modules folders": 1, "env folders": 1}


@needs_links
async def test_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    write(outside, "private.txt", "x")
    root = tmp_path / "root"
    git_root = tmp_path / "git"
    for folder in (root, git_root):
        write(folder, "a.py", "x")
        (folder / "file").symlink_to(outside / "private.txt")
        (folder / "loop").symlink_to(folder)
    assert paths(await working_tree(root)) == ["a.py"]
    git(git_root, "init")
    write(git_root, "sub/private.txt", "x")
    git(git_root, "add", "--all")
    (git_root / "sub/private.txt").unlink()
    (git_root / "sub").rmdir()
    (git_root / "sub").symlink_to(outside)
    tree = await working_tree(git_root)
    assert paths(tree) == ["a.py"]
    assert dict(tree.left_out)["symbolic links"] >= 3


@needs_links
async def test_pipes_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path, "a.py", "x")
    tree = await working_tree(tmp_path)
    assert paths(tree) == ["a.py"]
    assert tree.left_out == (("special files", 1),)


async def test_limits_are_said(tmp_path):
    write(tmp_path, "a.py", "x" * 50)
    write(tmp_path, "b.py", "x")
    write(tmp_path, "c.py", "x")
    tree = await working_tree(tmp_path, Limits(file_bytes=10))
    assert tree.too_large == ("a.py",)
    assert (await working_tree(tmp_path, Limits(files=1))).cut
    assert (await working_tree(tmp_path, Limits(total_bytes=10))).cut
    assert not tree.cut


async def test_a_missing_folder_and_a_file_are_said(tmp_path):
    write(tmp_path, "a.py", "x")
    with pytest.raises(RepositoryError, match="no folder"):
        await working_tree(tmp_path / "nothing")
    with pytest.raises(RepositoryError, match="not a folder"):
        await working_tree(tmp_path / "a.py")


@needs_links
async def test_a_hostile_configuration_runs_nothing(tmp_path):
    root = tmp_path / "root"
    git(tmp_path, "init", str(root))
    write(root, "a.py", "x")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    for name in ("core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external"):
        git(root, "config", name, str(trap))
    git(root, "config", "core.worktree", str(tmp_path))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-index-change").symlink_to(trap)
    git(root, "config", "core.hooksPath", str(hooks))
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert paths(await working_tree(root)) == ["a.py"]
    assert not (tmp_path / "sprung").exists()


async def test_the_environment_of_git_holds_no_secrets_of_the_user(monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("SOME_TOKEN", "x")
    environment = clean_environment()
    assert "SOME_TOKEN" not in environment
    assert "GIT_DIR" not in environment


async def test_errors_of_git_name_the_command(tmp_path, monkeypatch):
    git(tmp_path, "init")
    place = repository_of(tmp_path)
    with pytest.raises(GitError, match="ls-files ended with exit code"):
        await run_git(place, "ls-files", "--no-such-option", cwd=tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="not installed"):
        await run_git(place, "ls-files", cwd=tmp_path)


async def test_a_tree_without_git_installed_is_walked(tmp_path, monkeypatch):
    git(tmp_path, "init")
    write(tmp_path, "a.py", "x")
    monkeypatch.setenv("PATH", str(tmp_path))
    tree = await working_tree(tmp_path)
    assert paths(tree) == ["a.py"]
    assert not tree.from_git

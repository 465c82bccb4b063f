"""Which files make up the working tree: what git has and would take, bounded, symlinks not followed."""

import asyncio
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from launchready.source.git import GitError, repository_of, run_git

# Without git, what is installed or built is known by its folder's name only (a virtual environment by its
# pyvenv.cfg). With git, git decides.
_NOT_OURS = frozenset({
    ".git", ".hg", ".svn", "node_modules", "bower_components", "__pycache__", "site-packages", ".tox", ".nox",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".gradle", ".terraform",
})  # fmt: skip


class RepositoryError(Exception):
    """The folder cannot be read as a repository; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a walk: how many files, bytes of one file, bytes of all."""

    files: int = 100_000
    file_bytes: int = 20_000_000
    total_bytes: int = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A regular file; `path` is relative to the root, with forward slashes; `size` in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTree:
    """The files to look at, and what is not among them.

    `from_git` if git listed them. `too_large` and `unreadable` belong to the repository and are not looked
    at, as is everything past `Limits` when `cut`; `left_out` (dependencies, links, submodules) are no part.
    """

    root: Path
    files: tuple[SourceFile, ...]
    from_git: bool
    too_large: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    cut: bool = False
    left_out: tuple[tuple[str, int], ...] = ()


async def working_tree(root: Path, limits: Limits | None = None) -> WorkingTree:
    """List the tree below `root`; raises RepositoryError when it is no readable folder."""
    folder = await asyncio.to_thread(_folder, root)
    listed = await _listed_by_git(folder)
    return await asyncio.to_thread(_gather, folder, listed, limits or Limits())


def _folder(root: Path) -> Path:
    try:
        folder = root.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise RepositoryError(f"there is no folder {root}") from error
    if not folder.is_dir():
        raise RepositoryError(f"{root} is not a folder")
    return folder


async def _listed_by_git(root: Path) -> list[str] | None:
    """Paths that git tracks or would track; None where there is no usable git repository."""
    place = repository_of(root)
    if place is None:
        return None
    try:
        output = await run_git(
            place, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", cwd=root
        )
    except GitError:
        return None  # a walk sees more than git lists, never less
    # None of it listed: an outer repository ignores this folder, which says nothing about what is in it
    return [os.fsdecode(name) for name in output.split(b"\0") if name] or None


def _gather(root: Path, listed: list[str] | None, limits: Limits) -> WorkingTree:
    left: Counter[str] = Counter()
    files: list[SourceFile] = []
    large: list[str] = []
    unreadable: list[str] = []
    paths: Iterable[str] = _walk(root, left, unreadable) if listed is None else listed
    total = 0
    cut = False
    safe = _Folders(root)
    for path in paths:
        if len(files) >= limits.files or total > limits.total_bytes:
            cut = True
            break
        if not safe.real(path):
            left["symbolic links"] += 1
            continue
        kind = _kind(root, path)
        if kind is None:
            # Listed by git and deleted since: nothing is there; a walk lists only what is there
            continue
        if isinstance(kind, str):
            left[kind] += 1
        elif kind.st_size > limits.file_bytes:
            large.append(path)
        elif not os.access(root / path, os.R_OK):
            unreadable.append(path)
        else:
            files.append(SourceFile(path=path, size=kind.st_size))
            total += kind.st_size
    return WorkingTree(
        root=root,
        files=tuple(sorted(files, key=lambda file: file.path)),
        from_git=listed is not None,
        too_large=tuple(sorted(large)),
        unreadable=tuple(sorted(unreadable)),
        cut=cut,
        left_out=tuple(sorted(left.items())),
    )


def _kind(root: Path, path: str) -> os.stat_result | str | None:
    """The state of a regular file, the name of what else it is, or None when there is nothing."""
    try:
        state = os.lstat(root / path)
    except (OSError, ValueError):
        return None
    if stat.S_ISLNK(state.st_mode):
        return "symbolic links"
    if stat.S_ISDIR(state.st_mode):
        return "submodules"
    return state if stat.S_ISREG(state.st_mode) else "special files"


def _walk(root: Path, left: Counter[str], unreadable: list[str]) -> Iterator[str]:
    def closed(error: OSError) -> None:
        unreadable.append(Path(error.filename).relative_to(root).as_posix() + "/")

    for folder, folders, names in os.walk(root, onerror=closed, followlinks=False):
        here = Path(folder)
        kept = []
        for name in sorted(folders):
            if name in _NOT_OURS or (here / name / "pyvenv.cfg").is_file():
                left[f"{name} folders"] += 1
            elif (here / name).is_symlink():
                left["symbolic links"] += 1
            else:
                kept.append(name)
        folders[:] = kept
        for name in sorted(names):
            yield (here / name).relative_to(root).as_posix()


class _Folders:
    """Whether every folder of a path is a real one below the root: git lists `a/b` when `a` became a link."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, bool] = {"": True}

    def real(self, path: str) -> bool:
        parts = path.split("/")
        if path.startswith("/") or ".." in parts:
            return False
        return self._folder("/".join(parts[:-1]))

    def _folder(self, path: str) -> bool:
        if path not in self._known:
            above = path.rpartition("/")[0]
            self._known[path] = self._folder(above) and not (self._root / path).is_symlink()
        return self._known[path]

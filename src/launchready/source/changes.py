"""What changed in a working tree since a commit."""

import os
from pathlib import Path

from launchready.source.git import GitError, repository_of, run_git


class ChangesError(Exception):
    """It cannot be told what changed; the message says why and what to do."""


async def changed_files(root: Path, base: str) -> frozenset[str]:
    """Paths that differ from where HEAD left `base`, new and uncommitted ones among them.

    They are relative to `root`, with forward slashes.

    Raises:
        ChangesError: no git repository, or no such commit.
    """
    place = repository_of(root)
    if place is None:
        raise ChangesError(f"{root} is no git repository: what changed cannot be told. Leave --changed out.")
    if base.startswith("-"):
        raise ChangesError(f"{base} is no commit.")
    try:
        start = (await run_git(place, "merge-base", base, "HEAD", cwd=root)).decode().strip()
    except GitError as error:
        raise ChangesError(
            f"git finds no common commit of {base} and HEAD ({error}). Fetch it, or name another one: "
            "--changed COMMIT (in a pipeline, check out with the full history)."
        ) from error
    try:
        differing = await run_git(
            place, "diff", "--name-only", "-z", "--relative", "--no-renames", start, "--", ".", cwd=root
        )
        new = await run_git(place, "ls-files", "-z", "--others", "--exclude-standard", cwd=root)
    except GitError as error:
        raise ChangesError(f"git cannot tell what changed since {base}: {error}.") from error
    return frozenset(os.fsdecode(name) for name in (differing + new).split(b"\0") if name)

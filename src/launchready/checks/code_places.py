"""What a file is to the product, told from its path: served code, tests, tools beside it, development settings."""

import re
from collections.abc import Iterable

from launchready.model.source import SourceApp

_TESTS = frozenset({
    "test", "tests", "__tests__", "testing", "spec", "specs", "e2e", "cypress", "playwright", "__mocks__", "mocks",
    "__fixtures__", "fixtures", "testdata",
})  # fmt: skip
_TEST_FILE = re.compile(
    r"^(?:test_.+|.+_test|.+_spec|conftest)\.\w+$|\.(?:test|spec|stories|e2e|cy)\.[a-z]+$"
)
_TOOLS = frozenset({
    "scripts", "script", "bin", "tools", "migrations", "migration", "alembic", "seeds", "seed", "seeders", "benchmarks",
    "bench", "examples", "example", "docs", "doc", "commands", "dev",
    "codegen", "code-generation", "generators", "hack", "ci", ".github", "storybook", ".storybook", "codemods",
})  # fmt: skip
_JOBS = frozenset(
    {"jobs", "job", "tasks", "workers", "worker", "cron", "crons", "queues", "consumers", "schedules"}
)
_DEVELOPMENT = frozenset({"dev", "development", "local", "test", "tests", "testing", "debug", "e2e", "ci"})
_SETTINGS = frozenset(
    {
        "settings",
        "setting",
        "config",
        "configs",
        "conf",
        "env",
        "envs",
        "environment",
        "environments",
        "compose",
    }
)
_WORDS = re.compile(r"[._-]")


def is_test(path: str) -> bool:
    """Whether a file belongs to tests, which nobody serves."""
    *folders, name = path.lower().split("/")
    return not _TESTS.isdisjoint(folders) or _TEST_FILE.search(name) is not None


def is_tool(path: str, apps: Iterable[SourceApp] = ()) -> bool:
    """Whether people run it beside the product: scripts, migrations, seeds, examples.

    Folders above an application do not count: what lies in `examples/shop` may be the product itself.
    """
    inside = path.lower()
    roots = [one.root.lower().strip("/") for one in apps]
    for root in sorted(filter(None, roots), key=len, reverse=True):
        if inside.startswith(f"{root}/"):
            inside = inside.removeprefix(f"{root}/")
            break
    *folders, name = inside.split("/")
    return not _TOOLS.isdisjoint((*folders, _stem(name)))


def is_job(path: str) -> bool:
    """Whether the product runs it by itself, behind no request."""
    *folders, name = path.lower().split("/")
    return not _JOBS.isdisjoint((*folders, _stem(name)))


def is_for_development(path: str) -> bool:
    """Whether settings lie in it that by its name are a developer's own: `settings/local.py`, `.env.development`."""
    *folders, name = path.lower().split("/")
    words = {word for part in (*folders[-1:], name) for word in _WORDS.split(part)}
    return not _DEVELOPMENT.isdisjoint(words) and not _SETTINGS.isdisjoint(words)


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name

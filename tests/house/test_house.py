"""The house rules that no linter knows: what pure code may use, how long things are, what git holds."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"

PURE_PACKAGES = ("model", "checks", "judging")
# Modules of the pure packages that have an effect, as paths under src/launchready; each with its reason.
EFFECTFUL_MODULES: frozenset[str] = frozenset()

# A name bans what is under it too: `os` bans `os.path`. Where only a part is impure, only that part is named:
# `http.HTTPStatus` and `urllib.parse` are values.
IMPURE_MODULES = frozenset({
    "aiohttp", "asyncio", "concurrent", "ctypes", "fcntl", "fileinput", "glob", "http.client",
    "http.cookiejar", "http.server", "io", "mmap", "multiprocessing", "os", "pathlib", "platform", "random",
    "requests", "secrets", "select", "selectors", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl",
    "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid.uuid1", "uuid.uuid4",
})  # fmt: skip
IMPURE_BUILTINS = frozenset({"open", "input", "print", "exec", "eval"})
# `datetime.now()`, `datetime.datetime.utcnow()`, `date.today()`, `uuid.uuid4()`, …
IMPURE_METHODS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4"})
IMPURE_OWNERS = frozenset({"date", "datetime", "uuid"})

LONGEST_FUNCTION = 60
LONGEST_MODULE = 450

MACHINE_PATHS = ("/" + "work/", "/" + "farm/")
ADDRESS = re.compile(r"https?://")
LARGEST_TEXT = 5_000_000


# ------------------------------------------------------------------------------------------ what is read


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each imported thing as a dotted name: `from a import b` is `a.b`, be b a module or a name in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names)


def lies_under(name: str, names: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:count]) in names for count in range(1, len(parts) + 1))


def repository_files() -> list[Path]:
    """What git tracks, and what it would track if it were added now."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a clone: the files of the repository are what git lists")
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file() and path.stat().st_size <= LARGEST_TEXT]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def is_lock(path: Path) -> bool:
    return path.name.endswith((".lock", "-lock.json", "-lock.yaml")) or (
        path.name.startswith("requirements") and path.suffix == ".txt"
    )


# ------------------------------------------------------------------------------------------- what is found


def impure_uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for line, name in imports(tree):
        if lies_under(name, IMPURE_MODULES):
            yield line, f"imports {name}"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=name) if name in IMPURE_BUILTINS:
                yield node.lineno, f"calls {name}()"
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=method) if (
                owner in IMPURE_OWNERS and method in IMPURE_METHODS
            ):
                yield node.lineno, f"calls {owner}.{method}()"


def long_functions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines, {LONGEST_FUNCTION} at most"


def foreign_imports(tree: ast.AST, forbidden: frozenset[str]) -> Iterator[tuple[int, str]]:
    for line, name in imports(tree):
        if name.split(".")[0] in forbidden:
            yield line, f"imports {name}"


# ---------------------------------------------------------------------------------------------- the rules


@pytest.mark.parametrize("package", PURE_PACKAGES)
def test_pure_packages_have_no_effects(package):
    files = python_files(SOURCE / "launchready" / package)
    assert files, f"src/launchready/{package} has no Python file: was it moved?"
    found = [
        f"{name_of(path)}:{line} {what}"
        for path in files
        if path.relative_to(SOURCE / "launchready").as_posix() not in EFFECTFUL_MODULES
        for line, what in impure_uses(parse(path))
    ]
    assert not found, "\n".join(found)


def test_effectful_modules_exist():
    missing = [name for name in EFFECTFUL_MODULES if not (SOURCE / "launchready" / name).is_file()]
    assert not missing, "take them off the list"


def test_model_imports_the_standard_library_only():
    found = [
        f"{name_of(path)}:{line} imports {name}"
        for path in python_files(SOURCE / "launchready" / "model")
        for line, name in imports(parse(path))
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("launchready.model")
    ]
    assert not found, "\n".join(found)


def test_functions_and_modules_are_short():
    files = python_files(SOURCE / "launchready")
    assert files
    found = [f"{name_of(path)}:{line} {what}" for path in files for line, what in long_functions(parse(path))]
    for path in files:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_MODULE:
            found.append(f"{name_of(path)} has {lines} lines, {LONGEST_MODULE} at most: is it two ideas?")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("launchready", frozenset({"agora", "agora_flaws"})),
        ("agora", frozenset({"launchready", "agora_flaws"})),
        ("agora_flaws", frozenset({"launchready"})),
    ],
)
def test_products_do_not_import_each_other(package, forbidden):
    """Import-linter holds this too; this one also sees imports in functions that it could not resolve."""
    found = [
        f"{name_of(path)}:{line} {what}"
        for path in python_files(SOURCE / package)
        for line, what in foreign_imports(parse(path), forbidden)
    ]
    assert not found, "\n".join(found)


def test_no_file_holds_a_path_of_a_work_machine():
    found = [
        f"{name_of(path)}:{number} holds {machine_path}"
        for path in repository_files()
        for number, line in enumerate(text_of(path).split("\n"), 1)
        for machine_path in MACHINE_PATHS
        if machine_path in line
    ]
    assert not found, "\n".join(found)


def test_lock_files_hold_no_address():
    locks = [path for path in repository_files() if is_lock(path)]
    assert ROOT / "requirements.lock" in locks
    found = [name_of(path) for path in locks if ADDRESS.search(text_of(path))]
    assert not found, found


def test_every_locked_package_has_a_hash():
    text = text_of(ROOT / "requirements.lock")
    entries = re.findall(r"^(\S+==\S+)(.*?)(?=^\S+==|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert entries
    assert [name for name, rest in entries if "--hash=sha256:" not in rest] == []


# ------------------------------------------------------------------------- the rules can tell good from bad


@pytest.mark.parametrize(
    "code",
    [
        "import socket",
        "import os.path",
        "import time as clock",
        "from os import path",
        "from pathlib import Path",
        "from io import open",
        "from http import client",
        "from urllib.request import urlopen",
        "def late():\n    import subprocess",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime\ndatetime.date.today()",
        "from uuid import uuid4",
        "import uuid\nuuid.uuid4()",
        "open('x')",
    ],
)
def test_an_effect_is_seen(code):
    assert list(impure_uses(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "import dataclasses, ipaddress, json, re, statistics",
        "from http import HTTPStatus",
        "from urllib.parse import urlsplit",
        "from uuid import UUID",
        "from datetime import datetime, timedelta\ndatetime.fromisoformat('2026-01-01')",
        "door.open('x')",
        "from launchready.model.time_rules import Window",
    ],
)
def test_a_value_is_no_effect(code):
    assert not list(impure_uses(ast.parse(code)))


def test_a_long_function_is_seen():
    body = "    x = 1\n"
    assert not list(long_functions(ast.parse("def f():\n" + body * (LONGEST_FUNCTION - 1))))
    assert list(long_functions(ast.parse("async def f():\n" + body * LONGEST_FUNCTION)))


def test_a_foreign_import_is_seen():
    tree = ast.parse("def late():\n    from agora.app import create")
    assert list(foreign_imports(tree, frozenset({"agora"})))
    assert not list(foreign_imports(ast.parse("import agora_tools"), frozenset({"agora"})))

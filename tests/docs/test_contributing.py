"""Whoever follows CONTRIBUTING.md to the letter gets a check that works."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from launchready.config.catalogue import load_catalogue
from launchready.judging.registry import registered_checks
from tests.docs.pages import ROOT, text_of

PAGE = text_of(ROOT / "CONTRIBUTING.md")
FILE = re.compile(r"^`([\w./]+\.py)`\n\n```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
GOOD_EVIDENCE = re.compile(r"`EVIDENCE`:\n\n```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
FILES = dict(FILE.findall(PAGE))
CHECK_FILE = next(name for name in FILES if "/checks/" in name and name.startswith("src/"))
TEST_FILE = next(name for name in FILES if name.startswith("tests/"))
FLAW_FILE = next(name for name in FILES if "/overlays/" in name)
CHECK = re.search(r'@check\("([A-Z]+-\d+)"\)', FILES[CHECK_FILE])[1]
FLAW = re.search(r'@flaw\(\s*"([\w-]+)"', FILES[FLAW_FILE])[1]
SECONDS = 120


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository with the files of the page in it."""
    copy = tmp_path_factory.mktemp("repository")
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("launchready", "agora", "agora_flaws"):
        shutil.copytree(ROOT / "src" / name, copy / "src" / name, ignore=ignored)
    shutil.copytree(ROOT / "tests" / "checks", copy / "tests" / "checks", ignore=ignored)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, copy / name)
    for name, text in FILES.items():
        file = copy / name
        assert file.parent.is_dir(), f"{name}: there is no such folder"
        assert not file.exists(), f"{name} is there already: let the page build another check"
        file.write_text(text, encoding="utf-8")
    add_good_evidence(copy / "tests" / "checks" / "good.py")
    return copy


def add_good_evidence(file):
    """As the page says: into the import, and at the end of EVIDENCE."""
    text = file.read_text(encoding="utf-8")
    imports = "from launchready.model.evidence import ("
    assert imports in text
    assert text.endswith("\n)\n")
    names = sorted(set(re.findall(r"\b(Plantings|Planted)\(", GOOD_EVIDENCE.search(PAGE)[1])))
    assert names == ["Planted", "Plantings"]
    text = text.replace(imports, imports + "".join(f"\n    {name}," for name in names), 1)
    file.write_text(f"{text[:-2]}{GOOD_EVIDENCE.search(PAGE)[1].rstrip()},\n)\n", encoding="utf-8")


def python(copy, *words):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
    state = copy / "state"
    return subprocess.run(
        [sys.executable, *words], cwd=copy, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS,
        check=False,
        env=kept | {"PYTHONPATH": str(copy / "src"), "XDG_STATE_HOME": str(state), "PYTHONUTF8": "1"},
    )  # fmt: skip


def launchready(copy, *words):
    return python(copy, "-m", "launchready", *words)


def test_the_page_builds_a_check_that_is_not_built_yet():
    assert len(FILES) == 3
    assert CHECK in {row.id for row in load_catalogue()}
    assert CHECK not in registered_checks(), f"{CHECK} is built: let the page build another one"


def test_the_registry_finds_it(copy):
    listed = launchready(copy, "checks", "--json")
    assert CHECK in [one["id"] for one in json.loads(listed.stdout)], listed.stderr


def test_explain_shows_what_its_docstring_says(copy):
    shown = launchready(copy, "explain", CHECK)
    assert shown.returncode == 0, shown.stderr
    assert "does not check it yet" not in shown.stdout
    assert (
        re.search(r'"""(.+?)$', FILES[CHECK_FILE].partition("def ")[2], flags=re.MULTILINE)[1] in shown.stdout
    )


def test_its_test_and_the_loops_over_the_registry_pass(copy):
    ran = python(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
        "tests/checks/test_every_check.py", TEST_FILE,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\d+ passed", ran.stdout)


def test_the_loops_would_notice_a_check_that_passes_without_evidence(copy):
    """The page claims it, so the loops must do more than run."""
    file = copy / CHECK_FILE
    good = file.read_text(encoding="utf-8")
    hollow = re.sub(
        r"    for operation in .*?\n\n", "    yield Safe(subject=OperationSubject(method='GET', path='/'))\n\n",
        good, count=1, flags=re.DOTALL,
    )  # fmt: skip
    assert hollow != good
    file.write_text(hollow, encoding="utf-8")
    try:
        ran = python(
            copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
            "tests/checks/test_every_check.py", "-k", CHECK,
        )  # fmt: skip
    finally:
        file.write_text(good, encoding="utf-8")
    assert f"test_nothing_tested_is_unknown[{CHECK}]" in ran.stdout


def test_the_files_are_as_the_linter_wants_them(copy):
    for command in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        ran = python(copy, "-m", "ruff", *command, *FILES)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_agora_can_have_the_flaw(copy):
    listed = python(copy, "-m", "agora_flaws", "list", "--json")
    flaws = {one["name"]: one["checks"] for one in json.loads(listed.stdout)}
    assert flaws[FLAW] == [CHECK], listed.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("agora", "verdict"), [(("--flaw", FLAW), "fail"), (("--hardened",), "pass")])
def test_an_audit_finds_the_flaw_and_nothing_without_it(copy, tmp_path, agora, verdict):
    ran = launchready(copy, "demo", *agora, "--only", CHECK, "--out", str(tmp_path / "report"), "--json")
    report = json.loads(ran.stdout)
    assert {one["id"]: one["verdict"] for one in report["checks"]}[CHECK] == verdict

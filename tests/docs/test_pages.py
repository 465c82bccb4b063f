"""What the pages say is so: commands, options, settings, links, pictures, numbers."""

import json
import re
import shlex
import sys
import tomllib

import pytest
import yaml
from typer.testing import CliRunner

from launchready.app.checks import implemented_checks
from launchready.app.exits import Exit, FailOn
from launchready.cli.commands import command_line
from launchready.config import schema
from launchready.config.load import load_settings
from launchready.model.settings import Budget
from tests.docs.pages import PAGES, ROOT, blocks, cli, name_of, text_of, with_parts

README = ROOT / "README.md"
CALLS = re.compile(r"(?:`|^ {4}|^- run: |&& )launchready ([a-z]+)\b([^`\n&]*)", flags=re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[\w-]*)?\)|(?:src|srcset)=\"([^\"]+)\"")
LARGEST_PICTURE = 300_000
every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def calls(page):
    return [(found[1], found[2].strip()) for found in CALLS.finditer(text_of(page))]


# ---------------------------------------------------------------------------------------------- README


def test_the_written_parts_are_as_the_program_is():
    text = text_of(README)
    assert text == with_parts(text), "run: python -m tests.docs.pages"


def test_the_checks_it_lists_are_those_of_the_command():
    listed = CliRunner().invoke(command_line(), ["checks", "--json"])
    ids = [one["id"] for one in json.loads(listed.stdout)]
    assert ids == [one.row.id for one in implemented_checks()]
    assert re.findall(r"^\| ([A-Z]+-\d+) \|", text_of(README), flags=re.MULTILINE) == ids


def test_exit_codes_are_all_there():
    table = re.findall(r"^\| (\d+) \|", text_of(README), flags=re.MULTILINE)
    assert [int(code) for code in table] == [code.value for code in Exit]


def test_every_way_to_fail_is_explained():
    text = text_of(README)
    assert [way for way in FailOn if way is not FailOn.DECISION and f"`{way.value}`" not in text
            and f"--fail-on {way.value}" not in text] == []  # fmt: skip


# ---------------------------------------------------------------------------------------------- commands


def test_calls_are_found():
    assert ("demo", "") in calls(README)
    assert ("audit", "http://127.0.0.1:8000 --repo .") in calls(README)
    assert any(options.endswith("--yes --fail-on findings") for _, options in calls(README))


@every_page
def test_every_command_and_option_exists(page):
    commands = cli().commands
    for name, rest in calls(page):
        assert name in commands, f"{name_of(page)}: launchready {name}"
        known = {option for parameter in commands[name].params for option in parameter.opts}
        given = [word.partition("=")[0] for word in shlex.split(rest, comments=True) if word.startswith("--")]
        assert set(given) <= known, f"{name_of(page)}: launchready {name} {rest}"


@every_page
def test_every_make_target_exists(page):
    makefile = text_of(ROOT / "Makefile")
    for target in re.findall(r"(?:`|^ {4})make ([a-z-]+)", text_of(page), flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"make {target}"


# ---------------------------------------------------------------------------------------------- settings


@every_page
def test_every_settings_file_is_read(page, tmp_path):
    for number, text in enumerate(blocks(page, "toml")):
        file = tmp_path / f"{number}.toml"
        file.write_text(text, encoding="utf-8")
        assert load_settings(file).collect.url


def test_the_readmes_settings_say_what_they_seem_to(tmp_path):
    file = tmp_path / "launchready.toml"
    file.write_text(next(blocks(README, "toml")), encoding="utf-8")
    settings = load_settings(file)
    assert settings.collect.never_touch == ("POST /payments/*",)
    assert [(one.name, one.role) for one in settings.collect.accounts] == [("admin", "admin")]
    assert settings.judge.visibility[0].visibility == "members"
    assert settings.judge.attestations[0].check == "SEC-11"


def test_the_page_of_settings_has_every_key():
    text = next(blocks(ROOT / "docs" / "configuration.md", "toml"))
    given = tomllib.loads(text)
    for section, model in (
        ("target", schema.Target), ("mail", schema.Mail), ("budget", schema.Spend), ("judge", schema.Judge),
    ):  # fmt: skip
        assert set(given[section]) == set(model.model_fields)
    for section, model in (
        ("attestations", schema.GivenAttestation), ("waivers", schema.GivenWaiver), ("disputes", schema.GivenDispute),
    ):  # fmt: skip
        assert set(given[section][0]) == set(model.model_fields)
    ways = {key for account in given["accounts"].values() for key in account}
    # `headers` is another spelling of `header`
    assert ways == set(schema.GivenAccount.model_fields) - {"headers"}
    assert set(given) == set(schema.File.model_fields)


def test_the_budget_shown_is_the_budget():
    given = tomllib.loads(next(blocks(ROOT / "docs" / "configuration.md", "toml")))["budget"]
    assert {key: getattr(Budget(), key) for key in given} == given


@every_page
def test_yaml_can_be_read(page):
    for text in blocks(page, "yaml"):
        assert all("run" in step or "uses" in step for step in yaml.safe_load(text))


# ----------------------------------------------------------------------------------------- links, pictures


@every_page
def test_links_lead_somewhere(page):
    for link, source in LINK.findall(text_of(page)):
        target = link or source
        if not target.startswith(("https://", "http://", "mailto:")):
            assert (page.parent / target).exists(), f"{name_of(page)} names {target}"


def test_pictures_are_small_pngs():
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert pictures
    for picture in pictures:
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG\r\n"), picture.name
        assert len(content) < LARGEST_PICTURE, picture.name
        assert f"docs/images/{picture.name}" in text_of(README)


def test_the_schema_beside_the_pages_is_the_programs():
    ours = ROOT / "src" / "launchready" / "reporting" / "report.schema.json"
    assert (ROOT / "docs" / "report.schema.json").read_bytes() == ours.read_bytes()


def test_python_is_the_one_that_the_readme_names():
    needed = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["requires-python"]
    assert needed == ">=3.11"
    assert "Python 3.11 or newer" in text_of(README)
    assert sys.version_info >= (3, 11)

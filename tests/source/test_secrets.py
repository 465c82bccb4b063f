import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from launchready.source import engine, secrets
from launchready.source.repository import working_tree
from tests.source.conftest import mark

PLANTED = [
    ".env",
    "api/settings.py",
    "wp-config.php",
    "home/.netrc",
    "ci/push.sh",
    "media.py",
    "docker-compose.yml",
    "Dockerfile",
    "web/session.js",
    "db.py",
    "Api.cs",
    "client.py",
    "stripe.rb",
    "github.ts",
    "supabase.ts",
    "explore.ipynb",
    "static/app.js.map",
    "k8s/blob.txt",
    "hex.txt",
    "link.txt",
    "uni.js",
    "joined.js",
    "config/master.key",
    "package-lock.json",
    "legacy.ps1",
    "web/index.html",
    "backup.sh",
    "home/.pgpass",
    "web/.npmrc",
    "token.js",
    "spring.xml",
    "users.sql",
    "long.py",
]


@pytest.mark.parametrize("path", PLANTED)
def test_a_planted_secret_is_found_where_it_stands(twins, path):
    marks = {hit.mark for hit in twins.flawed.hits if hit.path == path and hit.classed == "live"}
    assert mark(twins.planted[path]) in marks


def test_a_private_key_is_found(twins):
    hits = [hit for hit in twins.flawed.hits if hit.path == "deploy/id_rsa"]
    assert [hit.classed for hit in hits] == ["live"]


def test_the_list_above_names_all_that_is_planted(twins):
    assert set(twins.planted) == {*PLANTED, "deploy/id_rsa"}


def test_nothing_in_the_fixed_twin_counts(twins):
    counted = [
        (hit.path, hit.line, hit.classed, hit.reason)
        for hit in twins.fixed.hits
        if hit.classed in {"live", "review"}
    ]
    assert not counted


@pytest.mark.parametrize(
    ("path", "classed"),
    [
        ("public.js", "public"),
        ("supabase.ts", "public"),
        ("firebase.ts", "public"),
        ("jwt.md", "example"),
        (".env.example", "example"),
        ("docker-compose.yml", "test"),
        ("tests/test_login.py", "test"),
    ],
)
def test_decoys_are_explained(twins, path, classed):
    assert classed in {hit.classed for hit in twins.fixed.hits if hit.path == path}


def test_one_value_at_two_places_has_one_mark(twins):
    hits = [hit for hit in twins.flawed.hits if hit.mark == mark(twins.planted[".env"])]
    assert {hit.path for hit in hits} == {".env", "worker/.env"}


def test_lines_are_those_of_the_file(twins):
    lines = {
        hit.path: hit.line
        for hit in twins.flawed.hits
        if hit.path in {".env", "home/.netrc", "explore.ipynb"}
    }
    text = (twins.root / "explore.ipynb").read_text()
    expected = 1 + text[: text.index(twins.planted["explore.ipynb"])].count("\n")
    assert lines == {".env": 2, "home/.netrc": 3, "explore.ipynb": expected}


def test_no_value_is_in_anything_that_is_handed_out(twins):
    handed_out = repr(twins.flawed) + repr(twins.fixed)
    leaked = [path for path, value in twins.planted.items() if value in handed_out or value[:8] in handed_out]
    assert not leaked


def test_previews_show_five_characters_at_most(twins):
    assert all(len(hit.preview.replace("…", "")) <= 5 for hit in twins.flawed.hits)


def test_every_file_is_counted_and_none_missed(twins):
    assert twins.flawed.files == len(twins.tree.files) == len(twins.planted) + 1
    assert twins.flawed.missed == ()
    assert "kingfisher" in twins.flawed.engine


@pytest.fixture
def one_file(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    return asyncio.run(working_tree(tmp_path))


@pytest.fixture
def scratch(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def test_nothing_is_left_behind(one_file, scratch):
    result = await secrets.scan_tree(one_file, mark=mark)
    assert result.hits == ()
    assert list(scratch.iterdir()) == []


def a_program(folder, text):
    """An engine that is none, as a shell script."""
    program = folder / "engine"
    program.write_text("#!/bin/sh\n" + text)
    program.chmod(0o700)
    return str(program)


def use(monkeypatch, program):
    monkeypatch.setattr(
        secrets, "find_engine", lambda scratch: engine.Engine(program=program, name="stub", scratch=scratch)
    )


EMPTY = """echo '{"findings": [], "audit": {"summary": {}}}'\n"""
needs_sh = pytest.mark.skipif(os.name == "nt", reason="the stub engine is a shell script")


@needs_sh
async def test_an_engine_that_finds_nothing_at_all_proves_nothing(one_file, scratch, tmp_path, monkeypatch):
    use(monkeypatch, a_program(tmp_path, EMPTY))
    with pytest.raises(engine.EngineFailed, match="planted"):
        await secrets.scan_tree(one_file, mark=mark)
    assert list(scratch.iterdir()) == []


@needs_sh
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 1\n", "exit code 1"),
        ("echo no json\n", "no JSON"),
        ("echo '[]'\n", "another shape"),
        ("""echo '{"findings": [], "audit": {"summary": {"scan_partial": 1}}}'\n""", "left out"),
    ],
)
async def test_a_failing_engine_is_a_failure(one_file, tmp_path, monkeypatch, script, message):
    use(monkeypatch, a_program(tmp_path, script))
    with pytest.raises(engine.EngineFailed, match=message):
        await secrets.scan_tree(one_file, mark=mark)


@needs_sh
async def test_a_slow_engine_is_stopped(one_file, scratch, tmp_path, monkeypatch):
    use(monkeypatch, a_program(tmp_path, f"echo $$ > {tmp_path}/pid\nexec sleep 60\n"))
    with pytest.raises(engine.EngineFailed, match="not done after"):
        await secrets.scan_tree(one_file, mark=mark, seconds=0.5)
    assert list(scratch.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@needs_sh
async def test_an_interrupted_scan_leaves_nothing(one_file, scratch, tmp_path, monkeypatch):
    use(monkeypatch, a_program(tmp_path, f"echo $$ > {tmp_path}/pid\nexec sleep 60\n"))
    task = asyncio.ensure_future(secrets.scan_tree(one_file, mark=mark))
    pid = tmp_path / "pid"
    while not pid.exists() or not pid.read_text().strip():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(scratch.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_no_engine_names_the_line_that_installs_it(one_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "kingfisher", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(engine.EngineMissing, match="pip install"):
        await secrets.scan_tree(one_file, mark=mark)


def test_batches_fit_a_command_line_and_look_like_no_option():
    paths = [f"-{'x' * 300}{number}" for number in range(5000)]
    groups = list(engine.batches(paths))
    assert [item for group in groups for item in group] == [f"./{path}" for path in paths]
    assert len(groups) > 1
    assert all(sum(len(item) + 1 for item in group) <= 400_000 for group in groups)


def test_raw_hits_do_not_show_their_value():
    hit = engine.RawHit(
        path="a", line=1, column=1, rule="r", rule_name="r", confidence="low", value="the value"
    )
    assert "the value" not in repr(hit)
    assert "the value" not in str([hit])


def test_the_rules_are_valid(tmp_path):
    program = engine.find_engine(Path(tmp_path)).program
    done = subprocess.run(
        [
            program,
            "rules",
            "check",
            "--rules-path",
            str(engine.RULES),
            "--load-builtins=false",
            "--no-update-check",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Errors: 0" in done.stdout + done.stderr

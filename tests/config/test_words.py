import csv
from collections import Counter
from importlib.resources import files
from pathlib import Path, PurePath

import pytest

from launchready.config.catalogue import check_ids, load_catalogue
from launchready.config.places import lock_dir, project_key_path, state_dir
from launchready.config.rows import GATES, RED_FLAGS, ROWS
from launchready.model.check_info import GateId, Severity


def test_catalogue_has_every_line_of_its_file_in_order():
    text = files("launchready").joinpath("catalogue.csv").read_text(encoding="utf-8")
    ids = [cells["id"] for cells in csv.DictReader(text.splitlines())]
    rows = load_catalogue()
    assert [row.id for row in rows] == ids
    assert len(rows) == len(check_ids()) == 142


def test_cells_are_split_and_typed():
    first = load_catalogue()[0]
    assert (first.id, first.gate, first.severity) == ("AUTH-01", GateId.G2, Severity.CRITICAL)
    assert first.owasp == ("API2", "API5")
    assert first.sources[0] == "BRIEF:row-auth,C1,D3"
    assert all(row.criterion and row.fix and row.sources for row in load_catalogue())


def test_rows_are_those_of_the_catalogue():
    rows = load_catalogue()
    assert {row.name for row in ROWS} == {row.row for row in rows}
    assert all(
        row.row == next(known.name for known in ROWS if row.id.startswith(f"{known.id}-")) for row in rows
    )
    assert len(ROWS) == 10
    assert all(row.passes_when and row.why and row.breaks for row in ROWS)


def test_gates_and_flags_are_complete_and_name_known_checks():
    assert [gate.id for gate in GATES] == [GateId.G1, GateId.G2, GateId.G3, GateId.G4]
    assert all(gate.question.endswith("?") for gate in GATES)
    assert [flag.id for flag in RED_FLAGS] == ["F1", "F2", "F3", "F4", "F5"]
    assert all(count == 1 for count in Counter(check for flag in RED_FLAGS for check in flag.checks).values())
    assert {check for flag in RED_FLAGS for check in flag.checks} <= check_ids()


@pytest.mark.parametrize(
    ("environ", "platform", "parts"),
    [
        ({"XDG_STATE_HOME": "/state"}, "linux", ("state", "launchready")),
        ({"XDG_STATE_HOME": "/state"}, "darwin", ("state", "launchready")),
        ({"XDG_STATE_HOME": "relative"}, "linux", (".local", "state", "launchready")),
        ({}, "linux", (".local", "state", "launchready")),
        ({}, "darwin", ("Application Support", "launchready")),
        ({"LOCALAPPDATA": "/local"}, "win32", ("local", "launchready")),
        ({}, "win32", ("AppData", "Local", "launchready")),
    ],
)
def test_state_is_where_the_platform_keeps_it(environ, platform, parts):
    found = state_dir(environ, platform, Path("/home/ada"))
    assert PurePath(found).parts[-len(parts) :] == parts


def test_keys_and_locks_lie_below_and_tell_projects_apart(tmp_path):
    one, other = (project_key_path(name, tmp_path) for name in ("https://a.test", "https://b.test"))
    assert one != other
    assert one == project_key_path("https://a.test", tmp_path)
    assert all(
        path.is_relative_to(tmp_path)
        for path in (one, other, lock_dir(tmp_path), project_key_path("", tmp_path))
    )

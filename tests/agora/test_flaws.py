import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from agora_flaws.registry import all_flaws, batches
from agora_flaws.workbench import Workbench
from tests.agora.probes import PROBES
from tests.agora.support import Running, copied, settings_for

FLAWS = all_flaws()
CHECKS = {
    "AUTH-01", "AUTH-02", "AUTH-11", "AUTH-12", "AUTH-15", "AUTH-16", "AUTH-21", "AUTH-28", "AUTH-35",
    "ROLE-01", "ROLE-04", "CORS-01", "SEC-13",
}  # fmt: skip


def flawed(names, template, folder):
    bench = Workbench()
    for name in names:
        FLAWS[name].apply(bench)
    return Running(bench.build(settings_for(copied(template, folder))))


def test_every_flaw_has_a_probe():
    assert set(PROBES) == set(FLAWS)


def test_every_check_has_two_variants():
    counted = Counter(check for flaw in FLAWS.values() for check in flaw.checks)
    assert set(counted) == CHECKS
    assert {check: number for check, number in counted.items() if number < 2} == {}


def test_checks_are_in_the_catalogue():
    catalogue = Path(__file__).parents[2] / "src" / "launchready" / "catalogue.csv"
    with catalogue.open(newline="", encoding="utf-8") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert known >= CHECKS


@pytest.mark.slow
@pytest.mark.parametrize("name", FLAWS)
def test_flaw_shows_when_it_is_laid_on(name, template, tmp_path):
    with flawed([name], template, tmp_path) as server:
        assert PROBES[name](server.api, server.api.member(), server.api.member()) is True


@pytest.mark.parametrize("name", FLAWS)
def test_flaw_is_absent_from_agora(name, api, a, b):
    assert PROBES[name](api, a, b) is False


@pytest.mark.parametrize("batch", sorted(set(batches().values())))
def test_flaws_of_a_batch_do_not_hide_each_other(batch, template, tmp_path):
    names = [name for name, chosen in batches().items() if chosen == batch]
    with flawed(names, template, tmp_path) as server:
        api = server.api
        lost = [name for name in names if PROBES[name](api, api.member(), api.member()) is not True]
    assert lost == []


def test_no_check_twice_in_a_batch():
    chosen = batches()
    for batch in set(chosen.values()):
        checks = Counter(
            check for name, flaw in FLAWS.items() if chosen[name] == batch for check in flaw.checks
        )
        assert all(number == 1 for number in checks.values())


def test_list_is_machine_readable():
    command = [sys.executable, "-m", "agora_flaws", "list", "--json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert {entry["name"] for entry in listed} == set(FLAWS)
    for entry in listed:
        assert set(entry) == {"name", "checks", "sentence", "variant", "trap", "batch"}
        assert entry["trap"] is (entry["checks"] == [])


def test_unknown_flaw_is_a_usage_error():
    command = [sys.executable, "-m", "agora_flaws", "serve", "--flaw", "no-such-flaw"]
    ended = subprocess.run(command, capture_output=True, check=False, text=True)
    assert ended.returncode == 2
    assert "no-such-flaw" in ended.stderr

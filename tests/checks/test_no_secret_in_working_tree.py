import pytest

from launchready.model.evidence import RepositorySecrets, SecretHit
from launchready.model.outcome import Cause
from launchready.model.report import Location, State
from tests.checks.facts import gap, judged


def secret(classed, path="app/settings.py", line=3, mark="m1"):
    return SecretHit(
        path=path, line=line, commit="", where="tree", rule="db-url", rule_name="Database URL",
        preview="postgres://…", mark=mark, classed=classed, reason="it has a host", confidence="high",
    )  # fmt: skip


def verdict(*hits, files=20, gaps=()):
    return judged("SEC-01", RepositorySecrets(engine="engine 1", root=".", files=files, hits=hits, gaps=gaps))


def test_a_tree_without_hits_passes():
    assert verdict().state is State.PASS


def test_a_live_secret_fails_and_names_its_place():
    finding = verdict(secret("live")).findings[0]
    assert verdict(secret("live")).state is State.FAIL
    assert finding.message == "Database URL in app/settings.py line 3: postgres://…"
    assert finding.location == Location(path="app/settings.py", line=3, where="tree")


@pytest.mark.parametrize("classed", ["test", "example", "public"])
def test_values_that_open_nothing_are_no_findings(classed):
    assert verdict(secret(classed)).state is State.PASS
    assert not verdict(secret(classed)).findings


@pytest.mark.parametrize("classed", ["review", "something new"])
def test_what_a_person_must_look_at_is_a_question(classed):
    assert verdict(secret(classed)).cause is Cause.NEEDS_ANSWER


def test_a_value_that_moved_to_another_line_keeps_its_fingerprint():
    names = {verdict(secret("live", line=line)).findings[0].fingerprint for line in (3, 90)}
    assert len(names) == 1


def test_no_file_and_a_gap_are_no_pass():
    assert verdict(files=0).cause is Cause.NOTHING_TESTED
    assert verdict(gaps=(gap(),)).state is State.UNKNOWN

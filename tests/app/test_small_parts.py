import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from launchready.app.agora_process import AgoraFlaw, agora_settings, free_port
from launchready.app.attest import Statement, attest, wanted_statements, with_statement
from launchready.app.checks import as_documents, implemented_checks
from launchready.app.demo import chosen_flaws
from launchready.app.doctor import examine
from launchready.app.errors import UsageProblem
from launchready.app.exits import Exit, FailOn, exit_of
from launchready.app.explain import explain
from launchready.app.init import settings_text
from launchready.app.judgement import all_checks, judged
from launchready.app.leftover import unwanted
from launchready.app.opening import Before
from launchready.app.phases import Phases
from launchready.app.planning import PlannedStep, RunPlan
from launchready.app.recheck import Standing, standing_of
from launchready.app.recordings import record_login, recordings_folder, recordings_of
from launchready.app.selection import kinds_needed, selected_checks
from launchready.app.settling import settings_of
from launchready.app.tape import Tape
from launchready.app.workplace import Workplace
from launchready.collecting.cleanup import leftovers
from launchready.collecting.collector import Cost, Safety
from launchready.config.load import load_settings
from launchready.config.places import project_key_path
from launchready.judging.running import Ran
from launchready.model.event import PhaseEnded, PhaseStarted, RequestSpent
from launchready.model.exchange import Exchange, Intent
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    Remedy,
    Safe,
    Unproven,
    Violation,
    fingerprint,
)
from launchready.model.report import Basis, CheckResult, Decision, Finding, RunInfo, State
from launchready.model.run import Run, UndoEntry
from launchready.model.settings import CollectSettings, JudgeSettings, Settings
from launchready.model.subject import FileSubject, OperationSubject, ProcessSubject

INFO = RunInfo(
    id="r1",
    started_at="2026-01-01T00:00:00+00:00",
    ended_at="2026-01-01T00:01:00+00:00",
    seconds=60.0,
    requests=3,
    profile="standard",
    target="http://127.0.0.1:8000",
)


def a_run(**changes):
    run = Run(info=INFO, rules=1, collect=CollectSettings(), judge=JudgeSettings(), slots={}, exchanges=())
    return replace(run, **changes)


# --------------------------------------------------------------------------------------------- exit codes


def a_report(*states, decision=Decision.NOT_PROVEN, only=False):
    """The first checks have these states; the others pass, or were not selected."""
    report = judged(a_run())
    checks = []
    for number, check in enumerate(report.checks):
        state = states[number] if number < len(states) else State.PASS
        cause = Cause.NOT_SELECTED if only and number >= len(states) else None
        checks.append(
            CheckResult(
                info=check.info, state=State.UNKNOWN if cause else state, basis=Basis.PROVED, cause=cause
            )
        )
    return replace(report, checks=tuple(checks), decision=decision)


@pytest.mark.parametrize(
    ("decision", "code"),
    [(Decision.READY, 0), (Decision.NOT_READY, 1), (Decision.NOT_PROVEN, 3)],
)
def test_the_decision_is_the_exit_code(decision, code):
    assert exit_of(a_report(decision=decision)) == code


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([State.PASS, State.NOT_APPLICABLE], 0),
        ([State.PASS, State.FAIL], 1),
        ([State.UNKNOWN, State.FAIL], 1),
        ([State.PASS, State.UNKNOWN], 3),
    ],
)
def test_with_only_the_selected_checks_are_the_exit_code(states, code):
    assert exit_of(a_report(*states, only=True)) == code


def test_what_fails_can_be_chosen():
    failed = a_report(State.FAIL, decision=Decision.NOT_READY)
    unknown = a_report(State.UNKNOWN)
    assert exit_of(failed, FailOn.NEVER) is Exit.READY
    assert exit_of(unknown, FailOn.UNKNOWN) is Exit.NOT_PROVEN
    assert exit_of(failed, FailOn.UNKNOWN) is Exit.NOT_READY
    assert exit_of(a_report(decision=Decision.READY), FailOn.UNKNOWN) is Exit.READY
    assert exit_of(unknown, FailOn.FINDINGS) is Exit.READY


def test_only_open_findings_count():
    report = a_report(State.FAIL)
    first = report.checks[0]
    for finding, code in (
        (a_finding(), 1),
        (replace(a_finding(), waived_by="Ada"), 0),
        (replace(a_finding(), disputed_by="Ada"), 0),
        (replace(a_finding(), confidence=Confidence.SUSPECTED), 0),
    ):
        changed = replace(report, checks=(replace(first, findings=(finding,)), *report.checks[1:]))
        assert exit_of(changed, FailOn.FINDINGS) == code


# ---------------------------------------------------------------------------------------------- selection


def test_a_row_or_an_id_selects():
    infos = all_checks()
    assert selected_checks(["auth-15"], infos) == ("AUTH-15",)
    rows = selected_checks(["SEC", "CORS-01"], infos)
    assert rows[0].startswith("SEC-")
    assert "CORS-01" in rows
    assert not any(name.startswith("AUTH") for name in rows)
    assert selected_checks([], infos) == ()


def test_a_part_of_a_row_selects_nothing():
    with pytest.raises(UsageProblem, match=r"AUTH, ROLE.*launchready checks"):
        selected_checks(["AUT"], all_checks())


def test_needs_follow_the_selection():
    infos = all_checks()
    assert kinds_needed(["SEC-01"], infos) == {"RepositorySecrets"}
    assert {"AccessMatrix", "RepositorySecrets"} <= kinds_needed([], infos)


def test_checks_are_the_implemented_ones():
    documents = as_documents(implemented_checks())
    assert {"id", "name", "row", "gate", "severity", "proof"} == set(documents[0])
    assert "AUTH-16" in {one["id"] for one in documents}
    assert len(documents) < len(all_checks())


def test_every_check_can_be_explained():
    for info in all_checks():
        _, paragraphs = explain(info.row.id.lower())
        headings = {paragraph.heading for paragraph in paragraphs}
        assert {"Passes when", "How to fix"} <= headings
        if info.implemented:
            assert {"Why", "What this cannot see"} <= headings


# ------------------------------------------------------------------------------------------------ recheck

HERE = OperationSubject(method="GET", path="/notes/{id}", principal="member_b")
THERE = OperationSubject(method="GET", path="/drafts/{id}", principal="member_b")
FILE = FileSubject(path="settings.py", line=3, mark="abc")
REMEDY = Remedy(input=Input.MEMBER_LOGIN, sentence="Log in.")


def violation(subject=HERE, **changes):
    return replace(Violation(subject=subject, variant="path", message="leaks", impact="bad"), **changes)


def unproven(subject=HERE, **changes):
    base = Unproven(subject=subject, cause=Cause.NO_CONTROL, reason="no control", remedy=REMEDY)
    return replace(base, **changes)


def a_finding(subject=HERE):
    return Finding(
        fingerprint=fingerprint("AUTH-16", "path", subject),
        check="AUTH-16",
        confidence=Confidence.CONFIRMED,
        subject=subject,
        variant="path",
        message="leaks",
        impact="bad",
        evidence=(),
        reproduce="",
    )


@pytest.mark.parametrize(
    ("outcomes", "standing"),
    [
        ([violation()], Standing.STILL_THERE),
        ([violation(), Safe(subject=HERE)], Standing.STILL_THERE),
        ([violation(variant="query")], Standing.STILL_THERE),
        ([violation(confidence=Confidence.SUSPECTED, question="May they?")], Standing.NOT_SHOWN),
        ([Safe(subject=HERE)], Standing.GONE),
        ([Safe(subject=replace(HERE, principal="member_a"))], Standing.GONE),
        ([Safe(subject=HERE), unproven()], Standing.NOT_SHOWN),
        ([Safe(subject=HERE), unproven(if_available=True)], Standing.GONE),
        ([Safe(subject=HERE), unproven(subject=THERE)], Standing.GONE),
        ([Safe(subject=HERE), violation(subject=THERE)], Standing.GONE),
        ([Safe(subject=THERE)], Standing.NOT_SHOWN),
        ([], Standing.NOT_SHOWN),
    ],
)
def test_gone_is_only_what_was_shown_to_hold(outcomes, standing):
    assert standing_of(a_finding(), Ran(outcomes=tuple(outcomes)))[0] is standing


def test_a_check_that_could_not_run_shows_nothing():
    blocked = unproven(subject=ProcessSubject(name="AUTH-16"))
    ran = Ran(outcomes=(Safe(subject=HERE),), whole=(blocked,))
    assert standing_of(a_finding(), ran) == (Standing.NOT_SHOWN, "no control. Log in.")


@pytest.mark.parametrize(
    ("outcomes", "standing"),
    [
        ([violation(subject=FILE)], Standing.STILL_THERE),
        ([violation(subject=replace(FILE, line=9))], Standing.STILL_THERE),
        ([violation(subject=replace(FILE, path="other.py"))], Standing.GONE),
        ([Safe(subject=ProcessSubject(name="tree"))], Standing.GONE),
        ([Safe(subject=ProcessSubject(name="tree")), unproven(subject=FILE)], Standing.NOT_SHOWN),
        ([], Standing.NOT_SHOWN),
    ],
)
def test_a_secret_is_gone_when_everything_was_looked_at(outcomes, standing):
    assert standing_of(a_finding(FILE), Ran(outcomes=tuple(outcomes)))[0] is standing


# ------------------------------------------------------------------------------------------- small things


def test_phases_are_numbered_in_one_row():
    events = []
    phases = Phases(events.append, total=3)
    phases.emit(PhaseStarted(name="a", number=1, total=1))
    phases.emit(RequestSpent(spent=1, budget=2))
    with phases.phase("b") as summary:
        summary.append("done")
    started = [(event.number, event.total) for event in events if isinstance(event, PhaseStarted)]
    assert started == [(1, 3), (2, 3)]
    assert events[1] == RequestSpent(spent=1, budget=2)
    assert isinstance(events[-1], PhaseEnded)
    assert events[-1].summary == "done"


def an_exchange(number):
    return Exchange(
        id=f"x{number}", principal="member_a", operation="", intent=Intent.PLANT, method="GET", url="/",
        status=200, offset=float(number), seconds=0.5,
    )  # fmt: skip


def test_a_tape_holds_back_until_there_is_a_file():
    kept = []

    class File:
        exchange = staticmethod(kept.append)
        undo = staticmethod(kept.append)
        undone = staticmethod(kept.append)

    tape = Tape()
    tape.exchange(an_exchange(1))
    assert not kept
    tape.attach(File())
    tape.exchange(an_exchange(2))
    tape.undone("u1")
    assert kept == [an_exchange(1), an_exchange(2), "u1"]


def test_a_resumed_run_counts_on():
    entry = UndoEntry(id="u7", principal="member_a", method="DELETE", url="/notes/1", body="", what="note 1")
    run = a_run(
        exchanges=(an_exchange(9), an_exchange(10)), undo=(replace(entry, id="u12", done=True), entry)
    )
    before = Before.of(run)
    assert (before.exchanges, before.seconds, before.undo_count) == (10, 10.5, 12)
    assert before.undo_open == (entry,)


def test_kept_accounts_are_not_unwanted():
    made = UndoEntry(id="u1", principal="member_a", method="", url="", body="", what="account member_a")
    note = replace(made, id="u2", what="note 1")
    assert unwanted(leftovers([made, note])) == ("note 1",)


def test_a_plan_in_words():
    write = PlannedStep(
        title="Planting", safety=Safety.ACTIVE, cost=Cost(requests=10, accounts=1, objects=2, mails=1)
    )
    read = PlannedStep(title="Reading", safety=Safety.PASSIVE, cost=Cost(requests=5))
    plan = RunPlan(target="http://a", steps=(write, read), budget=4000, on_loopback=False)
    assert plan.in_words() == "http://a: about 15 requests, 1 account, 2 objects, 1 mail"
    refused = replace(plan, steps=(replace(write, refused="no"), read))
    assert refused.in_words() == "http://a: about 5 requests; nothing is written"


def test_an_output_directory_that_cannot_be_made(own_state):
    (own_state / "file").write_text("")
    with pytest.raises(UsageProblem, match="--out DIR"):
        Workplace.prepare(own_state / "file" / "below")


def test_debug_output_is_for_its_owner(own_state):
    place = Workplace.prepare(own_state / "out")
    place.debug("one")
    place.debug("two")
    assert place.debug_log.read_text().count("\n") >= 4
    if os.name != "nt":
        assert place.debug_log.stat().st_mode & 0o777 == 0o600


def test_empty_options_do_not_hide_the_file(own_state):
    (own_state / "launchready.toml").write_text('[target]\nurl = "http://127.0.0.1:8000"\nonly = ["SEC"]\n')
    settings = settings_of(None, {"target.url": "", "target.only": [], "target.profile": "quick"})
    assert settings.collect.url == "http://127.0.0.1:8000"
    assert settings.collect.only == ("SEC",)
    assert settings.collect.profile == "quick"


# ------------------------------------------------------------------------------------ statements, settings


SIGNED = Statement(
    check="sec-11", subject="github", person="Ada", text="MFA is on", signed=date(2026, 1, 1), days=90
)


def test_a_statement_is_added_and_the_rest_stays(own_state):
    path = own_state / "launchready.toml"
    path.write_text('# mine\n[target]\nurl = "http://127.0.0.1:8000"   # here\n')
    attest(SIGNED)
    attest(replace(SIGNED, subject="hosting"))
    assert path.read_text().startswith('# mine\n[target]\nurl = "http://127.0.0.1:8000"   # here\n')
    first, second = load_settings(path).judge.attestations
    assert (first.check, first.subject, first.person) == ("SEC-11", "github", "Ada")
    assert first.expires == date(2026, 4, 1)
    assert second.subject == "hosting"
    with pytest.raises(UsageProblem, match="already"):
        attest(SIGNED)


@pytest.mark.parametrize(
    "statement",
    [
        replace(SIGNED, person=" "),
        replace(SIGNED, text=""),
        replace(SIGNED, days=0),
        replace(SIGNED, check="X"),
    ],
)
def test_an_incomplete_statement_is_refused(statement, own_state):
    with pytest.raises(UsageProblem):
        attest(statement)
    assert not (own_state / "launchready.toml").exists()


def test_inline_attestations_are_not_mangled():
    with pytest.raises(UsageProblem, match="brackets"):
        with_statement("attestations = []\n", {"check": "SEC-11"})


def test_without_a_run_all_statements_are_wanted():
    assert "SEC-11" in {one.check for one in wanted_statements(Path("nowhere"))}


def test_settings_for_nothing_are_a_readable_file(own_state):
    path = own_state / "launchready.toml"
    path.write_text(settings_text(Settings(collect=CollectSettings(url="http://127.0.0.1:8000")), None))
    assert load_settings(path).collect.url == "http://127.0.0.1:8000"


# ----------------------------------------------------------------------------------------- recorded logins


def test_a_pasted_login_is_kept_for_its_target():
    token = "x1y2z3" * 3
    result = record_login("member_a", f"curl 'http://127.0.0.1:8000/me' -H 'Authorization: Bearer {token}'")
    assert result.origin == "http://127.0.0.1:8000"
    assert set(recordings_of("http://127.0.0.1:8000/api")) == {"member_a"}
    assert not recordings_of("http://127.0.0.1:8001")
    if os.name != "nt":
        (file,) = recordings_folder("http://127.0.0.1:8000").iterdir()
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("principal", "pasted"),
    [
        ("member_a", "wget http://127.0.0.1"),
        ("member_a", ""),
        ("member_a", "curl http://127.0.0.1"),
        ("../x", "curl http://127.0.0.1 -H 'Authorization: Bearer abc'"),
    ],
)
def test_what_is_no_login_is_said_to_be_none(principal, pasted):
    with pytest.raises(UsageProblem):
        record_login(principal, pasted)


# ------------------------------------------------------------------------------------------ doctor, Agora


def test_the_doctor_finds_what_is_here(own_state):
    found = {one.name: one for one in examine(own_state / "out")}
    assert found["Python"].good
    assert found["report directory"].good
    assert found["project keys"].good


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_the_doctor_sees_a_key_that_others_can_read(own_state):
    key = project_key_path("http://127.0.0.1")
    key.parent.mkdir(parents=True)
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    finding = next(one for one in examine(own_state) if one.name == "project keys")
    assert not finding.good
    assert finding.needed
    assert finding.fix == f"chmod 600 {key}"


def test_the_doctor_sees_a_place_that_is_no_directory(own_state):
    (own_state / "file").write_text("")
    finding = next(one for one in examine(own_state / "file" / "out") if one.name == "report directory")
    assert not finding.good


def test_agora_gets_settings_of_its_own(own_state):
    one = agora_settings(own_state, 8000, 2525, (("admin", "admin@example.com", "x"),))
    other = agora_settings(own_state, 8000, 2525, ())
    assert one["AGORA_SECRET_KEY"] != other["AGORA_SECRET_KEY"] != one["AGORA_WEBHOOK_SECRET"]
    assert one["AGORA_ADMIN_EMAIL"] == "admin@example.com"
    assert 1024 < free_port() < 65536


def a_flaw(name, *checks, batch="flaws-1"):
    return AgoraFlaw(name=name, checks=checks, sentence="s", trap=not checks, batch=batch)


KNOWN = (
    a_flaw("open", "AUTH-01"),
    a_flaw("thread", "AUTH-12"),
    a_flaw("role", "ROLE-04", batch="flaws-2"),
    a_flaw("looks-bad"),
)


def test_the_handful_does_not_disturb_each_other():
    assert [flaw.name for flaw in chosen_flaws(KNOWN, None)] == ["open", "thread"]


def test_named_flaws_are_taken_once():
    assert [flaw.name for flaw in chosen_flaws(KNOWN, ["role", "role", "open"])] == ["role", "open"]
    with pytest.raises(UsageProblem, match="--list"):
        chosen_flaws(KNOWN, ["nope"])

from dataclasses import replace

import pytest

from launchready.model.check_info import GateId, Severity
from launchready.model.exchange import Intent
from launchready.model.outcome import Cause, Confidence, Input
from launchready.model.report import (
    AccessCell,
    AccessState,
    Decision,
    FlagState,
    GateState,
    OperationState,
    OutsideUsers,
    State,
)
from launchready.reporting import words, write_reports
from launchready.reporting.text import clipped, one_line, pretty_body, spaced, visible
from launchready.reporting.view import build_view


@pytest.mark.parametrize(
    ("enum", "named"),
    [
        (OutsideUsers, words.OUTSIDE), (Decision, words.HANDOVER), (State, words.STATES),
        (GateState, words.GATES), (FlagState, words.FLAGS), (Severity, words.SEVERITIES),
        (Confidence, words.CONFIDENCES),
        (AccessState, words.ACCESS), (OperationState, words.OPERATIONS), (GateId, words.GATE_NAMES),
        (Intent, words.INTENTS), (Input, words.INPUTS), (Cause, words.CAUSES),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_every_state_has_its_words(enum, named):
    assert set(named) == set(enum)


def test_findings_are_sorted_by_gravity(report):
    found = build_view(report).findings
    keys = [(bool(item.settled), item.confidence is Confidence.SUSPECTED) for item in found]
    assert keys == sorted(keys)
    confirmed = [
        list(Severity).index(item.severity) for item in found if keys[found.index(item)] == (False, False)
    ]
    assert confirmed == sorted(confirmed)
    assert found[0].gate == "Gate G1"


def test_worst_is_the_named_one_else_the_gravest_that_stands(report):
    assert build_view(report).worst.fingerprint == report.worst
    assert build_view(replace(report, worst="")).worst.check == "SEC-01"
    assert build_view(replace(report, worst="no such")).worst.check == "SEC-01"


def test_a_suspicion_or_a_settled_finding_is_never_the_worst_by_itself(report):
    kept = tuple(check for check in report.checks if check.info.row.id in {"AUTH-11", "SEC-02", "MAIL-03"})
    assert build_view(replace(report, checks=kept, worst="")).worst is None


def test_proof_is_the_attempt_not_the_control(report):
    found = {
        item.check: item for item in build_view(report).findings if item.confidence is Confidence.CONFIRMED
    }
    assert found["AUTH-12"].proof == "Member B: GET /messages/17 → 200 OK"
    assert found["AUTH-01"].proof == "Not signed in: GET /orders → no answer: the connection was closed"
    assert found["SEC-01"].proof == "backend/.env.production:14"


def test_evidence_that_is_no_exchange_is_kept_as_words(report):
    found = next(
        item for item in build_view(report).findings
        if item.check == "AUTH-16" and item.confidence is Confidence.CONFIRMED
    )  # fmt: skip
    assert [item.id for item in found.exchanges] == ["e5"]
    assert found.other_evidence[0] == "gone"


def test_a_command_is_shown_whole_or_not_at_all(report):
    check = next(check for check in report.checks if check.info.row.id == "AUTH-12")

    def shown(command):
        finding = replace(check.findings[0], reproduce=command)
        return (
            build_view(replace(report, checks=(replace(check, findings=(finding,)),))).findings[0].reproduce
        )

    assert shown("curl " + "x" * 9_000) == "curl " + "x" * 9_000
    assert shown("curl " + "x" * 90_000) == "# too long for here: see it in report.json"


def test_what_a_newer_version_would_test_comes_last(report):
    groups = build_view(report).untested
    assert [group.built for group in groups] == [True, True, True, False]


def test_untested_and_unbuilt_are_told_apart(report):
    checks = {check.id: check for check in build_view(report).checks}
    assert len(checks) == 142
    assert checks["DEP-03"].word.text == "Not tested by this version"
    assert checks["ROLE-01"].word.text == "Not proven"
    assert checks["ROLE-01"].remedy == "Run `launchready login admin`, then audit again."
    assert checks["DEP-03"].remedy == ""


def test_matrix_has_human_names_in_a_steady_order(report):
    matrix = build_view(report).matrix
    assert [name for _, name in matrix.principals] == [
        "Not signed in", "Member A", "Member B", "Moderator", "Admin"]  # fmt: skip
    assert [group.name for group in matrix.groups[:3]] == ["Direct message", "Listing", "Order"]
    names = {row.path: row.name for row in matrix.operations if row.method == "GET"}
    assert names["/directmessages/{id}"] == "Read direct message"
    assert names["/listings"] == "List listings"
    assert len(matrix.operations) == len(report.operations)


def test_cell_that_is_missing_was_not_tried(report):
    operation = replace(
        report.operations[0],
        cells=(AccessCell(principal="seller", state=AccessState.DENIED, evidence=("?",)),),
    )
    matrix = build_view(replace(report, operations=(operation, *report.operations[1:]))).matrix
    row = next(item for item in matrix.operations if item.number == 1)
    states = {cell.principal: cell.state for cell in row.cells}
    assert states["seller"] is AccessState.DENIED
    assert set(states.values()) == {AccessState.DENIED, AccessState.NOT_TRIED}
    assert all(cell.exchanges == () for cell in row.cells)


def test_accepted_risks_are_named_with_ready(ready):
    assert build_view(ready).answers[1].word.text == "Ready with 1 accepted risk"
    assert build_view(replace(ready, accepted_risks=())).answers[1].word.text == "Ready"


def test_a_question_is_not_called_a_finding(report):
    only = tuple(check for check in report.checks if check.info.row.id == "AUTH-11")
    view = build_view(replace(report, checks=only, worst=only[0].findings[0].fingerprint))
    assert view.worst.heading == "First question to answer"
    assert view.worst.mark.text == "Needs an answer"


@pytest.mark.parametrize(
    ("given", "sentence", "command"),
    [
        ("launchready recheck 1f", "", "launchready recheck 1f"),
        ("Mend it (launchready explain A-1): launchready recheck 1f", "Mend it (launchready explain A-1):",
         "launchready recheck 1f"),
        ("Give a login: launchready login admin.", "Give a login:", "launchready login admin"),
        ("Run `launchready login admin`, then audit.", "Run `launchready login admin`, then audit.",
         "launchready login admin"),
        ("Answer this first: may all read it?", "Answer this first: may all read it?", ""),
    ],
)  # fmt: skip
def test_next_step_is_told_from_its_command(report, given, sentence, command):
    step = build_view(replace(report, next_command=given)).next_step
    assert (step.sentence, step.command) == (sentence, command)


def test_coverage_stands_beside_the_answer(report):
    assert build_view(report).coverage == "16 of 142 checks answered, 61 operations, 2,384 requests"


def test_partial_runs_say_so(empty):
    warnings = " ".join(build_view(empty).warnings)
    assert "interrupted" in warnings
    assert "(SEC)" in warnings


def test_reports_are_written_whole_and_with_one_line_ending(report, tmp_path):
    out = tmp_path / "new" / "folder"
    written = write_reports(report, out)
    assert written == {
        "json": out / "report.json", "html": out / "report.html", "sarif": out / "report.sarif",
    }  # fmt: skip
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "report.json", "report.sarif"]
    first = {kind: path.read_bytes() for kind, path in written.items()}
    assert b"\r" not in b"".join(first.values())
    assert {kind: path.read_bytes() for kind, path in write_reports(report, out).items()} == first


# --------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("a\rb", r"a\x0db"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\x9b31m", r"\x9b31m"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
    ],
)
def test_steering_characters_are_shown(raw, shown):
    assert visible(raw) == shown


def test_lines_are_joined_and_cut():
    assert one_line("a\n  b\tc") == "a b c"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"
    assert clipped("abcdef", 4) == ("abcd", 2)


def test_bodies_are_indented_only_if_they_are_json():
    assert pretty_body('{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'
    for other in ("<p>", "{broken", "", "[" * 5_000):
        assert pretty_body(other) == other


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("member_b read member_a's book", "Member B read Member A's book"),
        ("internal operation is open", "Internal operation is open"),
        ("GET /members/member_a gave `member_b`", "GET /members/member_a gave `member_b`"),
        ("/x is open to member_b.", "/x is open to Member B."),
        ("lr_member_a stays", "lr_member_a stays"),
    ],
)
def test_sentences_name_accounts_as_people_do(said, shown):
    assert words.sentence(said) == shown


def test_machine_names_become_words():
    assert spaced("DirectMessage") == spaced("direct_message") == spaced("direct-message") == "direct message"
    assert words.principal_name("ex_member_b") == "Ex member B"
    assert words.object_name("") == "General"
    assert words.operation_name("list", "GET", "category") == "List categories"
    assert words.operation_name("other", "PATCH", "box") == "Call PATCH box"
    assert words.operation_name("login", "POST", "session") == "Log in"

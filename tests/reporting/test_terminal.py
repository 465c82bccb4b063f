import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from launchready.reporting import print_report

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printed(report, *, width=80, encoding="utf-8", terminal=False):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    console = Console(
        file=stream,
        width=width,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
        legacy_windows=False,
    )
    print_report(report, console)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("which", ["report", "small", "ready", "empty"])
@pytest.mark.parametrize("width", [80, 200])
def test_fits_80_columns(which, width, request):
    lines = printed(request.getfixturevalue(which), width=width).splitlines()
    wide = [line for line in lines if cell_len(line.rstrip()) > 80]
    assert wide == []


def test_a_narrow_terminal_is_respected(report):
    wide = [line for line in printed(report, width=50).splitlines() if cell_len(line.rstrip()) > 50]
    assert wide == []


def test_the_answers_come_first(report):
    text = printed(report)
    order = ["Can outside users be let in?", "NOT READY", "Gates", "Worst finding", "Next", "Not tested",
             "Scorecard", "Findings", "Red flags"]  # fmt: skip
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_worst_finding_stands_with_its_proof_and_the_next_command_on_one_line(report):
    text = printed(report)
    assert "Member B: GET /messages/17 → 200 OK" in text
    assert f"\n  launchready recheck {report.worst}\n" in text


def test_long_commands_are_not_broken(report):
    command = "launchready audit " + "x" * 300
    assert f"  {command}\n" in printed(replace(report, next_command=command))


def test_every_row_and_shown_finding_is_there(report):
    text = printed(report)
    for row in report.rows:
        assert row.name in text
    for check in report.checks:
        for finding in check.findings:
            assert finding.fingerprint in text


def test_plain_when_not_a_terminal(report):
    assert not STEERING.search(printed(report).replace("\n", ""))


def test_hostile_text_is_shown_not_obeyed(report):
    coloured = printed(report, terminal=True)
    assert "\x1b[2J" not in coloured
    assert "\x07" not in coloured
    assert "\u202e" not in coloured
    plain = printed(report)
    assert r"\x1b[2J\x1b[31mred\x07 \u202egnp.exe" in plain
    assert "red]markup[/] :boom:" in plain


def test_ascii_output_needs_no_other_character(report):
    text = printed(report, encoding="ascii")
    assert text.isascii()
    assert "Member B: GET /messages/17 -> 200 OK" in text


def test_what_is_not_built_is_said(report):
    missing = sum(not check.info.implemented for check in report.checks)
    assert f"{missing} checks not tested by this version of launchready" in printed(report)


def test_no_next_command_no_empty_heading(ready):
    assert "\nNext\n" not in printed(ready)


def test_any_text_is_harmless(small):
    @given(text=st.text(max_size=80))
    @settings(max_examples=40, deadline=None)
    def holds(text):
        out = printed(replace(small, why=text, next_command=text, run=replace(small.run, title=text)))
        assert not STEERING.search(out.replace("\n", ""))

    holds()

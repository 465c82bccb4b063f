import io
import re

import pytest
from rich.console import Console

from launchready.model.event import Decided, FindingSeen, Noted, PhaseEnded, PhaseStarted, RequestSpent
from launchready.model.outcome import Confidence
from launchready.reporting import LiveView

EVENTS = (
    PhaseStarted(name="discover", number=1, total=3),
    Noted(text="specification found at /openapi.json"),
    RequestSpent(spent=12, budget=4000),
    PhaseEnded(name="discover", seconds=1.234, summary="42 operations"),
    PhaseStarted(name="probe", number=2, total=3),
    FindingSeen(check="AUTH-12", confidence=Confidence.CONFIRMED, message="Member B reads a message."),
    FindingSeen(
        check="AUTH-11", confidence=Confidence.SUSPECTED, message="\x1b[2J [bold]x[/] " + "y" * 5_000
    ),
    Noted(text="the target answered 503", warning=True),
    PhaseEnded(name="probe", seconds=60.0, summary=""),
    Decided(decision="NOT_READY", out="launchready-report/report.html"),
)
PLAIN = """\
[1/3] discover
note: specification found at /openapi.json
[1/3] discover done in 1.2 s: 42 operations
[2/3] probe
confirmed AUTH-12: Member B reads a message.
suspected AUTH-11: \\x1b[2J [bold]x[/] YYY…
warning: the target answered 503
[2/3] probe done in 60.0 s
NOT_READY  launchready-report/report.html
"""


def shown(*, terminal, quiet=False, encoding="utf-8"):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    console = Console(
        file=stream, width=100, force_terminal=terminal, color_system="standard" if terminal else None,
        legacy_windows=False, _environ={"TERM": "xterm"},
    )  # fmt: skip
    with LiveView(console, quiet=quiet) as live:
        for event in EVENTS:
            live.emit(event)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_log_gets_one_plain_line_an_event(encoding):
    text = shown(terminal=False, encoding=encoding)
    cut = "..." if encoding == "ascii" else "…"
    assert re.sub(r"y{200,}(…|\.\.\.)", "YYY" + cut, text) == PLAIN.replace("…", cut)


def test_quiet_says_nothing():
    assert shown(terminal=False, quiet=True) == ""
    assert shown(terminal=True, quiet=True) == ""


def test_a_terminal_keeps_what_was_found_and_shows_the_budget():
    text = shown(terminal=True)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert "confirmed AUTH-12: Member B reads a message." in plain
    assert "12 of 4,000 requests" in plain
    assert r"\x1b[2J [bold]x[/]" in plain
    assert "\x1b[2J" not in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1


def test_an_error_inside_gives_the_terminal_back():
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, legacy_windows=False, _environ={"TERM": "xterm"})

    def broken():
        with LiveView(console) as live:
            live.emit(EVENTS[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert stream.getvalue().index("\x1b[?25l") < stream.getvalue().index("\x1b[?25h")

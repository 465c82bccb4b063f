"""What is happening, while it happens: a live view in a terminal, plain lines in a log."""

from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from launchready.model.event import (
    Decided,
    Event,
    FindingSeen,
    Noted,
    PhaseEnded,
    PhaseStarted,
    RequestSpent,
)
from launchready.model.outcome import Confidence
from launchready.model.report import Decision
from launchready.reporting.ink import STYLES, Ink
from launchready.reporting.text import one_line
from launchready.reporting.words import HANDOVER

_BAR = 24
_SENTENCE = 300


class LiveView:
    """Context manager that shows events: `with LiveView(console) as live: live.emit(event)`.

    In a terminal what is finished scrolls up and one live region shows the phase, the requests and the
    findings so far; elsewhere each phase start, phase end, note and finding is one plain line. `quiet` shows
    nothing at all.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        """Shows on `console`, which should be the one for standard error."""
        self._console = console
        self._ink = Ink(console)
        self._quiet = quiet
        self._phase: PhaseStarted | None = None
        self._spent = 0
        self._budget = 0
        self._seen = {Confidence.CONFIRMED: 0, Confidence.SUSPECTED: 0}
        self._spinner = Spinner("dots" if self._ink.unicode else "line", style="cyan")
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Starts the live region, if there is a terminal."""
        if self._console.is_terminal and not self._quiet and not self._console.is_dumb_terminal:
            self._live = Live(
                get_renderable=self._region,
                console=self._console,
                refresh_per_second=8,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes the live region away; what was printed above it stays."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def emit(self, event: Event) -> None:
        """Shows one event."""
        match event:
            case PhaseStarted():
                self._phase = event
                if self._live is None:
                    self._say(self._ink.text(f"{_place(event)} {one_line(event.name)}"))
            case PhaseEnded():
                self._ended(event)
            case RequestSpent():
                self._spent, self._budget = event.spent, event.budget
            case FindingSeen():
                self._found(event)
            case Noted():
                label, style = ("warning", "yellow") if event.warning else ("note", "dim")
                self._say(self._ink.text(f"{label}: {one_line(event.text, _SENTENCE)}", style))
            case Decided():
                self._decided(event)

    # ------------------------------------------------------------------------------------- single events

    def _ended(self, event: PhaseEnded) -> None:
        summary = f": {one_line(event.summary)}" if event.summary else ""
        place = f"{_place(self._phase)} " if self._phase and self._phase.name == event.name else ""
        self._phase = None
        self._say(self._ink.text(f"{place}{one_line(event.name)} done in {event.seconds:.1f} s{summary}"))

    def _found(self, event: FindingSeen) -> None:
        self._seen[event.confidence] += 1
        style = "bold red" if event.confidence is Confidence.CONFIRMED else "cyan"
        line = self._ink.text(f"{event.confidence.value} ", style)
        line.append(
            self._ink.plain(f"{event.check}: {one_line(event.message, _SENTENCE)}"), style="default not bold"
        )
        self._say(line)

    def _decided(self, event: Decided) -> None:
        word = HANDOVER.get(Decision(event.decision)) if event.decision in set(Decision) else None
        line = self._ink.text(event.decision, f"bold {STYLES[word.tone]}" if word else "bold")
        line.append(self._ink.plain(f"  {one_line(event.out)}"), style="default not bold")
        self._say(line)

    def _say(self, line: Text) -> None:
        if not self._quiet:
            self._console.print(line, soft_wrap=self._live is None, highlight=False, markup=False)

    # ------------------------------------------------------------------------------------ the live region

    def _region(self) -> RenderableType:
        phase = self._phase
        if phase is None and not self._budget:
            return Text("")
        grid = Table.grid(padding=(0, 2, 0, 0))
        name = self._ink.text(f"{_place(phase)} {one_line(phase.name)}" if phase else "", "bold")
        grid.add_row(self._spinner, name, *self._spending(), self._ink.text(self._count(), "bold red"))
        return Group(grid)

    def _spending(self) -> tuple[RenderableType, RenderableType]:
        if not self._budget:
            return Text(""), Text("")
        bar: RenderableType = Text("")
        if self._ink.unicode:
            bar = ProgressBar(total=self._budget, completed=min(self._spent, self._budget), width=_BAR)
        return bar, self._ink.text(f"{self._spent:,} of {self._budget:,} requests", "dim")

    def _count(self) -> str:
        confirmed, suspected = self._seen[Confidence.CONFIRMED], self._seen[Confidence.SUSPECTED]
        parts = [f"{confirmed} found"] if confirmed else []
        return ", ".join([*parts, f"{suspected} open"] if suspected else parts)


def _place(phase: PhaseStarted) -> str:
    return f"[{phase.number}/{phase.total}]"

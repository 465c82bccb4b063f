"""The scorecard at the end of a run, for a terminal or a log."""

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from launchready.model.outcome import Confidence
from launchready.model.report import Report
from launchready.reporting.cards import card_lines
from launchready.reporting.finding import FindingView
from launchready.reporting.ink import STYLES, Ink
from launchready.reporting.text import counted, one_line
from launchready.reporting.view import CheckRef, HeldView, ReportView, UntestedView, build_view

_WIDTH = 80
_MOST_FINDINGS = 20
_MOST_UNTESTED = 6
_SENTENCE = 240


def print_report(report: Report, console: Console) -> None:
    """Prints the scorecard within 80 columns; only commands to paste may be longer, and are not broken."""
    _Scorecard(build_view(report), console).print()


class _Scorecard:
    def __init__(self, view: ReportView, console: Console) -> None:
        self._view = view
        self._console = console
        self._ink = Ink(console)
        self._width = min(_WIDTH, console.width)

    def print(self) -> None:
        self._head()
        self._worst()
        self._next()
        self._untested()
        self._rows()
        self._findings()
        self._routes()
        self._held("Red flags", self._view.flags)
        self._listed("Accepted risks", self._view.accepted_risks)
        self._listed("Left behind at the target", self._view.leftovers)
        self._foot()

    # ---------------------------------------------------------------------------------------- the parts

    def _head(self) -> None:
        view, ink = self._view, self._ink
        self._line()
        self._line(
            ink.text(view.title, "bold"), ink.text(f"  {view.target}" if view.target != view.title else "")
        )
        self._line()
        answers = self._grid(30)
        for answer in view.answers:
            word = ink.text(answer.word.text.upper(), f"bold {STYLES[answer.word.tone]}")
            answers.add_row(ink.text(answer.question), word)
        self._show(answers)
        if view.why:
            self._line()
            self._show(ink.text(view.why), indent=2)
        for warning in view.warnings:
            self._line()
            self._show(ink.text(warning, "bold yellow"), indent=2)
        self._held("Gates", view.gates)

    def _worst(self) -> None:
        worst = self._view.worst
        if worst is None:
            return
        self._title(worst.heading)
        table = self._grid(8)
        table.add_row(self._mark(worst), self._ink.text(f"{worst.check} {worst.check_name}"))
        rows = (
            ("What", worst.message),
            ("Answer", worst.question),
            ("Proof", worst.proof),
            ("Impact", worst.impact),
            ("Fix", worst.fix),
        )
        for label, value in rows:
            if value:
                table.add_row(self._ink.text(label, "dim"), self._ink.text(one_line(value, _SENTENCE)))
        self._show(table)

    def _next(self) -> None:
        step = self._view.next_step
        if step is None:
            return
        self._title("Next")
        if step.sentence:
            self._show(self._ink.text(step.sentence), indent=2)
        for line in step.command.splitlines():
            # Soft wrapped: a command that is broken by us does not work when pasted
            self._console.print(self._ink.text(f"  {line}", "bold"), soft_wrap=True, highlight=False)

    def _untested(self) -> None:
        groups = self._view.untested
        if not groups:
            return
        self._title("Not tested")
        named = [group for group in groups if group.built]
        table = self._grid(11)
        for group in named[:_MOST_UNTESTED]:
            table.add_row(self._ink.text(counted(len(group.checks), "check")), self._unlocked(group))
        self._show(table)
        if more := len(named[_MOST_UNTESTED:]):
            self._show(self._ink.text(f"and {counted(more, 'more input')}, in the report"), indent=2)
        for group in groups:
            if not group.built:
                count = counted(len(group.checks), "check")
                self._show(
                    self._ink.text(f"{count} not tested by this version of launchready", "dim"), indent=2
                )

    def _unlocked(self, group: UntestedView) -> Text:
        label = self._ink.text(group.label, "bold")
        return label.append(self._ink.plain(f": {one_line(group.sentence, _SENTENCE)}"), style="not bold")

    def _rows(self) -> None:
        if not self._view.rows:
            return
        self._title("Scorecard")
        table = self._grid(14, 20)
        for row in self._view.rows:
            table.add_row(
                self._ink.word(row.word), self._ink.text(row.name), self._ink.text(row.counts, "dim")
            )
        self._show(table)

    def _findings(self) -> None:
        findings = self._view.findings
        self._title(f"Findings: {self._view.findings_in_words()}")
        table = self._grid(8, 16)
        for finding in findings[:_MOST_FINDINGS]:
            table.add_row(self._mark(finding), self._ink.text(finding.fingerprint), self._short(finding))
        self._show(table)
        if more := len(findings[_MOST_FINDINGS:]):
            self._show(self._ink.text(f"and {more} more, in the report"), indent=2)

    def _routes(self) -> None:
        """The five-route card, three lines a route."""
        if not self._view.code.cards:
            return
        self._title("Five routes to look at first")
        for card in self._view.code.cards:
            for line in card_lines(card, self._ink):
                self._show(line, indent=2)

    def _mark(self, finding: FindingView) -> Text:
        if finding.confidence is Confidence.SUSPECTED:
            return self._ink.text("Question", "cyan")
        return self._ink.word(finding.severity_word)

    def _short(self, finding: FindingView) -> Text:
        text = self._ink.text(f"{finding.check} ", "bold")
        words = finding.question or finding.message
        text.append(self._ink.plain(one_line(words, 120)), style="not bold")
        if finding.settled:
            text.append(self._ink.plain(f" ({finding.settled})"), style="not bold dim")
        return text

    def _held(self, title: str, held: Iterable[HeldView]) -> None:
        items = list(held)
        if not items:
            return
        self._title(title)
        table = self._grid(18, 2)
        for item in items:
            because = ", ".join((*_ids(item.checks), *item.because))
            sentence = self._ink.text(item.sentence)
            if because:
                sentence.append(self._ink.plain(f" ({one_line(because, 100)})"), style="dim")
            table.add_row(self._ink.word(item.word), self._ink.text(item.id), sentence)
        self._show(table)

    def _listed(self, title: str, things: tuple[str, ...]) -> None:
        if things:
            self._title(title)
            for thing in things:
                self._show(self._ink.text(f"- {thing}"), indent=2)

    def _foot(self) -> None:
        self._line()
        facts = dict(self._view.facts)
        parts = [f"{self._view.coverage} in {facts['Took']}", facts["Version"]]
        self._show(self._ink.text(" · ".join(parts), "dim"))

    # ------------------------------------------------------------------------------------------ helpers

    def _grid(self, *widths: int) -> Table:
        """Columns without lines: fixed ones of these widths, then one that takes the rest."""
        table = Table.grid(padding=(0, 2, 0, 0))
        for width in widths:
            table.add_column(width=width)
        table.add_column(ratio=1, overflow="fold")
        table.width = self._width - 2
        return table

    def _title(self, title: str) -> None:
        self._line()
        self._line(self._ink.text(title, "bold"))

    def _line(self, *parts: Text) -> None:
        self._show(Text.assemble(*parts))

    def _show(self, what: RenderableType, indent: int = 0) -> None:
        if isinstance(what, Table):
            indent = 2
        shown = Padding(what, (0, 0, 0, indent), expand=False) if indent else what
        self._console.print(shown, width=self._width, highlight=False, markup=False)


def _ids(checks: Iterable[CheckRef]) -> list[str]:
    return [check.id for check in checks]

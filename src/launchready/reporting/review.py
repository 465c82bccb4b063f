"""A review for a terminal: the stack, the five routes, every finding with its line, code and fix."""

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from launchready.model.evidence import SourceReview
from launchready.model.report import Report
from launchready.model.source import GuardKind, SourceGuard, SourceRoute
from launchready.reporting.cards import card_lines
from launchready.reporting.code import CodeView
from launchready.reporting.finding import FindingView
from launchready.reporting.ink import STYLES, Ink
from launchready.reporting.text import counted, one_line
from launchready.reporting.view import build_view

_MOST_FINDINGS = 60
_SENTENCE = 300
_MOST_GUARDS = 3
_REFUSING = frozenset(GuardKind) - {GuardKind.IDENTIFIES}


def print_review(report: Report, console: Console) -> None:
    """Prints what the code showed; findings confirmed by the code alone first, then the questions."""
    _Review(report, console).print()


def print_routes(review: SourceReview, console: Console) -> None:
    """Prints every route with who it is for, what guards it and its place: one a line, never broken."""
    ink = Ink(console)
    rows = [_row(route) for route in review.routes]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for name, access, guards, place in rows:
        line = f"{name:<{widths[0]}}  {access:<{widths[1]}}  {guards:<{widths[2]}}  {place}"
        console.print(ink.text(line), soft_wrap=True, highlight=False)


def _row(route: SourceRoute) -> tuple[str, str, str, str]:
    name = route.id if route.served else f"{route.id} (not served)"
    if not route.certain:
        name = f"{name} (path not certain: {route.note})"
    guards = tuple(dict.fromkeys(_link(guard) for guard in route.guards if guard.kind in _REFUSING))
    chain = ", ".join(guards[:_MOST_GUARDS]) + (", …" if len(guards) > _MOST_GUARDS else "")
    return one_line(name, 160), route.access.value, one_line(chain, 120), str(route.place)


def _link(guard: SourceGuard) -> str:
    return f"{guard.name}({guard.role})" if guard.role and guard.role not in guard.name else guard.name


class _Review:
    def __init__(self, report: Report, console: Console) -> None:
        view = build_view(report)
        self._code: CodeView = view.code
        self._findings = view.findings
        self._words = view.findings_in_words()
        self._console = console
        self._ink = Ink(console)

    def print(self) -> None:
        self._stack()
        self._cards()
        self._title(f"Findings: {self._words}")
        for finding in self._findings[:_MOST_FINDINGS]:
            self._finding(finding)
        if more := len(self._findings[_MOST_FINDINGS:]):
            self._show(self._ink.text(f"and {counted(more, 'more finding')}: add --json"))
        self._listed("What the code did not tell", self._code.open)

    def _stack(self) -> None:
        self._title(f"Read {self._code.read}")
        for part in self._code.stack:
            text = self._ink.text(part.name, "bold")
            text.append(self._ink.plain(f" in {part.place}: {part.routes}"), style="not bold")
            self._show(text)
        if not self._code.stack:
            self._show(self._ink.text("No framework was recognised, so no route was read."))

    def _cards(self) -> None:
        if not self._code.cards:
            return
        self._title("Five routes to look at first")
        for card in self._code.cards:
            for line in card_lines(card, self._ink):
                self._show(line)

    def _finding(self, finding: FindingView) -> None:
        tone = STYLES[finding.mark.tone]
        head = Text.assemble(
            "  ",
            self._ink.text(f"{finding.check} ", "bold"),
            self._ink.text(finding.mark.text, tone),
            self._ink.text(f"  {finding.place or finding.where}"),
            self._ink.text(f"  {finding.settled or finding.probed}", "dim"),
        )
        self._console.print()
        self._console.print(head, highlight=False, soft_wrap=True)
        if finding.code:
            # Never broken: a line that is broken by us cannot be searched for
            self._console.print(
                self._ink.text(f"      {finding.code}", "dim"), soft_wrap=True, highlight=False
            )
        self._show(self._ink.text(one_line(finding.question or finding.message, _SENTENCE)), indent=4)
        if finding.fix:
            self._show(self._ink.text(f"Fix: {one_line(finding.fix, _SENTENCE)}"), indent=4)

    def _listed(self, title: str, items: tuple[str, ...]) -> None:
        if items:
            self._title(title)
            for item in items:
                self._show(self._ink.text(f"- {item}"))

    def _title(self, title: str) -> None:
        self._console.print()
        self._console.print(self._ink.text(title, "bold"), highlight=False)

    def _show(self, what: RenderableType, indent: int = 2) -> None:
        self._console.print(Padding(what, (0, 0, 0, indent)), highlight=False, markup=False)

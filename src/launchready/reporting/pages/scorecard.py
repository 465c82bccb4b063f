"""The ten rows, the red flags, all checks, and the facts of the run."""

from collections import Counter
from typing import Final

from launchready.model.report import State
from launchready.reporting import words
from launchready.reporting.markup import Html, Node, icon, inline, tag
from launchready.reporting.pages.parts import check_links, pill, section
from launchready.reporting.view import CheckView, HeldView, ReportView, RowView

_RESULTS: Final = (
    *(words.STATES[state] for state in (State.FAIL, State.PASS, State.UNKNOWN, State.NOT_APPLICABLE)),
    words.NOT_BUILT,
)


def scorecard(view: ReportView) -> Html:
    """The ten rows and the red flags."""
    return section(
        "scorecard",
        "Scorecard",
        tag("ol", [_row(row) for row in view.rows], class_="rows"),
        _flags(view.flags),
        note="Ten things that have to hold. One fail fails its row, and nothing makes up for it.",
    )


def _row(row: RowView) -> Html:
    return tag(
        "li",
        tag(
            "div",
            tag("h3", row.name),
            tag("p", pill(row.word)),
            tag("p", row.counts, class_="note"),
            class_="row-head",
        ),
        tag(
            "dl",
            tag("div", tag("dt", "Passes when"), tag("dd", row.passes_when)),
            tag("div", tag("dt", "Why it matters"), tag("dd", row.why)),
            tag("div", tag("dt", "What breaks"), tag("dd", row.breaks)),
        ),
        class_=f"edge {row.word.tone}",
    )


def _flags(flags: tuple[HeldView, ...]) -> Node:
    if not flags:
        return None
    items = [
        tag(
            "li",
            pill(flag.word),
            tag("span", flag.id, class_="gate-id"),
            tag("span", flag.sentence, " ", check_links(flag.checks), " ",
                tag("span", ", ".join(flag.because), class_="note")),
        )
        for flag in flags
    ]  # fmt: skip
    note = "Two raised: stop, and bring in a senior engineer. What is not known is not counted."
    return [tag("h3", "Red flags"), tag("p", note, class_="note"), tag("ul", items, class_="flags")]


def checks(view: ReportView) -> Html:
    """Every check of the catalogue, with a filter."""
    built = sum(check.built for check in view.checks)
    note = f"{len(view.checks)} in the catalogue; {built} are tested by this version."
    groups = [_check_group(row, view) for row in dict.fromkeys(check.row for check in view.checks)]
    return section("checks", "All checks", _filter(view), groups, note=note)


def _check_group(row: str, view: ReportView) -> Html:
    members = [check for check in view.checks if check.row == row]
    results = Counter(check.word for check in members)
    figures = ", ".join(f"{results[word]} {word.text.lower()}" for word in _RESULTS if results[word])
    columns = (("Check", None), ("Result", None), ("Decides", "wide"), ("Severity", "wide"))
    table = tag(
        "table",
        tag("caption", f"{row}: checks with their results", class_="visually-hidden"),
        tag("thead", tag("tr", [tag("th", name, scope="col", class_=kind) for name, kind in columns])),
        tag("tbody", [_check(check) for check in members]),
        class_="checks",
    )
    summary = tag("summary", tag("h3", row), tag("span", figures, class_="note"))
    return tag("details", summary, tag("div", table), class_="fold")


def _filter(view: ReportView) -> Html:
    results = dict.fromkeys(check.word.text for check in view.checks)
    rows = dict.fromkeys(check.row for check in view.checks)
    return tag(
        "form",
        tag("label", "Find ", tag("input", type="search", name="text", autocomplete="off")),
        tag("label", "Result ", _select("result", results)),
        tag("label", "Row ", _select("row", rows)),
        tag("output", "", aria_live="polite", class_="note"),
        class_="filter",
        data_filter="#checks tbody tr",
        data_js=True,
        hidden=True,
        aria_label="Filter the checks",
    )


def _select(name: str, values: dict[str, None]) -> Html:
    options = [tag("option", "All", value=""), *(tag("option", value, value=value) for value in values)]
    return tag("select", options, name=name)


def _check(check: CheckView) -> Html:
    remedy = tag("p", icon("next"), inline(check.remedy), class_="note") if check.remedy else None
    name = tag(
        "th",
        tag("p", tag("span", check.id, class_="gate-id"), check.name),
        tag("p", check.criterion, class_="note"),
        scope="row",
    )
    result = tag(
        "td",
        pill(check.word),
        tag("p", inline(check.note), class_="note") if check.note and check.built else None,
        remedy,
    )
    return tag(
        "tr",
        name,
        result,
        tag("td", check.gate, class_="wide"),
        tag("td", check.severity.value, class_="wide"),
        id=f"check-{check.id}",
        class_=None if check.built else "unbuilt",
        data_result=check.word.text,
        data_row=check.row,
    )


def run(view: ReportView) -> Html:
    """When, how long, with what; what was left behind, what was inferred."""
    facts = [tag("div", tag("dt", name), tag("dd", value)) for name, value in view.facts]
    lists = (
        ("Left behind at the target", view.leftovers),
        ("Found out on the way", view.notes),
    )
    shown = [
        [tag("h3", title), tag("ul", [tag("li", inline(line)) for line in lines])]
        for title, lines in lists
        if lines
    ]
    return section("run", "This run", tag("dl", facts, class_="facts"), shown)

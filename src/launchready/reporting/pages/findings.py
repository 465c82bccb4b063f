"""The findings: each with its proof, how to see it again, how to repair it."""

from collections.abc import Iterable

from launchready.reporting.finding import ExchangeView, FindingView
from launchready.reporting.markup import Html, Node, inline, prose, tag
from launchready.reporting.pages.parts import (
    command,
    exchange_body,
    exchange_title,
    finding_anchor,
    pill,
    section,
)
from launchready.reporting.text import capital
from launchready.reporting.view import ReportView

_MOST_EXCHANGES = 8


def findings(view: ReportView) -> Html:
    """All findings, gravest first."""
    if not view.findings:
        text = "Nothing was found. What was not tested is listed at the top."
        return section("findings", "Findings", tag("p", text))
    shown = [_finding(finding) for finding in view.findings]
    return section(
        "findings",
        "Findings",
        _filter(view.findings),
        tag("div", shown, class_="findings"),
        note=f"{view.findings_in_words()}, gravest first.",
    )


def _state(finding: FindingView) -> str:
    if finding.settled:
        return "Accepted or disputed"
    return "Needs an answer" if finding.is_question else "Confirmed"


def _filter(items: Iterable[FindingView]) -> Html:
    states = dict.fromkeys(_state(item) for item in items)
    options = [tag("option", "All", value=""), *(tag("option", state, value=state) for state in states)]
    return tag(
        "form",
        tag("label", "Find ", tag("input", type="search", name="text", autocomplete="off")),
        tag("label", "Show ", tag("select", options, name="result")),
        tag("output", "", aria_live="polite", class_="note"),
        class_="filter",
        data_filter=".findings > details",
        data_js=True,
        hidden=True,
        aria_label="Filter the findings",
    )


def _finding(finding: FindingView) -> Html:
    tone = "muted" if finding.settled else finding.mark.tone
    summary = tag(
        "summary",
        tag(
            "div",
            tag("h3", inline(finding.title)),
            tag("p", f"{finding.check} {finding.check_name} · ", tag("code", finding.where), class_="note"),
            tag("p", finding.settled, class_="note settled") if finding.settled else None,
        ),
        pill(finding.mark),
    )
    body = tag("div", _body(finding), class_="finding-body", id=finding_anchor(finding), tabindex="-1")
    return tag("details", summary, body, class_=f"edge {tone}", data_result=_state(finding))


def _body(finding: FindingView) -> list[Node]:
    return [
        _block("In full", tag("p", inline(finding.message))) if finding.message != finding.title else None,
        _block("The question", tag("p", inline(finding.question))) if finding.question else None,
        _block("What it means", tag("p", inline(finding.impact))) if finding.impact else None,
        _where(finding),
        _proof(finding),
        _block("See it yourself", command(finding.reproduce, "the request")) if finding.reproduce else None,
        _fix(finding),
        _block(
            "When it is repaired",
            command(finding.recheck, "the recheck command"),
            tag(
                "p", f"Decides: {finding.gate}. Fingerprint ", tag("code", finding.fingerprint), class_="note"
            ),
        ),
    ]


def _block(title: str, *children: Node) -> Html:
    return tag("div", tag("h4", title), children, class_="block")


def _where(finding: FindingView) -> Html | None:
    if not finding.place:
        return None
    code = tag("pre", tag("code", finding.code)) if finding.code else None
    probed = tag("p", capital(finding.probed), ".", class_="note") if finding.probed else None
    return _block("Where", tag("p", tag("code", finding.place)), code, probed)


def _proof(finding: FindingView) -> Html | None:
    if not finding.exchanges and not finding.other_evidence:
        return None
    shown = [_exchange(exchange) for exchange in finding.exchanges[:_MOST_EXCHANGES]]
    more = len(finding.exchanges) - len(shown)
    rest = tag("p", f"and {more} more, in the list of exchanges", class_="note") if more else None
    other = tag("ul", [tag("li", tag("code", item)) for item in finding.other_evidence])
    return _block("The proof", shown, rest, other if finding.other_evidence else None)


def _exchange(exchange: ExchangeView) -> Html:
    role = tag("span", exchange.purpose, class_="note")
    return tag("details", tag("summary", exchange_title(exchange), " ", role), exchange_body(exchange))


def _fix(finding: FindingView) -> Html | None:
    if not finding.fix and not finding.how_to_fix:
        return None
    lead = tag("p", inline(finding.fix)) if finding.fix else None
    return _block("How to fix it", lead, tag("div", prose(finding.how_to_fix), class_="prose"))

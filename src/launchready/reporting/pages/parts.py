"""Pieces that several parts of the page use."""

from collections.abc import Mapping, Sequence
from typing import Final

from launchready.reporting.finding import ExchangeView, FindingView
from launchready.reporting.markup import Html, Node, icon, tag
from launchready.reporting.view import CheckRef
from launchready.reporting.words import Tone, Word

_SIGNS: Final[Mapping[Tone, str]] = {
    Tone.GOOD: "yes",
    Tone.BAD: "no",
    Tone.CAUTION: "alert",
    Tone.OPEN: "ask",
    Tone.MUTED: "dash",
}


def pill(word: Word) -> Html:
    """A state: sign, colour and word."""
    return tag("span", icon(_SIGNS[word.tone]), word.text, class_=f"pill {word.tone}")


def command(text: str, label: str) -> Html:
    """A command to paste, with a button that copies it."""
    button = tag("button", "Copy", type="button", class_="copy", hidden=True, data_js=True,
                 aria_label=f"Copy: {label}")  # fmt: skip
    return tag("div", tag("pre", tag("code", text)), button, class_="command")


def section(name: str, title: str, *children: Node, note: Node = None) -> Html:
    """A landmark with its heading."""
    head = tag("div", tag("h2", title, id=f"{name}-title"), tag("p", note, class_="note") if note else None,
               class_="section-head")  # fmt: skip
    return tag("section", head, children, id=name, aria_labelledby=f"{name}-title")


def check_links(checks: Sequence[CheckRef]) -> Html:
    """Checks named by id, each leading to its row in the table."""
    links = [tag("a", check.id, href=f"#check-{check.id}", title=check.name) for check in checks]
    return tag("span", [[" " if number else None, link] for number, link in enumerate(links)], class_="refs")


def exchange_body(exchange: ExchangeView) -> Html:
    """Request and answer side by side."""
    caption = f"{exchange.purpose} · {exchange.milliseconds} ms · {exchange.id}"
    return tag(
        "div",
        tag("p", caption, class_="note"),
        tag(
            "div",
            tag("div", tag("p", "Request", class_="label"), tag("pre", tag("code", exchange.request))),
            tag("div", tag("p", "Answer", class_="label"), tag("pre", tag("code", exchange.response))),
            class_="exchange",
        ),
    )


def exchange_title(exchange: ExchangeView) -> Html:
    """Who asked for what and what came, on one line."""
    return tag(
        "span",
        tag("strong", exchange.who),
        " ",
        tag("code", exchange.line),
        " → ",
        tag("strong", exchange.answer),
        class_="exchange-title",
    )


def finding_anchor(finding: FindingView) -> str:
    """Id of a finding on the page."""
    return "finding-" + "".join(char for char in finding.fingerprint if char.isalnum())

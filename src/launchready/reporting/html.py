"""report.html: one file that asks for nothing else, readable without script, on a phone and on paper."""

import base64
import hashlib
from importlib.resources import files

from launchready.model.report import Report
from launchready.reporting.markup import Html, render, tag
from launchready.reporting.pages import access, code, findings, scorecard, top
from launchready.reporting.view import ReportView, build_view


def to_html(report: Report) -> str:
    """The report as one page; equal reports give equal text."""
    view = build_view(report)
    style, script = _asset("report.css"), _asset("report.js")
    page = tag("html", _head(view, style, script), _body(view, script), lang="en")
    return "<!doctype html>\n" + render(page).encode("utf-8", "replace").decode() + "\n"


def _asset(name: str) -> str:
    return files("launchready.reporting").joinpath("assets", name).read_text(encoding="utf-8")


def _head(view: ReportView, style: str, script: str) -> Html:
    answer = view.answers[0].word.text.lower()
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"{view.title}: outside users {answer}"),
        # Without it a browser asks for /favicon.ico where the report is served
        tag("link", rel="icon", href="data:,"),
        Html(f"<style>{style}</style>"),
    )


def _policy(style: str, script: str) -> str:
    """Nothing but this very style and script runs (CSP Level 3, hash sources)."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _body(view: ReportView, script: str) -> Html:
    return tag(
        "body",
        tag("a", "Skip to the answer", href="#answer", class_="skip"),
        Html(_asset("icons.svg")),
        top.header(view),
        tag(
            "main",
            top.answers(view),
            top.urgent(view),
            scorecard.scorecard(view),
            code.five_routes(view),
            access.access(view),
            findings.findings(view),
            scorecard.checks(view),
            access.exchanges(view),
            code.code(view),
            scorecard.run(view),
            id="main",
        ),
        tag("footer", tag("p", _foot(view), class_="note")),
        Html(f"<script>{script}</script>"),
    )


def _foot(view: ReportView) -> str:
    return f"{dict(view.facts)['Version']}. Every answer above can be judged again from the evidence file."

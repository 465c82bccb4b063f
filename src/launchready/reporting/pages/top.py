"""What is read first: the answers, the gates, the worst finding, the next step, what was not tested."""

from launchready.reporting.finding import FindingView
from launchready.reporting.markup import Html, Node, icon, inline, tag
from launchready.reporting.pages.parts import (
    check_links,
    command,
    exchange_body,
    exchange_title,
    finding_anchor,
    pill,
    section,
)
from launchready.reporting.text import counted
from launchready.reporting.view import AnswerView, HeldView, ReportView, UntestedView

# Longer answers are set smaller
_LARGE = 14
_NAVIGATION = (
    ("scorecard", "Scorecard"),
    ("access", "Access"),
    ("findings", "Findings"),
    ("checks", "Checks"),
    ("exchanges", "Exchanges"),
    ("run", "Run"),
)


def header(view: ReportView) -> Html:
    """Whose report this is, and where its parts are."""
    links = [tag("li", tag("a", label, href=f"#{name}")) for name, label in _NAVIGATION]
    started = dict(view.facts).get("Started", "")
    where = [tag("span", view.target, class_="target")] if view.target != view.title else []
    return tag(
        "header",
        tag("p", icon("mark"), "launchready", class_="brand"),
        tag("nav", tag("ul", links), aria_label="Parts of this report"),
        tag("h1", view.title),
        tag("p", where, " ", tag("span", started) if started else None, class_="note"),
    )


def answers(view: ReportView) -> Html:
    """The two answers, the sentence that explains them, and what to know before relying on them."""
    return tag(
        "section",
        tag("h2", "The answer", id="answer-title", class_="visually-hidden"),
        [tag("p", icon("alert"), warning, class_="warning") for warning in view.warnings],
        tag("div", [_answer(answer) for answer in view.answers], class_="answers"),
        tag("p", inline(view.why), class_="lead") if view.why else None,
        tag("p", view.coverage, class_="note"),
        _gates(view.gates),
        _accepted(view.accepted_risks),
        id="answer",
        aria_labelledby="answer-title",
    )


def _answer(answer: AnswerView) -> Html:
    return tag(
        "div",
        tag("p", answer.question, class_="question"),
        tag("p", answer.word.text, class_="word" if len(answer.word.text) <= _LARGE else "word long"),
        tag("p", answer.word.meaning, class_="meaning"),
        class_=f"answer {answer.word.tone}",
    )


def _gates(gates: tuple[HeldView, ...]) -> Html | None:
    if not gates:
        return None
    items = [
        tag(
            "li",
            tag("p", tag("span", gate.id, class_="gate-id"), pill(gate.word), class_="gate-head"),
            tag("p", gate.sentence),
            tag("p", check_links(gate.checks), " ", ", ".join(gate.because), class_="note")
            if gate.checks or gate.because
            else None,
            class_=f"gate {gate.word.tone}",
        )
        for gate in gates
    ]
    return tag("div", tag("h3", "The four gates", class_="label"), tag("ul", items, class_="gates"))


def _accepted(risks: tuple[str, ...]) -> list[Html]:
    if not risks:
        return []
    items = [tag("li", inline(risk)) for risk in risks]
    return [tag("h3", "Accepted risks", class_="label"), tag("ul", items, class_="accepted")]


def urgent(view: ReportView) -> Html:
    """Beside each other: the worst finding with its proof; the next command and what was not tested."""
    aside = [_next(view), _untested(view)]
    left = _worst(view.worst) if view.worst else _nothing(view)
    return tag("div", left, tag("div", aside), class_="urgent")


def _nothing(view: ReportView) -> Html:
    text = "No confirmed finding stands. "
    if view.untested:
        text += "That says nothing about what was not tested."
    return section("worst", "Worst finding", tag("div", tag("p", text), class_="card"))


def _worst(worst: FindingView) -> Html:
    lines: list[Node] = [
        tag(
            "p",
            pill(worst.mark),
            " ",
            tag("span", f"{worst.check} · {worst.check_name}", class_="note"),
        ),
        tag("p", inline(worst.message), class_="message"),
        tag("p", tag("strong", inline(worst.question))) if worst.question else None,
        tag("p", inline(worst.impact)) if worst.impact else None,
    ]
    shown = worst.proof_exchange
    proof: Node = (
        tag("p", tag("span", "Proof ", class_="label"), tag("code", worst.proof)) if worst.proof else None
    )
    if shown is not None:
        proof = tag(
            "details",
            tag("summary", tag("span", "Proof ", class_="label"), exchange_title(shown)),
            exchange_body(shown),
            open=True,
        )
    more = tag("p", tag("a", "How to fix it, and the whole finding", href=f"#{finding_anchor(worst)}"))
    card = tag("div", lines, proof, more, class_=f"card edge {worst.mark.tone}")
    return section("worst", worst.heading, card)


def _next(view: ReportView) -> Html | None:
    step = view.next_step
    if step is None:
        return None
    sentence = tag("p", inline(step.sentence)) if step.sentence else None
    return section(
        "next", "Do this next", sentence, command(step.command, "the next command") if step.command else None
    )


def _untested(view: ReportView) -> Html | None:
    if not view.untested:
        return None
    items = [_group(group) for group in view.untested]
    return section("untested", "What was not tested", tag("ul", items, class_="untested"))


def _group(group: UntestedView) -> Html:
    count = counted(len(group.checks), "check")
    if not group.built:
        return tag(
            "li",
            tag("p", tag("strong", count, " not tested by this version"), class_="muted"),
            tag("p", "This report says nothing about them. They are marked in the list of all checks."),
            class_="unbuilt",
        )
    return tag(
        "li",
        tag("p", tag("strong", group.label), " would prove ", tag("strong", count)),
        tag("p", inline(group.sentence)),
        tag("details", tag("summary", "Which"), _names(group)),
    )


def _names(group: UntestedView) -> Html:
    return tag(
        "ul",
        [
            tag("li", tag("a", check.id, href=f"#check-{check.id}"), f" {check.name}")
            for check in group.checks
        ],
    )

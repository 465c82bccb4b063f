"""Text that is put into a page as HTML."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import HitKind
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import RESPONSE_NAMES, Mode, Origin
from launchready.source.script.nodes import unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import Sink, calls_of, flow_of, is_open, property_of
from launchready.source.script.sinks.code import is_markup

_FIX = "Render it as text, or clean it with a maintained library (DOMPurify, sanitize-html) right here"
_ESCAPED = re.compile(
    r"replace(?:All)?\(\s*/?['\"\[(]?\s*<|\\u003c|serialize\(|jsesc|htmlEscape|safeJson|escapeJson|devalue|superjson|htmlSafe"
    r"|xss\(|sanitiz|purify|escape",
    re.IGNORECASE,
)
# Highlighters, formula setters and the like escape what they are given
_RENDERERS = re.compile(
    r"highlight|hljs|shiki|codeToHtml|katex|prism|mermaid|renderToStaticMarkup|renderToString|twemoji|svg|icon|qrcode|barcode"
    r"|\bt\(|i18n|translate|formatMessage|intl\.|style|css|theme",
    re.IGNORECASE,
)
_BY_LINK = re.compile(r"query|params|searchParams|originalUrl|\.url\b|\.path\b")
_DOM = frozenset({"innerHTML", "outerHTML"})


def html_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """HTML that is not constant and was not cleaned."""
    if reading.has("dangerouslySetInnerHTML"):
        yield from _react(reading, flows)
    if reading.has(*_DOM):
        yield from _dom(reading, flows)
    for call in calls_of(reading):
        if call.method in {"insertAdjacentHTML", "write", "writeln"} and call.name.startswith(
            ("document.", "")
        ):
            yield from _written(reading, flows, call.node, call.name, list(call.arguments))
        elif call.method == "bypassSecurityTrustHtml" and call.arguments:
            yield from _html(
                reading, flows, call.node, call.arguments[0], "Angular's cleaning is passed by for text"
            )
        elif call.method in {"send", "end", "write"} and call.arguments:
            yield from _answered(reading, flows, call.node, call.name, call.arguments[0])


def _react(reading: Reading, flows: Flows) -> Iterator[Sink]:
    if reading.path.endswith((".ts", ".mts", ".cts")):
        return
    for attribute in reading.nodes("jsx_attribute"):
        inner = attribute.named_children()
        if not inner or inner[0] == inner[-1] or inner[0].text() != "dangerouslySetInnerHTML":
            continue
        held = next((one for one in inner[1].named_children() if one.kind() != "comment"), None)
        value = property_of(held, "__html") if held is not None else None
        element = attribute.parent()
        name = element.field("name") if element is not None else None
        tag = name.text() if name is not None else ""
        if value is not None and tag != "style" and not (tag == "script" and _is_own_script(element, value)):
            yield from _html(reading, flows, attribute, value, "dangerouslySetInnerHTML gets text")


def _is_own_script(element: SgNode | None, value: SgNode) -> bool:
    """A script of the page itself is text of the product's; data for search engines is not."""
    return element is None or "ld+json" not in element.text().replace(value.text(), "")


def _dom(reading: Reading, flows: Flows) -> Iterator[Sink]:
    for one in (*reading.nodes("assignment_expression"), *reading.nodes("augmented_assignment_expression")):
        left, right = one.field("left"), one.field("right")
        if left is None or right is None or left.kind() != "member_expression":
            continue
        name = left.field("property")
        if (
            name is not None
            and name.text() in _DOM
            and not right.text().endswith((".innerHTML", ".outerHTML"))
        ):
            yield from _html(reading, flows, one, right, f"{name.text()} gets text")


def _written(reading: Reading, flows: Flows, node: SgNode, name: str, given: list[SgNode]) -> Iterator[Sink]:
    if name.endswith("insertAdjacentHTML") and len(given) > 1:
        yield from _html(reading, flows, node, given[1], "insertAdjacentHTML gets text")
    elif name in {"document.write", "document.writeln"} and given:
        yield from _html(reading, flows, node, given[0], "document.write gets text")


def _html(reading: Reading, flows: Flows, node: SgNode, value: SgNode, what: str) -> Iterator[Sink]:
    origin = flows.origin(value, Mode.MARKUP)
    if not is_open(origin) or _ESCAPED.search(_written_out(reading, value)):
        return
    sent = bool(origin & Origin.REQUEST)
    if not sent and _RENDERERS.search(_written_out(reading, value)):
        return
    yield Sink(
        kind=HitKind.RAW_HTML,
        rule="raw-html",
        message=f"{what} that {'the caller sent' if sent else 'is not constant'}, uncleaned as far as this file shows",
        fix=_FIX,
        node=node,
        flow=flow_of(origin),
        certain=sent,
    )


def _written_out(reading: Reading, value: SgNode) -> str:
    """An expression with what its variables were set to."""
    texts = [value.text()]
    names = [one for one in (value, *value.find_all(kind="identifier")) if one.kind() == "identifier"]
    for one in names[:5]:
        bound = (held.value for held in reading.bindings.of(one.text(), one))
        texts.extend(value.text()[:400] for value in bound if isinstance(value, SgNode))
    return " ".join(texts)


def _answered(reading: Reading, flows: Flows, node: SgNode, name: str, value: SgNode) -> Iterator[Sink]:
    """`res.send("<h1>" + req.query.name)`: Express sends text as HTML."""
    first = name.partition(".")[0]
    if first not in RESPONSE_NAMES or re.search(
        r"\.(?:type|contentType|set|json|attachment|header)\(", node.text()
    ):
        return
    held = unwrapped(value)
    is_text = held.kind() in {"template_string", "binary_expression"}
    if (
        held.kind() in {"object", "array", "string", "number"}
        or flows.origin(value, Mode.OBJECT) & Origin.REQUEST
    ):
        return
    origin = flows.origin(value, Mode.MARKUP)
    marked = is_markup(reading, value)
    if not origin & Origin.REQUEST or not (is_text or marked or held.kind() == "member_expression"):
        return
    if not marked and not _BY_LINK.search(_written_out(reading, value)):
        return  # what comes in a body, a link cannot send
    if re.search(
        r"setHeader\(\s*['\"]content-type['\"]\s*,\s*['\"](?!text/html)", reading.text, re.IGNORECASE
    ):
        return
    yield Sink(
        kind=HitKind.RAW_HTML,
        rule="answer-with-html",
        message="The answer is HTML with text in it that the caller sent",
        fix="Answer with res.json, or escape the text (a template engine does)",
        node=node,
        flow=flow_of(origin),
        certain=marked,
    )

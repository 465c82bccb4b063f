"""HTML that is not escaped, XML entities, YAML aliases (INP-06, INP-07; CWE-79, CWE-611, CWE-776)."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from launchready.model.source import Flow, HitKind
from launchready.source.python.flows.names import leaf, route_decorator
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.flows.values import BUILT, OBJECT
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import (
    Hit,
    Site,
    argument,
    argument_node,
    called,
    is_false,
    is_literal,
    is_sure,
    is_true,
    keyword,
    reaching,
    texts_in,
)

_RENDERED = re.compile(
    r"^(?:render|format_html|as_|to_html|widget|build_absolute_uri|static$|url|_$|gettext|ugettext|ngettext)"
)
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z!]")
_ESCAPING_PACKAGES = ("flask_restful", "flask_restx", "flask_restplus", "flask_smorest", "connexion")
_FIX = "Let the template engine escape it; sanitise rich text with a maintained library (nh3)"


# --------------------------------------------------------------------------------------------- HTML


def _marked(_site: Site, seen: Seen) -> Iterator[Hit]:
    """`Markup(…)`, `mark_safe(…)`: said to be safe HTML."""
    held = argument(seen, 0, "base", "s")
    node = argument_node(seen.node, 0, "base", "s")
    flow = reaching(held)
    if flow is None or node is None or _is_rendered(node):
        return
    if leaf(seen.name) == "Markup" and not seen.name.startswith(("markupsafe.", "flask.", "jinja2.")):
        return
    if leaf(seen.name) == "format_html" and not held.flags & BUILT:
        return
    yield _raw(
        seen.node,
        f"{leaf(seen.name)} says of {_what(flow)} that it is safe HTML",
        flow,
        certain=is_sure(held),
    )


def _is_rendered(node: ast.expr) -> bool:
    """Whether a text was made by a template, or by something that escapes."""
    return isinstance(node, ast.Call) and _RENDERED.search(called(node)) is not None


def _answered(_site: Site, seen: Seen) -> Iterator[Hit]:
    """An answer of type HTML that is put together from text."""
    name = leaf(seen.name)
    kind = keyword(seen.node, "content_type", "media_type", "mimetype")
    held = argument(seen, 0, "content", "response", "body")
    if name == "HTMLResponse":
        as_html = kind is None
    elif name == "HttpResponse":
        as_html = kind is None and len(seen.node.args) < 2  # noqa: PLR2004 - the second is the type
    else:
        as_html = any("html" in text for text in texts_in(kind))
    if as_html and held.dangerous and (held.flags & BUILT or name != "HTMLResponse"):
        yield _raw(
            seen.node,
            "An HTML answer is put together with what the caller sent",
            Flow.REQUEST,
            certain=is_sure(held),
        )


def returned_markup(site: Site) -> Iterator[Hit]:
    """What a handler of Flask gives back as text, which goes out as HTML."""
    scope = site.scope
    node = scope.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not scope.handler:
        return
    if not site.names.has("flask", "quart", "bottle") or site.names.has(*_ESCAPING_PACKAGES):
        return
    if route_decorator(node) is None or scope.owner is not None:
        return
    for one in scope.returned:
        expression = (
            one.node.value.elts[0]
            if isinstance(one.node.value, ast.Tuple) and one.node.value.elts
            else one.node.value
        )
        held = one.value
        if expression is None or (
            isinstance(expression, ast.Call | ast.Dict | ast.List) and not _is_text_call(expression)
        ):
            continue
        if held.dangerous and held.flags & BUILT and not held.flags & OBJECT:
            yield _raw(
                one.node,
                "A text with what the caller sent is answered as HTML",
                Flow.REQUEST,
                certain=is_sure(held) and _TAG.search(held.pattern) is not None,
            )


def _is_text_call(node: ast.expr) -> bool:
    return called(node) in {"format", "join", "replace"}


def _environment(_site: Site, seen: Seen) -> Iterator[Hit]:
    if is_false(keyword(seen.node, "autoescape")) and not seen.tests:
        yield _raw(
            seen.node,
            "Templates of this environment do not escape what they are given",
            Flow.NONE,
            certain=False,
        )


def _raw(node: ast.AST, message: str, flow: Flow, *, certain: bool) -> Hit:
    return Hit(
        kind=HitKind.RAW_HTML,
        rule="python-raw-html",
        message=message,
        node=node,
        fix=_FIX,
        flow=flow,
        certain=certain,
    )


def _what(flow: Flow) -> str:
    return "what the caller sent" if flow is Flow.REQUEST else "a variable text"


# ---------------------------------------------------------------------------------------- XML, YAML


def _parser(site: Site, seen: Seen) -> Iterator[Hit]:
    """The parser of lxml with its protections switched off."""
    if not site.names.has("lxml"):
        return
    if is_true(keyword(seen.node, "resolve_entities")):
        yield _xml(
            seen,
            "python-xml-entities",
            "The parser replaces external entities: a document can read files of the server",
            certain=True,
        )
    elif is_false(keyword(seen.node, "no_network")):
        yield _xml(seen, "python-xml-network", "The parser fetches what a document names from the network")
    elif is_true(keyword(seen.node, "huge_tree")):
        yield _xml(seen, "python-xml-expansion", "The parser's limits against expanding entities are off")


def _document(_site: Site, seen: Seen) -> Iterator[Hit]:
    """A document of the caller's that lxml reads with its default parser."""
    if not seen.name.startswith("lxml.") or len(seen.node.args) > 1 or keyword(seen.node, "parser"):
        return
    held = argument(seen, 0)
    if held.dangerous:
        yield _xml(
            seen,
            "python-xml-default",
            "lxml before version 5 replaces external entities unless told otherwise",
            flow=Flow.REQUEST,
        )


def _feature(_site: Site, seen: Seen) -> Iterator[Hit]:
    """`xml.sax`: external entities switched on (they are off since Python 3.7.1)."""
    first = seen.node.args[0] if seen.node.args else None
    second = seen.node.args[1] if len(seen.node.args) > 1 else None
    named = leaf(dotted_name(first)) if first is not None else ""
    if named in {"feature_external_ges", "feature_external_pes"} and (
        is_true(second) or is_literal(second, 1)
    ):
        yield _xml(
            seen,
            "python-xml-entities",
            "The parser replaces external entities: a document can read files of the server",
            certain=True,
        )


def _xml(seen: Seen, rule: str, message: str, *, flow: Flow = Flow.NONE, certain: bool = False) -> Hit:
    return Hit(
        kind=HitKind.XML,
        rule=rule,
        message=message,
        node=seen.node,
        fix="Parse with defusedxml, or with etree.XMLParser(resolve_entities=False, no_network=True)",
        flow=flow,
        certain=certain,
    )


def _aliases(_site: Site, seen: Seen) -> Iterator[Hit]:
    held = argument(seen, 0, "stream")
    if seen.name.startswith("yaml.") and held.dangerous:
        yield Hit(
            kind=HitKind.YAML_ALIASES,
            rule="python-yaml-aliases",
            message="YAML of the caller's is read with aliases: a few lines can stand for millions of values",
            node=seen.node,
            fix="Take JSON, or refuse documents that have an anchor before they are read",
            flow=Flow.REQUEST,
        )


MARKUP_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    **dict.fromkeys(("Markup", "mark_safe", "SafeString", "SafeText", "format_html"), _marked),
    **dict.fromkeys(("HTMLResponse", "HttpResponse", "Response"), _answered),
    **dict.fromkeys(("Environment", "setup", "setup_jinja", "Jinja2Templates"), _environment),
    "XMLParser": _parser,
    **dict.fromkeys(("fromstring", "parse", "XML", "iterparse"), _document),
    "setFeature": _feature,
    **dict.fromkeys(("safe_load", "safe_load_all"), _aliases),
}

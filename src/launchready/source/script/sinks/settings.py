"""Settings that open a server: origins, folders that are listed, errors that tell all."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import HitKind
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import RESPONSE_NAMES, Mode, Origin
from launchready.source.script.lookups.found import resolved
from launchready.source.script.nodes import FUNCTIONS, string_value, unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import (
    Called,
    Sink,
    calls_of,
    is_for_development,
    is_true,
    package_of,
    property_of,
)

_CORS = frozenset(
    {"cors:default", "@koa/cors:default", "koa2-cors:default", "@fastify/cors:default", "hono/cors:cors"}
)
_LOCAL = re.compile(r"^https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::|/|$)")
_PREVIEW = re.compile(
    r"\*\.|\.(?:vercel\.app|netlify\.app|ngrok(?:-free)?\.(?:io|app)|pages\.dev|herokuapp\.com|onrender\.com)\b"
)
_ALLOW_ORIGIN = re.compile(r"access-control-allow-origin", re.IGNORECASE)
_ALLOW_CREDENTIALS = re.compile(r"access-control-allow-credentials['\"]?\s*[,:]\s*['\"]?true", re.IGNORECASE)
_LISTERS = frozenset({"serve-index:default", "koa-serve-index:default", "serveindex:default"})


def cors_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Origins that are let in beyond those of the product."""
    for call in calls_of(reading):
        options = _cors_options(reading, call)
        if options is not None:
            yield from _origins(reading, call.node, resolved(reading, options))
        elif call.method in {"setHeader", "header", "set", "append"} and len(call.arguments) > 1:
            yield from _header(reading, flows, call)


def _cors_options(reading: Reading, call: Called) -> SgNode | None:
    if call.method == "enableCors":
        return call.arguments[0] if call.arguments else None
    if package_of(reading, call.name, call.node) in _CORS:
        return call.arguments[0] if call.arguments else None
    if call.method == "register" and len(call.arguments) > 1:
        name = package_of(reading, call.arguments[0].text(), call.node)
        return call.arguments[1] if name == "@fastify/cors:default" else None
    return None


def _origins(reading: Reading, node: SgNode, options: SgNode) -> Iterator[Sink]:
    origin = property_of(options, "origin")
    if origin is None or is_for_development(node):
        return
    with_credentials = is_true(property_of(options, "credentials"))
    held = resolved(reading, origin)
    anything = held.kind() == "true" or held.text().strip("'\"") == "*" or _lets_all_in(held)
    if anything and with_credentials and not is_for_development(held):
        yield _any_origin(node, "Every origin is let in, with cookies")
        return
    local = [text for text in _listed(held) if _LOCAL.match(text)]
    preview = [text for text in _listed(held) if _PREVIEW.search(text)]
    if local or preview:
        name = (local or preview)[0]
        yield Sink(
            kind=HitKind.DEV_ORIGIN,
            rule="origin-of-development",
            message=f"{name} is among the origins that are let in, wherever it runs",
            fix="Take the list of origins from the environment",
            node=origin,
        )


def _lets_all_in(held: SgNode) -> bool:
    """A function that says yes to every origin."""
    if held.kind() not in FUNCTIONS:
        return False
    text = held.text()
    if re.search(r"\bif\b|\?|includes|test\(|match\(|has\(|indexOf|&&|\|\||some\(|find\(", text):
        return False
    return (
        re.search(r"\(\s*null\s*,\s*(?:true|origin)\s*\)", text) is not None
        or re.search(r"=>\s*(?:origin|true)\s*$", text) is not None
    )


def _listed(held: SgNode) -> list[str]:
    """Texts that stand in a list by themselves; what is chosen by the environment is left out."""
    if held.kind() == "string":
        return [string_value(held)]
    if held.kind() == "regex":
        return [held.text().replace("\\", "")]
    if held.kind() != "array":
        return []
    found = []
    for one in held.named_children():
        if one.kind() == "string":
            found.append(string_value(one))
        elif one.kind() == "regex":
            found.append(one.text().replace("\\", ""))
    return found


def _header(reading: Reading, flows: Flows, call: Called) -> Iterator[Sink]:
    if not _ALLOW_ORIGIN.search(call.arguments[0].text()) or not _ALLOW_CREDENTIALS.search(reading.text):
        return
    value = call.arguments[1]
    sent = flows.origin(value, Mode.TEXT) & Origin.REQUEST
    if (
        (sent or value.text().strip("'\"") == "*")
        and not is_for_development(call.node)
        and not _is_asked(call.node)
    ):
        yield _any_origin(call.node, "The origin that asks is let in whatever it is, with cookies")


def _is_asked(node: SgNode) -> bool:
    """Whether a condition around the line looks at the origin."""
    for around in node.ancestors():
        if around.kind() in {"if_statement", "ternary_expression"}:
            condition = around.field("condition")
            if condition is not None and re.search(
                r"origin|allow|whitelist", condition.text(), re.IGNORECASE
            ):
                return True
        if around.kind() in FUNCTIONS:
            return False
    return False


def _any_origin(node: SgNode, message: str) -> Sink:
    return Sink(
        kind=HitKind.ANY_ORIGIN,
        rule="any-origin",
        message=message,
        fix="Let in the product's own origins, from a list that the environment gives",
        node=node,
        certain=True,
    )


# ----------------------------------------------------------------------------------------- errors, folders


def debug_sinks(reading: Reading) -> Iterator[Sink]:
    """Errors that tell a stranger how the product is made."""
    for call in calls_of(reading):
        if package_of(reading, call.name, call.node) == "errorhandler:default" and not is_for_development(
            call.node
        ):
            yield _debug(call.node, "errorhandler shows stacks to everybody", certain=True)
        elif _is_answer(call) and not is_for_development(call.node):
            for one in call.arguments:
                found = _stack(one)
                if found is not None and not is_for_development(found):
                    yield _debug(found, "An answer holds the error's stack", certain=True)
                    break
    for one in reading.nodes("assignment_expression"):
        left, right = one.field("left"), one.field("right")
        if left is None or right is None or left.text() != "process.env.NODE_ENV":
            continue
        if right.text().strip("'\"") == "development" and not is_for_development(one):
            yield _debug(one, "The environment is set to development in the code", certain=True)


def _is_answer(call: Called) -> bool:
    first = call.name.partition(".")[0]
    answers = first in RESPONSE_NAMES or first in {"NextResponse", "Response", "c"}
    return answers and call.method in {"json", "send", "render", "end", "jsonp"}


def _stack(node: SgNode) -> SgNode | None:
    """`{ stack: error.stack }` or `error.stack` in what is answered, not where the environment decides."""
    node = unwrapped(node)
    if node.kind() == "member_expression":
        name = node.field("property")
        return node if name is not None and name.text() == "stack" else None
    if node.kind() != "object":
        return None
    for pair in node.find_all(kind="pair"):
        value = pair.field("value")
        held = unwrapped(value) if value is not None else None
        name = held.field("property") if held is not None and held.kind() == "member_expression" else None
        if name is not None and name.text() == "stack":
            return pair
    return None


def _debug(node: SgNode, message: str, *, certain: bool) -> Sink:
    return Sink(
        kind=HitKind.DEBUG,
        rule="errors-tell-all",
        message=message,
        fix="Answer with a reference, and keep the stack in the log",
        node=node,
        certain=certain,
    )


def listing_sinks(reading: Reading) -> Iterator[Sink]:
    """Folders whose files are listed."""
    for call in calls_of(reading):
        listed = package_of(reading, call.name, call.node) in _LISTERS
        if (
            call.method == "register"
            and len(call.arguments) > 1
            and "static" in call.arguments[0].text().lower()
        ):
            listed = is_true(property_of(call.arguments[1], "list"))
        if listed and not is_for_development(call.node):
            yield Sink(
                kind=HitKind.LISTING,
                rule="folder-listed",
                message="The files of a folder are listed for everybody",
                fix="Serve the files without a listing",
                node=call.node,
                certain=True,
            )

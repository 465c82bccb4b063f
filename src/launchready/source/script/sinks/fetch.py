"""Requests of the server's own: to addresses of the caller's, without an end, without a look at the certificate."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import Flow, HitKind
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin
from launchready.source.script.lookups.found import resolved
from launchready.source.script.nodes import unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import (
    Called,
    Sink,
    calls_of,
    is_for_development,
    package_of,
    property_of,
)

_CLIENTS = frozenset({
    "axios", "got", "needle", "superagent", "request", "request-promise", "node-fetch", "undici", "ky",
    "cross-fetch", "http", "https", "axios-retry", "bent", "phin", "follow-redirects", "isomorphic-fetch",
    "ofetch",
})  # fmt: skip
_VERBS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "request", "fetch", "stream", "default", "options"}
)
_CHECKED = re.compile(
    r"ssrf|private|allow(?:ed|list)|whitelist|hostname|isSafe|safe\w*url|assert\w*url|validate\w*url|public\w*url|\.host\b|\.origin\b",
    re.IGNORECASE,
)
_SERVER = frozenset({
    "express", "@nestjs/common", "next/server", "fastify", "koa", "hono", "@prisma/client", "mongoose", "next/headers",
    "fs", "node:fs", "crypto", "node:crypto", "next/cache", "bullmq", "server-only", "@trpc/server", "typeorm", "pg",
    "http", "node:http",
})  # fmt: skip
_SERVER_FILE = re.compile(
    r"(?:^|/)(?:api|server|routes?|controllers?|services?|workers?|jobs?|functions|backend|lambdas?)/"
    r"|(?:^|/)route\.[jt]s$"
)
BROWSER_FILE = re.compile(
    r"(?:^|/)(?:frontend|client|web-?client|mobile|extension|components|hooks|browser|public|static|pages(?!/api)|ui"
    r"|views)/"
)


def fetch_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Addresses that the caller chose, asked by the server."""
    if reading.for_browsers:
        return
    for call in calls_of(reading):
        address = _address(reading, call)
        if address is None:
            continue
        if not flows.origin(address, Mode.ADDRESS) & Origin.REQUEST:
            continue
        checked = _is_checked(flows, call.node, address)
        yield Sink(
            kind=HitKind.SERVER_FETCH,
            rule="fetch-of-callers-address",
            message="The server asks an address that the caller chose",
            fix="Resolve the host once, refuse private addresses, allow https alone, follow no redirects",
            node=call.node,
            flow=Flow.REQUEST,
            certain=not checked,
        )


def _address(reading: Reading, call: Called) -> SgNode | None:
    if not call.arguments:
        return None
    first = call.arguments[0]
    if call.name in {"fetch", "globalThis.fetch"}:
        return first
    if call.method == "goto" and call.name.startswith("page"):
        return first
    package, _, exported = package_of(reading, call.name, call.node).partition(":")
    if package not in _CLIENTS or exported.partition(".")[0] not in _VERBS:
        return None
    held = resolved(reading, first)
    inner = (
        property_of(held, "url")
        or property_of(held, "uri")
        or property_of(held, "hostname")
        or property_of(held, "host")
    )
    return inner if inner is not None else (None if held.kind() == "object" else first)


def _is_checked(flows: Flows, call: SgNode, address: SgNode) -> bool:
    """Whether a condition or a call before it looks at the host."""
    function = next(iter(flows.reading.names_around(call)), None)
    if function is None:
        return False
    if not flows.origin(address, Mode.TEXT) & Origin.REQUEST:
        return True
    end = call.range().start.index - function.range().start.index
    return _CHECKED.search(function.text()[:end]) is not None


# --------------------------------------------------------------------------------------- time, certificates


def timeout_sinks(reading: Reading) -> Iterator[Sink]:
    """Calls of others without an end, once a file."""
    if not is_on_server(reading) or reading.has("timeout", "signal", "AbortController"):
        return
    for call in calls_of(reading):
        package, _, exported = package_of(reading, call.name, call.node).partition(":")
        is_axios = package == "axios" and exported.partition(".")[0] in _VERBS | {"create"}
        if not is_axios and not (call.name == "fetch" and call.arguments and _is_others(call.arguments[0])):
            continue
        name = "axios" if is_axios else "fetch"
        yield Sink(
            kind=HitKind.NO_TIMEOUT,
            rule="no-timeout",
            message=f"{name} waits as long as the other side likes",
            fix="Set a timeout (axios: timeout; fetch: signal: AbortSignal.timeout(10_000))",
            node=call.node,
        )
        return


def _is_others(address: SgNode) -> bool:
    """Whether a fetch goes to another service, by what is fixed of its address."""
    text = unwrapped(address).text().lstrip("`'\"")
    return text.startswith(("https://", "http://", "${process.env.")) or "process.env" in text


def is_on_server(reading: Reading) -> bool:
    """Whether a file runs on a server, by what it imports and where it is."""
    if reading.for_browsers or BROWSER_FILE.search(reading.path) or reading.path.endswith(("x",)):
        return False
    return bool(reading.packages & _SERVER) or _SERVER_FILE.search(reading.path) is not None


def certificate_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Certificates that are not looked at."""
    del flows
    for pair in reading.nodes("pair"):
        key, value = pair.field("key"), pair.field("value")
        if key is None or value is None:
            continue
        name = key.text().strip("'\"")
        if (
            name in {"rejectUnauthorized", "strictSSL"}
            and value.kind() == "false"
            and not is_for_development(pair)
        ):
            yield _tls(pair, f"{name}: false takes any certificate", certain=not _hangs_on_something(pair))
    for one in reading.nodes("assignment_expression"):
        left, right = one.field("left"), one.field("right")
        if left is None or right is None or "NODE_TLS_REJECT_UNAUTHORIZED" not in left.text():
            continue
        if right.text().strip("'\"") == "0" and not is_for_development(one):
            message = "NODE_TLS_REJECT_UNAUTHORIZED=0 takes any certificate, in the whole process"
            yield _tls(one, message, certain=not _hangs_on_something(one))


def _hangs_on_something(node: SgNode) -> bool:
    """Whether a setting decides whether the line counts."""
    inner = node
    for around in node.ancestors():
        kind = around.kind()
        if kind in {"if_statement", "ternary_expression"} and around.field("condition") != inner:
            return True
        if kind == "binary_expression" and around.field("right") == inner:
            return True
        inner = around
    return False


def _tls(node: SgNode, message: str, *, certain: bool) -> Sink:
    return Sink(
        kind=HitKind.TLS_OFF,
        rule="certificates-unchecked",
        message=message,
        fix="Leave the check on, and give the authority's certificate (ca) where it is an own one",
        node=node,
        certain=certain,
    )

"""Requests that the server makes: addresses of the caller's, no time limit, no check of certificates.

INP-08 (CWE-918), INP-13 (CWE-295, CWE-400).
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from launchready.model.source import Flow, HitKind
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.flows.values import HOLES, RISKY_HOLE, Value
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import (
    Hit,
    Site,
    argument,
    argument_node,
    is_false,
    is_literal,
    is_sure,
    keyword,
    under_debug,
)

_METHODS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "ws_connect"}
)
_REQUESTS = re.compile(r"^(?:requests|requests\.api)\.(?:get|post|put|patch|delete|head|options|request)$")
_SESSION = re.compile(
    r"^(?:requests|requests\.sessions)\.(?:Session|session)\.(?:get|post|put|patch|delete|head|options|request)$"
)
_HTTPX = re.compile(
    r"^httpx\.(?:(?:Async)?Client\.)?(?:get|post|put|patch|delete|head|options|request|stream)$"
)
_AIOHTTP = re.compile(
    r"^aiohttp\.(?:client\.)?(?:ClientSession\.)?(?:get|post|put|patch|delete|head|options|request|ws_connect)$"
)
_URLLIB = re.compile(
    r"^urllib\.request\.(?:urlopen|urlretrieve)$|^urllib2\.urlopen$|^six\.moves\.urllib\.request\.urlopen$"
)
_POOL = re.compile(r"^urllib3\.(?:PoolManager\.)?(?:request|urlopen)$")
_HOST = re.compile(rf"^(?:[a-z][a-z0-9+.-]*://)?[^/?#{HOLES}]*(?P<hole>[{HOLES}])", re.IGNORECASE)
_STORED_URL = re.compile(
    r"(?:webhook|callback|hook|avatar|image|picture|photo|feed|remote|target|icon|logo|preview|import)_?ur[li]$",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"^(?:settings|config|self|cls|app|conf|constants|current_app|env|os)\b|\bsettings\b|\bconfig\b",
    re.IGNORECASE,
)


def _library(seen: Seen) -> str:
    """Which package makes the request, empty if it is none of those that are known."""
    for name in (seen.name, seen.made):
        for package, pattern in _PACKAGES.items():
            if pattern.search(name):
                return package
    return ""


_PACKAGES = {
    "requests": _REQUESTS, "session": _SESSION, "httpx": _HTTPX, "aiohttp": _AIOHTTP,
    "urllib": _URLLIB, "urllib3": _POOL,
}  # fmt: skip


# ------------------------------------------------------------------------------------------ addresses


def _fetched(_site: Site, seen: Seen) -> Iterator[Hit]:
    if not _library(seen):
        return
    second = leaf(seen.name) in {"request", "stream"}
    held = argument(seen, 1 if second else 0, "url")
    node = argument_node(seen.node, 1 if second else 0, "url")
    if held.dangerous and _chooses_host(held):
        yield _fetch(
            seen,
            Flow.REQUEST,
            "An address that the caller gives is fetched by the server",
            certain=is_sure(held),
        )
    elif (
        isinstance(node, ast.Attribute)
        and _STORED_URL.search(node.attr)
        and not _OWN.search(dotted_name(node))
    ):
        yield _fetch(
            seen, Flow.VARIABLE, "A stored address is fetched by the server; members may have chosen it"
        )


def _chooses_host(held: Value) -> bool:
    """Whether the caller's part of an address stands where the host is, not behind one that is fixed."""
    match = _HOST.search(held.pattern)
    return match is not None and match["hole"] == RISKY_HOLE


def _fetch(seen: Seen, flow: Flow, message: str, *, certain: bool = False) -> Hit:
    return Hit(
        kind=HitKind.SERVER_FETCH,
        rule="python-server-fetch",
        message=message,
        node=seen.node,
        fix="Allow listed hosts only; else resolve once, refuse private addresses, do not follow redirects",
        flow=flow,
        certain=certain,
    )


# --------------------------------------------------------------------------------------------- limits


def _unlimited(site: Site, seen: Seen) -> Iterator[Hit]:
    library = _library(seen)
    limit = keyword(seen.node, "timeout")
    if library in {"requests", "session", "urllib"}:
        if any(one.arg is None for one in seen.node.keywords):
            return
        given = limit is not None or (library == "urllib" and len(seen.node.args) > 2)  # noqa: PLR2004
        if given and not is_literal(limit, None):
            return
        if library == "session" and _has_adapter(site):
            return
        yield _no_limit(seen, certain=True)
    elif library == "httpx" and limit is not None and is_literal(limit, None):
        yield _no_limit(seen, certain=True)


def _client(_site: Site, seen: Seen) -> Iterator[Hit]:
    """A client of httpx whose default limit is switched off; aiohttp's default is five minutes."""
    limit = keyword(seen.node, "timeout")
    total = keyword(seen.node, "total")
    off = seen.name in {"httpx.Client", "httpx.AsyncClient"} and limit is not None and is_literal(limit, None)
    if off or (seen.name == "aiohttp.ClientTimeout" and total is not None and is_literal(total, None)):
        if seen.name == "aiohttp.ClientTimeout" and keyword(seen.node, "sock_read", "sock_connect"):
            return
        yield _no_limit(seen, certain=False)


def _has_adapter(site: Site) -> bool:
    """Whether a file gives sessions a limit by an adapter."""
    return any("timeout" in name.lower() for name in (*site.names.classes, *site.names.imports.values()))


def _no_limit(seen: Seen, *, certain: bool) -> Hit:
    return Hit(
        kind=HitKind.NO_TIMEOUT,
        rule="python-no-timeout",
        message="A request to another server may wait for ever",
        node=seen.node,
        fix="Give it a limit: timeout=10",
        certain=certain,
    )


# --------------------------------------------------------------------------------------- certificates


def _trusting(_site: Site, seen: Seen) -> Iterator[Hit]:
    node = seen.node
    if seen.name == "ssl._create_unverified_context":
        yield _untested(node, seen.tests)
        return
    if _library(seen) or seen.made.startswith(("httpx.", "requests.", "aiohttp.", "boto3.", "elasticsearch")):
        for name in ("verify", "verify_ssl", "ssl", "verify_certs"):
            if is_false(keyword(node, name)):
                yield _untested(node, seen.tests)
                return
    requirement = keyword(node, "cert_reqs", "ssl_cert_reqs")
    if requirement is not None and (
        leaf(dotted_name(requirement)) == "CERT_NONE" or is_literal(requirement, "CERT_NONE", "none")
    ):
        yield _untested(node, seen.tests)


def assigned_checks(site: Site) -> Iterator[Hit]:
    """`session.verify = False`, `context.verify_mode = ssl.CERT_NONE`."""
    for one in site.scope.assigned:
        if not isinstance(one.target, ast.Attribute):
            continue
        name = one.target.attr
        off = (name == "check_hostname" and is_false(one.node)) or (
            name == "verify_mode" and leaf(dotted_name(one.node)) == "CERT_NONE"
        )
        session = name == "verify" and is_false(one.node) and site.names.has("requests", "httpx")
        if (
            off
            or session
            or (name == "_create_default_https_context" and "unverified" in dotted_name(one.node))
        ):
            yield _untested(one.target, one.tests)


def _untested(node: ast.AST, tests: tuple[ast.expr, ...]) -> Hit:
    return Hit(
        kind=HitKind.TLS_OFF,
        rule="python-tls-off",
        message="The other server's certificate is not checked",
        node=node,
        fix='Leave the check on; trust a private authority with verify="/path/ca.pem"',
        certain=not tests and not under_debug(tests),
    )


def _of_client(site: Site, seen: Seen) -> Iterator[Hit]:
    yield from _client(site, seen)
    yield from _trusting(site, seen)


def _request(site: Site, seen: Seen) -> Iterator[Hit]:
    yield from _fetched(site, seen)
    yield from _unlimited(site, seen)
    yield from _trusting(site, seen)


NETWORK_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    **dict.fromkeys((*_METHODS, "urlopen", "urlretrieve"), _request),
    **dict.fromkeys(("Client", "AsyncClient", "ClientTimeout"), _of_client),
    **dict.fromkeys(
        (
            "_create_unverified_context", "TCPConnector", "PoolManager", "HTTPSConnectionPool", "Redis", "from_url",
            "client",
            "resource", "Elasticsearch", "AsyncElasticsearch", "ClientSession", "connect", "StrictRedis", "wrap_socket",
            "Session",
        ),
        _trusting,
    ),
}  # fmt: skip

"""Origins that other pages' scripts may ask from (CORS-03; CWE-942)."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from launchready.model.source import Flow, HitKind
from launchready.source.places import is_for_production
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Assigned, Seen
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import (
    Hit,
    Site,
    is_literal,
    is_sure,
    is_true,
    keyword,
    texts_in,
    under_debug,
)

_DEVELOPMENT = re.compile(
    r"^(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|[\w.-]+\.(?:local|test|localhost)|[\w*.-]*ngrok[\w.-]*|"
    r"\*\.vercel\.app|\*\.netlify\.app)(?::[\d*]+)?/?$",
    re.IGNORECASE,
)
_EVERY = re.compile(r"^(?:\^?(?:https?\??://)?\(?\.[*+]\)?\$?|\*|https?://\*|\.\*)$")
_LISTS = frozenset({
    "CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST", "CORS_ORIGINS", "ALLOWED_ORIGINS", "BACKEND_CORS_ORIGINS",
    "CORS_ALLOWED_ORIGIN_REGEXES",
})  # fmt: skip


def _middleware(site: Site, seen: Seen) -> Iterator[Hit]:
    """`add_middleware(CORSMiddleware, allow_origins=[…])` of Starlette and FastAPI."""
    node = seen.node
    if leaf(seen.name) != "CORSMiddleware" and not any(
        leaf(dotted_name(one)) == "CORSMiddleware" for one in node.args
    ):
        return
    credentials = is_true(keyword(node, "allow_credentials"))
    pattern = keyword(node, "allow_origin_regex")
    if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str) and _EVERY.match(pattern.value):
        yield _any(node, credentials=credentials, tests=seen.tests, site=site)
        return
    yield from _listed(site, node, keyword(node, "allow_origins"), seen.tests, credentials=credentials)


def _flask(site: Site, seen: Seen) -> Iterator[Hit]:
    """`CORS(app)`, `@cross_origin()` of Flask-CORS; without a list every origin is let in."""
    if not site.names.has("flask_cors"):
        return
    node = seen.node
    credentials = is_true(keyword(node, "supports_credentials"))
    origins = keyword(node, "origins")
    resources = keyword(node, "resources")
    if origins is None and resources is not None:
        origins = _in_resources(resources)
        if origins is None:
            return
    if origins is None and leaf(seen.name) == "CORS" and any(one.arg is None for one in node.keywords):
        return
    if origins is None and _config_has_origins(site):
        return
    if origins is None:
        yield _any(node, credentials=credentials, tests=seen.tests, site=site)
    else:
        yield from _listed(site, node, origins, seen.tests, credentials=credentials)


def _config_has_origins(site: Site) -> bool:
    return any("CORS_ORIGINS" in one.name for one in (*site.scope.assigned, *site.top.assigned))


def _in_resources(node: ast.expr) -> ast.expr | None:
    for one in ast.walk(node):
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                if is_literal(key, "origins"):
                    return value
    return None


def _listed(
    site: Site, node: ast.AST, origins: ast.expr | None, tests: tuple[ast.expr, ...], *, credentials: bool
) -> Iterator[Hit]:
    held = _literal_list(site, origins)
    if held is None or site.development or under_debug(tests):
        return
    if any(_EVERY.match(text) for text in held):
        yield _any(node, credentials=credentials, tests=tests, site=site)
    elif any(_DEVELOPMENT.match(text) for text in held):
        others = any(not _DEVELOPMENT.match(text) for text in held)
        yield _local(node, certain=others and not tests)


def _literal_list(site: Site, node: ast.expr | None, depth: int = 0) -> list[str] | None:
    """The texts of a list that is written out; None where it comes from elsewhere, as from the environment."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [text for part in parts for text in texts_in(part) if isinstance(part, ast.Constant)]
        case ast.Name(id=name) if depth == 0:
            for one in reversed((*site.top.assigned, *site.scope.assigned)):
                if one.name == name:
                    return _literal_list(site, one.node, depth + 1) if not one.tests else None
    return None


def assigned_origins(site: Site) -> Iterator[Hit]:
    """Django's settings, and headers that are written by hand."""
    for one in site.scope.assigned:
        if one.name in {"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"}:
            if is_true(one.node) and not site.development and not under_debug(one.tests):
                credentials = any(
                    other.name == "CORS_ALLOW_CREDENTIALS" and is_true(other.node)
                    for other in site.scope.assigned
                )
                yield _any(one.node, credentials=credentials, tests=one.tests, site=site)
        elif one.name in _LISTS and isinstance(site.scope.node, ast.Module):
            yield from _django_list(site, one)
        elif one.name.lower().endswith("[access-control-allow-origin]"):
            yield from _header(site, one)


def _django_list(site: Site, one: Assigned) -> Iterator[Hit]:
    if not isinstance(one.node, ast.List | ast.Tuple) or site.development or under_debug(one.tests):
        return
    held = _literal_list(site, one.node) or []
    if any(_DEVELOPMENT.match(text) for text in held):
        yield _local(one.node, certain=is_for_production(site.path) and not one.tests)


def _header(site: Site, one: Assigned) -> Iterator[Hit]:
    if one.value.dangerous:
        yield Hit(
            kind=HitKind.ANY_ORIGIN,
            rule="python-cors-mirror",
            message="Whatever origin asks is let in: the answer repeats it",
            node=one.node,
            fix="Answer only origins of a list, one list for each environment",
            flow=Flow.REQUEST,
            certain=is_sure(one.value) and not one.tests,
        )
    elif is_literal(one.node, "*"):
        yield _any(one.node, credentials=False, tests=one.tests, site=site)


def _any(node: ast.AST, *, credentials: bool, tests: tuple[ast.expr, ...], site: Site) -> Hit:
    with_them = ", with its visitors' credentials" if credentials else ""
    return Hit(
        kind=HitKind.ANY_ORIGIN,
        rule="python-cors-any",
        message=f"Every origin is let in{with_them}",
        node=node,
        fix="List the origins, one list for each environment",
        certain=credentials and not tests and not site.development,
    )


def _local(node: ast.AST, *, certain: bool) -> Hit:
    return Hit(
        kind=HitKind.DEV_ORIGIN,
        rule="python-cors-local",
        message="Origins of developers' machines stand in the list that production uses, too",
        node=node,
        fix="Take the list from the environment, one for each",
        certain=certain,
    )


ORIGIN_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    **dict.fromkeys(("add_middleware", "Middleware", "CORSMiddleware"), _middleware),
    **dict.fromkeys(("CORS", "cross_origin"), _flask),
}

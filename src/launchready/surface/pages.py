"""Which scripts a page loads, and which further ones a script names: what browsers would fetch from the same origin."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

_SCRIPT_TAG = re.compile(r"<script\b[^>]{0,600}>", re.IGNORECASE)
_LINK_TAG = re.compile(r"<link\b[^>]{0,600}>", re.IGNORECASE)
_BASE_TAG = re.compile(r"<base\b[^>]{0,300}\bhref\s*=\s*[\"']?([^\"'\s>]{1,300})", re.IGNORECASE)
_INLINE = re.compile(r"<script\b[^>]{0,600}>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_SOURCE = re.compile(
    r"\b(?:src|href)\s*=\s*(?:\"([^\"]{1,500})\"|'([^']{1,500})'|([^\s\"'>]{1,500}))", re.IGNORECASE
)
_PRELOADS = re.compile(r"\brel\s*=\s*[\"']?(?:modulepreload|preload|prefetch)\b", re.IGNORECASE)
_IS_SCRIPT = re.compile(r"\bas\s*=\s*[\"']?script\b|\brel\s*=\s*[\"']?modulepreload\b", re.IGNORECASE)
# Chunks by their place below the framework's folder: build manifests, the app router's inline data
_NEXT = re.compile(r"static/(?:chunks/)?[\w./()\[\]@%~-]{1,200}?\.js\b")
_NEXT_ROOT = re.compile(r"[\"'(]([^\"'()\s]{0,120}/_next/)static/")
_NAMED = re.compile(r"[\"'`]((?:\.{1,2}/|/|(?:[\w.-]{1,40}/){1,4})[\w./()\[\]@%~-]{1,160}?\.m?js)[\"'`]")
_LONGEST = 3_000_000


def scripts_of_page(html: str, address: str) -> tuple[str, ...]:
    """Absolute addresses of the scripts that a page at `address` loads from its own origin, in order."""
    text = html[:_LONGEST]
    base = _BASE_TAG.search(text)
    root = urljoin(address, unescape(base[1])) if base else address
    found = dict.fromkeys(_tagged(text, root))
    if "/_next/" in text:
        found.update(dict.fromkeys(_next_chunks(text, root)))
    return _own(found, address)


def inline_scripts(html: str) -> str:
    """The code that stands in the page itself."""
    return "\n".join(match[1] for match in _INLINE.finditer(html[:_LONGEST]))


def scripts_of_script(text: str, address: str) -> tuple[str, ...]:
    """Absolute addresses of scripts that a script at `address` names: chunks, imports, a manifest's lists."""
    found: dict[str, None] = {}
    if "/_next/" in address:
        root = address[: address.index("/_next/") + len("/_next/")]
        found.update((urljoin(root, match[0]), None) for match in _NEXT.finditer(text[:_LONGEST]))
    for match in _NAMED.finditer(text[:_LONGEST]):
        named = match[1]
        if named.startswith((".", "/")):
            found[_joined(address, named)] = None
        else:
            found.update(dict.fromkeys(_below_a_folder(address, named)))
    return _own(found, address)


def _tagged(text: str, root: str) -> Iterator[str]:
    for tag in _SCRIPT_TAG.finditer(text):
        if source := _SOURCE.search(tag[0]):
            yield _joined(root, unescape(source[1] or source[2] or source[3]))
    for tag in _LINK_TAG.finditer(text):
        if _PRELOADS.search(tag[0]) and _IS_SCRIPT.search(tag[0]) and (source := _SOURCE.search(tag[0])):
            yield _joined(root, unescape(source[1] or source[2] or source[3]))


def _next_chunks(text: str, root: str) -> Iterator[str]:
    folder = _NEXT_ROOT.search(text)
    below = urljoin(root, folder[1] if folder else "/_next/")
    for match in _NEXT.finditer(text):
        yield urljoin(below, match[0])


def _below_a_folder(address: str, named: str) -> Iterator[str]:
    """`assets/item.js`, relative to the folder that the script's own folder of that name lies in; else to the root."""
    first = named.partition("/")[0]
    path = urlsplit(address).path
    at = path.find(f"/{first}/")
    if at >= 0:
        yield _joined(address, path[: at + 1] + named)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _own(addresses: dict[str, None], page: str) -> tuple[str, ...]:
    """Those of the page's own origin, without fragments; queries belong to the address."""
    own = urlsplit(page)
    kept: dict[str, None] = {}
    for address in addresses:
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if (parts.scheme, parts.netloc.lower()) == (own.scheme, own.netloc.lower()) and parts.path:
            kept[parts._replace(fragment="").geturl()] = None
    return tuple(kept)

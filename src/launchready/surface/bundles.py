"""API paths that a client's scripts name: in calls that send requests, and in texts that look like nothing else.

Little noise is worth more than completeness: a text that is no argument of a call counts only below a usual mount of
APIs (`/api`, `/v1`), and a path whose beginning is not known does not count at all.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from launchready.model.evidence import ClientBundles, ClientRoute
from launchready.model.operation import HttpOperation
from launchready.model.same_route import shape
from launchready.surface.from_source import text_parameter
from launchready.surface.har import is_id_like
from launchready.surface.script_values import (
    Hole,
    Names,
    Piece,
    closing,
    names_in,
    plain_text,
    read_pieces,
    read_text,
    top_level,
    with_base,
)
from launchready.surface.words import is_noise, parameter_name, singular, split_words

ORIGIN = "bundle"
_SENDS = re.compile(
    r"(?<![\w$.])(?:window\.|globalThis\.|self\.)?(\$?fetch|useFetch|useLazyFetch|useSWR|ofetch|axios|ky|got|EventSource)"
    r"(?:<[^<>()]{0,80}>)?\s{0,3}\(\s{0,20}(?=[\"'`({A-Za-z_$])"
)
_BY_METHOD = re.compile(
    r"(?<![\w$])([A-Za-z_$][\w$]{0,60}|\))\s{0,20}\.\s{0,3}(get|post|put|patch|delete|del|GET|POST|PUT|PATCH|DELETE)"
    r"(?:<[^<>()]{0,80}>)?\s{0,3}\(\s{0,20}(?=[\"'`(A-Za-z_$])"
)
_OPENS = re.compile(
    r"\.\s{0,3}open\s{0,3}\(\s{0,9}[\"'`]([A-Za-z]{3,7})[\"'`]\s{0,9},\s{0,9}(?=[\"'`(A-Za-z_$])"
)
_BEACON = re.compile(r"\bsendBeacon\s{0,3}\(\s{0,9}(?=[\"'`(A-Za-z_$])")
_IN_OBJECT = re.compile(r"(?<![\w$])url\s{0,3}:\s{0,9}(?=[\"'`(A-Za-z_$])")
_MOUNTED = re.compile(r"(?=[\"'`](?:https?://[^/\"'`\s]{1,100})?/(?:api|apis|rest|v\d{1,2})/[\w${])")
_BASE = re.compile(r"(?<![\w$])(?:baseURL|baseUrl|prefixUrl)[\"']?\s{0,3}[:=]\s{0,9}(?=[\"'`A-Za-z_$])")
_MADE = re.compile(
    r"([A-Za-z_$][\w$]{0,60})\s{0,3}=\s{0,3}[\w$.()]{0,60}\.?\b(?:create|extend)\s{0,3}\(\s{0,3}\{[^{}]{0,200}\Z"
)
_WRAPPED = re.compile(
    r"(?<![\w$.])(?!(?:if|for|while|switch|return|catch|function)\b)[A-Za-z_$][\w$]{0,60}(?:<[^<>()]{0,80}>)?\s{0,3}\(\s{0,20}\Z"
)
_ROUTING = re.compile(
    r"(?:\b(?:path|to|href|pathname|as|redirect|destination|source|src|action|rewrite)[\"']?\s{0,3}[:=]\s{0,3}\{?"
    r"|(?:\b(?:navigate|push|replace|redirect|startsWith|endsWith|includes|indexOf|test|match|Link|isActive)|[!=]==?)\s{0,3}\(?\s{0,3})\Z"
)
_STATIC = re.compile(r"[\w.~%@+-]+(?:\.[\w-]+)*\Z")
_ASSET = re.compile(
    r"\.(?:m?js|jsx?|tsx?|css|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|mp[34]|webm|html?|wasm|txt|md|pdf)\Z",
    re.IGNORECASE,
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_READING = frozenset({"useSWR", "EventSource", "useFetch", "useLazyFetch"})
_MOST_ROUTES = 400
_MINIFIED = 2  # letters of a name that a minifier gave
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})  # noqa: S104 - written in scripts, not bound


@dataclass(slots=True)
class ScriptReader:
    """Reads scripts one after the other; base addresses that one of them sets hold for all.

    `target` is the audited address: what scripts send elsewhere is left out.
    """

    target: str
    _scripts: list[tuple[str, str]] = field(default_factory=list)
    _bases: dict[str, set[str]] = field(default_factory=dict)

    def add(self, asset: str, text: str) -> None:
        """One more script; `asset` is its path at the target."""
        names = names_in(text)
        for match in _BASE.finditer(text):
            base = plain_text(read_pieces(text, match.end(), names)[0])
            if base:
                made = _MADE.search(text[max(0, match.start() - 300) : match.start()])
                self._bases.setdefault(f"{asset} {made[1]}" if made else "", set()).add(base)
                self._bases.setdefault("", set()).add(base)
        self._scripts.append((asset, text))

    def routes(self) -> tuple[ClientRoute, ...]:
        """What the scripts name, sorted; a path with a method is not told again without one."""
        found: dict[tuple[str, str], ClientRoute] = {}
        for asset, text in self._scripts:
            for method, path in self._named(asset, text):
                if len(found) < _MOST_ROUTES:
                    route = ClientRoute(method=method, path=path, asset=asset)
                    found.setdefault((method, shape(path)), route)
        told = {form for method, form in found if method}
        kept = [route for (method, form), route in found.items() if method or form not in told]
        return tuple(sorted(kept, key=lambda route: (route.path, route.method, route.asset)))

    def _named(self, asset: str, text: str) -> Iterator[tuple[str, str]]:
        names = names_in(text)
        for method, pieces in _calls(text, names, self._base_of(asset)):
            path = self._path(pieces)
            if path:
                yield method, path

    def _base_of(self, asset: str) -> "_Bases":
        own = {
            key.partition(" ")[2]: values
            for key, values in self._bases.items()
            if key.startswith(f"{asset} ")
        }
        return _Bases(own=own, of_all=self._bases.get("", set()))

    def _path(self, pieces: list[Piece]) -> str:
        """The template at the target, empty if it is no path there."""
        pieces = with_base(pieces)
        if not pieces or isinstance(pieces[0], Hole):
            return ""
        first = _at_target(pieces[0], self.target)
        return _template([first, *pieces[1:]], urlsplit(self.target).path.rstrip("/")) if first else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bases:
    """Base addresses of a script's own clients by name, and all that any script sets."""

    own: dict[str, set[str]]
    of_all: set[str]

    def is_own(self, receiver: str) -> bool:
        """Whether the script itself made that client, with a base."""
        return receiver in self.own

    def of(self, receiver: str) -> str:
        """What the calls of a client are below: its own base, else the only one that there is."""
        found = self.own.get(receiver) or self.of_all
        return next(iter(found)) if len(found) == 1 else ""


# ----------------------------------------------------------------------------------------------------- calls


def _calls(text: str, names: Names, bases: _Bases) -> Iterator[tuple[str, list[Piece]]]:
    """(method, pieces of the address) of whatever sends a request; the method is empty where nothing tells it."""
    for match in _SENDS.finditer(text):
        yield from _sent(text, match, names, bases)
    for match in _BY_METHOD.finditer(text):
        pieces, _ = read_pieces(text, match.end(), names)
        yield _method(match[2]), _below(bases.of(match[1]), pieces, relative=bases.is_own(match[1]))
    for match in _OPENS.finditer(text):
        yield _method(match[1]), read_pieces(text, match.end(), names)[0]
    for match in _BEACON.finditer(text):
        yield "POST", read_pieces(text, match.end(), names)[0]
    for match in _IN_OBJECT.finditer(text):
        begin = text.rfind("{", max(0, match.start() - 300), match.start())
        method = _method_in(text, begin) if begin >= 0 else None
        if method:
            yield method, _below(bases.of(""), read_pieces(text, match.end(), names)[0])
    for match in _MOUNTED.finditer(text):
        yield from _mentioned(text, match.start(), names)


def _sent(text: str, match: re.Match[str], names: Names, bases: _Bases) -> Iterator[tuple[str, list[Piece]]]:
    """`fetch(address, options)`, `axios({ url, method })`: what says nothing of a method is a GET."""
    at = match.end()
    if text[at] == "{":
        return  # `url` in it is found by itself
    pieces, end = read_pieces(text, at, names)
    if match[1] in {"axios", "ky"}:
        pieces = _below(bases.of(match[1]), pieces)
    method = "GET" if match[1] in _READING else _method_after(text, end, default="GET")
    yield method, pieces


def _mentioned(text: str, at: int, names: Names) -> Iterator[tuple[str, list[Piece]]]:
    """A text below a mount of APIs, wherever it stands, unless it stands for a page's address or is compared."""
    before = text[max(0, at - 60) : at]
    if _ROUTING.search(before):
        return
    pieces, end = read_pieces(text, at, names)
    yield (_method_after(text, end, default="") if _WRAPPED.search(before) else ""), pieces


def _method_after(text: str, end: int, *, default: str) -> str:
    """The method in the options behind the address; empty if the options are not written there."""
    rest = text[end : end + 200].lstrip()
    if rest.startswith(")"):
        return default
    if not rest.startswith(","):
        return ""
    at = text.index(",", end) + 1
    at += len(text[at : at + 200]) - len(text[at : at + 200].lstrip())
    if text[at : at + 1] != "{":
        return ""
    found = _method_in(text, at)
    return default if found is None else found


def _method_in(text: str, begin: int) -> str | None:
    """The method that an object literal states; empty if it may come from elsewhere, `None` if none is there."""
    if text[begin] != "{":
        return None
    keys = top_level(text, begin + 1, closing(text, begin))
    at = keys.get("method", keys.get("type", -1))
    if at >= 0:
        read = read_text(text, at) if text[at : at + 1] in {'"', "'", "`"} else None
        return _method(read[0]) if read is not None else ""
    return "" if "..." in keys else None


def _method(word: str) -> str:
    method = {"DEL": "DELETE"}.get(word.upper(), word.upper())
    return method if method in _METHODS else ""


def _below(base: str, pieces: list[Piece], *, relative: bool = False) -> list[Piece]:
    """The address below a client's base, unless it is a whole one or has the base in it.

    An address without a slash in front is one only where the client itself is known: maps have a `get`, too.
    """
    pieces = with_base(pieces)
    first = next(iter(pieces), None)
    if not base or not isinstance(first, str) or first.startswith(("http:", "https:", "//")):
        return pieces
    if not first.startswith("/") and not relative:
        return []
    plain = base.rstrip("/")
    if plain and first.startswith(f"{plain}/"):
        return pieces
    return [plain, *([] if first.startswith("/") else ["/"]), *pieces]


# ---------------------------------------------------------------------------------------------------- paths


def _at_target(text: str, target: str) -> str:
    """The path part of an address at the target's origin; empty for another origin's or none at all."""
    if text.startswith("/") and not text.startswith("//"):
        return text
    try:
        url, own = urlsplit(text), urlsplit(target)
        same = _place(url.scheme, url.hostname, url.port) == _place(own.scheme, own.hostname, own.port)
    except ValueError:
        return ""
    return (url.path or "/") + (f"?{url.query}" if url.query else "") if url.scheme and same else ""


def _place(scheme: str, host: str | None, port: int | None) -> tuple[str, str, int]:
    plain = "localhost" if (host or "") in _LOOPBACK or host == "::1" else (host or "").lower()
    return scheme, plain, port or (443 if scheme == "https" else 80)


def _template(pieces: list[Piece], base: str) -> str:
    """`/items/{item_id}`; empty unless it is a plain path below `base` with a word of its own in it."""
    text, holes = "", []
    for piece in pieces:
        if isinstance(piece, Hole):
            holes.append(piece.name)
            text += f"\x00{len(holes) - 1}\x00"
        else:
            text += piece.replace("\x00", "")
        if "?" in text or "#" in text:
            text = re.split(r"[?#]", text, maxsplit=1)[0]
            break
    # A value glued to the end of a word or of another value is the query
    text = re.sub(r"(?<=[\w\x00])\x00\d+\x00/?\Z", "", text)
    parts: list[str] = []
    for part in text.split("/")[1:]:
        made = _segment(part, parts, holes)
        if made is None:
            return ""
        parts.append(made)
    while parts and not parts[-1]:
        parts.pop()
    path = "/" + "/".join(part for part in parts if part)
    words = [part for part in parts if part and not parameter_name(part) and not is_noise(part)]
    if not words or _ASSET.search(path) or (base and not path.startswith(f"{base}/")):
        return ""
    return path + ("/" if text.endswith("/") and not path.endswith("}") and path != "/" else "")


def _segment(part: str, before: list[str], holes: list[str]) -> str | None:
    """A segment of the template, `None` if no API has such a one."""
    pieces = re.split(r"\x00(\d+)\x00", part)
    if len(pieces) == 1:
        if not part:
            return ""
        if not _STATIC.match(part):
            return _own_placeholder(part)
        return f"{{{_unique('id', before)}}}" if is_id_like(part) else part
    if any(text and not _STATIC.match(text) for text in pieces[::2]):
        return None
    made = pieces[0]
    for number, static in zip(pieces[1::2], pieces[2::2], strict=True):
        made += f"{{{_unique(holes[int(number)], [*before, made])}}}{static}"
    return made


def _own_placeholder(part: str) -> str | None:
    """`:id` and `{id}`, as generated clients write paths."""
    match = re.fullmatch(r":(\w+)|\{(\w+)\}", part)
    return f"{{{match[1] or match[2]}}}" if match else None


def _unique(name: str, before: list[str]) -> str:
    """A parameter's name: the script's own, or after the collection it is in where that says nothing."""
    last = re.sub(r"\W", "", name.rpartition(".")[2])
    if len(last) <= _MINIFIED or last.lower() in {"id", "this"} or last[0].isdecimal():
        words = next((split_words(part) for part in reversed(before) if _tells(part)), ())
        last = "_".join([*words[:-1], singular(words[-1]), "id"]) if words else "id"
    taken = {each for part in before for each in re.findall(r"\{([^{}]+)\}", part)}
    number = 2
    unique = last
    while unique in taken:
        unique, number = f"{last}_{number}", number + 1
    return unique


def _tells(part: str) -> bool:
    return bool(part) and not parameter_name(part) and not is_noise(part) and bool(split_words(part))


# ------------------------------------------------------------------------------------------------ operations


def bundle_operations(bundles: ClientBundles) -> tuple[HttpOperation, ...]:
    """What can be asked of the client's paths. Where no method is told, a GET stands for it."""
    return tuple(
        _operation(route.method or "GET", route.path)
        for route in bundles.routes
        if route.method not in {"HEAD", "OPTIONS"}
    )


def unsure_of_method(bundles: ClientBundles) -> frozenset[str]:
    """Ids of operations whose method was not told."""
    told = {f"{route.method} {route.path}" for route in bundles.routes if route.method}
    return frozenset(f"GET {route.path}" for route in bundles.routes if not route.method) - told


def _operation(method: str, path: str) -> HttpOperation:
    names: Iterable[str] = re.findall(r"\{([^{}]+)\}", path)
    return HttpOperation(
        id=f"{method} {path}",
        method=method,
        path=path,
        parameters=tuple(text_parameter(name) for name in names),
        source=ORIGIN,
    )

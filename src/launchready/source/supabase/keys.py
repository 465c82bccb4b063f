"""Keys of a Supabase project: literals in the code and the variables that hold them. Values are never kept."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from launchready.model.source import CodePlace, DataKey, Flow, HitKind, KeyKind, SourceHit
from launchready.source.code.files import CodeFile, Language
from launchready.source.code.lines import place_in
from launchready.source.places import Place, place_of
from launchready.source.script.aliases import loaded_json
from launchready.source.values import is_placeholder, preview

_LITERAL = re.compile(r"\b(sb_(?:publishable|secret)_[A-Za-z0-9_-]{16,})")
_TOKEN = re.compile(r"\b(eyJ[A-Za-z0-9_-]{10,}\.(eyJ[A-Za-z0-9_-]{10,})\.[A-Za-z0-9_-]{10,})")
_VARIABLE = re.compile(
    r"(?:process\.env|import\.meta\.env|Deno\.env\.get|os\.environ|os\.getenv|env)"
    r"(?:\.get)?(?:\.|\[|\(|\[?\(?)\s*[\"']?([A-Z][A-Z0-9_]*SUPABASE[A-Z0-9_]*|SUPABASE[A-Z0-9_]*)"
)
_PUBLIC = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "PUBLIC_", "GATSBY_")
_SUPER = frozenset({KeyKind.SECRET, KeyKind.SERVICE_ROLE})
_COMMENTS = ("//", "*", "/*", "#", "<!--")
_CLIENT = re.compile(r"^\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*[\"']use client[\"']", re.DOTALL)
_SERVERS = frozenset({
    "next", "nuxt", "express", "fastify", "koa", "hono", "@sveltejs/kit", "@remix-run/node", "@nestjs/core",
    "@remix-run/server-runtime", "astro", "@tanstack/react-start", "@tanstack/start", "gatsby", "react-router-serve",
    "@react-router/node", "@react-router/serve",
})  # fmt: skip
_BROWSER_BUILDS = frozenset({"vite", "react-scripts", "@angular/core", "parcel", "@vue/cli-service", "expo"})
# Keys of the stack that `supabase start` runs on the developer's machine: the same for everybody
_LOCAL_ISSUER = "supabase-demo"
_EXPLAINED = frozenset({Place.TEST, Place.DOCUMENTATION, Place.TEMPLATE})
_RULE = "supabase-super-key-in-browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundKey:
    """A key at a place. `reaches` if browsers get its value: a literal, or a public variable, in their files."""

    key: DataKey
    reaches: bool


def keys_in(files: Mapping[str, CodeFile]) -> tuple[FoundKey, ...]:
    """Every use of a Supabase key in code; tests, examples and comments are left out."""
    clients = _ClientFolders(files)
    found: dict[tuple[str, str], FoundKey] = {}
    for path, held in files.items():
        if held.language not in {Language.SCRIPT, Language.PYTHON}:
            continue
        if "SUPABASE" not in held.text and "sb_" not in held.text and "eyJ" not in held.text:
            continue
        if place_of(path) in _EXPLAINED:
            continue
        for one in _keys_of(held, in_browser=clients.holds(held)):
            found.setdefault((path, one.key.name), one)
    return tuple(found.values())


def super_keys_in_browsers(found: Iterable[FoundKey]) -> Iterator[SourceHit]:
    """Keys that pass by every row policy and are in what browsers get (SEC-04)."""
    for one in found:
        if one.key.kind not in _SUPER:
            continue
        named_public = one.key.name.startswith(_PUBLIC)
        if not one.reaches and not named_public:
            continue
        what = (
            "is in a file that browsers get"
            if one.reaches
            else "has a name that puts it into what browsers get"
        )
        yield SourceHit(
            kind=HitKind.PUBLIC_SECRET,
            rule=_RULE,
            message=f"The Supabase key {one.key.name}, which passes by all row policies, {what}",
            place=one.key.place,
            flow=Flow.NONE,
            certain=one.reaches,
            fix="Use the publishable key there, keep this one in a variable that only the server reads, and rotate it.",
        )


def _keys_of(held: CodeFile, *, in_browser: bool) -> Iterator[FoundKey]:
    lines = held.text.splitlines()
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith(_COMMENTS):
            continue
        if "SUPABASE" in line:
            for match in _VARIABLE.finditer(line):
                kind = kind_of_variable(match.group(1))
                if kind is not None:
                    public = match.group(1).startswith(_PUBLIC)
                    place = place_in(held.path, lines, number)
                    yield _found(kind, match.group(1), place, public=public, in_browser=in_browser)
        if "sb_" in line or "eyJ" in line:
            for kind, value in literal_keys(line):
                place = place_in(held.path, lines, number)
                yield _found(kind, preview(value), _masked(place, value), public=True, in_browser=in_browser)


def _found(kind: KeyKind, name: str, place: CodePlace, *, public: bool, in_browser: bool) -> FoundKey:
    key = DataKey(kind=kind, name=name, place=place, in_browser=in_browser)
    return FoundKey(key=key, reaches=in_browser and public)


def kind_of_variable(name: str) -> KeyKind | None:
    """Which key a variable holds, by its name; None for addresses, ids and everything else."""
    if "SUPABASE" not in name:
        return None
    if "SERVICE_ROLE" in name or "SERVICE_KEY" in name:
        return KeyKind.SERVICE_ROLE
    if "JWT_SECRET" in name or "DB_PASSWORD" in name:
        return None
    if "SECRET" in name:
        return KeyKind.SECRET
    if "ANON" in name:
        return KeyKind.ANON
    return KeyKind.PUBLISHABLE if "PUBLISHABLE" in name else None


def literal_keys(line: str) -> Iterator[tuple[KeyKind, str]]:
    """Keys that stand in a line themselves: new ones by their prefix, old ones by the role in the token.

    The token is decoded and not verified; those of the local stack are the same for everybody and no keys.
    """
    for match in _LITERAL.finditer(line):
        value = match.group(1)
        if not is_placeholder(value):
            yield (KeyKind.SECRET if value.startswith("sb_secret_") else KeyKind.PUBLISHABLE), value
    for match in _TOKEN.finditer(line):
        claims = _claims(match.group(2))
        role, issuer = claims.get("role"), claims.get("iss")
        if issuer != "supabase" or issuer == _LOCAL_ISSUER:
            continue
        if role == "service_role":
            yield KeyKind.SERVICE_ROLE, match.group(1)
        elif role == "anon":
            yield KeyKind.ANON, match.group(1)


def _claims(part: str) -> Mapping[str, object]:
    try:
        held = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def _masked(place: CodePlace, value: str) -> CodePlace:
    code = place.code.replace(value, preview(value))
    # A line that was cut may hold the value's beginning
    cut = value[:12]
    return CodePlace(path=place.path, line=place.line, code="" if cut in code else code)


class _ClientFolders:
    """Which files browsers get: those that say so, and the sources of packages that only build for browsers."""

    def __init__(self, files: Mapping[str, CodeFile]) -> None:
        self._packages: dict[str, bool] = {}
        for path, held in files.items():
            if path.rpartition("/")[2] == "package.json":
                self._packages[path.rpartition("/")[0]] = _builds_for_browsers(held.text)

    def holds(self, held: CodeFile) -> bool:
        """Whether browsers get this file."""
        if held.language is not Language.SCRIPT:
            return False
        if _CLIENT.match(held.text) is not None:
            return True
        folder = held.path.rpartition("/")[0]
        while folder not in self._packages:
            if not folder:
                return False
            folder = folder.rpartition("/")[0]
        inside = held.path[len(folder) :].lstrip("/")
        return self._packages[folder] and inside.startswith(("src/", "app/", "components/", "pages/", "lib/"))


def _builds_for_browsers(text: str) -> bool:
    document = loaded_json(text)
    names: set[str] = set()
    for kind in ("dependencies", "devDependencies"):
        held = document.get(kind)
        if isinstance(held, Mapping):
            names.update(str(name) for name in held)
    return bool(names & _BROWSER_BUILDS) and not names & _SERVERS

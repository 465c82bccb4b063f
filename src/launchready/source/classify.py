"""What a hit is: a live-looking secret, a question to a person, or explained (test, example, public).

A wrong "live" fails a product without cause, a wrong explanation lets a secret through: where value and place
do not settle it, the answer is REVIEW.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from launchready.source.places import (
    Place,
    is_env_file,
    is_for_production,
    is_local_certificate,
    place_of,
)
from launchready.source.values import (
    is_common,
    is_hash,
    is_identifier,
    is_nothing,
    is_placeholder,
    is_random,
    is_reference,
    is_uuid,
    is_words,
)


class SecretClass(StrEnum):
    """LIVE and REVIEW count; TEST, EXAMPLE and PUBLIC are explained."""

    LIVE = "live"
    REVIEW = "review"
    TEST = "test"
    EXAMPLE = "example"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A value where it was seen: rule, file, line, what is before it on the line, the lines around."""

    rule: str
    confidence: str
    value: str
    path: str
    line: str
    before: str = ""
    around: str = ""

    def __repr__(self) -> str:
        return f"<Sighting {self.rule} {self.path}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """A class and why, in a sentence part without the value."""

    classed: SecretClass
    reason: str


def _live(reason: str) -> Classed:
    return Classed(classed=SecretClass.LIVE, reason=reason)


def _review(reason: str) -> Classed:
    return Classed(classed=SecretClass.REVIEW, reason=reason)


def _test(reason: str) -> Classed:
    return Classed(classed=SecretClass.TEST, reason=reason)


def _example(reason: str) -> Classed:
    return Classed(classed=SecretClass.EXAMPLE, reason=reason)


def _public(reason: str) -> Classed:
    return Classed(classed=SecretClass.PUBLIC, reason=reason)


_OWN = "launchready."
_URL_RULES = frozenset({"launchready.url-password", "betterleaks.generic-credential-uri"})
# Rules by the form of the value; all others of ours go by the name beside it, as do a few of the engine's
_OWN_FORMATS = frozenset({
    "launchready.cloudinary-url", "launchready.telegram-bot-token", "launchready.mailgun-key",
})  # fmt: skip
_NAMED_RULES = frozenset({
    "betterleaks.curl-auth-header", "betterleaks.curl-auth-user", "betterleaks.hashicorp-tf-password",
    "betterleaks.kubernetes-secret-yaml", "betterleaks.nuget-config-password",
})  # fmt: skip
_IDENTIFIER_RULE = re.compile(
    r"-(?:client|application|app|account|tenant|project|planetscale|access|key|organization)-id(?:\.\d+)?$"
    r"|planetscale-id|-(?:pub|public)-(?:api-)?(?:key|token)|-public-key|lob-pub-api-key|mailgun-pub-key"
    r"|-(?:cloud-name|account-name|account-host|server-host|project-url|rest-url|instance-url|jfrog-url|domain"
    r"|username|token-name|address|token-id|key-name|repository)(?:\.\d+)?$"
)
_TEST_MODE = re.compile(
    r"(?i)^(?:sk|rk|rzp|pk|whsec|key|api)?_?(?:test|sandbox)_|^(?:sk|rk)_test|^rzp_test_|^EZTK"
)
_PUBLIC_PREFIX = (
    ("pk_live_", "a publishable key, made for the browser (Stripe, Clerk)"),
    ("pk_test_", "a publishable key, made for the browser (Stripe, Clerk)"),
    ("phc_", "a PostHog project key, made for the browser"),
    ("pk.ey", "a Mapbox public token, made for the browser"),
    ("sb_publishable_", "a Supabase publishable key, made for the browser"),
)
_SENTRY = re.compile(r"(?i)@[a-z0-9.-]*(?:ingest\.)?sentry\.io(?:/|$)")
_FIREBASE = re.compile(
    r"(?i)authDomain|messagingSenderId|firebaseConfig|mobilesdk_app_id|GOOGLE_APP_ID|firebaseapp\.com"
)
_MAPS = re.compile(r"(?i)maps\.googleapis\.com/maps/api|google[_-]?maps?")
_PUBLIC_NAME = re.compile(
    r"(?i)publishable|public[_-]?key|pub[_-]?key|site[_-]?key|measurement[_-]?id|vapid[_-]?public"
)
_PRIVATE_NAME = re.compile(r"(?i)secret|private|service[_-]?role")
_SIGNING_NAME = re.compile(r"(?i)secret_?key|jwt|signing|session_?secret|encryption|hmac|app\.secret")
_FALLBACK = re.compile(
    r"(?i)environ|getenv|\benv\(|process\.env|ENV\.fetch|(?:\|\||\?\?|\bor\b)\s*[\"\'`]?$|\$\{[A-Z_]+:-"
)
_JWT = re.compile(r"^eyJ[\w-]{4,}\.eyJ[\w-]{2,}\.[\w-]*$")
_LOCAL_HOST = re.compile(
    r"(?i)^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal)$"
)
_MADE_UP_HOST = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net|test))?|test|invalid|localdomain)$|^(?:host|hostname|server|your[\w.-]*|my[-_]?(?:host|server|db)|url|domain|address)(?:\.|$)",
    re.IGNORECASE,
)
# Rules that take a value without quotes; in a program that is an expression
_UNQUOTED = frozenset({"launchready.setting", "launchready.inline", "launchready.note"})
_QUIET = frozenset({Place.TEST, Place.TEMPLATE, Place.DOCUMENTATION, Place.CI})
_PATH = re.compile(r"^(?:\.{0,2}/|~/|https?://|[A-Za-z]:\\)")
_QUOTE = re.compile(r"[\"'`]")
_LISTED = re.compile(r"[\"'`]?\s*,\s*[rfbu]?[\"'`]?$")
_PROGRAMS = frozenset({
    "py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "mts", "tsx", "vue", "svelte", "go", "rb", "java", "kt",
    "kts", "scala", "php", "rs", "c", "h", "cc", "cpp", "hpp", "cs", "swift", "m", "dart", "ex", "exs",
    "erl", "clj", "lua", "pl", "pm", "r", "jl", "sql", "graphql", "proto", "css", "scss", "less", "htm",
    "html", "jinja", "jinja2", "erb", "hbs", "ipynb", "groovy", "gradle",
})  # fmt: skip


def classify(sighting: Sighting) -> Classed | None:
    """The class of a hit, or None when it is no literal value at all (a variable, a label, a key name)."""
    value = sighting.value
    if is_reference(value) or (_is_loose(sighting.rule) and is_nothing(value)):
        return None
    for rule in _RULES:
        found = rule(sighting)
        if found is not None:
            return found
    if _is_loose(sighting.rule):
        return _loose(sighting)
    return _strong(sighting)


def _is_loose(rule: str) -> bool:
    return rule in _NAMED_RULES or (rule.startswith(_OWN) and rule not in _OWN_FORMATS)


def _placeholder(sighting: Sighting) -> Classed | None:
    value = sighting.value
    if value.lstrip().startswith("-----"):
        return _key_block(sighting)
    if sighting.rule in _URL_RULES:
        return _url(sighting)
    if sighting.rule in _UNQUOTED and _is_code(sighting):
        return None
    if is_placeholder(value):
        return _example("a placeholder or a manual's sample")
    return None


def _key_block(sighting: Sighting) -> Classed:
    body = re.sub(r"-----[^-]*-----|\\n|[^A-Za-z0-9+/=]", "", sighting.value)
    if len(body) < 60 or is_placeholder(body[:40]):  # noqa: PLR2004 - the shortest private key (Ed25519) has 64 characters
        return _example("a key block without a key in it")
    if "ENCRYPTED" in sighting.value[:200]:
        return _review("a private key under a passphrase: is the passphrase safe?")
    if is_local_certificate(sighting.path):
        return _review("a private key, by its name for a developer's own machine")
    return _by_place(sighting, "a private key")


def _url(sighting: Sighting) -> Classed | None:
    host = _host_of(sighting)
    if _SENTRY.search(sighting.line):
        return _review("a Sentry DSN with its old secret part")
    shouted = is_words(sighting.value) and sighting.value.isupper()
    if shouted or is_placeholder(sighting.value) or _MADE_UP_HOST.search(host):
        return _example("a connection URL that is an example")
    trivial = is_common(sighting.value) or not is_random(sighting.value)
    local = _LOCAL_HOST.match(host) is not None
    if trivial and (local or ("." not in host and not is_for_production(sighting.path))):
        return _test("a local database with a simple password")
    if local:
        return _review("a generated password for a service on the same machine")
    if is_common(sighting.value) and place_of(sighting.path) in _QUIET:
        return _test("a connection URL with a well-known default password")
    if is_common(sighting.value) or ("." not in host and not is_random(sighting.value)):
        return _review("a simple password for a service that production uses")
    return _by_place(sighting, "a password in a connection URL")


def _host_of(sighting: Sighting) -> str:
    after = sighting.line.partition(sighting.value + "@")[2]
    found = re.match(r"\[[^\]]*\]|[^\s:/?#\"'`,;)<>]*", after)
    return found[0] if found else ""


def _made_public(sighting: Sighting) -> Classed | None:
    for prefix, reason in _PUBLIC_PREFIX:
        if sighting.value.startswith(prefix):
            return _public(reason)
    if not sighting.rule.startswith(_OWN) and _IDENTIFIER_RULE.search(sighting.rule):
        return _public("an identifier, useless without its secret")
    name = _name_before(sighting)
    if sighting.rule.startswith(_OWN) and _PUBLIC_NAME.search(name) and not _PRIVATE_NAME.search(name):
        return _public("named as a public key")
    return None


def _google(sighting: Sighting) -> Classed | None:
    if not re.match(r"^AIza[\w-]{35}$", sighting.value):
        return None
    if _FIREBASE.search(sighting.around):
        return _public("a Firebase web key, made for the browser")
    what = "Google Maps key" if _MAPS.search(sighting.around) else "Google key"
    return _review(f"a {what}: browser and server keys look alike; is it restricted to your addresses?")


def _token(sighting: Sighting) -> Classed | None:
    if not _JWT.match(sighting.value):
        return None
    claims = jwt_claims(sighting.value)
    if str(claims.get("sub")) == "1234567890" or claims.get("name") == "John Doe":
        return _example("the sample token of jwt.io")
    role = claims.get("role")
    if role == "anon":
        return _public("a Supabase anon key, made for the browser")
    if claims.get("iss") == "supabase-demo":
        return _test("the key of a local Supabase, the same for everybody")
    if role in {"service_role", "supabase_admin"}:
        return _by_place(sighting, "a Supabase service_role key, which passes every row-level policy")
    if place_of(sighting.path) in {Place.TEST, Place.DOCUMENTATION, Place.TEMPLATE}:
        return _test("a signed token in tests or documentation")
    if is_env_file(sighting.path) and "exp" not in claims:
        return _live("a signed token that does not expire")
    return _review("a signed token: is it still accepted?")


def jwt_claims(value: str) -> Mapping[str, Any]:
    """Payload of a JWT, unverified; empty when it is none."""
    part = value.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _test_mode(sighting: Sighting) -> Classed | None:
    if _TEST_MODE.match(sighting.value):
        return _test("a key of the provider's test mode")
    return None


_RULES: tuple[Callable[[Sighting], Classed | None], ...] = (
    _made_public,
    _token,
    _placeholder,
    _google,
    _test_mode,
)


def _strong(sighting: Sighting) -> Classed:
    """A provider's format: never explained by its place alone."""
    if sighting.confidence != "high" and not is_random(sighting.value):
        return _review("has the shape of a provider's key, but does not look generated")
    return _by_place(sighting, "has the exact form of a provider's secret")


def _by_place(sighting: Sighting, what: str) -> Classed:
    match place_of(sighting.path):
        case Place.TEST:
            return _review(f"{what}, in test code: is it a real one?")
        case Place.DOCUMENTATION:
            return _review(f"{what}, in documentation: is it a real one?")
        case Place.TEMPLATE:
            return _review(f"{what}, in a template: is it a real one?")
        case _:
            return _live(what)


def _loose(sighting: Sighting) -> Classed | None:
    """A value by the name beside it: what it looks like decides together with where it is."""
    value, place = sighting.value, place_of(sighting.path)
    if sighting.rule == "launchready.basic":
        return _basic(sighting)
    if sighting.rule in _UNQUOTED and _is_code(sighting):
        return None
    if sighting.rule == "launchready.literal" and _LISTED.search(sighting.before) and not is_random(value):
        # `"password", "x"` is a list of names more often than a name and its value
        return None
    if _PATH.match(value) and not is_random(value):
        return None
    if sighting.rule == "launchready.note":
        return _review("a sentence says so: is it a real one?") if is_random(value) else None
    if is_hash(value):
        return _review("a password hash: whose is it?")
    if is_random(value) or value.startswith("django-insecure-"):
        return _generated(sighting, place)
    if is_uuid(value):
        return _review("a UUID named as a secret: some providers' keys are UUIDs")
    return _worded(sighting, place)


def _is_code(sighting: Sighting) -> bool:
    """Whether the value stands unquoted in a program: an expression, no literal."""
    if sighting.path.rpartition(".")[2].lower() not in _PROGRAMS:
        return False
    return not _QUOTE.search(sighting.before[-2:])


def _basic(sighting: Sighting) -> Classed | None:
    try:
        pair = base64.b64decode(sighting.value + "=" * (-len(sighting.value) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = pair.partition(":")
    if not colon or not password or not user.isprintable():
        return None
    if is_placeholder(password) or is_common(password):
        return _test("a header with a well-known default password")
    return _generated(sighting, place_of(sighting.path))


def _generated(sighting: Sighting, place: Place) -> Classed:
    if place is Place.TEST:
        return _test("a generated value in test code")
    if place in {Place.DOCUMENTATION, Place.TEMPLATE, Place.TRANSLATION}:
        return _review(f"a generated value in {_called(place)}: is it a real one?")
    if _FALLBACK.search(sighting.before[-200:]):
        return _review("used when the environment sets none: does production always set it?")
    return _live(f"a generated value named as a secret, in {_called(place)}")


def _called(place: Place) -> str:
    return {Place.TEMPLATE: "a template", Place.TRANSLATION: "a translation", Place.CI: "a pipeline"}.get(
        place, place.value
    )


def _worded(sighting: Sighting, place: Place) -> Classed | None:
    value = sighting.value
    quiet = place in _QUIET
    if is_common(value):
        if _SIGNING_NAME.search(_name_before(sighting)) and not quiet:
            return _review("a signing key that can be guessed: does production use it?")
        if is_for_production(sighting.path):
            return _review("a well-known default in a file for production")
        return _test("a well-known default, no secret")
    if place is Place.TRANSLATION:
        return None
    literal = place is Place.CONFIGURATION and sighting.rule != "launchready.literal"
    named = is_words(value) or (place is Place.CODE and is_identifier(value))
    if named and not (literal and is_env_file(sighting.path)):
        # A label, an identifier, the name of a field: in programs nearly every such hit
        return None
    if quiet:
        return _test(f"a simple value in {_called(place)}")
    if not any(character.isalpha() for character in value):
        return None
    return _review("named as a secret, does not look generated: is it used anywhere?")


def _name_before(sighting: Sighting) -> str:
    found: list[str] = re.findall(r"[A-Za-z_][\w.-]*", sighting.before[-120:])
    return " ".join(found[-3:])

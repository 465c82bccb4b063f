"""Words in paths, names and summaries: split, lower-cased, singular. English, by small rules."""

import re
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATOR = re.compile(r"[^A-Za-z0-9]+")
_VERSION = re.compile(r"v\d+(?:[._-]?\d+)*(?:alpha|beta|rc)?\d*\Z", re.IGNORECASE)
_PARAMETER = re.compile(r"\{([^{}]+)\}")
# Compounds that are written as one word or as two.
_JOINED = {
    ("sign", "up"): "signup", ("sign", "in"): "signin", ("sign", "out"): "signout", ("sign", "on"): "signin",
    ("log", "in"): "login", ("log", "out"): "logout", ("log", "off"): "logout", ("log", "on"): "login",
    ("who", "am", "i"): "whoami", ("health", "check"): "healthcheck", ("web", "hook"): "webhook",
    ("web", "hooks"): "webhook", ("check", "out"): "checkout",
    ("pay", "out"): "payout", ("pay", "outs"): "payout",
    ("user", "info"): "userinfo", ("time", "line"): "timeline", ("auto", "complete"): "autocomplete",
    ("e", "mail"): "email", ("user", "name"): "username", ("pass", "word"): "password",
    ("news", "feed"): "feed", ("open", "api"): "openapi", ("work", "space"): "workspace",
    ("un", "follow"): "unfollow", ("un", "ban"): "unban", ("un", "block"): "unblock",
}  # fmt: skip
_LONGEST_JOIN = 3
# Shorter words in s are rarely plurals: gas, bus, its, dns
_SHORT = 3
_IRREGULAR = {
    "ids": "id",
    "people": "person", "children": "child", "men": "man", "women": "woman", "statuses": "status",
    "addresses": "address", "indices": "index", "vertices": "vertex", "matrices": "matrix", "quizzes": "quiz",
    "movies": "movie", "cookies": "cookie", "calories": "calorie", "ties": "tie", "pies": "pie",
    "caches": "cache",
    "leaves": "leaf", "shelves": "shelf", "wolves": "wolf", "knives": "knife", "lives": "life",
    "wives": "wife",
    "halves": "half", "heroes": "hero", "potatoes": "potato", "tomatoes": "tomato", "aliases": "alias",
    "buses": "bus", "axes": "axis", "analyses": "analysis", "bonuses": "bonus", "viruses": "virus",
    "sizes": "size", "prizes": "prize", "archives": "archive", "avalanches": "avalanche", "axles": "axle",
}  # fmt: skip
_NO_PLURALS = frozenset({
    "news", "series", "analytics", "statistics", "settings", "preferences", "details", "canvas", "alias",
    "lens",
    "https", "always", "sales", "gas", "species", "insights", "credentials", "metadata", "address",
    "this", "atlas",
})  # fmt: skip


@lru_cache(maxsize=20_000)
def split_words(text: str) -> tuple[str, ...]:
    """Lower-case words of a name in any case style; compounds such as `sign-up` are joined (`signup`)."""
    rough = [part.lower() for piece in _SEPARATOR.split(text) for part in _CAMEL.split(piece) if part]
    words: list[str] = []
    at = 0
    while at < len(rough):
        for length in range(_LONGEST_JOIN, 1, -1):
            joined = _JOINED.get(tuple(rough[at : at + length]))
            if joined is not None and at + length <= len(rough):
                words.append(joined)
                at += length
                break
        else:
            words.append(rough[at])
            at += 1
    return tuple(words)


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """The singular of an English noun, the word itself when it is no plural."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if (
        len(word) <= _SHORT
        or word in _NO_PLURALS
        or not word.endswith("s")
        or word.endswith(("ss", "us", "is"))
    ):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Whether a word is a plural by its form."""
    return singular(word) != word


def stems(text: str) -> tuple[str, ...]:
    """The words of a text, each singular."""
    return tuple(singular(word) for word in split_words(text))


def segments(path: str) -> tuple[str, ...]:
    """The segments of a path template, `{name}` for parameters, without empty ones."""
    return tuple(part for part in path.split("/") if part)


def parameter_name(segment: str) -> str:
    """The parameter's name if the segment holds one (`{id}`, `{id}.json`, `@{name}`), else empty."""
    match = _PARAMETER.search(segment)
    return match[1] if match else ""


def is_noise(segment: str) -> bool:
    """Whether a static segment says nothing about the object: versions, `api`, `rest`."""
    return bool(_VERSION.match(segment)) or segment.lower() in {
        "api",
        "apis",
        "rest",
        "services",
        "rpc",
        "public-api",
    }


def static_segments(path: str) -> tuple[str, ...]:
    """Static segments that mean something."""
    return tuple(part for part in segments(path) if not parameter_name(part) and not is_noise(part))


def ends_in_parameter(path: str) -> bool:
    """Whether the last segment is a parameter."""
    parts = segments(path)
    return bool(parts) and bool(parameter_name(parts[-1]))


def flat(name: str) -> str:
    """A name without separators and case, for comparing `bookTitle` with `book_title`."""
    return "".join(split_words(name))

"""What packages around FastAPI do with callers, where their code is not at hand."""

from launchready.model.source import GuardKind
from launchready.source.code.guards import kind_by_name, words_of
from launchready.source.python.callers.caller import NO_GUARD, Ruling
from launchready.source.python.wiring.values import Made, Value, text_of, truth_of

_SCHEMES = frozenset({
    "OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer", "OAuth2", "HTTPBearer", "HTTPBasic", "HTTPDigest",
    "HTTPBase", "OpenIdConnect", "APIKeyHeader", "APIKeyQuery", "APIKeyCookie", "SecurityBase", "APIKeyBase",
})  # fmt: skip
_KEYS = frozenset({"APIKeyHeader", "APIKeyQuery"})
# Packages that hand out connections, settings and the like: nobody is refused by them
_TOOLS = frozenset({
    "sqlalchemy", "sqlmodel", "redis", "motor", "pymongo", "beanie", "databases", "asyncpg", "dependency_injector",
    "fastapi_pagination", "fastapi_filter", "fastapi_limiter", "fastapi_cache", "dishka", "aioredis", "httpx",
    "aiohttp", "boto3", "elasticsearch", "builtins", "typing", "collections", "functools", "contextlib", "logging",
    "aiobotocore", "taskiq_fastapi", "arq", "celery", "kafka", "tortoise", "fastapi_mail", "fastapi_babel",
    "starlette_context",
})  # fmt: skip
_DATA_WORDS = frozenset(
    {"db", "database", "async", "sql", "orm", "engine", "connection", "maker", "pool", "repo"}
)
_WEAK_WORDS = frozenset({"session", "user", "token"})
_CURRENT_USER = (".current_user", ".current_user_token", ".authenticator.current_user")


def scheme_of(names: list[str]) -> str:
    """The security scheme of FastAPI that something descends from; empty if none."""
    for name in names:
        last = name.rpartition(".")[2]
        if last in _SCHEMES and name.startswith(("fastapi", "starlette")):
            return last
    return ""


def scheme_ruling(scheme: str, made: Made | None) -> Ruling:
    """What a security scheme does: it refuses whoever brings nothing, unless told not to."""
    keywords = made.keywords if made is not None else {}
    automatic = truth_of(keywords["auto_error"]) if "auto_error" in keywords else True
    if automatic is False:
        return Ruling(kind=GuardKind.IDENTIFIES)
    if automatic is None:
        return Ruling(kind=GuardKind.UNCLEAR)
    name = (text_of(keywords.get("name")) or "").lower()
    if scheme in _KEYS and name not in {"authorization", "x-access-token", "x-auth-token", "x-session-token"}:
        return Ruling(kind=GuardKind.SERVICE)
    return Ruling(kind=GuardKind.AUTHENTICATES)


def package_ruling(name: str, made: Made | None = None) -> Ruling:
    """What a dependency of a package does, told from its name."""
    if name.partition(".")[0] in _TOOLS:
        return NO_GUARD
    if made is not None and name.endswith(_CURRENT_USER):
        return _current_user(made)
    last = name.rpartition(".")[2]
    words = set(words_of(last))
    if words & _DATA_WORDS or last in {
        "OAuth2PasswordRequestForm",
        "OAuth2PasswordRequestFormStrict",
        "AuthJWT",
    }:
        return NO_GUARD
    kind = kind_by_name(last)
    if kind is GuardKind.AUTHENTICATES and words & _WEAK_WORDS and not name.partition(".")[0].count("auth"):
        strong = words - {"get", "session", "make", "create"}
        return Ruling(kind=kind) if strong else Ruling(kind=GuardKind.UNCLEAR)
    return Ruling(kind=kind)


def _current_user(made: Made) -> Ruling:
    """`fastapi_users.current_user(optional=…, superuser=…)`."""

    def asked(word: str) -> bool:
        value: Value | None = made.keywords.get(word)
        return value is not None and truth_of(value) is not False

    if asked("optional"):
        return Ruling(kind=GuardKind.IDENTIFIES)
    if asked("superuser"):
        return Ruling(kind=GuardKind.AUTHORIZES, role="superuser")
    return Ruling(kind=GuardKind.AUTHENTICATES)

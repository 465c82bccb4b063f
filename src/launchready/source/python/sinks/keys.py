"""Sample keys that are used when none is set, and keys that pass by the data store's own rules (SEC-07, ROLE-10)."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from launchready.model.source import HitKind
from launchready.source.code.guards import words_of
from launchready.source.environment_names import is_secret_name
from launchready.source.python.environment import is_settings_class, variable_read
from launchready.source.python.flows.names import leaf
from launchready.source.python.flows.scopes import Seen
from launchready.source.python.project import dotted_name
from launchready.source.python.sinks.rules import (
    Hit,
    Site,
    is_literal,
    keyword,
    texts_in,
    under_debug,
)
from launchready.source.values import is_common, is_placeholder, is_reference

_SIGNING = frozenset({"secret", "jwt", "signing", "encryption", "session", "salt", "private"})
_KEYS = _SIGNING | {
    "api",
    "access",
    "secret",
    "master",
    "fernet",
    "hmac",
    "auth",
    "token",
    "admin",
    "service",
    "aes",
    "crypto",
}
_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null", "optional", "required"})
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|:memory:|^sqlite|^redis://|^https?://|^/|\\", re.IGNORECASE)
_SUPERUSERS = ("postgres", "root", "sa", "supabase_admin", "rds_superuser", "admin")
_KEY_SETTINGS = frozenset(
    {"SECRET_KEY", "JWT_SECRET_KEY", "JWT_SECRET", "SECURITY_PASSWORD_SALT", "WTF_CSRF_SECRET_KEY"}
)
_DEVELOPMENT_CLASS = re.compile(r"dev|test|local|debug", re.IGNORECASE)
_SHORT = 16  # characters of a key that nobody took from a generator


def _read(site: Site, seen: Seen) -> Iterator[Hit]:
    """`os.getenv("SECRET_KEY", "changeme")`, and the same with other readers of settings."""
    read = variable_read(seen, site.names)
    if read is None or read.default is None or not is_secret_name(read.name):
        return
    if isinstance(read.default, ast.Constant) and isinstance(read.default.value, str):
        yield from _sample(site, seen.node, read.name, read.default.value, seen.tests)


def assigned_keys(site: Site) -> Iterator[Hit]:
    """Keys that are written into settings, and settings with a sample for a default."""
    in_class = isinstance(site.scope.node, ast.ClassDef)
    if in_class and is_development_class(site.scope.name):
        return
    settings = in_class and is_settings_class(site.scope.node, site.names)
    for one in site.scope.assigned:
        fallback = _fallback(site, one.node)
        name = one.name.rpartition("[")[2].rstrip("]") if "[" in one.name else leaf(one.name)
        if fallback is not None:
            yield from _sample(site, one.node, *fallback, one.tests)
            continue
        if not isinstance(one.node, ast.Constant) or not isinstance(one.node.value, str):
            continue
        value = one.node.value
        if (settings and is_secret_name(name)) or (name.upper() in _KEY_SETTINGS and _looks_sample(value)):
            yield from _sample(site, one.node, name, value, one.tests)


def is_development_class(name: str) -> bool:
    """Whether a class of settings is for developing or testing: `TestingConfig`."""
    return _DEVELOPMENT_CLASS.search(leaf(name)) is not None


def _fallback(site: Site, node: ast.expr) -> tuple[str, str] | None:
    """Name and text of `os.getenv("SECRET_KEY") or "changeme"`."""
    if not isinstance(node, ast.BoolOp) or not isinstance(node.op, ast.Or):
        return None
    last = node.values[-1]
    reads = any(
        isinstance(one, ast.Call) and site.names.full_name(one.func) in {"os.getenv", "os.environ.get"}
        for one in node.values
    )
    if not reads or not isinstance(last, ast.Constant) or not isinstance(last.value, str):
        return None
    named = next(
        (
            text
            for one in node.values
            if isinstance(one, ast.Call)
            for text in texts_in(one.args[0] if one.args else None)
        ),
        "",
    )
    return (named, last.value) if is_secret_name(named) else None


def _looks_sample(value: str) -> bool:
    return (
        value.startswith("django-insecure")
        or is_placeholder(value)
        or is_common(value)
        or len(value) < _SHORT
    )


def _sample(site: Site, node: ast.AST, name: str, value: str, tests: tuple[ast.expr, ...]) -> Iterator[Hit]:
    if not value.strip() or is_reference(value) or _LOCAL.search(value) or site.development:
        return
    if not _is_key(name) or value.isdigit() or value.lower() in _SWITCHES or name.startswith("_"):
        return
    if under_debug(tests) or _is_refused(site, value):
        return
    yield Hit(
        kind=HitKind.SAMPLE_KEY,
        rule="python-sample-key",
        message=f"{name} has a value in the code that everybody can read, and that is used when none is set",
        node=node,
        fix=f"Read {name} without a default, so that the start fails without it",
        certain=not tests and bool(set(words_of(name)) & _SIGNING),
    )


def _is_key(name: str) -> bool:
    """Whether a name stands for a key or a password itself: not for a switch, or the name of a field."""
    words = words_of(name)
    if not words or words[0] in {
        "enable",
        "use",
        "disable",
        "has",
        "is",
        "show",
        "allow",
        "require",
        "no",
        "optional",
    }:
        return False
    return words[-1] != "key" or bool(set(words) & _KEYS) or len(words) == 1


def _is_refused(site: Site, value: str) -> bool:
    """Whether the file compares something with the sample, to refuse it."""
    return any(
        isinstance(one, ast.Compare)
        and any(isinstance(inner, ast.Constant) and inner.value == value for inner in ast.walk(one))
        for one in ast.walk(site.module)
    )


# ---------------------------------------------------------------------------------------- super users


def _admin(site: Site, seen: Seen) -> Iterator[Hit]:
    """Firestore by the admin SDK, inside a handler."""
    if site.scope.handler and seen.name.startswith(("firebase_admin.firestore", "firebase_admin.db")):
        yield _super(seen, "firebase-admin", "The admin SDK passes by the security rules")


def _connected(_site: Site, seen: Seen) -> Iterator[Hit]:
    """A connection as the database's own administrator."""
    user = keyword(seen.node, "user", "username")
    if is_literal(user, *_SUPERUSERS) and not under_debug(seen.tests):
        yield _super(
            seen,
            "database-superuser",
            "The product connects as the database's administrator, whom no row policy holds",
        )


def _super(seen: Seen, rule: str, message: str) -> Hit:
    return Hit(
        kind=HitKind.SUPER_KEY,
        rule=rule,
        message=message,
        node=seen.node,
        fix="Use the caller's own client in handlers of members; keep the privileged one in jobs and admin functions",
    )


_DATABASE_PACKAGES = (
    "psycopg2.",
    "psycopg.",
    "asyncpg.",
    "pymysql.",
    "MySQLdb.",
    "mysql.connector.",
    "aiomysql.",
    "pyodbc.",
)


def _connects(site: Site, seen: Seen) -> Iterator[Hit]:
    if seen.name.startswith(_DATABASE_PACKAGES) and dotted_name(seen.node.func):
        yield from _connected(site, seen)


KEY_RULES: Mapping[str, Callable[[Site, Seen], Iterator[Hit]]] = {
    **dict.fromkeys(
        (
            "getenv",
            "get",
            "config",
            "env",
            "str",
            "setdefault",
            "Field",
            "getattr",
            "getstr",
            "pop",
            "bytes",
            "read",
        ),
        _read,
    ),
    **dict.fromkeys(("client", "reference"), _admin),
    **dict.fromkeys(("connect", "create_pool"), _connects),
}

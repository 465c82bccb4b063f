"""What the name of an environment variable says: a secret, public by its prefix, given by the platform."""

import re

from launchready.source.code.guards import words_of

PUBLIC_PREFIXES = (
    "NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "PUBLIC_", "GATSBY_", "NUXT_PUBLIC_", "VUE_APP_",
    "SNOWPACK_PUBLIC_", "PLASMO_PUBLIC_",
)  # fmt: skip
_SECRET = frozenset({
    "secret", "secrets", "token", "password", "passwd", "pass", "passphrase", "pwd", "credential",
    "credentials", "salt", "pepper", "privatekey", "apikey",
})  # fmt: skip
_KEY = frozenset({"key", "keys"})
# Keys and tokens that browsers are meant to have, and names of what is no secret itself
_OPEN = frozenset({
    "publishable", "anon", "site", "sitekey", "public", "publickey", "dsn", "measurement", "tracking",
    "analytics", "posthog", "maps", "mapbox", "vapid", "client", "id", "name", "names", "url", "uri", "path",
    "file", "dir", "expiry", "expire", "expires", "expiration", "lifetime", "ttl", "seconds", "minutes",
    "hours", "days", "algorithm", "alg", "length", "size", "prefix", "header", "issuer", "audience", "type",
    "field", "column", "enabled", "disabled", "max", "min", "limit", "count", "hash", "hasher", "hashers",
    "validators", "validator", "reset", "timeout", "version", "arn", "region", "host", "port", "bucket",
    "scope", "scopes", "rounds", "policy", "strength", "required", "allow", "use", "regex", "pattern", "cookie",
    "param", "interval", "store", "provider", "manager", "app", "age", "window", "endpoint", "location", "mode",
    "format", "username", "user", "email", "backend", "class",
})  # fmt: skip
# `CACHE_KEY`, `LDAP_EMAIL_KEY`, `SESSION_COOKIE_KEY`: names of fields
_KEYS_OF_OTHER_KINDS = frozenset({
    "idempotency", "cache", "sort", "primary", "foreign", "partition", "analytics", "posthog", "maps", "measurement",
    "cookie", "ldap", "attribute", "display", "email", "consumer", "routing", "group", "object",
})  # fmt: skip
_STAYS_SECRET = frozenset({"secret", "password", "private", "passphrase"})
_PLATFORM = re.compile(
    r"^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|TERM|COLORTERM|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TEMP|TMP|EDITOR|VISUAL|PAGER|"
    r"DISPLAY|HOSTNAME|HOST|PORT|NODE_ENV|NODE_OPTIONS|NODE_PATH|CI|DEBUG|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|APPDATA|LOCALAPPDATA|"
    r"PROGRAMFILES|USERPROFILE|SYSTEMROOT|COMSPEC|PATHEXT|OS|PYTHON[A-Z]+|VIRTUAL_ENV|CONDA_[A-Z_]+|DJANGO_SETTINGS_MODULE|"
    r"FLASK_(?:ENV|DEBUG|APP|RUN_[A-Z_]+)|WERKZEUG_[A-Z_]+|RUN_MAIN|UVICORN_[A-Z_]+|GUNICORN_[A-Z_]+|WEB_CONCURRENCY|"
    r"VERCEL(?:_[A-Z0-9_]+)?|NETLIFY(?:_[A-Z_]+)?|RENDER(?:_[A-Z_]+)?|RAILWAY_[A-Z_]+|FLY_[A-Z_]+|HEROKU_[A-Z_]+|DYNO|"
    r"KUBERNETES_[A-Z_]+|AWS_(?:LAMBDA_[A-Z_]+|EXECUTION_ENV|REGION|DEFAULT_REGION)|GITHUB_(?:ACTIONS|SHA|REF|REF_NAME|"
    r"RUN_ID|REPOSITORY|WORKSPACE|EVENT_NAME|HEAD_REF|BASE_REF|OUTPUT|ENV|ACTOR)|GITLAB_CI|CI_[A-Z_]+|CIRCLECI|CIRCLE_[A-Z_]+|"
    r"TRAVIS(?:_[A-Z_]+)?|BUILDKITE(?:_[A-Z_]+)?|JENKINS_[A-Z_]+|BUILD_[A-Z]+|npm_[a-z_]+|NEXT_RUNTIME|NEXT_PHASE|"
    r"NEXT_TELEMETRY_DISABLED|ANALYZE|TURBOPACK|JEST_WORKER_ID|VITEST(?:_[A-Z_]+)?|PYTEST_[A-Z_]+|PLAYWRIGHT_[A-Z_]+|"
    r"K_SERVICE|K_REVISION|GAE_[A-Z_]+|FUNCTION_[A-Z_]+|DENO_[A-Z_]+|BUN_[A-Z_]+|CF_PAGES(?:_[A-Z_]+)?|WEBSITE_[A-Z_]+|"
    r"https?_proxy|HTTPS?_PROXY|NO_PROXY|no_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|XDG_[A-Z_]+|SSH_[A-Z_]+|GIT_[A-Z_]+|"
    r"PROD|DEV|MODE|BASE_URL|SSR|INVOCATION_ID|LISTEN_FDS|LISTEN_PID|NOTIFY_SOCKET|OMP_NUM_THREADS)$"
)


def is_secret_name(name: str) -> bool:
    """Whether a name says that its value must be kept secret."""
    words = words_of(name)
    if not words:
        return False
    held = set(words)
    if words[0] in {
        "enable",
        "enabled",
        "disable",
        "use",
        "is",
        "has",
        "allow",
        "show",
        "skip",
        "require",
        "no",
    }:
        return False
    if is_public_name(name):
        # What is called secret and still put into the browser is what a check looks for
        return bool(held & _STAYS_SECRET) and words[-1] in _SECRET | _KEY
    if held & {"publishable", "anon", "dsn", "sitekey", "publickey"} or ("site" in held and "key" in held):
        return False
    if "public" in held or words[-1] in _OPEN:
        return False
    if words[-1] in _SECRET:
        return not held & {"allow", "optional", "cookie", "with"} or words[-1] in _STAYS_SECRET
    if words[-1] in _KEY:
        return not held & _KEYS_OF_OTHER_KINDS or bool(held & _STAYS_SECRET)
    return "secret" in held and words[-1].isdigit()


def is_public_name(name: str) -> bool:
    """Whether a variable's prefix puts its value into what browsers get."""
    return name.startswith(PUBLIC_PREFIXES)


def is_platform_name(name: str) -> bool:
    """Whether the platform, the shell or a tool sets a variable by itself."""
    return _PLATFORM.match(name) is not None

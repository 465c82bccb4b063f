"""What middleware of well-known packages does with a caller (their own documentation says so)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from launchready.model.source import GuardKind
from launchready.source.code.guards import kind_by_name
from launchready.source.script.symbolic.values import (
    NO,
    Argument,
    Called,
    Closure,
    Constant,
    Items,
    Member,
    Package,
    Record,
    Value,
    text_of,
)

# Guard nobody, whatever their names say: sessions and tokens are only read by them, requests only shaped
_HARMLESS = frozenset({
    "express-session", "cookie-session", "cookie-parser", "body-parser", "cors", "helmet", "compression",
    "morgan", "multer", "express-rate-limit", "rate-limiter-flexible", "express-slow-down", "serve-static",
    "serve-favicon", "serve-index", "method-override", "connect-flash", "express-flash", "hpp", "xss-clean",
    "express-mongo-sanitize", "csurf", "lusca", "csrf-csrf", "csrf-sync", "express-fileupload",
    "express-validator", "celebrate", "response-time", "connect-timeout", "errorhandler", "express-winston",
    "pino-http", "express-pino-logger", "swagger-ui-express", "swagger-jsdoc", "express-request-id",
    "express-useragent", "vhost", "i18n", "i18next-http-middleware", "express-http-context",
    "express-status-monitor", "express-prom-bundle", "express-list-endpoints", "connect-mongo",
    "feature-policy", "express-robots-txt", "express-security.txt", "nocache", "permissions-policy",
    "express-sslify", "express-enforces-ssl", "connect-history-api-fallback", "http-proxy-middleware",
    "webpack-dev-middleware", "webpack-hot-middleware", "apicache", "express-timeout-handler",
    "express-async-handler", "express-handlebars", "express-ejs-layouts", "node-sass-middleware",
    "less-middleware", "connect-redis", "express-openapi-validator", "express-minify", "bull-board",
    "prom-client", "@sentry/node", "dd-trace", "newrelic", "req-ip", "request-ip", "on-finished", "vite",
    "zod-express-middleware", "express-zod-api", "express-joi-validation", "express-validation",
    "connect-busboy", "qs", "formidable", "express-formidable", "graphql-upload", "http-errors", "debug", "ejs",
    "pug", "dotenv", "express-ws", "@useoptic/express-middleware", "express-healthcheck", "express-actuator",
    "@godaddy/terminus", "express-device", "connect-livereload", "express-xml-bodyparser", "cls-rtracer",
    "correlation-id", "accesscontrol", "swagger-stats", "@scalar/express-api-reference", "redoc-express",
    "express-rate-limiter", "body-parser-xml", "express-list-routes", "winston", "timers", "fs", "path", "util",
    "http", "https", "url", "crypto", "raw-body",
})  # fmt: skip
_EXPRESS_OWN = frozenset({"json", "urlencoded", "raw", "text", "static", "query"})
_PASSPORT_PARTS = frozenset({"initialize", "session", "use", "serializeUser", "deserializeUser"})
# Strategies by which somebody signs in, at the one route for that: they are no guard of the product's own routes
_SIGNING_IN = (
    "local", "google", "facebook", "twitter", "github", "gitlab", "linkedin", "apple", "microsoft", "azure",
    "saml", "openid", "oidc", "oauth", "discord", "steam", "spotify", "twitch", "magic", "ldap", "instagram",
    "snapchat", "tumblr", "pinterest", "quickbooks", "trakt", "okta", "auth0", "keycloak", "slack", "amazon",
    "reddit", "yahoo", "bitbucket", "dropbox", "x-", "webauthn", "passkey", "intuit", "kakao", "naver", "line",
    "wechat", "telegram", "patreon", "paypal", "login", "signin", "signup", "register", "foursquare",
    "vkontakte",
)  # fmt: skip
_SERVICE_STRATEGIES = ("apikey", "api-key", "headerapikey", "hmac", "custom-key", "basic")
# (package, function) → what it does when called without options that say otherwise; "" for the package itself
_KNOWN: Mapping[tuple[str, str], GuardKind] = {
    ("express-jwt", ""): GuardKind.AUTHENTICATES,
    ("express-jwt", "expressjwt"): GuardKind.AUTHENTICATES,
    ("express-oauth2-jwt-bearer", "auth"): GuardKind.AUTHENTICATES,
    ("express-oauth2-jwt-bearer", "requiredScopes"): GuardKind.AUTHORIZES,
    ("express-oauth2-jwt-bearer", "claimEquals"): GuardKind.AUTHORIZES,
    ("express-oauth2-jwt-bearer", "claimIncludes"): GuardKind.AUTHORIZES,
    ("express-openid-connect", "requiresAuth"): GuardKind.AUTHENTICATES,
    ("express-openid-connect", "auth"): GuardKind.AUTHENTICATES,
    ("@clerk/express", "requireAuth"): GuardKind.AUTHENTICATES,
    ("@clerk/express", "clerkMiddleware"): GuardKind.IDENTIFIES,
    ("@clerk/clerk-sdk-node", "ClerkExpressRequireAuth"): GuardKind.AUTHENTICATES,
    ("@clerk/clerk-sdk-node", "ClerkExpressWithAuth"): GuardKind.IDENTIFIES,
    ("supertokens-node/recipe/session/framework/express", "verifySession"): GuardKind.AUTHENTICATES,
    ("connect-ensure-login", "ensureLoggedIn"): GuardKind.AUTHENTICATES,
    ("express-basic-auth", ""): GuardKind.SERVICE,
    ("express-jwt-authz", ""): GuardKind.AUTHORIZES,
    ("twilio", "webhook"): GuardKind.SERVICE,
    ("express-ipfilter", "IpFilter"): GuardKind.SERVICE,
    ("@octokit/webhooks", "createNodeMiddleware"): GuardKind.SERVICE,
}
_SWITCHES = ("credentialsRequired", "authRequired", "sessionRequired")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGuard:
    """What a package's middleware does. `kind` is None if it guards nobody; `role` what it asks for, if anything."""

    kind: GuardKind | None
    role: str = ""
    callback: Closure | None = None  # decides in place of the package (passport's custom callback)
    exempt: Value | None = None  # the options of `unless`


def known_guard(value: Value, strategies: Mapping[str, str]) -> KnownGuard | None:
    """What a value that comes from a package does where middleware stands; None for what is not a package's."""
    match value:
        case Called(callee=Member(of=inner, name="unless"), arguments=arguments):
            found = known_guard(inner, strategies)
            options = arguments[0].value if arguments else None
            return None if found is None else KnownGuard(kind=found.kind, role=found.role, exempt=options)
        case Called(callee=callee, arguments=arguments):
            origin = _origin(callee)
            return _by_package(origin, arguments, strategies) if origin is not None else None
        case _:
            origin = _origin(value)
            return _by_package(origin, (), strategies) if origin is not None else None


def _origin(value: Value) -> Package | None:
    """The package and function, whatever was called on the way (`helmet.frameguard()`, `upload.single`)."""
    names: list[str] = []
    for _ in range(12):
        match value:
            case Package(package=package, name=name):
                if not package:
                    return None
                own = [name] if name not in {"default", "*"} else []
                return Package(package, ".".join([*own, *reversed(names)]))
            case Called(callee=inner):
                value = inner
            case Member(of=inner, name=name):
                names.append(name)
                value = inner
            case _:
                return None
    return None


def _by_package(
    origin: Package, arguments: tuple[Argument, ...], strategies: Mapping[str, str]
) -> KnownGuard:
    package, name = origin.package, origin.name
    if package in {"passport", "koa-passport"}:
        return _of_passport(name, arguments, strategies)
    if package in _HARMLESS or (package == "express" and name.partition(".")[0] in _EXPRESS_OWN):
        return KnownGuard(kind=None)
    known = _KNOWN.get((package, name)) or _KNOWN.get((package, name.rpartition(".")[2]))
    if known is not None:
        optional = known is GuardKind.AUTHENTICATES and _is_optional(arguments)
        does = GuardKind.IDENTIFIES if optional else known
        return KnownGuard(kind=does, role=_texts(arguments) if known is GuardKind.AUTHORIZES else "")
    if package == "keycloak-connect" and name.endswith("protect"):
        role = _texts(arguments)
        return KnownGuard(kind=GuardKind.AUTHORIZES if role else GuardKind.AUTHENTICATES, role=role)
    kind = kind_by_name(f"{package.rpartition('/')[2]}.{name}" if name else package.rpartition("/")[2])
    # A package whose name speaks of sign-in may only read who it is
    weak = kind in {GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES, GuardKind.PUBLIC}
    return KnownGuard(kind=GuardKind.UNCLEAR if weak else kind)


def _of_passport(name: str, arguments: tuple[Argument, ...], strategies: Mapping[str, str]) -> KnownGuard:
    if name not in {"authenticate", "authorize"} or not arguments:
        return KnownGuard(kind=None if name in _PASSPORT_PARTS else GuardKind.UNCLEAR)
    given = arguments[0].value
    names = [text_of(one) or "" for one in (given.values if isinstance(given, Items) else [given])]
    callback = next((one.value for one in arguments[1:] if isinstance(one.value, Closure)), None)
    kinds = {_of_strategy(one, strategies) for one in names}
    if GuardKind.IDENTIFIES in kinds:
        return KnownGuard(kind=GuardKind.IDENTIFIES)
    if kinds == {None}:
        return KnownGuard(kind=None, callback=callback)
    kind = GuardKind.SERVICE if kinds == {GuardKind.SERVICE} else GuardKind.AUTHENTICATES
    return KnownGuard(kind=GuardKind.UNCLEAR if not any(names) else kind, callback=callback)


def _of_strategy(name: str, strategies: Mapping[str, str]) -> GuardKind | None:
    package = strategies.get(name, "")
    short = package.removeprefix("passport-") if package.startswith("passport-") else name
    plain = short.lower()
    if plain == "anonymous":
        return GuardKind.IDENTIFIES
    if plain.startswith(_SERVICE_STRATEGIES):
        return GuardKind.SERVICE
    if "x" in {plain, name.lower()}:  # the company
        return None
    signs_in = plain.startswith(_SIGNING_IN) or name.lower().startswith(_SIGNING_IN)
    return None if signs_in else GuardKind.AUTHENTICATES


def _is_optional(arguments: tuple[Argument, ...]) -> bool:
    for one in arguments:
        if isinstance(one.value, Record):
            held = [one.value.entries.get(name) for name in _SWITCHES]
            if any(value == NO for value in held):
                return True
            if any(value is not None and not isinstance(value, Constant) for value in held):
                return True
    return False


def _texts(arguments: tuple[Argument, ...]) -> str:
    """The texts among arguments, those of arrays, too."""
    found: list[str] = []
    for one in arguments:
        for value in one.value.values if isinstance(one.value, Items) else [one.value]:
            text = text_of(value)
            if text:
                found.append(text)
    return ", ".join(found)

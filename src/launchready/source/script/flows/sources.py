"""What in a handler comes from the caller, and what says who the caller is, by the names that frameworks give it."""

import re
from enum import Enum, IntFlag
from typing import NamedTuple

from launchready.source.code.guards import words_of
from launchready.source.script.bindings import Path


class Origin(IntFlag):
    """Where a value comes from; constants, settings and what was made harmless have no flag."""

    CONSTANT = 0
    REQUEST = 1  # the caller sent it
    CALLER = 2  # it says who the caller is, as the server found out
    PARAMETER = 4  # the function was given it
    OTHER = 8  # a result of something that was not followed
    OWN = 16  # what was found by the caller's identity alone


class Mode(Enum):
    """What is asked of a value: a number made of the caller's text can name an object, but cannot carry SQL."""

    VALUE = "value"  # whatever the caller chose, as an id
    TEXT = "text"  # text that the caller chose freely
    OBJECT = "object"  # an object that the caller shaped
    MARKUP = "markup"  # text that would be read as HTML
    ADDRESS = (
        "address"  # text that decides which host is asked; comparing it with a pattern makes it no safer
    )

    @property
    def is_text(self) -> bool:
        """Whether free text is asked for."""
        return self in {Mode.TEXT, Mode.MARKUP, Mode.ADDRESS}


class Given(NamedTuple):
    """A part of a parameter: where its function begins in the text, its position, its name if it has one, the part."""

    function: int
    place: int
    name: str
    path: tuple[str, ...]

    @property
    def position(self) -> str:
        """`0`, `1.owner`: as arguments of calls are named."""
        return ".".join((str(self.place), *self.path))

    @property
    def words(self) -> tuple[str, ...]:
        """The names that it goes by, from the outside in."""
        return (self.name, *self.path) if self.name else self.path


class Source(NamedTuple):
    """Where a value comes from, and which parameters are among it."""

    origin: Origin = Origin.CONSTANT
    parameters: frozenset["Given"] = frozenset()

    def with_(self, other: "Source") -> "Source":
        """Both."""
        if not other.origin:
            return self
        return Source(self.origin | other.origin, self.parameters | other.parameters)


CONSTANT = Source()
OTHER = Source(Origin.OTHER)

REQUEST_NAMES = frozenset({"req", "request", "_req", "_request", "nextRequest"})
CONTEXT_NAMES = frozenset({"ctx", "context", "c", "event", "evt", "h3Event", "koaCtx"})
RESPONSE_NAMES = frozenset({"res", "response", "reply", "rep", "_res"})
REQUEST_TYPES = re.compile(
    r"^(?:express\.)?(?:\w*Request|IncomingMessage|HttpRequest|APIGatewayProxyEvent(?:V2)?|LoaderFunctionArgs|"
    r"ActionFunctionArgs|RequestEvent)\b"
)
CONTEXT_TYPES = re.compile(r"^(?:\w*Context|H3Event|APIContext|GetServerSidePropsContext|RouterContext)\b")
_NO_CONTENT = frozenset({
    "app", "log", "logger", "t", "i18n", "method", "ip", "ips", "protocol", "secure", "route", "baseUrl",
    "xhr", "fresh", "stale", "socket", "connection", "id", "httpVersion", "signal", "aborted", "complete",
    "next", "res", "flash", "csrfToken", "logIn", "logOut", "login", "logout", "isAuthenticated", "accepts",
    "is", "geo", "startTime", "timestamp", "requestId",
})  # fmt: skip
# What frameworks and middleware put on a request to say who asks
_CALLER = frozenset({
    "user", "currentUser", "auth", "session", "userId", "user_id", "uid", "userID", "account", "member",
    "viewer", "jwt", "decoded", "decodedToken", "tokenPayload", "principal", "identity", "profile",
    "userData", "userInfo", "authUser", "loggedInUser", "customer", "oidc", "payload", "admin", "employee",
    "userPayload", "authInfo", "me", "tokenData", "credentials", "actor", "isAdmin", "role", "roles",
    "permissions", "userRole", "clerkUser", "dbUser", "userEmail",
})  # fmt: skip
_SENT = frozenset({
    "body", "query", "params", "headers", "cookies", "signedCookies", "files", "file", "url", "originalUrl",
    "rawBody", "rawHeaders", "nextUrl", "path", "hostname", "host", "param", "header", "get", "json",
    "text", "formData", "blob", "arrayBuffer", "valid", "parseBody", "queries", "search", "searchParams",
    "querystring", "href", "pathParameters", "queryStringParameters", "pathname", "fields", "payload",
    "multiValueQueryStringParameters", "parts", "upload",
})  # fmt: skip
_STRUCTURED = frozenset({
    "body", "query", "json", "parseBody", "queries", "rawBody", "fields", "payload", "valid", "input",
    "parsedInput", "rawInput",
})  # fmt: skip
_GIVEN = frozenset({
    "params", "searchParams", "body", "query", "input", "parsedInput", "rawInput", "formData", "headers",
    "cookies", "clientInput", "slug",
})  # fmt: skip
_KNOWN = frozenset({
    "session", "user", "currentUser", "auth", "userId", "viewer", "me", "dbUser", "authUser", "member", "actor",
})  # fmt: skip
_PLACES = frozenset(
    {"request", "req", "raw", "state", "locals", "data", "var", "context", "ctx", "rawRequest"}
)
_NOT_WHO = frozenset({
    "generate", "tokens", "issue", "make", "build", "init", "handle", "confirm", "unauthorized", "roles",
    "start", "create", "delete", "update", "destroy", "remove", "find", "list", "checkout", "stripe",
    "save", "regenerate", "clear", "upload", "options", "config", "router", "middleware", "provider", "url",
    "header", "headers", "code", "link", "sign", "signin", "signup", "register", "set", "insert", "count",
    "by", "for", "store", "encode", "revoke", "logout", "billing", "test", "cookie", "name", "new",
    "redirect", "error", "format", "is", "has", "search", "invite", "payment", "reset",
})  # fmt: skip
_WHOSE = frozenset(
    {"user", "member", "account", "viewer", "profile", "customer", "person", "actor", "identity", "principal"}
)
_PROVES = frozenset({"verify", "validate", "authenticate", "check", "introspect"})
_PROOFS = frozenset({"token", "jwt", "session", "cookie", "auth", "bearer", "access", "idtoken", "request"})
_ABOUT_LOGIN = frozenset({
    "auth", "session", "authenticate", "authenticated", "get", "server", "require", "required", "check",
    "validate", "verify", "ensure", "with", "user", "token", "request", "api", "current", "optional",
    "data", "info", "context", "from", "req", "next", "my", "safe", "must", "load", "fetch", "read",
    "resolve", "state", "use", "cookies", "unstable", "iron", "loader", "is", "member", "admin", "app",
    "or", "throw", "async", "supabase", "clerk", "firebase", "cached", "valid", "access", "jwt",
    "web", "the", "page", "route", "action", "by", "id", "in", "maybe", "assert", "guard", "fresh",
    "existing", "active",
})  # fmt: skip
_ASKS = frozenset(
    {"require", "ensure", "current", "authenticated", "logged", "signed", "assert", "authorized", "me"}
)


def is_own_address(path: Path) -> bool:
    """Whether a part of a request is the address that it was sent to, not a parameter in it."""
    return (
        bool(path)
        and path[0] in {"url", "originalUrl", "nextUrl", "href"}
        and not any("search" in one.lower() for one in path)
    )


def of_request(path: Path) -> Origin:
    """What a part of a request object is; the object itself is nothing that can be put into a text."""
    if not path:
        return Origin.OTHER
    first = path[0]
    if first in _PLACES and len(path) > 1:
        return of_request(path[1:])
    if first in _SENT and not (first == "payload" and len(path) > 1 and path[1] in {"sub", "userId", "id"}):
        return Origin.REQUEST
    if first in _CALLER:
        return Origin.CALLER
    return Origin.CONSTANT if first in _NO_CONTENT else Origin.OTHER


def of_context(path: Path) -> Origin:
    """What a part of a context object is (Koa, tRPC, Hono, SvelteKit, GraphQL)."""
    if not path:
        return Origin.OTHER
    if (
        path[0] == "req"
        or path[0] in _GIVEN
        or path[0] in {"request", "url", "path", "querystring", "queryStringParameters"}
    ):
        return of_request(path) if path[0] in _PLACES else Origin.REQUEST
    return of_request(path) if path[0] in _CALLER | _PLACES else Origin.OTHER


def of_given(path: Path) -> Origin | None:
    """What a part of the one object is that a framework or a wrapper gives to a handler; None without a meaning."""
    if not path:
        return None
    if path[0] in REQUEST_NAMES:
        return of_request(path[1:])
    if path[0] in CONTEXT_NAMES:
        return of_context(path[1:])
    if path[0] in _GIVEN:
        return Origin.REQUEST
    return Origin.CALLER if path[0] in _KNOWN else None


def is_structured(path: Path) -> bool:
    """Whether a part of a request can be an object that the caller shaped, not only text."""
    return any(one in _STRUCTURED for one in path)


def names_caller(name: str) -> bool:
    """Whether a parameter's name says that it is the caller's identity (`userId`, `currentUser`, `session`)."""
    return name in _KNOWN or name in {
        "userID",
        "user_id",
        "currentUserId",
        "ownerId",
        "authorId",
        "memberId",
        "uid",
    }


def tells_caller(called: str, arguments: int) -> bool:
    """Whether a call by its name finds out who asks: `auth()`, `getServerSession`, `jwt.verify`, `requireUser`."""
    first, _, last = called.rpartition(".")
    words = words_of(last)
    held = set(words)
    if not held or held & _NOT_WHO:
        return False
    if last == "getToken":
        return arguments == 1 and "." not in called
    if last in {"getUser", "getClaims"}:
        return arguments == 0 or "auth" in first.split(".")
    if held & {"auth", "session", "authenticate"} or {"is", "authenticated"} <= held:
        return not held - _ABOUT_LOGIN
    if held & _ASKS and held & (_WHOSE | {"login", "in"}):
        return True
    if held & _PROVES and held & _PROOFS:
        return True
    return last in {"verify", "verifyAsync", "jwtVerify"} and bool(
        set(words_of(first)) & {"jwt", "token", "jsonwebtoken", "jose"}
    )

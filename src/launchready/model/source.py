"""What the code itself says: routes with guards, lookups of objects, dangerous calls, settings, tests."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from launchready.model.operation import BodyForm, Parameter, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePlace:
    """A place in the repository: `path` from its root with forward slashes, `line` from 1, the line's text.

    `code` is stripped, cut and free of secret values.
    """

    path: str
    line: int
    code: str = ""

    def __str__(self) -> str:
        """`api/items.py:41`."""
        return f"{self.path}:{self.line}"


class GuardKind(StrEnum):
    """What a link of the guard chain does with a caller."""

    AUTHENTICATES = "authenticates"  # refuses whoever is not signed in
    AUTHORIZES = "authorizes"  # refuses whoever lacks a role or permission
    SERVICE = "service"  # refuses whoever lacks a key, a signature, a shared secret
    IDENTIFIES = "identifies"  # knows the caller, refuses nobody
    PUBLIC = "public"  # says in so many words that everybody may
    UNCLEAR = "unclear"  # may refuse; the code could not be read


class GuardLevel(StrEnum):
    """How wide a guard reaches."""

    GLOBAL = "global"  # the whole application: new routes have it by themselves
    GROUP = "group"  # a router, blueprint, controller, class, path prefix
    ROUTE = "route"  # written at this one route
    INLINE = "inline"  # inside the handler


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGuard:
    """A link of a route's guard chain.

    `role` is what an AUTHORIZES asks for, as written; empty if not named. Several that one is enough of stand between
    ` | `.
    """

    name: str
    kind: GuardKind
    level: GuardLevel
    place: CodePlace
    role: str = ""


class LookupAction(StrEnum):
    """What the handler does with what it looks up."""

    READ = "read"
    UPDATE = "update"
    DELETE = "delete"


class Bound(StrEnum):
    """Whether a lookup is tied to the caller."""

    OWNER = "owner"  # in the query itself, or by a comparison before the object is used
    NONE = "none"  # by id alone, and nothing after it asks whose it is
    UNCLEAR = "unclear"  # something that could not be read may ask


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLookup:
    """An object fetched by an id that the caller gave. `term` is the code of the owner condition, if any."""

    model: str
    key: str
    action: LookupAction
    bound: Bound
    place: CodePlace
    term: str = ""


class AccessClass(StrEnum):
    """Who a route is for (AUTH-03). `NONE` if nothing says so."""

    PUBLIC = "public"
    MEMBER = "member"
    OWNER = "owner"
    GROUP = "group"
    MODERATOR = "moderator"
    ADMIN = "admin"
    SERVICE = "service"
    UNCLEAR = "unclear"
    NONE = "none"


class Validation(StrEnum):
    """Whether what a handler takes passes a schema."""

    SCHEMA = "schema"  # a declared schema, checked before the handler's own code
    RAW = "raw"  # the body is read and used as it came
    NO_BODY = "no_body"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRoute:
    """A method on a path, as the code serves it.

    `path` has every prefix and mount resolved and `{name}` for parameters; `method` is "GET" …, or "ANY". `served` is
    False where no application includes it. `certain` is False where a part of the path could not be read (`note` says
    which); such a route is listed, never probed. `app` names the application that serves it, for repositories with
    several. `purpose` is inferred from path, handler and inputs, as for an operation.
    """

    method: str
    path: str
    framework: str
    handler: str
    place: CodePlace
    end_line: int
    app: str = ""
    guards: tuple[SourceGuard, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[BodyForm, ...] = ()
    validation: Validation = Validation.UNCLEAR
    lookups: tuple[SourceLookup, ...] = ()
    served: bool = True
    certain: bool = True
    note: str = ""
    purpose: Purpose = Purpose.OTHER

    @property
    def id(self) -> str:
        """`METHOD path`, as operations are named."""
        return f"{self.method} {self.path}"

    @property
    def access(self) -> AccessClass:
        """Who it is for, by its guard chain."""
        return access_of(self.guards, self.lookups)


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MODERATORS = ("moderator", "moderators", "moderation", "moderate", "mod", "mods")
_ADMINS = (
    "admin", "admins", "administrator", "administrators", "superadmin", "superuser", "superusers", "staff", "root",
    "operator", "operators", "sysadmin",
)  # fmt: skip


def _bound(lookups: tuple[SourceLookup, ...]) -> bool:
    return bool(lookups) and all(one.bound is Bound.OWNER for one in lookups)


def _asked(guard: SourceGuard) -> list[set[str]]:
    """The words of each role that is enough for a guard; its name counts where it asks for one thing only."""
    roles = guard.role.split(" | ")
    texts = roles if len(roles) > 1 else [f"{guard.role} {guard.name}"]
    return [{word.lower() for word in _WORDS.findall(text)} for text in texts]


def _is_admin(words: set[str]) -> bool:
    run_together = any(word.endswith(("admin", "superuser")) for word in words)  # "isadmin"
    named = bool(words.intersection(_ADMINS))
    return run_together or named or {"super", "user"} <= words or {"owner", "only"} <= words


def _is_staff(words: set[str]) -> bool:
    return _is_admin(words) or bool(words.intersection(_MODERATORS))


def access_of(guards: tuple[SourceGuard, ...], lookups: tuple[SourceLookup, ...]) -> AccessClass:
    """The access class that a guard chain stands for; a refusal anywhere in it counts, wherever it stands.

    A guard that a route opts out of is no link of its chain: PUBLIC beside a refusal means that both apply.
    """
    kinds = {guard.kind for guard in guards}
    roles = [guard for guard in guards if guard.kind is GuardKind.AUTHORIZES]
    if roles:
        asked = [_asked(guard) for guard in roles]
        # Of alternatives the least one lets in
        if any(all(_is_admin(words) for words in alternatives) for alternatives in asked):
            return AccessClass.ADMIN
        if any(all(_is_staff(words) for words in alternatives) for alternatives in asked):
            return AccessClass.MODERATOR
        return AccessClass.OWNER if _bound(lookups) else AccessClass.GROUP
    if GuardKind.AUTHENTICATES in kinds:
        return AccessClass.OWNER if _bound(lookups) else AccessClass.MEMBER
    if GuardKind.SERVICE in kinds:
        return AccessClass.SERVICE
    if GuardKind.UNCLEAR in kinds:
        return AccessClass.UNCLEAR
    return AccessClass.PUBLIC if GuardKind.PUBLIC in kinds else AccessClass.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceApp:
    """An application found in the repository: the stack that is shown.

    `root` is its folder ("" for the repository itself), `entry` the place where it is made. `guards` are those of the
    whole application.
    """

    name: str
    framework: str
    root: str
    entry: CodePlace
    version: str = ""
    guards: tuple[SourceGuard, ...] = ()


class HitKind(StrEnum):
    """What a dangerous line does; each is judged by one check."""

    SQL = "sql"  # INP-05: a query put together from text
    NOSQL = "nosql"  # INP-05: the caller's object as a query
    COMMAND = "command"  # INP-05: a shell
    CODE = "code"  # INP-05: eval, exec, Function
    TEMPLATE = "template"  # INP-05: a template from the caller's text
    DESERIALIZE = "deserialize"  # INP-05: pickle, yaml.load, node-serialize
    RAW_HTML = "raw_html"  # INP-06
    XML = "xml"  # INP-07
    YAML_ALIASES = "yaml_aliases"  # INP-07
    SERVER_FETCH = "server_fetch"  # INP-08: an address that the caller gave is fetched
    NO_TIMEOUT = "no_timeout"  # INP-13
    TLS_OFF = "tls_off"  # INP-13
    SUPER_KEY = "super_key"  # ROLE-10: a client that passes by the data store's own rules
    PUBLIC_SECRET = "public_secret"  # SEC-04: a secret in what the browser gets
    RISKY_LOG = "risky_log"  # LOG-04: a password, token, body or header goes to a log
    VERBOSE = "verbose"  # LOG-04: SQL echo, debug level
    DEBUG = "debug"  # DEP-08
    LISTING = "listing"  # DEP-08: folders are listed
    DEV_ORIGIN = "dev_origin"  # CORS-03: localhost, preview hosts in the list of origins
    ANY_ORIGIN = "any_origin"  # CORS-03: every origin is let in
    SAMPLE_KEY = "sample_key"  # SEC-07: a sample value is used when the variable is not set


class Flow(StrEnum):
    """What reaches the dangerous call."""

    REQUEST = "request"  # what the caller sent, followed inside one function
    VARIABLE = "variable"  # something that is not constant; whence was not followed
    NONE = "none"  # the line is wrong by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHit:
    """A dangerous line. `rule` is a stable short name, `certain` if no harmless reading is left.

    `message` is one plain sentence without a full stop, `fix` the smallest right change. `route` is the id of the
    route whose handler holds it, empty if none was found.
    """

    kind: HitKind
    rule: str
    message: str
    place: CodePlace
    function: str = ""
    flow: Flow = Flow.NONE
    certain: bool = False
    fix: str = ""
    route: str = ""


class VariableUse(StrEnum):
    """How the product needs an environment variable."""

    REQUIRED = "required"  # the start fails without it
    DEFAULTED = "defaulted"  # a value stands in the code
    OPTIONAL = "optional"  # absent is handled, or goes unnoticed


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariable:
    """A variable that the code reads (SEC-07).

    `listed` are the places that document it (.env.example, compose, workflow); `public` if its prefix puts it into what
    the browser gets (NEXT_PUBLIC_ …); `secret` if name or use says that it is one.
    """

    name: str
    use: VariableUse
    read: tuple[CodePlace, ...]
    listed: tuple[CodePlace, ...] = ()
    public: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPolicy:
    """A row level security policy (PostgreSQL CREATE POLICY). `using` and `check` are expressions as written."""

    name: str
    command: str
    roles: tuple[str, ...]
    using: str
    check: str
    permissive: bool
    place: CodePlace
    bound: Bound = Bound.UNCLEAR
    for_everyone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """A table that clients reach through the data store's own API (Supabase).

    `secured` if row level security is on after all migrations; None where no migration tells. `used` are the places
    that name it in client code.
    """

    name: str
    secured: bool | None
    policies: tuple[RowPolicy, ...] = ()
    place: CodePlace | None = None
    used: tuple[CodePlace, ...] = ()
    columns: tuple[str, ...] = ()


class KeyKind(StrEnum):
    """Which key of the data store a line uses."""

    PUBLISHABLE = "publishable"
    SECRET = "secret"
    ANON = "anon"
    SERVICE_ROLE = "service_role"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """A use of a data store's key: the variable's name or a masked preview, and whether browsers get that file."""

    kind: KeyKind
    name: str
    place: CodePlace
    in_browser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTest:
    """A test that asks what must be refused. `kind` is "second user", "anonymous" or "role"."""

    name: str
    kind: str
    place: CodePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class TestJob:
    """A command of the pipeline that runs tests, and whether it runs for pull requests."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    command: str
    place: CodePlace
    on_pull_request: bool = False


# All that a review may have looked for
LOOKED_FOR = frozenset({*(kind.value for kind in HitKind), "lookups", "tests", "jobs", "variables"})
# What a gap is called that leaves routes, guards or prefixes open while every line of the code was read
OPEN_ROUTES = "routes of the code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file that was not read, or not understood, and why."""

    path: str
    reason: str


# Functions without a name are called by the line that they begin at
_UNNAMED = re.compile(r"(<\w+>):\d+")


def code_mark(place: CodePlace, *parts: str) -> str:
    """A name for a line that survives moving up and down: 12 hexadecimal digits of its text and `parts`."""
    named = (_UNNAMED.sub(r"\1", part) for part in parts)
    text = "\x1f".join((" ".join(place.code.split()), *named))
    return hashlib.sha256(text.encode()).hexdigest()[:12]

"""What an API can be asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]


class Purpose(StrEnum):
    """What an operation is for, inferred from path words, operationId, schema fields."""

    SIGN_UP = "sign_up"
    LOG_IN = "login"
    LOG_OUT = "logout"
    REFRESH = "refresh"
    ME = "me"
    CONFIRM = "confirm"
    RESET = "reset"
    CHANGE_PASSWORD = "change_password"
    CREATE = "create"
    READ = "read"
    LIST = "list"
    SEARCH = "search"
    FEED = "feed"
    COUNT = "count"
    EXPORT = "export"
    UPDATE = "update"
    DELETE = "delete"
    ACTION = "action"
    UPLOAD = "upload"
    ADMIN = "admin"
    MODERATE = "moderate"
    WEBHOOK = "webhook"
    PAYMENT = "payment"
    HEALTH = "health"
    DOCS = "docs"
    OTHER = "other"


class ObjectClass(StrEnum):
    """Which family of checks an object type belongs to."""

    PROFILE = "profile"
    SETTINGS = "settings"
    THREAD = "thread"
    DRAFT = "draft"
    ORDER = "order"
    GROUP = "group"
    OTHER = "other"


class Guard(StrEnum):
    """What the specification says about who may call an operation."""

    PUBLIC = "public"
    PROTECTED = "protected"
    UNSTATED = "unstated"


class Place(StrEnum):
    """Where a parameter travels."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One input outside the body."""

    name: str
    place: Place
    required: bool
    schema: Schema
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyForm:
    """One media type in which a request body is taken; `schema` has all `$ref` resolved (recursion cut)."""

    media_type: str
    schema: Schema
    required: bool
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyForm:
    """One declared answer; `status` is as in the document ("200", "2XX", "default")."""

    status: str
    media_type: str
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumes:
    """The operation needs the id of an object of `object_type` at `name`."""

    object_type: str
    place: Place
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Produces:
    """A successful answer carries an id of a new object of `object_type` at the JSON path `pointer` (RFC 6901)."""

    object_type: str
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOperation:
    """A method on a path template. `path` is the specification's own template; `id` is `METHOD path`."""

    id: str
    method: str
    path: str
    operation_id: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    base_path: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[BodyForm, ...] = ()
    replies: tuple[ReplyForm, ...] = ()
    guard: Guard = Guard.UNSTATED
    security: tuple[str, ...] = ()
    purpose: Purpose = Purpose.OTHER
    object_type: str = ""
    object_class: ObjectClass = ObjectClass.OTHER
    consumes: tuple[Consumes, ...] = ()
    produces: tuple[Produces, ...] = ()
    source: str = "openapi"

    @property
    def writes(self) -> bool:
        """Whether the method may change state (RFC 9110 section 9.2.1)."""
        return self.method not in {"GET", "HEAD", "OPTIONS", "TRACE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQlField:
    """A field of the query or mutation type."""

    id: str
    kind: str
    field: str
    endpoint: str
    object_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A realtime channel (WebSocket, server-sent events)."""

    id: str
    path: str
    protocol: str


Operation: TypeAlias = HttpOperation | GraphQlField | Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableOperation:
    """An operation of the document that cannot be called, and why."""

    id: str
    reason: str

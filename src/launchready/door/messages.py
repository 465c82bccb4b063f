"""What goes through the door: requests with raw values in memory, and their replies.

Never written to disk.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from launchready.model.exchange import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonBody:
    """Sent as application/json."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBody:
    """Sent as application/x-www-form-urlencoded."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """One part of a multipart body."""

    name: str
    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartBody:
    """Sent as multipart/form-data."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[FilePart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBody:
    """Sent as it is."""

    media_type: str
    content: bytes


Body: TypeAlias = JsonBody | FormBody | MultipartBody | RawBody | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `url` is absolute or a path below the target.

    `principal` picks the credentials that the door adds.

    `bare` leaves the principal's credentials out (they are then only a label); `headers` win over
    credentials of the same name. `active` says that it may change state: the permit refuses it where only
    passive requests are allowed.
    """

    method: str
    url: str
    principal: str = "anonymous"
    operation: str = ""
    intent: Intent = Intent.ATTEMPT
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Body = None
    bare: bool = False
    active: bool = False


@dataclass(slots=True, kw_only=True)
class Reply:
    """An answer, or none (`status` 0, `failure` says why). `body` is bounded.

    `truncated` if there was more.
    """

    exchange: str
    request: Request
    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    truncated: bool = False
    failure: str = ""
    _json: Any = field(default=..., repr=False)

    def header(self, name: str) -> str:
        """First value of a header, empty when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def headers_named(self, name: str) -> tuple[str, ...]:
        """All values of a header, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    @property
    def media_type(self) -> str:
        """Content type without parameters, lower case."""
        return self.header("content-type").split(";")[0].strip().lower()

    def text(self) -> str:
        """Body as text; undecodable bytes are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Body parsed as JSON, `None` if it is not JSON or too deeply nested; parsed once."""
        if self._json is ...:
            try:
                self._json = json.loads(self.body) if self.body else None
            except (ValueError, RecursionError):
                self._json = None
        return self._json

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110 section 15


Headers: TypeAlias = Mapping[str, str]

"""One request and its answer, as kept in evidence: redacted and timed."""

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """Why a request was sent."""

    DISCOVER = "discover"
    SIGN_IN = "sign_in"
    PLANT = "plant"
    CONTROL = "control"
    ATTEMPT = "attempt"
    READ_BACK = "read_back"
    RESTORE = "restore"
    CLEAN_UP = "clean_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A redacted request and answer.

    `offset` and `seconds` are seconds since the run began and of duration. `status` is 0 and `failure` says why when
    no answer came. `request_body` and `response_body` are redacted text, empty unless cited as proof.
    """

    id: str
    principal: str
    operation: str
    intent: Intent
    method: str
    url: str
    status: int
    offset: float
    seconds: float
    request_headers: tuple[tuple[str, str], ...] = ()
    response_headers: tuple[tuple[str, str], ...] = ()
    request_body: str = ""
    response_body: str = ""
    response_bytes: int = 0
    failure: str = ""

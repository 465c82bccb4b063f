"""What a refusal says: which fields, what is wrong with them, whether the account exists already."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from launchready.accounts.fields import FieldRole, plain, role_of
from launchready.door.messages import Reply
from launchready.door.replies import is_edge_wall

_DEEPEST = 8
_MOST = 60
_LONGEST = 500

_FIELD_KEYS = (
    "loc",
    "path",
    "field",
    "param",
    "property",
    "propertyname",
    "pointer",
    "attribute",
    "name",
    "source",
)
_TEXT_KEYS = (
    "msg",
    "message",
    "defaultmessage",
    "detail",
    "title",
    "reason",
    "error",
    "description",
    "code",
    "type",
)
_GENERAL = frozenset({
    "error", "errors", "detail", "details", "message", "messages", "msg", "title", "status", "code",
    "type", "reason",
    "description", "errormessage", "nonfielderrors", "all", "base", "success", "statuscode",
    "errorcode", "data",
    "body", "query", "fields", "violations", "issues", "invalidparams", "errordescription", "hint", "problem",
    "instance", "requestid", "traceid", "timestamp", "path", "url", "input", "ctx", "validationerrors",
})  # fmt: skip

_EXISTS = re.compile(
    r"\balready\b(?! (?:logged|signed|verified|confirmed))|\bexists\b|\btaken\b|\bin use\b"
    r"|\bduplicate|\bnot unique\b"
    r"|\bmust be unique\b|\bnot available\b|\bunavailable\b|\bunique constraint\b|^conflict$"
    r"|_exists\b", re.IGNORECASE)  # fmt: skip
_NOT_EXISTS = re.compile(
    r"(?:not|n't|never|no longer) (?:already )?exists?\b|if .{0,40}\bexists\b", re.IGNORECASE
)
_CAPTCHA = re.compile(
    r"captcha|turnstile|are you (?:a )?(?:human|robot)|bot (?:check|protection)", re.IGNORECASE
)
_INVITE = re.compile(
    r"invit(?:e|ation)[-_ ]?(?:only|code|token|required|is required)|(?:need|require|valid"
    r"|without).{0,20}\binvit|"
    r"invit\w* .{0,30}(?:required|missing|invalid|needed)|waitlist|waiting list", re.IGNORECASE)  # fmt: skip
_CLOSED = re.compile(
    r"(?:sign[- ]?ups?|registrations?|account creation).{0,40}(?:closed|disabled|not (?:allowed"
    r"|open|enabled|available)"
    r"|turned off)|not accepting (?:new )?(?:users|members|registrations)"
    r"|registration is by", re.IGNORECASE)  # fmt: skip
_CONFIRM_MAIL = re.compile(
    r"(?:verify|confirm|activat\w*|validate)\w* .{0,40}(?:e-?mail|account|address)|(?:e-?mail"
    r"|account|address|user).{0,40}"
    r"(?:not|un|n't|isn.t|yet to be|must be|needs? to be|pending|awaiting) ?(?:yet )?(?:been "
    r"|be )?(?:verif|confirm|activat)|"
    r"check your (?:e-?mail|inbox)|unverified|unconfirmed|not.?activated|inactive (?:user|account)|"
    r"(?:link|code) .{0,30}(?:sent|e-?mail)|email_not_(?:verified|confirmed)", re.IGNORECASE)  # fmt: skip
_PHONE = re.compile(r"(?:verify|confirm)\w* .{0,20}(?:phone|mobile)|\bsms\b", re.IGNORECASE)
_CSRF = re.compile(r"csrf|xsrf|forgery", re.IGNORECASE)
_SSO = re.compile(r"\b(?:sso|single sign[- ]on|saml|use (?:google|github|apple|microsoft))\b", re.IGNORECASE)
_MISSING = re.compile(
    r"required|missing|blank|must be (?:provided|present|given|set)|\bempty\b|cannot be null"
    r"|may not be null|should not be null"
    r"|is null|undefined|must contain", re.IGNORECASE)  # fmt: skip
_UNWANTED = re.compile(
    r"\bextra\b|unexpected|additional propert|unknown (?:field|key|property|attribute)"
    r"|should not exist|not permitted"
    r"|unrecognized|not allowed here", re.IGNORECASE)  # fmt: skip


class RefusalKind(StrEnum):
    """Why a sign-up or login was refused."""

    EXISTS = "exists"
    INVALID = "invalid"
    CAPTCHA = "captcha"
    INVITE = "invite"
    CLOSED = "closed"
    CONFIRM_MAIL = "confirm_mail"
    PHONE = "phone"
    SSO = "sso"
    CSRF = "csrf"
    LIMITED = "limited"
    NOT_FOUND = "not_found"
    DENIED = "denied"
    BROKEN = "broken"
    NO_ANSWER = "no_answer"
    EDGE_WALL = "edge_wall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One sentence of a refusal; `field` names the field that it is about, empty if it does not say."""

    field: str
    text: str

    @property
    def missing(self) -> bool:
        """Whether the field was not sent."""
        return bool(_MISSING.search(self.text))

    @property
    def unwanted(self) -> bool:
        """Whether the field should not have been sent."""
        return bool(_UNWANTED.search(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal read: its kind, its sentences, and a short quotation for people."""

    kind: RefusalKind
    status: int
    complaints: tuple[Complaint, ...] = ()
    quote: str = ""


def read_refusal(reply: Reply, sent: Mapping[str, FieldRole] | None = None) -> Refusal:
    """What the refusal `reply` says; `sent` maps the names of the fields sent to what they were for.

    An answer with status 200 and an error body is read the same way.
    """
    complaints = tuple(complaints_in(reply.json(), tuple(sent or ())))
    if not complaints and reply.text().strip() and reply.media_type.startswith("text/plain"):
        complaints = (Complaint(field="", text=reply.text().strip()[:_LONGEST]),)
    telling = sorted(complaints, key=lambda item: (" " not in item.text, not item.field))
    quote = re.sub(r"[\x00-\x1f\x7f]+", " ", telling[0].text) if telling else ""
    if telling and telling[0].field and telling[0].field.lower() not in quote.lower():
        quote = f"{telling[0].field}: {quote}"
    kind = _kind(reply, complaints)
    return Refusal(kind=kind, status=reply.status, complaints=complaints, quote=quote[:160])


def _kind(reply: Reply, complaints: tuple[Complaint, ...]) -> RefusalKind:
    if not reply.status:
        return RefusalKind.NO_ANSWER
    if is_edge_wall(reply):
        return RefusalKind.EDGE_WALL
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return RefusalKind.LIMITED
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RefusalKind.BROKEN
    for kind, pattern in _SENTENCES:
        # Of a field that must be filled in, only its name tells what it is for
        by_name = kind in {RefusalKind.CAPTCHA, RefusalKind.INVITE, RefusalKind.CSRF}
        said = [f"{item.field} {item.text}" if by_name else item.text for item in complaints]
        if any(pattern.search(text) for text in said):
            return kind
    if any(_EXISTS.search(item.text) and not _NOT_EXISTS.search(item.text) for item in complaints):
        return RefusalKind.EXISTS
    return _kind_by_status(reply.status, complaints)


_SENTENCES: tuple[tuple[RefusalKind, re.Pattern[str]], ...] = (
    (RefusalKind.CAPTCHA, _CAPTCHA),
    (RefusalKind.CSRF, _CSRF),
    (RefusalKind.INVITE, _INVITE),
    (RefusalKind.CLOSED, _CLOSED),
    (RefusalKind.PHONE, _PHONE),
    (RefusalKind.CONFIRM_MAIL, _CONFIRM_MAIL),
    (RefusalKind.SSO, _SSO),
)


def _kind_by_status(status: int, complaints: tuple[Complaint, ...]) -> RefusalKind:
    match status:
        case HTTPStatus.CONFLICT:
            return RefusalKind.EXISTS
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return RefusalKind.DENIED
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED | HTTPStatus.GONE:
            return RefusalKind.NOT_FOUND
    return RefusalKind.INVALID if complaints or status >= HTTPStatus.BAD_REQUEST else RefusalKind.DENIED


def complaints_in(value: Any, names: tuple[str, ...] = ()) -> list[Complaint]:
    """All sentences of an error body, each with its field where it or the body names one of `names`."""
    found: list[Complaint] = []
    for item in _walk(value, "", 0):
        if len(found) >= _MOST:
            break
        found.append(item if item.field else Complaint(field=_named_in(item.text, names), text=item.text))
    return found


def _walk(value: Any, field: str, depth: int) -> Iterator[Complaint]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if value.strip():
            yield Complaint(field=field, text=value.strip()[:_LONGEST])
    elif isinstance(value, list):
        for item in value[:_MOST]:
            yield from _walk(item, field, depth + 1)
    elif isinstance(value, dict):
        yield from _walk_object(value, field, depth)


def _walk_object(value: dict[str, Any], field: str, depth: int) -> Iterator[Complaint]:
    keys = {plain(key): key for key in value}
    place = next((value[keys[key]] for key in _FIELD_KEYS if key in keys), None)
    texts = [value[keys[key]] for key in _TEXT_KEYS if key in keys and isinstance(value[keys[key]], str)]
    texts = texts or [text for text in value.values() if isinstance(text, str) and text != place]
    named = _field_of(place) if place is not None else ""
    if named and texts:
        yield from (Complaint(field=named, text=text[:_LONGEST]) for text in texts)
        return
    for key, inner in list(value.items())[:_MOST]:
        inner_field = field if plain(key) in _GENERAL or key.isdigit() else key
        yield from _walk(inner, inner_field, depth + 1)


def _field_of(place: Any) -> str:
    """The field that `["body", "user", "password"]`, "user.password" or "/user/password" names."""
    if isinstance(place, dict):
        return _field_of(place.get("pointer") or place.get("parameter") or "")
    parts = [str(part) for part in place] if isinstance(place, list) else re.split(r"[./]", str(place))
    words = [part for part in parts if part and not part.isdigit()]
    if not words or len(words[-1]) > 60:  # noqa: PLR2004 - no field name is that long; it is a sentence
        return ""
    return "" if plain(words[-1]) in {"body", "query", ""} else words[-1]


def _named_in(text: str, names: tuple[str, ...]) -> str:
    """The one of `names` that a sentence speaks of: by its name, or by the word for what it is."""
    lowered = text.lower()
    for name in sorted(names, key=len, reverse=True):
        if re.search(rf"\b{re.escape(name.lower())}\b", lowered):
            return name
    words = {role_of(word) for word in re.findall(r"[a-z]+", lowered)}
    if re.search(r"e-mail", lowered):
        words.add(FieldRole.EMAIL)
    for name in names:
        role = role_of(name)
        if role is not FieldRole.OTHER and role in words:
            return name
    return ""

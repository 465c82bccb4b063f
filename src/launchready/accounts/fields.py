"""What a field of a sign-up or login form is for, by its name, format and type."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from launchready.model.operation import Schema
from launchready.surface import schemas
from launchready.surface.schemas import branch, merge_all_of

Path: TypeAlias = tuple[str, ...]

DEEPEST = 4


class FieldRole(StrEnum):
    """What a form field asks for."""

    EMAIL = "email"
    USERNAME = "username"
    IDENTIFIER = "identifier"
    PASSWORD = "password"
    CONFIRM = "confirm"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    TERMS = "terms"
    PHONE = "phone"
    BIRTH = "birth"
    AGE = "age"
    CAPTCHA = "captcha"
    INVITE = "invite"
    ONE_TIME_CODE = "one_time_code"
    GRANT_TYPE = "grant_type"
    CSRF = "csrf"
    REMEMBER = "remember"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A leaf of a form: where it is, what it asks for, whether the form insists on it."""

    path: Path
    role: FieldRole
    required: bool
    schema: Schema


# Order matters: the first that matches wins. Names are compared in lower case without separators.
_NAMES: tuple[tuple[FieldRole, re.Pattern[str]], ...] = (
    (FieldRole.CAPTCHA, re.compile(r"captcha|turnstile|cftoken|friendlychallenge|proofofwork|altcha")),
    (FieldRole.CSRF, re.compile(r"csrf|xsrf|^authenticitytoken$|^requestverificationtoken$")),
    (FieldRole.GRANT_TYPE, re.compile(r"^granttype$")),
    (FieldRole.CONFIRM, re.compile(
        r"(pass|pwd).*(confirm|repeat|again|verif|retype|2$)|(confirm|repeat|retype|verify|re)(user)?(pass|pwd)")),
    (FieldRole.PASSWORD, re.compile(r"^(user|new|plain|account|login)?(pass(word|wd|phrase)?|pwd)1?$")),
    (FieldRole.ONE_TIME_CODE, re.compile(r"^(otp|totp|mfa|twofactor|2fa|onetime)(code|token)?$")),
    (FieldRole.INVITE, re.compile(r"invit|^(access|beta|signup|registration)(code|key)$")),
    (FieldRole.EMAIL, re.compile(r"^(user|your|account|primary|contact|login)?e?mail(address|id)?$")),
    (FieldRole.IDENTIFIER, re.compile(
        r"^(identifier|identity|(user(name)?|login)or(e?mail)|e?mailor(user(name)?|login)|loginid|principal|subject)$")),
    (FieldRole.USERNAME, re.compile(
        r"^(user|login|account|screen|nick)?name$|^(username|userid|login|handle|nick|user|account|slug|uname)$")),
    (FieldRole.FIRST_NAME, re.compile(r"^(first|given|fore)name$")),
    (FieldRole.LAST_NAME, re.compile(r"^(last|family|sur)name$")),
    (FieldRole.NAME, re.compile(r"^(name|(full|display|real|public|profile)name)$")),
    (FieldRole.TERMS, re.compile(
        r"terms|^tos$|gdpr|privacy(policy|accepted|consent)|consent|^(i)?(accept|agree|accepted|agreed)|over18|isadult")),
    (FieldRole.PHONE, re.compile(r"phone|mobile|^tel$|msisdn|cellnumber")),
    (FieldRole.BIRTH, re.compile(r"birth|^dob$|^bday$")),
    (FieldRole.AGE, re.compile(r"^age$")),
    (FieldRole.REMEMBER, re.compile(r"^(remember(me)?|stayloggedin|keepme.*)$")),
)  # fmt: skip
_LAST_RESORT = frozenset({"name"})


def plain(name: str) -> str:
    """A field name in lower case without separators."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def role_of(name: str, schema: Schema | None = None) -> FieldRole:
    """What a field named so asks for; its schema decides where the name does not."""
    schema = schema or {}
    key = plain(name)
    if key in _LAST_RESORT:
        return FieldRole.NAME
    kind = schemas.type_of(schema)
    for role, pattern in _NAMES:
        if pattern.search(key):
            return FieldRole.OTHER if _impossible(role, kind) else role
    if schema.get("format") == "email":
        return FieldRole.EMAIL
    if schema.get("format") == "password":
        return FieldRole.PASSWORD
    return FieldRole.OTHER


def _impossible(role: FieldRole, kind: str) -> bool:
    """Whether a schema type contradicts the name: an object called "account" is no user name."""
    if role in {FieldRole.TERMS, FieldRole.REMEMBER}:
        return kind in {"object", "array"}
    if role in {FieldRole.AGE, FieldRole.BIRTH, FieldRole.PHONE}:
        return kind in {"object", "array", "boolean"}
    return kind in {"object", "array", "boolean", "number", "integer"}


def merged(schema: Schema) -> Schema:
    """An object schema with `allOf` folded in and one branch of `oneOf` or `anyOf` chosen."""
    return branch(merge_all_of(schema))


def form_fields(schema: Schema) -> tuple[FormField, ...]:
    """All leaves of a form, wrappers such as `{"user": {…}}` opened, required wrappers' leaves first."""
    return tuple(_walk(schema, (), required=True))


def _walk(schema: Schema, path: Path, *, required: bool) -> Iterator[FormField]:
    whole = merged(schema)
    wanted = schemas.required(whole)
    # Many documents leave `required` out; a wrapper is then opened as if it were named there
    lax = not wanted and required
    for name, inner in schemas.properties(whole).items():
        leaf = merged(inner)
        if leaf.get("readOnly") is True:
            continue
        here = (*path, name)
        needed = required and name in wanted
        if schemas.properties(leaf) and len(here) < DEEPEST:
            yield from _walk(leaf, here, required=needed or lax)
            continue
        yield FormField(path=here, role=role_of(name, leaf), required=needed, schema=leaf)

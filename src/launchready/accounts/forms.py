"""Sign-up and login forms: which fields an operation takes, and what an identity puts into them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from launchready.accounts.fields import FieldRole, FormField, Path, form_fields, role_of
from launchready.accounts.fitting import PasswordRules, UsernameRules, fit_username
from launchready.door.messages import Body, FormBody, JsonBody, MultipartBody
from launchready.model.operation import HttpOperation, Place, Schema

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"

# The documented test answers of hCaptcha and Turnstile: a staging set-up with test keys accepts them
_CAPTCHA_TEST_ANSWERS = {"hcaptcha": "10000000-aaaa-bbbb-cccc-000000000001"}
_CAPTCHA_TEST_ANSWER = "XXXX.DUMMY.TOKEN.XXXX"
_ALWAYS = frozenset(
    {
        FieldRole.EMAIL,
        FieldRole.USERNAME,
        FieldRole.PASSWORD,
        FieldRole.CONFIRM,
        FieldRole.TERMS,
        FieldRole.IDENTIFIER,
    }
)
_NEVER = frozenset({FieldRole.INVITE, FieldRole.ONE_TIME_CODE, FieldRole.CSRF, FieldRole.REMEMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an account of ours says about itself.

    `password` gives the reference of a password in the vault that satisfies the rules and the field's schema;
    `example` a value for any other field by its schema and name.
    """

    principal: str
    email: str
    username: str
    password: Callable[[PasswordRules, Schema], str]
    example: Callable[[Schema, str], Any]
    phone: str
    first_name: str = "Robin"
    last_name: str = "Reed"
    birth: str = "1990-04-12"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to call an operation: a media type and its fields, and those that travel in the query."""

    operation: HttpOperation
    media_type: str
    fields: tuple[FormField, ...]
    query: tuple[FormField, ...] = ()

    @property
    def roles(self) -> frozenset[FieldRole]:
        """What the form asks for."""
        return frozenset(item.role for item in (*self.fields, *self.query))

    def wants(self, role: FieldRole) -> bool:
        """Whether the form insists on a field of this role."""
        return any(item.required and item.role is role for item in (*self.fields, *self.query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What refusals taught about a form; they hold for every account of the run."""

    password: PasswordRules = field(default_factory=PasswordRules)
    username: UsernameRules = field(default_factory=UsernameRules)
    added: tuple[tuple[Path, Any], ...] = ()
    dropped: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A field with its value."""

    path: Path
    role: FieldRole
    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form filled in."""

    form: Form
    filled: tuple[Filled, ...]
    query: tuple[Filled, ...] = ()

    def value(self, role: FieldRole) -> str:
        """What was put into the field of this role, empty if there is none."""
        return next((str(item.value) for item in (*self.filled, *self.query) if item.role is role), "")

    @property
    def names(self) -> Mapping[str, FieldRole]:
        """Field names sent and what they were for."""
        return {item.path[-1]: item.role for item in (*self.filled, *self.query)}

    def body(self, extra: Mapping[str, Any] | None = None) -> Body:
        """The request body; `extra` fields go beside the password, inside its wrapper."""
        nested: dict[str, Any] = {}
        for item in self.filled:
            _put(nested, item.path, item.value)
        for name, value in (extra or {}).items():
            _put(nested, (*self._wrapper(), name), value)
        if not nested and not self.form.fields:
            return None
        if self.form.media_type == _JSON:
            return JsonBody(value=nested)
        flat = tuple((name, _text(value)) for name, value in nested.items())
        return MultipartBody(fields=flat) if self.form.media_type == _MULTIPART else FormBody(fields=flat)

    def _wrapper(self) -> Path:
        return next((item.path[:-1] for item in self.filled if item.role is FieldRole.PASSWORD), ())

    def query_pairs(self) -> tuple[tuple[str, str], ...]:
        """The query of the request."""
        return tuple((item.path[-1], _text(item.value)) for item in self.query)


def _put(nested: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        inner = nested.setdefault(part, {})
        nested = inner if isinstance(inner, dict) else {}
    nested[path[-1]] = value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def forms_of(operation: HttpOperation) -> tuple[Form, ...]:
    """The ways to fill in `operation`, JSON first; one guessed from convention if it declares no fields."""
    query = tuple(
        FormField(
            path=(item.name,),
            role=role_of(item.name, item.schema),
            required=item.required,
            schema=item.schema,
        )
        for item in operation.parameters
        if item.place is Place.QUERY
    )
    found = []
    for body in operation.bodies:
        media_type = _media(body.media_type)
        fields = form_fields(body.schema) or _from_example(body.example)
        if media_type and fields:
            found.append(Form(operation=operation, media_type=media_type, fields=fields, query=query))
    found.sort(key=lambda form: (_JSON, _FORM, _MULTIPART).index(form.media_type))
    if found:
        return tuple(found)
    if any(item.role is FieldRole.PASSWORD for item in query):
        return (Form(operation=operation, media_type=_JSON, fields=(), query=query),)
    media_type = next(
        (_media(body.media_type) for body in operation.bodies if _media(body.media_type)), _JSON
    )
    return (Form(operation=operation, media_type=media_type, fields=_conventional(), query=query),)


def _media(media_type: str) -> str:
    name = media_type.split(";", maxsplit=1)[0].strip().lower()
    if name.endswith(("/json", "+json")) or name == "*/*":
        return _JSON
    return name if name in {_FORM, _MULTIPART} else ""


def _from_example(example: Any) -> tuple[FormField, ...]:
    if not isinstance(example, Mapping):
        return ()
    return form_fields(_schema_of(example))


def _schema_of(example: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "properties": {
            str(key): _schema_of(value) if isinstance(value, Mapping) else {"example": value}
            for key, value in example.items()
        },
    }


def _conventional() -> tuple[FormField, ...]:
    """The fields that most forms take, for an operation that declares none."""
    roles = {"username": FieldRole.USERNAME, "email": FieldRole.EMAIL, "password": FieldRole.PASSWORD}
    return tuple(
        FormField(path=(name,), role=role, required=False, schema={"type": "string"})
        for name, role in roles.items()
    )


def fill(form: Form, identity: Identity, rules: Rules) -> Draft:
    """The form filled in: what every form needs, what this one insists on, what refusals taught."""
    filled = tuple(_fill_all(form.fields, identity, rules))
    known = {item.path for item in filled}
    for path, value in rules.added:
        role = role_of(path[-1])
        taught = Filled(path=path, role=role, value=value)
        if value is None:
            field = next((item for item in form.fields if item.path == path), taught_field(path))
            taught = replace(taught, role=field.role, value=value_for(field, identity, rules))
        if path in known:
            filled = tuple(taught if item.path == path and value is not None else item for item in filled)
        else:
            filled = (*filled, taught)
    kept = tuple(item for item in filled if item.path not in rules.dropped)
    return Draft(form=form, filled=kept, query=tuple(_fill_all(form.query, identity, rules)))


def taught_field(path: Path) -> FormField:
    """A field that only a refusal named."""
    role = role_of(path[-1])
    schema = {} if role is FieldRole.TERMS else {"type": "string"}
    return FormField(path=path, role=role, required=True, schema=schema)


def _fill_all(fields: tuple[FormField, ...], identity: Identity, rules: Rules) -> list[Filled]:
    return [
        Filled(path=item.path, role=item.role, value=value_for(item, identity, rules))
        for item in fields
        if (item.required or item.role in _ALWAYS or _named_by_default(item, fields))
        and item.role not in _NEVER
    ]


def _named_by_default(item: FormField, fields: tuple[FormField, ...]) -> bool:
    """A grant type goes along even where optional, and so does a lone name that stands for the user name."""
    if item.role is FieldRole.GRANT_TYPE:
        return True
    roles = {field.role for field in fields}
    return item.role is FieldRole.NAME and not roles & {
        FieldRole.USERNAME,
        FieldRole.EMAIL,
        FieldRole.IDENTIFIER,
    }


def value_for(item: FormField, identity: Identity, rules: Rules) -> Any:
    """What `identity` puts into a field."""
    choices = item.schema.get("enum")
    match item.role:
        case FieldRole.EMAIL:
            return identity.email
        case FieldRole.USERNAME:
            return fit_username(identity.username, rules.username, item.schema)
        case FieldRole.IDENTIFIER:
            return identity.email
        case FieldRole.PASSWORD | FieldRole.CONFIRM:
            return identity.password(rules.password, item.schema)
        case FieldRole.GRANT_TYPE:
            return "password"
        case FieldRole.TERMS:
            return _consent(item.schema)
        case FieldRole.CAPTCHA:
            name = item.path[-1].lower()
            return next(
                (value for key, value in _CAPTCHA_TEST_ANSWERS.items() if key in name), _CAPTCHA_TEST_ANSWER
            )
        case _ if isinstance(choices, list | tuple) and choices:
            return modest_choice(list(choices))
        case _:
            return _personal(item, identity)


def _personal(item: FormField, identity: Identity) -> Any:
    stem = re.sub(r"[^A-Za-z]", "", identity.username).title() or "Robin"
    match item.role:
        case FieldRole.FIRST_NAME:
            return identity.first_name
        case FieldRole.LAST_NAME:
            return identity.last_name
        case FieldRole.NAME:
            longest = item.schema.get("maxLength")
            return f"{stem} {identity.last_name}"[: longest if isinstance(longest, int) else 60]
        case FieldRole.PHONE:
            return identity.phone
        case FieldRole.BIRTH:
            return (
                f"{identity.birth}T00:00:00Z" if item.schema.get("format") == "date-time" else identity.birth
            )
        case FieldRole.AGE:
            return 34 if item.schema.get("type") in {"integer", "number"} else "34"
    return identity.example(item.schema, item.path[-1])


def _consent(schema: Schema) -> Any:
    choices = schema.get("enum")
    if schema.get("type") == "string":
        if schema.get("format") in {"date-time", "date"}:
            return "2024-01-01T00:00:00Z" if schema["format"] == "date-time" else "2024-01-01"
        return choices[0] if isinstance(choices, list | tuple) and choices else "true"
    return 1 if schema.get("type") in {"integer", "number"} else True


_POWERFUL = re.compile(r"admin|root|owner|staff|super|moderator|manager|chef|employee|service", re.IGNORECASE)


def modest_choice(choices: list[Any]) -> Any:
    """The first choice that does not ask for power: an account of ours starts as an ordinary member."""
    ordinary = [choice for choice in choices if choice is not None and not _POWERFUL.search(str(choice))]
    named = [
        choice
        for choice in ordinary
        if re.search(r"user|member|customer|personal|free", str(choice), re.IGNORECASE)
    ]
    return (named or ordinary or choices)[0]

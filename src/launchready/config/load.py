"""launchready.toml and command line flags to settings."""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from launchready.config import schema
from launchready.config.catalogue import check_ids
from launchready.config.errors import ConfigError
from launchready.config.lines import line_of, positions
from launchready.config.secret_source import resolve_secret
from launchready.model.settings import (
    BUDGETS,
    AccountSettings,
    CollectSettings,
    Environment,
    JudgeSettings,
    LoginRecipe,
    MailSettings,
    Profile,
    SecretSource,
    Settings,
    VisibilityRule,
)
from launchready.model.statement import Attestation, Dispute, FlagAnswer, Waiver

__all__ = ["FILE_NAME", "ConfigError", "load_settings", "resolve_secret"]

FILE_NAME = "launchready.toml"
_MOST_BYTES = 1_000_000
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)")


def load_settings(path: Path | str | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Settings of `path`, or of launchready.toml in the working directory if it is there, or of no file.

    `overrides` has dotted keys ("target.url") and wins; `None` values count as not given. Relative paths in
    the file are relative to the file. Raises ConfigError, which names file and line.
    """
    file = Path(path) if path is not None else Path(FILE_NAME)
    text = _read(file, required=path is not None)
    raw = _parsed(text, file) if text is not None else {}
    places = positions(text) if text is not None else {}
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    _beside(raw, file.parent)
    for key, value in given.items():
        _put(raw, key.split("."), list(value) if isinstance(value, tuple) else value)
    try:
        parsed = schema.File.model_validate(raw)
    except ValidationError as error:
        raise _readable(_worst(error), file, places, given) from None
    _check_ids(parsed, file, places)
    return Settings(
        collect=_collect(parsed), judge=_judge(parsed), path=str(file) if text is not None else ""
    )


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine, without asking any name server."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _read(file: Path, *, required: bool) -> str | None:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        if required:
            raise ConfigError(f"there is no file {file}", hint="Make one with: launchready init") from None
        return None
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise ConfigError("the file is larger than 1 MB", file=str(file), hint="Is it the right one?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("the file is not UTF-8 text", file=str(file), hint="Save it as UTF-8") from None


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        line = int(match[1]) if match else len(text.splitlines())
        raise ConfigError(
            f"this is not TOML: {_AT_LINE.sub('', str(error))}", file=str(file), line=line
        ) from None


def _beside(raw: dict[str, Any], directory: Path) -> None:
    """Relative paths of the file, seen from the working directory."""
    target = raw.get("target")
    if not isinstance(target, dict) or directory == Path():
        return
    for key in ("repo", "spec", "har", "ca"):
        value = target.get(key)
        if isinstance(value, str) and value and "://" not in value:
            target[key] = str(directory / value)


def _put(raw: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        raw = raw.setdefault(name, {})
    raw[path[-1]] = value


def _worst(error: ValidationError) -> ErrorDetails:
    """The error to show: a misspelt key explains why another one seems to be missing."""
    errors = error.errors(include_input=False, include_url=False)
    return next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])


def _readable(
    error: ErrorDetails, file: Path, places: dict[tuple[str | int, ...], int], given: Mapping[str, Any]
) -> ConfigError:
    path = tuple(part for part in error["loc"] if part != "[key]")
    dotted = ".".join(str(part) for part in path)
    hint = ""
    if error["type"] == "extra_forbidden":
        message = f"unknown key {dotted}"
        near = difflib.get_close_matches(str(path[-1]), _known(path[:-1]), n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(_known(path[:-1]))}"
    else:
        words = error["msg"].removeprefix("Value error, ")
        message = f"{dotted}: {words[:1].lower()}{words[1:]}"
    if any(dotted.startswith(key) for key in given):
        return ConfigError(message, hint=hint)
    line = line_of(places, path)
    return ConfigError(message, file=str(file) if line else "", line=line, hint=hint)


def _known(path: tuple[str | int, ...]) -> list[str]:
    """Keys that may stand at a place."""
    model: Any = schema.File
    for part in path:
        if isinstance(part, int):
            continue
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        field = model.model_fields.get(part)
        if field is None:
            continue  # a name of the user's, e.g. of an account: the model stays
        model = _model_in(field.annotation) or model
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_model_in(part) for part in getattr(annotation, "__args__", ())]
    return next((model for model in found if model is not None), None)


def _check_ids(parsed: schema.File, file: Path, places: dict[tuple[str | int, ...], int]) -> None:
    known = check_ids()
    sections = (
        ("attestations", parsed.attestations),
        ("waivers", parsed.waivers),
        ("disputes", parsed.disputes),
    )
    for name, statements in sections:
        for index, statement in enumerate(cast("Iterable[schema.Statement]", statements)):
            if statement.check not in known:
                near = difflib.get_close_matches(statement.check.upper(), sorted(known), n=1, cutoff=0.5)
                raise ConfigError(
                    f"{name}: there is no check {statement.check}",
                    file=str(file),
                    line=line_of(places, (name, index, "check")),
                    hint=f"Did you mean {near[0]}?" if near else "See: launchready checks",
                )


def _collect(parsed: schema.File) -> CollectSettings:
    target = parsed.target
    environment = target.environment or ("staging" if is_loopback(target.url) else "production")
    return CollectSettings(
        url=target.url,
        spec=target.spec,
        har=target.har,
        repo=target.repo,
        environment=Environment(environment),
        profile=Profile(target.profile),
        only=tuple(target.only),
        include=tuple(target.include),
        exclude=tuple(target.exclude),
        never_touch=tuple(target.never_touch),
        headers=_sources(target.headers),
        accounts=tuple(_account(name, given) for name, given in parsed.accounts.items()),
        mail=MailSettings(
            catcher=parsed.mail.catcher,
            sink=parsed.mail.sink,
            domains=tuple(parsed.mail.domains),
            nameserver=parsed.mail.nameserver,
        ),
        budget=replace(BUDGETS[Profile(target.profile)], **parsed.budget.model_dump(exclude_none=True)),
        proxy=target.proxy,
        ca=target.ca,
        authorized_by=target.authorized_by,
        origins=tuple(target.origins),
    )


def _account(name: str, given: schema.GivenAccount) -> AccountSettings:
    # A command prints what a bearer header holds: the usual thing that a login script ends with
    bearer = SecretSource(command=tuple(given.command)) if given.command else _source(given.bearer)
    return AccountSettings(
        name=name,
        role=given.role,
        bearer=bearer,
        cookie=_source(given.cookie),
        headers=_sources(given.headers or given.header),
        basic=_source(given.basic),
        login=LoginRecipe(identifier=given.login.identifier, password=_must(given.login.password))
        if given.login
        else None,
    )


def _must(source: schema.Source) -> SecretSource:
    return SecretSource(env=source.env, command=tuple(source.command))


def _source(source: schema.Source | None) -> SecretSource | None:
    return _must(source) if source else None


def _sources(sources: Mapping[str, schema.Source]) -> tuple[tuple[str, SecretSource], ...]:
    return tuple((name, _must(source)) for name, source in sources.items())


def _judge(parsed: schema.File) -> JudgeSettings:
    judge = parsed.judge
    return JudgeSettings(
        only=tuple(parsed.target.only),
        visibility=tuple(
            VisibilityRule(pattern=pattern, visibility=word) for pattern, word in parsed.visibility.items()
        ),
        thresholds=tuple(parsed.thresholds.items()),
        waivers=tuple(Waiver(**given.model_dump()) for given in parsed.waivers),
        disputes=tuple(Dispute(**given.model_dump()) for given in parsed.disputes),
        attestations=tuple(Attestation(**given.model_dump()) for given in parsed.attestations),
        flags=tuple(FlagAnswer(flag=flag, **given.model_dump()) for flag, given in parsed.flags.items()),
        mfa_accounts=tuple(judge.mfa_accounts),
        public_operations=tuple(judge.public_operations),
        as_of=judge.as_of.isoformat() if judge.as_of else "",
    )

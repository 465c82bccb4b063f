"""A person's statement for what no request can show, kept in launchready.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from launchready.app.errors import UsageProblem
from launchready.app.judgement import all_checks, judged
from launchready.app.selection import check_named
from launchready.app.settling import last_run
from launchready.config.load import FILE_NAME, load_settings
from launchready.model.outcome import Input
from launchready.model.settings import Settings

_BY_STATEMENT = "attestation"
_LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a statement would close: a check, a subject if one is named, and the question."""

    check: str
    subject: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is stated, by whom, and for how many days from `signed`."""

    check: str
    subject: str
    person: str
    text: str
    signed: date
    days: int = 90


def wanted_statements(out: Path) -> tuple[Wanted, ...]:
    """What the last run in `out` would take a statement for; without one, every check that rests on them."""
    run = last_run(out)
    if run is None:
        return tuple(
            Wanted(check=info.row.id, subject="", question=info.row.criterion)
            for info in all_checks()
            if info.row.proof_strength == _BY_STATEMENT
        )
    return tuple(
        Wanted(check=check.info.row.id, subject=_name(item.subject), question=item.remedy.sentence)
        for check in judged(run).checks
        for item in check.open_items
        if item.remedy.input is Input.ATTESTATION
    )


def _name(subject: object) -> str:
    name = getattr(subject, "name", "")
    return name if isinstance(name, str) else ""


def attest(statement: Statement, path: Path | None = None) -> Path:
    """Add it to the settings file, which is made if there is none; everything else in it stays as it is.

    Raises UsageProblem for an incomplete statement or an unknown check, ConfigError for an unreadable file.
    """
    path = path or Path(FILE_NAME)
    fields = _fields(statement)
    settings = load_settings(path) if path.exists() else Settings()
    if any(
        (one.check, one.subject, one.person, one.signed)
        == (fields["check"], fields["subject"], fields["person"], fields["signed"])
        for one in settings.judge.attestations
    ):
        raise UsageProblem(f"{path} holds this statement of today already.")
    try:
        text = with_statement(path.read_text(encoding="utf-8-sig") if path.exists() else "", fields)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written ({error.strerror}).") from error
    except TOMLKitError as error:
        raise UsageProblem(f"{path} cannot be extended ({error}).", "Add the statement by hand.") from error
    return path


def _fields(statement: Statement) -> dict[str, str | date]:
    check = check_named(statement.check, all_checks()).row.id
    if not statement.person.strip() or not statement.text.strip():
        raise UsageProblem(
            "A statement needs a person and a text.",
            "For example: launchready attest --check SEC-11 --subject github "
            '--person "Ada" --statement "MFA is on"',
        )
    if not 0 < statement.days <= _LONGEST_DAYS:
        raise UsageProblem(f"A statement holds for 1 to {_LONGEST_DAYS} days.", "Give --days.")
    return {
        "check": check,
        "subject": statement.subject.strip(),
        "person": statement.person.strip(),
        "statement": statement.text.strip(),
        "signed": statement.signed,
        "expires": statement.signed + timedelta(days=statement.days),
    }


def with_statement(text: str, fields: Mapping[str, str | date]) -> str:
    """The file's text with one more `[[attestations]]`."""
    document = tomlkit.parse(text)
    table = tomlkit.table()
    for key, value in fields.items():
        if value != "":
            table.add(key, value)
    found = document.get("attestations")
    if isinstance(found, AoT):
        found.append(table)
    elif found is None:
        array = tomlkit.aot()
        array.append(table)
        document.append("attestations", array)
    else:
        raise UsageProblem(
            "attestations are written in brackets here.", "Write each as a [[attestations]] table of its own."
        )
    return tomlkit.dumps(document)

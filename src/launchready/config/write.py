"""Settings as a file that a person reads and changes: what `launchready init` writes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Table

from launchready.model.settings import (
    BUDGETS,
    AccountSettings,
    Budget,
    CollectSettings,
    JudgeSettings,
    Profile,
    SecretSource,
    Settings,
)
from launchready.model.statement import Attestation, Dispute, Waiver

_EMPTY: tuple[object, ...] = ("", (), None)


def render_settings(settings: Settings, why: Mapping[str, str] | None = None) -> str:
    """launchready.toml for `settings`; what is empty or a default is left out.

    `why` maps dotted keys ("target.spec") to what an inference rests on; it becomes a comment behind the
    value.
    """
    reasons = why or {}
    document = tomlkit.document()
    document.add(tomlkit.comment('Settings of launchready. Secrets stay outside: { env = "NAME" }.'))
    collect = settings.collect
    sections = {"target": _target(collect), "budget": _budget(collect.budget, collect.profile)}
    mail = settings.collect.mail
    sections["mail"] = {
        "catcher": mail.catcher,
        "sink": mail.sink,
        "domains": mail.domains,
        "nameserver": mail.nameserver,
    }
    judge = settings.judge
    sections["visibility"] = {rule.pattern: rule.visibility for rule in judge.visibility}
    sections["thresholds"] = dict(judge.thresholds)
    sections["judge"] = {
        "mfa_accounts": judge.mfa_accounts,
        "public_operations": judge.public_operations,
        "as_of": date.fromisoformat(judge.as_of) if judge.as_of else None,
    }
    for name, values in sections.items():
        table = _table(values, name, reasons)
        if len(table):
            document.add(tomlkit.nl())
            document.add(name, table)
        if name == "target":
            _accounts(document, settings.collect.accounts, reasons)
    _statements(document, judge)
    return tomlkit.dumps(document)


def _target(collect: CollectSettings) -> dict[str, Any]:
    return {
        "url": collect.url,
        "spec": collect.spec,
        "har": collect.har,
        "environment": collect.environment.value if collect.url else "",
        "profile": collect.profile.value if collect.profile != CollectSettings().profile else "",
        "repo": collect.repo,
        "only": collect.only,
        "include": collect.include,
        "exclude": collect.exclude,
        "never_touch": collect.never_touch,
        "proxy": collect.proxy,
        "ca": collect.ca,
        "authorized_by": collect.authorized_by,
        "origins": collect.origins,
        "headers": {name: _source(source) for name, source in collect.headers},
    }


def _budget(budget: Budget, profile: Profile) -> dict[str, Any]:
    usual = BUDGETS[profile]
    names = ("requests", "received_bytes", "seconds", "rate", "concurrency", "body_bytes", "timeout")
    return {name: getattr(budget, name) for name in names if getattr(budget, name) != getattr(usual, name)}


def _accounts(
    document: tomlkit.TOMLDocument, accounts: Iterable[AccountSettings], why: Mapping[str, str]
) -> None:
    parent = tomlkit.table(is_super_table=True)
    for account in accounts:
        login = None
        if account.login is not None:
            login = tomlkit.inline_table()
            login.append("identifier", account.login.identifier)
            login.append("password", _source(account.login.password))
        values = {
            "role": account.role,
            "bearer": _source(account.bearer),
            "cookie": _source(account.cookie),
            "basic": _source(account.basic),
            "login": login,
            "headers": {name: _source(source) for name, source in account.headers},
        }
        parent.append(account.name, _table(values, f"accounts.{account.name}", why))
    if len(parent):
        document.add(tomlkit.nl())
        document.append("accounts", parent)


def _source(source: SecretSource | None) -> InlineTable | None:
    if source is None:
        return None
    table = tomlkit.inline_table()
    if source.env:
        table.append("env", source.env)
    else:
        table.append("command", list(source.command))
    return table


def _table(values: Mapping[str, Any], name: str, why: Mapping[str, str]) -> Table:
    table = tomlkit.table()
    nested = {key: value for key, value in values.items() if type(value) is dict}
    for key, value in values.items():
        if key in nested or value in _EMPTY:
            continue
        item = tomlkit.item(list(value) if isinstance(value, tuple) else value)
        reason = "".join(char if char.isprintable() else " " for char in why.get(f"{name}.{key}", ""))
        reason = " ".join(reason.split())
        if reason:
            item.comment(reason)
        table.append(key, item)
    for key, inner in nested.items():
        if inner:
            table.append(key, _table(inner, f"{name}.{key}", why))
    return table


def _statements(document: tomlkit.TOMLDocument, judge: JudgeSettings) -> None:
    lists: dict[str, tuple[Attestation | Waiver | Dispute, ...]] = {
        "attestations": judge.attestations,
        "waivers": judge.waivers,
        "disputes": judge.disputes,
    }
    for name, statements in lists.items():
        array = tomlkit.aot()
        for statement in statements:
            fields = statement.__dataclass_fields__
            array.append(_table({key: getattr(statement, key) for key in fields}, name, {}))
        if len(array):
            document.append(name, array)
    if judge.flags:
        flags = tomlkit.table(is_super_table=True)
        for answer in judge.flags:
            values = {"raised": answer.raised, "person": answer.person, "reason": answer.reason}
            flags.append(answer.flag, _table(values, "flags", {}))
        document.append("flags", flags)

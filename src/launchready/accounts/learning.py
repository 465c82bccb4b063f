"""From a refusal to better rules: what a form's 4xx answer teaches."""

import re
from dataclasses import replace
from typing import Any

from launchready.accounts.feedback import Complaint, Refusal
from launchready.accounts.fields import FieldRole, FormField, Path, plain, role_of
from launchready.accounts.forms import Draft, Rules, modest_choice

_AT_LEAST = re.compile(
    r"(?:at least|min(?:imum)?|short\w*|>=|longer than|more than|greater than)\D{0,40}?(\d{1,3})",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"(?:at most|max(?:imum)?|exceed|<=|too long|up to|no (?:more|longer) than|shorter than"
    r"|less than|fewer than)"
    r"\D{0,40}?(\d{1,3})", re.IGNORECASE)  # fmt: skip
_BETWEEN = re.compile(
    r"between (\d{1,3}) and (\d{1,3})|(\d{1,3})\s*[-–]\s*(\d{1,3}) (?:char|letter|digit)", re.IGNORECASE
)
_PLAIN = re.compile(
    r"alphanumeric|(?:only|just) (?:contain )?(?:\w+,? ){0,3}(?:letters|digits|numbers)|letters and numbers",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"letters only|only letters|alphabetic\b", re.IGNORECASE)
_SYMBOL = re.compile(r"special|symbol|punctuation|non-?alphanumeric", re.IGNORECASE)
_SYMBOLS_NAMED = re.compile(r"[\"'(\[:\s]([!@#$%^&*?~+=.\-_]{2,})")
_ONE_OF = re.compile(
    r"(?:one of|permitted|allowed values?|expected|input should be|enum)\W+(.{1,200})", re.IGNORECASE
)
_WEAK = re.compile(r"common|weak|breach|pwned|compromised|entropy|guess|strong", re.IGNORECASE)
_MISMATCH = re.compile(r"match|same|identical|confirm", re.IGNORECASE)
_CONFIRM_NAMES = ("password_confirmation", "confirmPassword", "password_confirm", "password2")
_MOST_LEARNED = 12


def learn(rules: Rules, refusal: Refusal, draft: Draft) -> Rules:
    """Rules that meet the refusal's complaints; the same rules if it teaches nothing."""
    for complaint in refusal.complaints[:_MOST_LEARNED]:
        rules = _learn_one(rules, complaint, draft)
    return rules


def _learn_one(rules: Rules, complaint: Complaint, draft: Draft) -> Rules:
    if not complaint.field:
        return _from_sentence(rules, complaint.text)
    path, role, sent = _place(complaint.field, draft)
    if complaint.unwanted and sent:
        return replace(rules, dropped=rules.dropped | {path})
    if not sent:
        return _missing(rules, complaint, path, draft) if complaint.missing or sent is None else rules
    match role:
        case FieldRole.PASSWORD | FieldRole.CONFIRM:
            return _password(rules, complaint.text, draft)
        case FieldRole.USERNAME | FieldRole.NAME:
            return _username(rules, complaint.text)
        case FieldRole.EMAIL | FieldRole.INVITE | FieldRole.CAPTCHA:
            return rules
    choice = _choice(complaint.text)
    return rules if choice is None else _add(rules, path, choice)


def _place(name: str, draft: Draft) -> tuple[Path, FieldRole, bool]:
    """Where the named field is, what it is for, and whether it was sent."""
    for item in (*draft.filled, *draft.query):
        if plain(item.path[-1]) == plain(name):
            return item.path, item.role, True
    for known in draft.form.fields:
        if plain(known.path[-1]) == plain(name):
            return known.path, known.role, False
    wrapper = next((item.path[:-1] for item in draft.filled if item.role is FieldRole.PASSWORD), ())
    return (*wrapper, name), role_of(name), False


def _missing(rules: Rules, complaint: Complaint, path: Path, draft: Draft) -> Rules:
    known: FormField | None = next((item for item in draft.form.fields if item.path == path), None)
    role = role_of(path[-1], known.schema if known else None)
    if role in {FieldRole.INVITE, FieldRole.ONE_TIME_CODE, FieldRole.CSRF} or not re.fullmatch(
        r"\w{1,40}", path[-1]
    ):
        return rules
    choice = _choice(complaint.text)
    # `None`: filled in per identity
    return _add(rules, path, choice)


def _add(rules: Rules, path: Path, value: Any) -> Rules:
    others = tuple(item for item in rules.added if item[0] != path)
    return replace(rules, added=(*others, (path, value)))


def _from_sentence(rules: Rules, text: str) -> Rules:
    if re.search(r"password", text, re.IGNORECASE):
        return _password(rules, text, None)
    return _username(rules, text) if re.search(r"user ?name|nick|handle", text, re.IGNORECASE) else rules


def _lengths(text: str) -> tuple[int, int]:
    between = _BETWEEN.search(text)
    if between:
        low, high = [int(group) for group in between.groups() if group]
        return low, high
    least, most = _AT_LEAST.search(text), _AT_MOST.search(text)
    if least and re.search(r"longer than|more than|greater than", least.group(), re.IGNORECASE):
        return (
            (0, int(least.group(1)))
            if re.search(r"\b(?:no|not)\b", text, re.IGNORECASE)
            else (int(least.group(1)) + 1, 0)
        )
    if most and re.search(r"shorter than|less than|fewer than", most.group(), re.IGNORECASE):
        return (
            (int(most.group(1)), 0)
            if re.search(r"\b(?:no|not)\b", text, re.IGNORECASE)
            else (0, int(most.group(1)) - 1)
        )
    return (int(least.group(1)) if least else 0), (int(most.group(1)) if most else 0)


def _password(rules: Rules, text: str, draft: Draft | None) -> Rules:
    password = rules.password
    shortest, longest = _lengths(text)
    if draft is not None and _MISMATCH.search(text) and FieldRole.CONFIRM not in draft.names.values():
        wrapper = next((item.path[:-1] for item in draft.filled if item.role is FieldRole.PASSWORD), ())
        for name in _CONFIRM_NAMES:
            rules = _add(rules, (*wrapper, name), None)
        return rules
    if shortest:
        password = replace(password, shortest=max(shortest, password.shortest))
    if longest:
        password = replace(password, longest=longest)
    if _SYMBOL.search(text):
        named = _SYMBOLS_NAMED.search(text)
        forbids = re.search(r"\b(?:not|no|without|cannot)\b", text, re.IGNORECASE)
        password = replace(password, plain=True) if forbids else replace(password, symbol=_symbol(named))
    elif _PLAIN.search(text):
        password = replace(password, plain=True)
    elif _WEAK.search(text) and not (shortest or longest):
        password = replace(password, variant=password.variant + 1)
    return replace(rules, password=password)


def _symbol(named: re.Match[str] | None) -> str:
    listed = named.group(1) if named else ""
    return next((sign for sign in "!@#$%&*?" if sign in listed), listed[:1] or "!")


def _username(rules: Rules, text: str) -> Rules:
    username = rules.username
    shortest, longest = _lengths(text)
    if shortest or longest:
        username = replace(
            username, shortest=max(shortest, username.shortest), longest=longest or username.longest
        )
    elif _LETTERS.search(text) or username.plain:
        username = replace(username, letters=True)
    elif re.search(r"invalid|pattern|match|character|letter|alphanumeric|format|only", text, re.IGNORECASE):
        username = replace(username, plain=True)
    return replace(rules, username=username)


def _choice(text: str) -> str | None:
    """A value that the sentence lists as allowed."""
    listed = _ONE_OF.search(text)
    if not listed:
        return None
    quoted = re.findall(r"['\"`]([\w .:-]{1,40})['\"`]", listed.group(1))
    plain_words = [] if quoted else re.findall(r"[\w:-]{2,40}(?=\s*(?:,|\||\bor\b|$|\]|\)))", listed.group(1))
    words = [word for word in quoted or plain_words if word.lower() not in {"or", "and", "string", "object"}]
    return str(modest_choice(list(words))) if words else None

"""What a row policy's expression asks of the caller.

`Bound.OWNER` if only rows tied to the caller (or to a role that callers cannot give themselves) pass, `Bound.NONE` if
every signed-in caller passes, `Bound.UNCLEAR` for conditions on the data and for functions that could not be read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from launchready.model.source import Bound
from launchready.source.supabase.sql import Kind, Reader, Word, opens

_DEEPEST = 12
# Roles that no client of the data API has
INTERNAL_ROLES = frozenset({
    "service_role", "postgres", "supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "dashboard_user",
    "authenticator", "pgsodium_keyiduser",
})  # fmt: skip
# What stands between conditions in the body of a function
_BETWEEN = frozenset({"where", "and", "or", "on", "if", "when", "then", "order", "limit", "group", ";"})
_COMPARISONS = frozenset({"=", "in", "any", "@>", "<@", "&&"})
_IDENTITY = (("auth", "uid"), ("auth", "email"))
_NO_COLUMN = frozenset({
    "select", "from", "where", "and", "or", "not", "null", "true", "false", "is", "in", "any", "all", "exists", "as",
    "auth", "uid", "jwt", "role", "text", "uuid", "json", "jsonb", "case", "when", "then", "else", "end", "join", "on",
    "left", "inner", "limit", "distinct", "array", "coalesce", "nullif", "cast", "int", "integer", "bigint", "boolean",
    "varchar", "current_setting", "email", "current_user", "sub",
})  # fmt: skip


class Passes(Enum):
    """Who passes a condition."""

    EVERYONE = 0
    MEMBERS = 1  # whoever is signed in
    UNCLEAR = 2
    OWNER = 3  # whom the row, or a role, is tied to
    NOBODY = 4


# What a function of the database asks of its caller, by its name; None where it is not known
Functions: TypeAlias = Callable[[str], Passes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyMeaning:
    """What a whole policy lets pass."""

    bound: Bound
    for_everyone: bool


def meaning_of(
    *,
    command: str,
    roles: Sequence[str],
    using: Sequence[Word] | None,
    check: Sequence[Word] | None,
    functions: Functions,
) -> PolicyMeaning:
    """What a policy lets pass; a policy for roles that no client has binds everybody else."""
    if roles and set(roles) <= INTERNAL_ROLES:
        return PolicyMeaning(bound=Bound.OWNER, for_everyone=False)
    read = passes(using, functions) if using is not None else None
    written = passes(check, functions) if check is not None else None
    asked = {
        "insert": (written,),
        "select": (read,),
        "delete": (read,),
    }.get(command, (read, written))
    given = [one for one in asked if one is not None]
    weakest = min(given, key=lambda one: one.value) if given else Passes.UNCLEAR
    open_roles = not roles or bool({"public", "anon"} & set(roles))
    return PolicyMeaning(
        bound=_BOUNDS[weakest],
        for_everyone=open_roles and weakest is Passes.EVERYONE,
    )


_BOUNDS: Mapping[Passes, Bound] = {
    Passes.EVERYONE: Bound.NONE,
    Passes.MEMBERS: Bound.NONE,
    Passes.UNCLEAR: Bound.UNCLEAR,
    Passes.OWNER: Bound.OWNER,
    Passes.NOBODY: Bound.OWNER,
}


def function_passes(body: Sequence[Word], functions: Functions) -> Passes | None:
    """What a function of the database asks of its caller, told from its body; None where it asks nothing."""
    texts = {word.text.lower() for word in body if word.kind is Kind.TEXT}
    if _calls(body, "auth", "jwt") and {"user_metadata", "raw_user_meta_data"} & texts:
        return Passes.MEMBERS
    if not _names_caller(body) and not _calls(body, "auth", "role"):
        return Passes.OWNER if _calls(body, "auth", "jwt") and "app_metadata" in texts else None
    whole = passes(_result(body), functions, 1)
    if whole is not Passes.UNCLEAR:
        return whole
    compared = [one for one in _conditions(body) if _names_caller(one) and _columns(one)]
    # Who else would pass is told by what stands beside it: a role, a team, the argument
    return Passes.OWNER if compared and len(_conditions(body)) > 1 else Passes.UNCLEAR


def _result(body: Sequence[Word]) -> list[Word]:
    """What a function gives back: the only RETURN of a block, else all of its text."""
    texts = [word.text.lower() for word in body]
    if texts.count("return") != 1:
        return list(body[:-1] if texts[-1:] == [";"] else body)
    after = texts.index("return") + 1
    end = texts.index(";", after) if ";" in texts[after:] else len(texts)
    return list(body[after:end])


def gives_caller(body: Sequence[Word]) -> bool:
    """Whether a function only says who calls: `select auth.uid()`."""
    return _names_caller(body) and not any(word.lower in {"from", "=", "exists", "is"} for word in body)


def with_identity(words: Sequence[Word], names: frozenset[str]) -> list[Word]:
    """An expression with `auth.uid()` in place of calls of functions that only say who calls."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        word = words[place]
        reader = Reader(words[place:])
        name = reader.qualified()[1] if word.name else ""
        if name in names and reader.peek() is not None and reader.parenthesised() is not None:
            for text, kind in (("auth", Kind.WORD), (".", Kind.SIGN), ("uid", Kind.WORD), ("(", Kind.SIGN)):
                found.append(replace(word, text=text, kind=kind))
            found.append(replace(word, text=")", kind=Kind.SIGN))
            place += reader.at
            continue
        found.append(word)
        place += 1
    return found


def _conditions(body: Sequence[Word]) -> list[list[Word]]:
    """Conditions after the WHERE, ON and AND of a body, wherever they stand."""
    parts: list[list[Word]] = [[]]
    for word in body:
        if word.lower in _BETWEEN:
            parts.append([])
        elif len(parts) > 1:
            parts[-1].append(word)
    return [part for part in parts[1:] if any(word.text in {"=", "in"} for word in part)]


def passes(words: Sequence[Word], functions: Functions, depth: int = 0) -> Passes:
    """Who passes an expression."""
    held = _stripped(list(words))
    if depth > _DEEPEST or not held:
        return Passes.UNCLEAR
    either = _split_word(held, "or")
    if len(either) > 1:
        # A branch for nobody adds nobody; otherwise the widest branch decides
        return min((passes(one, functions, depth + 1) for one in either), key=lambda one: one.value)
    both = _split_word(_without_between(held), "and")
    if len(both) > 1:
        return _all_of([passes(one, functions, depth + 1) for one in both])
    if held[0].lower == "not":
        return _negated(passes(held[1:], functions, depth + 1))
    return _condition(held, functions, depth)


def _all_of(found: list[Passes]) -> Passes:
    """The narrowest of several; a condition on the data beside "signed in" leaves open which rows pass."""
    return max(found, key=lambda one: one.value)


def _negated(inner: Passes) -> Passes:
    return {Passes.EVERYONE: Passes.NOBODY, Passes.NOBODY: Passes.EVERYONE}.get(inner, Passes.UNCLEAR)


def _condition(words: list[Word], functions: Functions, depth: int) -> Passes:
    if len(words) == 1 and words[0].lower in {"true", "false"}:
        return Passes.EVERYONE if words[0].lower == "true" else Passes.NOBODY
    constant = _constant(words)
    if constant is not None:
        return constant
    if _is_not_null_check(words):
        return Passes.MEMBERS
    role = _role(words)
    if role is not None:
        return role
    claim = _claim(words)
    if claim is not None:
        return claim
    subquery = _subquery(words)
    if subquery is not None:
        return _of_subquery(subquery, words, functions, depth)
    if _names_caller(words):
        return _of_comparison(words, functions)
    return _of_function(words, functions)


def _constant(words: list[Word]) -> Passes | None:
    """`1 = 1`."""
    if len(words) != 3 or words[1].text != "=":  # noqa: PLR2004 - left, sign, right
        return None
    left, right = words[0], words[2]
    if {left.kind, right.kind} <= {Kind.NUMBER, Kind.TEXT}:
        return Passes.EVERYONE if left.text == right.text else Passes.NOBODY
    return None


def _is_not_null_check(words: list[Word]) -> bool:
    """`auth.uid() is not null`, `auth.jwt() is not null`."""
    texts = [word.lower for word in words]
    ends = texts[-3:] == ["is", "not", "null"]
    return ends and (_names_caller(words) or "jwt" in texts) and "from" not in texts


def _role(words: list[Word]) -> Passes | None:
    """`auth.role() = 'authenticated'`, `current_user = …`, `auth.jwt() ->> 'role' = …`."""
    texts = [word.lower for word in words]
    literals = {word.text.lower() for word in words if word.kind is Kind.TEXT}
    called = _calls(words, "auth", "role") or bool({"current_user", "session_user"} & set(texts))
    by_claim = _calls(words, "auth", "jwt") and "role" in literals and len(literals) > 1 and not _paths(words)
    if not (called or by_claim) or not {"=", "in"} & set(texts) or "select" in texts[4:]:
        return None
    named = literals - {"role"}
    if not named:
        return Passes.UNCLEAR
    if "anon" in named or "public" in named:
        return Passes.EVERYONE
    return Passes.MEMBERS if "authenticated" in named else Passes.OWNER


def _paths(words: list[Word]) -> bool:
    """Whether a claim is taken from inside another one (`-> 'app_metadata'`)."""
    return any(word.text in {"->", "#>", "#>>"} for word in words)


def _claim(words: list[Word]) -> Passes | None:
    """A claim of the token compared with a constant: users write their own `user_metadata`, nobody `app_metadata`."""
    if not _calls(words, "auth", "jwt"):
        return None
    texts = {word.text.lower() for word in words if word.kind is Kind.TEXT}
    if "user_metadata" in texts or "raw_user_meta_data" in texts:
        return Passes.MEMBERS
    columns = _columns(words)
    compares = any(word.lower in _COMPARISONS for word in words)
    if not compares:
        # A flag in app_metadata that is cast to boolean
        return Passes.OWNER if "app_metadata" in texts else Passes.UNCLEAR
    if columns or "app_metadata" in texts or "sub" in texts or "email" in texts:
        return Passes.OWNER
    return Passes.UNCLEAR


def _of_comparison(words: list[Word], functions: Functions) -> Passes:
    """`auth.uid() = user_id`, `auth.uid() = any(members)`, `is_member(auth.uid(), team_id)`."""
    if any(word.text in {"<>", "!="} for word in words):
        return Passes.UNCLEAR
    compares = any(word.lower in _COMPARISONS for word in words)
    if compares:
        return Passes.OWNER if _columns(words) else Passes.UNCLEAR
    # A function that is given the caller asks something of them: what, its body would say
    return _of_function(words, functions)


def _of_function(words: list[Word], functions: Functions) -> Passes:
    """A call of a function of the database, also compared with true or selected."""
    reader = Reader(words[1:] if words[0].lower == "select" else words)
    _, name = reader.qualified()
    if not name or reader.parenthesised() is None:
        return Passes.UNCLEAR
    rest = [word.lower for word in words[-2:]]
    if rest == ["=", "false"]:
        return Passes.UNCLEAR
    found = functions(name)
    return found if found is not None else Passes.UNCLEAR


def _subquery(words: list[Word]) -> list[Word] | None:
    """The words of a `select … from` in a condition."""
    for place, word in enumerate(words):
        if opens(word) == 1 and place + 1 < len(words) and words[place + 1].lower == "select":
            inner = Reader(words[place:]).parenthesised() or []
            if any(one.lower == "from" for one in inner):
                return inner
    return None


def _of_subquery(inner: list[Word], words: list[Word], functions: Functions, depth: int) -> Passes:
    """`exists (select … from members where …)`, `team_id in (select …)`."""
    texts = [word.lower for word in inner]
    where = inner[len(texts) - texts[::-1].index("where") :] if "where" in texts else []
    outside = _without_subqueries(words)
    tied = bool(_columns(outside)) or _correlated(inner, where)
    held = passes(where, functions, depth + 1) if where else Passes.EVERYONE
    if "where" not in texts:
        # `auth.uid() in (select user_id from admins)`
        return (
            Passes.OWNER
            if _names_caller(outside) and "in" in [one.lower for one in outside]
            else Passes.UNCLEAR
        )
    if _names_caller(outside) and _columns(inner):
        return Passes.OWNER
    if held is Passes.OWNER:
        further = len(_split_word(where, "and")) > 1
        return Passes.OWNER if tied or further else Passes.UNCLEAR
    if tied and _names_caller(inner):
        return Passes.OWNER if held is not Passes.MEMBERS else Passes.UNCLEAR
    return Passes.UNCLEAR


def _correlated(inner: list[Word], where: list[Word]) -> bool:
    """Whether a subquery compares one of its columns with one of the row around it (two names, both qualified)."""
    tables = _from_names(inner)
    for condition in _split_word(where, "and"):
        if _names_caller(condition) or not any(word.text == "=" for word in condition):
            continue
        owners = {
            condition[place].name
            for place, word in enumerate(condition[1:], 0)
            if word.text == "." and condition[place].name
        }
        plain = _columns(condition)
        if owners - tables or (len(plain) > len(owners) and len(plain) > 1):
            return True
    return False


def _from_names(inner: list[Word]) -> set[str]:
    """Tables and aliases after FROM and JOIN."""
    found: set[str] = set()
    for place, word in enumerate(inner):
        if word.lower not in {"from", "join"}:
            continue
        reader = Reader(inner[place + 1 :])
        _, name = reader.qualified()
        found.add(name)
        reader.take("as")
        alias = reader.peek()
        if alias is not None and alias.name and alias.name not in _NO_COLUMN:
            found.add(alias.name)
    return found


def _columns(words: Sequence[Word]) -> list[str]:
    """Names in an expression that can be columns: no keywords, no functions, no casts."""
    found: list[str] = []
    for place, word in enumerate(words):
        before = words[place - 1].text if place else ""
        after = words[place + 1] if place + 1 < len(words) else None
        if not word.name or before == "::" or (word.kind is Kind.WORD and word.name in _NO_COLUMN):
            continue
        if after is not None and after.kind is Kind.SIGN and after.text in {"(", "."}:
            continue
        if before == "." and place > 1 and words[place - 2].name == "auth":
            continue
        found.append(word.name)
    return found


def _names_caller(words: Sequence[Word]) -> bool:
    """Whether an expression has the caller's id in it."""
    if any(_calls(words, schema, name) for schema, name in _IDENTITY):
        return True
    texts = {word.text.lower() for word in words if word.kind is Kind.TEXT}
    setting = any(word.lower == "current_setting" for word in words)
    by_setting = setting and any("request.jwt" in text for text in texts)
    return by_setting or (_calls(words, "auth", "jwt") and bool(texts & {"sub", "email"}))


def _calls(words: Sequence[Word], schema: str, name: str) -> bool:
    return any(
        words[place].name == schema and words[place + 1].text == "." and words[place + 2].name == name
        for place in range(len(words) - 2)
    )


def _without_subqueries(words: Sequence[Word]) -> list[Word]:
    """The words outside of `(select … from …)`; `(select auth.uid())` stays."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        word = words[place]
        if opens(word) == 1 and place + 1 < len(words) and words[place + 1].lower == "select":
            reader = Reader(words[place:])
            inner = reader.parenthesised() or []
            if any(one.lower == "from" for one in inner):
                place += reader.at
                continue
        found.append(word)
        place += 1
    return found


def _stripped(words: list[Word]) -> list[Word]:
    """An expression without the parentheses around all of it."""
    while words and opens(words[0]) == 1:
        reader = Reader(words)
        inner = reader.parenthesised()
        if inner is None or not reader.done:
            break
        words = inner
    if words and words[0].lower == "select" and not any(word.lower == "from" for word in words):
        return _stripped(words[1:])
    return words


def _split_word(words: Sequence[Word], text: str) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += opens(word)
        if depth == 0 and word.lower == text:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def _without_between(words: list[Word]) -> list[Word]:
    """`a between b and c` has an AND that joins no conditions: the part after it goes."""
    found: list[Word] = []
    waiting = False
    for word in words:
        if word.lower == "between":
            waiting = True
        elif waiting and word.lower == "and":
            waiting = False
            continue
        found.append(word)
    return found

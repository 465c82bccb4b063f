"""Operators, methods and builtins on values that are known: a small, harmless part of Python, bounded in size."""

import ast
from collections.abc import Callable, Mapping
from itertools import zip_longest

from launchready.source.python.wiring.values import (
    CLEAN,
    NOTHING,
    ClassValue,
    Items,
    Known,
    Table,
    Taint,
    Unknown,
    Value,
    about,
    items_of,
    key_value,
    taint_of,
    text_of,
    texts_of,
    truth_of,
    with_about,
)

_LONGEST = 4_000  # characters of a text, items of a list
_TEXT_METHODS = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "replace", "removeprefix",
    "removesuffix", "startswith", "endswith", "casefold", "format", "isdigit", "count", "find",
})  # fmt: skip
_EQUAL = (ast.Eq, ast.Is)
_UNEQUAL = (ast.NotEq, ast.IsNot)


def joined_texts(parts: list[Value]) -> Value:
    """The parts of an f-string as one text."""
    texts = [_as_text(part) for part in parts]
    if any(text is None for text in texts):
        return Unknown(about=taint_of(*parts))
    return Known(value="".join(text or "" for text in texts)[:_LONGEST], about=taint_of(*parts))


def _as_text(value: Value) -> str | None:
    return str(value.value) if isinstance(value, Known) and not isinstance(value.value, bytes) else None


def added(left: Value, right: Value) -> Value:
    """`left + right` of texts, numbers and lists."""
    taint = taint_of(left, right)
    match left, right:
        case Known(value=str() as first), Known(value=str() as second):
            return Known(value=(first + second)[:_LONGEST], about=taint)
        case Known(value=int() as number), Known(value=int() as more):
            return Known(value=number + more, about=taint)
        case Items(items=items, whole=whole), Items(items=others, whole=also):
            return Items([*items, *others][:_LONGEST], whole and also, taint)
        case (Items(items=items), _) | (_, Items(items=items)):
            return Items(list(items), whole=False, about=taint)
        case _:
            return Unknown(about=taint)


def formatted(left: Value, right: Value) -> Value:
    """`"%s/x" % value`, for plain `%s` and `%d` alone."""
    template = text_of(left)
    held = items_of(right) if isinstance(right, Items) else [right]
    texts = [_as_text(one) for one in held]
    if template is None or any(text is None for text in texts):
        return Unknown(about=taint_of(left, right))
    parts = template.replace("%d", "%s").split("%s")
    if len(parts) != len(texts) + 1:
        return Unknown(about=taint_of(left, right))
    made = "".join(f"{part}{text or ''}" for part, text in zip_longest(parts, texts, fillvalue=""))
    return Known(value=made[:_LONGEST], about=taint_of(left, right))


def merged(left: Value, right: Value) -> Value:
    """`left | right` of dicts and sets."""
    match left, right:
        case Table(entries=entries, whole=whole), Table(entries=others, whole=also):
            return Table({**entries, **others}, whole and also, taint_of(left, right))
        case Items(), Items():
            return added(left, right)
        case _:
            return Unknown(about=taint_of(left, right))


def compared(left: Value, operator: ast.cmpop, right: Value) -> Value:
    """A comparison of two values."""
    taint = taint_of(left, right)
    if isinstance(operator, ast.In | ast.NotIn):
        found = _contained(left, right)
        if found is None:
            return Unknown(about=taint)
        return Known(value=found is isinstance(operator, ast.In), about=taint)
    if not isinstance(left, Known) or not isinstance(right, Known):
        return _compared_with_none(left, operator, right, taint)
    if isinstance(operator, _EQUAL):
        return Known(value=left.value == right.value, about=taint)
    if isinstance(operator, _UNEQUAL):
        return Known(value=left.value != right.value, about=taint)
    first, second = left.value, right.value
    if isinstance(first, int | float) and isinstance(second, int | float):
        return Known(value=_ordered(first, operator, second), about=taint)
    return Unknown(about=taint)


def _compared_with_none(left: Value, operator: ast.cmpop, right: Value, taint: Taint) -> Value:
    """What is known to be true is not None; of other things nothing can be told."""
    other = left if isinstance(right, Known) else right
    constant = right if isinstance(right, Known) else left
    is_none = isinstance(constant, Known) and constant.value is None
    if is_none and truth_of(other) is True and isinstance(operator, (*_EQUAL, *_UNEQUAL)):
        return Known(value=isinstance(operator, _UNEQUAL), about=taint)
    return Unknown(about=taint)


def _contained(left: Value, right: Value) -> bool | None:
    if isinstance(left, ClassValue) and isinstance(right, Items):
        if any(item is left for item in right.items):
            return True
        return (
            False
            if right.whole and all(isinstance(item, ClassValue | Known) for item in right.items)
            else None
        )
    if not isinstance(left, Known):
        return None
    text = text_of(right)
    if text is not None:
        return left.value in text if isinstance(left.value, str) else None
    if isinstance(right, Items):
        if any(isinstance(item, Known) and item.value == left.value for item in right.items):
            return True
        return False if right.whole and all(isinstance(item, Known) for item in right.items) else None
    if isinstance(right, Table):
        return True if left.value in right.entries else (False if right.whole else None)
    return None


def _ordered(first: float, operator: ast.cmpop, second: float) -> bool:
    match operator:
        case ast.Lt():
            return first < second
        case ast.LtE():
            return first <= second
        case ast.Gt():
            return first > second
        case _:
            return first >= second


def subscripted(held: Value, key: Value) -> Value | None:
    """`held[key]`; None where that cannot be told."""
    match held, key:
        case Items(items=items), Known(value=int() as index) if -len(items) <= index < len(items):
            return with_about(items[index], taint_of(held))
        case Table(entries=entries), Known(value=name) if name in entries:
            return with_about(entries[name], taint_of(held, key))
        case Table(entries=entries, whole=True), Unknown() if entries:
            return with_about(next(iter(entries.values())), taint_of(held, key))
        case _:
            return None


def either(first: Value, second: Value, taint: Taint) -> Value:
    """One of two values."""
    if isinstance(first, Known) and isinstance(second, Known) and first.value == second.value:
        return with_about(first, about(second))
    truths = {truth_of(first), truth_of(second)}
    truth = truths.pop() if len(truths) == 1 else None
    return Unknown(about=taint | taint_of(first, second), truth=truth)


# ------------------------------------------------------------------------------------------------ methods


def text_method(held: Known, name: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value]) -> Value:
    """`"text".method(…)`."""
    taint = taint_of(held, *arguments, *keywords.values())
    text = held.value
    if not isinstance(text, str):
        return Unknown(about=taint)
    match name:
        case "join" if arguments:
            return joined_texts(_between(text, items_of(arguments[0])))
        case "split" | "rsplit" if all(isinstance(each, Known) for each in arguments):
            separator = text_of(arguments[0]) if arguments else None
            parts = text.split(separator or None)
            return Items([Known(value=part, about=taint) for part in parts[:_LONGEST]], about=taint)
        case "startswith" | "endswith" if arguments and isinstance(arguments[0], Items):
            ends = [getattr(text, name)(each) for each in texts_of(arguments[0])]
            return Known(value=any(ends), about=taint) if arguments[0].whole else Unknown(about=taint)
    plain = [each.value for each in arguments if isinstance(each, Known)]
    named = {key: each.value for key, each in keywords.items() if isinstance(each, Known)}
    if name not in _TEXT_METHODS or len(plain) != len(arguments) or len(named) != len(keywords):
        return Unknown(about=taint)
    if name == "format" and ("." in text or "[" in text or ":" in text):
        return Unknown(about=taint)  # attributes and widths of hostile templates are not followed
    try:
        made = getattr(text, name)(*plain, **named)
    except (TypeError, ValueError, KeyError, IndexError):
        return Unknown(about=taint)
    return Known(value=made[:_LONGEST] if isinstance(made, str) else made, about=taint)


def _between(separator: str, parts: list[Value]) -> list[Value]:
    spaced: list[Value] = []
    for part in parts:
        spaced.extend((Known(value=separator), part) if spaced else (part,))
    return spaced


def list_method(held: Items, name: str, arguments: tuple[Value, ...]) -> Value:
    """`[…].method(…)`; what changes the list changes it."""
    if len(held.items) > _LONGEST:
        return NOTHING
    match name:
        case "append" | "add" if arguments:
            held.items.append(arguments[0])
        case "insert" if len(arguments) > 1:
            held.items.insert(0, arguments[1])
        case "extend" | "update" | "union" if arguments:
            more = arguments[0]
            held.items.extend(items_of(more))
            held.whole = held.whole and isinstance(more, Items) and more.whole
            return held
        case "copy":
            return Items(list(held.items), held.whole, held.about)
        case "pop" if held.items:
            return held.items[-1]
    return NOTHING


def table_method(
    held: Table, name: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value]
) -> Value:
    """`{…}.method(…)`; what changes the dict changes it."""
    match name:
        case "items":
            pairs: list[Value] = [Items([key_value(key), value]) for key, value in held.entries.items()]
            return Items(pairs, held.whole, held.about)
        case "values":
            return Items(list(held.entries.values()), held.whole, held.about)
        case "keys":
            return Items([key_value(key) for key in held.entries], held.whole, held.about)
        case "get" | "pop" | "setdefault" if arguments:
            found = subscripted(held, arguments[0])
            if found is not None:
                return found
            absent = held.whole and isinstance(arguments[0], Known)
            return (arguments[1] if len(arguments) > 1 else Known(value=None)) if absent else NOTHING
        case "update":
            for more in arguments:
                held.entries.update(more.entries if isinstance(more, Table) else {})
                held.whole = held.whole and isinstance(more, Table) and more.whole
            held.entries.update(keywords)
        case "copy":
            return Table(dict(held.entries), held.whole, held.about)
    return NOTHING


# ----------------------------------------------------------------------------------------------- builtins


def _listed(arguments: tuple[Value, ...]) -> Value:
    held = arguments[0] if arguments else Items([])
    if isinstance(held, Items | Table):
        return Items(list(items_of(held)), held.whole, held.about)
    return Items([], whole=False, about=taint_of(held))


def _reversed(arguments: tuple[Value, ...]) -> Value:
    held = _listed(arguments)
    return Items(held.items[::-1], held.whole, held.about) if isinstance(held, Items) else NOTHING


def _sorted(arguments: tuple[Value, ...]) -> Value:
    return _listed(arguments)


def _enumerated(arguments: tuple[Value, ...]) -> Value:
    held = _listed(arguments)
    if not isinstance(held, Items):
        return NOTHING
    pairs: list[Value] = [Items([Known(value=index), item]) for index, item in enumerate(held.items)]
    return Items(pairs, held.whole, held.about)


def _zipped(arguments: tuple[Value, ...]) -> Value:
    held = [items_of(one) for one in arguments]
    return Items([Items(list(row)) for row in zip(*held, strict=False)])


def _text(arguments: tuple[Value, ...]) -> Value:
    text = _as_text(arguments[0]) if arguments else ""
    return (
        Known(value=text, about=taint_of(*arguments))
        if text is not None
        else Unknown(about=taint_of(*arguments))
    )


def _truth(arguments: tuple[Value, ...]) -> Value:
    truth = truth_of(arguments[0]) if arguments else False
    taint = taint_of(*arguments)
    return Known(value=truth, about=taint) if truth is not None else Unknown(about=taint)


def _any(arguments: tuple[Value, ...]) -> Value:
    return _folded(arguments, found=True)


def _all(arguments: tuple[Value, ...]) -> Value:
    return _folded(arguments, found=False)


def _folded(arguments: tuple[Value, ...], *, found: bool) -> Value:
    held = arguments[0] if arguments else Items([])
    taint = taint_of(held, *items_of(held))
    if not isinstance(held, Items):
        return Unknown(about=taint)
    truths = [truth_of(item) for item in held.items]
    if found in truths:
        return Known(value=found, about=taint)
    return Known(value=not found, about=taint) if held.whole and None not in truths else Unknown(about=taint)


def _length(arguments: tuple[Value, ...]) -> Value:
    match arguments:
        case (Items(items=items, whole=True, about=taint),):
            return Known(value=len(items), about=taint)
        case (Known(value=str() as text, about=taint),):
            return Known(value=len(text), about=taint)
        case _:
            return Unknown(about=taint_of(*arguments))


def _first(arguments: tuple[Value, ...]) -> Value:
    return arguments[0] if arguments else NOTHING


def _number(arguments: tuple[Value, ...]) -> Value:
    match arguments:
        case (Known(value=int() | bool()) as held,):
            return Known(value=int(held.value or 0), about=held.about)
        case (Known(value=str() as text, about=taint),) if text.strip().isdigit() and len(text) < 12:  # noqa: PLR2004
            return Known(value=int(text), about=taint)
        case _:
            return Unknown(about=taint_of(*arguments))


BUILTINS: Mapping[str, Callable[[tuple[Value, ...]], Value]] = {
    "list": _listed,
    "tuple": _listed,
    "set": _listed,
    "frozenset": _listed,
    "sorted": _sorted,
    "reversed": _reversed,
    "enumerate": _enumerated,
    "zip": _zipped,
    "str": _text,
    "bool": _truth,
    "any": _any,
    "all": _all,
    "len": _length,
    "int": _number,
    "iter": _first,
}


def table_of(arguments: tuple[Value, ...], keywords: Mapping[str, Value]) -> Value:
    """`dict(…)`."""
    entries: dict[object, Value] = {}
    whole = True
    for each in arguments:
        whole = whole and isinstance(each, Table) and each.whole
        entries.update(each.entries if isinstance(each, Table) else {})
    entries.update(keywords)
    return Table(entries, whole, CLEAN)

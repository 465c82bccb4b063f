"""Methods of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from launchready.source.script.symbolic.values import (
    Argument,
    Constant,
    Items,
    Pieces,
    Regex,
    Unknown,
    Value,
    joined_text,
    pieces_of,
    text_of,
)


def call_text(of: Constant | Pieces, name: str, arguments: tuple[Argument, ...]) -> Value | None:
    """`of.name(…)`; None where that is no method of texts that is known."""
    values = [one.value for one in arguments]
    if name == "concat":
        return joined_text([of, *values])
    if name in {"replace", "replaceAll"} and values and isinstance(values[0], Regex):
        return _without_slashes(of, values)
    texts = [text_of(one) for one in values]
    known = [text for text in texts if text is not None]
    if isinstance(of, Pieces):
        return _of_pieces(of, name, known)
    text = text_of(of) or ""
    if name in _PLAIN:
        return Constant(_PLAIN[name](text))
    if len(known) < len(texts):
        return Unknown()
    handler = _WITH_TEXTS.get(name)
    if handler is not None and known:
        return handler(text, known)
    return _cut(text, known) if name in {"slice", "substring", "substr"} else None


def _of_pieces(of: Pieces, name: str, known: list[str]) -> Value:
    first, last = of.parts[0], of.parts[-1]
    if name == "startsWith" and known and first is not None and len(first) >= len(known[0]):
        return Constant(first.startswith(known[0]))
    if name == "endsWith" and known and last is not None and len(last) >= len(known[0]):
        return Constant(last.endswith(known[0]))
    return Unknown()


def _without_slashes(of: Constant | Pieces, values: list[Value]) -> Value:
    """Regular expressions are not run; those that only tidy slashes keep the text."""
    pattern = values[0].source if isinstance(values[0], Regex) else ""
    if "/" in pattern.strip("/") and not any(sign.isalnum() for sign in pattern.rstrip("gi")):
        parts = pieces_of(of)
        return of if len(parts) == 1 and not (parts[0] or "").endswith("/") else Unknown()
    return Unknown()


def _cut(text: str, known: list[str]) -> Value:
    try:
        bounds = [int(one) for one in known]
    except ValueError:
        return Unknown()
    return (
        Constant(text[bounds[0] :] if len(bounds) == 1 else text[slice(*bounds[:2])]) if bounds else Unknown()
    )


_PLAIN: Mapping[str, Callable[[str], str]] = {
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "trim": str.strip,
    "toString": str,
    "valueOf": str,
}
_WITH_TEXTS: Mapping[str, Callable[[str, list[str]], Value]] = {
    "startsWith": lambda text, known: Constant(text.startswith(known[0])),
    "endsWith": lambda text, known: Constant(text.endswith(known[0])),
    "includes": lambda text, known: Constant(known[0] in text),
    "indexOf": lambda text, known: Constant(text.find(known[0])),
    "lastIndexOf": lambda text, known: Constant(text.rfind(known[0])),
    "split": lambda text, known: Items(
        [Constant(one) for one in (text.split(known[0]) if known[0] else text)]
    ),
    "replace": lambda text, known: Constant(text.replace(known[0], known[-1], 1)),
    "replaceAll": lambda text, known: Constant(text.replace(known[0], known[-1])),
}

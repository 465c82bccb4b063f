"""Paths put together from prefixes, mounts and templates."""

import re
from dataclasses import dataclass

from launchready.source.python.wiring.values import About, Known, Made, Unknown, Value, about, text_of

_CONVERTER = re.compile(r"\{(\w+):[^{}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PathText:
    """A piece of a path; `notes` say what could not be read (`certain` is False then), or which default stands."""

    text: str = ""
    certain: bool = True
    notes: tuple[str, ...] = ()

    def __add__(self, other: "PathText") -> "PathText":
        notes = tuple(dict.fromkeys((*self.notes, *other.notes)))
        return PathText(text=self.text + other.text, certain=self.certain and other.certain, notes=notes)


EMPTY = PathText()


def path_text(value: Value | None, what: str) -> PathText:
    """A prefix or path as given; `what` names it in the note."""
    if value is None or (isinstance(value, Known) and value.value is None):
        return EMPTY
    text = text_of(value)
    if text is None:
        return PathText(certain=False, notes=(f"{what} could not be read: {_written(value)}",))
    if About.SETTING in about(value):
        return PathText(text=text, notes=(f"{what} is a setting; its default stands here",))
    return PathText(text=text)


def _written(value: Value) -> str:
    match value:
        case Unknown(code=code) if code:
            return code
        case Made(what=what, arguments=(first, *_)) if text_of(first):
            return f"{what.removesuffix('.__getitem__')}[{text_of(first)!r}]"
        case Made(what=what) if what:
            return what
        case _:
            return "it is not written in the code"


def template(path: str) -> str:
    """A path as templates are written: `{name}` for each parameter, no doubled slashes, `/` for nothing."""
    plain = _CONVERTER.sub(r"{\1}", path)
    plain = re.sub(r"/{2,}", "/", plain)
    return plain if plain.startswith("/") else f"/{plain}"


def names_in(path: str) -> tuple[str, ...]:
    """Names of the parameters of a path."""
    return tuple(re.findall(r"\{(\w+)(?::[^{}]*)?\}", path))

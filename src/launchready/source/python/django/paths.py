"""Paths of Django's URL patterns, part by part, as templates with parameters."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from launchready.model.operation import Parameter, Place, Schema
from launchready.source.python.django.regex import regex_paths, schema_of
from launchready.source.python.django.texts import Text
from launchready.source.python.project import Defined, PythonProject, class_bindings

# https://docs.djangoproject.com/en/stable/topics/http/urls/#path-converters
_CONVERTER = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<name>[^>]+)>")
_KNOWN: Mapping[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "minimum": 0},
    "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    "uuid": {"type": "string", "format": "uuid"},
    "path": {"type": "string"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTemplate:
    """A path so far, without the leading slash; `pattern` is it as written, converters included."""

    text: str = ""
    pattern: str = ""
    parameters: tuple[Parameter, ...] = ()
    certain: bool = True
    notes: tuple[str, ...] = ()

    def then(self, other: "PathTemplate") -> "PathTemplate":
        """This path followed by another; a parameter of the same name again is the same value."""
        known = {one.name for one in self.parameters}
        return PathTemplate(
            text=self.text + other.text,
            pattern=self.pattern + other.pattern,
            parameters=(*self.parameters, *(one for one in other.parameters if one.name not in known)),
            certain=self.certain and other.certain,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )

    def noted(self, note: str) -> "PathTemplate":
        """The same with a further note."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, note)))) if note else self


class Converters:
    """The path converters that a project registers, with the expression that each takes."""

    def __init__(self, project: PythonProject) -> None:
        self._schemas: dict[str, Schema] = dict(_KNOWN)
        for module in project.modules("register_converter"):
            for node in ast.walk(module.tree):
                match node:
                    case ast.Call(func=ast.Name(id="register_converter") | ast.Attribute(attr="register_converter"),
                                  args=[made, named]):  # fmt: skip
                        name = project.text(module, named)
                        held = project.of(module, made)
                        if name and isinstance(held, Defined) and isinstance(held.node, ast.ClassDef):
                            pattern = class_bindings(held.node).get("regex")
                            text = (
                                project.text(held.module, pattern) if isinstance(pattern, ast.expr) else None
                            )
                            self._schemas[name] = schema_of(text or "")

    def schema(self, name: str) -> Schema:
        """What a converter takes; any text for one that is not known."""
        return self._schemas.get(name, {"type": "string"})


def plain_path(text: Text, converters: Converters) -> PathTemplate:
    """The template of `path("items/<int:pk>/")`."""
    parameters: list[Parameter] = []

    def named(match: re.Match[str]) -> str:
        schema = converters.schema(match["converter"] or "str")
        parameters.append(_parameter(match["name"].strip(), schema))
        return f"{{{match['name'].strip()}}}"

    return PathTemplate(
        text=_CONVERTER.sub(named, text.value),
        pattern=text.value,
        parameters=tuple(parameters),
        certain=text.certain,
        notes=_notes(text),
    )


def regex_templates(text: Text) -> Iterator[PathTemplate]:
    r"""The templates of `re_path(r"^items/(?P<pk>\d+)/$")`: more than one where parts are optional."""
    for way in regex_paths(text.value) if text.certain else regex_paths(_without_braces(text)):
        yield PathTemplate(
            text=way.text,
            pattern=f"{text.value}\x00{way.text}",
            parameters=tuple(_parameter(name, schema) for name, schema in way.parameters),
            certain=text.certain and way.certain,
            notes=(
                *_notes(text),
                *(() if way.certain else ("the expression of the path could not be read",)),
            ),
        )


def _without_braces(text: Text) -> str:
    """An expression with parts that could not be told, these as groups: braces count repetitions otherwise."""
    return re.sub(r"\{([a-z_]\w*)\}", r"(?P<\1>[^/]+)", text.value)


def _notes(text: Text) -> tuple[str, ...]:
    unread = (f"not read: {code}" for code in text.unread)
    return (*unread, *(f"rests on {note}" for note in text.notes))


def _parameter(name: str, schema: Schema) -> Parameter:
    return Parameter(name=name, place=Place.PATH, required=True, schema=schema)

"""From an operation and values to a URL, query, body."""

from collections.abc import Mapping
from urllib.parse import quote

from launchready.model.operation import HttpOperation, Place


class UnfilledError(Exception):
    """A path parameter has no value."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no value for {{{name}}}")
        self.name = name


def path_of(operation: HttpOperation, values: Mapping[str, str]) -> str:
    """The path with every `{parameter}` filled, percent-encoded, below the specification's base path."""
    path = operation.path
    for name in path_parameters(operation.path):
        if name not in values:
            raise UnfilledError(name)
        path = path.replace("{" + name + "}", quote(values[name], safe=""))
    base = operation.base_path.rstrip("/")
    return path if not base or path.startswith(base + "/") else base + path


def path_parameters(path: str) -> list[str]:
    """Names of the `{parameters}` of a template, in order."""
    return [part.split("}", 1)[0] for part in path.split("{")[1:]]


def query_of(operation: HttpOperation, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The query for parameters that have a value."""
    return tuple(
        (parameter.name, values[parameter.name])
        for parameter in operation.parameters
        if parameter.place is Place.QUERY and parameter.name in values
    )

"""What each account owns, and the values that this gives to an operation's parameters."""

import re
import uuid
from collections.abc import Iterable, Mapping

from launchready.collecting.urls import path_parameters
from launchready.model.evidence import Planted
from launchready.model.operation import Consumes, HttpOperation, ObjectClass, Place
from launchready.surface.links import identifying_fields

_NUMBER = re.compile(r"\d+")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Holdings:
    """Planted objects by owner and type, in the order of planting."""

    def __init__(self, operations: Iterable[HttpOperation], objects: Iterable[Planted] = ()) -> None:
        self._operations = tuple(operations)
        # Found at first need and shared with those who get more objects: it takes all operations to tell
        self._fields: dict[str, dict[str, tuple[str, ...]]] = {}
        self._objects: list[Planted] = list(objects)

    def and_also(self, planted: Planted) -> "Holdings":
        """What its owner holds, and this besides."""
        more = Holdings(self._operations, [*self.of(planted.owner), planted])
        more._fields = self._fields
        return more

    def add(self, planted: Planted) -> None:
        """Remember a new object."""
        self._objects.append(planted)

    def of(self, owner: str, object_type: str = "") -> list[Planted]:
        """Objects of an owner, of one type if named."""
        return [
            item
            for item in self._objects
            if item.owner == owner and (not object_type or item.object_type == object_type)
        ]

    def first(self, owner: str, object_type: str, parents: Iterable[tuple[str, str]] = ()) -> Planted | None:
        """The first object of that type below the given parents (as far as they are named); private ones first."""
        wanted = dict(parents)
        fitting = [
            item
            for item in self.of(owner, object_type)
            if all(wanted.get(kind, parent) == parent for kind, parent in item.parents)
        ]
        fitting.sort(key=lambda item: item.visible == "public")
        return fitting[0] if fitting else None

    def parent(self, planted: Planted, object_type: str) -> Planted | None:
        """The object's own parent of that type."""
        wanted = dict(planted.parents).get(object_type)
        return next(
            (item for item in self._objects if item.object_type == object_type and item.object_id == wanted),
            None,
        )

    def value(self, planted: Planted, operation: HttpOperation, name: str) -> str:
        """What stands for the object at a parameter: the field that identifies it there, else its id."""
        values = dict(planted.values)
        if operation.id not in self._fields:
            self._fields[operation.id] = identifying_fields(operation, self._operations)
        for candidate in (*self._fields[operation.id].get(name, ()), name):
            if candidate in values:
                return values[candidate]
        if is_profile(planted.object_class) and name.lower().endswith("id"):
            return ""  # an address or a name is no id: a refusal would prove nothing
        return planted.object_id

    def values(self, operation: HttpOperation, owner: str, target: Planted | None = None) -> dict[str, str]:
        """Values for the operation's path parameters out of `target`, its parents, and what `owner` has besides.

        A parameter without a value is left out; the caller sees that the path cannot be filled.
        """
        found: dict[str, str] = {}
        for name in path_parameters(operation.path):
            holder = self._holder(owner, target, object_type_at(operation, name))
            value = self.value(holder, operation, name) if holder is not None else ""
            if value:
                found[name] = value
        return found

    def _holder(self, owner: str, target: Planted | None, object_type: str) -> Planted | None:
        if not object_type:
            return None
        if target is not None:
            if target.object_type == object_type:
                return target
            own_parent = self.parent(target, object_type)
            if own_parent is not None:
                return own_parent
        return self.first(owner, object_type, target.parents if target is not None else ())


def object_type_at(operation: HttpOperation, name: str, place: Place = Place.PATH) -> str:
    """Type of the object whose id travels at a parameter, empty if it is none."""
    return next(
        (item.object_type for item in operation.consumes if item.place is place and item.name == name), ""
    )


def last_path_type(operation: HttpOperation) -> str:
    """Type named by the last path parameter: the object that the operation is about."""
    names = path_parameters(operation.path)
    return object_type_at(operation, names[-1]) if names else ""


def path_types(operation: HttpOperation) -> list[str]:
    """Types of all path parameters, outermost first."""
    return [kind for name in path_parameters(operation.path) if (kind := object_type_at(operation, name))]


def ends_with_parameter(operation: HttpOperation) -> bool:
    """Whether the path ends with an id: the operation is about one object, not about something below it."""
    return operation.path.rstrip("/").endswith("}")


def body_ids(operation: HttpOperation) -> list[Consumes]:
    """Ids that travel in the body."""
    return [item for item in operation.consumes if item.place is Place.BODY]


def absent(values: Mapping[str, str], name: str, word: str) -> dict[str, str]:
    """The same values with an id of the same form at `name` that does not exist."""
    value = values.get(name, "")
    if _NUMBER.fullmatch(value):
        other = str(int(value) + 790_001_337)
    elif _UUID.fullmatch(value):
        other = str(uuid.uuid5(uuid.NAMESPACE_URL, word))
    else:
        other = word
    return {**values, name: other}


def is_profile(object_class: str) -> bool:
    """Whether objects of that class are accounts themselves."""
    return object_class == ObjectClass.PROFILE

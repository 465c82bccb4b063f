"""Every route that anything names, with whom it is for: the list that AUTH-03 judges, for the report."""

from collections.abc import Mapping

from launchready.checks.code_routes import Entry, inventory
from launchready.checks.stated_access import stated_class
from launchready.model.evidence import SourceReview, Surface
from launchready.model.report import InventoryRow, Location
from launchready.model.settings import JudgeSettings
from launchready.model.source import AccessClass

_NAMES: Mapping[str, str] = {
    "openapi": "specification",
    "source": "code",
    "bundle": "scripts",
    "har": "recording",
}


def inventory_rows(
    review: SourceReview | None, surface: Surface | None, settings: JudgeSettings
) -> tuple[InventoryRow, ...]:
    """The rows by path and method."""
    rows = (_row(entry, settings) for entry in inventory(review, surface, None))
    return tuple(sorted(rows, key=lambda row: (row.path, row.method)))


def _row(entry: Entry, settings: JudgeSettings) -> InventoryRow:
    place = entry.route.place if entry.route is not None else None
    return InventoryRow(
        method=entry.method,
        path=entry.path,
        access=_access(entry, settings).value,
        named_by=_named_by(entry),
        location=Location(path=place.path, line=place.line, code=place.code, where="tree") if place else None,
    )


def _access(entry: Entry, settings: JudgeSettings) -> AccessClass:
    stated = stated_class(entry, settings)
    if stated is not None:
        return stated
    return entry.route.access if entry.route is not None else AccessClass.NONE


def _named_by(entry: Entry) -> tuple[str, ...]:
    names = []
    if entry.operation is not None:
        names.append(_NAMES.get(entry.operation.source, entry.operation.source))
    if entry.route is not None and "code" not in names:
        names.append("code")
    return tuple(names)

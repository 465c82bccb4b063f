"""The catalogue of checks: what each proves, how grave a fail is, and which gate it holds."""

import csv
from importlib.resources import files

from launchready.model.check_info import CatalogueRow, GateId, Severity


def load_catalogue() -> tuple[CatalogueRow, ...]:
    """All rows in the catalogue's order. Raises ValueError for a cell that is none of the known words."""
    text = files("launchready").joinpath("catalogue.csv").read_text(encoding="utf-8")
    return tuple(_row(cells) for cells in csv.DictReader(text.splitlines()))


def check_ids() -> frozenset[str]:
    """Ids of all rows."""
    return frozenset(row.id for row in load_catalogue())


def _row(cells: dict[str, str]) -> CatalogueRow:
    return CatalogueRow(
        id=cells["id"],
        name=cells["name"],
        row=cells["scorecard_row"],
        gate=GateId(cells["gate"]),
        severity=Severity(cells["severity"]),
        owasp=_several(cells["owasp_api_2023"]),
        cwe=_several(cells["cwe"]),
        proof_type=cells["proof_type"],
        proof_strength=cells["proof_strength"],
        proof_how=cells["proof_how_accounts"],
        criterion=cells["pass_criterion"],
        fix=cells["fix"],
        sources=_several(cells["source_lists"]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())

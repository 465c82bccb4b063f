"""What a check knows about itself, and the catalogue row it stands for."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a fail is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class GateId(StrEnum):
    """What a check decides: the gates G1 to G4, its scorecard row, or nothing."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    ROW = "row"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One of the 142 rows of catalogue.csv; multi-valued cells are tuples."""

    id: str
    name: str
    row: str
    gate: GateId
    severity: Severity
    owasp: tuple[str, ...]
    cwe: tuple[str, ...]
    proof_type: str
    proof_strength: str
    proof_how: str
    criterion: str
    fix: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInfo:
    """A catalogue row plus what the implemented check says: `title` and the docstring's three sections.

    `needs` are the evidence kinds it judges. `implemented` is false for rows that nothing judges yet; the texts are
    empty then.
    """

    row: CatalogueRow
    implemented: bool
    title: str = ""
    why: str = ""
    how_to_fix: str = ""
    blind_spots: str = ""
    needs: tuple[str, ...] = ()

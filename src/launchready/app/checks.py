"""Which checks are built."""

from launchready.app.judgement import all_checks
from launchready.model.check_info import CheckInfo


def implemented_checks() -> tuple[CheckInfo, ...]:
    """The checks that this version judges, in the catalogue's order."""
    return tuple(info for info in all_checks() if info.implemented)


def as_documents(infos: tuple[CheckInfo, ...]) -> list[dict[str, str]]:
    """For `checks --json`: id, name, row, gate, severity, and how strong its proof is."""
    return [
        {
            "id": info.row.id,
            "name": info.row.name,
            "row": info.row.row,
            "gate": info.row.gate.value,
            "severity": info.row.severity.value,
            "proof": info.row.proof_strength,
        }
        for info in infos
    ]

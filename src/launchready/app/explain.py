"""One check in words: catalogue and docstring, nothing else."""

from dataclasses import dataclass

from launchready.app.judgement import all_checks
from launchready.app.selection import check_named
from launchready.model.check_info import CheckInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A heading and what stands under it."""

    heading: str
    text: str


def explain(check_id: str) -> tuple[CheckInfo, tuple[Paragraph, ...]]:
    """What it proves, when it passes, why it matters, how to fix it, what it cannot see.

    Raises UsageProblem if there is no such check.
    """
    info = check_named(check_id, all_checks())
    row = info.row
    texts = (
        ("What it proves", info.title),
        ("Passes when", _sentence(row.criterion)),
        ("How it is tried", _sentence(row.proof_how)),
        ("Why", info.why),
        ("How to fix", info.how_to_fix or row.fix),
        ("What this cannot see", info.blind_spots),
        ("Known as", ", ".join((*row.owasp, *row.cwe))),
    )
    return info, tuple(Paragraph(heading=heading, text=text) for heading, text in texts if text)


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".") if text else ""

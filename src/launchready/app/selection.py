"""Which checks are meant by `--only AUTH` or `--only AUTH-15`, and what evidence they need."""

from collections.abc import Iterable

from launchready.app.errors import UsageProblem
from launchready.model.check_info import CheckInfo


def selected_checks(patterns: Iterable[str], infos: Iterable[CheckInfo]) -> tuple[str, ...]:
    """Ids of the checks that the patterns name, in the catalogue's order; empty when there are no patterns.

    A pattern is an id or the letters before its dash. Raises UsageProblem for one that names nothing.
    """
    known = [info.row.id for info in infos]
    found: set[str] = set()
    for pattern in patterns:
        wanted = pattern.strip().upper()
        named = {name for name in known if wanted in {name, name.partition("-")[0]}}
        if not named:
            rows = ", ".join(dict.fromkeys(name.partition("-")[0] for name in known))
            raise UsageProblem(
                f'No check is called "{pattern}".',
                f"Name a row ({rows}) or an id such as {known[0]}; launchready checks lists them.",
            )
        found |= named
    return tuple(name for name in known if name in found)


def kinds_needed(selected: Iterable[str], infos: Iterable[CheckInfo]) -> set[str]:
    """Kinds of evidence (class names) that the selected checks judge; all checks when none is selected."""
    wanted = set(selected)
    return {kind for info in infos if not wanted or info.row.id in wanted for kind in info.needs}


def check_named(name: str, infos: Iterable[CheckInfo]) -> CheckInfo:
    """The check with that id. Raises UsageProblem if there is none."""
    for info in infos:
        if info.row.id == name.strip().upper():
            return info
    raise UsageProblem(f'No check is called "{name}".', "launchready checks lists them.")

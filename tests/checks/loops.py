"""The checks in loops: each on good evidence."""

from launchready.judging.engine import aggregate
from launchready.judging.registry import registered_checks
from launchready.judging.running import run_check
from launchready.judging.statements import statements_on
from launchready.model.evidence import Collected
from launchready.model.outcome import Cause
from launchready.model.settings import JudgeSettings
from tests.checks.facts import DAY, INFOS
from tests.checks.good import EVIDENCE

CHECKS = registered_checks()
BY_EVIDENCE = {name: check for name, check in CHECKS.items() if check.evidence_kinds}
GOOD = {type(one).__name__: one for one in EVIDENCE}


def verdict(check, slots):
    info = INFOS[check.id]
    settings = JudgeSettings()
    return aggregate(info, run_check(info, check, slots, settings), statements_on(info.row, settings, DAY))


def slots(check, wrap=lambda evidence: Collected(evidence=evidence)):
    return {kind: wrap(GOOD[kind]) for kind in check.evidence_kinds}


def half_built():
    """Ids of checks of which a half is not built, as they say themselves on good evidence."""
    results = {name: verdict(check, slots(check)) for name, check in BY_EVIDENCE.items()}
    return {name for name, result in results.items() if result.cause is Cause.NOT_IMPLEMENTED}

"""What no evidence and no statement can bring about."""

import dataclasses

from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from launchready.config.rows import GATES, RED_FLAGS
from launchready.judging.decision import decide, flag_result, gate_result
from launchready.judging.report import exit_code, judge
from launchready.judging.statements import may_be_waived
from launchready.model.evidence import Collected, Failed, Partial
from launchready.model.outcome import Cause
from launchready.model.report import Basis, Decision, OutsideUsers, State
from launchready.model.settings import JudgeSettings
from launchready.model.statement import Waiver
from launchready.storage.content import RunStart
from launchready.storage.runfile import RunWriter, read_run
from tests.checks.facts import INFOS
from tests.judging.support import CATALOGUE, ROWS, result, run
from tests.properties import worlds

few = limits(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ORDER = [Decision.NOT_READY, Decision.NOT_PROVEN, Decision.READY]
USERS = [OutsideUsers.NO, OutsideUsers.NOT_PROVEN, OutsideUsers.YES]


# ------------------------------------------------------------------------------------------ decisions

WAIVER = "Ada: known (until 2027-01-01)"


@dataclasses.dataclass(frozen=True)
class Made:
    """All checks passed but for `changed`; a whole waiver on each of `waived` that may have one."""

    changed: dict
    waived: frozenset

    def results(self):
        return {check: self.one(check) for check in ROWS}

    def one(self, check):
        waiver = WAIVER if check in self.waived and may_be_waived(ROWS[check]) else ""
        return result(check, self.changed.get(check, State.PASS), waiver=waiver)

    def but(self, check, state):
        return Made(self.changed | {check: state}, self.waived)


check_ids = st.sampled_from(sorted(ROWS))
worlds_made = st.builds(
    Made,
    changed=st.dictionaries(check_ids, st.sampled_from(State), max_size=4),
    waived=st.frozensets(check_ids, max_size=3),
)


def decided(made, answers):
    return decided_of(made.results().values(), answers)


def decided_of(results, answers):
    everything = tuple(results)
    gates = [gate_result(gate, everything) for gate in GATES]
    flags = [flag_result(flag, everything, JudgeSettings(flags=answers)) for flag in RED_FLAGS]
    return decide(everything, gates, flags)


answers = st.lists(worlds.flags, max_size=3).map(tuple)


@few
@given(made=worlds_made, check=check_ids, answers=answers)
def test_one_more_fail_never_improves_the_decision(made, check, answers):
    before, after = decided(made, answers), decided(made.but(check, State.FAIL), answers)
    if made.changed.get(check) is not State.FAIL:
        assert ORDER.index(after.decision) <= ORDER.index(before.decision)
        assert USERS.index(after.outside_users) <= USERS.index(before.outside_users)


@limits(max_examples=150, deadline=None)
@given(made=worlds_made, lost=st.sets(check_ids, max_size=6), answers=answers)
def test_losing_verdicts_never_makes_it_ready(made, lost, answers):
    less = made
    for check in lost:
        less = less.but(check, State.UNKNOWN)
    before, after = decided(made, answers), decided(less, answers)
    if before.decision is not Decision.READY:
        assert after.decision is not Decision.READY


def test_ready_can_be_reached_at_all():
    assert decided(Made({}, frozenset()), ()).decision is Decision.READY


@few
@given(made=worlds_made, answers=answers)
def test_no_number_of_passes_outvotes_a_fail_of_secrets_or_access(made, answers):
    for check in ("SEC-01", "AUTH-15", "ROLE-01", "AUTH-28"):
        bad = made.but(check, State.FAIL)
        verdict = decided(bad, answers)
        assert (verdict.decision, verdict.outside_users) == (Decision.NOT_READY, OutsideUsers.NO)


@few
@given(made=worlds_made)
def test_a_persons_word_on_access_never_lets_users_in(made):
    everything = made.results() | {"AUTH-15": result("AUTH-15", basis=Basis.ATTESTED, attested_by=("Ada",))}
    assert decided_of(everything.values(), ()).outside_users is not OutsideUsers.YES


# ------------------------------------------------------------------------------------------- evidence


def judged(slots, settings):
    return judge(run(slots, **_plain(settings)), CATALOGUE, tool_version="1.0")


def _plain(settings):
    return {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}


def limited(settings):
    return dataclasses.replace(settings, only=worlds.implemented)


@few
@given(
    slots=worlds.slots,
    lost=st.sets(st.sampled_from(sorted(worlds.GOOD))),
    settings=worlds.settings,
    data=st.data(),
)
def test_less_evidence_never_makes_a_bad_run_good(slots, lost, settings, data):
    less = dict(slots)
    for kind in sorted(lost):
        less[kind] = data.draw(st.sampled_from([_failed(kind), _partial(slots[kind]), None]))
    less = {kind: slot for kind, slot in less.items() if slot is not None}
    chosen = limited(settings)
    if exit_code(judged(slots, chosen)) != 0:
        assert exit_code(judged(less, chosen)) != 0
    for before, after in zip(judged(slots, chosen).checks, judged(less, chosen).checks, strict=True):
        if before.state in {State.FAIL, State.UNKNOWN}:
            assert after.state in {State.FAIL, State.UNKNOWN}


def _failed(kind):
    return Failed(kind=kind, cause=Cause.EDGE_WALL, reason="a wall", remedy=worlds.REMEDY)


def _partial(slot):
    if isinstance(slot, Failed):
        return slot
    return Partial(evidence=slot.evidence, cause=Cause.INTERRUPTED, reason="stopped", remedy=worlds.REMEDY)


def test_good_evidence_and_signed_accounts_make_a_limited_run_good():
    good = {kind: Collected(evidence=one) for kind, one in worlds.GOOD.items()}
    assert exit_code(judged(good, limited(JudgeSettings(attestations=(worlds.SIGNED,))))) == 0


@few
@given(slots=worlds.slots, settings=worlds.settings)
def test_waivers_change_no_verdict(slots, settings):
    every = tuple(
        Waiver(
            check=check,
            fingerprint="",
            person="Ada",
            reason="r",
            signed=worlds.LONG_AGO,
            expires=worlds.FAR_AHEAD,
        )
        for check in ROWS
    )
    without = judged(slots, dataclasses.replace(settings, waivers=()))
    with_all = judged(slots, dataclasses.replace(settings, waivers=every))
    for one, other in zip(without.checks, with_all.checks, strict=True):
        assert (one.state, one.basis, one.cause) == (other.state, other.basis, other.cause)
    if without.outside_users is not OutsideUsers.YES:
        assert with_all.outside_users is without.outside_users


@few
@given(slots=worlds.slots, settings=worlds.settings)
def test_every_report_holds_all_rows_of_the_catalogue(slots, settings):
    report = judged(slots, settings)
    assert [one.info.row.id for one in report.checks] == list(INFOS)
    assert len(report.checks) == 142
    assert sum(row.passed + row.failed + row.unknown + row.not_applicable for row in report.rows) == 142


@few
@given(slots=worlds.slots, settings=worlds.settings)
def test_a_verdict_says_why(slots, settings):
    for one in judged(slots, settings).checks:
        confirmed = [finding for finding in one.findings if not finding.disputed_by]
        if one.state is State.FAIL:
            assert confirmed
        if one.state is State.UNKNOWN:
            assert one.cause is not None
            assert one.reason
            assert one.remedy is not None
        if one.state is State.PASS:
            assert one.safe or one.attested_by or one.findings
            assert not one.open_items
            assert not confirmed


@limits(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slots=worlds.slots, settings=worlds.settings)
def test_the_reloaded_file_is_judged_as_the_run_was(tmp_path, slots, settings):
    direct = run(slots, **_plain(settings))
    start = RunStart(info=direct.info, tool="1.0", rules=1, collect=direct.collect, judge=direct.judge)
    with RunWriter.start(tmp_path, start) as writer:
        for slot in slots.values():
            writer.slot(slot)
        path = writer.finish(direct.info)
    assert judge(read_run(path), CATALOGUE, tool_version="1.0") == judge(
        direct, CATALOGUE, tool_version="1.0"
    )

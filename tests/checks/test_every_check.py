"""What holds for every check, in loops over the registry."""

import copy
import dataclasses
import inspect
from pathlib import Path

import pytest

from launchready import checks
from launchready.config.catalogue import load_catalogue
from launchready.model.evidence import Collected, Failed, Partial
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.report import State
from tests.checks.loops import BY_EVIDENCE, CHECKS, GOOD, half_built, slots, verdict

HELPED = {name: check for name, check in BY_EVIDENCE.items() if check.wants}
REMEDY = Remedy(input=Input.LARGER_BUDGET, sentence="Give it more time.")
every_check = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
every_check_with_help = pytest.mark.parametrize("check", HELPED.values(), ids=HELPED.keys())
every_check_of_evidence = pytest.mark.parametrize("check", BY_EVIDENCE.values(), ids=BY_EVIDENCE.keys())


def needed(check):
    """Kinds that keep the check from passing when they are missing."""
    return [
        kind for name, kind in check.evidence.items() if name not in check.wants or check.is_pieced_together
    ]


def empty(evidence):
    """The same kind of evidence with nothing in it."""
    return dataclasses.replace(
        evidence,
        **{
            field.name: () if isinstance(getattr(evidence, field.name), tuple) else 0
            for field in dataclasses.fields(evidence)
            if isinstance(getattr(evidence, field.name), tuple | int) and field.name != "complete"
        },
        **({"complete": False} if hasattr(evidence, "complete") else {}),
    )


def test_the_first_sixteen_are_there():
    assert len(CHECKS) >= 16


@every_check
def test_the_id_is_in_the_catalogue(check):
    assert check.id in {row.id for row in load_catalogue()}


@every_check
def test_the_file_lies_in_its_rows_package_and_is_named_after_the_check(check):
    path = Path(inspect.getfile(check.function))
    packages = {
        "AUTH": "auth", "ROLE": "role", "INP": "input", "SEC": "secret", "CORS": "cors", "MAIL": "mail",
        "DEP": "deployment", "LOG": "logs",
    }  # fmt: skip
    assert path.stem == check.function.__name__
    assert path.parent == Path(checks.__path__[0]) / packages[check.id.split("-")[0]]
    assert (inspect.getmodule(check.function).__doc__ or "").startswith(check.id)


@every_check
def test_there_is_a_test_file_named_after_it(check):
    assert (Path(__file__).parent / f"test_{check.function.__name__}.py").is_file()


@every_check
def test_its_texts_are_plain_sentences(check):
    for text in (check.title, check.why, check.how_to_fix, check.blind_spots):
        assert text.endswith(".")
        assert text[0].isupper()
        assert "  " not in text


@every_check_of_evidence
def test_it_passes_on_good_evidence_or_only_waits_for_what_is_not_built(check):
    result = verdict(check, slots(check))
    assert not result.findings
    assert result.safe
    if {item.cause for item in result.open_items} == {Cause.NOT_IMPLEMENTED}:
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOT_IMPLEMENTED)
        assert all("does not yet" in item.reason for item in result.open_items)
    else:
        assert result.state is State.PASS


def test_few_checks_wait_for_what_is_not_built():
    assert len(CHECKS) - len(half_built()) >= 20


@every_check_of_evidence
def test_nothing_tested_is_unknown(check):
    result = verdict(check, slots(check, lambda evidence: Collected(evidence=empty(evidence))))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOTHING_TESTED)


@every_check_of_evidence
def test_partial_evidence_never_passes(check):
    for partial in needed(check):
        mixed = slots(check)
        mixed[partial] = Partial(evidence=GOOD[partial], cause=Cause.BUDGET, reason="spent", remedy=REMEDY)
        result = verdict(check, mixed)
        assert (result.state, result.cause) == (State.UNKNOWN, Cause.BUDGET)


@every_check_of_evidence
def test_each_missing_or_failed_slot_is_unknown_with_its_own_reason(check):
    for missing in needed(check):
        others = {kind: slot for kind, slot in slots(check).items() if kind != missing}
        assert verdict(check, others).cause is Cause.MISSING
        failed = Failed(kind=missing, cause=Cause.EDGE_WALL, reason="a wall", remedy=REMEDY)
        result = verdict(check, {**others, missing: failed})
        assert (result.cause, result.reason, result.remedy) == (Cause.EDGE_WALL, "a wall", REMEDY)


@every_check_with_help
def test_what_helps_may_be_missing_failed_or_partial_and_never_breaks_it(check):
    whole = verdict(check, slots(check))
    for name, kind in check.evidence.items():
        if name in check.wants and not check.is_pieced_together:
            others = {other: slot for other, slot in slots(check).items() if other != kind}
            failed = Failed(kind=kind, cause=Cause.EDGE_WALL, reason="a wall", remedy=REMEDY)
            partial = Partial(evidence=GOOD[kind], cause=Cause.BUDGET, reason="spent", remedy=REMEDY)
            for held in (others, {**others, kind: failed}, {**others, kind: partial}):
                assert verdict(check, held).state is whole.state


@every_check_of_evidence
def test_judging_twice_gives_the_same_and_leaves_the_evidence_alone(check):
    given = slots(check)
    before = copy.deepcopy(given)
    assert verdict(check, given) == verdict(check, given)
    assert given == before

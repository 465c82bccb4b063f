"""Agora as it is, audited once in full: nothing fails, and what can be proved is.

One audit serves all statements, so they are parts of one test: workers of a parallel run share no fixture.
"""

import pytest

from launchready.model.outcome import Cause, Confidence
from launchready.model.report import AccessState, Decision, OutsideUsers, State
from tests.testbed.support import audited, by_id, failed, findings

# What an audit of Agora proves without anybody's help; the others wait for values or for a person
PROVED = (
    "AUTH-02",
    "AUTH-11",
    "AUTH-12",
    "AUTH-21",
    "AUTH-28",
    "AUTH-35",
    "ROLE-01",
    "ROLE-04",
    "SEC-13",
    "CORS-01",
)
# Subjects shown to be safe by each: fewer would mean that a collector looks at less than it did
LEAST_SAFE = {"AUTH-01": 100, "AUTH-15": 24, "AUTH-16": 20, "AUTH-21": 25, "ROLE-01": 15, "SEC-13": 100}


def no_check_fails(report):
    assert failed(report) == set(), findings(report)


def nothing_is_suspected(report):
    assert findings(report, Confidence.SUSPECTED) == []


def what_can_be_proved_passes(report):
    opened = {
        name: [item.reason for item in by_id(report)[name].open_items]
        for name in PROVED
        if by_id(report)[name].state is not State.PASS
    }
    assert opened == {}


def many_subjects_are_shown_safe(report):
    fewer = {
        name: by_id(report)[name].safe
        for name, least in LEAST_SAFE.items()
        if by_id(report)[name].safe < least
    }
    assert fewer == {}


def no_check_breaks(report):
    assert [check.info.row.id for check in report.checks if check.cause is Cause.CHECK_BUG] == []


def what_stays_open_says_why_and_what_would_help(report):
    opened = [item for check in report.checks if check.info.implemented for item in check.open_items]
    assert opened
    assert [item for item in opened if not item.reason or not item.remedy.sentence] == []


def nothing_is_promised_without_the_rest(report):
    """A repository, a domain and people's statements are missing."""
    assert report.decision is Decision.NOT_PROVEN
    assert report.outside_users is OutsideUsers.NOT_PROVEN


def nobody_leaks_in_the_matrix(report):
    cells = [(operation.id, cell) for operation in report.operations for cell in operation.cells]
    assert cells
    assert [(name, cell.principal) for name, cell in cells if cell.state is AccessState.LEAKS] == []


def accounts_are_all_that_stays(report):
    assert [thing for thing in report.run.leftovers if not thing.startswith("account ")] == []


def the_staff_passwords_are_nowhere(report):
    texts = [f"{one.request_body}{one.response_body}{one.request_headers}" for one in report.exchanges]
    assert texts
    assert [text for text in texts if "Lr7!" in text] == []


STATEMENTS = (
    no_check_fails,
    nothing_is_suspected,
    what_can_be_proved_passes,
    many_subjects_are_shown_safe,
    no_check_breaks,
    what_stays_open_says_why_and_what_would_help,
    nothing_is_promised_without_the_rest,
    nobody_leaks_in_the_matrix,
    accounts_are_all_that_stays,
    the_staff_passwords_are_nowhere,
)


def test_agora_holds(subtests: pytest.Subtests, tmp_path):
    report = audited(tmp_path)
    for statement in STATEMENTS:
        with subtests.test(statement.__name__.replace("_", " ")):
            statement(report)

"""SARIF as code hosts read it: places, kinds, fingerprints."""

import json

import pytest

from launchready.model.outcome import Confidence
from launchready.reporting import to_sarif


@pytest.fixture(scope="module")
def run(report):
    document = json.loads(to_sarif(report))
    assert document["version"] == "2.1.0"
    [one] = document["runs"]
    return one


def results_of(run, check):
    return [one for one in run["results"] if one["ruleId"] == check]


def test_every_finding_is_a_result_of_its_rule(run, report):
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} == {check.info.row.id for check in report.checks if check.findings}
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
    assert len(run["results"]) == sum(len(check.findings) for check in report.checks)


def test_a_finding_of_the_running_product_points_at_its_handlers_line(run):
    [one] = results_of(run, "AUTH-12")
    [place] = one["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "app/routers/messages.py"
    assert place["physicalLocation"]["region"] == {
        "startLine": 88, "snippet": {"text": "message = session.get(Message, id)"},
    }  # fmt: skip
    assert (one["kind"], one["level"]) == ("fail", "error")


def test_without_a_handler_the_operation_is_the_logical_place(run):
    [one] = results_of(run, "AUTH-15")
    assert one["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "PATCH /listings/{id} · Member B", "kind": "operation"}]}
    ]


def test_questions_are_no_errors_and_accepted_ones_are_suppressed(run, report):
    asked = {
        finding.fingerprint
        for check in report.checks
        for finding in check.findings
        if finding.confidence is Confidence.SUSPECTED
    }
    kinds = {
        one["partialFingerprints"]["launchready/v1"]: (one["kind"], one["level"]) for one in run["results"]
    }
    assert {kinds[mark] for mark in asked} == {("review", "none")}
    suppressed = [one["ruleId"] for one in run["results"] if "suppressions" in one]
    assert sorted(suppressed) == ["MAIL-03", "SEC-02"]


def test_text_is_plain_ascii_and_harmless(report):
    text = to_sarif(report)
    assert text.isascii()
    assert "\x1b" not in text

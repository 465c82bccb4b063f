import json
from dataclasses import asdict, fields, replace
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready.model.exchange import Intent
from launchready.model.outcome import Cause, Confidence, Input
from launchready.model.report import AccessState, Basis, Decision, State
from launchready.reporting import to_json
from launchready.reporting.json import to_document

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def schema():
    return json.loads(files("launchready.reporting").joinpath("report.schema.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def validator(schema):
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.Draft202012Validator(schema)


def test_published_schema_is_the_one_in_the_package(schema):
    assert json.loads((ROOT / "docs/report.schema.json").read_text("utf-8")) == schema


def test_every_report_follows_the_schema(validator, report, small, ready, empty):
    for each in (report, small, ready, empty):
        validator.validate(json.loads(to_json(each)))


def test_every_key_is_described_by_the_schema(schema, report):
    """The published schema lets unknown keys through; our own report has none."""
    closed = json.loads(json.dumps(schema))
    for part in (closed, closed["properties"]["tool"], *closed["$defs"].values()):
        if "properties" in part:
            part["unevaluatedProperties"] = False
    jsonschema_rs.Draft202012Validator(closed).validate(json.loads(to_json(report)))


@pytest.mark.parametrize(("name", "enum"), [("cause", Cause), ("input", Input)], ids=["cause", "input"])
def test_schema_lists_the_words_of_the_model(schema, name, enum):
    assert set(schema["$defs"][name]["enum"]) == {None, *(item.value for item in enum)}


def test_schema_knows_every_word_of_states(schema):
    check = schema["$defs"]["check"]["properties"]
    assert check["verdict"]["enum"] == [
        *map(str, (State.PASS, State.FAIL, State.NOT_APPLICABLE, State.UNKNOWN))
    ]
    assert check["basis"]["enum"] == [str(item) for item in Basis]
    assert set(schema["$defs"]["exchange"]["properties"]["intent"]["enum"]) == set(map(str, Intent))
    cell = schema["$defs"]["operation"]["properties"]["cells"]["additionalProperties"]["properties"]["state"]
    assert set(cell["enum"]) == set(map(str, AccessState))


def test_schema_refuses_what_is_wrong(validator, report):
    good = to_document(report)
    for broken in (
        {**good, "decision": "MAYBE"},
        {**good, "schema": 2},
        {**good, "checks": [{**good["checks"][0], "verdict": "0.7"}]},
        {key: value for key, value in good.items() if key != "gates"},
    ):
        assert not validator.is_valid(broken)


def test_contract_keys_are_there(report):
    document = json.loads(to_json(report))
    top = {"schema", "tool", "run", "decision", "outside_users", "gates", "red_flags", "rows", "checks"}
    assert set(document) >= {*top, "operations"}
    assert set(document["run"]) >= {
        "id",
        "started_at",
        "seconds",
        "requests",
        "profile",
        "target",
        "leftovers",
    }
    check = next(item for item in document["checks"] if item["id"] == "AUTH-12")
    assert set(check) >= {"id", "name", "row", "gate", "severity", "verdict", "basis", "cause", "reason",
                          "remedy", "findings"}  # fmt: skip
    [finding] = check["findings"]
    assert finding["confidence"] == "confirmed"
    assert finding["subject"] == {"kind": "operation", "method": "GET", "path": "/messages/{id}",
                                  "principal": "member_b", "object": "DirectMessage"}  # fmt: skip
    assert finding["location"] == {"path": "app/routers/messages.py", "line": 88, "commit": "", "where": "",
                                   "code": "message = session.get(Message, id)"}  # fmt: skip
    assert len(document["checks"]) == 142
    assert check["row"] == "AUTH"
    assert check["row"] in {row["id"] for row in document["rows"]}


def test_access_has_the_four_words_of_the_contract_and_cells_the_finer_ones(report):
    document = json.loads(to_json(report))
    words = {word for row in document["operations"] for word in row["access"].values()}
    assert words == {"allowed", "denied", "leaks", "unproven"}
    profile = next(row for row in document["operations"] if row["id"] == "GET /profiles/{id}")
    assert profile["access"]["member_b"] == "unproven"
    assert profile["cells"]["member_b"]["state"] == "suspected"


def test_file_findings_have_a_location(report):
    document = json.loads(to_json(report))
    [finding] = next(item for item in document["checks"] if item["id"] == "SEC-01")["findings"]
    assert finding["location"] == {
        "path": "backend/.env.production",
        "line": 14,
        "commit": "",
        "where": "tree",
        "code": "",
    }


def test_same_report_gives_same_bytes_whatever_the_order_inside(report):
    shuffled = replace(
        report,
        checks=tuple(replace(check, findings=check.findings[::-1]) for check in report.checks),
        operations=tuple(replace(item, cells=item.cells[::-1]) for item in report.operations),
    )
    assert to_json(report) == to_json(report)
    assert to_json(shuffled) == to_json(report)
    assert to_json(report).endswith("}\n")


def test_evidence_that_is_named_is_there(report):
    document = json.loads(to_json(report))
    held = {item["id"] for item in document["exchanges"]}
    known = {item.id for item in report.exchanges}
    named = {one for check in document["checks"] for item in check["findings"] for one in item["evidence"]}
    assert named & known <= held
    assert {"e1", "e2"} <= held


def test_uncited_exchanges_are_left_to_the_evidence_file(small):
    assert {item["id"] for item in to_document(small)["exchanges"]} < {item.id for item in small.exchanges}


def test_values_survive_and_nothing_raw_can_steer_a_terminal(report):
    text = to_json(report)
    assert not set(text) & {"\x1b", "\x9b", "\x7f", "\u202e", "\u2028"}
    messages = {item["message"] for check in json.loads(text)["checks"] for item in check["findings"]}
    assert messages == {item.message for check in report.checks for item in check.findings}


def test_a_finding_stands_beside_its_fix_and_the_command_that_tries_it_again(report):
    checks = [check for check in to_document(report)["checks"] if check["findings"]]
    assert checks
    for check in checks:
        assert check["fix"]
        for finding in check["findings"]:
            assert finding["recheck"] == f"launchready recheck {finding['fingerprint']}"


def test_any_text_gives_valid_utf8_and_the_same_value(small):
    @given(text=st.text(st.characters(exclude_categories=()), max_size=60))
    @settings(max_examples=60, deadline=None)
    def holds(text):
        written = to_json(replace(small, why=text)).encode()
        assert json.loads(written)["why"] == text.encode("utf-8", "replace").decode()
        assert b"\x1b" not in written

    holds()


def test_every_field_of_the_report_reaches_the_document(report):
    """A field that is added to the model and forgotten here would be missed by readers."""
    renamed = {"tool_version": "tool", "rules": "tool", "flags": "red_flags", "next_command": "next"}
    document = to_document(report)
    assert {renamed.get(item.name, item.name) for item in fields(report)} <= set(document)
    assert asdict(report.run).keys() == document["run"].keys()


def test_confidence_and_decision_are_the_contract_words():
    assert {str(item) for item in Confidence} == {"confirmed", "suspected"}
    assert {str(item) for item in Decision} == {"READY", "NOT_READY", "NOT_PROVEN"}

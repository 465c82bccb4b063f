from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from launchready.model.evidence import (
    EVIDENCE_KINDS,
    AccessMatrix,
    Collected,
    Failed,
    MailRecords,
    Partial,
    ResponseCredentials,
    SourceReview,
    SpfRecord,
    Surface,
)
from launchready.model.exchange import Exchange
from launchready.model.operation import (
    BodyForm,
    Channel,
    Consumes,
    GraphQlField,
    Guard,
    HttpOperation,
    Parameter,
    Place,
    ReplyForm,
)
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.report import RunInfo
from launchready.model.run import UndoEntry
from launchready.model.settings import CollectSettings, JudgeSettings
from launchready.model.source import SourceRoute
from launchready.storage.codec import (
    dump_line,
    evidence_from_json,
    evidence_to_json,
    from_json,
    load_line,
    slot_from_json,
    slot_to_json,
    to_json,
)
from launchready.storage.errors import EvidenceDamaged, EvidenceTooNew

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
schemas = st.dictionaries(st.text(max_size=4), json_values, max_size=2)
text = st.text(max_size=4)
parameters = st.builds(
    Parameter,
    name=text,
    place=st.sampled_from(Place),
    required=st.booleans(),
    schema=schemas,
    example=json_values,
)
bodies = st.builds(BodyForm, media_type=text, schema=schemas, required=st.booleans(), example=json_values)
routes = st.builds(SourceRoute, parameters=st.tuples(parameters), bodies=st.tuples(bodies))
operations = st.one_of(
    st.builds(
        HttpOperation,
        id=text,
        method=text,
        path=text,
        parameters=st.tuples(parameters),
        bodies=st.tuples(bodies),
        replies=st.tuples(st.builds(ReplyForm, status=text, media_type=text, schema=schemas)),
        guard=st.sampled_from(Guard),
        consumes=st.tuples(st.builds(Consumes, object_type=text, place=st.sampled_from(Place), name=text)),
    ),
    st.builds(GraphQlField, id=text, kind=text, field=text, endpoint=text),
    st.builds(Channel, id=text, path=text, protocol=text),
)
small = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def there_and_back(kind, value):
    return from_json(kind, load_line(dump_line(to_json(value))))


@pytest.mark.parametrize("kind", EVIDENCE_KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_evidence_round_trips(kind):
    @small
    @given(evidence=from_type(kind))
    def check(evidence):
        line = dump_line(evidence_to_json(evidence))
        assert evidence_from_json(load_line(line)) == evidence

    check()


@pytest.mark.parametrize(
    "kind", [Exchange, CollectSettings, JudgeSettings, RunInfo, UndoEntry], ids=lambda kind: kind.__name__
)
def test_every_other_part_round_trips(kind):
    @small
    @given(value=from_type(kind))
    def check(value):
        assert there_and_back(kind, value) == value

    check()


FORCED = {
    Surface: {"operations": st.lists(operations, max_size=2).map(tuple)},
    SourceReview: {"routes": st.lists(routes, max_size=2).map(tuple)},
}


def from_type(kind):
    """Values of a dataclass with finite numbers."""
    forced = FORCED.get(kind, {})
    return st.builds(kind, **forced).filter(
        lambda value: "nan" not in repr(value) and "inf" not in repr(value)
    )


REMEDY = Remedy(input=Input.DOMAIN, sentence="x")
SEEN = ResponseCredentials(responses=1, operations=(), hits=())


@pytest.mark.parametrize(
    "slot",
    [
        Collected(evidence=SEEN),
        Partial(evidence=SEEN, cause=Cause.BUDGET, reason="spent", remedy=REMEDY),
        Failed(kind="Surface", cause=Cause.MISSING, reason="none", remedy=REMEDY),
    ],
    ids=lambda slot: type(slot).__name__,
)
def test_every_slot_round_trips(slot):
    assert slot_from_json(load_line(dump_line(slot_to_json(slot)))) == slot


def test_a_text_that_is_no_unicode_is_kept_with_a_question_mark():
    record = SpfRecord(
        domain="a\ud800b", records=(), lookups=0, voids=0, all_qualifier="-", errors=(), warnings=()
    )
    line = dump_line(evidence_to_json(MailRecords(spf=(record,))))
    assert evidence_from_json(load_line(line)).spf[0].domain == "a?b"


def test_a_newer_version_is_refused():
    document = evidence_to_json(SEEN)
    with pytest.raises(EvidenceTooNew, match="Update launchready"):
        evidence_from_json({**document, "version": ResponseCredentials.version + 1})


def test_an_unknown_kind_is_refused_as_newer():
    with pytest.raises(EvidenceTooNew, match="FutureThing"):
        evidence_from_json({"kind": "FutureThing", "version": 1, "data": {}})


def test_an_older_version_is_migrated_step_by_step():
    document = evidence_to_json(SEEN)
    old = {**document, "version": 0, "data": {**document["data"], "responses": None, "seen": 1}}
    migrations = {("ResponseCredentials", 0): lambda data: {**data, "responses": data["seen"]}}
    assert evidence_from_json(old, migrations) == SEEN


def test_an_older_version_without_a_migration_is_not_guessed_at():
    with pytest.raises(EvidenceDamaged, match="Run the audit again"):
        evidence_from_json({**evidence_to_json(SEEN), "version": 0})


@pytest.mark.parametrize("document", [None, [], {}, {"kind": 1}, {"kind": "AccessMatrix", "version": "1"}])
def test_what_is_no_evidence_is_damaged(document):
    with pytest.raises(EvidenceDamaged):
        evidence_from_json(document)


def test_a_wrong_value_is_named_by_its_place():
    document = evidence_to_json(AccessMatrix(reads=()))
    with pytest.raises(EvidenceDamaged, match="AccessMatrix reads"):
        evidence_from_json({**document, "data": {"reads": 5}})


def test_a_date_that_could_not_be_read_round_trips():
    settings_ = from_json(JudgeSettings, {"attestations": [
        {"check": "SEC-11", "subject": "", "person": "p", "statement": "s", "signed": "0001-01-01",
         "expires": "0001-01-01"}]})  # fmt: skip
    assert settings_.attestations[0].expires == date.min
    assert there_and_back(JudgeSettings, settings_) == settings_

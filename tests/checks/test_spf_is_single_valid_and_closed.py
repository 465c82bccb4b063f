import pytest

from launchready.model.evidence import MailRecords, SpfRecord
from launchready.model.outcome import Cause
from launchready.model.report import State
from tests.checks.facts import gap, judged


def spf(*records, **more):
    facts = {"lookups": 1, "voids": 0, "all_qualifier": "-", "errors": (), "warnings": ()} | more
    return SpfRecord(domain="shop.example", records=records or ("v=spf1 include:mail.example -all",), **facts)


def verdict(*records, gaps=()):
    return judged("MAIL-01", MailRecords(spf=records, gaps=gaps))


@pytest.mark.parametrize("qualifier", ["-", "~", "-all", "~all"])
def test_one_valid_closed_record_passes(qualifier):
    assert verdict(spf(all_qualifier=qualifier)).state is State.PASS


def test_the_limits_themselves_are_allowed():
    assert verdict(spf(lookups=10, voids=2)).state is State.PASS


def test_a_redirect_may_stand_in_place_of_all():
    assert verdict(spf("v=spf1 redirect=_spf.mail.example", all_qualifier="")).state is State.PASS


NONE = SpfRecord(
    domain="shop.example", records=(), lookups=0, voids=0, all_qualifier="", errors=("none",), warnings=()
)


@pytest.mark.parametrize(
    ("record", "variant"),
    [
        (NONE, "no record"),
        (spf("v=spf1 -all", "v=spf1 ~all"), "several records"),
        (spf(lookups=11, errors=("too many",)), "too many look-ups"),
        (spf(voids=3), "too many void look-ups"),
        (spf(errors=("include loop",)), "invalid"),
        (spf("v=spf1 +all", all_qualifier="+"), "open to all"),
        (spf("v=spf1 ip4:0.0.0.0/0 -all"), "open to all"),
        (spf("v=spf1 a ?all", all_qualifier="?"), "open end"),
        (spf("v=spf1 a", all_qualifier=""), "open end"),
    ],
)
def test_each_way_to_be_wrong_is_one_finding(record, variant):
    result = verdict(record)
    assert result.state is State.FAIL
    assert [finding.variant for finding in result.findings] == [variant]


def test_dns_that_does_not_answer_is_no_missing_record():
    silent = SpfRecord(
        domain="shop.example", records=(), lookups=0, voids=0, all_qualifier="", errors=(), warnings=(),
        problem="timeout",
    )  # fmt: skip
    assert verdict(silent).cause is Cause.TARGET_FAILED


def test_no_domain_and_a_gap_are_no_pass():
    assert verdict().cause is Cause.NOTHING_TESTED
    assert verdict(spf(), gaps=(gap(),)).state is State.UNKNOWN

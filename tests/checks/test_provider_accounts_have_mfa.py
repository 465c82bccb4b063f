from datetime import date, timedelta

import pytest

from launchready.checks.secret.provider_accounts_have_mfa import USUAL_ACCOUNTS
from launchready.model.outcome import Cause
from launchready.model.report import Basis, State
from launchready.model.settings import JudgeSettings
from launchready.model.statement import Attestation
from tests.checks.facts import DAY, judged


def signed(subject="github", days_ago=1, **more):
    facts = {
        "person": "Ada",
        "statement": "MFA is on",
        "signed": DAY - timedelta(days=days_ago),
        "expires": DAY + timedelta(days=300),
    } | more
    return Attestation(check="SEC-11", subject=subject, **facts)


def verdict(*attestations, accounts=("github",)):
    return judged("SEC-11", settings=JudgeSettings(mfa_accounts=accounts, attestations=attestations))


def test_every_account_signed_for_passes_as_attested():
    result = verdict(signed(), signed("Stripe"), accounts=("GitHub", "stripe"))
    assert (result.state, result.basis) == (State.PASS, Basis.ATTESTED)
    assert result.attested_by[0].startswith("Ada, ")


def test_unsigned_accounts_are_unknown_one_by_one():
    result = verdict(signed(), accounts=("github", "stripe"))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NOT_ATTESTED)
    assert [item.subject.name for item in result.open_items] == ["stripe"]


def test_without_a_list_the_usual_accounts_are_asked_for():
    assert {item.subject.name for item in verdict(accounts=()).open_items} == set(USUAL_ACCOUNTS)


@pytest.mark.parametrize(
    "statement",
    [
        signed(days_ago=91),
        signed(expires=DAY - timedelta(days=1)),
        signed(expires=date.min),
        signed(days_ago=-1),
        signed(person=" "),
        signed(statement=""),
    ],
    ids=["old", "expired", "unreadable date", "of tomorrow", "nobody", "nothing said"],
)
def test_a_statement_that_is_not_in_force_closes_nothing(statement):
    assert verdict(statement).cause is Cause.ATTESTATION_EXPIRED


def test_a_statement_of_exactly_ninety_days_counts():
    assert verdict(signed(days_ago=90, expires=DAY)).state is State.PASS


def test_one_statement_for_the_whole_check_closes_all_of_it():
    assert verdict(signed(""), accounts=()).state is State.PASS

"""SEC-11."""

from collections.abc import Iterator

from launchready.checks.registration import check
from launchready.model.outcome import Cause, Input, Outcome, Remedy, Unproven
from launchready.model.settings import JudgeSettings
from launchready.model.subject import PersonSubject

# What a product of this kind stands on; a team names its own under mfa_accounts
USUAL_ACCOUNTS = ("hosting", "DNS", "code host", "mail", "database", "registrar", "payments", "edge")


@check("SEC-11", attested_for_days=90)
def provider_accounts_have_mfa(settings: JudgeSettings) -> Iterator[Outcome]:
    """Every provider account is protected by a second factor, and a person says so.

    Why: Whoever takes over the hosting, domain or mail account takes over the product, however well its
    code is written.

    How to fix: Turn on a second factor for every account, keep the recovery codes in a safe place, end
    shared logins, and sign for each account.

    What this cannot see: Anything at the providers: it rests on a named person's word of the last 90 days.
    """
    for account in settings.mfa_accounts or USUAL_ACCOUNTS:
        yield Unproven(
            subject=PersonSubject(name=account),
            cause=Cause.NOT_ATTESTED,
            reason=f"nobody has signed in the last 90 days that the {account} account has a second factor",
            remedy=Remedy(
                input=Input.ATTESTATION,
                sentence="Sign for each account in launchready.toml: [[attestations]] with check SEC-11.",
            ),
        )

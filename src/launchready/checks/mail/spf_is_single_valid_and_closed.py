"""MAIL-01."""

from collections.abc import Iterator

from launchready.checks.outcomes import gap_outcomes
from launchready.checks.registration import check
from launchready.model.evidence import MailRecords, SpfRecord
from launchready.model.outcome import Cause, Input, Outcome, Remedy, Safe, Unproven, Violation
from launchready.model.subject import DnsSubject

IMPACT = "Mail of the product lands in spam or is lost, or strangers can send in its name."
MOST_LOOKUPS = 10  # RFC 7208 section 4.6.4
MOST_VOIDS = 2  # RFC 7208 section 4.6.4
EVERYBODY = ("ip4:0.0.0.0/0", "ip6:::/0", "ip6:0::/0")


@check("MAIL-01")
def spf_is_single_valid_and_closed(mail: MailRecords) -> Iterator[Outcome]:
    """Every sending domain has one valid SPF record that ends closed.

    Why: Receivers drop or mark mail of a domain whose SPF record (RFC 7208) is missing, doubled, too costly
    to evaluate, or lets everybody send.

    How to fix: Keep one TXT record that starts with v=spf1, names only the providers in use, needs at most
    10 look-ups, and ends in ~all or -all.

    What this cannot see: Whether the providers in the record are those that send, and domains that nobody
    named.
    """
    for record in mail.spf:
        yield from _outcomes(record)
    yield from gap_outcomes(mail.gaps)


def _outcomes(record: SpfRecord) -> Iterator[Outcome]:
    subject = DnsSubject(name=record.domain, record="TXT")
    if record.problem:
        yield Unproven(
            subject=subject,
            cause=Cause.TARGET_FAILED,
            reason=f"DNS gave no answer for {record.domain}: {record.problem}",
            remedy=Remedy(input=Input.DOMAIN, sentence="Run the audit where the domain's DNS can be asked."),
        )
        return
    wrong = list(_wrong(record))
    for variant, message in wrong:
        yield Violation(
            subject=subject, variant=variant, message=message, impact=IMPACT, evidence=record.records
        )
    if not wrong:
        yield Safe(subject=subject, evidence=record.records)


def _wrong(record: SpfRecord) -> Iterator[tuple[str, str]]:
    domain = record.domain
    if not record.records:
        yield "no record", f"{domain} has no SPF record"
        return
    if len(record.records) > 1:
        yield (
            "several records",
            f"{domain} has {len(record.records)} SPF records, so receivers use none of them",
        )
        return
    limits = list(_over_the_limits(record))
    yield from limits
    if record.errors and not limits:
        yield "invalid", f"the SPF record of {domain} is invalid: {record.errors[0]}"
        return
    text = record.records[0].lower()
    qualifier = record.all_qualifier.removesuffix("all")
    if qualifier == "+" or any(network in text for network in EVERYBODY):
        yield "open to all", f"the SPF record of {domain} lets every server send in its name"
    elif qualifier not in {"~", "-"} and "redirect=" not in text and not record.errors:
        yield "open end", f"the SPF record of {domain} does not end in ~all or -all"


def _over_the_limits(record: SpfRecord) -> Iterator[tuple[str, str]]:
    domain = record.domain
    if record.lookups > MOST_LOOKUPS:
        yield (
            "too many look-ups",
            f"the SPF record of {domain} needs {record.lookups} look-ups, 10 are allowed",
        )
    if record.voids > MOST_VOIDS:
        yield (
            "too many void look-ups",
            f"the SPF record of {domain} has {record.voids} void look-ups, 2 are allowed",
        )

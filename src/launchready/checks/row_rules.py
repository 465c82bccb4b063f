"""Tables that clients reach through the data store's own API, and the row rules that stand before them."""

from collections.abc import Iterator

from launchready.checks.source_outcomes import name_mark, subject_of
from launchready.model.outcome import (
    Cause,
    Confidence,
    Input,
    Outcome,
    Probed,
    Remedy,
    Safe,
    Unproven,
    Violation,
)
from launchready.model.source import CodePlace, DataTable, RowPolicy
from launchready.model.subject import FileSubject

IMPACT = "Every member, or anybody with the key that all browsers have, reads or changes everybody's rows."
OWNERS = frozenset({
    "user_id", "userid", "owner_id", "ownerid", "owner", "author_id", "authorid", "profile_id", "member_id",
    "account_id", "created_by", "creator_id", "customer_id", "uid", "user_uuid", "user", "seller_id", "buyer_id",
    "sender_id", "recipient_id", "tenant_id", "org_id", "organization_id", "team_id", "workspace_id", "email",
})  # fmt: skip
_SERVICE = frozenset({"service_role", "supabase_admin", "postgres", "supabase_auth_admin"})
SHOW = Remedy(
    input=Input.REPOSITORY,
    sentence="Put the migrations into the repository (supabase db pull), so that the row rules can be read.",
)


def table_outcomes(table: DataTable) -> Iterator[Outcome]:
    """Whether row level security is on, and whether a rule lets everybody through to rows that have owners."""
    place = table.place or (table.used[0] if table.used else None)
    if table.secured is None:
        yield Unproven(
            subject=_subject(table, place),
            cause=Cause.NEEDS_INPUT,
            reason=f"no migration tells whether row level security is on for table {table.name}",
            remedy=SHOW,
        )
    elif not table.secured:
        yield _unsecured(table, place)
    else:
        yield from _policies(table, place)


def _subject(table: DataTable, place: CodePlace | None) -> FileSubject:
    """The table by its name, wherever migrations and uses of it move."""
    if place is None:
        return FileSubject(path=".", mark=f"table {table.name}")
    return FileSubject(path=place.path, line=place.line, mark=name_mark(place, "table", table.name))


def _unsecured(table: DataTable, place: CodePlace | None) -> Violation:
    used = table.used[0] if table.used else None
    how = f"code of clients uses it at {used}" if used else "the store's API serves every table of its schema"
    question = "" if used else f"Is table {table.name} kept from the store's public API in another way?"
    return Violation(
        subject=_subject(table, place),
        variant="row level security off",
        message=f"Row level security is off for table {table.name} ({place}), and {how}",
        impact=IMPACT,
        confidence=Confidence.CONFIRMED if used else Confidence.SUSPECTED,
        evidence=tuple(str(one) for one in (place, used) if one),
        question=question,
        place=place,
        probed=Probed.NOT_PROBED,
        fix=f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY; then a policy for each command.",
    )


def _policies(table: DataTable, place: CodePlace | None) -> Iterator[Outcome]:
    open_to_all = [one for one in table.policies if _lets_all_through(one)]
    if not open_to_all:
        yield Safe(subject=_subject(table, place), evidence=(str(place),) if place else ())
    for policy in open_to_all:
        if table.columns and not OWNERS & {name.lower() for name in table.columns}:
            yield Safe(subject=subject_of(policy.place, policy.name), evidence=(str(policy.place),))
        else:
            yield _open_policy(table, policy)


def _lets_all_through(policy: RowPolicy) -> bool:
    """A rule that is always true; restrictive ones only narrow what others allow (CREATE POLICY, PostgreSQL)."""
    if not policy.permissive or (policy.roles and _SERVICE.issuperset(one.lower() for one in policy.roles)):
        return False
    return any(text.strip().strip("() ").lower() == "true" for text in (policy.using, policy.check))


def _open_policy(table: DataTable, policy: RowPolicy) -> Violation:
    whom = "everybody" if policy.for_everyone else "every member"
    verb = "read" if policy.command.upper() == "SELECT" else "read or change"
    owners = "its rows have owners" if table.columns else "its columns could not be read"
    return Violation(
        subject=subject_of(policy.place, policy.name),
        variant="policy for all rows",
        message=f'Policy "{policy.name}" lets {whom} {verb} every row of {table.name} ({policy.place}); {owners}',
        impact=IMPACT,
        confidence=Confidence.SUSPECTED,
        evidence=(str(policy.place),),
        question=f"May {whom} {verb} every row of {table.name}?",
        place=policy.place,
        probed=Probed.NOT_PROBED,
        fix="Put the owner into the condition, e.g. USING (auth.uid() = user_id).",
    )

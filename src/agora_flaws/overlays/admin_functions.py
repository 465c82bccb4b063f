"""ROLE-01: functions of administrators and moderators, open to every member."""

from agora.policies import Permission
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "admin-members-open",
    checks=("ROLE-01",),
    sentence="GET /admin/members and /admin/members/{member_id} answer every member.",
    variant="administrators' list",
)
def admin_members_open(bench: Workbench) -> None:
    """Grant the reading of members."""
    bench.open_function(Permission.READ_MEMBERS)


@flaw(
    "set-role-open",
    checks=("ROLE-01",),
    sentence="Every member can give anybody any role.",
    variant="administrators' action on a member",
)
def set_role_open(bench: Workbench) -> None:
    """Grant the setting of roles."""
    bench.open_function(Permission.SET_ROLES)


@flaw(
    "site-settings-open",
    checks=("ROLE-01",),
    sentence="Every member can change the settings of the whole site.",
    variant="administrators' action on the site",
)
def site_settings_open(bench: Workbench) -> None:
    """Grant the changing of site settings."""
    bench.open_function(Permission.CHANGE_SITE_SETTINGS)


@flaw(
    "audit-log-open",
    checks=("ROLE-01",),
    sentence="Every member can read the audit trail.",
    variant="administrators' record",
)
def audit_log_open(bench: Workbench) -> None:
    """Grant the reading of the audit trail."""
    bench.open_function(Permission.READ_AUDIT_LOG)


@flaw(
    "report-queue-open",
    checks=("ROLE-01",),
    sentence="Every member can read the queue of reports that moderators work on.",
    variant="moderators' list",
)
def report_queue_open(bench: Workbench) -> None:
    """Grant the reading of reports."""
    bench.open_function(Permission.READ_REPORTS)

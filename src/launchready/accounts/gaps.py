"""Why nobody could be signed in, each in one sentence with the next step."""

from launchready.accounts.feedback import Refusal, RefusalKind
from launchready.config.errors import ConfigError
from launchready.door.budget import BudgetSpent, TargetSilent
from launchready.door.permit import PermitRefused
from launchready.model.evidence import Gap
from launchready.model.outcome import Cause, Input, Remedy

_INPUTS = {
    "member_a": Input.MEMBER_LOGIN,
    "member_b": Input.SECOND_MEMBER_LOGIN,
    "moderator": Input.MODERATOR_LOGIN,
    "admin": Input.ADMIN_LOGIN,
}
_REASONS = {
    RefusalKind.CAPTCHA: "sign-up asks for a captcha",
    RefusalKind.INVITE: "sign-up takes an invitation code",
    RefusalKind.CLOSED: "sign-up is closed",
    RefusalKind.PHONE: "sign-up asks for a code sent to a telephone",
    RefusalKind.SSO: "login is by a single sign-on provider only",
    RefusalKind.CONFIRM_MAIL: "a mail must be confirmed before the account works",
    RefusalKind.CSRF: "the target asks for an anti-forgery token that was not found",
    RefusalKind.NOT_FOUND: "the sign-up that the description names is not there",
    RefusalKind.DENIED: "sign-up is refused to strangers",
}
_HELPS = {
    RefusalKind.CAPTCHA: "Switch the captcha to its provider's test keys on staging, or",
    RefusalKind.CLOSED: "Open sign-up on staging, or",
}


def input_for(principal: str) -> Input:
    """The input that supplies the login of a principal."""
    return _INPUTS.get(principal, Input.MEMBER_LOGIN)


def login_remedy(principal: str, before: str = "") -> Remedy:
    """Paste a login: the next step that always works."""
    start = f"{before} log in" if before else "Log in"
    return Remedy(
        input=input_for(principal),
        sentence=f"{start} in your browser with a test account and run: launchready login {principal}",
    )


def sign_up_gap(principal: str, refusal: Refusal, operation: str = "", mailbox: str = "") -> Gap:
    """Why a sign-up or the login after it failed, in a sentence."""
    cause, remedy = Cause.NEEDS_INPUT, login_remedy(principal, _HELPS.get(refusal.kind, ""))
    quoted = f' ("{refusal.quote}")' if refusal.quote else ""
    reason = _REASONS.get(refusal.kind, "") + quoted
    match refusal.kind:
        case RefusalKind.CONFIRM_MAIL if mailbox:
            reason = f"{reason}; no usable mail came to {mailbox}"
        case RefusalKind.CONFIRM_MAIL:
            remedy = login_remedy(
                principal,
                "Point the target's mail at Mailpit on port 8025 (or set mail.sink and use that as "
                "its mail server), or",
            )
        case RefusalKind.LIMITED:
            cause, reason = Cause.LIMITED, f"sign-up is limited, also after waiting{quoted}"
        case RefusalKind.BROKEN:
            cause, reason = Cause.TARGET_FAILED, f"sign-up fails with status {refusal.status}{quoted}"
            remedy = Remedy(
                input=Input.HEALTHY_TARGET, sentence="Mend the sign-up (see the target's log) and run again."
            )
        case RefusalKind.EDGE_WALL:
            cause, reason = Cause.EDGE_WALL, "a wall in front of the target answered instead of the sign-up"
            remedy = Remedy(
                input=Input.EDGE_BYPASS,
                sentence="Give the header that passes the wall in front of the target: [target.headers].",
            )
        case RefusalKind.NO_ANSWER:
            cause, reason = Cause.TARGET_FAILED, "the target did not answer the sign-up"
            remedy = Remedy(input=Input.HEALTHY_TARGET, sentence="See that the target is up and run again.")
        case RefusalKind.INVALID | RefusalKind.EXISTS:
            reason = f"sign-up refuses what was filled in (status {refusal.status}){quoted}"
    return Gap(
        what=f"sign in as {principal}",
        cause=cause,
        reason=reason,
        remedy=remedy,
        operation=operation,
        principal=principal,
    )


def no_sign_up_gap(principal: str, *, has_login: bool) -> Gap:
    """No sign-up was found at all."""
    reason = (
        "the description has a login but no sign-up"
        if has_login
        else "no sign-up was found in the description"
    )
    return Gap(
        what=f"sign in as {principal}",
        cause=Cause.NEEDS_INPUT,
        reason=reason,
        remedy=login_remedy(principal),
        principal=principal,
    )


def not_accepted_gap(principal: str, operation: str, reason: str) -> Gap:
    """A login worked, yet no way of sending its credential was accepted."""
    return Gap(
        what=f"confirm the session of {principal}",
        cause=Cause.NO_CONTROL,
        reason=reason,
        remedy=login_remedy(principal),
        operation=operation,
        principal=principal,
    )


def lost_gap(principal: str) -> Gap:
    """A session ended and could not be had again."""
    return Gap(
        what=f"keep {principal} signed in",
        cause=Cause.SESSION_LOST,
        reason="the session ended during the run and logging in again failed",
        remedy=Remedy(
            input=input_for(principal),
            sentence=f"Run again; if it stays so, give a longer-lived login: launchready login {principal}",
        ),
        principal=principal,
    )


def not_permitted_gap(principal: str, error: PermitRefused) -> Gap:
    """Nothing may be written to the target."""
    return Gap(
        what=f"sign in as {principal}",
        cause=Cause.NOT_PERMITTED,
        reason=error.reason,
        remedy=Remedy(input=Input.PERMISSION, sentence=error.remedy),
        principal=principal,
    )


def budget_gap(principal: str, error: BudgetSpent) -> Gap:
    """The run's budget was spent before, or the target fell silent."""
    if isinstance(error, TargetSilent):
        return Gap(
            what=f"sign in as {principal}",
            cause=Cause.TARGET_FAILED,
            reason=str(error),
            remedy=Remedy(input=Input.HEALTHY_TARGET, sentence="See that the target is up and run again."),
            principal=principal,
        )
    return Gap(
        what=f"sign in as {principal}",
        cause=Cause.BUDGET,
        reason=str(error),
        remedy=Remedy(input=Input.LARGER_BUDGET, sentence="Raise it under [budget] in launchready.toml."),
        principal=principal,
    )


def config_gap(principal: str, error: ConfigError) -> Gap:
    """A secret that the settings name could not be had."""
    remedy = login_remedy(principal)
    return Gap(
        what=f"sign in as {principal}",
        cause=Cause.NEEDS_INPUT,
        reason=str(error),
        remedy=Remedy(input=remedy.input, sentence=error.hint or remedy.sentence),
        principal=principal,
    )


def given_login_gap(principal: str, reason: str) -> Gap:
    """A login that was given cannot be used."""
    return Gap(
        what=f"sign in as {principal}",
        cause=Cause.NEEDS_INPUT,
        reason=reason,
        remedy=login_remedy(principal),
        principal=principal,
    )

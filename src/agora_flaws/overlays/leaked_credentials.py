"""SEC-13: credentials in responses. Whatever looks like a secret is made at run time."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.requests import Request

from agora.dependencies import Address, Db, Own, Parts
from agora.models import Member, TokenPurpose
from agora.policies import Action
from agora.routers.accounts import new_mail_token
from agora.routers.members import settings_of
from agora.schemas.identity import MemberView, ResetRequest, SettingsView
from agora_flaws.registry import flaw
from agora_flaws.workbench import Workbench


@flaw(
    "password-hash-in-member",
    checks=("SEC-13",),
    sentence="GET /members/me returns the whole row, with the hash of the password.",
    variant="password hash",
)
def password_hash_in_member(bench: Workbench) -> None:
    """Replace ``GET /members/me``."""

    def read_me(records: Own) -> dict[str, Any]:
        member = records.get(Member, Action.READ, records.me.id)
        shown = MemberView.model_validate(member).model_dump()
        return {**shown, "password_hash": member.password_hash}

    bench.replace("read_me", read_me)


@flaw(
    "reset-token-in-response",
    checks=("SEC-13",),
    sentence="Asking for a new password returns the token that belongs in the mail.",
    variant="one-time token",
)
def reset_token_in_response(bench: Workbench) -> None:
    """Replace ``POST /auth/password-reset``."""

    def request_password_reset(body: ResetRequest, db: Db, parts: Parts, address: Address) -> dict[str, str]:
        parts.limiter.spend(parts.settings.limit_password_reset, "reset", address)
        member = db.scalars(select(Member).where(Member.email == body.email)).one_or_none()
        answer = {"message": "If everything is in order, we have sent you a mail."}
        if member is None:
            return answer
        life = timedelta(hours=1)
        token = new_mail_token(db, member.id, TokenPurpose.RESET_PASSWORD, life)
        return {**answer, "reset_token": token}

    bench.replace("request_password_reset", request_password_reset)


@flaw(
    "api-key-in-settings",
    checks=("SEC-13",),
    sentence="The settings carry the secret key of the payment provider.",
    variant="key of a provider",
)
def api_key_in_settings(bench: Workbench) -> None:
    """Replace ``GET /members/me/settings``."""
    key = "_".join(("sk", "live", secrets.token_hex(24)))

    def read_my_settings(records: Own) -> dict[str, Any]:
        found = settings_of(records, records.me.id, Action.READ)
        return {**SettingsView.model_validate(found).model_dump(), "payment_api_key": key}

    bench.replace("read_my_settings", read_my_settings)


@flaw(
    "database-url-in-error",
    checks=("SEC-13",),
    sentence="Every 404 tells the address of the database with its password.",
    variant="connection string in an error",
)
def database_url_in_error(bench: Workbench) -> None:
    """Put another handler in front of refusals."""
    url = "".join(("postgres", "ql://agora:", secrets.token_urlsafe(15), "@db.internal/agora"))

    def install(app: FastAPI) -> None:
        proper = app.exception_handlers[HTTPException]

        async def refused(request: Request, error: Exception) -> Any:
            if not isinstance(error, HTTPException) or error.status_code != HTTPStatus.NOT_FOUND:
                return await proper(request, error)  # type: ignore[misc]
            message = {"code": "not_found", "message": "Not found."}
            debug = {"database_url": url, "path": request.url.path}
            return JSONResponse({"error": message, "debug": debug}, status_code=404)

        app.add_exception_handler(HTTPException, refused)

    bench.edit("errors", install)

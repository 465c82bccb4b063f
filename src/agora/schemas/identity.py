"""Bodies of sign-up, login and the member's own account."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator, EmailStr, Field, SecretStr

from agora.schemas.base import Body, Changes, Text, View, change, change_text, text


def _lower(value: str) -> str:
    return value.lower()


Email = Annotated[EmailStr, AfterValidator(_lower), Field(max_length=254)]
Handle = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,29}$", examples=["ada_l"])]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=128)]
GivenPassword = Annotated[SecretStr, Field(min_length=1, max_length=128)]
PublicHandle = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{2,29}$", examples=["ada_l"])]
Token = Annotated[str, Field(min_length=10, max_length=200)]


class SignUp(Body):
    """A new account."""

    email: Email = Field(examples=["ada@example.com"])
    password: NewPassword = Field(description="At least 10 characters.")
    handle: Handle
    display_name: Text = text(80, "Ada")


class Accepted(View):
    """The same answer whether or not the address is known."""

    message: str = Field(examples=["If everything is in order, we have sent you a mail."])


class LogIn(Body):
    """Credentials."""

    email: Email = Field(examples=["ada@example.com"])
    password: GivenPassword


class Refresh(Body):
    """The latest refresh token of a session."""

    refresh_token: Token


class Tokens(View):
    """Tokens of a session. Use the refresh token once; each refresh returns a new one."""

    access_token: str
    refresh_token: str
    token_type: str = Field(default="bearer", examples=["bearer"])
    expires_in: int = Field(description="Life of the access token in seconds.", examples=[900])


class VerifyEmail(Body):
    """The token from the confirmation mail."""

    token: Token


class ChangePassword(Body):
    """A new password; the present one proves that it is you."""

    current_password: GivenPassword
    new_password: NewPassword


class ResetRequest(Body):
    """Where to send the link for a new password."""

    email: Email = Field(examples=["ada@example.com"])


class ResetConfirm(Body):
    """The token from the mail and the new password."""

    token: Token
    new_password: NewPassword


class MemberView(View):
    """The private record of a member, for that member."""

    id: UUID
    created_at: datetime
    email: str
    handle: str
    display_name: str
    bio: str
    location: str
    role: str = Field(examples=["member"])
    email_verified: bool
    balance_cents: int


class MemberChanges(Changes):
    """The parts of one's record that one may change."""

    display_name: Text = change_text(80, "Ada L.")
    bio: Text = change_text(1000, "I restore old clocks.", minimum=0)
    location: Text = change_text(80, "London", minimum=0)


class DeleteAccount(Body):
    """The password proves that it is you."""

    password: GivenPassword


class SettingsView(View):
    """Private settings."""

    member_id: UUID
    phone: str
    private_note: str
    language: str
    profile_listed: bool
    mail_on_message: bool
    mail_on_order: bool


class SettingsChanges(Changes):
    """Settings to change."""

    phone: str = change(pattern=r"^[0-9 +()-]{0,40}$", examples=["+44 20 0000 0000"])
    private_note: Text = change_text(1000, "Ring twice.", minimum=0)
    language: str = change(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", examples=["en"])
    profile_listed: bool = change(description="Whether your profile is public.")
    mail_on_message: bool = change()
    mail_on_order: bool = change()


class ProfileView(View):
    """The public projection of a member; no address, no role, no id."""

    handle: str
    display_name: str
    bio: str
    location: str

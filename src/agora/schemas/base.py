"""Building blocks of request and response bodies.

Requests are closed (an unknown field is refused, so that nobody can set a field that the product
did not mean to be set) and every text is bounded. Responses are explicit projections.
"""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

T = TypeVar("T")
_ALLOWED_CONTROLS = frozenset("\n\r\t")


def _printable(value: str) -> str:
    for character in value:
        if unicodedata.category(character) == "Cc" and character not in _ALLOWED_CONTROLS:
            raise ValueError("must not contain control characters")
    return value


Text = Annotated[str, AfterValidator(_printable)]
"""Text without control characters (PostgreSQL cannot store NUL, and nobody needs the others)."""

Cents = Annotated[int, Field(ge=0, le=100_000_000, strict=True)]
"""An amount of money in cents."""


def text(maximum: int, example: str, *, minimum: int = 1) -> Any:
    """A required text field."""
    return Field(min_length=minimum, max_length=maximum, examples=[example])


def extra_text(maximum: int, example: str) -> Any:
    """A text field that may be left out and is then empty."""
    return Field(default="", max_length=maximum, examples=[example])


def _nothing() -> None:
    return None


def change(**limits: Any) -> Any:
    """A field of a PATCH body: it may be absent, but not null."""
    return Field(default_factory=_nothing, **limits)


def change_text(maximum: int, example: str, *, minimum: int = 1) -> Any:
    """A text field of a PATCH body."""
    return change(min_length=minimum, max_length=maximum, examples=[example])


class Body(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Changes(Body):
    """A PATCH body: at least one field."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one field to change")
        return self

    def given(self) -> dict[str, Any]:
        """The fields that the client sent."""
        return self.model_dump(exclude_unset=True)


class View(BaseModel):
    """A response body, read from a stored object."""

    model_config = ConfigDict(from_attributes=True)


class ObjectView(View):
    """What all stored objects have."""

    id: UUID
    created_at: datetime


class Person(View):
    """How a member appears next to what the member wrote."""

    handle: str = Field(examples=["ada"])
    display_name: str = Field(examples=["Ada"])


class Page(View, Generic[T]):
    """A part of a list."""

    items: list[T]
    next_offset: int | None = Field(description="Where the next part begins; null at the end.")


class Done(View):
    """It worked, and there is nothing to return."""

    message: str = Field(examples=["Done."])


DONE = Done(message="Done.")


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["Not found."])
    request_id: str
    fields: list[dict[str, str]] = Field(
        default_factory=list, description="Which fields were refused (422 only)."
    )


class ErrorView(BaseModel):
    """The shape of all errors."""

    error: ErrorBody

"""What forms ask for, what answers are, what refusals say, which credentials they carry."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready.accounts.candidates import confirming_operations, log_in_forms, sign_up_forms
from launchready.accounts.feedback import RefusalKind, read_refusal
from launchready.accounts.fields import FieldRole, form_fields, role_of
from launchready.accounts.fitting import PasswordRules, UsernameRules, fit_password, fit_username, matches
from launchready.accounts.schemes import offers
from launchready.accounts.tokens import find_credentials
from launchready.door.messages import Reply, Request
from launchready.door.replies import kind_of
from launchready.model.probe import AnswerKind
from launchready.surface.build import build_surface


def reply(status=200, body=None, headers=(), text=None, media="application/json"):
    content = text.encode() if text is not None else b"" if body is None else json.dumps(body).encode()
    return Reply(
        exchange="x1",
        request=Request(method="GET", url="/"),
        url="http://127.0.0.1/",
        status=status,
        headers=(("Content-Type", media), *headers),
        body=content,
    )


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("email", FieldRole.EMAIL), ("E-Mail", FieldRole.EMAIL), ("userEmail", FieldRole.EMAIL),
        ("user_name", FieldRole.USERNAME), ("handle", FieldRole.USERNAME), ("login", FieldRole.USERNAME),
        ("usernameOrEmail", FieldRole.IDENTIFIER), ("identifier", FieldRole.IDENTIFIER),
        ("password", FieldRole.PASSWORD), ("passwd", FieldRole.PASSWORD), ("password1", FieldRole.PASSWORD),
        ("password2", FieldRole.CONFIRM), ("confirmPassword", FieldRole.CONFIRM), ("re_password",
        FieldRole.CONFIRM),
        ("password_confirmation", FieldRole.CONFIRM), ("name", FieldRole.NAME), ("display_name",
        FieldRole.NAME),
        ("firstName", FieldRole.FIRST_NAME), ("acceptTerms", FieldRole.TERMS), ("tos", FieldRole.TERMS),
        ("phone_number", FieldRole.PHONE), ("date_of_birth", FieldRole.BIRTH), ("dob", FieldRole.BIRTH),
        ("g-recaptcha-response", FieldRole.CAPTCHA), ("cf_turnstile_response", FieldRole.CAPTCHA),
        ("inviteCode", FieldRole.INVITE), ("otp", FieldRole.ONE_TIME_CODE), ("message", FieldRole.OTHER),
        ("company_name", FieldRole.OTHER), ("passport", FieldRole.OTHER), ("bypass", FieldRole.OTHER),
        ("language", FieldRole.OTHER), ("page", FieldRole.OTHER),
    ],
)  # fmt: skip
def test_what_a_field_asks_for(name, role):
    assert role_of(name) is role


def test_wrappers_and_parts_are_opened_and_read_only_fields_left_out():
    person = {
        "type": "object",
        "required": ["email"],
        "properties": {"email": {"type": "string"}, "id": {"readOnly": True}},
    }
    more = {"properties": {"password": {"type": "string"}}, "required": ["password"]}
    schema = {"type": "object", "required": ["user"], "properties": {"user": {"allOf": [person, more]}}}
    assert [(field.path, field.required) for field in form_fields(schema)] == [
        (("user", "email"), True),
        (("user", "password"), True),
    ]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(200, {"id": 1}), AnswerKind.DATA),
        (reply(200, {"success": False, "message": "no"}), AnswerKind.REFUSED),
        (reply(200, {"status": "fail", "message": "no"}), AnswerKind.REFUSED),
        (reply(200, {"error": "Unauthorized"}), AnswerKind.REFUSED),
        (reply(200, {"code": 401, "msg": "login first"}), AnswerKind.REFUSED),
        (reply(200, {"error": None, "data": {"id": 1}}), AnswerKind.DATA),
        (reply(200, {"success": True, "errors": [], "user": "x"}), AnswerKind.DATA),
        (reply(200, text="null"), AnswerKind.EMPTY),
        (reply(200, {"user": None, "authenticated": False}), AnswerKind.REFUSED),
        (reply(200, {"user": None}), AnswerKind.EMPTY),
        (reply(204), AnswerKind.EMPTY),
        (reply(200, text="<html>", media="text/html; charset=utf-8"), AnswerKind.PAGE),
        (reply(302, headers=(("Location", "/auth/login?next=/me"),)), AnswerKind.REFUSED),
        (reply(302, headers=(("Location", "/elsewhere"),)), AnswerKind.REDIRECT),
        (reply(403, {"detail": "no"}), AnswerKind.REFUSED),
        (reply(403, text="x", headers=(("cf-mitigated", "challenge"),)), AnswerKind.EDGE_WALL),
        (reply(404), AnswerKind.NOT_FOUND),
        (reply(422, {}), AnswerKind.INVALID),
        (reply(429), AnswerKind.LIMITED),
        (reply(500), AnswerKind.ERROR),
        (reply(0), AnswerKind.NO_ANSWER),
    ],
)
def test_status_and_body_together_say_what_an_answer_is(answer, kind):
    assert kind_of(answer) is kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"detail": "The user with this email already exists in the system."}, RefusalKind.EXISTS),
        (200, {"status": "fail", "message": "User already exists. Please Log in."}, RefusalKind.EXISTS),
        (422, {"errors": {"username": ["has already been taken"]}}, RefusalKind.EXISTS),
        (409, {}, RefusalKind.EXISTS),
        (400, {"code": "EMAIL_EXISTS"}, RefusalKind.EXISTS),
        (404, {"detail": "User does not exist"}, RefusalKind.NOT_FOUND),
        (400, {"detail": "This role doesn't exist"}, RefusalKind.INVALID),
        (401, {"detail": "Email not confirmed"}, RefusalKind.CONFIRM_MAIL),
        (403, {"message": "Your account is not yet activated"}, RefusalKind.CONFIRM_MAIL),
        (
            422,
            {"detail": [{"loc": ["body", "email"], "msg": "value is not a valid email address"}]},
            RefusalKind.INVALID,
        ),
        (400, {"errors": {"g-recaptcha-response": ["This field is required."]}}, RefusalKind.CAPTCHA),
        (422, {"detail": [{"loc": ["body", "invite_code"], "msg": "Field required"}]}, RefusalKind.INVITE),
        (403, {"error": "Signups not allowed for this instance"}, RefusalKind.CLOSED),
        (403, {"detail": "CSRF Failed: CSRF token missing."}, RefusalKind.CSRF),
        (401, {"detail": "Incorrect username or password"}, RefusalKind.DENIED),
        (429, {"detail": "slow down"}, RefusalKind.LIMITED),
        (500, None, RefusalKind.BROKEN),
    ],
)
def test_what_a_refusal_says(status, body, kind):
    assert read_refusal(reply(status, body)).kind is kind


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({"access_token": "A" * 30, "refresh_token": "R" * 30, "token_type": "bearer"}, "A" * 30),
        ({"refresh": "R" * 30, "access": "A" * 30}, "A" * 30),
        ({"user": {"token": "A" * 30, "email_verification_token": "V" * 30}}, "A" * 30),
        ({"data": {"session": {"accessToken": "A" * 30, "refreshToken": "R" * 30}}}, "A" * 30),
        ({"tokens": {"refresh": {"token": "R" * 30}, "access": {"token": "A" * 30}}}, "A" * 30),
        ({"key": "A" * 40}, "A" * 40),
        ({"token": "Bearer " + "A" * 30}, "A" * 30),
        ("A" * 30, "A" * 30),
    ],
)
def test_the_access_token_is_told_from_the_others(body, value):
    found = find_credentials(reply(200, body))
    assert found.tokens[0].value == value
    assert all("R" not in token.value and "V" not in token.value for token in found.tokens)


@pytest.mark.parametrize(
    "body",
    [
        {"id": "u-1234567890", "email": "a@example.com"},
        {"message": "Your token was sent"},
        {"reset_token": "A" * 30},
        {"csrfToken": "A" * 30},
        {"token": "short"},
        {"token_type": "bearer-and-more"},
        ["A" * 30],
    ],
)
def test_what_is_no_credential(body):
    assert find_credentials(reply(200, body)).tokens == ()


def test_cookies_that_are_deleted_are_no_credential():
    lines = ("a=1; Path=/", "b=; Max-Age=0", "c=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 'd=""')
    assert find_credentials(reply(200, headers=tuple(("Set-Cookie", line) for line in lines))).cookies == (
        "a",
    )


def test_declared_schemes_are_tried_first_and_tries_are_bounded():
    credentials = find_credentials(reply(200, {"token": "A" * 30}, headers=(("Set-Cookie", "s=1"),)))
    found = [offer.scheme.name for offer in offers(credentials, ("api_key:X-Key", "oauth2:/token"))]
    assert found[:2] == ["api_key:X-Key", "bearer"]
    assert "cookie" in found[:4]
    assert len(found) <= 12


@given(
    longest=st.integers(min_value=4, max_value=40),
    shortest=st.integers(min_value=0, max_value=40),
    symbol=st.sampled_from(["", "!", "@", "_"]),
)
@settings(max_examples=60)
def test_a_fitted_password_keeps_every_class_and_the_bounds(longest, shortest, symbol):
    shortest = min(shortest, longest)
    text = fit_password(
        "Lr7!0123456789abZ", PasswordRules(shortest=shortest, longest=longest, symbol=symbol), {}
    )
    assert shortest <= len(text) <= longest
    for pattern in ("[A-Z]", "[a-z]", "[0-9]"):
        assert re.search(pattern, text) or (symbol and longest == 4)
    assert symbol in text


@given(longest=st.integers(min_value=3, max_value=30), plain=st.booleans(), letters=st.booleans())
@settings(max_examples=60)
def test_fitted_user_names_of_two_people_differ(longest, plain, letters):
    rules = UsernameRules(longest=longest, plain=plain, letters=letters)
    one, other = (fit_username(name, rules, {}) for name in ("lr_a_1e53e4", "lr_b_e06aef"))
    assert one != other
    assert len(one) <= longest
    assert not letters or one.isalpha()


def test_a_hostile_pattern_takes_no_time():
    assert matches("^(a+)+$", "a" * 40 + "!") in {True, False}
    assert matches("(", "anything")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)


@given(JSON)
@settings(max_examples=80)
def test_no_answer_breaks_the_reading(body):
    answer = reply(400, body)
    assert read_refusal(answer, {"password": FieldRole.PASSWORD}).status == 400
    assert find_credentials(answer).life >= 0
    assert kind_of(answer) is AnswerKind.INVALID


def surface_of(paths):
    return build_surface(
        {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": paths}, "t"
    ).operations


def form(*names):
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": list(names),
    }
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}


def test_own_sign_up_goes_before_an_administrators():
    operations = surface_of({
        "/admin/users": {"post": form("email", "password")},
        "/users": {"post": form("email", "password")},
        "/auth/signup": {"post": form("email", "password")},
        "/auth/google/login": {"post": form("id_token")},
        "/auth/login": {"post": form("email", "password")},
    })  # fmt: skip
    assert next(item.operation.path for item in sign_up_forms(operations)) == "/auth/signup"
    assert next(item.operation.path for item in log_in_forms(operations)) == "/auth/login"


def test_operations_with_inputs_or_effects_do_not_confirm():
    operations = surface_of({
        path: {"get": {"responses": {}}} for path in ("/me", "/createdb", "/cache/flush", "/health",
        "/items/{id}", "/logout")
    })  # fmt: skip
    assert [item.path for item in confirming_operations(operations)] == ["/me"]

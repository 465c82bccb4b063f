"""Sign-up, login, tokens, passwords."""

import time

import jwt
import pytest

from tests.agora import support
from tests.agora.support import PASSWORD, Person


def test_sign_up_tells_nothing_about_known_addresses(api):
    person = api.sign_up()
    body = {"email": person.email, "password": PASSWORD, "handle": "other" + person.handle[:9],
            "display_name": "Other"}  # fmt: skip
    again = api.post("/auth/sign-up", body)
    fresh = api.post("/auth/sign-up", {**body, "email": "new" + person.email, "handle": "n" + person.handle})
    assert (again.status, again.text) == (fresh.status, fresh.text) == (202, again.text)


def test_wrong_address_and_wrong_password_look_alike(api, a):
    wrong = api.post("/auth/login", {"email": a.email, "password": "Wrong-horse-99"})
    unknown = api.post("/auth/login", {"email": "nobody@example.com", "password": "Wrong-horse-99"})
    assert wrong.status == unknown.status == 401
    assert wrong.json["error"]["message"] == unknown.json["error"]["message"]


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "password123"])
def test_weak_passwords_are_refused(api, password):
    body = {"email": "weak@example.com", "password": password, "handle": "weakling", "display_name": "W"}
    reply = api.post("/auth/sign-up", body)
    assert reply.status == 422
    assert password not in reply.text


def test_privileged_fields_are_refused(api, a):
    body = {"email": "x@example.com", "password": PASSWORD, "handle": "xanadu", "display_name": "X"}
    for field, value in (("role", "admin"), ("email_verified", True), ("balance_cents", 5)):
        assert api.post("/auth/sign-up", {**body, field: value}).status == 422
        assert api.patch("/members/me", {"bio": "b", field: value}, by=a).status == 422
    me = api.get("/members/me", by=a).json
    assert (me["role"], me["email_verified"], me["balance_cents"]) == ("member", False, 0)


def test_refresh_rotates_and_a_second_use_ends_the_session(api, a):
    first = api.post("/auth/refresh", {"refresh_token": a.refresh})
    assert first.status == 200
    assert api.get("/members/me", by=first.json["access_token"]).status == 200
    assert api.post("/auth/refresh", {"refresh_token": a.refresh}).status == 401
    assert api.get("/members/me", by=first.json["access_token"]).status == 401
    assert api.post("/auth/refresh", {"refresh_token": first.json["refresh_token"]}).status == 401


def test_logout_ends_access_and_refresh_at_once(api, a):
    assert api.post("/auth/logout", by=a).status == 200
    assert api.get("/members/me", by=a).status == 401
    assert api.post("/auth/refresh", {"refresh_token": a.refresh}).status == 401


def test_new_password_ends_other_sessions(api, a):
    other = api.log_in(Person(a.email, a.handle))
    body = {"current_password": PASSWORD, "new_password": "Another-horse-9"}
    assert api.post("/auth/change-password", {**body, "current_password": "x"}, by=a).status == 403
    assert api.post("/auth/change-password", body, by=a).status == 200
    assert api.get("/members/me", by=other).status == 401
    assert api.get("/members/me", by=a).status == 200
    api.log_in(a, "Another-horse-9")


def test_tokens_are_refused_that_this_service_did_not_issue(api, a, running):
    settings = running.app.state.components.settings
    key = settings.secret_key.get_secret_value()
    claims = jwt.decode(a.access, options={"verify_signature": False})

    def status(token):
        return api.get("/members/me", by=token).status

    assert status(jwt.encode(claims, key)) == 200
    assert status(jwt.encode(claims, "x" * 40)) == 401
    assert status(jwt.encode(claims, None, algorithm="none")) == 401
    assert status(jwt.encode({**claims, "exp": int(time.time()) - 5}, key)) == 401
    assert status(jwt.encode({**claims, "aud": "another"}, key)) == 401
    assert status(jwt.encode({**claims, "iss": "https://staging.example"}, key)) == 401
    assert status(jwt.encode({**claims, "sid": "1"}, key)) == 401
    for token in (a.access[:-5], a.access[5:], "x", "undefined", ""):
        assert status(token) == 401


def test_failed_logins_are_limited_for_the_account_and_not_for_others(database):
    with support.serve(database, limit_login_failures="3/60") as server:
        api = server.api
        victim, other = api.sign_up(), api.member()
        wrong = {"email": victim.email, "password": "Wrong-horse-99"}
        statuses = [
            api.post("/auth/login", wrong, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status
            for n in range(4)
        ]
        assert statuses == [401, 401, 401, 429]
        locked = api.post("/auth/login", {**wrong, "password": PASSWORD})
        assert locked.status == 429
        assert int(locked.headers["retry-after"]) > 0
        api.log_in(other)


def test_sign_ups_and_writes_are_limited(database):
    with support.serve(database, limit_sign_up="2/600", limit_writes="2/600") as server:
        api = server.api
        person = api.member()
        api.sign_up()
        body = {"email": "c@example.com", "password": PASSWORD, "handle": "cecil", "display_name": "C"}
        assert api.post("/auth/sign-up", body).status == 429
        statuses = [api.post("/collections", {"name": "x"}, by=person).status for _ in range(3)]
        assert statuses == [201, 201, 429]


def test_limits_are_shared_by_processes(database):
    with support.serve(database, limit_sign_up="2/600") as one:
        one.api.sign_up()
        with support.serve(database, limit_sign_up="2/600") as two:
            two.api.sign_up()
        body = {"email": "c@example.com", "password": PASSWORD, "handle": "cecil", "display_name": "C"}
        assert one.api.post("/auth/sign-up", body).status == 429


def test_account_is_deleted_with_the_password_only(api, a, b):
    number = api.made("/listings", {"title": "Clock", "price_cents": 500, "status": "published"}, a)["id"]
    order = api.made("/orders", {"listing_id": number}, b)["id"]
    thread = api.made("/threads", {"subject": "Hello", "participants": [b.handle]}, a)["id"]
    assert api.delete("/members/me", {"password": "Wrong-horse-99"}, by=a).status == 403
    assert api.delete("/members/me", {"password": PASSWORD}, by=a).status == 200
    assert api.get("/members/me", by=a).status == 401
    assert api.get(f"/listings/{number}").status == 404
    assert api.get(f"/orders/{order}", by=b).json["listing_id"] is None
    assert api.get(f"/threads/{thread}", by=b).status == 200
    assert api.post("/auth/login", {"email": a.email, "password": PASSWORD}).status == 401

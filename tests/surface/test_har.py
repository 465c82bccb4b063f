import base64
import json

import pytest

from launchready.model.operation import Purpose
from launchready.surface.build import build_surface
from launchready.surface.errors import SurfaceError
from launchready.surface.har import is_id_like
from launchready.surface.inference import schema_of_samples

TARGET = "http://127.0.0.1:8000"


def entry(method, url, *, sent=None, got=None, status=200, mime="application/json", headers=(), encoding=""):
    text = json.dumps(got) if got is not None else ""
    if encoding:
        text = base64.b64encode(text.encode()).decode()
    request = {"method": method, "url": url, "headers": list(headers), "queryString": []}
    if sent is not None:
        request["postData"] = {"mimeType": "application/json; charset=utf-8", "text": json.dumps(sent)}
    content = {"mimeType": mime, "text": text} | ({"encoding": encoding} if encoding else {})
    return {"request": request, "response": {"status": status, "headers": [], "content": content}}


def har(*entries):
    return {"log": {"version": "1.2", "entries": list(entries)}}


def surface(*entries, target=TARGET):
    return build_surface(har(*entries), "session.har", target=target)


def test_templates_are_inferred_from_ids():
    found = surface(
        entry("GET", f"{TARGET}/api/books/17"),
        entry("GET", f"{TARGET}/api/books/18?full=1"),
        entry("GET", f"{TARGET}/users/0f8fad5b-d9cb-469f-a165-70867728950e/posts/01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        entry("DELETE", f"{TARGET}/blobs/9e107d9d372bb6826bd81d3542a419d6"),
    )
    assert [each.id for each in found.operations] == [
        "GET /api/books/{book_id}",
        "DELETE /blobs/{blob_id}",
        "GET /users/{user_id}/posts/{post_id}",
    ]
    book = found.operations[0]
    assert [(p.name, p.required, p.schema["type"]) for p in book.parameters] == [
        ("book_id", True, "integer"),
        ("full", False, "integer"),
    ]
    assert book.source == "har"
    assert not found.complete


def test_slugs_are_inferred_when_several_siblings_vary():
    titles = ["how-to-sail", "on-rivers", "a-long-walk"]
    found = surface(*(entry("GET", f"{TARGET}/articles/{title}/comments") for title in titles))
    assert [each.id for each in found.operations] == ["GET /articles/{article_slug}/comments"]


def test_static_siblings_stay_static():
    names = ["sign-up", "log-in", "users", "books"]
    found = surface(*(entry("POST", f"{TARGET}/{name}") for name in names))
    assert sorted(each.path for each in found.operations) == ["/books", "/log-in", "/sign-up", "/users"]


def test_bodies_and_replies_are_inferred_from_samples():
    found = surface(
        entry(
            "POST", f"{TARGET}/books", sent={"title": "a", "year": 1}, got={"id": 1, "title": "a"}, status=201
        ),
        entry(
            "POST",
            f"{TARGET}/books",
            sent={"title": "b"},
            got={"id": 2, "title": None},
            status=201,
            encoding="base64",
        ),
    )
    operation = found.operations[0]
    body = operation.bodies[0]
    assert body.media_type == "application/json"
    assert body.schema["properties"] == {"title": {"type": "string"}, "year": {"type": "integer"}}
    assert body.schema["required"] == ["title"]
    assert operation.replies[0].status == "201"
    assert operation.replies[0].schema["properties"]["title"] == {"type": "string", "nullable": True}
    assert operation.purpose is Purpose.CREATE
    assert [each.pointer for each in operation.produces] == ["/id"]


def test_a_login_is_recognised_and_no_value_of_the_recording_is_kept():
    secret, token, word = "s3" + "cr3t-pass", "eyJ" + "hbGciOi.abc", "private words"
    found = surface(
        entry(
            "POST",
            f"{TARGET}/login?api_key={token}",
            sent={"email": "a@example.com", "password": secret},
            got={"token": token},
            headers=[
                {"name": "Authorization", "value": f"Bearer {token}"},
                {"name": "Cookie", "value": f"sid={token}"},
            ],
        ),
        entry("POST", f"{TARGET}/notes", sent={"text": word}, got={"id": 1, "text": word}),
    )
    assert found.operations[0].purpose is Purpose.LOG_IN
    written = repr(found)
    assert not any(value in written for value in (secret, token, word, "a@example.com"))


def test_other_hosts_and_assets_are_left_out():
    found = surface(
        entry("GET", "https://metrics.example/collect"),
        entry("GET", f"{TARGET}/app.js", mime="application/javascript"),
        entry("GET", f"{TARGET}/", mime="text/html"),
        entry("OPTIONS", f"{TARGET}/api/books"),
        entry("GET", f"{TARGET}/api/books", got=[]),
    )
    assert [each.id for each in found.operations] == ["GET /api/books"]
    assert any("1 other hosts" in note for note in found.notes)


def test_forms_keep_names_alone():
    posted = entry("POST", f"{TARGET}/login")
    posted["request"]["postData"] = {
        "mimeType": "application/x-www-form-urlencoded",
        "text": "username=me&password=mine",
    }
    operation = surface(posted).operations[0]
    assert list(operation.bodies[0].schema["properties"]) == ["username", "password"]
    assert "mine" not in repr(operation)


def test_a_recording_of_another_host_is_said_plainly():
    with pytest.raises(SurfaceError, match=r"no API call to .* \(it went to live\.example\)"):
        surface(entry("GET", "https://live.example/api"))


@pytest.mark.parametrize(
    "broken",
    [
        None,
        3,
        {},
        {"request": 3},
        {"request": {"url": 3}},
        {"request": {"url": "http://["}},
        {"request": {"url": f"{TARGET}/b", "method": "GET"}, "response": 3},
    ],
)
def test_broken_entries_are_passed_over(broken):
    assert "GET /a" in [each.id for each in surface(broken, entry("GET", f"{TARGET}/a")).operations]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("17", True),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", True),
        ("507f1f77bcf86cd799439011", True),
        ("cus_9s6XKzkNRiz8", True),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", True),
        ("books", False),
        ("v1", False),
        ("forgot-password", False),
        ("notification-settings", False),
        ("oauth2", False),
    ],
)
def test_ids_are_told_from_names(segment, expected):
    assert is_id_like(segment) is expected


def test_schemas_of_samples_cover_mixed_values():
    assert schema_of_samples([]) == {}
    assert schema_of_samples([1, 2.5]) == {"type": "number"}
    assert schema_of_samples([1, "a"]) == {"type": ["integer", "string"]}
    assert schema_of_samples([[{"a": 1}], []])["items"]["properties"] == {"a": {"type": "integer"}}
    assert schema_of_samples(["2024-01-02"])["format"] == "date"

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.collecting.answers import Garden, leaves, masked, matched, sent_text, steady
from launchready.door.messages import FilePart, FormBody, JsonBody, MultipartBody, RawBody, Reply, Request
from launchready.door.replies import kind_of, says_error
from launchready.model.probe import AnswerKind, CanaryHit

WORD = "lrabcdefghijklmnx"
OTHER = "lrzyxwvutsrqponmx"
HIT = CanaryHit(owner="member_a", object_type="note", object_id="7", field="text", path="")


def reply(
    value=None, status=200, *, raw=None, media="application/json", sent=None, principal="member_b", **headers
):
    content = raw if raw is not None else b"" if value is None else json.dumps(value).encode()
    request = sent or Request(method="GET", url="/notes/7", principal=principal)
    return Reply(
        exchange="e1",
        request=request,
        url="http://127.0.0.1/notes/7",
        status=status,
        headers=(("content-type", media), *headers.items()),
        body=content,
    )


# ----------------------------------------------------------------------------------- the refusal grammar


@pytest.mark.parametrize(
    "value",
    [
        {"success": False},
        {"ok": False, "data": {"id": 1}},
        {"status": "error", "message": "no"},
        {"status": "fail"},
        {"status": "Unauthorized"},
        {"code": 403, "message": "no"},
        {"statusCode": 401},
        {"status": 404, "title": "Not Found"},
        {"error": "not yours"},
        {"errors": ["not yours"]},
        {"error": {"code": "denied"}, "data": None},
        {"errors": [{"message": "denied"}], "data": {}},
    ],
)
def test_a_good_status_with_an_error_body_is_a_refusal(value):
    assert says_error(value)
    absent = 404 in value.values()
    assert kind_of(reply(value)) is (AnswerKind.NOT_FOUND if absent else AnswerKind.REFUSED)


@pytest.mark.parametrize(
    "value",
    [
        {"id": 7, "text": "hello"},
        {"success": True, "data": {"id": 7}},
        {"status": "published", "title": "a"},
        {"status": "denied by nobody"},
        {"code": 1200, "name": "postcode"},
        {"code": True},
        {"error": None, "data": {"id": 7}},
        {"errors": [], "items": [1]},
        {"error": "partly", "items": [{"id": 1}]},
        [{"error": "one of many"}],
        ["error"],
        "error",
    ],
)
def test_data_that_speaks_of_errors_is_data(value):
    assert not says_error(value)
    assert kind_of(reply(value)) is AnswerKind.DATA


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AnswerKind.REFUSED),
        (403, AnswerKind.REFUSED),
        (423, AnswerKind.REFUSED),
        (451, AnswerKind.REFUSED),
        (404, AnswerKind.NOT_FOUND),
        (410, AnswerKind.NOT_FOUND),
        (429, AnswerKind.LIMITED),
        (302, AnswerKind.REDIRECT),
        (307, AnswerKind.REDIRECT),
        (400, AnswerKind.INVALID),
        (422, AnswerKind.INVALID),
        (405, AnswerKind.INVALID),
        (500, AnswerKind.ERROR),
        (503, AnswerKind.ERROR),
        (0, AnswerKind.NO_ANSWER),
    ],
)
def test_a_status_says_what_it_says(status, kind):
    assert kind_of(reply({"id": 7}, status)) is kind


@pytest.mark.parametrize("raw", [b"", b"  \n", b"{}", b"[]", b'""', b"null", b"false"])
def test_nothing_is_empty(raw):
    assert kind_of(reply(raw=raw)) is AnswerKind.EMPTY


@pytest.mark.parametrize(
    ("raw", "media"),
    [(b"<html><body>a</body></html>", "text/html"), (b"  <!DOCTYPE html><title>a</title>", "text/plain")],
)
def test_a_page_is_no_data(raw, media):
    assert kind_of(reply(raw=raw, media=media)) is AnswerKind.PAGE


def test_a_text_file_is_data():
    assert kind_of(reply(raw=b"id,text\n7,hello", media="text/csv")) is AnswerKind.DATA


@pytest.mark.parametrize(
    "answer",
    [
        reply(raw=b"<html>_vercel_sso</html>", status=401, media="text/html"),
        reply(raw=b"<html>challenge-platform</html>", status=403, media="text/html"),
        reply(raw=b"", status=403, media="text/html", **{"cf-mitigated": "challenge"}),
    ],
)
def test_a_wall_in_front_is_no_refusal(answer):
    assert kind_of(answer) is AnswerKind.EDGE_WALL


def test_an_own_login_page_is_no_wall():
    assert (
        kind_of(reply(raw=b"<html>please log in</html>", status=401, media="text/html")) is AnswerKind.REFUSED
    )


# ------------------------------------------------------------------------------------------------ masked


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('{"id": 17}', '{"id": 4}'),
        ('{"id": "5f0f7b5e-8a6c-4a3e-9c1d-1b2c3d4e5f60"}', '{"id": "00000000-0000-4000-8000-000000000000"}'),
        ('{"at": "2026-01-02T03:04:05Z"}', '{"at": "2025-11-12 13:14:15.678+02:00"}'),
        (f'{{"text": "{WORD}"}}', f'{{"text": "{OTHER}"}}'),
        ('{"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}', '{"id": "01BX5ZZKBKACTAV9WEVGEMMVRZ"}'),
        ('{"etag": "0123456789abcdef"}', '{"etag": "fedcba9876543210ffff"}'),
    ],
)
def test_ids_times_and_words_are_masked(left, right):
    assert masked(left) == masked(right)


def test_what_differs_otherwise_is_told_apart():
    assert masked('{"text": "mine"}') != masked('{"text": "yours"}')


def test_the_askers_own_names_are_masked():
    garden = Garden()
    garden.name("member_a", ("alice@example.com", "alice"))
    garden.name("member_b", ("robert@example.com", "robert"))
    left = garden.answer(reply({"for": "alice", "mail": "alice@example.com"}, principal="member_a"))
    right = garden.answer(reply({"for": "robert", "mail": "robert@example.com"}, principal="member_b"))
    assert left.masked == right.masked
    assert left.masked != garden.answer(reply({"for": "carol", "mail": "carol@example.com"})).masked


def test_a_short_name_masks_no_unrelated_text():
    garden = Garden()
    garden.name("member_b", ("a", "is"))
    assert garden.answer(reply({"text": "this is"})).masked == masked(json.dumps({"text": "this is"}))


# -------------------------------------------------------------------------------------------------- hits


def planted():
    garden = Garden()
    garden.learn(WORD, HIT)
    return garden


def test_a_planted_word_is_a_hit_with_its_path():
    (hit,) = planted().hits(reply({"items": [{"a/b": f"so {WORD}."}]}))
    assert (hit.owner, hit.object_id, hit.path) == ("member_a", "7", "/items/0/a~1b")


def test_a_word_is_a_hit_in_any_answer():
    assert planted().hits(reply({"detail": f"you may not read {WORD}"}, 403))
    assert planted().hits(reply(raw=WORD.encode(), media="text/plain"))[0].path == ""


@pytest.mark.parametrize(
    "sent",
    [
        Request(method="GET", url=f"/notes/{WORD}"),
        Request(method="GET", url="/notes/" + "".join(f"%{ord(each):02x}" for each in WORD)),
        Request(method="GET", url="/search", query=(("q", WORD),)),
        Request(method="POST", url="/notes", body=JsonBody(value={"deep": [{"text": f"a {WORD}"}]})),
        Request(method="POST", url="/notes", body=FormBody(fields=(("text", WORD),))),
        Request(method="POST", url="/notes", body=MultipartBody(fields=(("text", WORD),))),
        Request(method="POST", url="/notes", body=RawBody(media_type="text/plain", content=WORD.encode())),
    ],
)
def test_an_echo_of_what_was_sent_is_no_hit(sent):
    assert planted().hits(reply({"detail": f"there is no {WORD}"}, 404, sent=sent)) == ()


def test_an_echo_hides_no_other_word():
    garden = planted()
    garden.learn(OTHER, HIT)
    sent = Request(method="GET", url="/search", query=(("q", OTHER),))
    hits = garden.hits(reply({"asked": OTHER, "found": WORD}, sent=sent))
    assert [hit.path for hit in hits] == ["/found"]


def test_a_file_that_was_sent_is_known():
    file = FilePart(name="file", filename=f"{WORD}.png", media_type="image/png", content=b"x")
    sent = Request(method="POST", url="/uploads", body=MultipartBody(files=(file,)))
    assert WORD in sent_text(sent)


# ----------------------------------------------------------------------------------------------- matched


def test_the_id_and_another_value_match():
    owner = reply({"id": 7000, "text": "secret", "at": 1})
    assert matched(reply({"id": 7000, "text": "secret", "at": 2}), owner, ("7000",)) == ("/id", "/text")


@pytest.mark.parametrize(
    "value",
    [
        {"id": 7000},
        {"id": 7000, "text": "something else"},
        {"id": 7001, "text": "secret"},
        {"id": 7000, "flag": True, "kind": "", "n": 5, "created_at": "2026-01-01"},
        {"detail": "not found"},
    ],
)
def test_an_id_or_constants_alone_match_nothing(value):
    owner = reply(
        {"id": 7000, "text": "secret", "flag": True, "kind": "", "n": 5, "created_at": "2026-01-01"}
    )
    assert matched(reply(value), owner, ("7000",)) == ()


def test_what_changes_by_itself_is_left_out():
    assert set(steady({"text": "a", "updated_at": 1, "etag": "x", "last_seen": 2, "csrf": 3})) == {"/text"}


# -------------------------------------------------------------------------------------------- properties

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(values)
def test_every_value_has_a_kind_and_nothing_of_it_is_a_hit(value):
    answer = planted().answer(reply(value))
    assert answer.hits == ()
    assert answer.kind in {AnswerKind.DATA, AnswerKind.EMPTY, AnswerKind.REFUSED}


@given(values, st.text(alphabet=string.ascii_lowercase, min_size=14, max_size=14))
def test_a_word_is_found_wherever_it_stands(value, letters):
    word = f"lr{letters}x"
    garden = Garden()
    garden.learn(word, HIT)
    (hit,) = garden.hits(reply({"a": value, "b": [word]}))
    assert hit.path == "/b/0"


def test_nesting_without_end_is_cut():
    deep = value = []
    for _ in range(60):
        inner: list = []
        value.append(inner)
        value = inner
    assert list(leaves(deep)) == []

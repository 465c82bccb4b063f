import json

import pytest

from launchready.collecting.bodies import Draft
from launchready.collecting.fruits import fruit_of, pointed, scalars
from launchready.door.messages import FormBody, JsonBody, Reply, Request
from launchready.model.operation import HttpOperation, Produces


def creating(*pointers, kind="listing"):
    produces = tuple(Produces(object_type=kind, pointer=pointer) for pointer in pointers)
    return HttpOperation(
        id="POST /listings", method="POST", path="/listings", object_type=kind, produces=produces
    )


def reply(value=None, location=""):
    return Reply(
        exchange="e1",
        request=Request(method="POST", url="/listings"),
        url="http://127.0.0.1/listings",
        status=201,
        headers=(("location", location),) if location else (),
        body=b"" if value is None else json.dumps(value).encode(),
    )


def draft(value=None, identifiers=()):
    return Draft(values={}, body=JsonBody(value=value or {}), identifiers=identifiers)


def fruit(operation, answered, sent=None):
    return fruit_of(operation, sent or draft(), answered)


def test_the_declared_pointer_names_the_id():
    answered = reply({"listing": {"uid": 7, "slug": "a-chair", "id": 99}})
    made = fruit(creating("/listing/uid"), answered)
    assert made.object_id == "7"
    assert dict(made.values)["slug"] == "a-chair"


def test_a_pointer_into_a_list_is_followed():
    assert fruit(creating("/created/0/id"), reply({"created": [{"id": "x1"}]})).object_id == "x1"


def test_a_pointer_to_another_type_is_left_alone():
    operation = HttpOperation(
        id="POST /listings",
        method="POST",
        path="/listings",
        object_type="listing",
        produces=(Produces(object_type="user", pointer="/owner_id"),),
    )
    assert fruit(operation, reply({"owner_id": 3, "id": 7})).object_id == "7"


@pytest.mark.parametrize(
    "value",
    [
        {"id": 7},
        {"_id": "7"},
        {"uuid": "7"},
        {"slug": "7"},
        {"listing_id": 7},
        {"listingId": 7},
        {"listing": {"id": 7}},
        {"data": {"listing": {"id": 7}}},
        {"data": {"id": 7}, "meta": {"id": 1}},
    ],
)
def test_a_usual_field_names_the_id(value):
    assert fruit(creating(), reply(value)).object_id == "7"


@pytest.mark.parametrize("location", ["/listings/7", "http://127.0.0.1:1/listings/7/", "/listings/7?x=1"])
def test_a_location_names_the_id(location):
    assert fruit(creating("@location"), reply(None, location)).object_id == "7"


def test_a_location_is_decoded():
    assert fruit(creating(), reply({}, "/listings/a%20chair")).object_id == "a chair"


def test_a_field_of_the_request_may_name_the_object():
    made = fruit(
        creating(), reply({"message": "created"}), draft({"username": "x", "title": "A chair"}, ("title",))
    )
    assert made.object_id == "A chair"


def test_without_a_name_there_is_no_id():
    assert fruit(creating(), reply({"message": "created"}), draft({"title": "A chair"})).object_id == ""


@pytest.mark.parametrize("value", [True, None, "", [], {"id": 1}])
def test_what_is_no_scalar_is_no_id(value):
    assert fruit(creating("/id"), reply({"id": value})).object_id == ""


def test_the_answer_wins_over_what_was_sent():
    sent = Draft(values={}, body=FormBody(fields=(("slug", "mine"), ("title", "A chair"))))
    assert dict(fruit(creating(), reply({"id": 7, "slug": "theirs"}), sent).values) == {
        "id": "7",
        "slug": "theirs",
        "title": "A chair",
    }


def test_only_short_scalars_are_kept():
    assert scalars({"a": "x" * 300, "b": True, "c": None, "d": 3, "e": ""}) == {"d": "3"}
    assert scalars({"listing": {"id": 3}}) == {"id": "3"}
    assert scalars([1]) == {}


def test_pointers_are_unescaped():
    assert pointed({"a/b": {"~": 1}}, "/a~1b/~0") == 1
    assert pointed({"a": [1]}, "/a/5") is None
    assert pointed("text", "/a") is None

import pytest

from launchready.collecting.holdings import Holdings, absent, ends_with_parameter, last_path_type, path_types
from launchready.model.evidence import Planted
from launchready.surface.build import build_surface
from tests.collecting.market import Market


@pytest.fixture(scope="module")
def operations():
    market = Market()
    market.resource("threads")
    market.resource("messages", parent="threads")
    surface = build_surface(market.document(), "test", target="http://127.0.0.1:1")
    return {operation.id: operation for operation in surface.operations}


def planted(owner, kind, number, *parents, visible="", **values):
    return Planted(
        owner=owner,
        object_type=kind,
        object_class="other",
        object_id=str(number),
        created_by="",
        parents=parents,
        visible=visible,
        values=tuple(values.items()),
    )


MESSAGE = "GET /threads/{thread_id}/messages/{message_id}"


def test_an_object_brings_its_own_parents(operations):
    first, second = planted("member_a", "thread", 1), planted("member_a", "thread", 2)
    message = planted("member_a", "message", 9, ("thread", "2"))
    holdings = Holdings(operations.values(), [first, second, message])
    assert holdings.values(operations[MESSAGE], "member_a", message) == {"thread_id": "2", "message_id": "9"}
    assert holdings.parent(message, "thread") is second


def test_a_parameter_without_a_value_is_left_out(operations):
    holdings = Holdings(operations.values(), [planted("member_a", "thread", 1)])
    assert holdings.values(operations[MESSAGE], "member_a") == {"thread_id": "1"}
    assert holdings.values(operations[MESSAGE], "member_b") == {}


def test_owners_are_kept_apart(operations):
    mine, theirs = planted("member_a", "thread", 1), planted("member_b", "thread", 2)
    holdings = Holdings(operations.values(), [mine, theirs])
    assert holdings.of("member_a") == [mine]
    assert holdings.first("member_b", "thread") is theirs
    assert holdings.first("member_b", "message") is None


def test_private_objects_come_first(operations):
    public = planted("member_a", "thread", 1, visible="public")
    private = planted("member_a", "thread", 2, visible="private")
    assert Holdings(operations.values(), [public, private]).first("member_a", "thread") is private


def test_the_first_one_below_a_parent(operations):
    one = planted("member_a", "message", 8, ("thread", "1"))
    two = planted("member_a", "message", 9, ("thread", "2"))
    holdings = Holdings(operations.values(), [one, two])
    assert holdings.first("member_a", "message", [("thread", "2")]) is two
    assert holdings.first("member_a", "message", [("thread", "3")]) is None


def test_types_stand_in_the_paths_order(operations):
    assert path_types(operations[MESSAGE]) == ["thread", "message"]
    assert last_path_type(operations[MESSAGE]) == "message"
    assert last_path_type(operations["GET /me"]) == ""
    assert ends_with_parameter(operations[MESSAGE])
    assert not ends_with_parameter(operations["GET /threads/{thread_id}/messages"])


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("17", str.isdigit),
        ("5f0f7b5e-8a6c-4a3e-9c1d-1b2c3d4e5f60", lambda made: len(made) == 36),
        ("my-first-listing", lambda made: "lrabc" in made),
    ],
)
def test_an_absent_id_has_the_shape_of_a_true_one(value, shape):
    made = absent({"thread_id": "1", "message_id": value}, "message_id", "lrabcdefghijklmnx")
    assert made["thread_id"] == "1"
    assert made["message_id"] != value
    assert shape(made["message_id"])


async def test_a_slug_stands_where_the_path_asks_for_it(operations):
    market = Market()
    market.on("POST", "/listings", None, **_listing_body())
    market.on("GET", "/listings/{slug}", None, **_listing_reply())
    surface = build_surface(market.document(), "test", target="http://127.0.0.1:1")
    by_id = {operation.id: operation for operation in surface.operations}
    listing = planted("member_a", "listing", 7, slug="a-chair", title="A chair")
    holdings = Holdings(by_id.values(), [listing])
    assert holdings.values(by_id["GET /listings/{slug}"], "member_a", listing) == {"slug": "a-chair"}


def _listing():
    return {"type": "object", "properties": {"id": {"type": "integer"}, "slug": {"type": "string"}}}


def _listing_body():
    content = {
        "application/json": {"schema": {"type": "object", "properties": {"title": {"type": "string"}}}}
    }
    return {"requestBody": {"content": content}, **_listing_reply("201")}


def _listing_reply(status="200"):
    return {
        "responses": {status: {"description": "", "content": {"application/json": {"schema": _listing()}}}}
    }

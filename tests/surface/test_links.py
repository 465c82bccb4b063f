import pytest

from launchready.model.operation import Consumes, Place
from launchready.surface.links import identifying_fields, makes, parents

SIGNED_IN = {"security": [{"auth": []}]}


def consumed(operation):
    return [(each.object_type, each.place, each.name) for each in operation.consumes]


def produced(operation):
    return [each.pointer for each in operation.produces]


def test_path_parameters_are_consumed_from_the_outside_in(kit):
    operation = kit.operation("/groups/{group_id}/posts/{id}", "delete", {})
    assert operation.consumes == (
        Consumes(object_type="group", place=Place.PATH, name="group_id"),
        Consumes(object_type="post", place=Place.PATH, name="id"),
    )
    assert parents(operation) == (("group", "group_id"),)


def test_ids_in_query_and_body_are_consumed(kit):
    body = kit.obj(
        "text",
        "thread_id",
        "status_id",
        listingIds={"type": "array", "items": {"type": "integer"}},
        paid={"type": "boolean"},
        kind_id={"type": "string", "enum": ["a"]},
        reply=kit.obj("parentId"),
    )
    stated = kit.body(body) | {
        "parameters": [
            {"name": "orderId", "in": "query", "schema": {"type": "integer"}},
            {"name": "page", "in": "query", "schema": {}},
        ]
    }
    assert consumed(kit.operation("/messages", "post", stated)) == [
        ("order", Place.QUERY, "orderId"),
        ("thread", Place.BODY, "/thread_id"),
        ("status", Place.BODY, "/status_id"),
        ("listing", Place.BODY, "/listingIds"),
        ("parent", Place.BODY, "/reply/parentId"),
    ]


def test_the_parameter_and_the_segment_agree_on_the_type(kit):
    assert consumed(kit.operation("/saved-searches/{search_id}", "get", {})) == [
        ("saved search", Place.PATH, "search_id")
    ]
    assert consumed(kit.operation("/menu/{item_id}", "get", {})) == [("menu", Place.PATH, "item_id")]
    status = kit.operation("/orders/status/{order_id}", "get", {})
    assert (status.object_type, consumed(status)) == ("order", [("order", Place.PATH, "order_id")])


def test_bare_ids_name_own_objects_but_not_in_a_create(kit):
    ids = kit.body(kit.obj(ids={"type": "array", "items": {"type": "integer"}}))
    assert consumed(kit.operation("/books/bulk-delete", "post", ids)) == [("book", Place.BODY, "/ids")]
    assert consumed(kit.operation("/books/lookup", "post", kit.body(kit.obj("id")))) == [
        ("book", Place.BODY, "/id")
    ]
    assert consumed(kit.operation("/books", "post", kit.body(kit.obj("id", "title")))) == []


def test_an_administrators_action_makes_nothing(kit):
    operations = kit.operations(
        {
            "/admin/books": {"post": kit.ok(kit.obj("id"))},
            "/admin/books/{id}/role": {"put": kit.ok(kit.obj("id"))},
            "/moderation/reports/{id}/resolve": {"post": kit.ok(kit.obj("id"))},
        }
    )
    assert [produced(each) for each in operations.values()] == [["/id"], [], []]


def test_handles_name_persons(kit):
    assert consumed(kit.operation("/profiles/{username}", "get", {})) == [("user", Place.PATH, "username")]
    assert consumed(kit.operation("/members/{user_id}", "get", {})) == [("user", Place.PATH, "user_id")]


@pytest.mark.parametrize(
    ("reply", "pointers"),
    [
        ({"id": {}, "title": {}}, ["/id"]),
        ({"data": {"type": "object", "properties": {"uuid": {}}}}, ["/data/uuid"]),
        ({"book": {"type": "object", "properties": {"id": {}, "slug": {}}}}, ["/book/id", "/book/slug"]),
        (
            {
                "data": {
                    "type": "object",
                    "properties": {"book": {"type": "object", "properties": {"id": {}}}},
                }
            },
            ["/data/book/id"],
        ),
        ({"book_id": {}}, ["/book_id"]),
        ({"bookId": {}, "id": {}}, ["/id", "/bookId"]),
        ({"_id": {}}, ["/_id"]),
        ({"code": {}}, ["/code"]),
        ({"message": {}}, ["@location"]),
        ({}, ["@location"]),
    ],
)
def test_a_create_tells_where_its_id_is(kit, reply, pointers):
    schema = {"type": "object", "properties": reply}
    assert (
        produced(kit.operation("/books", "post", kit.body(kit.obj("title")) | kit.ok(schema, "201")))
        == pointers
    )


def test_what_paths_ask_for_comes_first(kit):
    article = kit.obj("id", "slug", "title")
    operations = kit.operations(
        {
            "/articles": {"post": kit.body(kit.obj("title")) | kit.ok(kit.obj(article=article))},
            "/articles/{slug}": {"get": {}},
        }
    )
    assert produced(operations["POST /articles"]) == ["/article/slug", "/article/id"]


def test_reads_and_actions_produce_nothing(kit):
    operations = kit.operations(
        {"/books/{id}": {"get": kit.ok(kit.obj("id"))}, "/books/{id}/like": {"post": kit.ok(kit.obj("id"))}}
    )
    assert [produced(each) for each in operations.values()] == [[], []]


def test_a_parameter_that_is_no_id_is_filled_from_the_object(kit):
    operations = kit.operations(
        {
            "/books": {"post": kit.body(kit.obj("book_title", "secret")) | kit.ok(kit.obj("message"))},
            "/books/{book_title}": {"get": {}},
            "/users/register": {"post": kit.body(kit.obj("username", "password", "email"))},
            "/users/{username}": {"get": {}},
            "/films": {"post": kit.body(kit.obj("title")) | kit.ok(kit.obj("id", "title"))},
            "/films/{filmTitle}/reviews/{review_id}": {"get": {}},
            "/films/{film_id}/reviews": {"post": kit.body(kit.obj("text")) | kit.ok(kit.obj("id"))},
        }
    )
    every = list(operations.values())

    def first(name):
        return {key: names[0] for key, names in identifying_fields(operations[name], every).items()}

    assert first("GET /books/{book_title}") == {"book_title": "book_title"}
    assert first("GET /users/{username}") == {"username": "username"}
    assert first("GET /films/{filmTitle}/reviews/{review_id}") == {"filmTitle": "title", "review_id": "id"}
    assert first("POST /films/{film_id}/reviews") == {"film_id": "id"}


def test_a_sign_up_makes_persons_of_any_name(kit):
    sign_up = kit.operation("/signup", "post", kit.body(kit.obj("email", "password")))
    assert makes(sign_up, "user")
    assert makes(sign_up, "profile")
    assert not makes(sign_up, "book")
    assert not makes(sign_up, "")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/foods/{item_id}", ["food"]),
        ("/labels/{object_id}", ["label"]),
        ("/orders/{order_id}/items/{item_id}", ["order", "item"]),
        ("/carts/{cart_id}/{item_id}", ["cart", "item"]),
        ("/basket/{item_id}", ["item"]),
        ("/members/{user_id}", ["user"]),
        ("/users/{id}/records/{record_id}", ["user", "record"]),
    ],
)
def test_a_parameter_for_anything_is_of_the_collection_that_it_stands_in(kit, path, expected):
    made = {"/items": {"post": kit.ok(kit.obj("id"))}, path: {"get": kit.ok(kit.obj("id"))}}
    operation = kit.operations(made)[f"GET {path}"]
    assert [each.object_type for each in operation.consumes] == expected

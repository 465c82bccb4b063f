import pytest

from launchready.model.evidence import SourceReview
from launchready.model.operation import BodyForm, Guard, Parameter, Place
from launchready.model.source import (
    AccessClass,
    CodePlace,
    SourceRoute,
    Validation,
)
from launchready.surface.from_source import code_operations, frameworks, guard_of, tells_all

PLACE = CodePlace(path="main.py", line=1)
FORM = BodyForm(media_type="application/json", schema={"type": "object"}, required=True)


def route(method="GET", path="/items", **more):
    facts = {"framework": "Flask", "handler": "items", "app": "main", **more}
    return SourceRoute(method=method, path=path, place=PLACE, end_line=2, **facts)


def found(*routes):
    return SourceReview(root="r", files=1, lines=1, apps=(), routes=routes)


def ids(*routes):
    return [one.operation.id for one in code_operations(found(*routes))]


def test_only_what_is_certain_and_served_is_asked():
    assert ids(
        route(path="/a"),
        route(path="/b", certain=False),
        route(path="/c", served=False),
        route(path="relative"),
    ) == ["GET /a"]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT"])
def test_methods_without_an_effect_of_their_own_are_no_operations(method):
    assert ids(route(method)) == []


def test_any_method_is_a_get_and_a_post_only_with_a_body():
    assert ids(route("ANY")) == ["GET /items"]
    assert ids(route("ANY", bodies=(FORM,))) == ["GET /items", "POST /items"]
    get, post = (one.operation for one in code_operations(found(route("ANY", bodies=(FORM,)))))
    assert (get.bodies, post.bodies) == ((), (FORM,))


@pytest.mark.parametrize(
    ("method", "validation", "bodies"),
    [
        ("POST", Validation.RAW, 1),
        ("POST", Validation.UNCLEAR, 0),
        ("POST", Validation.NO_BODY, 0),
        ("GET", Validation.RAW, 0),
    ],
)
def test_a_body_that_is_read_raw_is_an_object_of_which_nothing_is_known(method, validation, bodies):
    (operation,) = (each.operation for each in code_operations(found(route(method, validation=validation))))
    assert len(operation.bodies) == bodies


def test_what_the_code_says_of_a_raw_body_is_kept():
    (one,) = code_operations(found(route("PATCH", validation=Validation.RAW, bodies=(FORM,))))
    assert one.operation.bodies == (FORM,)


def body(**properties):
    schema = {"type": "object", "properties": properties, "required": list(properties)[:1]}
    return (BodyForm(media_type="application/json", schema=schema, required=True),)


def fields(*routes):
    made = [one.operation for one in code_operations(found(*routes))]
    return {
        one.id: {name: part.get("type", "") for name, part in one.bodies[0].schema["properties"].items()}
        for one in made
        if one.bodies and "properties" in one.bodies[0].schema
    }


def test_fields_that_pass_no_schema_have_the_usual_types():
    names = ["title", "price", "isPublic", "tags", "listing_id", "email", "password", "done", "zip_code"]
    told = fields(route("POST", validation=Validation.RAW, bodies=body(**{name: {} for name in names})))
    assert told["POST /items"] == {
        "title": "string", "price": "number", "isPublic": "boolean", "tags": "", "listing_id": "",
        "email": "string", "password": "string", "done": "boolean", "zip_code": "string",
    }  # fmt: skip


def test_a_declared_type_is_kept_and_a_schema_is_left_alone():
    raw = route("POST", validation=Validation.RAW, bodies=body(title={"type": "integer"}))
    declared = route("PUT", validation=Validation.SCHEMA, bodies=body(title={}))
    assert fields(raw, declared) == {"POST /items": {"title": "integer"}, "PUT /items": {"title": ""}}


def test_an_update_that_passes_its_body_on_takes_what_a_new_object_takes():
    create = route("POST", bodies=body(title={"type": "string"}), validation=Validation.SCHEMA)
    unread = route("PATCH", "/items/{item_id}", validation=Validation.RAW)
    elsewhere = route("PATCH", "/orders/{order_id}", validation=Validation.RAW)
    other_app = route("PATCH", "/items/{item_id}", validation=Validation.RAW, app="other")
    made = [one.operation for one in code_operations(found(create, unread, elsewhere, other_app))]
    assert [bool(one.bodies[0].schema.get("properties")) for one in made] == [True, True, False, False]
    assert "required" not in made[1].bodies[0].schema


def test_a_route_of_one_application_is_named_once():
    assert ids(route(), route(), route(app="other")) == ["GET /items", "GET /items"]


def test_parameters_stand_in_the_paths_order_with_what_the_code_says():
    number = Parameter(name="item_id", place=Place.PATH, required=True, schema={"type": "integer"})
    query = Parameter(name="page", place=Place.QUERY, required=False, schema={"type": "integer"})
    one = route(path="/shops/{shop}/items/{item_id}", parameters=(query, number))
    (operation,) = (each.operation for each in code_operations(found(one)))
    assert [each.name for each in operation.parameters] == ["shop", "item_id", "page"]
    assert [each.schema["type"] for each in operation.parameters] == ["string", "integer", "integer"]


@pytest.mark.parametrize(
    ("handler", "name"),
    [
        ("items.views.create_item", "create_item"),
        ("ItemsController.findAll", "findAll"),
        ("<anonymous>:12", ""),
        ("", ""),
        ("app/api/items/route.ts:GET", "GET"),
    ],
)
def test_the_handlers_own_name_is_the_operations(handler, name):
    (operation,) = (each.operation for each in code_operations(found(route(handler=handler))))
    assert operation.operation_id == name


@pytest.mark.parametrize("access", list(AccessClass))
def test_only_what_is_said_in_so_many_words_is_public(access):
    expected = {
        AccessClass.PUBLIC: Guard.PUBLIC,
        AccessClass.NONE: Guard.UNSTATED,
        AccessClass.UNCLEAR: Guard.UNSTATED,
    }
    assert guard_of(access) is expected.get(access, Guard.PROTECTED)


def test_frameworks_are_named_in_order():
    review = found(route(), route(framework="Express", app="b"), route(framework="Django", served=False))
    assert frameworks(review) == "Flask and Express"
    assert frameworks(review, ("b",)) == "Express"


def test_a_review_without_a_served_route_tells_nothing():
    assert tells_all(found(route()))
    assert not tells_all(found())
    assert not tells_all(found(route(served=False)))

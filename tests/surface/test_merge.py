from launchready.model.operation import HttpOperation, Purpose
from launchready.surface.merge import Addition, merged


def operation(text, base="", source="source"):
    method, path = text.split()
    return HttpOperation(id=text, method=method, path=path, base_path=base, source=source)


def addition(*texts, base="", **more):
    return Addition(
        operations=tuple(operation(text, base) for text in texts), **{"origin": "the code", **more}
    )


def ids(surface):
    return [each.id for each in surface.operations]


def test_a_document_keeps_its_templates_and_gets_what_is_new(kit):
    surface = kit.surface({"/items/{item_id}": {"get": {"responses": {}}}})
    made = merged(surface, [addition("GET /items/{id}", "GET /api/items/{pk}/", "DELETE /items/{id}")])
    assert ids(made) == ["GET /items/{item_id}", "DELETE /items/{id}"]
    assert made.notes[-1] == "1 operation from openapi.json; 1 more from the code"


def test_nothing_new_leaves_the_surface_as_it_was(kit):
    surface = kit.surface({"/items": {"get": {"responses": {}}}})
    assert merged(surface, [addition("GET /items", notes=("a note",))]).operations == surface.operations
    assert merged(surface, []) == surface


def test_the_same_path_below_another_base_is_another_operation(kit):
    document = kit.document({"/items": {"get": {"responses": {}}}}, servers=[{"url": "/v1"}])
    made = merged(kit.surface(document), [addition("GET /items", base="/v2")])
    assert ids(made) == ["GET /items", "GET /v2/items"]


def test_purposes_are_told_of_all_together(kit):
    surface = kit.surface({"/users": {"post": kit.body(kit.obj("email", "password")) | {"responses": {}}}})
    assert surface.operations[0].purpose is Purpose.SIGN_UP
    made = merged(surface, [addition("POST /register")])
    assert {each.id: each.purpose for each in made.operations} == {
        "POST /users": Purpose.CREATE,
        "POST /register": Purpose.SIGN_UP,
    }


def test_completeness_is_that_of_the_last_that_knew_more(kit):
    surface = kit.surface({"/items": {"get": {"responses": {}}}})
    assert surface.complete
    assert merged(surface, [addition("GET /items")]).complete
    assert merged(surface, [addition("GET /more", complete=True)]).complete
    assert not merged(surface, [addition("GET /more")]).complete
    both = [addition("GET /more", complete=True), addition("GET /most", origin="the client's scripts")]
    assert not merged(surface, both).complete


def test_without_a_document_the_first_that_knows_something_is_the_origin():
    made = merged(None, [addition(origin="the code"), addition("GET /a", origin="the client's scripts")])
    assert (made.origin, ids(made), made.complete) == ("the client's scripts", ["GET /a"], False)
    assert merged(None, []).operations == ()

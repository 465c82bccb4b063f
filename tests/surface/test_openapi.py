import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.model.operation import Guard, Place
from launchready.surface.errors import SurfaceError
from launchready.surface.openapi import read_openapi


def test_path_level_parameters_are_merged_and_overridden(kit):
    operation = kit.operations(
        {
            "/items/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "lang", "in": "query", "schema": {"type": "string"}},
                ],
                "get": {
                    "parameters": [
                        {"name": "lang", "in": "query", "required": True, "schema": {"type": "integer"}}
                    ]
                },
            }
        }
    )["GET /items/{id}"]
    assert [(p.name, p.place, p.required, p.schema["type"]) for p in operation.parameters] == [
        ("id", Place.PATH, True, "integer"),
        ("lang", Place.QUERY, True, "integer"),
    ]


def test_a_path_parameter_that_is_not_declared_is_known_from_the_template(kit):
    operation = kit.operation("/a/{x}/{y}", "get", {"parameters": [{"name": "ghost", "in": "path"}]})
    assert [(p.name, p.required) for p in operation.parameters] == [("x", True), ("y", True)]


def test_headers_that_the_sender_sets_are_no_parameters(kit):
    names = ["Authorization", "Accept", "content-type", "X-Trace"]
    operation = kit.operation(
        "/a", "get", {"parameters": [{"name": n, "in": "header", "schema": {}} for n in names]}
    )
    assert [p.name for p in operation.parameters] == ["X-Trace"]


def test_the_operation_id_may_be_missing_and_the_summary_falls_back(kit):
    operation = kit.operation("/a", "get", {"description": "First line.\nSecond."})
    assert (operation.id, operation.operation_id, operation.summary) == ("GET /a", "", "First line.")


def test_all_media_types_and_replies_are_kept(kit):
    operation = kit.operation(
        "/a",
        "post",
        {
            "requestBody": {
                "content": {
                    "application/json": {"schema": {"type": "object"}, "example": {"a": 1}},
                    "multipart/form-data": {"schema": {"type": "object"}},
                }
            },
            "responses": {
                "200": {"content": {"application/json": {"schema": {"type": "array"}}, "text/csv": {}}},
                "404": {"description": "none"},
                "default": {"content": {"application/json": {"schema": {"type": "string"}}}},
            },
        },
    )
    assert [(b.media_type, b.required, b.example) for b in operation.bodies] == [
        ("application/json", False, {"a": 1}),
        ("multipart/form-data", False, None),
    ]
    assert [(r.status, r.media_type) for r in operation.replies] == [
        ("200", "application/json"),
        ("200", "text/csv"),
        ("404", ""),
        ("default", "application/json"),
    ]


def test_examples_are_taken_from_wherever_they_stand(kit):
    operation = kit.operation(
        "/a/{b}",
        "get",
        {
            "parameters": [
                {
                    "name": "b",
                    "in": "path",
                    "required": True,
                    "schema": {},
                    "examples": {"one": {"$ref": "#/components/examples/E"}},
                },
            ]
        },
        components={"examples": {"E": {"value": "seven"}}},
    )
    assert operation.parameters[0].example == "seven"


# ------------------------------------------------------------------------------------------- references


def test_references_are_resolved_everywhere(kit):
    operation = kit.operation(
        "/a/{id}",
        "put",
        {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "requestBody": {"$ref": "#/components/requestBodies/Body"},
            "responses": {"200": {"$ref": "#/components/responses/Ok"}},
        },
        components={
            "parameters": {
                "Id": {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "schema": {"$ref": "#/components/schemas/Id"},
                }
            },
            "requestBodies": {
                "Body": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A~1B"}}}}
            },
            "responses": {
                "Ok": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A%7E1B"}}}}
            },
            "schemas": {
                "Id": {"type": "integer"},
                "A/B": {"type": "object", "properties": {"c": {"$ref": "#/components/schemas/Id"}}},
            },
        },
    )
    wanted = {"type": "object", "properties": {"c": {"type": "integer"}}}
    assert operation.parameters[0].schema == {"type": "integer"}
    assert operation.bodies[0].schema == wanted
    assert operation.replies[0].schema == wanted


def test_recursion_is_cut_and_keeps_the_type(kit):
    operation = kit.operation(
        "/a",
        "get",
        kit.ok({"$ref": "#/components/schemas/Node"}),
        components={
            "schemas": {
                "Node": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "child": {"$ref": "#/components/schemas/Node"},
                    },
                },
            }
        },
    )
    child = operation.replies[0].schema["properties"]["child"]
    assert child == {"type": "object"}


def test_mutual_recursion_ends(kit):
    operation = kit.operation(
        "/a",
        "get",
        kit.ok({"$ref": "#/components/schemas/A"}),
        components={
            "schemas": {
                "A": {
                    "type": "object",
                    "properties": {"b": {"$ref": "#/components/schemas/B"}, "x": {"type": "string"}},
                },
                "B": {
                    "type": "object",
                    "properties": {"a": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
                },
            }
        },
    )
    assert operation.replies[0].schema["properties"]["b"]["properties"]["a"]["items"]["properties"]["x"] == {
        "type": "string"
    }
    assert "$ref" not in str(operation)


def test_a_reference_to_itself_is_a_free_schema_with_a_note(kit):
    surface = kit.surface(
        {"/a": {"get": kit.ok({"$ref": "#/components/schemas/A"})}},
        components={
            "schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
        },
    )
    assert surface.operations[0].replies[0].schema == {}
    assert any("refers to itself" in note for note in surface.notes)


def test_a_property_named_like_a_keyword_is_a_property(kit):
    schema = {
        "type": "object",
        "properties": {
            "$ref": {"type": "string"},
            "enum": {"type": "string"},
            "description": {"type": "string"},
        },
    }
    operation = kit.operation("/a", "post", kit.body(schema))
    assert set(operation.bodies[0].schema["properties"]) == {"$ref", "enum", "description"}


def test_siblings_of_a_reference_win(kit):
    operation = kit.operation(
        "/a",
        "post",
        kit.body({"$ref": "#/components/schemas/A", "default": 3, "description": "x"}),
        components={"schemas": {"A": {"type": "integer", "default": 1}}},
    )
    assert operation.bodies[0].schema == {"type": "integer", "default": 3}


def test_a_foreign_reference_is_never_fetched_and_noted(kit):
    surface = kit.surface(
        {
            "/a": {"$ref": "./paths/a.yaml"},
            "/b": {"get": {"$ref": "https://elsewhere.example/b.json"}},
            "/c": {"post": kit.body({"$ref": "other.json#/C"})},
            "/d": {"get": {}},
        }
    )
    assert {each.id: each.reason for each in surface.unusable} == {
        "* /a": "it is described in another document (./paths/a.yaml), which is not read",
        "GET /b": "it is described in another document (https://elsewhere.example/b.json), which is not read",
    }
    assert [each.id for each in surface.operations] == ["POST /c", "GET /d"]
    assert surface.operations[0].bodies[0].schema == {}
    assert any("other.json#/C" in note for note in surface.notes)


def test_all_of_is_merged_and_any_of_kept(kit):
    operation = kit.operation(
        "/a",
        "post",
        kit.body(
            {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {
                        "properties": {"b": {"anyOf": [{"type": "null"}, {"type": "integer"}]}},
                        "required": ["b"],
                    },
                ],
                "required": ["a"],
            }
        ),
        components={"schemas": {"Base": {"type": "object", "properties": {"a": {"type": "string"}}}}},
    )
    schema = operation.bodies[0].schema
    assert set(schema["properties"]) == {"a", "b"}
    assert sorted(schema["required"]) == ["a", "b"]
    assert schema["properties"]["b"]["anyOf"] == [{"type": "null"}, {"type": "integer"}]
    assert "allOf" not in schema


# ---------------------------------------------------------------------------------------- broken documents


@pytest.mark.parametrize(
    "path_item",
    [None, 7, "text", [], {"get": None}, {"get": []}, {"get": {"$ref": "#/nowhere"}}, {"$ref": "#/nowhere"}],
)
def test_a_broken_operation_is_listed_and_the_rest_goes_on(kit, path_item):
    surface = kit.surface({"/bad": path_item, "/good": {"get": {}}})
    assert [each.id for each in surface.operations] == ["GET /good"]
    assert [each.id.split()[1] for each in surface.unusable] == ["/bad"]
    assert surface.unusable[0].reason


@pytest.mark.parametrize(
    "part",
    [
        {"parameters": 7},
        {"parameters": [7, None, {"in": "query"}, {"name": 3, "in": "query"}]},
        {"responses": []},
        {"responses": {"200": 3}},
        {"responses": {"200": {"content": 3}}},
        {"requestBody": 3},
        {"tags": 3},
        {"requestBody": {"content": {"application/json": 3}}},
        {"security": "x"},
        {"security": [3]},
        {"operationId": 3},
        {"summary": ["x"]},
        {"servers": 3},
        {"servers": [{"url": 3}]},
        {"servers": [{"url": "http://["}]},
        {"parameters": [{"name": "a", "in": "nowhere"}]},
        {"requestBody": {"content": {"application/json": {"schema": 3}}}},
        {
            "parameters": [
                {"name": "q", "in": "query", "schema": {"type": 3, "enum": 4, "properties": 5, "items": 6}}
            ]
        },
        {
            "requestBody": {
                "content": {"application/json": {"schema": {"allOf": 3, "oneOf": [3], "required": 5}}}
            }
        },
    ],
)
def test_a_broken_part_never_stops_the_operation(kit, part):
    assert list(kit.operations({"/a": {"post": part}})) == ["POST /a"]


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "get",
                    "post",
                    "parameters",
                    "name",
                    "in",
                    "schema",
                    "$ref",
                    "type",
                    "properties",
                    "allOf",
                    "items",
                    "anyOf",
                    "requestBody",
                    "content",
                    "application/json",
                    "responses",
                    "200",
                    "security",
                    "enum",
                    "required",
                    "servers",
                    "url",
                    "tags",
                    "#/paths",
                    "/a/{b}",
                    "format",
                    "pattern",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["/a", "/a/{b}", "b"]), _JUNK, max_size=3), _JUNK)
def test_no_document_makes_it_raise(paths, components):
    from launchready.surface.build import build_surface  # noqa: PLC0415 - hypothesis forbids the function-scoped fixture

    surface = build_surface(
        {"openapi": "3.0.0", "paths": paths, "components": components, "security": components}, "x"
    )
    assert surface.complete is bool(surface.operations and not surface.unusable)


def test_queries_and_unbalanced_braces_in_templates_are_unusable(kit):
    surface = kit.surface({"/a?b={c}": {"get": {}}, "/a/{b": {"get": {}}, "/a/{b}.{c}": {"get": {}}})
    assert [each.id for each in surface.operations] == ["GET /a/{b}.{c}"]
    assert len(surface.unusable) == 2


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({}, "not OpenAPI"),
        ({"paths": {}}, "not OpenAPI"),
        ({"openapi": "3.0.0"}, "describes no operations"),
        ({"swaggerVersion": "1.2", "paths": {}}, "Swagger 1"),
    ],
)
def test_what_is_no_openapi_is_refused(document, why):
    with pytest.raises(SurfaceError, match=why):
        read_openapi(document)


def test_openapi_3_1_types_and_webhooks(kit):
    document = kit.document(
        {"/a": {"post": kit.body({"type": ["string", "null"], "const": "x"})}}, webhooks={"new": {}}
    )
    document["openapi"] = "3.1.0"
    surface = kit.surface(document)
    assert surface.operations[0].bodies[0].schema == {"type": ["string", "null"], "const": "x"}
    assert any("webhooks" in note for note in surface.notes)


# ------------------------------------------------------------------------------------------------ guards


@pytest.mark.parametrize(
    ("document_security", "security", "guard"),
    [
        (None, None, Guard.UNSTATED),
        (None, [], Guard.PUBLIC),
        (None, [{"key": []}], Guard.PROTECTED),
        (None, [{"key": []}, {}], Guard.PUBLIC),
        ([{"key": []}], None, Guard.PROTECTED),
        ([{"key": []}], [], Guard.PUBLIC),
        ([], None, Guard.UNSTATED),
        ([{}, {"key": []}], None, Guard.UNSTATED),
    ],
)
def test_guards_come_from_security_alone(kit, document_security, security, guard):
    rest = {} if document_security is None else {"security": document_security}
    stated = {} if security is None else {"security": security}
    assert kit.operation("/a", "get", stated, **rest).guard is guard


def test_security_declared_says_whether_anything_is_stated(kit):
    assert not kit.surface({"/a": {"get": {}}}).security_declared
    assert kit.surface({"/a": {"get": {}}, "/b": {"get": {"security": [{"k": []}]}}}).security_declared


def test_schemes_say_how_credentials_travel(kit):
    schemes = {
        "a": {"type": "http", "scheme": "Bearer"},
        "b": {"type": "apiKey", "in": "header", "name": "Authorization"},
        "c": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "d": {"type": "oauth2", "flows": {"password": {"tokenUrl": "https://other.example/api/token"}}},
        "e": {"type": "http", "scheme": "basic"},
        "f": {"type": "apiKey", "in": "query", "name": "key"},
    }
    operation = kit.operation(
        "/a", "get", {"security": [{name: []} for name in schemes]}, components={"securitySchemes": schemes}
    )
    assert operation.security == (
        "bearer",
        "api_key:Authorization",
        "cookie:sid",
        "oauth2:/api/token",
        "basic",
        "api_key_query:key",
    )


def test_a_required_credential_header_protects(kit):
    header = {"name": "X-API-Key", "in": "header", "required": True, "schema": {"type": "string"}}
    assert kit.operation("/a", "get", {"parameters": [header]}).guard is Guard.PROTECTED


# ---------------------------------------------------------------------------------------------- servers


@pytest.mark.parametrize(
    ("servers", "origin", "base"),
    [
        (None, "", ""),
        ([{"url": "https://api.live.example/v2/"}], "", "/v2"),
        ([{"url": "/api"}], "http://127.0.0.1:8000/openapi.json", "/api"),
        ([{"url": "."}], "http://127.0.0.1:8000/api/openapi.json", "/api"),
        ([{"url": "v1"}], "openapi.json", "/v1"),
        (
            [{"url": "https://live.example/a"}, {"url": "http://127.0.0.1:8000/b"}],
            "http://127.0.0.1:8000/x.json",
            "/b",
        ),
        ([{"url": "https://{host}/{base}", "variables": {"base": {"default": "v3"}}}], "", "/v3"),
        ([{"url": "https://live.example"}], "", ""),
    ],
)
def test_only_the_path_of_a_server_is_used(kit, servers, origin, base):
    document = kit.document({"/a": {"get": {}}}, **({"servers": servers} if servers else {}))
    assert read_openapi(document, origin).base_path == base
    assert kit.surface(document, origin).operations[0].base_path == base


def test_nearer_servers_win(kit):
    document = kit.document(
        {"/a": {"servers": [{"url": "/p"}], "get": {"servers": [{"url": "/o"}]}, "put": {}}},
        servers=[{"url": "/d"}],
    )
    bases = {each.id: each.base_path for each in kit.surface(document).operations}
    assert bases == {"GET /a": "/o", "PUT /a": "/p"}


# ------------------------------------------------------------------------------------------------- scale


def _large(operations, schemas):
    """Operations whose schemas refer to each other in all directions, as large generated documents do."""
    names = [f"S{n}" for n in range(schemas)]
    held = {
        name: {
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                **{
                    f"f{k}": {"$ref": f"#/components/schemas/{names[(n * 7 + k * 13) % schemas]}"}
                    for k in range(8)
                },
                "list": {
                    "type": "array",
                    "items": {"$ref": f"#/components/schemas/{names[(n + 1) % schemas]}"},
                },
            },
        }
        for n, name in enumerate(names)
    }
    paths = {}
    for n in range(operations // 4):
        ref = {"$ref": f"#/components/schemas/{names[n % schemas]}"}
        content = {"application/json": {"schema": ref}}
        many = {"200": {"content": {"application/json": {"schema": {"type": "array", "items": ref}}}}}
        one = {"200": {"content": content}, "422": {"content": content}}
        paths[f"/things{n}"] = {
            "get": {"responses": many},
            "post": {"requestBody": {"content": content}, "responses": one},
        }
        paths[f"/things{n}/{{id}}"] = {"get": {"responses": one}, "delete": {"responses": one}}
    return {"openapi": "3.0.0", "paths": paths, "components": {"schemas": held}}


def test_a_thousand_operations_with_hundreds_of_references_are_read_fast_and_small(kit):
    document = _large(1_000, 300)
    started = time.process_time()
    surface = kit.surface(document)
    seconds = time.process_time() - started
    assert len(surface.operations) == 1_000
    assert seconds < 2


def test_resolved_schemas_are_shared(kit):
    document = _large(100, 300)
    tracemalloc.start()
    surface = kit.surface(document)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(surface.operations) == 100
    assert kept < 20_000_000


def test_a_resolved_schema_is_bounded_when_written_out(kit):
    surface = kit.surface(_large(40, 300))

    def size(value):
        if isinstance(value, dict):
            return 1 + sum(size(each) for each in value.values())
        return 1 + sum(size(each) for each in value) if isinstance(value, list) else 1

    assert max(size(reply.schema) for each in surface.operations for reply in each.replies) < 8_000

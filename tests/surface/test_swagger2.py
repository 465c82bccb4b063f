from launchready.model.operation import Guard, Place, Purpose


def _document(paths, **rest):
    return {
        "swagger": "2.0",
        "info": {"title": "Old"},
        "basePath": "/v1/",
        "host": "live.example",
        "paths": paths,
        **rest,
    }


def test_bodies_forms_and_replies_are_converted(kit):
    operations = kit.operations(
        _document(
            {
                "/pets/{petId}": {
                    "parameters": [
                        {
                            "name": "petId",
                            "in": "path",
                            "required": True,
                            "type": "integer",
                            "format": "int64",
                        }
                    ],
                    "put": {
                        "parameters": [
                            {
                                "name": "body",
                                "in": "body",
                                "required": True,
                                "schema": {"$ref": "#/definitions/Pet"},
                            }
                        ],
                        "responses": {"200": {"schema": {"$ref": "#/definitions/Pet"}}},
                    },
                    "post": {
                        "consumes": ["application/x-www-form-urlencoded"],
                        "parameters": [
                            {"name": "name", "in": "formData", "type": "string", "required": True},
                            {"name": "status", "in": "formData", "type": "string", "enum": ["a"]},
                        ],
                    },
                },
                "/pets/{petId}/photo": {
                    "post": {"parameters": [{"name": "file", "in": "formData", "type": "file"}]}
                },
            },
            definitions={"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
        )
    )
    put = operations["PUT /pets/{petId}"]
    pet = {"type": "object", "properties": {"name": {"type": "string"}}}
    assert put.base_path == "/v1"
    assert [(p.name, p.place, p.schema) for p in put.parameters] == [
        ("petId", Place.PATH, {"type": "integer", "format": "int64"})
    ]
    assert [(b.media_type, b.required, b.schema) for b in put.bodies] == [("application/json", True, pet)]
    assert [(r.status, r.media_type, r.schema) for r in put.replies] == [("200", "application/json", pet)]
    form = operations["POST /pets/{petId}"].bodies[0]
    assert form.media_type == "application/x-www-form-urlencoded"
    assert form.schema["required"] == ["name"]
    photo = operations["POST /pets/{petId}/photo"]
    assert photo.bodies[0].media_type == "multipart/form-data"
    assert photo.bodies[0].schema["properties"]["file"] == {"type": "string", "format": "binary"}
    assert photo.purpose is Purpose.UPLOAD


def test_document_wide_media_types_and_security_hold(kit):
    document = _document(
        {
            "/a": {
                "post": {
                    "parameters": [{"name": "b", "in": "body", "schema": {}}],
                    "responses": {"200": {"schema": {}}},
                }
            }
        },
        consumes=["application/vnd.x+json"],
        produces=["application/hal+json"],
        securityDefinitions={
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "b": {"type": "basic"},
        },
        security=[{"key": []}, {"b": []}],
    )
    operation = kit.operations(document)["POST /a"]
    assert operation.bodies[0].media_type == "application/vnd.x+json"
    assert operation.replies[0].media_type == "application/hal+json"
    assert operation.guard is Guard.PROTECTED
    assert operation.security == ("api_key:X-Key", "basic")


def test_a_login_by_query_parameters_is_a_login(kit):
    query = [
        {"name": name, "in": "query", "type": "string", "required": True} for name in ("username", "password")
    ]
    operation = kit.operations(_document({"/user/login": {"get": {"parameters": query}}}))["GET /user/login"]
    assert operation.purpose is Purpose.LOG_IN

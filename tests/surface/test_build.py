from launchready.surface.build import base_path_candidates, build_surface, rebased


def test_a_surface_tells_where_it_came_from(kit):
    surface = build_surface(kit.document({"/a": {"get": {}}}), "http://127.0.0.1:1/openapi.json")
    assert (surface.origin, surface.title, surface.complete) == ("http://127.0.0.1:1/openapi.json", "T", True)


def test_a_wrong_server_path_can_be_replaced(kit):
    document = kit.document({"/a": {"get": {}}}, servers=[{"url": "https://live.example/prod/v9"}])
    surface = build_surface(document, "http://127.0.0.1:8000/api/docs/openapi.json")
    assert surface.operations[0].base_path == "/prod/v9"
    assert base_path_candidates(surface)[:4] == ("/prod/v9", "", "/api/docs", "/api")
    moved = rebased(surface, "/api/")
    assert moved.operations[0].base_path == "/api"
    assert rebased(surface, "/").operations[0].base_path == ""
    assert surface.operations[0].base_path == "/prod/v9"

import json

import pytest

from launchready.door.messages import Reply, Request
from launchready.surface.discover import MAX_REQUESTS, Found, NotFound, discover, is_edge_wall

TARGET = "http://127.0.0.1:8000"
SPEC = json.dumps({"openapi": "3.0.0", "info": {"title": "T"}, "paths": {"/a": {"get": {}}}})
PAGE = "<!doctype html><html><body>App</body></html>"


class Site:
    """Answers from a table; everything else gets `otherwise`."""

    def __init__(self, pages, otherwise=(404, PAGE, {})):
        self.pages = pages
        self.otherwise = otherwise
        self.asked = []

    async def fetch(self, address):
        self.asked.append(address)
        path = address.removeprefix(TARGET)
        answer = self.pages.get(path, self.otherwise)
        status, text, headers = answer if isinstance(answer, tuple) else (200, answer, {})
        request = Request(method="GET", url=address)
        return Reply(
            exchange="e1",
            request=request,
            url=address,
            status=status,
            body=text.encode(),
            headers=tuple(headers.items()),
            failure="" if status else "connection refused",
            truncated=headers.get("x-truncated") == "yes",
        )


@pytest.mark.parametrize(
    "path",
    [
        "/openapi.json",
        "/swagger.json",
        "/v3/api-docs",
        "/api/v1/openapi.json",
        "/api/schema/",
        "/swagger/v1/swagger.json",
        "/docs-json",
    ],
)
async def test_usual_paths_are_found(path):
    found = await discover(TARGET, Site({path: SPEC}).fetch)
    assert isinstance(found, Found)
    assert found.origin == f"{TARGET}{path}"
    assert "/a" in found.document["paths"]


async def test_an_application_that_answers_every_path_with_its_page_has_no_document():
    site = Site({}, otherwise=(200, PAGE, {}))
    found = await discover(TARGET, site.fetch)
    assert isinstance(found, NotFound)
    assert "no OpenAPI document was found" in found.reason
    assert not found.unreachable
    assert len(site.asked) <= MAX_REQUESTS
    assert len(set(site.asked)) == len(site.asked)


async def test_json_that_is_no_description_is_passed_over():
    found = await discover(TARGET, Site({"/openapi.json": '{"detail": "no"}', "/swagger.json": SPEC}).fetch)
    assert isinstance(found, Found)
    assert found.origin.endswith("/swagger.json")


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ('<html><script>SwaggerUIBundle({url: "/hidden/spec.json"})</script></html>', "/hidden/spec.json"),
        ("<!doctype html><redoc spec-url='/hidden/spec.yaml'></redoc>", "/hidden/spec.yaml"),
        ('<html><link rel="service-desc" href="hidden.json"></html>', "/hidden.json"),
        ('<html><link href="/x/y.json" rel="service-desc"></html>', "/x/y.json"),
        (f'<html><script id="api-reference" data-url="{TARGET}/z.json"></script></html>', "/z.json"),
        ('<html><a href="/deep/openapi.json">raw</a></html>', "/deep/openapi.json"),
    ],
)
async def test_links_in_documentation_pages_are_followed(page, link):
    found = await discover(TARGET, Site({"/docs": page, link: SPEC}).fetch)
    assert isinstance(found, Found)
    assert found.origin == f"{TARGET}{link}"


async def test_a_link_to_another_origin_is_never_asked():
    site = Site({"/docs": '<html><redoc spec-url="https://elsewhere.example/openapi.json"></redoc></html>'})
    assert isinstance(await discover(TARGET, site.fetch), NotFound)
    assert all(address.startswith(f"{TARGET}/") for address in site.asked)


async def test_the_initializer_of_swagger_ui_is_read():
    site = Site(
        {
            "/swagger-ui/index.html": '<html><script src="./swagger-initializer.js"></script></html>',
            "/swagger-ui/swagger-initializer.js": 'window.ui = SwaggerUIBundle({ url: "/spec/here" })',
            "/spec/here": SPEC,
        }
    )
    found = await discover(TARGET, site.fetch)
    assert isinstance(found, Found)
    assert found.origin == f"{TARGET}/spec/here"


async def test_a_link_header_is_followed():
    site = Site(
        {"/": (200, PAGE, {"link": '</desc>; rel="service-desc"; type="application/json"'}), "/desc": SPEC}
    )
    found = await discover(TARGET, site.fetch)
    assert isinstance(found, Found)
    assert site.asked == [f"{TARGET}/", f"{TARGET}/desc"]


async def test_the_target_keeps_its_own_path():
    site = Site({"/shop/openapi.json": SPEC})
    found = await discover(f"{TARGET}/shop/", site.fetch)
    assert isinstance(found, Found)
    assert found.origin == f"{TARGET}/shop/openapi.json"


async def test_silence_is_unreachable_after_one_request():
    site = Site({}, otherwise=(0, "", {}))
    found = await discover(TARGET, site.fetch)
    assert isinstance(found, NotFound)
    assert found.unreachable
    assert "connection refused" in found.reason
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "wall",
    [
        (403, PAGE, {"cf-mitigated": "challenge"}),
        (302, "", {"location": "https://vercel.com/sso-api?url=x"}),
        (503, "<html><title>Just a moment...</title></html>", {}),
    ],
)
async def test_an_edge_wall_is_no_answer_of_the_api(wall):
    site = Site({}, otherwise=wall)
    found = await discover(TARGET, site.fetch)
    assert isinstance(found, NotFound)
    assert found.edge_wall
    assert len(site.asked) == 1


async def test_a_plain_refusal_is_no_wall():
    reply = await Site({}, otherwise=(403, '{"detail": "forbidden"}', {})).fetch(TARGET)
    assert not is_edge_wall(reply)


async def test_a_truncated_document_is_said():
    found = await discover(TARGET, Site({"/openapi.json": (200, SPEC, {"x-truncated": "yes"})}).fetch)
    assert isinstance(found, NotFound)
    assert "larger than a reply may be" in found.reason


async def test_a_stated_path_is_asked_alone():
    site = Site({"/my/spec": SPEC})
    found = await discover(TARGET, site.fetch, spec="/my/spec")
    assert isinstance(found, Found)
    assert site.asked == [f"{TARGET}/my/spec"]


async def test_a_local_file_needs_no_request(tmp_path):
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: 3.0.0\npaths: {}\n")
    site = Site({})
    assert await discover(TARGET, site.fetch, spec=str(path)) == Found(
        origin=str(path), document={"openapi": "3.0.0", "paths": {}}
    )
    assert site.asked == []


@pytest.mark.parametrize(
    ("spec", "pages", "why"),
    [
        ("gone.json", {}, "does not exist"),
        ("/gone", {}, "answered 404"),
        ("/page", {"/page": PAGE}, "a page, not a document"),
        ("/other", {"/other": "{}"}, "neither an OpenAPI document nor a HAR recording"),
        ("/silent", {"/silent": (0, "", {})}, "did not answer"),
    ],
)
async def test_a_stated_place_without_a_document_is_said_plainly(spec, pages, why):
    found = await discover(TARGET, Site(pages).fetch, spec=spec)
    assert isinstance(found, NotFound)
    assert why in found.reason

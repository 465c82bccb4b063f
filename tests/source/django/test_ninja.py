import pytest

from tests.source.django.projects import kinds, routes

URLS = 'from shop.api import api\nurlpatterns = [path("api/", api.urls)]\n'
API = (
    "from ninja import Form, NinjaAPI, Query, Router, Schema\n"
    "from ninja.security import APIKeyHeader, HttpBearer, django_auth, django_auth_superuser\n"
    "from shop.models import Item\n"
    "class Token(HttpBearer):\n    def authenticate(self, request, token):\n"
    "        return Item.objects.filter(key=token).first()\n"
    "class Key(APIKeyHeader):\n    def authenticate(self, request, key):\n        return key == 'x' or None\n"
    "class ItemIn(Schema):\n    title: str\n    price: int = 0\n"
)


def read(code, settings=""):
    return routes(urls=URLS, views="", settings=settings, shop__api=API + code)


def test_operations_routers_and_prefixes():
    code = (
        "api = NinjaAPI()\nrouter = Router()\ninner = Router()\n"
        "@api.get('/items/{int:item_id}')\ndef one(request, item_id: int):\n    pass\n"
        "@router.api_operation(['POST', 'PATCH'], '/{slug}')\ndef two(request, slug):\n    pass\n"
        "@inner.delete('')\ndef three(request):\n    pass\n"
        "router.add_router('/deep', inner)\napi.add_router('/notes/', router)\n"
        "api.add_router('other', 'shop.more.router')\n"
    )
    more = "from ninja import Router\nrouter = Router()\n@router.put('/x')\ndef four(request):\n    pass\n"
    found = routes(urls=URLS, shop__api=API + code, shop__more=more)
    assert sorted(found) == [
        "DELETE /api/notes/deep",
        "GET /api/docs",
        "GET /api/items/{item_id}",
        "GET /api/openapi.json",
        "PATCH /api/notes/{slug}",
        "POST /api/notes/{slug}",
        "PUT /api/other/x",
    ]
    assert found["GET /api/items/{item_id}"].parameters[0].schema == {"type": "integer", "minimum": 0}


def test_a_description_that_is_switched_off():
    code = "api = NinjaAPI(docs_url=None)\n@api.get('/x')\ndef one(request):\n    pass\n"
    assert sorted(read(code)) == ["GET /api/openapi.json", "GET /api/x"]


@pytest.mark.parametrize(
    ("api", "router", "operation", "expected"),
    [
        ("", "", "", []),
        ("auth=django_auth", "", "", [("authenticates", "global")]),
        ("auth=django_auth", "", ", auth=None", [("public", "route")]),
        ("", "auth=Token()", "", [("authenticates", "group")]),
        ("auth=django_auth", "auth=Key()", "", [("service", "group")]),
        ("", "", ", auth=django_auth_superuser", [("authorizes", "route")]),
        ("", "", ", auth=[Token(), django_auth]", [("authenticates", "route")]),
        ("", "", ", auth=[Key(), django_auth]", [("service", "route")]),
    ],
)
def test_authentication_is_that_of_the_nearest_level(api, router, operation, expected):
    code = (
        f"api = NinjaAPI({api})\nrouter = Router({router})\n"
        f"@router.get('/x'{operation})\ndef one(request):\n    pass\napi.add_router('', router)\n"
    )
    assert kinds(read(code)["GET /api/x"]) == expected


OPTIONAL = (
    "class Maybe(HttpBearer):\n    def __init__(self, optional=False):\n        self.optional = optional\n"
    "    def __call__(self, request):\n        if not request.headers.get('Authorization'):\n"
    "            return request.user if self.optional else None\n        return self.authenticate(request, '')\n"
    "    def authenticate(self, request, token):\n        return Item.objects.first()\n"
)


def test_authentication_that_lets_everybody_through_guards_nothing():
    code = OPTIONAL + (
        "api = NinjaAPI()\n@api.get('/a', auth=Maybe())\ndef a(request):\n    pass\n"
        "@api.get('/b', auth=Maybe(optional=True))\ndef b(request):\n    pass\n"
    )
    found = read(code)
    assert kinds(found["GET /api/a"]) == [("authenticates", "route")]
    assert kinds(found["GET /api/b"]) == [("identifies", "route")]


def test_bodies_and_queries():
    code = (
        "api = NinjaAPI()\n@api.post('/a/{pk}')\ndef a(request, pk: int, data: ItemIn, page: int = 1):\n    pass\n"
        "@api.post('/b')\ndef b(request, name: str = Form(...)):\n    pass\n"
        "@api.get('/c')\ndef c(request, filters: ItemIn = Query(...)):\n    pass\n"
        "@api.post('/d')\ndef d(request):\n    return request.body\n"
    )
    found = read(code)
    (body,) = found["POST /api/a/{pk}"].bodies
    assert set(body.schema["properties"]) == {"title", "price"}
    assert found["POST /api/a/{pk}"].validation.value == "schema"
    (body,) = found["POST /api/b"].bodies
    assert (body.media_type, set(body.schema["properties"])) == (
        "application/x-www-form-urlencoded",
        {"name"},
    )
    assert found["GET /api/c"].bodies == ()
    assert found["POST /api/d"].validation.value == "raw"

from tests.source.django.projects import routes

VIEWS = (
    "class ItemViewSet(viewsets.ModelViewSet):\n"
    "    queryset = Item.objects.all()\n"
    "    @action(detail=True, methods=['post', 'delete'], url_path='like-it')\n"
    "    def like(self, request, pk=None):\n        return Response()\n"
    "    @action(detail=False)\n"
    "    def recent(self, request):\n        return Response()\n"
    "class NoteViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):\n"
    "    lookup_field = 'slug'\n"
    "    def destroy(self, request, slug=None):\n        return Response()\n"
)


def ids(urls, views=VIEWS):
    return sorted(one.id for one in routes(urls=urls, views=views).values())


def test_a_router_makes_routes_of_what_a_view_set_has():
    urls = 'router = SimpleRouter()\nrouter.register("items", views.ItemViewSet)\nurlpatterns = router.urls\n'
    assert ids(urls) == [
        "DELETE /items/{pk}/",
        "DELETE /items/{pk}/like-it/",
        "GET /items/",
        "GET /items/recent/",
        "GET /items/{pk}/",
        "PATCH /items/{pk}/",
        "POST /items/",
        "POST /items/{pk}/like-it/",
        "PUT /items/{pk}/",
    ]


def test_lookup_fields_slashes_and_the_root_view():
    urls = (
        'router = DefaultRouter(trailing_slash=False)\nrouter.register(r"notes", views.NoteViewSet, "note")\n'
        'urlpatterns = [path("api/", include(router.urls))]\n'
    )
    assert ids(urls) == ["DELETE /api/notes/{slug}", "GET /api/", "GET /api/notes"]


def test_methods_that_are_not_allowed_are_left_out():
    views = VIEWS + "class Few(ItemViewSet):\n    http_method_names = ['get', 'head']\n"
    urls = 'router = SimpleRouter()\nrouter.register("few", views.Few)\nurlpatterns = [*router.urls]\n'
    assert ids(urls, views) == ["GET /few/", "GET /few/recent/", "GET /few/{pk}/"]


def test_nested_routers():
    urls = (
        "from rest_framework_nested import routers\n"
        'top = routers.SimpleRouter()\ntop.register("items", views.ItemViewSet)\n'
        'inner = routers.NestedSimpleRouter(top, "items", lookup="item")\n'
        'inner.register("notes", views.NoteViewSet)\n'
        "urlpatterns = inner.urls\n"
    )
    assert ids(urls) == ["DELETE /items/{item_pk}/notes/{slug}/", "GET /items/{item_pk}/notes/"]


def test_what_is_registered_elsewhere_and_taken_over_is_found():
    urls = (
        "from shop.api import router as inner\n"
        "router = SimpleRouter()\nrouter.registry.extend(inner.registry)\n"
        'for prefix in ("a", "b"):\n    router.register(prefix, views.NoteViewSet)\n'
        "urlpatterns = router.urls\n"
    )
    api = (
        "from rest_framework.routers import SimpleRouter\nfrom shop import views\n"
        'router = SimpleRouter()\nrouter.register("c", views.NoteViewSet)\n'
    )
    found = routes(urls=urls, views=VIEWS, shop__api=api)
    assert sorted(one.path for one in found.values() if one.method == "GET") == ["/a/", "/b/", "/c/"]


def test_a_view_set_below_another_ones_objects():
    urls = (
        "router = SimpleRouter()\n"
        'router.register("items", views.ItemViewSet).register("notes", views.NoteViewSet, '
        'parents_query_lookups=["item"])\nurlpatterns = router.urls\n'
    )
    assert "GET /items/{parent_lookup_item}/notes/" in ids(urls)


def test_mappings_without_a_router():
    urls = 'urlpatterns = [path("n/<slug>/", views.NoteViewSet.as_view({"delete": "destroy"}))]\n'
    assert ids(urls) == ["DELETE /n/{slug}/"]


def test_a_further_verb_of_an_action():
    views = (
        "class V(viewsets.ViewSet):\n"
        "    @action(detail=True, methods=['put'])\n    def mark(self, request, pk):\n        return Response()\n"
        "    @mark.mapping.delete\n    def unmark(self, request, pk):\n        return Response()\n"
    )
    urls = 'router = SimpleRouter()\nrouter.register("v", views.V, "v")\nurlpatterns = router.urls\n'
    assert ids(urls, views) == ["DELETE /v/{pk}/mark/", "PUT /v/{pk}/mark/"]

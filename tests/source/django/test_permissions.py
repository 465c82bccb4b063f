import pytest

from tests.source.django.projects import kinds, routes

REST = 'REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n'
URLS = 'router = SimpleRouter()\nrouter.register("x", views.V, "x")\nurlpatterns = router.urls\n'
HEAD = "class V(viewsets.ModelViewSet):\n    queryset = Item.objects.all()\n"


def found(code, settings="", urls=URLS):
    return routes(urls=urls, views=code, settings=settings)


def of(code, route="GET /x/", settings=""):
    return kinds(found(code, settings)[route])


@pytest.mark.parametrize(
    ("classes", "read", "write"),
    [
        ("[AllowAny]", "public", "public"),
        ("[]", "public", "public"),
        ("[IsAuthenticated]", "authenticates", "authenticates"),
        ("(IsAdminUser,)", "authorizes", "authorizes"),
        ("[permissions.IsAuthenticatedOrReadOnly]", "public", "authenticates"),
        ("[permissions.DjangoModelPermissions]", "authenticates", "authorizes"),
        ("[IsAuthenticated | IsAdminUser]", "authenticates", "authenticates"),
        ("[AllowAny | IsAdminUser]", "public", "public"),
        ("[Own]", "authorizes", "authorizes"),
        ("[OwnReads]", "public", "authorizes"),
        ("[Both]", "authenticates", "authorizes"),
        ("[make()]", "unclear", "unclear"),
    ],
)
def test_permission_classes(classes, read, write):
    code = (
        "class Own(BasePermission):\n    def has_permission(self, request, view):\n"
        "        return bool(request.user and request.user.is_staff)\n"
        "class OwnReads(Own):\n    def has_permission(self, request, view):\n"
        "        if request.method in permissions.SAFE_METHODS:\n            return True\n"
        "        return super().has_permission(request, view)\n"
        "class Both(IsAuthenticated):\n    def has_permission(self, request, view):\n"
        "        if not super().has_permission(request, view):\n            return False\n"
        "        return view.action == 'list' or request.user.groups.filter(name='sellers').exists()\n"
        f"{HEAD}    permission_classes = {classes}\n"
    )
    assert of(code) == [(read, "group")]
    assert of(code, "POST /x/") == [(write, "group")]


def test_both_of_two_permissions_are_asked():
    assert of(f"{HEAD}    permission_classes = [IsAuthenticated & IsAdminUser]\n") == [
        ("authenticates", "group"),
        ("authorizes", "group"),
    ]


def test_the_settings_hold_where_a_view_says_nothing():
    assert of(HEAD, settings=REST) == [("authenticates", "global")]
    assert of(HEAD) == []
    assert of(f"{HEAD}    permission_classes = [AllowAny]\n", settings=REST) == [("public", "group")]


def test_an_action_sets_its_own():
    code = (
        f"{HEAD}    permission_classes = [IsAuthenticated]\n"
        "    @action(detail=False, permission_classes=[AllowAny])\n    def hello(self, request):\n        pass\n"
    )
    assert of(code, "GET /x/hello/") == [("public", "route")]
    assert of(code) == [("authenticates", "group")]


BY_ACTION = (
    "    def get_permissions(self):\n        if self.action in ('list', 'retrieve'):\n"
    "            classes = [AllowAny]\n        else:\n            classes = [IsAdminUser]\n"
    "        return [one() for one in classes]\n"
)
BY_TABLE = (
    "    permission_classes = [IsAuthenticated]\n"
    "    permission_classes_by_action = {'list': [AllowAny], 'destroy': [IsAdminUser]}\n"
    "    def get_permissions(self):\n        try:\n"
    "            return [one() for one in self.permission_classes_by_action[self.action]]\n"
    "        except KeyError:\n            return [one() for one in self.permission_classes]\n"
)


def test_permissions_by_action():
    assert of(HEAD + BY_ACTION) == [("public", "group")]
    assert of(HEAD + BY_ACTION, "POST /x/") == [("authorizes", "group")]
    assert of(HEAD + BY_TABLE, "POST /x/") == [("authenticates", "group")]
    assert of(HEAD + BY_TABLE, "DELETE /x/{pk}/")[0][0] in {"authorizes", "authenticates"}


def test_permissions_set_before_the_parent_is_asked():
    code = (
        f"{HEAD}    permission_classes = [IsAuthenticated]\n    def get_permissions(self):\n"
        "        if self.action == 'create':\n            self.permission_classes = [AllowAny]\n"
        "        return super().get_permissions()\n"
    )
    assert of(code, "POST /x/") == [("public", "group")]
    assert of(code) == [("authenticates", "group")]


def test_what_depends_on_something_else_is_unclear():
    code = (
        f"{HEAD}    def get_permissions(self):\n        if self.request.GET.get('key'):\n"
        "            return [AllowAny()]\n        return [IsAuthenticated()]\n"
    )
    assert of(code) == [("unclear", "group")]


def test_functions_with_permissions():
    views = (
        "@api_view(['GET', 'POST'])\n@permission_classes([IsAdminUser])\ndef f(request):\n    return Response()\n"
        "@api_view(['GET'])\ndef g(request):\n    return Response()\n"
        "def h(request):\n    return HttpResponse()\n"
    )
    urls = 'urlpatterns = [path("f", views.f), path("g", views.g), path("h", views.h)]\n'
    held = found(views, REST, urls)
    assert kinds(held["POST /f"]) == [("authorizes", "route")]
    assert kinds(held["GET /g"]) == [("authenticates", "global")]
    assert kinds(held["GET /h"]) == []


def test_a_permission_that_asks_the_views_class():
    code = (
        "class Private(BasePermission):\n    def has_permission(self, request, view):\n"
        "        if getattr(view, 'open', False):\n            return True\n"
        "        return request.user.is_authenticated\n"
        f"{HEAD}    permission_classes = [Private]\n"
    )
    assert of(code) == [("authenticates", "group")]
    assert of(code + "    open = True\n") == [("public", "group")]


OWNER = (
    "class IsOwner(BasePermission):\n    def has_object_permission(self, request, view, obj):\n"
    "        return obj.owner == request.user\n"
)


def lookups(code, route, settings=REST):
    return [
        (one.model, one.key, one.action.value, one.bound.value)
        for one in found(code, settings)[route].lookups
    ]


def test_a_lookup_by_id_alone_and_one_that_is_the_callers():
    assert lookups(HEAD, "PUT /x/{pk}/") == [("Item", "pk", "update", "none")]
    owned = f"{OWNER}{HEAD}    permission_classes = [IsAuthenticated, IsOwner]\n"
    assert lookups(owned, "DELETE /x/{pk}/") == [("Item", "pk", "delete", "owner")]
    assert found(owned)["DELETE /x/{pk}/"].access.value == "owner"
    assert found(owned)["GET /x/"].lookups == ()


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("Item.objects.filter(owner=self.request.user)", "owner"),
        ("self.request.user.items.all()", "owner"),
        ("Item.objects.for_user(self.request.user)", "owner"),
        ("super().get_queryset().filter(owner_id=self.request.user.id)", "owner"),
        ("Item.objects.all()", "none"),
        ("Item.objects.filter(shop=self.kwargs['shop'])", "none"),
        ("Item.objects.annotate(mine=Exists(Item.objects.filter(owner=self.request.user)))", "none"),
        ("Item.objects.exclude(owner=self.request.user)", "none"),
        ("find_items(self)", "unclear"),
        (
            "Item.objects.all() if self.request.user.is_staff else Item.objects.filter(owner=self.request.user)",
            "owner",
        ),
    ],
)
def test_query_sets(query, bound):
    code = f"{HEAD}    def get_queryset(self):\n        return {query}\n"
    assert lookups(code, "GET /x/{pk}/") == [("Item", "pk", "read", bound)]


def test_a_query_set_for_one_action_only():
    code = (
        f"{HEAD}    def get_queryset(self):\n        if self.action == 'list':\n"
        "            return Item.objects.filter(owner=self.request.user)\n        return Item.objects.all()\n"
    )
    assert lookups(code, "GET /x/{pk}/") == [("Item", "pk", "read", "none")]


def test_a_filter_that_ties_to_the_caller():
    code = (
        "class Mine:\n    def filter_queryset(self, request, queryset, view):\n"
        "        return queryset.filter(owner=request.user)\n"
        f"{HEAD}    filter_backends = [Mine]\n"
    )
    assert lookups(code, "GET /x/{pk}/") == [("Item", "pk", "read", "owner")]


def test_a_guard_that_asks_about_ids_itself_leaves_it_open():
    code = (
        "class Member(BasePermission):\n    def has_permission(self, request, view):\n"
        "        return Item.objects.filter(shop=view.kwargs['pk'], members=request.user).exists()\n"
        f"{HEAD}    permission_classes = [Member]\n"
    )
    (one,) = found(code)["GET /x/{pk}/"].guards
    assert (one.kind.value, one.name) == ("authorizes", "Member")

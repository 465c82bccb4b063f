import pytest

from tests.source.django.projects import kinds, one, reviewed, routes

FUNCTION = "def view(request, **kwargs):\n    return HttpResponse()\n"
ASKS = [("authenticates", "route")]
MAY = [("authorizes", "route")]
GROUP_ASKS, GROUP_MAY = [("authenticates", "group")], [("authorizes", "group")]


@pytest.mark.parametrize(
    ("decorator", "expected", "role"),
    [
        ("@login_required\n", ASKS, ""),
        ("@login_required(login_url='/in')\n", ASKS, ""),
        ("@permission_required('shop.sell')\n", MAY, "shop.sell"),
        ("@user_passes_test(lambda u: u.is_staff)\n", MAY, "is_staff"),
        ("@user_passes_test(lambda user: user.is_authenticated)\n", ASKS, ""),
        ("@user_passes_test(lambda u: True)\n", [], ""),
        ("@require_GET\n", [], ""),
        ("", [], ""),
    ],
)
def test_decorators_of_the_framework(decorator, expected, role):
    route = one(decorator + FUNCTION)
    assert kinds(route) == expected
    assert "".join(guard.role for guard in route.guards) == role


WRAPPER = (
    "def guard(f):\n    def w(request, *args):\n{}        return f(request, *args)\n    return w\n@guard\n"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("        if not request.user.is_authenticated:\n            return JsonResponse({}, status=401)\n", ASKS),
        ("        if request.user.is_anonymous:\n            return redirect('login')\n", ASKS),
        ("        if not request.user.is_staff:\n            raise PermissionDenied\n", MAY),
        ("        if request.user.role not in ('admin', 'editor'):\n            raise PermissionDenied\n", MAY),
        ("        if not request.user.has_perm('shop.sell'):\n            return HttpResponseForbidden()\n", MAY),
        (
            "        if request.headers.get('X-Api-Key') != 'x':\n            return HttpResponse(status=401)\n",
            [("service", "route")],
        ),
        ("        if not request.session.get('member'):\n            return redirect('/login')\n", ASKS),
        # These refuse nobody for who he is
        ("        request.started = 1\n", []),
        ("        if request.GET.get('page') == '0':\n            return HttpResponse(status=400)\n", []),
        ("        if not request.user.is_staff:\n            request.plain = True\n", []),
        ("        if request.method == 'PUT' and request.user.is_anonymous:\n            raise PermissionDenied\n", []),
    ],
)  # fmt: skip
def test_decorators_of_our_own_are_read(body, expected):
    assert kinds(one(WRAPPER.format(body) + FUNCTION)) == expected


def test_a_decorators_name_alone_guards_nothing():
    code = WRAPPER.format("").replace("guard", "login_required_and_admin_only")
    assert kinds(one(code + FUNCTION)) == []


def test_decorators_that_are_given_roles_and_made_of_others():
    code = (
        "def allow(roles):\n    def decorator(f):\n        def wrapper(request, *args):\n"
        "            if request.user.role not in roles:\n                raise PermissionDenied\n"
        "            return f(request, *args)\n        return wrapper\n    return decorator\n"
        "def staff(f):\n    return user_passes_test(lambda u: u.is_superuser)(f)\n"
        "members = user_passes_test(lambda u: u.is_authenticated)\n"
    )
    route = one(f"{code}@allow(['admin', 'member'])\n{FUNCTION}")
    assert [(guard.role, route.access.value) for guard in route.guards] == [("admin | member", "group")]
    assert one(f"{code}@allow(['admin'])\n{FUNCTION}").access.value == "admin"
    assert one(f"{code}@staff\n{FUNCTION}").access.value == "admin"
    assert one(f"{code}@members\n{FUNCTION}").access.value == "member"


def test_wrappers_in_urls():
    urls = "from django.contrib.auth.decorators import login_required\n"
    urls += 'urlpatterns = [path("x/", login_required(views.view)), path("y/", views.view)]\n'
    found = routes(urls=urls, views=FUNCTION)
    assert (kinds(found["GET /x/"]), kinds(found["GET /y/"])) == (ASKS, [])


TESTED = "class V(UserPassesTestMixin, ListView):\n    def test_func(self):\n        return self.request.user.is_staff"
DISPATCHED = (
    "class V(View):\n    def dispatch(self, request, *args, **kwargs):\n"
    "        if not request.user.is_authenticated:\n            return redirect('login')\n"
    "        return super().dispatch(request, *args, **kwargs)\n    def get(self, request):\n        pass\n"
)


def of_class(code, settings=""):
    urls = 'urlpatterns = [path("x/<int:pk>/", views.V.as_view())]\n'
    return routes(urls=urls, views=code, settings=settings)["GET /x/{pk}/"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("class V(LoginRequiredMixin, DetailView):\n    model = Item\n", GROUP_ASKS),
        ("class V(PermissionRequiredMixin, DetailView):\n    permission_required = 'shop.see'\n", GROUP_MAY),
        (TESTED, GROUP_MAY),
        ("@method_decorator(login_required, name='dispatch')\nclass V(DetailView):\n    pass\n", GROUP_ASKS),
        ("@method_decorator(login_required, name='post')\nclass V(UpdateView):\n    pass\n", []),
        ("class V(View):\n    @method_decorator(login_required)\n    def get(self, request):\n        pass\n", ASKS),
        (DISPATCHED, GROUP_ASKS),
        ("class B(LoginRequiredMixin):\n    pass\nclass V(B, DetailView):\n    pass\n", GROUP_ASKS),
        ("class V(DetailView):\n    pass\n", []),
    ],
)  # fmt: skip
def test_guards_of_classes(code, expected):
    assert kinds(of_class(code)) == expected


def test_a_class_asks_what_its_url_says():
    code = (
        "class V(View):\n    private = False\n    def dispatch(self, request, *args):\n"
        "        if self.private and not request.user.is_authenticated:\n            raise PermissionDenied\n"
        "        return super().dispatch(request, *args)\n    def get(self, request):\n        pass\n"
    )
    urls = 'urlpatterns = [path("a", views.V.as_view(private=True)), path("b", views.V.as_view())]\n'
    found = routes(urls=urls, views=code)
    assert (kinds(found["GET /a"]), kinds(found["GET /b"])) == (GROUP_ASKS, [])


LOGIN = 'MIDDLEWARE += ["django.contrib.auth.middleware.LoginRequiredMiddleware"]\n'


def test_djangos_own_login_middleware_and_who_is_exempt():
    views = (
        "from django.contrib.auth.decorators import login_not_required\n"
        "def view(request):\n    pass\n@login_not_required\ndef open_view(request):\n    pass\n"
        "class Api(APIView):\n    def get(self, request):\n        pass\n"
    )
    urls = (
        "from django.contrib.auth.views import LoginView\n"
        'urlpatterns = [path("a", views.view), path("b", views.open_view), path("c", views.Api.as_view()), '
        'path("in", LoginView.as_view())]\n'
    )
    found = routes(urls=urls, views=views, settings=LOGIN)
    assert kinds(found["GET /a"]) == [("authenticates", "global")]
    assert kinds(found["GET /b"]) == [("public", "route")]
    assert kinds(found["GET /c"]) == []
    assert kinds(found["POST /in"]) == [("public", "route")]


def test_middleware_of_our_own_and_the_paths_that_it_lets_through():
    middleware = (
        "from django.shortcuts import redirect\nOPEN = ['/login', '/health']\n"
        "class Ask:\n    def __init__(self, get_response):\n        self.get_response = get_response\n"
        "    def __call__(self, request):\n"
        "        if any(request.path.startswith(one) for one in OPEN) or request.user.is_authenticated:\n"
        "            return self.get_response(request)\n        return redirect('login')\n"
        "def timing(get_response):\n    def middleware(request):\n        return get_response(request)\n"
        "    return middleware\n"
    )
    urls = 'urlpatterns = [path("a", views.view), path("health/", views.view)]\n'
    found = routes(
        urls=urls,
        views=FUNCTION,
        settings='MIDDLEWARE += ["shop.middleware.Ask", "shop.middleware.timing"]\n',
        shop__middleware=middleware,
    )
    assert [(guard.name, guard.kind.value) for guard in found["GET /a"].guards] == [("Ask", "authenticates")]
    assert found["GET /health/"].guards == ()


def test_what_cannot_be_read_is_unclear_and_never_none():
    route = one("from somewhere import checked\n@checked\n" + FUNCTION)
    assert kinds(route) == [("unclear", "route")]


def test_a_refusal_inside_the_handler_is_joined():
    code = "def view(request):\n    if not request.user.is_authenticated:\n        raise PermissionDenied\n"
    found = reviewed(urls='urlpatterns = [path("x/", views.view)]\n', views=code)
    assert kinds(found["GET /x/"]) == [("authenticates", "inline")]


HANDING = (
    "@login_required\ndef make(request):\n    return HttpResponse()\n"
    "def view(request):\n    if request.method == 'POST':\n        return make(request)\n    return {}\n"
)


def test_guards_of_functions_that_a_view_hands_its_request_to():
    urls = 'urlpatterns = [path("x/", views.view)]\n'
    found = routes(urls=urls, views=HANDING.format("HttpResponse()"))
    assert kinds(found["POST /x/"]) == [("authenticates", "inline")]
    assert kinds(found["GET /x/"]) == []

import pytest

from tests.source.django.projects import routes

ONLY_POST = (
    "def view(request, pk):\n    if request.method != 'POST':\n"
    "        return JsonResponse({}, status=405)\n    return HttpResponse()\n"
)
URLS = 'urlpatterns = [path("x/<int:pk>/", views.view)]\n'


def methods(view, pattern="views.view"):
    found = routes(urls=f'urlpatterns = [path("x/<int:pk>/", {pattern})]\n', views=view)
    return "".join(f"{one.method} " for one in found.values()).strip()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def view(request, pk):\n    return HttpResponse()\n", "GET"),
        ("def view(request, pk):\n    data = request.POST\n", "GET POST"),
        ("@require_POST\ndef view(request, pk):\n    pass\n", "POST"),
        ("@require_http_methods(['GET', 'PUT'])\ndef view(request, pk):\n    pass\n", "GET PUT"),
        ("def view(request, pk):\n    if request.method == 'DELETE':\n        pass\n", "GET DELETE"),
        (ONLY_POST, "POST"),
        ("@api_view(['PATCH'])\ndef view(request, pk):\n    pass\n", "PATCH"),
        ("@api_view()\ndef view(request, pk):\n    pass\n", "GET"),
        ("view = lambda request, pk: HttpResponse()\n", "GET"),
        ("view = login_required(require_GET(lambda request, pk: 1))\n", "GET"),
    ],
)
def test_methods_of_functions(code, expected):
    assert methods(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("class V(View):\n    def get(self, r):\n        pass\n    def put(self, r):\n        pass\n", "GET PUT"),
        ("class V(ListView):\n    model = Item\n", "GET"),
        ("class V(UpdateView):\n    model = Item\n", "GET POST"),
        ("class V(DeleteView):\n    model = Item\n", "GET POST DELETE"),
        ("class V(generics.RetrieveUpdateDestroyAPIView):\n    pass\n", "GET PUT PATCH DELETE"),
        ("class V(generics.ListCreateAPIView):\n    http_method_names = ['post']\n", "POST"),
        ("class V(APIView):\n    def post(self, request, pk):\n        pass\n", "POST"),
        ("class B(APIView):\n    def post(self, request, pk):\n        pass\nclass V(B):\n    pass\n", "POST"),
        ("class ListView(LoginRequiredMixin, ListView):\n    pass\nV = ListView\n", "GET"),
    ],
)  # fmt: skip
def test_methods_of_classes(code, expected):
    assert methods(code, "views.V.as_view()") == expected


def test_a_wrapper_that_answers_405_takes_methods_away():
    code = (
        "def only(*methods):\n    def decorator(f):\n        def wrapper(request, *args):\n"
        "            if request.method in methods:\n                return f(request, *args)\n"
        "            return HttpResponse(status=405)\n        return wrapper\n    return decorator\n"
        "@only('GET', 'DELETE')\ndef view(request, pk):\n    if request.method == 'PUT':\n        pass\n"
    )
    assert methods(code) == "GET DELETE"


def test_a_class_with_a_dispatch_alone_may_answer_anything():
    assert (
        methods("class V(View):\n    def dispatch(self, request, pk):\n        pass\n", "views.V.as_view()")
        == "ANY"
    )


def test_the_handler_and_its_lines_are_named():
    (route,) = routes(urls=URLS, views="\n\ndef view(request, pk):\n    return HttpResponse()\n").values()
    assert (route.handler, route.place.path, route.place.code) == (
        "view",
        "shop/views.py",
        "def view(request, pk):",
    )
    assert route.end_line == route.place.line + 1


def test_a_view_that_is_nowhere_is_listed_as_unclear():
    (route,) = routes(urls='urlpatterns = [path("x", getattr(views, "made"))]\n').values()
    assert (route.method, route.access.value) == ("ANY", "unclear")

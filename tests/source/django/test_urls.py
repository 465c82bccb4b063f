import pytest

from tests.source.django.projects import read, routes

VIEW = "def view(request, **kwargs):\n    return HttpResponse()\n"


def paths(urls, **parts):
    return sorted(one.path for one in routes(urls=urls, views=VIEW, **parts).values() if one.served)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ('path("items/<int:pk>/", views.view)', "/items/{pk}/"),
        ('path("a/<slug:s>/<uuid:u>", views.view)', "/a/{s}/{u}"),
        ('re_path(r"^items/(?P<pk>\\d+)/$", views.view)', "/items/{pk}/"),
        ('re_path(r"^users/?$", views.view)', "/users"),
        ('re_path(r"^favicon.ico$", views.view)', "/favicon.ico"),
        ('re_path(r"^robots\\.txt$", views.view)', "/robots.txt"),
        ('re_path(r"^old-\\d+/$", views.view)', "/old-{value1}/"),
    ],
)
def test_a_pattern_is_a_template(pattern, path):
    assert paths(f"urlpatterns = [{pattern}]\n") == [path]


def test_optional_parts_and_alternatives_are_paths_of_their_own():
    urls = 'urlpatterns = [re_path(r"^logo(?:/(?P<name>.+))?/?$", views.view), re_path("^(?:a|b)/c$", views.view)]\n'
    assert paths(urls) == ["/a/c", "/b/c", "/logo", "/logo/{name}"]


def test_parameters_say_what_they_take():
    (route,) = routes(
        urls='urlpatterns = [path("<int:year>/<uuid:key>/", views.view)]\n', views=VIEW
    ).values()
    assert {one.name: one.schema for one in route.parameters} == {
        "year": {"type": "integer", "minimum": 0},
        "key": {"type": "string", "format": "uuid"},
    }


def test_lists_that_grow_are_followed():
    urls = (
        'inner = [path("a", views.view)]\n'
        'inner += [path("b", views.view)]\n'
        'inner.append(path("c", views.view))\n'
        'urlpatterns = [path("in/", include(inner)), path("n/", include((inner, "ns")))]\n'
        'urlpatterns = [path("", include((urlpatterns, "shop")))] + [path("last", views.view)]\n'
    )
    assert paths(urls) == ["/in/a", "/in/b", "/in/c", "/last", "/n/a", "/n/b", "/n/c"]


def test_a_pattern_under_a_condition_says_so():
    urls = (
        "from django.conf import settings\n"
        'urlpatterns = [path("a", views.view)]\n'
        'if settings.DEBUG:\n    urlpatterns += [path("debug", views.view)]\n'
    )
    found = routes(urls=urls, views=VIEW)
    assert found["GET /debug"].note == "only where settings.DEBUG"
    assert not found["GET /a"].note


def test_loops_over_literals_are_gone_through():
    urls = (
        'urlpatterns = []\nfor name in ["red", "blue"]:\n'
        '    urlpatterns.append(path(f"{name}/<int:pk>", views.view))\n'
        'urlpatterns += [path(one, views.view) for one in ("x", "y")]\n'
    )
    assert paths(urls) == ["/blue/{pk}", "/red/{pk}", "/x", "/y"]


def test_modules_are_included_by_name_and_by_text():
    urls = (
        "from shop import extra\n"
        'urlpatterns = [path("t/", include("shop.extra")), path("m/", include(extra))]\n'
    )
    extra = 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("x", views.view)]\n'
    assert paths(urls, shop__extra=extra) == ["/m/x", "/t/x"]


def test_urls_that_include_themselves_end():
    assert paths('urlpatterns = [path("a", views.view), path("in/", include("shop.urls"))]\n') == ["/a"]


def test_settings_and_their_defaults_stand_in_paths():
    urls = (
        "from django.conf import settings\n"
        'urlpatterns = [path(f"{settings.PREFIX}a", views.view), path(settings.MISSING, views.view)]\n'
    )
    settings = 'import os\nPREFIX = os.environ.get("PREFIX", "api/")\n'
    found = routes(urls=urls, views=VIEW, settings=settings)
    assert found["GET /api/a"].certain
    unread = found["GET /{missing}"]
    assert not unread.certain
    assert "not read: settings.MISSING" in unread.note


def test_patterns_below_languages_take_the_default_one():
    urls = (
        "from django.conf.urls.i18n import i18n_patterns\n"
        'urlpatterns = i18n_patterns(path("a", views.view))\n'
    )
    assert paths(urls, settings='LANGUAGE_CODE = "de"\n') == ["/de/a"]
    assert paths(urls.replace("views.view)", "views.view), prefix_default_language=False")) == ["/a"]


def test_of_the_very_same_path_the_first_pattern_answers():
    views = VIEW + "def other(request):\n    return HttpResponse()\n"
    urls = 'urlpatterns = [path("a", views.view), path("a", views.other), path("<int:n>", views.other)]\n'
    found = read(urls=urls, views=views).routes
    served = {(one.route.handler, one.route.path): one.route.served for one in found}
    assert served == {("view", "/a"): True, ("other", "/a"): False, ("other", "/{n}"): True}


def test_static_files_of_development_are_no_routes():
    urls = (
        "from django.conf import settings\nfrom django.conf.urls.static import static\n"
        'urlpatterns = [path("a", views.view)] + static("/media/", document_root="x")\n'
    )
    assert paths(urls) == ["/a"]


def test_the_administration_is_two_routes_for_staff():
    found = routes(urls='urlpatterns = [path("admin/", admin.site.urls)]\n')
    assert [(one.id, one.access.value, one.certain) for one in found.values()] == [
        ("GET /admin/", "admin", True),
        ("ANY /admin/{rest}", "admin", False),
    ]


def test_packages_that_are_known_are_listed_and_others_named():
    urls = 'urlpatterns = [path("auth/", include("djoser.urls.jwt")), path("x/", include("unknown_package.urls"))]\n'
    found = routes(urls=urls)
    login = found["POST /auth/jwt/create/"]
    assert login.access.value == "public"
    assert list(login.bodies[0].schema["properties"]) == ["username", "password"]
    assert not found["ANY /x/{rest}"].certain
    assert found["ANY /x/{rest}"].access.value == "unclear"


def test_urls_that_no_settings_lead_to_are_not_served():
    extra = 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("x", views.view)]\n'
    found = routes(urls='urlpatterns = [path("a", views.view)]\n', views=VIEW, old__urls=extra)
    assert (found["GET /a"].served, found["GET /x"].served) == (True, False)
    assert "no settings lead to old/urls.py" in found["GET /x"].note


def test_urls_of_tests_are_left_out():
    extra = 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("x", views.view)]\n'
    assert "GET /x" not in routes(
        urls='urlpatterns = [path("a", views.view)]\n', views=VIEW, tests__urls=extra
    )


def test_what_cannot_be_told_is_a_problem():
    found = read(urls="urlpatterns = make_them(open('x'))\n", views=VIEW)
    assert found.problems == ("shop/urls.py: the URL patterns of `make_them(open('x'))` could not be told",)


def test_the_deployed_settings_count_and_take_from_others():
    settings = {
        "shop__conf__base": 'ROOT_URLCONF = "shop.urls"\nPREFIX = "base/"\n',
        "shop__conf__production": 'from shop.conf.base import *\nPREFIX = "live/"\n',
        "shop__conf__local": 'from shop.conf.base import *\nPREFIX = "local/"\n',
        "shop__wsgi": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.conf.production")\n',
    }
    urls = "from django.conf import settings\nurlpatterns = [path(settings.PREFIX, views.view)]\n"
    found = read(urls=urls, views=VIEW, **settings)
    assert [one.route.path for one in found.routes] == ["/live/"]
    assert [app.entry.path for app in found.apps] == ["shop/conf/production.py"]


def test_hostile_files_end():
    deep = "(" * 300 + ")" * 300
    found = read(
        urls=f'urlpatterns = [re_path(r"{"(" * 200}", views.view), path("a", views.view)]\n',
        views=VIEW,
        shop__broken="def (:\n",
        shop__deep=f"urlpatterns = {deep}\n",
    )
    assert "/a" in {one.route.path for one in found.routes}


def test_deeply_nested_code_is_passed_over():
    long = " + ".join(["'a'"] * 900)
    found = read(
        urls=f'urlpatterns = [path({long}, views.view), path("a", views.view)]\n',
        views="def guard(f):\n    def inner(request):\n        x = "
        + " + ".join(["1"] * 900)
        + "\n        return f(request)\n    return inner\n@guard\ndef view(request):\n    return HttpResponse()\n",
    )
    assert "/a" in {one.route.path for one in found.routes}

"""Small Django projects as texts: settings, URLs, views."""

from launchready.source.code.files import code_files
from launchready.source.python.django.reader import read_django
from launchready.source.python.project import PythonProject
from launchready.source.review import review_files

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
SETTINGS = (
    'ROOT_URLCONF = "shop.urls"\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\n'
)
URLS = (
    "from django.contrib import admin\n"
    "from django.urls import include, path, re_path\n"
    "from rest_framework.routers import DefaultRouter, SimpleRouter\n"
    "from shop import views\n"
)
VIEWS = (
    "from django.contrib.auth.decorators import login_required, permission_required, user_passes_test\n"
    "from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin, UserPassesTestMixin\n"
    "from django.core.exceptions import PermissionDenied\n"
    "from django.http import HttpResponse, HttpResponseForbidden, JsonResponse\n"
    "from django.shortcuts import get_object_or_404, redirect\n"
    "from django.utils.decorators import method_decorator\n"
    "from django.views import View\n"
    "from django.views.decorators.http import require_GET, require_POST, require_http_methods\n"
    "from django.views.generic import CreateView, DeleteView, DetailView, FormView, ListView, UpdateView\n"
    "from rest_framework import generics, mixins, permissions, serializers, viewsets\n"
    "from rest_framework.decorators import action, api_view, permission_classes\n"
    "from rest_framework.permissions import AllowAny, BasePermission, IsAdminUser, IsAuthenticated\n"
    "from rest_framework.response import Response\n"
    "from rest_framework.views import APIView\n"
    "from shop.models import Item\n"
)
MODELS = (
    "from django.db import models\n"
    "class Item(models.Model):\n"
    '    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)\n'
    "    title = models.CharField(max_length=80)\n"
    "    price = models.PositiveIntegerField(default=0)\n"
)


def texts(*, urls="", views="", settings="", **others):
    return {
        "manage.py": MANAGE,
        "shop/__init__.py": "",
        "shop/settings.py": SETTINGS + settings,
        "shop/urls.py": URLS + urls,
        "shop/views.py": VIEWS + views,
        "shop/models.py": MODELS,
        **{name.replace("__", "/") + ".py": text for name, text in others.items()},
    }


def read(**parts):
    return read_django(PythonProject(code_files(texts(**parts)).by_path))


def routes(**parts):
    """The routes by method and path."""
    return {one.route.id: one.route for one in read(**parts).routes}


def reviewed(**parts):
    """The same after joining with what handlers do."""
    return {one.id: one for one in review_files(code_files(texts(**parts))).routes}


def one(view, *, verb="GET", settings=""):
    """The only route of `x/`, given the code of `view`."""
    return routes(urls='urlpatterns = [path("x/", views.view)]\n', views=view, settings=settings)[
        f"{verb} /x/"
    ]


def kinds(route):
    return [(guard.kind.value, guard.level.value) for guard in route.guards]

"""What matchers of middleware cover (compared with path-to-regexp 6 as Next.js uses it)."""

import time

import pytest

from launchready.source.script.nextjs.matcher import glob_matches, matches, written_regex

EXCEPT = "/((?!api|_next/static|_next/image|favicon.ico).*)"


@pytest.mark.parametrize(
    ("matcher", "path", "covered"),
    [
        ("/dashboard", "/dashboard", True),
        ("/dashboard", "/dashboard/", True),
        ("/dashboard", "/dashboard/a", False),
        ("/dashboard/:path*", "/dashboard", True),
        ("/dashboard/:path*", "/dashboard/a/b", True),
        ("/dashboard/:path*", "/dashboards", False),
        ("/dashboard/:path+", "/dashboard", False),
        ("/dashboard/:path+", "/dashboard/a", True),
        ("/a/:id/b", "/a/1/b", True),
        ("/a/:id/b", "/a/1/2/b", False),
        ("/a/:id?", "/a", True),
        ("/a/:id(\\d+)", "/a/12", True),
        ("/a/:id(\\d+)", "/a/x", False),
        ("/(api|trpc)(.*)", "/api/items", True),
        ("/(api|trpc)(.*)", "/items", False),
        ("/dashboard(.*)", "/dashboard/x", True),
        (EXCEPT, "/api/items", False),
        (EXCEPT, "/items", True),
        (EXCEPT, "/", True),
        (EXCEPT, "/apiary", False),
        ("/((?!.*\\..*|_next).*)", "/items", True),
        ("/((?!.*\\..*|_next).*)", "/items.json", False),
        ("/", "/", True),
        ("/", "/a", False),
        ("/:path*", "/", True),
        ("/:path*", "/a/b", True),
        ("/a.b", "/axb", False),
    ],
)
def test_matchers(matcher, path, covered):
    assert matches(matcher, path) is covered


@pytest.mark.parametrize("matcher", ["/(a", "/((?!a", "/([)", "/(" + "a|" * 400 + ")", "/((a+)+)+b"])
def test_matchers_that_cannot_be_read_are_left_open(matcher):
    started = time.monotonic()
    assert matches(matcher, "/" + "a" * 60) is None
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("glob", "path", "covered"),
    [
        ("/api/auth/**", "/api/auth/a/b", True),
        ("/api/auth/**", "/api/auth", True),
        ("/api/auth/**", "/api/authors", False),
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/{a,b}", "/b", True),
    ],
)
def test_globs(glob, path, covered):
    assert glob_matches(glob, path) is covered


def test_regular_expressions_as_written():
    held = written_regex("/^\\/api\\/(?<name>\\w+)$/i")
    assert held is not None
    assert held.search("/API/x")
    assert written_regex("/(a+)+$/") is None

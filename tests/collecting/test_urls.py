import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.collecting.urls import UnfilledError, path_of, path_parameters, query_of
from launchready.model.operation import HttpOperation, Parameter, Place


def operation(path, *query, base=""):
    names = tuple(Parameter(name=name, place=Place.QUERY, required=False, schema={}) for name in query)
    return HttpOperation(id=f"GET {path}", method="GET", path=path, parameters=names, base_path=base)


def test_parameters_stand_in_order():
    assert path_parameters("/a/{one}/b/{two}.json") == ["one", "two"]
    assert path_parameters("/a") == []


def test_a_path_is_filled():
    assert path_of(operation("/a/{one}/b/{two}"), {"one": "1", "two": "x"}) == "/a/1/b/x"


@given(st.text(min_size=1))
def test_a_value_never_leaves_its_segment(value):
    path = path_of(operation("/a/{one}/b"), {"one": value})
    assert path.count("/") == 3
    assert not set("?#") & set(path)


def test_a_missing_value_is_told():
    with pytest.raises(UnfilledError, match="two"):
        path_of(operation("/a/{one}/{two}"), {"one": "1"})


@pytest.mark.parametrize(
    ("base", "path", "filled"),
    [
        ("", "/notes", "/notes"),
        ("/", "/notes", "/notes"),
        ("/api/v1", "/notes", "/api/v1/notes"),
        ("/api/v1/", "/notes", "/api/v1/notes"),
        ("/api", "/api/notes", "/api/notes"),
        ("/api", "/apis/notes", "/api/apis/notes"),
    ],
)
def test_the_base_path_is_put_in_front_once(base, path, filled):
    assert path_of(operation(path, base=base), {}) == filled


def test_only_query_inputs_with_a_value_are_sent():
    assert query_of(operation("/a", "page", "owner_id"), {"owner_id": "7", "other": "1"}) == (
        ("owner_id", "7"),
    )

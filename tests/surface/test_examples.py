import re
import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.model.operation import Parameter, Place
from launchready.surface.examples import (
    Filled,
    build_body,
    build_value,
    free_text_fields,
    parameter_value,
    required_query,
    response_only_fields,
    writable_fields,
)
from launchready.surface.patterns import text_for
from launchready.surface.values import ValueContext
from launchready.surface.visibility import VisibilityField, visibility_field

CONTEXT = ValueContext(seed="lrk7w2q9")


def value(schema, name="thing"):
    return build_value(schema, CONTEXT, name=name)


# ------------------------------------------------------------------------------------------------ scalars


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"const": "fixed"}, "fixed"),
        ({"type": "string", "enum": ["a", "b"]}, "a"),
        ({"type": "string", "enum": ["a", "b"], "default": "b"}, "b"),
        ({"enum": [None, 3]}, 3),
        ({"type": "boolean"}, False),
        ({"type": "boolean", "default": True}, True),
        ({"type": "integer", "example": 42}, 42),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 0.5}, 1),
        ({"type": "integer", "exclusiveMinimum": 7}, 8),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": 7, "multipleOf": 5}, 10),
        ({"type": "number", "maximum": 0.5}, 0.5),
        ({"type": ["null", "integer"]}, 1),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 9}]}, 9),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "object"}, {}),
    ],
)
def test_values_follow_the_schema(schema, expected):
    assert value(schema) == expected


@pytest.mark.parametrize(
    ("schema", "name", "shape"),
    [
        ({"type": "string", "format": "email"}, "x", r"lrk7w2q9@example\.com"),
        ({"type": "string"}, "email", r"lrk7w2q9@example\.com"),
        ({"type": "string"}, "contact_email", r"lrk7w2q9@example\.com"),
        (
            {"type": "string", "format": "uuid"},
            "x",
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        ),
        ({"type": "string", "format": "date-time"}, "x", r"2030-0[1-3]-\d\dT12:00:00Z"),
        ({"type": "string", "format": "date"}, "x", r"2030-0[1-3]-\d\d"),
        ({"type": "string"}, "starts_at", r"2030-0[1-3]-\d\dT12:00:00Z"),
        ({"type": "string", "format": "uri"}, "x", r"https://example\.com/lrk7w2q9"),
        ({"type": "string"}, "password", r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z0-9]).{12,}"),
        ({"type": "string"}, "username", r"lrk7w2q9"),
        ({"type": "string", "maxLength": 4}, "title", r".{4}"),
        ({"type": "string", "minLength": 50}, "title", r".{50,}"),
        ({"type": "string", "maxLength": 10}, "title", r".{2}lrk7w2q9"),
        ({"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"}, "code", r"[A-Z]{2}-\d{4}"),
        ({"type": "string", "pattern": "^\\+?[0-9]{10,15}$"}, "phone", r"\+?[0-9]{10,15}"),
        ({"type": "string"}, "currency", r"EUR"),
        ({"type": "string"}, "title", r"Title lrk7w2q9"),
    ],
)
def test_texts_follow_format_name_pattern_and_length(schema, name, shape):
    assert re.fullmatch(shape, value(schema, name))


def test_dates_lie_after_now():
    later = ValueContext(seed="a1", now="2041-05-05T00:00:00+00:00")
    assert build_value({"type": "string", "format": "date"}, later) > "2041-05-05"


@given(
    st.sampled_from(["string", "integer", "number"]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.text("abc12", min_size=1, max_size=9),
)
def test_bounds_are_kept(kind, low, span, seed):
    context = ValueContext(seed=seed)
    if kind == "string":
        made = build_value({"type": "string", "minLength": low, "maxLength": max(1, low + span)}, context)
        assert low <= len(made) <= max(1, low + span)
    else:
        made = build_value({"type": kind, "minimum": low, "maximum": low + span}, context)
        assert low <= made <= low + span


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z0-9]+$",
        "^[A-Za-z0-9_-]{3,20}$",
        r"^\d{5}(-\d{4})?$",
        r"^[^\s@]+@[^\s@]+\.[a-z]{2,}$",
        "^(draft|live)$",
        "^#[0-9a-fA-F]{6}$",
        r"^https?://.+$",
        r"^(?=.*[A-Z])(?=.*\d)(?=.*[^\w]).{8,}$",
        r"^\+[1-9]\d{1,14}$",
        "^[A-Z]{3}$",
        ".*",
        "^.+$",
        r"^\w+(-\w+)*$",
        "^[0-9a-f]{24}$",
        r"^(?:[01]\d|2[0-3]):[0-5]\d$",
        "^a{2,3}b?c*$",
        r"^\S+$",
        "^[a-zA-Z ]+$",
        r"^[a-z][a-z0-9.]*[a-z0-9]$",
    ],
)
def test_simple_patterns_are_satisfied(pattern):
    made = text_for(pattern, "lrk7w2q9")
    assert made is not None
    assert re.search(pattern, made)


@pytest.mark.parametrize("pattern", ["(", r"\p{L}+", r"^(?<!a)b\1$", "[z-a]", "a{99999999999}"])
def test_a_pattern_beyond_it_is_said_and_no_wrong_text_given(pattern):
    assert text_for(pattern, "lrk7w2q9") is None


def test_a_pattern_that_takes_for_ever_is_not_tried_on_long_texts():
    started = time.process_time()
    text_for("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", min_length=40)
    assert time.process_time() - started < 1


@given(st.text("ab[]{}()\\d+*?^$|.-,12:=!", max_size=12))
def test_no_pattern_makes_it_raise_or_lie(pattern):
    made = text_for(pattern, "lrk7w2q9")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        assert made is None or re.search(pattern, made)


# ------------------------------------------------------------------------------------------------ bodies


def test_required_and_free_text_fields_are_filled(kit, context):
    schema = kit.obj(
        "title",
        "description",
        "category_id",
        required=["title"],
        price={"type": "number"},
        tags={"type": "array"},
    )
    built = build_body(kit.operation("/books", "post", kit.body(schema)), context)
    assert built.value == {"title": "Title lrk7w2q9", "description": "Description lrk7w2q9"}
    assert built.free_text == ("/title", "/description")
    assert built.media_type == "application/json"


def test_where_nothing_is_required_plain_fields_are_filled_too(kit, context):
    schema = kit.obj(
        "title", "owner_id", price={"type": "number"}, is_admin={"type": "boolean"}, role={"type": "string"}
    )
    built = build_body(kit.operation("/books", "post", kit.body(schema)), context)
    assert built.value == {"title": "Title lrk7w2q9", "price": 10}


def test_wrapped_bodies_are_filled(kit, context):
    schema = kit.obj(required=["article"], article=kit.obj("title", "body", required=["title", "body"]))
    built = build_body(kit.operation("/articles", "post", kit.body(schema)), context)
    assert built.value == {"article": {"title": "Title lrk7w2q9", "body": "Body lrk7w2q9"}}
    assert built.free_text == ("/article/title", "/article/body")


def test_overrides_win_by_pointer_then_by_name_then_the_filler(kit, context):
    schema = kit.obj(
        "title", "text", "note", "other", required=["title", "text", "note", "other"], user=kit.obj("title")
    )
    built = build_body(
        kit.operation("/books", "post", kit.body(schema)),
        context,
        overrides={"/title": "by pointer", "text": None},
        fill=lambda pointer, _: Filled(value=7) if pointer in {"/note", "/text"} else None,
    )
    assert built.value["title"] == "by pointer"
    assert built.value["text"] is None
    assert built.value["note"] == 7
    assert built.value["other"] == "Other lrk7w2q9"
    assert "/note" not in built.free_text


def test_an_override_makes_an_optional_field_present(kit, context):
    schema = kit.obj(
        "title", required=["title"], visibility={"type": "string", "enum": ["public", "private"]}
    )
    operation = kit.operation("/books", "post", kit.body(schema))
    assert "visibility" not in build_body(operation, context).value
    assert (
        build_body(operation, context, overrides={"/visibility": "private"}).value["visibility"] == "private"
    )


def test_read_only_fields_are_left_out(kit, context):
    schema = kit.obj(
        required=["id", "title"], id={"type": "string", "readOnly": True}, title={"type": "string"}
    )
    assert build_body(kit.operation("/a", "post", kit.body(schema)), context).value == {
        "title": "Title lrk7w2q9"
    }


def test_an_update_of_a_person_never_touches_what_it_logs_in_with(kit, context):
    schema = kit.obj("username", "email", "password", "bio")
    assert build_body(kit.operation("/users/{id}", "patch", kit.body(schema)), context).value == {
        "bio": "Bio lrk7w2q9"
    }


def test_an_update_that_takes_only_the_address_sets_it(kit, context):
    operation = kit.operation("/users/{id}/email", "put", kit.body(kit.obj("email")))
    assert build_body(operation, context).value == {"email": "lrk7w2q9@example.com"}


def test_a_sign_up_takes_the_given_address_and_password(kit):
    given_ = ValueContext(seed="ab12", email="a@example.com", password="Long-Enough-1")
    operation = kit.operation("/signup", "post", kit.body(kit.obj("email", "username", "password")))
    assert build_body(operation, given_).value == {
        "email": "a@example.com",
        "username": "ab12",
        "password": "Long-Enough-1",
    }


def test_files_stand_apart(kit, context):
    schema = kit.obj("caption", required=["file"], file={"type": "string", "format": "binary"})
    built = build_body(kit.operation("/files", "post", kit.body(schema, "multipart/form-data")), context)
    assert (built.files, built.value) == (("file",), {"caption": "Caption lrk7w2q9"})


def test_json_is_preferred_to_forms(kit, context):
    content = {"multipart/form-data": {"schema": {}}, "application/json": {"schema": kit.obj("a")}}
    operation = kit.operation("/a", "post", {"requestBody": {"content": content}})
    assert build_body(operation, context).media_type == "application/json"


def test_no_body_is_none(kit, context):
    assert build_body(kit.operation("/a", "post", {}), context) is None


def test_the_same_seed_gives_the_same_body_and_another_another(kit, context):
    schema = kit.obj(
        "title",
        "email",
        id={"type": "string", "format": "uuid"},
        at={"type": "string", "format": "date-time"},
        required=["title", "email", "id", "at"],
    )
    operation = kit.operation("/a", "post", kit.body(schema))
    first, again = build_body(operation, context), build_body(operation, context)
    other = build_body(operation, ValueContext(seed="zz99"))
    assert first == again
    assert all(first.value[name] != other.value[name] for name in ("title", "email", "id"))


def test_deep_recursion_ends(kit, context):
    node = {
        "type": "object",
        "required": ["child"],
        "properties": {"child": {"$ref": "#/components/schemas/Node"}},
    }
    operation = kit.operation(
        "/a", "post", kit.body({"$ref": "#/components/schemas/Node"}), components={"schemas": {"Node": node}}
    )
    assert build_body(operation, context).value == {"child": {}}


# ------------------------------------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    ("schema", "example", "text"),
    [
        ({"type": "integer"}, None, "20"),
        ({"type": "boolean"}, None, "false"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, None, "20,20"),
        ({"type": "string"}, "given", "given"),
        ({"type": "integer"}, 0, "0"),
    ],
)
def test_parameters_are_texts(schema, example, text, context):
    parameter = Parameter(name="limit", place=Place.QUERY, required=True, schema=schema, example=example)
    assert parameter_value(parameter, context) == text


def test_only_the_required_query_is_given(kit, context):
    parameters = [
        {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "page", "in": "query"},
    ]
    assert required_query(kit.operation("/a", "get", {"parameters": parameters}), context) == (
        ("q", "Q lrk7w2q9"),
    )


# ----------------------------------------------------------------------------------------------- fields


def test_free_texts_are_plain_long_enough_strings(kit):
    schema = kit.obj(
        "title",
        "email",
        "username",
        "currency",
        "status",
        "password",
        "created_at",
        "thread_id",
        short={"type": "string", "maxLength": 11},
        long={"type": "string", "maxLength": 12},
        chosen={"type": "string", "enum": ["a"]},
        coded={"type": "string", "pattern": "^[A-Z]{3}$"},
        free={"type": "string", "pattern": "^.+$"},
        count={"type": "integer"},
        inner=kit.obj("note"),
        maybe={"anyOf": [{"type": "string"}, {"type": "null"}]},
        fixed={"type": "string", "readOnly": True},
    )
    assert free_text_fields(schema) == ("/title", "/long", "/free", "/inner/note", "/maybe")


def test_writable_fields_are_the_scalars_that_may_be_set(kit):
    schema = kit.obj(
        "a",
        b={"type": "integer"},
        c=kit.obj("d"),
        e={"type": "array"},
        f={"type": "string", "readOnly": True},
    )
    assert list(writable_fields(schema)) == ["/a", "/b", "/c/d"]


def test_response_only_fields_are_those_that_no_body_names(kit):
    user = kit.obj(
        "id", "email", role={"type": "string"}, is_admin={"type": "boolean"}, tags={"type": "array"}
    )
    operations = kit.operations(
        {
            "/users": {
                "post": kit.body(kit.obj("email", "password", fullName={"type": "string"}))
                | kit.ok(kit.obj(user=user))
            },
            "/users/{id}": {"get": kit.ok(kit.obj("id", "full_name", "balance"))},
        }
    )
    found = response_only_fields(operations["POST /users"], operations["GET /users/{id}"])
    assert list(found) == ["/user/id", "/user/role", "/user/is_admin", "/balance"]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (
            {"visibility": {"type": "string", "enum": ["public", "members", "private"]}},
            ("/visibility", "private", "public"),
        ),
        ({"status": {"enum": ["draft", "published"]}}, ("/status", "draft", "published")),
        ({"is_public": {"type": "boolean"}}, ("/is_public", False, True)),
        ({"isPrivate": {"type": "boolean"}}, ("/isPrivate", True, False)),
        ({"draft": {"type": "boolean"}}, ("/draft", True, False)),
        ({"published": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}}, ("/published", False, True)),
        (
            {"post": {"type": "object", "properties": {"private": {"type": "boolean"}}}},
            ("/post/private", True, False),
        ),
        ({"status": {"enum": ["open", "closed"]}}, None),
        ({"status": {"type": "string"}}, None),
        ({"is_public": {"type": "boolean", "readOnly": True}}, None),
        ({"title": {"type": "string"}}, None),
    ],
)
def test_the_visibility_field_is_found_with_its_values(field, found):
    expected = None if found is None else VisibilityField(pointer=found[0], private=found[1], public=found[2])
    assert visibility_field({"type": "object", "properties": field}) == expected

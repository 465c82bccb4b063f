import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.surface import documents
from launchready.surface.documents import load_file, parse_document, parse_yaml
from launchready.surface.errors import SurfaceError


def test_json_is_read():
    assert parse_document(b'{"openapi": "3.0.0"}') == {"openapi": "3.0.0"}


def test_yaml_words_keep_their_text():
    read = parse_document(
        b"a: on\nb: no\nc: yes\nd: 2024-01-02\ne: 12:30:00\nf: 0o17\ng: 1_000\nh: =\ni: 017\n"
    )
    assert read == {
        "a": "on",
        "b": "no",
        "c": "yes",
        "d": "2024-01-02",
        "e": "12:30:00",
        "f": "0o17",
        "g": "1_000",
        "h": "=",
        "i": "017",
    }


def test_yaml_values_that_are_meant_as_such_keep_their_type():
    read = parse_document(b"a: true\nb: False\nc: null\nd: ~\ne:\nf: 12\ng: -3.5\nh: 1e3\ni: 0x1F\nj: .5\n")
    assert read == {
        "a": True,
        "b": False,
        "c": None,
        "d": None,
        "e": None,
        "f": 12,
        "g": -3.5,
        "h": 1000.0,
        "i": 31,
        "j": 0.5,
    }


def test_quoted_yaml_is_text():
    assert parse_document(b"a: \"12\"\nb: 'true'\nc: !!str 5\n") == {"a": "12", "b": "true", "c": "5"}


def test_yaml_keys_are_text():
    read = parse_document(b"200: ok\ntrue: yes\nnull: x\n1.5: y\n? [a, b]\n: z\n")
    assert list(read) == ["200", "true", "null", "1.5", "['a', 'b']"]


def test_tags_construct_nothing():
    read = parse_document(b"a: !!python/object/apply:os.system ['true']\nb: !Ref x\n")
    assert read == {"a": ["true"], "b": "x"}


def test_aliases_and_merges_are_followed():
    read = parse_document(
        b"base: &base {a: 1, b: 2}\nmore:\n  <<: *base\n  b: 3\nlist:\n  <<: [*base, {c: 4}]\nsame: *base\n"
    )
    assert read["more"] == {"a": 1, "b": 3}
    assert read["list"] == {"a": 1, "b": 2, "c": 4}
    assert read["same"] == {"a": 1, "b": 2}


def test_tabs_are_tolerated():
    assert parse_document(b"a:\n\tb: 1\n\tc:\n\t\td: 2\n") == {"a": {"b": 1, "c": {"d": 2}}}


def test_control_characters_are_tolerated():
    assert parse_document(b"a: x\x01y\n") == {"a": "xy"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_read(encoding):
    assert parse_document('{"a": "ä"}'.encode(encoding)) == {"a": "ä"}


def test_undecodable_bytes_do_not_stop_the_reading():
    assert parse_document(b'{"a": "\xff"}') == {"a": "\ufffd"}


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html></html>",
        "\n <html lang=en>",
        "<!-- built --><!doctype HTML>",
        "<?xml version='1.0'?><html>",
    ],
)
def test_a_page_is_no_document(page):
    with pytest.raises(SurfaceError, match="a page, not a document"):
        parse_document(page.encode())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"# nothing", "empty"),
        (b"[1, 2]", "no object"),
        (b"just words", "no object"),
        (b"a: [1, 2", "neither JSON nor YAML"),
        (b'{"a": 1', "neither JSON nor YAML"),
        (b"a: &x [*x]", "before its end"),
        (b'{"a":' * 100_000, "nested"),
        (b"a: " + b"[" * 300 + b"]" * 300, "nested more than"),
    ],
)
def test_what_is_unusable_is_said_plainly(content, why):
    with pytest.raises(SurfaceError, match=why):
        parse_document(content, "the file")


def test_deep_yaml_does_not_take_the_process_with_it():
    with pytest.raises(SurfaceError, match="nested more than"):
        parse_document(b"- " * 300_000)


def test_an_alias_bomb_does_not_go_off():
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(SurfaceError, match="expands to more than"):
        parse_document("\n".join(lines).encode())


def test_size_is_bounded(monkeypatch, tmp_path):
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    with pytest.raises(SurfaceError, match="are the most that is read"):
        parse_document(b'{"a": "0123456789"}')
    path = tmp_path / "big.json"
    path.write_bytes(b" " * 20)
    with pytest.raises(SurfaceError, match="larger than"):
        load_file(path)


def test_a_missing_file_is_said_plainly(tmp_path):
    with pytest.raises(SurfaceError, match="cannot be read: No such file"):
        load_file(tmp_path / "none.json")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_plain_error(content):
    try:
        read = parse_document(content)
    except SurfaceError:
        return
    assert isinstance(read, dict)


# JSON escapes beyond it are surrogate pairs, which YAML does not know
_CHARACTERS = st.characters(max_codepoint=0xD7FF)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(_CHARACTERS, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(_CHARACTERS, max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(_CHARACTERS, max_size=4), _JSON, min_size=1, max_size=4))
def test_ascii_json_reads_the_same_as_yaml(value):
    text = json.dumps(value)
    assert parse_document(text.encode()) == value
    assert parse_yaml(text) == value

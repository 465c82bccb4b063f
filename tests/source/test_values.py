import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.source.derive import derived_texts
from launchready.source.values import is_common, is_identifier, is_random, is_words, preview
from tests.source.planting import SIGNS, WORDS, Mint

HEX = "0123456789abcdef"


@pytest.mark.parametrize(
    ("alphabet", "size", "least"),
    [
        (WORDS, 16, 0.85),
        (WORDS, 24, 0.95),
        (WORDS, 40, 0.98),
        (HEX, 32, 0.98),
        (SIGNS, 50, 0.98),
        (string.ascii_lowercase + string.digits, 24, 0.95),
    ],
)
def test_generated_values_look_generated(alphabet, size, least):
    mint = Mint(3)
    values = [mint.word(size, alphabet) for _ in range(300)]
    assert sum(map(is_random, values)) >= least * len(values)


@pytest.mark.parametrize(
    "value",
    [
        "password",
        "access_token",
        "current-password",
        "app.auth.token",
        "renewNpm2FaToken",
        "getUserByEmail2",
        "acme-prod-db-2023",
        "correct-horse-battery",
        "SuperSecretKey1",
        "Summer2024!",
        "kaylee123",
        "user_password_field",
        "text/plain",
        "",
    ],
)
def test_words_do_not_look_generated(value):
    assert not is_random(value)


def test_kinds_of_words():
    assert is_words("Your password:")
    assert is_identifier("renewNpm2FaToken")
    assert not is_identifier("kaylee123")
    assert is_common("Secret123!")
    assert not is_common("kaylee123")


@given(st.text(max_size=300))
def test_a_preview_shows_five_characters_at_most_and_a_quarter_of_the_value(value):
    shown = preview(value).replace("…", "")
    assert len(shown) <= 5
    assert len(shown) <= max(0, len(value.strip()) / 4) or value.strip().startswith("-----")


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=400),
    st.sampled_from(["a.txt", "a.ipynb", "a.js.map", "yarn.lock", "config/master.key"]),
)
def test_every_derived_line_has_a_line_of_the_file(text, path):
    lines = text.count("\n") + 1
    for derived in derived_texts(path, text):
        assert len(derived.lines) == len(derived.origins) == derived.text.count("\n")
        assert all(1 <= origin <= lines for origin in derived.origins)


def test_a_hostile_notebook_and_map_are_survived():
    for text in (
        '{"cells": [1, {"source": 3, "outputs": [null, {"data": 7}]}]}',
        "[" * 100_000,
        '{"sourcesContent": [1, null]}',
    ):
        assert list(derived_texts("a.ipynb", text)) == []
        assert list(derived_texts("a.map", text)) == []

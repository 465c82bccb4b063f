import base64
import json
import re
import stat
import sys

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready.config.errors import ConfigError
from launchready.door.tokens import jwt_parts
from launchready.door.vault import Vault, load_project_key

KEY = "a-signing-key-of-at-least-32-bytes!"


@pytest.fixture
def token():
    return jwt.encode({"sub": "7", "role": "member"}, KEY, algorithm="HS256")


def test_secrets_show_nothing(vault):
    secret = vault.put("password", "correct horse battery")
    for shown in (repr(secret), str(secret), f"{secret}", secret.mask(), secret.ref, repr(vault)):
        assert "horse" not in shown
        assert len(set(shown) & set("…")) <= 1
    assert re.fullmatch(r"[0-9a-f]{10}", secret.mark())


def test_short_values_show_no_character(vault):
    assert vault.put("pin", "482913").mask() == "…"


def test_equal_values_are_one_secret_and_marks_depend_on_the_key(vault):
    one = vault.put("token", "same-value-1")
    assert vault.put("password", "same-value-1") is one
    assert Vault(b"k" * 32).put("x", "same-value-1").mark() == one.mark()
    assert Vault(b"l" * 32).put("x", "same-value-1").mark() != one.mark()
    assert vault.mark("Ada@Example.com") == vault.mark("ada@example.com")


def test_references_of_another_run_mean_nothing(vault):
    foreign = Vault(b"k" * 32).put("token", "value-of-another")
    vault.put("token", "our-own-value")
    assert vault.resolve(foreign.ref) == foreign.ref
    with pytest.raises(ValueError, match="another vault"):
        vault.render("{}", foreign)


def test_empty_values_and_short_keys_are_refused(vault):
    with pytest.raises(ValueError):
        vault.put("token", "")
    with pytest.raises(ValueError):
        Vault(b"short")


@given(principal=st.text(max_size=30), target=st.text(max_size=60), salt=st.text(max_size=5))
def test_derived_credentials_satisfy_usual_policies(principal, target, salt):
    vault, again = Vault(b"k" * 32), Vault(b"k" * 32)
    password = vault.render("{}", vault.derive_password(principal, target, salt))
    assert 16 <= len(password) <= 20
    assert all(re.search(need, password) for need in ("[A-Z]", "[a-z]", "[0-9]", "[^0-9A-Za-z]"))
    assert password == again.render("{}", again.derive_password(principal, target, salt))
    address = vault.derive_email(principal, target, salt)
    assert re.fullmatch(r"lr-[a-z0-9-]+-[0-9a-f]{6}@example\.com", address)
    assert len(address.partition("@")[0]) <= 64
    assert address == again.derive_email(principal, target, salt)
    assert re.fullmatch(r"lr_[a-z0-9]{1,8}_[0-9a-f]{6}", vault.derive_username(principal, target, salt))


def test_derived_credentials_differ_by_principal_target_and_salt(vault):
    made = {
        vault.derive_email(*arguments)
        for arguments in (("member_a", "x"), ("member_b", "x"), ("member_a", "y"), ("member_a", "x", "2"))
    }
    assert len(made) == 4
    assert any(address.startswith("lr-a-") for address in made)


def test_jwt_variants_are_what_their_names_say(vault, token):
    secret = vault.put("token", token)
    variants = {name: vault.render("{}", altered) for name, altered in vault.jwt_variants(secret)}
    assert set(variants) == {
        "garbage",
        "truncated",
        "unsigned",
        "signature_stripped",
        "signature_flipped",
        "resigned",
    }
    assert token not in variants.values()
    assert jwt.decode(variants["unsigned"], options={"verify_signature": False})["sub"] == "7"
    assert jwt.get_unverified_header(variants["unsigned"])["alg"] == "none"
    assert variants["signature_stripped"] == token.rpartition(".")[0] + "."
    for name in ("truncated", "signature_flipped", "resigned"):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(variants[name], KEY, algorithms=["HS256"])
        assert jwt.decode(variants[name], options={"verify_signature": False}) == {
            "sub": "7",
            "role": "member",
        }
    assert vault.claims(secret)["role"] == "member"


@pytest.mark.parametrize("opaque", ["0123456789abcdef" * 3, "a.b.c", "x", "v4.local.AAAA", "é" * 20])
def test_opaque_tokens_are_altered_without_being_read(vault, opaque):
    variants = vault.jwt_variants(vault.put("token", opaque))
    names = [name for name, _ in variants]
    assert set(names) <= {"garbage", "truncated", "flipped"}
    assert "flipped" in names
    assert opaque not in [vault.render("{}", altered) for _, altered in variants]


def test_flipped_signature_changes_its_bytes_for_every_length(vault):
    # The last base64url character may carry bits that nobody reads
    for algorithm in ("HS256", "HS384", "HS512"):
        made = jwt.encode({"sub": "1"}, KEY * 3, algorithm=algorithm)
        flipped = dict(vault.jwt_variants(vault.put("token", made)))["signature_flipped"]
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(vault.render("{}", flipped), KEY * 3, algorithms=[algorithm])


@given(st.text(max_size=200))
def test_any_text_may_be_asked_for_its_jwt_parts(text):
    assert jwt_parts(text) is None or text.count(".") == 2


def test_hostile_jwt_headers_are_no_jwts():
    deep = base64.urlsafe_b64encode(("[" * 100_000).encode()).rstrip(b"=").decode()
    numbers = base64.urlsafe_b64encode(json.dumps([1]).encode()).decode()
    assert jwt_parts(f"{deep}.{deep}.x") is None
    assert jwt_parts(f"{numbers}.{numbers}.x") is None


def test_contains_names_kinds(vault):
    vault.put("password", "correct horse")
    vault.put("token", "abcdef0123456789")
    assert vault.contains("q=correct%20horse") == {"password"}
    assert vault.contains("correct+horse abcdef0123456789") == {"password", "token"}
    assert vault.contains("nothing") == frozenset()
    assert vault.equals(vault.put("password", "correct horse"), "correct horse")


def test_project_key_is_made_once_and_for_the_user_alone(tmp_path):
    path = tmp_path / "keys" / "a.key"
    key = load_project_key(path)
    assert len(key) == 32
    assert load_project_key(path) == key
    assert [item.name for item in path.parent.iterdir()] == ["a.key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_broken_project_key_is_named(tmp_path):
    (tmp_path / "a.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="no project key"):
        load_project_key(tmp_path / "a.key")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be kept"):
        load_project_key(tmp_path / "file" / "a.key")

import base64

import pytest

from launchready.door.cookies import CookieJar, parse_set_cookie
from launchready.door.vault import Vault
from launchready.door.wallet import Wallet

NOW = 1_800_000_000.0


@pytest.fixture
def wallet():
    return Wallet(Vault(b"k" * 32))


@pytest.mark.parametrize(
    ("line", "name", "value", "path"),
    [
        ("a=1", "a", "1", "/dir"),
        ("a=1; Path=/", "a", "1", "/"),
        ('a="quoted value"; path=/x', "a", '"quoted value"', "/x"),
        ("a=b=c==; HttpOnly", "a", "b=c==", "/dir"),
        ("a=", "a", "", "/dir"),
        (" a = 1 ;Path=relative", "a", "1", "/dir"),
        ("a:b/c[d]=é; SameSite=Whatever; Priority=High", "a:b/c[d]", "é", "/dir"),
    ],
)
def test_cookies_are_read_leniently_and_kept_raw(line, name, value, path):
    cookie = parse_set_cookie(line, "/dir/page", NOW)
    assert cookie is not None
    assert (cookie.name, cookie.value, cookie.path) == (name, value, path)


@pytest.mark.parametrize("line", ["", "novalue", "=x", "; Path=/"])
def test_lines_without_a_name_are_no_cookies(line):
    assert parse_set_cookie(line, "/", NOW) is None


@pytest.mark.parametrize(
    "deletion",
    [
        "a=; Max-Age=0; Path=/",
        "a=x; Max-Age=-1; Path=/",
        "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
        "a=; expires=Thu, 01-Jan-1970 00:00:00 GMT; Path=/",
        "a=; Expires=Wed, 01 Jan 2098 00:00:00 GMT; Max-Age=0; Path=/",
    ],
)
def test_cookies_are_deleted_as_servers_do_it(deletion):
    jar = CookieJar()
    jar.take(["a=1; Path=/"], "/", NOW)
    jar.take([deletion], "/", NOW)
    assert jar.header("/", NOW) == ""
    assert jar.value("a") == ""


def test_max_age_wins_over_expires_and_cookies_end():
    jar = CookieJar()
    jar.take(["a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "/", NOW)
    assert jar.header("/", NOW + 9) == "a=1"
    assert jar.header("/", NOW + 11) == ""


@pytest.mark.parametrize(
    "line", ["a=1; Max-Age=soon", "a=1; Expires=never", "a=1; Expires=Sun, 99 Foo 99999 x"]
)
def test_unreadable_expiry_means_session(line):
    jar = CookieJar()
    jar.take([line], "/", NOW)
    assert jar.header("/", NOW + 1e9) == "a=1"


def test_paths_are_honoured_and_longer_ones_come_first():
    jar = CookieJar()
    jar.take(["a=root; Path=/", "a=api; Path=/api", "b=1; Path=/api/v1/"], "/", NOW)
    assert jar.header("/api/v1/x", NOW) == "b=1; a=api; a=root"
    assert jar.header("/apis", NOW) == "a=root"
    assert jar.header("/api", NOW) == "a=api; a=root"


def test_secure_cookies_travel_on_loopback_and_not_on_plain_http_elsewhere():
    for secure, expected in ((True, "a=1"), (False, "")):
        jar = CookieJar(secure=secure)
        jar.take(["a=1; Secure; Path=/"], "/", NOW)
        assert jar.header("/", NOW) == expected


def test_jar_is_bounded():
    jar = CookieJar()
    jar.take([f"c{number}=1" for number in range(1000)], "/", NOW)
    assert len(jar) == 100


def test_basic_is_user_colon_password(wallet):
    wallet.set_basic(wallet._vault.put("basic", "ada:pass word:ö"))
    [(name, value)] = wallet.headers("GET", "/", NOW)
    assert name == "Authorization"
    assert base64.b64decode(value.removeprefix("Basic ")).decode() == "ada:pass word:ö"


def test_csrf_token_goes_with_unsafe_methods_only(wallet):
    wallet.set_csrf("XSRF-TOKEN", "X-XSRF-TOKEN")
    assert wallet.headers("POST", "/", NOW) == []
    wallet.take(("XSRF-TOKEN=ab%3D%3D; Path=/",), "/", NOW)
    assert wallet.headers("GET", "/", NOW) == [("Cookie", "XSRF-TOKEN=ab%3D%3D")]
    assert ("X-XSRF-TOKEN", "ab==") in wallet.headers("POST", "/", NOW)


def test_snapshot_replays_the_old_session(wallet):
    wallet.take(("sid=old; Path=/",), "/", NOW)
    old = wallet.snapshot()
    wallet.take(("sid=new; Path=/",), "/", NOW)
    wallet.set_bearer(wallet._vault.put("token", "a-new-token-value"))
    assert old.headers("GET", "/", NOW) == [("Cookie", "sid=old")]
    assert ("Cookie", "sid=new") in wallet.headers("GET", "/", NOW)
    assert not wallet.empty


def test_snapshot_keeps_the_rule_for_secure_cookies():
    wallet = Wallet(Vault(b"k" * 32), secure_cookies=False)
    wallet.take(("sid=1; Secure; Path=/",), "/", NOW)
    assert wallet.clone().headers("GET", "/", NOW) == []


def test_cookie_line_fills_the_jar_and_is_hidden(wallet):
    vault = wallet._vault
    wallet.set_cookie_line(vault.put("cookie", "a=1; session=abcdefghijklmnop"))
    assert wallet.headers("GET", "/", NOW) == [("Cookie", "a=1; session=abcdefghijklmnop")]
    assert vault.contains("... abcdefghijklmnop ...") == {"cookie"}
    assert vault.contains("a=1") == frozenset()


def test_templates_and_secrets_show_places_without_values(wallet):
    wallet.set_bearer(wallet._vault.put("token", "a-token-value-1"))
    wallet.take(("sid=abcdefghijklmnop; Path=/",), "/", NOW)
    assert wallet.templates() == (("Authorization", "Bearer {}"), ("Cookie", "sid={}"))
    assert [place for place, _ in wallet.secrets()] == ["header:Authorization", "cookie:sid"]
    assert "a-token-value" not in repr(wallet.secrets())


def test_cleared_wallet_carries_nothing(wallet):
    wallet.set_query("k", wallet._vault.put("key", "valuevalue"))
    wallet.set_cookie("s", wallet._vault.put("cookie", "valuevalue2"))
    wallet.clear()
    assert wallet.empty
    assert (wallet.query(), wallet.headers("GET", "/", NOW)) == ([], [])

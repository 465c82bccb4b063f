import sys
import textwrap
from datetime import date

import pytest

from launchready.config.lines import line_of, positions
from launchready.config.load import ConfigError, is_loopback, load_settings, resolve_secret
from launchready.model.settings import Budget, Environment, Profile, SecretSource, Settings

EXAMPLE = """
[target]
url = "http://127.0.0.1:8000"
spec = "openapi.json"                     # path or URL; found by itself when absent
environment = "staging"
repo = "."
never_touch = ["POST /payments/*"]
[target.headers]
X-Preview = { env = "PREVIEW_TOKEN" }
[accounts.member_a]
role = "member"
bearer = { env = "MEMBER_A_TOKEN" }
[accounts.admin]
role = "admin"
login = { identifier = "root@shop.test", password = { command = ["pass", "shop"] } }
[visibility]
"GET /announcements/{id}" = "public"
[thresholds]
p95_ms = 500
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Settings of a text, read in its own directory."""
    monkeypatch.chdir(tmp_path)

    def loading(text, overrides=None):
        (tmp_path / "launchready.toml").write_text(textwrap.dedent(text), encoding="utf-8")
        return load_settings("launchready.toml", overrides)

    return loading


@pytest.fixture
def refused(load):
    """The error that a text gives."""

    def refusing(text, overrides=None):
        with pytest.raises(ConfigError) as error:
            load(text, overrides)
        return error.value

    return refusing


def test_example_of_the_design_is_read(load):
    settings = load(EXAMPLE)
    collect = settings.collect
    assert (collect.url, collect.spec, collect.repo) == ("http://127.0.0.1:8000", "openapi.json", ".")
    assert collect.headers == (("X-Preview", SecretSource(env="PREVIEW_TOKEN")),)
    member, admin = collect.accounts
    assert (member.name, member.role, member.bearer) == (
        "member_a",
        "member",
        SecretSource(env="MEMBER_A_TOKEN"),
    )
    assert admin.login is not None
    assert admin.login.password == SecretSource(command=("pass", "shop"))
    assert settings.judge.visibility[0].visibility == "public"
    assert settings.judge.thresholds == (("p95_ms", 500.0),)
    assert settings.path == "launchready.toml"


def test_no_file_means_defaults_and_overrides(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()
    settings = load_settings(
        None, {"target.url": "http://localhost:1", "target.only": ("SEC",), "target.repo": None}
    )
    assert settings.collect.environment is Environment.STAGING
    assert settings.collect.only == settings.judge.only == ("SEC",)
    assert settings.path == ""


def test_file_in_the_working_directory_is_found(load):
    load('[target]\nprofile = "quick"')
    assert load_settings().collect.profile is Profile.QUICK


def test_overrides_win_and_none_is_not_given(load):
    overrides = {"target.url": "http://127.0.0.1:9", "target.profile": None, "budget.requests": 7}
    settings = load(
        '[target]\nurl = "http://127.0.0.1:1"\nprofile = "full"\n[budget]\nrequests = 5', overrides
    )
    assert settings.collect.url == "http://127.0.0.1:9"
    assert settings.collect.profile is Profile.FULL
    assert settings.collect.budget == Budget(requests=7, seconds=7200.0)


def test_relative_paths_are_beside_the_file(tmp_path):
    (tmp_path / "launchready.toml").write_text('[target]\nrepo = "."\nspec = "a.json"\nhar = ""\n')
    settings = load_settings(tmp_path / "launchready.toml", {"target.spec": "here.json"})
    assert settings.collect.repo == str(tmp_path)
    assert settings.collect.spec == "here.json"
    (tmp_path / "launchready.toml").write_text('[target]\nspec = "http://127.0.0.1/openapi.json"\n')
    assert load_settings(tmp_path / "launchready.toml").collect.spec == "http://127.0.0.1/openapi.json"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8000", True),
        ("http://app.localhost", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:80", True),
        ("http://0.0.0.0:8000", True),
        ("http://localhost.evil.test", False),
        ("http://10.0.0.1", False),
        ("https://shop.test", False),
        ("", False),
    ],
)
def test_staging_is_the_default_on_loopback_only(load, url, local):
    assert is_loopback(url) is local
    expected = Environment.STAGING if local else Environment.PRODUCTION
    assert load(f'[target]\nurl = "{url}"').collect.environment is expected


def test_environment_that_is_said_wins(load):
    settings = load('[target]\nurl = "http://127.0.0.1"\nenvironment = "production"')
    assert settings.collect.environment is Environment.PRODUCTION


# -------------------------------------------------------------------------------------------- errors


DATES = "signed = 2026-01-01\nexpires = 2027-01-01\n"
WAIVER = f'[[waivers]]\ncheck = "AUTH-01"\nperson = "a"\nreason = "r"\n{DATES}'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[target]\n\nurll = "x"', 3, "unknown key target.urll. Did you mean url?"),
        ("[targets]\n", 1, "Did you mean target?"),
        (
            "[target]\n[accounts.a]\nbearr = { env = 'X' }",
            3,
            "unknown key accounts.a.bearr. Did you mean bearer",
        ),
        ("[target.headers]\nX = { envv = 'A' }", 2, "Did you mean env?"),
        (f'{WAIVER}[[waivers]]\nchekc = "AUTH-01"', 8, "Did you mean check?"),
        ('[[waivers]]\ncheck = "AUTH-01"', 1, "waivers.0.person: field required"),
        ('[target]\nurl = "localhost:8000"', 2, "e.g. http://localhost:8000"),
        ('[target]\nurl = "http://ada:pw@shop.test"', 2, "leave user and password out"),
        ('[target]\nurl = "ftp://x"', 2, "begins with http"),
        ('[target]\nnever_touch = [\n  "POST /a",\n  "payments",\n]', 2, 'written "METHOD /path"'),
        ('[target]\nenvironment = "prod"', 2, "'staging' or 'production'"),
        ('[accounts.a]\nrole = "king"\nbearer = { env = "A" }', 2, "'moderator'"),
        ('[accounts.a]\nrole = "member"', 1, "exactly one of"),
        ('[accounts.a]\nbearer = { env = "A" }\ncookie = { env = "B" }', 1, "exactly one of"),
        ("[accounts.a]\nbearer = {}", 2, "name either"),
        ('[visibility]\n"GET /a" = "public"\n"GET /b" = "all"', 3, "'participants' or 'owner'"),
        ("[budget]\nrate = 0", 2, "greater than 0"),
        ("[budget]\nrequests = true", 2, "budget.requests"),
        ("[thresholds]\np95_ms = nan", 2, "thresholds.p95_ms"),
        ('[mail]\nnameserver = "dns.test"', 2, "a name server is an address"),
        ('[flags.F9]\nraised = true\nperson = "a"', 1, "'F5'"),
        (WAIVER.replace("AUTH-01", "AUTH-99"), 2, "there is no check AUTH-99"),
        (WAIVER.replace("waivers", "disputes"), 1, "fingerprint"),
        (f'{WAIVER}fingerprint = "xyz"', 1, "16 hexadecimal digits"),
        ("[target]\nurl = ", 2, "this is not TOML"),
        ("[target]\nurl = 'a'\nurl = 'b'", 3, "this is not TOML"),
    ],
)
def test_errors_name_file_line_and_what_is_right(refused, text, line, words):
    error = refused(text)
    assert words in str(error)
    assert str(error).startswith(f"launchready.toml:{line}: ")
    assert (error.file, error.line) == ("launchready.toml", line)


@pytest.mark.parametrize(
    "text",
    [
        '[accounts.a]\nbearer = "the-value-itself"',
        '[accounts.a]\nlogin = { identifier = "a", password = "the-value-itself" }',
        '[target.headers]\nX-Preview = "the-value-itself"',
    ],
)
def test_inline_secrets_are_refused_without_repeating_them(refused, text):
    error = refused(text)
    assert "{ env =" in str(error)
    assert "the-value-itself" not in str(error)
    assert error.line == 2


def test_errors_of_options_name_no_line(refused):
    error = refused("[target]\nurl = 'http://127.0.0.1'", {"target.url": "nowhere"})
    assert (error.file, error.line) == ("", 0)


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(ConfigError, match="launchready init"):
        load_settings(tmp_path / "absent.toml")
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_bytes(b"#" * 2_000_000)
    with pytest.raises(ConfigError, match="1 MB"):
        load_settings(tmp_path / "b.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)


# ---------------------------------------------------------------------------------------- statements


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-01-31", date(2027, 1, 31)),
        ('"2027-01-31"', date(2027, 1, 31)),
        ("2027-01-31T10:00:00Z", date(2027, 1, 31)),
        ('"31.1.2027"', date.min),
        ('"never"', date.min),
        ('""', date.min),
        ("20270131", date(2027, 1, 31)),
        ("true", date.min),
        ("[]", date.min),
    ],
)
def test_dates_that_cannot_be_read_count_as_expired(load, written, read):
    head = '[[waivers]]\ncheck = "CORS-01"\nperson = "Ada"\nreason = "r"\n'
    text = f"{head}signed = {written}\nexpires = {written}"
    [waiver] = load(text).judge.waivers
    assert (waiver.signed, waiver.expires) == (read, read)


def test_statements_flags_and_judge_extras_are_read(load):
    judge = load(
        """
        [[attestations]]
        check = "SEC-11"
        subject = "github"
        person = "Ada"
        statement = "MFA is on"
        signed = 2026-01-01
        expires = 2026-07-01
        [[disputes]]
        check = "SEC-01"
        fingerprint = "0123456789abcdef"
        person = "Ada"
        reason = "a test key"
        signed = 2026-01-01
        expires = 2026-07-01
        [flags.F4]
        raised = false
        person = "Ada"
        [judge]
        mfa_accounts = ["github", "stripe"]
        public_operations = ["GET /health"]
        as_of = 2026-03-01
        """
    ).judge
    assert judge.attestations[0].subject == "github"
    assert judge.disputes[0].fingerprint == "0123456789abcdef"
    assert (judge.flags[0].flag, judge.flags[0].raised) == ("F4", False)
    assert (judge.mfa_accounts, judge.public_operations) == (("github", "stripe"), ("GET /health",))
    assert judge.as_of == "2026-03-01"


def test_account_command_is_a_bearer_source(load):
    [account] = load('[accounts.a]\ncommand = ["./login.sh", "a b"]').collect.accounts
    assert account.bearer == SecretSource(command=("./login.sh", "a b"))


# ------------------------------------------------------------------------------------------- secrets


def test_secret_from_the_environment(monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", " value \n")
    assert resolve_secret(SecretSource(env="SHOP_TOKEN")) == "value"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_variable_is_named_with_its_key(monkeypatch, value):
    monkeypatch.delenv("SHOP_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_TOKEN", value)
    with pytest.raises(ConfigError, match=r"accounts\.a\.bearer.*SHOP_TOKEN is not set.*export SHOP_TOKEN"):
        resolve_secret(SecretSource(env="SHOP_TOKEN"), "accounts.a.bearer")


def test_secret_from_a_command_is_its_first_line():
    assert (
        resolve_secret(SecretSource(command=(sys.executable, "-c", "print('a b;$X'); print('2')")))
        == "a b;$X"
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("no-such-program-here",), "there is no program"),
        ((sys.executable, "-c", "print('the-secret'); raise SystemExit(3)"), "exit code 3"),
        ((sys.executable, "-c", ""), "printed nothing"),
        ((), "no source"),
    ],
)
def test_failing_commands_are_named_and_never_their_output(command, words):
    with pytest.raises(ConfigError, match=words) as error:
        resolve_secret(SecretSource(command=command), "accounts.a.bearer")
    assert "the-secret" not in str(error.value)


# --------------------------------------------------------------------------------------------- lines


def test_lines_of_keys_are_found_in_awkward_files():
    text = textwrap.dedent(
        '''\
        top = 1  # [not.a.table]
        text = """
        [fake]
        key = 2
        """
        list = [
          "[x]", # = ]
          { a = 1 },
        ]
        [a."b.c"]
        d.e = 'x = 1'
        [[t]]
        k = 1
        [[t]]
        k = 2
        [t.sub]
        s = 1
        '''
    )
    found = positions(text)
    assert found[("top",)] == 1
    assert found[("text",)] == 2
    assert ("fake",) not in found
    assert found[("list",)] == 6
    assert found[("a", "b.c", "d", "e")] == 11
    assert (found[("t", 0, "k")], found[("t", 1, "k")]) == (13, 15)
    assert found[("t", 1, "sub", "s")] == 17
    assert line_of(found, ("t", 1, "absent")) == 14
    assert line_of(found, ("list", 1, "a")) == 6
    assert line_of(found, ("absent",)) == 0


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_line_ends_of_windows_count_once(load, refused, newline, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "launchready.toml").write_bytes(newline.join(["[target]", "", 'urll = "x"']).encode())
    with pytest.raises(ConfigError, match=r"launchready\.toml:3"):
        load_settings("launchready.toml")


@pytest.mark.parametrize(("profile", "requests"), [("quick", 800), ("standard", 4000), ("full", 20_000)])
def test_the_profile_sets_the_budget_that_is_not_given(tmp_path, profile, requests):
    file = tmp_path / "launchready.toml"
    file.write_text(f'[target]\nurl = "http://127.0.0.1:1"\nprofile = "{profile}"\n[budget]\nrate = 7')
    budget = load_settings(file).collect.budget
    assert (budget.requests, budget.rate) == (requests, 7)

"""Lines of code as they are shown: never with the value of a secret, however it is written."""

import secrets

import pytest

from launchready.source.code.lines import place_at, shown


def made(length=9):
    """A value that no pattern of keys knows."""
    return "z1" + secrets.token_hex(length)[: length - 2]


LINES = (
    "SECRET_KEY = '{}'",
    'POSTGRES_PASSWORD: str = "{}"',
    'JWT_SECRET: Final[str | None] = "{}"',
    'api_key: SecretStr = Field(default="{}")',
    "const authSecret: string = `{}`;",
    "SECRET_KEY = os.environ.get('CONDUIT_SECRET', '{}')  # TODO: Change me",
    'key = os.getenv("SIGNING_KEY", default="{}")',
    "SECRET_KEY = config('SECRET_KEY', default='{}')",
    "const secret = process.env.JWT_SECRET || '{}';",
    'const secret = process.env["JWT_SECRET"] ?? "{}";',
    'token = os.environ.get("API_TOKEN") or "{}"',
    "jwt.sign(payload, process.env.KEY ? process.env.KEY : '{}')",
    "jwt.sign({{ id }}, '{}', {{ expiresIn: '1h' }})",
    'jwt.decode(raw, "{}", algorithms=["HS256"])',
    "jwt.verify(token, '{}')",
    "app.use(session({{ secret: '{}' }}))",
    "app.config['SECRET_KEY'] = '{}'",
    "app.use(cookieParser('{}'))",
    'url = "postgres://shop:{}@db/shop"',
)
FORMS = ("{}", "{}'s own", "{} with spaces", "{}!%^(x")


def fits(line, form):
    """Whether a value may be written so at this place."""
    return not ("'{}'" in line and "'" in form) and not ("://" in line and " " in form)


@pytest.mark.parametrize(
    ("line", "form"), [(one, form) for one in LINES for form in FORMS if fits(one, form)]
)
def test_values_of_secrets_are_not_shown(line, form):
    value = made()
    held = line.format(form.format(value))
    assert value not in shown(held)
    assert value not in place_at("a.py", held, 1).code


def test_a_value_that_goes_on_in_the_next_line_is_not_shown():
    value = made()
    assert value not in shown(f'SECRET_KEY = "{value}')


def test_hostile_lines_end():
    for part in ("secret=", "sign(a,", "token ", "env.get('key','", "{a:'", "://a:", "get"):
        assert len(shown(part * 50_000)) <= 160


@pytest.mark.parametrize(
    "line",
    [
        '@router.post("/token", response_model=Token)',
        "const { password, email } = req.body;",
        "class Meta: fields = ('password', 'email')",
        'if (user.role !== "admin") return res.sendStatus(403)',
        "secret = os.environ['JWT_SECRET']",
        'token = request.headers.get("Authorization")',
        "jwt.sign(payload, config.jwt.secret)",
        'path("reset-password/", views.reset, name="reset"),',
        "page = request.args.get('page', '1')",
        "password: str = Field(..., min_length=8)",
    ],
)
def test_what_holds_no_secret_is_shown_as_it_is(line):
    assert shown(line) == line

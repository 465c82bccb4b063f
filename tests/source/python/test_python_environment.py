import pytest

from tests.source.python.reading import facts_of

PYDANTIC = (
    "from pydantic import Field, SecretStr\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
)


def variables(text, path="app/settings.py"):
    return {one.name: one.use.value for one in facts_of(text, path).variables}


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("A = os.environ['A']", "required"),
        ("A = environ['A']", "required"),
        ("A = os.getenv('A')", "optional"),
        ("A = os.environ.get('A')", "optional"),
        ("A = os.getenv('A', None)", "optional"),
        ("A = os.getenv('A', 'x')", "defaulted"),
        ("A = os.environ.get('A', default='x')", "defaulted"),
        ("A = os.environ.get('A') or 'x'", "defaulted"),
        ("A = os.environ.get('A', '')", "optional"),
        ("A = os.environ.get('A', get_random_secret_key())", "optional"),
        ("A = os.getenv('A')\nif not A:\n    raise RuntimeError('A')", "required"),
        ("A = os.getenv('A')\nif A is None:\n    sys.exit(1)", "required"),
        ("if 'A' in os.environ:\n    B = os.environ['A']", "optional"),
        ("try:\n    B = os.environ['A']\nexcept KeyError:\n    B = None", "optional"),
        ("def url():\n    return os.environ['A']", "required"),
        ("from decouple import config\nA = config('A')", "required"),
        ("from decouple import config\nA = config('A', default=1, cast=int)", "defaulted"),
        ("from environs import Env\nenv = Env()\nB = env.int('A')", "required"),
        ("from environs import Env\nenv = Env()\nB = env('A', 'x')", "defaulted"),
        ("import environ\nenv = environ.Env(DEBUG=(bool, False))\nB = env('A')", "required"),
        (
            "from starlette.config import Config\nconfig = Config('.env')\nB = config('A', cast=str)",
            "required",
        ),
        (
            "from starlette.config import Config\nconfig = Config('.env')\nB = config('A', cast=str, default='x')",
            "defaulted",
        ),
    ],
)
def test_how_a_variable_is_needed(line, use):
    assert variables(f"import os, sys\nfrom os import environ\n{line}\n") == {"A": use}


def test_a_settings_class():
    text = PYDANTIC + (
        "class Settings(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix='APP_')\n"
        "    database_url: str\n    debug: bool = False\n    sentry: str | None = None\n"
        "    key: SecretStr = Field(...)\n    other: str = Field('x', validation_alias='OTHER_NAME')\n"
        "    made: list[str] = Field(default_factory=list)\n    _inner: str = 'x'\n"
    )
    assert variables(text) == {
        "APP_DATABASE_URL": "required",
        "APP_DEBUG": "defaulted",
        "APP_SENTRY": "optional",
        "APP_KEY": "required",
        "OTHER_NAME": "defaulted",
        "APP_MADE": "optional",
    }
    assert [one.name for one in facts_of(text).variables if one.secret] == ["APP_KEY"]


def test_what_reads_nothing():
    text = (
        "import os\nos.environ['A'] = '1'\nos.environ.setdefault('B', '1')\nconfig = {}\nC = config.get('C')\n"
        "class Model(BaseModel):\n    d: str\nname = 'E'\nF = os.getenv(name)\n"
    )
    assert variables(text) == {}


def test_tests_read_for_themselves():
    assert variables("import os\nA = os.environ['A']\n", "tests/test_a.py") == {}

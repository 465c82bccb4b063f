import pytest

from launchready.source.code.files import code_files
from launchready.source.settings.listings import listed_variables


def listed(path, text):
    return {
        name: [one.line for one in places]
        for name, places in listed_variables(code_files({path: text}).by_path).items()
    }


@pytest.mark.parametrize(
    "path", [".env.example", ".env.sample", "api/.env.template", ".env.local.example", "prod.env"]
)
def test_example_files_list_their_names(path):
    text = (
        "# the database\nDATABASE_URL=postgres://\nexport TOKEN=\n# OPTIONAL_ONE=1\n"
        "# a = b is no variable\n\nlower=1\n"
    )
    assert listed(path, text) == {"DATABASE_URL": [2], "TOKEN": [3], "OPTIONAL_ONE": [4], "lower": [7]}


def test_a_dockerfile():
    text = 'FROM python\nARG VERSION\nENV A=1 B="two words" \\\n    C=3\nENV OLD value\nRUN X=1 make\n'
    assert listed("Dockerfile", text) == {"VERSION": [2], "A": [3], "B": [3], "C": [4], "OLD": [5]}


def test_compose():
    text = (
        "services:\n  api:\n    build:\n      args:\n"
        "        - BUILD=1\n    environment:\n      SECRET_KEY: ${SECRET_KEY}\n"
        "  db:\n    environment:\n      - POSTGRES_PASSWORD=x\n      - PASSED_ON\n"
    )
    assert set(listed("docker-compose.yml", text)) == {
        "BUILD",
        "SECRET_KEY",
        "POSTGRES_PASSWORD",
        "PASSED_ON",
    }


def test_a_workflow():
    text = (
        "env:\n  A: 1\njobs:\n  test:\n    env:\n"
        "      B: ${{ secrets.B }}\n    steps:\n      - run: x\n        env:\n          C: 2\n"
    )
    assert listed(".github/workflows/test.yml", text) == {"A": [2], "B": [6], "C": [10]}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("render.yaml", "services:\n  - envVars:\n      - key: A\n        sync: false\n"),
        ("k8s/api.yaml", "spec:\n  containers:\n    - env:\n        - name: A\n          value: x\n"),
        ("app.yaml", "env_variables:\n  A: x\n"),
        ("app.json", '{"env": {"A": {"required": true}}}'),
        ("vercel.json", '{"build": {"env": {"A": "@a"}}}'),
        ("fly.toml", "[env]\nA = '1'\n"),
        ("netlify.toml", "[context.production.environment]\nA = '1'\n"),
    ],
)
def test_manifests_of_hosts(path, text):
    assert set(listed(path, text)) == {"A"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.txt", "A=1\n"),
        ("package.json", '{"env": {"A": 1}}'),
        ("docker-compose.yml", "services: [\n"),
        (".github/workflows/x.yml", "a: &a [*a]\n"),
        ("config.yml", "database:\n  A: 1\n"),
        ("fly.toml", "= broken"),
        ("docker-compose.yml", "a: &a {environment: {B: 1}, c: *a}\n"),
    ],
)
def test_what_lists_nothing_or_is_broken(path, text):
    assert set(listed(path, text)) <= {"B"}

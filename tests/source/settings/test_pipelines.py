import pytest

from launchready.source.code.files import code_files
from launchready.source.settings.commands import Scripts
from launchready.source.settings.pipelines import test_jobs as jobs_in

GITHUB = ".github/workflows/ci.yml"


def jobs(files):
    return [(one.name, one.command, one.on_pull_request) for one in jobs_in(code_files(files).by_path)]


def github(run, *, on="[push, pull_request]", extra=""):
    return (
        f"on: {on}\njobs:\n  tests:\n    runs-on: x\n"
        f"{extra}    steps:\n      - uses: actions/checkout@v4\n      - run: {run}\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        "pytest -q",
        "python -m pytest",
        "uv run pytest --cov",
        "poetry run python manage.py test",
        "tox -e py311",
        "nox",
        "python -m unittest",
        "npm test",
        "npm run test:unit",
        "npm --prefix web test",
        "yarn test",
        "pnpm -r test",
        "npx vitest run",
        "jest --ci",
        "docker compose run api pytest",
        "bun test",
        "pnpm turbo run test",
        "go test ./...",
        "bash scripts/test.sh",
        "./run_tests.sh",
        "hatch run test",
        "cd api && pytest",
        "npx playwright test",
        "node --test",
        "flask test",
        "php artisan test",
        "poetry run ./scripts/test",
        "bin/test unit",
        "script/run-tests",
    ],
)
def test_commands_that_run_tests(command):
    assert Scripts({}).runs_tests(command)


@pytest.mark.parametrize(
    "command",
    [
        "pip install pytest",
        "ruff check src/tests",
        "docker build -t registry/test .",
        "createdb test",
        "ruff check tests",
        "mypy .",
        "npm ci",
        "echo run pytest",
        "npm run build",
        "tox -e lint",
        "test -f x",
        "npx playwright install",
        "docker build -t test .",
        "make",
        "npm run lint",
        "pytest-watch --help",
        "cp tests/a b",
        "npm install --save-dev jest",
        "# pytest",
        "git checkout test",
        "python -c 'print(1)' > test.py",
    ],
)
def test_commands_that_do_not(command):
    assert not Scripts({}).runs_tests(command)


def test_a_job_for_pull_requests():
    assert jobs({GITHUB: github("pytest -q")}) == [("tests", "pytest -q", True)]
    place = jobs_in(code_files({GITHUB: github("pytest -q")}).by_path)[0].place
    assert (place.line, place.code) == (7, "- run: pytest -q")


@pytest.mark.parametrize("on", ["{push: {branches: [main]}}", "[workflow_dispatch, schedule]"])
def test_a_job_that_pull_requests_do_not_start(on):
    assert jobs({GITHUB: github("pytest", on=on)}) == [("tests", "pytest", False)]


@pytest.mark.parametrize("on", ["pull_request", "{pull_request: {branches: [main]}}", "[merge_group]"])
def test_ways_to_say_pull_request(on):
    assert jobs({GITHUB: github("pytest", on=on)}) == [("tests", "pytest", True)]


def test_conditions_of_a_job():
    assert jobs({GITHUB: github("pytest", extra="    if: false\n")}) == []
    pushed = github("pytest", extra="    if: github.event_name == 'push'\n")
    assert jobs({GITHUB: pushed}) == [("tests", "pytest", False)]


def test_a_target_and_a_script_are_followed():
    make = "test: lint\n\t@pytest -q\nlint:\n\truff check .\ncheck: test\n"
    assert jobs({GITHUB: github("make check"), "Makefile": make}) == [("tests", "make check", True)]
    assert jobs({GITHUB: github("make lint"), "Makefile": make}) == []
    package = (
        '{"scripts": {"verify": "npm run lint && npm run unit", "unit": "vitest run", "lint": "eslint ."}}'
    )
    assert jobs({GITHUB: github("npm run verify"), "package.json": package}) == [
        ("tests", "npm run verify", True)
    ]
    assert jobs({GITHUB: github("npm run lint"), "package.json": package}) == []
    hollow = '{"scripts": {"test": "echo no tests yet"}}'
    assert jobs({GITHUB: github("npm test"), "package.json": hollow}) == []
    poe = "[tool.poe.tasks]\nverify = [{ cmd = 'pytest' }]\n"
    assert jobs({GITHUB: github("poe verify"), "pyproject.toml": poe}) == [("tests", "poe verify", True)]


def test_scripts_that_name_each_other_end():
    package = '{"scripts": {"a": "npm run b", "b": "npm run a"}}'
    assert jobs({GITHUB: github("npm run a"), "package.json": package}) == []


def test_a_reusable_workflow_is_for_pull_requests_if_its_caller_is():
    inner = github("pytest", on="workflow_call")
    caller = "on: pull_request\njobs:\n  call:\n    uses: ./.github/workflows/ci.yml\n"
    assert jobs({GITHUB: inner, ".github/workflows/pr.yml": caller}) == [("tests", "pytest", True)]
    assert jobs({GITHUB: inner}) == [("tests", "pytest", False)]


def test_a_local_action_is_followed():
    action = "runs:\n  using: composite\n  steps:\n    - run: pytest\n"
    workflow = "on: pull_request\njobs:\n  tests:\n    steps:\n      - uses: ./.github/actions/test\n"
    files = {GITHUB: workflow, ".github/actions/test/action.yml": action}
    assert jobs(files) == [("tests", "pytest", True)]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("", True),
        ("  rules:\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n", True),
        ("  rules:\n    - if: $CI_COMMIT_BRANCH == 'main'\n", False),
        ("  only: [merge_requests]\n", True),
        ("  only: [main]\n", False),
    ],
)
def test_gitlab(rules, expected):
    text = (
        f"stages: [test]\n.base:\n  script:\n    - pytest\n"
        f"tests:\n  extends: .base\n{rules}deploy:\n  script: ./deploy\n"
    )
    assert jobs({".gitlab-ci.yml": text}) == [("tests", "pytest", expected)]


def test_circleci_travis_and_bitbucket():
    circle = "jobs:\n  unit:\n    steps:\n      - checkout\n      - run:\n          command: pytest\n"
    assert jobs({".circleci/config.yml": circle}) == [("unit", "pytest", True)]
    limited = (
        f"{circle}workflows:\n  main:\n    jobs:\n"
        f"      - unit:\n          filters: {{branches: {{only: main}}}}\n"
    )
    assert jobs({".circleci/config.yml": limited}) == [("unit", "pytest", False)]
    assert jobs({".travis.yml": "script: tox\n"}) == [(".travis.yml", "tox", True)]
    bitbucket = (
        "pipelines:\n  pull-requests:\n    '**':\n      - step:\n          script:\n            - npm test\n"
    )
    assert jobs({"bitbucket-pipelines.yml": bitbucket}) == [("bitbucket-pipelines.yml", "npm test", True)]


@pytest.mark.parametrize(
    "text", ["", "on: [", "jobs: 1", "on: pull_request\njobs: {a: {steps: [{run: 1}]}}", "a: &a [*a]"]
)
def test_broken_pipelines(text):
    assert jobs({GITHUB: text, ".gitlab-ci.yml": text, ".circleci/config.yml": text}) == []


def test_a_long_line_of_options_takes_no_time():
    assert not Scripts({}).runs_tests("npm " + "--a " * 5000)


@pytest.mark.parametrize(
    ("push", "expected"),
    [
        ("push", True),
        ("push:\n    branches-ignore: [renovate/**]", True),
        ("push:\n    branches: ['**']", True),
        ("push:\n    branches: [main]", False),
        ("push:\n    tags: ['v*']", False),
    ],
)
def test_a_push_to_any_branch_is_one_to_that_of_a_pull_request(push, expected):
    trigger = f"on:\n  {push}\n" if ":" in push else f"on: {push}\n"
    text = trigger + "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
    [(_, _, on_pull_request)] = jobs({GITHUB: text})
    assert on_pull_request is expected

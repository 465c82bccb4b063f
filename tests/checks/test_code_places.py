import pytest

from launchready.checks.code_places import is_for_development, is_job, is_test, is_tool
from tests.checks.code_facts import app


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/test_orders.py", True),
        ("api/orders_test.go", True),
        ("web/src/cart.spec.tsx", True),
        ("web/__tests__/cart.tsx", True),
        ("conftest.py", True),
        ("api/testimonials.py", False),
        ("api/contest.py", False),
        ("api/latest.ts", False),
        ("src/specification/read.ts", False),
    ],
)
def test_tests(path, expected):
    assert is_test(path) is expected


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("scripts/import.py", "", True),
        ("db/migrations/0001_init.py", "", True),
        ("supabase/seed.ts", "", True),
        ("dev/code-generation/locales.py", "", True),
        ("api/devices.py", "", False),
        ("api/descriptions.py", "", False),
        ("examples/shop/main.py", "", True),
        ("examples/shop/main.py", "examples/shop", False),
        ("examples/shop/scripts/run.py", "examples/shop", True),
        ("examples/shopping/main.py", "examples/shop", True),
    ],
)
def test_tools(path, root, expected):
    assert is_tool(path, [app(root=root)]) is expected


def test_jobs():
    assert is_job("api/tasks/mail.py")
    assert is_job("worker.ts")
    assert not is_job("api/taskboard.py")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("config/settings/local.py", True),
        ("config/development.js", True),
        (".env.development", True),
        ("settings_test.py", True),
        ("config/settings/production.py", False),
        ("config/passport.js", False),
        ("auth/local/index.js", False),
        ("api/local.py", False),
    ],
)
def test_development_settings(path, expected):
    assert is_for_development(path) is expected

import pytest

from tests.source.python.reading import facts_of


def kinds(name, body, parameters="client"):
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    text = f"def {name}({parameters}):\n{lines}\n"
    return [one.kind for one in facts_of(text, "tests/test_items.py").tests]


@pytest.mark.parametrize(
    ("name", "body", "parameters"),
    [
        (
            "test_read_item_of_another_user",
            "response = client.get(f'/items/{item.id}', headers=other_headers)\nassert response.status_code == 404",
            "client, item, other_headers",
        ),
        (
            "test_owner",
            "client.force_login(other_user)\nassert client.get('/items/1').status_code in (403, 404)",
            "client, other_user",
        ),
        (
            "test_read",
            "r = client_b.get(f'/items/{item.id}')\nassert r.status_code == status.HTTP_403_FORBIDDEN",
            "client_a, client_b",
        ),
        (
            "test_it_checks_ownership",
            (
                "self.client.login(username='charlie')\n"
                "r = self.client.get(self.url)\nself.assertEqual(r.status_code, 404)"
            ),
            "self",
        ),
        (
            "test_update_not_enough_permissions",
            "r = client.put(f'/items/{item.id}', headers=normal_headers, json={})\nassert r.status_code == 403",
            "client, normal_headers",
        ),
        (
            "test_retrieve",
            "results = every_user(client, url, users)\nassert results == [401, 403, 403, 200]",
            "client",
        ),
        (
            "test_service",
            "with pytest.raises(PermissionDenied):\n    service.update(item, user=other_user)",
            "other_user",
        ),
    ],
)
def test_a_second_user(name, body, parameters):
    assert kinds(name, body, parameters) == ["second user"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("test_unauthenticated", "assert client.get('/items').status_code == 401"),
        ("test_items_need_a_login", "r = client.get('/items')\nassert r.status_code == 401"),
        ("test_anonymous_is_sent_away", "self.assertRedirects(client.get('/items'), '/login/?next=/items')"),
        ("test_without_token", "assert client.get('/items').status_code == 403"),
    ],
)
def test_anonymous(name, body):
    assert kinds(name, body) == ["anonymous"]


def test_a_role():
    body = "r = client.get('/admin/users', headers=member_headers)\nassert r.status_code == 403"
    assert kinds("test_admin_only", body, "client, member_headers") == ["role"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("test_read", "r = client.get(f'/items/{item.id}', headers=headers)\nassert r.status_code == 200"),
        (
            "test_not_found",
            "r = client.get(f'/items/{uuid4()}', headers=headers)\nassert r.status_code == 404",
        ),
        ("test_item_of_other_user_not_found_id", "r = client.get('/items/0')\nassert r.status_code == 404"),
        (
            "test_wrong_password",
            "r = client.post('/login', json={'password': 'x'})\nassert r.status_code == 401",
        ),
        ("test_bad_key", "r = client.get('/items', headers={'X-Api-Key': 'x'})\nassert r.status_code == 401"),
        ("test_two_users", "other_user = make()\nassert client.get('/users').json() == [user, other_user]"),
        ("helper", "assert client.get('/items').status_code == 401"),
        ("test_number", "assert total == 403"),
    ],
)
def test_what_is_no_such_test(name, body):
    assert kinds(name, body) == []


def test_only_tests_count():
    text = "def test_unauthenticated():\n    assert client.get('/x').status_code == 401\n"
    assert facts_of(text, "app/views.py").tests == ()
    assert (
        len(
            facts_of(
                f"class TestItems:\n    {text.replace(chr(10), chr(10) + '    ')}\n", "items/tests.py"
            ).tests
        )
        == 1
    )

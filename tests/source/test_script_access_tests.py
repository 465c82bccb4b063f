"""Tests that ask for what must be refused."""

import pytest

from launchready.source.code.files import code_files
from launchready.source.script.facts.reading import script_facts


def kinds(text, path="tests/a.test.ts"):
    return [(one.kind, one.place.line) for one in script_facts(code_files({path: text}).by_path[path]).tests]


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        (
            "returns 403 if user is trying to get another user",
            "await request(app).get(`/users/${two.id}`).set('Authorization', `Bearer ${userOneToken}`).expect(403)",
            "second user",
        ),
        (
            "cannot read what is not theirs",
            "await api.post('/a').set('x', tokenA); const r = await api.get('/a', tokenB); expect(r.status).toBe(404)",
            "second user",
        ),
        (
            "rejects a post that belongs to another tenant",
            "const caller = createCaller({ session }); await expect(caller.post.get(1)).rejects.toThrow('FORBIDDEN')",
            "second user",
        ),
        (
            "should return 403 if logged in user is not admin",
            "await request(app).get('/admin').set('Authorization', token).expect(403)",
            "role",
        ),
        (
            "should return 401 if access token is missing",
            "await request(app).get('/users').expect(401)",
            "anonymous",
        ),
        (
            "requires authentication",
            "const r = await api.get('/users'); expect(r.status).toBe(401)",
            "anonymous",
        ),
        (
            "refuses guests",
            "const r = await GET(new Request('http://x')); expect(r.status).toEqual(401)",
            "anonymous",
        ),
    ],
)
def test_who_is_refused(name, body, kind):
    assert kinds(f"describe('x', () => {{\n it('{name}', async () => {{ {body} }}) }})") == [(kind, 2)]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (
            "returns another user's public profile",
            "await request(app).get('/u/2').set('Authorization', token).expect(200)",
        ),
        ("returns 401 if password is wrong", "await request(app).post('/login').send({}).expect(401)"),
        (
            "returns 404 if the user is not found",
            "await request(app).get('/u/9').set('Authorization', token).expect(404)",
        ),
        (
            "returns 404 if admin is updating another user that is not found",
            "await request(app).patch('/u/9').set('Authorization', adminToken).expect(404)",
        ),
        ("sums", "expect(add(401, 2)).toBe(403)"),
        ("renders the login page", "await page.goto('/login'); expect(title).toBe('401')"),
    ],
)
def test_tests_of_other_things(name, body):
    assert kinds(f'it("{name}", async () => {{ {body} }})') == []


def test_skipped_tests_prove_nothing():
    body = "async () => { await request(app).get('/users').expect(401) }"
    assert kinds(f"it('requires authentication', {body})") == [("anonymous", 1)]
    for skipped in ("it.skip", "xit", "test.todo"):
        assert kinds(f"{skipped}('requires authentication', {body})") == []
    assert kinds(f"describe.skip('x', () => {{ it('requires authentication', {body}) }})") == []


def test_tables_of_tests_count():
    text = "test.each(['/a', '/b'])('%s requires a login', async (path) => {"
    text += " const r = await request(app).get(path); expect(r.status).toBe(401) })"
    assert kinds(text) == [("anonymous", 1)]

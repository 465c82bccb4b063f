"""Functions for staff called by members, as the real check judges them."""

import pytest

from launchready.model.outcome import Cause, Confidence, Input
from launchready.model.report import State
from launchready.model.settings import AccountSettings, LoginRecipe, SecretSource
from tests.collecting.market import LOGIN, NUMBER, TEXT, Market, answer, body, object_of, replies
from tests.collecting.stage import judged

CHECK = "ROLE-01"
PEOPLE = {"type": "array", "items": object_of({"id": NUMBER, "username": TEXT, "email": TEXT})}


class Staffed(Market):
    """A market with `GET /admin/users`; `for_members` makes the answer to a member out of the full list."""

    def __init__(self, for_members=None):
        super().__init__()
        self.users["boss"] = {"id": 1, "username": "boss", "password": "long enough for a boss"}
        self.for_members = for_members
        self.on("GET", "/admin/users", self._users, security=LOGIN, **replies(PEOPLE))

    async def _users(self, request):
        user = self.user(request)
        if user is None:
            return answer({"detail": "log in"}, 401)
        full = [{"id": one["id"], "username": one["username"], "email": f"{one['id']}@shop.example"}
                for one in self.users.values()]  # fmt: skip
        if user == "boss":
            return answer(full)
        return (
            answer({"detail": "for staff"}, 403)
            if self.for_members is None
            else answer(self.for_members(full))
        )


@pytest.fixture
def boss(monkeypatch):
    monkeypatch.setenv("BOSS_PASSWORD", "long enough for a boss")
    login = LoginRecipe(identifier="boss", password=SecretSource(env="BOSS_PASSWORD"))
    return (AccountSettings(name="admin", role="admin", login=login),)


async def verdict(market, accounts=()):
    return (await judged(market, "RoleTrials", accounts=accounts))[CHECK]


async def test_a_function_that_refuses_members_and_serves_the_admin_passes(boss):
    assert (await verdict(Staffed(), boss)).state is State.PASS


async def test_a_function_that_serves_members_fails(boss):
    result = await verdict(Staffed(lambda full: full), boss)
    assert result.state is State.FAIL
    assert result.findings[0].message.startswith(
        "member_b could call the function for staff GET /admin/users"
    )


async def test_without_an_admin_a_refusal_proves_nothing():
    result = await verdict(Staffed())
    assert (result.state, result.findings) == (State.UNKNOWN, ())
    assert result.open_items[0].remedy.input is Input.ADMIN_LOGIN


async def test_without_an_admin_a_member_who_is_served_is_a_question():
    result = await verdict(Staffed(lambda full: [{"id": 1, "username": "boss", "email": "1@shop.example"}]))
    assert (result.state, result.cause) == (State.UNKNOWN, Cause.NEEDS_ANSWER)
    assert [finding.confidence for finding in result.findings] == [Confidence.SUSPECTED]
    assert "GET /admin/users" in result.findings[0].question


async def test_an_empty_list_for_members_is_a_refusal(boss):
    assert (await verdict(Staffed(lambda full: []), boss)).state is State.PASS


async def test_another_answer_for_members_is_a_question(boss):
    result = await verdict(Staffed(lambda full: {"count": len(full)}), boss)
    assert [finding.confidence for finding in result.findings] == [Confidence.SUSPECTED]


async def test_a_function_on_an_object_that_cannot_be_made_anew_is_told(boss):
    market = Staffed()
    market.resource("notes")

    async def limited(request):
        if len(market.things["notes"]) >= 2:
            return answer({"detail": "two notes are enough"}, 409)
        return await market._create(market.resources["notes"], request)

    async def closed(request):
        return answer({"detail": "for staff"}, 403)

    described = body(object_of({"title": TEXT}, ("title",)))
    market.handlers["POST", "/notes"] = limited
    market.on("GET", "/admin/notes/{note_id}", closed, security=LOGIN, **replies(object_of({"id": NUMBER})))
    market.on("PUT", "/admin/notes/{note_id}", closed, security=LOGIN, **described)
    result = await verdict(market, boss)
    reasons = [item.reason for item in result.open_items]
    assert any("no fresh object of ours could be made to try it on" in reason for reason in reasons)

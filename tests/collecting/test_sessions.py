"""Session lifecycles, as the real check judges them."""

import pytest
from aiohttp import web

from launchready.model.report import State
from tests.collecting.market import LOGIN, TEXT, Market, answer, body, object_of, replies
from tests.collecting.stage import judged, stage

SESSIONS = "AUTH-28"


class Lasting(Market):
    """Sessions with refresh tokens; the flags are what may be wrong with them."""

    def __init__(self, *, logout=True, changing=True, **flaws):
        self.flaws, self.refreshing, self.family = flaws, {}, {}
        super().__init__()
        pair = object_of({"access_token": TEXT, "refresh_token": TEXT})
        self.on("POST", "/login", self._log_in)
        self.paths["/login"]["post"]["responses"] = replies(pair)["responses"]
        self.on(
            "POST", "/refresh", self._renew, security=[],
            **body(object_of({"refresh_token": TEXT}, ["refresh_token"])), **replies(pair),
        )  # fmt: skip
        if logout:
            self.on("POST", "/logout", self._log_out, security=LOGIN)
        if changing:
            fields = {"current_password": TEXT, "new_password": TEXT}
            self.on("POST", "/me/password", self._change, security=LOGIN, **body(object_of(fields, fields)))

    async def _log_in(self, request):
        sent = await request.json()
        user = self.users.get(sent.get("username"))
        passwords = (
            [user["password"], user.get("old") if self.flaws.get("old_password") else None] if user else []
        )
        if not sent.get("password") or sent["password"] not in passwords:
            return answer({"detail": "wrong username or password"}, 401)
        return self.pair(user["username"])

    def pair(self, name):
        token, again = self.opened(name), self.opened(f"refresh {name}")
        self.refreshing[again], self.family[token] = name, again
        return answer({"access_token": token, "refresh_token": again})

    async def _renew(self, request):
        name = self.refreshing.pop((await request.json()).get("refresh_token"), None)
        return self.pair(name) if name else answer({"detail": "this token is not valid"}, 401)

    def token(self, request):
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    async def _log_out(self, request):
        if self.user(request) is None:
            return answer({"detail": "log in"}, 401)
        token = self.token(request)
        if not self.flaws.get("refresh_outlives"):
            self.refreshing.pop(self.family.get(token), None)
        if not self.flaws.get("session_outlives"):
            self.sessions.pop(token)
        return web.Response(status=204)

    async def _change(self, request):
        sent, user = await request.json(), self.users.get(self.user(request))
        if user is None or user["password"] != sent.get("current_password"):
            return answer({"detail": "that is not your password"}, 403)
        if self.flaws.get("no_change"):
            return answer({"changed": True})
        user["old"], user["password"] = user["password"], sent["new_password"]
        if not self.flaws.get("others_stay"):
            for token in [one for one, name in self.sessions.items() if name == user["username"]]:
                del self.sessions[token]
        return answer({"changed": True})


async def test_sessions_that_end_pass():
    async with stage(Lasting()) as made:
        await made.collect("SessionScenarios")
        scenarios = {one.name: one for one in made.evidence("SessionScenarios").scenarios}
        result = made.judged()[SESSIONS]
    assert result.state is State.PASS
    assert [step.name for step in scenarios["after logging out"].steps] == [
        "use the session", "log out", "replay the session", "replay the refresh token",
    ]  # fmt: skip
    assert [step.name for step in scenarios["after changing the password"].steps] == [
        "use the other session", "change the password", "log in with the new password",
        "replay the other session", "log in with the old password",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("session_outlives", "replay the session"),
        ("refresh_outlives", "refresh token"),
        ("others_stay", "other session"),
        ("old_password", "old password"),
    ],
)
async def test_what_outlives_is_found(flaw, words):
    result = (await judged(Lasting(**{flaw: True}), "SessionScenarios"))[SESSIONS]
    assert result.state is State.FAIL
    assert [words in finding.message for finding in result.findings] == [True]


async def test_a_change_without_effect_proves_nothing():
    result = (await judged(Lasting(no_change=True), "SessionScenarios"))[SESSIONS]
    assert result.state is State.UNKNOWN
    assert result.findings == ()


@pytest.mark.parametrize(("missing", "word"), [("logout", "log-out"), ("changing", "password")])
async def test_what_the_api_lacks_stays_open(missing, word):
    async with stage(Lasting(**{missing: False})) as made:
        await made.collect("SessionScenarios")
        (gap,) = made.evidence("SessionScenarios").gaps
        result = made.judged()[SESSIONS]
    assert word in gap.reason
    assert result.state is State.UNKNOWN


async def test_only_throw_away_accounts_are_used():
    market = Lasting()
    async with stage(market) as made:
        await made.collect("SessionScenarios")
        people = [made.context.crew.person(name) for name in ("member_a", "member_b")]
        names = {person.handles["username"] for person in people}
    used = {user for method, path, user, _ in market.log if path in {"/logout", "/me/password"}}
    assert used
    assert not used & names


async def test_no_password_is_in_the_evidence():
    market = Lasting()
    async with stage(market) as made:
        await made.collect("SessionScenarios")
        told = repr(made.slots) + repr(list(made.journal.exchanges.values()))
    secrets = [user[key] for user in market.users.values() for key in ("password", "old") if key in user]
    assert len(secrets) >= 4
    assert not [secret for secret in (*secrets, *market.sessions) if secret in told]

"""Bad, altered and ended tokens, as the real check judges them."""

import jwt
import pytest
from aiohttp import web

from launchready.model.report import State
from tests.collecting.market import LOGIN, Market, answer
from tests.collecting.stage import judged, stage

TOKENS = "AUTH-02"
KEY = "a key that signs for the tests, and for nothing else"


class Signing(Market):
    """Sessions are signed tokens; `accepts` judges what is sent instead."""

    def __init__(self, accepts=None, *, ends=True):
        self.accepts, self.ended = accepts, set()
        super().__init__()
        self.resource("notes")

        async def log_out(request):
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if self.user(request) is None:
                return answer({"detail": "log in"}, 401)
            if ends:
                self.ended.add(token)
            return web.Response(status=204)

        self.on("POST", "/logout", log_out, security=LOGIN)

    def opened(self, name):
        self.count += 1
        return jwt.encode({"sub": name, "jti": str(self.count)}, KEY, "HS256")

    def user(self, request):
        given = request.headers.get("Authorization", "")
        token = given.removeprefix("Bearer ")
        if not given.startswith("Bearer ") or token in self.ended:
            return None
        try:
            name = jwt.decode(token, KEY, ["HS256"])["sub"]
        except jwt.InvalidTokenError:
            name = self.accepts(token) if self.accepts else None
        return name if name in self.users else None

    def somebody(self):
        return next(iter(self.users))


def names(result):
    return " ".join(finding.message for finding in result.findings)


async def test_a_careful_target_passes():
    async with stage(Signing()) as made:
        await made.collect("TokenTrials", "Plantings")
        trials = made.evidence("TokenTrials").trials
        result = made.judged()[TOKENS]
    assert result.state is State.PASS
    assert {dict(trial.details)["variant"] for trial in trials} >= {
        "garbage", "truncated", "unsigned", "signature_stripped", "signature_flipped", "resigned", "logged_out",
    }  # fmt: skip
    assert {trial.path.split("/")[1] for trial in trials} == {"me", "notes"}
    assert all(trial.held for trial in trials)


def claims(token, **options):
    try:
        return jwt.decode(token, options={"verify_signature": False, **options})["sub"]
    except jwt.InvalidTokenError:
        return None


@pytest.mark.parametrize(
    ("accepts", "word"),
    [
        (claims, "signed"),
        (
            lambda token: claims(token) if jwt.get_unverified_header(token).get("alg") == "none" else None,
            "unsigned",
        ),
    ],
)
async def test_a_signature_that_is_not_checked_is_found(accepts, word):
    def safely(token):
        try:
            return accepts(token)
        except jwt.InvalidTokenError:
            return None

    result = (await judged(Signing(safely), "TokenTrials"))[TOKENS]
    assert result.state is State.FAIL
    assert word in names(result)


async def test_garbage_that_is_accepted_is_found():
    market = Signing()
    market.accepts = lambda token: market.somebody()
    result = (await judged(market, "TokenTrials"))[TOKENS]
    assert result.state is State.FAIL
    assert "garbage" in names(result)


async def test_a_session_that_outlives_its_log_out_is_found():
    result = (await judged(Signing(ends=False), "TokenTrials"))[TOKENS]
    assert result.state is State.FAIL
    assert "logged out" in names(result)


async def test_the_members_session_is_not_ended_by_it():
    market = Signing()
    async with stage(market) as made:
        await made.collect("TokenTrials")
        asked = len(market.log)
        assert await made.context.crew.ensure("member_a")
    assert not [entry for entry in market.log[asked:] if entry[1] == "/login"]


async def test_where_everybody_is_answered_there_is_nothing_to_try():
    market = Market()

    async def whoever(request):
        return answer({"id": 1, "text": "for everybody"})

    market.on("GET", "/me", whoever)
    async with stage(market) as made:
        await made.collect("TokenTrials")
        result = made.judged()[TOKENS]
    assert result.state is State.UNKNOWN
    assert result.findings == ()


async def test_a_target_without_log_out_leaves_that_open():
    market = Market()
    market.resource("notes")
    async with stage(market) as made:
        await made.collect("TokenTrials")
        gaps = [gap.reason for gap in made.evidence("TokenTrials").gaps]
    assert gaps == ["the API has no log-out that works"]


async def test_a_limit_is_no_refusal():
    market = Signing()
    counted = {"bad": 0}
    read = market.handlers["GET", "/notes"]

    async def limited(request):
        if market.user(request) is None:
            counted["bad"] += 1
            if counted["bad"] == 2:
                return answer({"detail": "slow down"}, 429)
        return await read(request)

    market.on("GET", "/notes", limited)
    async with stage(market) as made:
        await made.collect("TokenTrials", "Plantings")
        trials = [one for one in made.evidence("TokenTrials").trials if one.path == "/notes"]
    assert [trial.held for trial in trials].count(None) == 1
    assert {trial.held for trial in trials} == {None, True}


async def test_no_token_is_in_the_evidence():
    market = Signing()
    async with stage(market) as made:
        await made.collect("TokenTrials")
        told = repr(made.slots) + repr(list(made.journal.exchanges.values()))
    assert "eyJ" not in told

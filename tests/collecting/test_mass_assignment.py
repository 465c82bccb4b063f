"""Privileged fields in writes, as the real check judges them."""

import pytest

from launchready.collecting.assigning import Assigned, assign
from launchready.collecting.privileges import admitted, raised
from launchready.door.messages import Reply, Request
from launchready.model.outcome import Confidence
from launchready.model.report import State
from tests.collecting.market import LOGIN, NUMBER, TEXT, Market, answer, body, object_of, replies
from tests.collecting.stage import judged, stage

CHECK = "ROLE-04"
FLAG = {"type": "boolean"}
PROFILE = {
    "id": NUMBER,
    "username": TEXT,
    "bio": TEXT,
    "role": TEXT,
    "is_verified": FLAG,
    "balance_cents": NUMBER,
}
PLAIN = {"role": "member", "is_verified": False, "balance_cents": 0}


class Club(Market):
    """Accounts with privileged fields. `sign_up` and `profile` take these fields, too; `strict` refuses all others.

    `refusal` makes the body of a refusal out of the unknown names; `echo` repeats in the answer what was sent.
    """

    def __init__(self, *, sign_up=(), profile=(), strict=False, refusal=None, echo=False, shown=PROFILE):
        self.sign_up, self.profile, self.strict, self.echo = sign_up, profile, strict, echo
        self.refusal = refusal or (
            lambda names: {"detail": [{"loc": ["body", one], "msg": "extra"} for one in names]}
        )
        self.shown = shown
        super().__init__()
        self.on("GET", "/me", self._me, security=LOGIN, **replies(object_of(shown)))
        self.on(
            "PATCH", "/me", self._change, security=LOGIN, **body(object_of({"bio": TEXT})),
            **replies(object_of(shown)),
        )  # fmt: skip

    def unknown(self, sent, known):
        names = [name for name in sent if name not in known]
        return answer(self.refusal(names), 422) if self.strict and names else None

    async def _sign_up(self, request):
        sent = await request.json()
        refused = self.unknown(sent, ("username", "password", *self.sign_up))
        if refused is not None:
            return refused
        reply = await super()._sign_up(request)
        if reply.status == 201:
            user = self.users[sent["username"]]
            user |= {"bio": "", **{name: value for name, value in PLAIN.items() if name in self.shown}}
            user |= {name: sent[name] for name in self.sign_up if name in sent}
        return reply

    async def _change(self, request):
        user = self.users.get(self.user(request))
        if user is None:
            return answer({"detail": "log in"}, 401)
        sent = await request.json()
        refused = self.unknown(sent, ("bio", *self.profile))
        if refused is not None:
            return refused
        takes = (
            sent if self.profile == "*" else {key: sent[key] for key in ("bio", *self.profile) if key in sent}
        )
        user.update(takes)
        return answer({**user, **(sent if self.echo else {})} | {"password": None})


async def verdict(market, **options):
    return (await judged(market, "MassAssignment", **options))[CHECK]


def messages(result):
    return sorted(
        finding.message for finding in result.findings if finding.confidence is Confidence.CONFIRMED
    )


def unnamed(names):
    return {"detail": "the request is not valid"}


async def test_an_api_that_takes_its_own_fields_only_passes():
    assert (await verdict(Club())).state is State.PASS


@pytest.mark.parametrize("refusal", [None, unnamed])
async def test_a_strict_api_passes(refusal):
    result = await verdict(Club(strict=True, refusal=refusal))
    assert not result.findings
    assert result.safe > 0


@pytest.mark.parametrize(
    ("name", "value"), [("role", '"admin"'), ("is_verified", "true"), ("balance_cents", "1000001")]
)
@pytest.mark.parametrize("strict", [False, True])
async def test_a_field_that_sign_up_stores_is_found(name, value, strict):
    result = await verdict(Club(sign_up=(name,), strict=strict))
    assert result.state is State.FAIL
    (message,) = messages(result)
    assert message.startswith(
        f"a new account could set {name} to {value} at POST /signup: read back by GET /me"
    )
    assert "curl" in result.findings[0].reproduce


@pytest.mark.parametrize("name", ["role", "is_verified", "balance_cents"])
@pytest.mark.parametrize("refusal", [None, unnamed])
async def test_a_field_that_a_strict_profile_write_stores_is_found(name, refusal):
    result = await verdict(Club(profile=(name,), strict=True, refusal=refusal))
    assert [message.split(" to ")[0] for message in messages(result)] == [f"a member could set {name}"]


async def test_an_answer_that_repeats_what_was_sent_proves_nothing():
    assert not (await verdict(Club(echo=True))).findings


async def test_a_value_that_everybody_has_is_no_finding(monkeypatch):
    monkeypatch.setitem(PLAIN, "is_verified", True)
    monkeypatch.setitem(PLAIN, "role", "admin")
    assert not (await verdict(Club(sign_up=("role", "is_verified")))).findings


async def test_what_an_api_keeps_beside_any_unknown_field_is_a_question():
    result = await verdict(Club(profile="*", shown={"id": NUMBER, "username": TEXT, "bio": TEXT}))
    assert not messages(result)
    assert {finding.confidence for finding in result.findings} == {Confidence.SUSPECTED}


async def test_fields_that_nobody_shows_are_not_proven():
    result = await verdict(Club(shown={"id": NUMBER, "username": TEXT, "bio": TEXT}))
    assert (result.state, result.findings) == (State.UNKNOWN, ())


async def test_a_plan_that_the_request_offers_is_the_members_choice(monkeypatch):
    monkeypatch.setitem(PLAIN, "plan", "free")
    market = Club(sign_up=("plan",), profile=("plan",), shown=PROFILE | {"plan": TEXT})
    plans = {"type": "string", "enum": ["free", "team"]}
    market.on("PATCH", "/me", market._change, security=LOGIN, **body(object_of({"bio": TEXT, "plan": plans})))
    market.on(
        "POST", "/signup", market._sign_up, security=[],
        **body(object_of({"username": TEXT, "password": TEXT, "plan": plans}, ("username", "password"))),
    )  # fmt: skip
    assert not (await verdict(market)).findings


async def test_a_field_that_an_object_shows_and_its_creation_stores_is_found():
    async def create(request):
        user = market.user(request)
        if user is None:
            return answer({"detail": "log in"}, 401)
        sent = await request.json()
        return answer(market.made("ads", user, **{"featured": False} | sent), 201)

    market = Club()
    market.resource("ads")
    market.on("POST", "/ads", create)
    assert messages(await verdict(market)) == [
        "a member could set featured to true at POST /ads: read back by GET /ads/{ad_id}"
    ]


async def test_no_more_accounts_are_made_than_announced():
    async with stage(Club(strict=True, refusal=unnamed)) as made:
        await made.collect("MassAssignment")
        assert len(made.market.users) <= 3 + 3


def reply(status, value):
    request = Request(method="POST", url="/")
    return Reply(exchange="x1", request=request, url="/", status=status, _json=value, body=b"{}")


async def collected(answers, wanted, shown=(), limit=9) -> tuple[Assigned, list[dict]]:
    sent = []

    async def send(fields):
        sent.append(fields)
        return answers(fields)

    return await assign(send, wanted, set(shown), limit), sent


async def test_fields_that_a_refusal_names_are_left_out():
    def answers(fields):
        bad = [{"loc": ["body", name], "msg": "extra"} for name in fields if name != "role"]
        return reply(422, {"detail": bad}) if bad else reply(200, {"ok": True})

    done, sent = await collected(answers, {"role": "admin", "admin": True, "isAdmin": True})
    assert done.accepted == {"role": "admin"}
    assert set(done.refused) == {"admin", "isAdmin"}
    assert len(sent) == 2


async def test_a_refusal_that_lists_the_values_is_believed():
    def answers(fields):
        if fields.get("role") == "SITE_ADMIN":
            return reply(200, {"ok": True})
        return reply(400, {"errors": {"role": ["must be one of USER, SITE_ADMIN"]}})

    done, _ = await collected(answers, {"role": "admin"}, ["role"])
    assert done.accepted == {"role": "SITE_ADMIN"}


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_never_more_requests_than_allowed(limit):
    wanted = {"role": "admin", "admin": True, "balance": 7, "is_staff": True}
    done, sent = await collected(lambda _: reply(400, {"detail": "no"}), wanted, wanted, limit)
    assert len(sent) <= limit
    assert not done.accepted


@pytest.mark.parametrize(
    ("name", "current", "value"),
    [
        ("role", "member", "admin"), ("role", "USER", "ADMIN"), ("userRole", "x", "admin"), ("role", "admin", None),
        ("isAdmin", False, True), ("is_admin", True, None), ("is_admin", 0, 1), ("emailVerified", False, True),
        ("balanceCents", 0, 1_000_001), ("balance", "0.00", "1000001.00"), ("title", "x", None),
        ("roles", ["a"], ["a", "admin"]),
        ("wheelbalance", 1, None), ("role", {"a": 1}, None),
    ],
)  # fmt: skip
def test_a_raised_value_is_of_the_same_kind(name, current, value):
    assert raised(name, current) == value


def test_a_listed_role_is_taken_from_the_list():
    assert raised("role", "buyer", ("buyer", "seller", "shop_admin")) == "shop_admin"
    assert admitted("role", "must be buyer or superuser") == "superuser"
    assert admitted("role", "extra inputs are not permitted") is None

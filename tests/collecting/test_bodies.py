import json

import pytest

from launchready.collecting.answers import CANARY
from launchready.collecting.bodies import BodyMaker, fitted
from launchready.collecting.holdings import Holdings
from launchready.collecting.media import png, with_fields
from launchready.door.messages import FormBody, JsonBody, MultipartBody, RawBody, Reply, Request
from launchready.model.evidence import Collected, Planted
from launchready.surface.build import build_surface
from tests.collecting.market import NUMBER, TEXT, Market, body, object_of
from tests.collecting.stage import stage

CREATE = "POST /things"


def planted(owner, kind, number, object_class="other", **values):
    return Planted(
        owner=owner,
        object_type=kind,
        object_class=object_class,
        object_id=str(number),
        created_by="",
        values=tuple(values.items()),
    )


PEOPLE = tuple(
    planted(
        name, "user", number, "profile", id=str(number), username=f"{name}-name", email=f"{name}@example.com"
    )
    for number, name in enumerate(("member_a", "member_b", "counterpart"), 100)
)


class Drafting:
    """Drafts for one operation of a document that has it."""

    def __init__(self, made, operation, objects):
        self.bodies = BodyMaker(made.context)
        self.operation = next(one for one in made.context.operations() if one.id == operation)
        self.holdings = Holdings(made.context.operations(), objects)

    def draft(self, **options):
        given = {"owner": "member_a", "helper": "member_a", "values": {}, **options}
        return self.bodies.draft(self.operation, holdings=self.holdings, **given)

    def sent(self, **options):
        draft = self.draft(**options)
        assert isinstance(draft.body, JsonBody)
        return draft.body.value, draft


@pytest.fixture
async def drafting():
    """Makes a `Drafting` for a body schema."""
    stages = []

    async def make(
        schema, objects=PEOPLE, *, media="application/json", path="/things", method="POST", more=()
    ):
        market = Market()
        market.on(method, path, None, **body(schema, media))
        for one_method, one_path, described in more:
            market.on(one_method, one_path, None, **described)
        market.handlers.clear()
        opening = stage(market)
        made = await opening.__aenter__()
        stages.append(opening)
        surface = build_surface(market.document(), "test", target=market.url)
        made.context.slots["Surface"] = Collected(evidence=surface)
        return Drafting(made, f"{method} {path}", objects)

    yield make
    for opening in stages:
        await opening.__aexit__(None, None, None)


# -------------------------------------------------------------------------------------------- free texts


async def test_every_free_text_holds_a_word_of_its_own(drafting):
    fields = {
        "title": TEXT,
        "description": {"type": "string", "minLength": 60},
        "note": {"type": "string", "maxLength": 30},
        "details": object_of({"story": TEXT}),
        "price": {"type": "number", "minimum": 3},
        "kind": {"enum": ["a", "b"]},
        "at": {"type": "string", "format": "date-time"},
        "mail": {"type": "string", "format": "email"},
    }
    sent, draft = (await drafting(object_of(fields, fields))).sent()
    words = {name: CANARY.findall(text) for name, text in sent.items() if isinstance(text, str)}
    assert words["title"] == [draft.canaries["title"]]
    assert words["description"] == [draft.canaries["description"]]
    assert len(sent["description"]) >= 60
    assert len(sent["note"]) <= 30
    assert sent["details"]["story"] == draft.canaries["story"]
    assert len(set(draft.canaries.values())) == len(draft.canaries)
    assert words["kind"] == words["at"] == words["mail"] == []


async def test_words_are_new_in_every_draft(drafting):
    made = await drafting(object_of({"title": TEXT}, ["title"]))
    assert not set(made.draft().canaries.values()) & set(made.draft().canaries.values())


async def test_forms_carry_words_too(drafting):
    made = await drafting(object_of({"title": TEXT}, ["title"]), media="application/x-www-form-urlencoded")
    draft = made.draft()
    assert draft.body == FormBody(fields=(("title", draft.canaries["title"]),))


async def test_files_carry_the_word_as_a_comment(drafting):
    schema = object_of({"file": {"type": "string", "format": "binary"}, "caption": TEXT}, ["file", "caption"])
    draft = (await drafting(schema, media="multipart/form-data", path="/uploads")).draft()
    assert isinstance(draft.body, MultipartBody)
    (file,) = draft.body.files
    assert draft.canaries["file"].encode() in file.content
    assert file.content.startswith(b"\x89PNG")
    assert dict(draft.body.fields)["caption"] == draft.canaries["caption"]


def test_a_planted_image_is_whole():
    image = png("lrabcdefghijklmnx")
    assert image.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(("low", "high"), [(0, 0), (40, 0), (0, 17), (30, 30), (100, 200)])
def test_a_word_fits_its_lengths(low, high):
    limits = {"minLength": low} | ({"maxLength": high} if high else {})
    text = fitted("lrabcdefghijklmnx", {"type": "string", **limits})
    assert len(text) >= low
    assert not high or len(text) <= high
    assert text.startswith("lrabcdefghijklmnx")


async def test_an_account_keeps_what_it_is_known_by(drafting):
    fields = {"username": TEXT, "bio": TEXT, "email": {"type": "string", "format": "email"}}
    made = await drafting(object_of(fields), path="/me", method="PATCH")
    draft = made.draft(only_text=True)
    assert set(draft.canaries) == {"bio"}
    assert "username" not in draft.body.value


async def test_an_update_leaves_the_naming_fields(drafting):
    one = "/things/{thing_id}"
    made = await drafting(object_of({"title": TEXT, "text": TEXT, "stars": NUMBER}), path=one, method="PATCH")
    draft = made.draft(only_text=True, values={"thing_id": "1"})
    assert set(draft.canaries) == {"text"}
    assert set(draft.body.value) == {"text"}


# -------------------------------------------------------------------------------------------- visibility


@pytest.mark.parametrize(
    ("name", "schema", "private", "public"),
    [
        ("visibility", {"type": "string", "enum": ["public", "members", "private"]}, "private", "public"),
        ("status", {"type": "string", "enum": ["draft", "published"]}, "draft", "published"),
        ("is_public", {"type": "boolean"}, False, True),
        ("hidden", {"type": "boolean"}, True, False),
    ],
)
async def test_objects_are_made_private_or_public(drafting, name, schema, private, public):
    made = await drafting(object_of({"title": TEXT, name: schema}, ["title"]))
    assert made.bodies.visibility(made.operation).pointer == f"/{name}"
    assert made.sent(visible="private")[0][name] == private
    assert made.sent(visible="public")[0][name] == public


async def test_a_status_without_a_private_value_is_no_visibility(drafting):
    made = await drafting(object_of({"status": {"type": "string", "enum": ["new", "used"]}}))
    assert made.bodies.visibility(made.operation) is None


# -------------------------------------------------------------------------------------------- references


async def test_the_counterpart_is_the_other_person(drafting):
    fields = {"recipient_id": NUMBER, "text": TEXT}
    sent, _ = (await drafting(object_of(fields, fields))).sent()
    assert sent["recipient_id"] == 102


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("recipient", TEXT, "102"),
        ("recipient_username", TEXT, "counterpart-name"),
        ("recipient_email", {"type": "string", "format": "email"}, "counterpart@example.com"),
        ("to", {"type": "string", "format": "email"}, "counterpart@example.com"),
        ("participants", {"type": "array", "items": TEXT}, ["102"]),
        ("invitee", {"type": "string", "pattern": "^[a-z]+-name$"}, "counterpart-name"),
    ],
)
async def test_a_person_is_named_as_the_schema_wants(drafting, name, schema, value):
    sent, _ = (await drafting(object_of({name: schema, "text": TEXT}, [name, "text"]))).sent()
    assert sent[name] == value


async def test_who_acts_is_left_to_the_server(drafting):
    fields = {"owner_id": NUMBER, "text": TEXT}
    sent, _ = (await drafting(object_of(fields, ["text"]))).sent()
    assert sent.get("owner_id") not in {100, 101, 102}


LISTING = [("GET", "/listings/{listing_id}", {}), ("POST", "/listings", body(object_of({"title": TEXT})))]


async def test_a_reference_is_the_helpers_object(drafting):
    objects = (*PEOPLE, planted("member_a", "listing", 7), planted("counterpart", "listing", 8))
    made = await drafting(
        object_of({"listing_id": NUMBER, "text": TEXT}, ["listing_id"]), objects, more=LISTING
    )
    assert made.sent()[0]["listing_id"] == 7
    assert made.sent(helper="counterpart")[0]["listing_id"] == 8


async def test_references_may_be_lists(drafting):
    objects = (*PEOPLE, planted("member_a", "listing", 7))
    schema = object_of({"listing_ids": {"type": "array", "items": NUMBER}}, ["listing_ids"])
    made = await drafting(schema, objects, more=LISTING)
    assert made.sent()[0]["listing_ids"] == [7]


async def test_a_reference_of_any_type_is_something_that_is_there(drafting):
    objects = (*PEOPLE, planted("member_a", "listing", 7))
    subject = {
        "subject_type": {"type": "string", "enum": ["comment", "listing"]},
        "subject_id": TEXT,
        "text": TEXT,
    }
    made = await drafting(object_of(subject, subject), objects, more=LISTING)
    sent, _ = made.sent()
    assert (sent["subject_type"], sent["subject_id"]) == ("listing", "7")


# ------------------------------------------------------------------------------------------------ repair


def refusal(value, status=422):
    return Reply(
        exchange="e1",
        request=Request(method="POST", url="/things"),
        url="http://127.0.0.1/things",
        status=status,
        headers=(("content-type", "application/json"),),
        body=json.dumps(value).encode(),
    )


async def test_what_a_refusal_complains_of_is_left_out(drafting):
    made = await drafting(object_of({"title": TEXT, "color": TEXT, "size": TEXT}, ["title"]))
    draft = made.draft()
    complaint = refusal({"detail": [{"loc": ["body", "color"], "msg": "unknown field"}]})
    repaired = made.bodies.repaired(made.operation, draft, complaint)
    assert set(repaired.body.value) == {"title", "size"}
    assert set(repaired.canaries) == {"title", "size"}


async def test_without_a_named_field_only_the_required_stay(drafting):
    made = await drafting(object_of({"title": TEXT, "color": TEXT}, ["title"]))
    bare = made.bodies.repaired(made.operation, made.draft(), refusal({"detail": "no"}, 400))
    assert set(bare.body.value) == {"title"}
    assert made.bodies.repaired(made.operation, bare, refusal({"detail": "no"}, 400)) is None


async def test_the_same_complaint_twice_is_not_answered_twice(drafting):
    made = await drafting(object_of({"title": TEXT, "color": TEXT}, ["title"]))
    complaint = refusal({"detail": [{"loc": ["body", "color"], "msg": "unknown field"}]})
    first = made.bodies.repaired(made.operation, made.draft(), complaint)
    second = made.bodies.repaired(made.operation, first, complaint)
    assert second is not None
    assert second.bare
    assert made.bodies.repaired(made.operation, second, complaint) is None


# ------------------------------------------------------------------------------------------- extra fields


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (JsonBody(value={"a": 1, "b": 2}), JsonBody(value={"a": 1, "b": 2, "role": "admin"})),
        (JsonBody(value={"user": {"a": 1}}), JsonBody(value={"user": {"a": 1, "role": "admin"}})),
        (FormBody(fields=(("a", "1"),)), FormBody(fields=(("a", "1"), ("role", "admin")))),
        (JsonBody(value=[1]), JsonBody(value=[1])),
        (RawBody(media_type="text/plain", content=b"a"), RawBody(media_type="text/plain", content=b"a")),
        (None, None),
    ],
)
def test_more_fields_go_where_the_others_are(given, made):
    assert with_fields(given, {"role": "admin"}) == made
    assert with_fields(given, {}) == given

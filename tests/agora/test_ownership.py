"""What is not yours is not there: every private type, by id, in lists and for writing."""

import uuid

import pytest

from tests.agora import probes
from tests.agora.support import Person

MISSING = str(uuid.uuid4())

CASES = {
    "/addresses": (probes.address, {"city": "Paris"}),
    "/saved-searches": (probes.saved_search, {"name": "other"}),
    "/collections": (probes.collection, {"name": "other"}),
    "/drafts": (probes.draft, {"title": "other"}),
    "/threads": (probes.thread, None),
}


@pytest.mark.parametrize("path", CASES)
def test_private_objects(path, api, a, b):
    make, change = CASES[path]
    canary = probes.word()
    one = f"{path}/{make(api, a, canary)}"
    assert canary in api.get(one, by=a).text
    assert canary in api.get(path, by=a).text
    foreign, missing = api.get(one, by=b), api.get(f"{path}/{MISSING}", by=b)
    assert foreign.status == missing.status == 404
    assert foreign.json["error"]["message"] == missing.json["error"]["message"]
    assert canary not in api.get(path, by=b).text
    assert api.get(one).status == api.get(path).status == 401
    if change:
        assert api.patch(one, change, by=b).status == 404
        assert api.patch(one, change, by=a).status == 200
        assert api.patch(one, {**change, "owner_id": b.id}, by=a).status == 422
    assert api.delete(one, by=b).status == 404
    assert api.get(one, by=a).status == 200
    assert api.delete(one, by=a).status == 204
    assert api.get(one, by=a).status == 404


def test_nothing_private_is_in_search_feed_or_foreign_export(api, a, b):
    canary = probes.word()
    probes.draft(api, a, canary)
    probes.group_post(api, a, canary, "private")
    probes.listing(api, a, "draft", canary)
    parent = probes.thread(api, a, canary)
    probes.message(api, a, parent, canary)
    for path in (f"/search?q={canary}", "/feed", "/members/me/export", "/notifications", "/groups"):
        reply = api.get(path, by=b)
        assert reply.status == 200
        assert canary not in reply.text.replace(f'"q":"{canary}"', "")
    assert canary in api.get(f"/search?q={canary}", by=a).text


def test_participants_share_a_thread_and_nobody_else(api, a, b):
    c = api.member()
    thread = api.made("/threads", {"subject": "Clock", "participants": [b.handle]}, a)["id"]
    message = api.made(f"/threads/{thread}/messages", {"body": "Hello"}, a)
    assert message["mine"] is True
    base = f"/threads/{thread}"
    assert api.get(f"{base}/messages", by=b).json["items"][0]["mine"] is False
    assert api.patch(f"{base}/messages/{message['id']}", {"body": "x"}, by=b).status == 404
    assert api.delete(base, by=b).status == 404
    assert api.post(f"{base}/participants", {"handle": c.handle}, by=b).status == 404
    for method, path, body in (
        ("GET", base, None),
        ("GET", f"{base}/messages", None),
        ("GET", f"{base}/messages/{message['id']}", None),
        ("GET", f"{base}/export", None),
        ("POST", f"{base}/messages", {"body": "x"}),
        ("POST", f"{base}/read", None),
    ):
        assert api.call(method, path, body, by=c).status == 404
    assert api.post(f"{base}/participants", {"handle": c.handle}, by=a).status == 201
    assert api.get(base, by=c).status == 200
    assert api.post(f"{base}/leave", by=c).status == 200
    assert api.get(base, by=c).status == 404
    assert api.get("/notifications/count", by=b).json["count"] >= 2


def test_listings_are_public_when_published_and_only_then(api, a, b):
    number = probes.listing(api, a, "draft")
    path, mine = f"/listings/{number}", f"/listings/mine/{number}"
    assert api.get(path).status == api.get(path, by=b).status == api.get(mine, by=b).status == 404
    assert api.get(mine, by=a).status == 200
    assert api.post(f"{path}/offers", {"amount_cents": 500}, by=b).status == 404
    assert api.patch(path, {"status": "published"}, by=b).status == 404
    assert api.patch(path, {"status": "published"}, by=a).status == 200
    assert api.get(path).status == 200
    assert number in api.get("/listings?limit=100").text
    assert api.delete(path, by=b).status == 404


def test_profiles_are_public_projections(api, a, b):
    reply = api.get(f"/profiles/{a.handle}")
    assert set(reply.json) == {"handle", "display_name", "bio", "location"}
    assert api.get(f"/members/{a.id}", by=b).status == 404
    assert api.get(f"/members/{a.id}/settings", by=b).status == 404
    api.patch("/members/me/settings", {"profile_listed": False}, by=a)
    assert api.get(f"/profiles/{a.handle}").status == 404


def test_trade_is_between_buyer_and_seller_and_the_server_sets_the_price(api, a, b):
    c = api.member()
    number = probes.listing(api, a)
    offer = api.made(f"/listings/{number}/offers", {"amount_cents": 4000}, b)["id"]
    assert api.get(f"/offers/{offer}", by=c).status == 404
    assert api.post(f"/offers/{offer}/answer", {"accept": True}, by=b).status == 404
    assert api.post("/orders", {"listing_id": number, "total_cents": 1}, by=b).status == 422
    full = api.made("/orders", {"listing_id": number, "quantity": 2}, b)
    assert full["total_cents"] == 9800
    assert api.post(f"/offers/{offer}/answer", {"accept": True}, by=a).status == 200
    order = api.made("/orders", {"listing_id": number}, b)
    assert (order["total_cents"], order["test"]) == (4000, False)
    invoice = api.get("/invoices", by=b).json["items"][0]
    for who, status in ((a, 200), (b, 200), (c, 404)):
        assert api.get(f"/orders/{order['id']}", by=who).status == status
        assert api.get(f"/invoices/{invoice['id']}", by=who).status == status
        assert api.get(f"/invoices/{invoice['id']}/document", by=who).status == status
    assert api.patch(f"/orders/{order['id']}", {"note": "x"}, by=a).status == 404
    assert api.delete(f"/orders/{order['id']}", by=b).status == 204
    assert api.made("/orders", {"listing_id": number}, a)["test"] is True
    assert api.get("/analytics/shop", by=a).json["orders"] == 1
    assert api.get(f"/analytics/shops/{a.id}", by=b).status == 404


def test_groups_posts_and_comments(api, a, b):
    group = api.made("/groups", {"name": "Open", "visibility": "public"}, a)["id"]
    posts = f"/groups/{group}/posts"
    assert api.post(posts, {"title": "T", "body": "B"}, by=b).status == 403
    assert api.post(f"/groups/{group}/join", by=b).status == 200
    post = api.made(posts, {"title": "T", "body": "B"}, b)["id"]
    comment = api.made(f"/posts/{post}/comments", {"body": "Nice"}, a)["id"]
    assert api.patch(f"/posts/{post}", {"body": "x"}, by=a).status == 404
    assert api.delete(f"/comments/{comment}", by=b).status == 404
    assert api.patch(f"/groups/{group}", {"visibility": "private"}, by=b).status == 404
    assert api.patch(f"/groups/{group}", {"visibility": "private"}, by=a).status == 200
    assert api.get(f"/posts/{post}", by=api.member()).status == 404
    assert api.post(f"/groups/{group}/leave", by=a).status == 409
    assert len(api.get(f"/groups/{group}/members", by=b).json["items"]) == 2
    assert api.delete(f"/groups/{group}", by=a).status == 204


def test_reviews_once_and_never_of_ones_own(api, a, b):
    path = f"/listings/{probes.listing(api, a)}/reviews"
    assert api.post(path, {"stars": 5}, by=a).status == 409
    review = api.made(path, {"stars": 5, "text": "Good"}, b)
    assert review["verified_purchase"] is False
    assert api.post(path, {"stars": 1}, by=b).status == 409
    assert api.patch(f"/reviews/{review['id']}", {"stars": 1}, by=a).status == 404
    assert api.patch(f"/reviews/{review['id']}", {"stars": 4}, by=b).json["stars"] == 4
    assert api.get(path).json["items"][0]["stars"] == 4
    assert api.delete(f"/reviews/{review['id']}", by=b).status == 204


def test_uploads_are_private_downloads_of_known_types(api, a, b):
    number = probes.upload(api, a, b"hello").json["id"]
    reply = api.get(f"/uploads/{number}/content", by=a)
    assert reply.headers["content-disposition"].startswith("attachment")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert api.get(f"/uploads/{number}/content", by=b).status == 404
    for content in (b"<script>alert(1)</script>\n", b"MZ\x90\x00\xff", b""):
        assert probes.upload(api, a, content).status in {415, 422}
    assert api.delete(f"/uploads/{number}", by=a).status == 204


def test_drafts_are_published_by_their_author_into_their_groups(api, a, b):
    draft = probes.draft(api, a)
    group = api.made("/groups", {"name": "G", "visibility": "public"}, a)["id"]
    assert api.post(f"/drafts/{draft}/publish", {"group_id": group}, by=b).status == 404
    assert api.post(f"/drafts/{draft}/publish", {"group_id": group}, by=a).status == 201
    assert api.get(f"/drafts/{draft}", by=a).status == 404


def test_nobody_is_nobody(api):
    assert api.get("/members/me", by=Person("", "")).status == 401

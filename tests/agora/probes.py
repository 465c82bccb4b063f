"""For each flaw a probe that says whether it shows over HTTP; for each trap what it must keep."""

import base64
import json
import re
import uuid

import jwt

from tests.agora.support import ADMIN, ORIGIN, PASSWORD, Person

PROBES = {}


def probe(name):
    def keep(function):
        PROBES[name] = function
        return function

    return keep


def word():
    return "canary" + uuid.uuid4().hex[:12]


def address(api, by, canary="street"):
    body = {
        "label": "Home",
        "recipient": "Ada",
        "street": canary,
        "city": "London",
        "postal_code": "SW1",
        "country": "GB",
    }
    return api.made("/addresses", body, by)["id"]


def saved_search(api, by, canary="clock"):
    return api.made("/saved-searches", {"name": canary, "query": "clock"}, by)["id"]


def collection(api, by, canary="ideas"):
    return api.made("/collections", {"name": canary}, by)["id"]


def item(api, by, parent, canary="sextant"):
    return api.made(f"/collections/{parent}/items", {"title": canary}, by)["id"]


def draft(api, by, canary="draft"):
    return api.made("/drafts", {"title": "On clocks", "body": canary}, by)["id"]


def thread(api, by, canary="subject"):
    return api.made("/threads", {"subject": canary}, by)["id"]


def message(api, by, parent, canary="body"):
    return api.made(f"/threads/{parent}/messages", {"body": canary}, by)["id"]


def group_post(api, by, canary, visibility):
    group = api.made("/groups", {"name": "Group", "visibility": visibility}, by)["id"]
    return api.made(f"/groups/{group}/posts", {"title": "Post", "body": canary}, by)["id"]


def listing(api, by, status="published", title="Clock"):
    body = {"title": title, "price_cents": 4900, "status": status}
    return api.made("/listings", body, by)["id"]


# --------------------------------------------------------------------------------------- AUTH-01


@probe("anonymous-private-list")
def _(api, a, b):
    canary = word()
    address(api, a, canary)
    assert canary in api.get("/addresses", by=a).text
    assert canary not in api.get("/addresses", by=b).text
    return canary in api.get("/addresses").text


@probe("anonymous-private-detail")
def _(api, a, b):
    canary = word()
    path = f"/saved-searches/{saved_search(api, a, canary)}"
    assert canary in api.get(path, by=a).text
    assert canary not in api.get(path, by=b).text
    return canary in api.get(path).text


@probe("anonymous-refused-with-data")
def _(api, a, b):
    canary = word()
    path = f"/collections/{collection(api, a, canary)}"
    assert canary in api.get(path, by=a).text
    assert canary not in api.get(path, by=b).text
    reply = api.get(path)
    assert reply.status == 401
    return canary in reply.text


@probe("anonymous-member-feed")
def _(api, a, b):
    shared, hidden = word(), word()
    group_post(api, a, shared, "public")
    group_post(api, a, hidden, "private")
    assert shared in api.get("/feed", by=b).text
    reply = api.get("/feed")
    assert hidden not in reply.text
    return shared in reply.text


# --------------------------------------------------------------------------------------- AUTH-02


@probe("token-signature-ignored")
def _(api, a, b):
    claims = jwt.decode(a.access, options={"verify_signature": False})
    forged = jwt.encode(claims, "another key, long enough for the algorithm")
    assert api.get("/members/me", by="x.y.z").status == 401
    return a.email in api.get("/members/me", by=forged).text


@probe("token-garbage-accepted")
def _(api, a, b):
    assert api.get("/members/me", by=a).status == 200
    assert api.get("/members/me").status == 401
    return api.get("/members/me", by="rubbish").status == 200


@probe("token-truncated-accepted")
def _(api, a, b):
    assert api.get("/members/me", by="x.y.z").status == 401
    return api.get("/members/me", by=a.access[:-8]).status == 200


# --------------------------------------------------------------------------------------- AUTH-11


@probe("settings-of-others")
def _(api, a, b):
    canary = word()
    api.patch("/members/me/settings", {"private_note": canary}, by=a)
    assert canary in api.get(f"/members/{a.id}/settings", by=a).text
    assert canary not in api.get(f"/members/{a.id}/settings").text
    return canary in api.get(f"/members/{a.id}/settings", by=b).text


@probe("record-of-others")
def _(api, a, b):
    return a.email in api.get(f"/members/{a.id}", by=b).text


@probe("profile-shows-private-fields")
def _(api, a, b):
    reply = api.get(f"/profiles/{a.handle}", by=b)
    assert reply.json["handle"] == a.handle
    return a.email in reply.text


# --------------------------------------------------------------------------------------- AUTH-12


@probe("thread-by-id")
def _(api, a, b):
    canary = word()
    path = f"/threads/{thread(api, a, canary)}"
    assert canary not in api.get("/threads", by=b).text
    return canary in api.get(path, by=b).text


@probe("messages-without-parent-check")
def _(api, a, b):
    canary, parent = word(), thread(api, a)
    message(api, a, parent, canary)
    assert canary in api.get(f"/threads/{parent}/messages", by=a).text
    return canary in api.get(f"/threads/{parent}/messages", by=b).text


@probe("post-into-foreign-thread")
def _(api, a, b):
    canary, parent = word(), thread(api, a)
    api.post(f"/threads/{parent}/messages", {"body": canary}, by=b)
    return canary in api.get(f"/threads/{parent}/messages", by=a).text


@probe("thread-in-refusal")
def _(api, a, b):
    canary = word()
    reply = api.get(f"/threads/{thread(api, a, canary)}", by=b)
    assert reply.status in {403, 404}
    return canary in reply.text


@probe("message-under-own-thread")
def _(api, a, b):
    canary, foreign, mine = word(), thread(api, a), thread(api, b)
    number = message(api, a, foreign, canary)
    assert canary not in api.get(f"/threads/{foreign}/messages/{number}", by=b).text
    return canary in api.get(f"/threads/{mine}/messages/{number}", by=b).text


# --------------------------------------------------------------------------------------- AUTH-15


@probe("listing-update-by-others")
def _(api, a, b):
    path = f"/listings/{listing(api, a)}"
    assert api.delete(path, by=b).status == 404
    canary = word()
    api.patch(path, {"title": canary}, by=b)
    return canary in api.get(path).text


@probe("draft-delete-by-others")
def _(api, a, b):
    path = f"/drafts/{draft(api, a)}"
    assert api.get(path, by=b).status == 404
    api.delete(path, by=b)
    return api.get(path, by=a).status == 404


@probe("comment-update-by-others")
def _(api, a, b):
    post, canary = group_post(api, a, "body", "public"), word()
    number = api.made(f"/posts/{post}/comments", {"body": "mine"}, a)["id"]
    api.patch(f"/comments/{number}", {"body": canary}, by=b)
    return canary in api.get(f"/posts/{post}/comments", by=a).text


@probe("refused-yet-changed")
def _(api, a, b):
    path, canary = f"/addresses/{address(api, a)}", word()
    assert api.patch(path, {"street": canary}, by=b).status in {403, 404}
    return canary in api.get(path, by=a).text


@probe("item-write-under-own-collection")
def _(api, a, b):
    foreign, mine, canary = collection(api, a), collection(api, b), word()
    number = item(api, a, foreign)
    api.patch(f"/collections/{mine}/items/{number}", {"title": canary}, by=b)
    return canary in api.get(f"/collections/{foreign}/items/{number}", by=a).text


@probe("bulk-delete-by-others")
def _(api, a, b):
    number = saved_search(api, a)
    api.post("/saved-searches/bulk-delete", {"ids": [number]}, by=b)
    return api.get(f"/saved-searches/{number}", by=a).status == 404


# --------------------------------------------------------------------------------------- AUTH-16


@probe("address-by-id")
def _(api, a, b):
    canary = word()
    path = f"/addresses/{address(api, a, canary)}"
    assert canary not in api.get("/addresses", by=b).text
    return canary in api.get(path, by=b).text


@probe("report-by-id")
def _(api, a, b):
    canary = word()
    body = {"subject_type": "listing", "subject_id": listing(api, b), "reason": canary}
    number = api.made("/reports", body, a)["id"]
    return canary in api.get(f"/reports/{number}", by=b).text


@probe("item-under-own-collection")
def _(api, a, b):
    foreign, mine, canary = collection(api, a), collection(api, b), word()
    number = item(api, a, foreign, canary)
    assert canary not in api.get(f"/collections/{foreign}/items/{number}", by=Person("", "")).text
    return canary in api.get(f"/collections/{mine}/items/{number}", by=b).text


@probe("lookup-by-body-ids")
def _(api, a, b):
    canary = word()
    number = saved_search(api, a, canary)
    assert canary in api.post("/saved-searches/lookup", {"ids": [number]}, by=a).text
    return canary in api.post("/saved-searches/lookup", {"ids": [number]}, by=b).text


@probe("label-by-query-id")
def _(api, a, b):
    canary = word()
    path = f"/address-label?address_id={address(api, a, canary)}"
    assert canary in api.get(path, by=a).text
    return canary in api.get(path, by=b).text


def upload(api, by, content):
    boundary = uuid.uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    raw = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return api.call("POST", "/uploads", raw=raw, headers=headers, by=by)


@probe("upload-content-by-id")
def _(api, a, b):
    canary = word()
    number = upload(api, a, canary.encode()).json["id"]
    assert api.get(f"/uploads/{number}/content", by=a).text == canary
    assert api.get(f"/uploads/{number}", by=b).status == 404
    return canary in api.get(f"/uploads/{number}/content", by=b).text


# --------------------------------------------------------------------------------------- AUTH-21


@probe("search-finds-drafts")
def _(api, a, b):
    canary = word()
    draft(api, a, canary)
    return canary in api.get(f"/search?q={canary}", by=b).text


@probe("feed-shows-private-groups")
def _(api, a, b):
    canary = word()
    number = group_post(api, a, canary, "private")
    assert api.get(f"/posts/{number}", by=b).status == 404
    return canary in api.get("/feed", by=b).text


@probe("list-shows-everybodys")
def _(api, a, b):
    canary = word()
    number = saved_search(api, a, canary)
    assert api.get(f"/saved-searches/{number}", by=b).status == 404
    return canary in api.get("/saved-searches", by=b).text


@probe("export-includes-others")
def _(api, a, b):
    canary = word()
    draft(api, a, canary)
    assert canary in api.get("/members/me/export", by=a).text
    return canary in api.get("/members/me/export", by=b).text


# --------------------------------------------------------------------------------------- AUTH-28


@probe("logout-keeps-session")
def _(api, a, b):
    assert api.post("/auth/logout", by=a).status == 200
    return api.get("/members/me", by=a).status == 200


@probe("password-change-keeps-sessions")
def _(api, a, b):
    other = api.log_in(Person(a.email, a.handle))
    body = {"current_password": PASSWORD, "new_password": "Another-horse-9"}
    assert api.post("/auth/change-password", body, by=a).status == 200
    assert api.get("/members/me", by=a).status == 200
    return api.get("/members/me", by=other).status == 200


@probe("refresh-outlives-logout")
def _(api, a, b):
    assert api.post("/auth/logout", by=a).status == 200
    assert api.get("/members/me", by=a).status == 401
    reply = api.post("/auth/refresh", {"refresh_token": a.refresh})
    return reply.status == 200 and api.get("/members/me", by=reply.json["access_token"]).status == 200


# --------------------------------------------------------------------------------------- AUTH-35


@probe("metrics-open")
def _(api, a, b):
    return "process_cpu_seconds_total" in api.get("/metrics").text


@probe("debug-vars-open")
def _(api, a, b):
    return "cmdline" in api.get("/debug/vars").text


@probe("admin-console-open")
def _(api, a, b):
    return "Site administration" in api.get("/admin").text


@probe("cron-open")
def _(api, a, b):
    return api.post("/internal/cron").status == api.get("/internal/cron").status == 200


# --------------------------------------------------------------------------------------- ROLE


@probe("admin-members-open")
def _(api, a, b):
    assert api.get("/admin/audit-log", by=b).status in {200, 403}
    return a.email in api.get("/admin/members", by=b).text


@probe("set-role-open")
def _(api, a, b):
    api.call("PUT", f"/admin/members/{a.id}/role", {"role": "moderator"}, by=b)
    return api.get("/members/me", by=a).json["role"] == "moderator"


@probe("site-settings-open")
def _(api, a, b):
    canary = word()
    api.patch("/admin/site-settings", {"announcement": canary}, by=b)
    reply = api.get("/admin/site-settings", by=api.staff(ADMIN))
    return reply.json["announcement"] == canary


@probe("audit-log-open")
def _(api, a, b):
    return a.id in api.get("/admin/audit-log", by=b).text


@probe("report-queue-open")
def _(api, a, b):
    canary = word()
    body = {"subject_type": "listing", "subject_id": listing(api, b), "reason": canary}
    api.made("/reports", body, a)
    return canary in api.get("/moderation/reports?limit=100", by=b).text


def with_hidden_field(api, field, value):
    handle = "h" + uuid.uuid4().hex[:12]
    body = {
        "email": f"{handle}@example.com",
        "password": PASSWORD,
        "handle": handle,
        "display_name": "Somebody",
        field: value,
    }
    reply = api.post("/auth/sign-up", body)
    if reply.status == 422:
        return False
    person = api.log_in(Person(body["email"], handle))
    return api.get("/members/me", by=person).json[field] == value


@probe("role-at-sign-up")
def _(api, a, b):
    return with_hidden_field(api, "role", "admin")


@probe("verified-at-sign-up")
def _(api, a, b):
    return with_hidden_field(api, "email_verified", True)


@probe("role-by-profile")
def _(api, a, b):
    api.patch("/members/me", {"bio": "x", "role": "moderator"}, by=a)
    return api.get("/members/me", by=a).json["role"] == "moderator"


@probe("balance-by-profile")
def _(api, a, b):
    api.patch("/members/me", {"bio": "x", "balance_cents": 77}, by=a)
    return api.get("/members/me", by=a).json["balance_cents"] == 77


# --------------------------------------------------------------------------------------- CORS-01


def allows(api, origin):
    return api.get("/healthz", headers={"Origin": origin}).headers.get("access-control-allow-origin")


@probe("cors-reflects-any")
def _(api, a, b):
    assert allows(api, ORIGIN) == ORIGIN
    return allows(api, "https://elsewhere.example") == "https://elsewhere.example"


@probe("cors-suffix-match")
def _(api, a, b):
    return allows(api, "https://evil-app.example.com") is not None


@probe("cors-prefix-match")
def _(api, a, b):
    return allows(api, ORIGIN + ".evil.example") is not None


@probe("cors-null-allowed")
def _(api, a, b):
    return allows(api, "null") is not None


# --------------------------------------------------------------------------------------- SEC-13


@probe("password-hash-in-member")
def _(api, a, b):
    return "$argon2" in api.get("/members/me", by=a).text


@probe("reset-token-in-response")
def _(api, a, b):
    return "reset_token" in api.post("/auth/password-reset", {"email": a.email}).text


@probe("api-key-in-settings")
def _(api, a, b):
    return re.search(r"sk_live_[0-9a-f]{48}", api.get("/members/me/settings", by=a).text) is not None


@probe("database-url-in-error")
def _(api, a, b):
    reply = api.get(f"/addresses/{uuid.uuid4()}", by=a)
    assert reply.status == 404
    return re.search(r"postgresql://\w+:[^@]+@", reply.text) is not None


# --------------------------------------------------------------------------------------- traps


@probe("trap-200-with-error-body")
def _(api, a, b):
    canary = word()
    reply = api.get(f"/addresses/{address(api, a, canary)}", by=b)
    assert canary not in reply.text
    return reply.status == 200


@probe("trap-403-instead-of-404")
def _(api, a, b):
    canary = word()
    reply = api.get(f"/saved-searches/{saved_search(api, a, canary)}", by=b)
    assert canary not in reply.text
    return reply.status == 403


@probe("trap-2xx-without-effect")
def _(api, a, b):
    path, canary = f"/addresses/{address(api, a)}", word()
    reply = api.patch(path, {"street": canary}, by=b)
    assert canary not in api.get(path, by=a).text
    assert api.patch(path, {"street": canary}, by=a).json["street"] == canary
    return reply.status == 200


@probe("trap-view-counter")
def _(api, a, b):
    path = f"/listings/{listing(api, a)}"
    before = api.get(path, by=a).json
    after = api.get(path, by=b).json
    assert {**before, "views": 0} == {**after, "views": 0}
    return "views" in after and after["views"] == before["views"] + 1


@probe("trap-own-copy-for-everybody")
def _(api, a, b):
    mine, others = (api.get("/collections", by=who).json["items"] for who in (a, b))
    if not mine:
        return False
    assert mine[0]["id"] != others[0]["id"]
    assert api.get(f"/collections/{mine[0]['id']}", by=b).status == 404
    return mine[0]["name"] == others[0]["name"]


@probe("trap-public-announcements")
def _(api, a, b):
    if api.post("/announcements", {"text": "Fair"}, by=a).status != 201:
        return False
    number = api.made("/announcements", {"text": "Fair"}, a)["id"]
    assert api.post("/announcements", {"text": "Fair"}).status == 401
    assert api.delete(f"/announcements/{number}", by=b).status == 404
    paths = api.get("/openapi.json").json["paths"]
    assert paths["/announcements/{announcement_id}"]["get"]["security"] == []
    seen = api.get(f"/announcements/{number}").text
    assert api.delete(f"/announcements/{number}", by=a).status == 200
    return "Fair" in seen


@probe("trap-soft-404")
def _(api, a, b):
    assert api.get("/addresses").status == 401
    return api.get("/no/such/thing").status == api.get("/debug/vars").status == 200


@probe("trap-star-on-public-file")
def _(api, a, b):
    headers = api.get("/static/logo.svg", headers={"Origin": "https://elsewhere.example"}).headers
    assert "access-control-allow-credentials" not in headers
    return headers.get("access-control-allow-origin") == "*"


@probe("trap-examples-like-tokens")
def _(api, a, b):
    tokens = api.get("/openapi.json").json["components"]["schemas"]["Tokens"]["properties"]
    examples = tokens["access_token"].get("examples")
    if not examples:
        return False
    assert api.get("/members/me", by=examples[0]).status == 401
    head = examples[0].split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=="))["typ"] == "JWT"


@probe("trap-public-status-page")
def _(api, a, b):
    documented = api.get("/openapi.json").json["paths"].get("/status", {})
    return api.get("/status").status == 200 and documented["get"]["security"] == []


@probe("trap-internal-paths-refused")
def _(api, a, b):
    return "Please log in" in api.get("/metrics").text and api.get("/metrics").status == 401

"""The ladder: anonymous, member, moderator, administrator."""

import pytest

from tests.agora import probes
from tests.agora.support import Person

NOBODY = Person("", "")
ADMIN_READS = ("/admin/members", "/admin/audit-log", "/admin/site-settings")


@pytest.mark.parametrize("path", ADMIN_READS)
def test_administration_is_for_administrators(path, api, a, moderator, admin):
    found = [api.get(path, by=who).status for who in (NOBODY, a, moderator, admin)]
    assert found == [401, 403, 403, 200]


def test_moderation_is_for_moderators_and_administrators(api, a, moderator, admin):
    found = [api.get("/moderation/reports", by=who).status for who in (NOBODY, a, moderator, admin)]
    assert found == [401, 403, 200, 200]


def test_roles_are_set_by_administrators_and_count_at_once(api, a, b, moderator, admin):
    path = f"/admin/members/{a.id}/role"
    for who, status in ((NOBODY, 401), (a, 403), (b, 403), (moderator, 403), (admin, 200)):
        assert api.call("PUT", path, {"role": "moderator"}, by=who).status == status
    assert api.get("/moderation/reports", by=a).status == 200
    assert api.call("PUT", path, {"role": "member"}, by=admin).status == 200
    assert api.get("/moderation/reports", by=a).status == 403
    trail = api.get("/admin/audit-log", by=admin).json["items"]
    assert any(entry["action"] == "member.role" and entry["subject_id"] == a.id for entry in trail)


def test_the_last_administrator_stays(api, admin):
    path = f"/admin/members/{admin.id}/role"
    assert api.call("PUT", path, {"role": "member"}, by=admin).status == 409


def test_reports_reach_the_queue_and_their_author_sees_the_outcome(api, a, b, moderator):
    post = probes.group_post(api, b, "spam", "public")
    body = {"subject_type": "post", "subject_id": post, "reason": "Spam"}
    report = api.made("/reports", body, a)["id"]
    assert report in api.get("/moderation/reports", by=moderator).text
    assert api.get(f"/reports/{report}", by=b).status == 404
    path = f"/moderation/reports/{report}/resolve"
    assert api.post(path, {"resolution": "Hidden"}, by=a).status == 403
    assert api.post(path, {"resolution": "Hidden"}, by=moderator).status == 200
    assert api.get(f"/reports/{report}", by=a).json["resolution"] == "Hidden"
    hide = {"hidden": True, "reason": "Spam"}
    assert api.call("PUT", f"/moderation/posts/{post}/hidden", hide, by=a).status == 403
    assert api.call("PUT", f"/moderation/posts/{post}/hidden", hide, by=moderator).status == 200
    assert api.get(f"/posts/{post}", by=a).status == 404
    assert api.get(f"/posts/{post}", by=b).json["hidden"] is True


def test_bans_end_sessions_at_once_and_staff_is_for_administrators(api, a, b, moderator, admin):
    path, ban = f"/moderation/members/{a.handle}/ban", {"banned": True, "reason": "Spam"}
    assert api.call("PUT", path, ban, by=b).status == 403
    assert api.call("PUT", path, ban, by=moderator).status == 200
    assert api.get("/members/me", by=a).status == 401
    assert api.post("/auth/refresh", {"refresh_token": a.refresh}).status == 401
    assert api.get(f"/profiles/{a.handle}").status == 404
    assert api.call("PUT", path, {**ban, "banned": False}, by=moderator).status == 200
    api.log_in(a)
    handle = api.get("/members/me", by=admin).json["handle"]
    assert api.call("PUT", f"/moderation/members/{handle}/ban", ban, by=moderator).status == 403


def test_closed_sign_up(api, admin):
    assert api.patch("/admin/site-settings", {"sign_up_open": False}, by=admin).status == 200
    body = {"email": "late@example.com", "password": "Correct-horse-9", "handle": "latecomer",
            "display_name": "Late"}  # fmt: skip
    assert api.post("/auth/sign-up", body).status == 403
    assert api.patch("/admin/site-settings", {"sign_up_open": True}, by=admin).status == 200

import pytest

from launchready.model.operation import ObjectClass, Purpose
from launchready.surface.purpose import (
    changes_by_get,
    explain_purpose,
    login_fields,
    role_signals,
    token_fields,
)

SIGNED_IN = {"security": [{"auth": []}]}
OPEN = {"security": []}


def purposes(operations):
    return {name: each.purpose.value for name, each in operations.items()}


def realworld(kit):
    user = kit.obj("email", "token", "username", "bio")
    article = kit.obj("slug", "title", "description", "body")
    wrapped = kit.obj(article=article)
    return {
        "/users/login": {
            "post": kit.body(kit.obj(user=kit.obj("email", "password"))) | kit.ok(kit.obj(user=user))
        },
        "/users": {
            "post": kit.body(kit.obj(user=kit.obj("username", "email", "password")))
            | kit.ok(kit.obj(user=user), "201")
        },
        "/user": {
            "get": SIGNED_IN | kit.ok(kit.obj(user=user)),
            "put": SIGNED_IN | kit.body(kit.obj(user=kit.obj("email", "password", "bio"))),
        },
        "/profiles/{username}": {"get": kit.ok(kit.obj(profile=kit.obj("username")))},
        "/profiles/{username}/follow": {"post": SIGNED_IN, "delete": SIGNED_IN},
        "/articles": {
            "get": kit.ok(
                kit.obj(articles={"type": "array", "items": article}, articlesCount={"type": "integer"})
            ),
            "post": SIGNED_IN | kit.body(wrapped) | kit.ok(wrapped, "201"),
        },
        "/articles/feed": {"get": SIGNED_IN},
        "/articles/{slug}": {
            "get": kit.ok(wrapped),
            "put": SIGNED_IN | kit.body(wrapped),
            "delete": SIGNED_IN,
        },
        "/articles/{slug}/favorite": {"post": SIGNED_IN, "delete": SIGNED_IN},
        "/articles/{slug}/comments": {
            "get": kit.ok(kit.obj(comments={"type": "array", "items": kit.obj("id")})),
            "post": SIGNED_IN
            | kit.body(kit.obj(comment=kit.obj("body")))
            | kit.ok(kit.obj(comment=kit.obj("id", "body"))),
        },
        "/articles/{slug}/comments/{id}": {"delete": SIGNED_IN},
        "/tags": {"get": kit.ok(kit.obj(tags={"type": "array"}))},
    }


def test_a_blog_with_wrapped_bodies_and_singular_user(kit):
    operations = kit.operations(realworld(kit))
    assert purposes(operations) == {
        "POST /users/login": "login",
        "POST /users": "sign_up",
        "GET /user": "me",
        "PUT /user": "update",
        "GET /profiles/{username}": "read",
        "POST /profiles/{username}/follow": "action",
        "DELETE /profiles/{username}/follow": "action",
        "GET /articles": "list",
        "POST /articles": "create",
        "GET /articles/feed": "feed",
        "GET /articles/{slug}": "read",
        "PUT /articles/{slug}": "update",
        "DELETE /articles/{slug}": "delete",
        "POST /articles/{slug}/favorite": "action",
        "DELETE /articles/{slug}/favorite": "action",
        "GET /articles/{slug}/comments": "list",
        "POST /articles/{slug}/comments": "create",
        "DELETE /articles/{slug}/comments/{id}": "delete",
        "GET /tags": "list",
    }
    assert login_fields(operations["POST /users/login"]) == ("/user/email", "/user/password")
    assert token_fields(operations["POST /users/login"]) == ("/user/token",)
    assert operations["GET /articles/feed"].object_type == "article"
    assert operations["DELETE /articles/{slug}/comments/{id}"].object_type == "comment"


def test_a_template_with_oauth2_form_and_an_admin_create(kit):
    form = kit.obj(
        "username",
        "password",
        "grant_type",
        "scope",
        "client_id",
        "client_secret",
        required=["username", "password"],
    )
    user = kit.obj("id", "email", "full_name")
    create = kit.obj("email", "password", "full_name", required=["email", "password"])
    message = kit.obj("message")
    paths = {
        "/api/v1/login/access-token": {
            "post": kit.body(form, "application/x-www-form-urlencoded")
            | kit.ok(kit.obj("access_token", "token_type"))
        },
        "/api/v1/login/test-token": {"post": SIGNED_IN | kit.ok(user)},
        "/api/v1/password-recovery/{email}": {"post": kit.ok(message)},
        "/api/v1/reset-password/": {"post": kit.body(kit.obj("token", "new_password")) | kit.ok(message)},
        "/api/v1/users/": {
            "get": SIGNED_IN | kit.ok(kit.obj(data={"type": "array", "items": user})),
            "post": SIGNED_IN | kit.body(create) | kit.ok(user),
        },
        "/api/v1/users/me": {
            "get": SIGNED_IN | kit.ok(user),
            "patch": SIGNED_IN | kit.body(kit.obj("email", "full_name")),
            "delete": SIGNED_IN,
        },
        "/api/v1/users/me/password": {
            "patch": SIGNED_IN | kit.body(kit.obj("current_password", "new_password"))
        },
        "/api/v1/users/signup": {"post": kit.body(create) | kit.ok(user)},
        "/api/v1/users/{user_id}": {"get": SIGNED_IN | kit.ok(user), "patch": SIGNED_IN, "delete": SIGNED_IN},
        "/api/v1/utils/health-check/": {"get": kit.ok({"type": "boolean"})},
        "/api/v1/items/{id}": {"get": SIGNED_IN | kit.ok(kit.obj("id", "title"))},
    }
    operations = kit.operations(paths)
    assert purposes(operations) == {
        "POST /api/v1/login/access-token": "login",
        "POST /api/v1/login/test-token": "action",
        "POST /api/v1/password-recovery/{email}": "reset",
        "POST /api/v1/reset-password/": "reset",
        "GET /api/v1/users/": "list",
        "POST /api/v1/users/": "create",
        "GET /api/v1/users/me": "me",
        "PATCH /api/v1/users/me": "update",
        "DELETE /api/v1/users/me": "delete",
        "PATCH /api/v1/users/me/password": "change_password",
        "POST /api/v1/users/signup": "sign_up",
        "GET /api/v1/users/{user_id}": "read",
        "PATCH /api/v1/users/{user_id}": "update",
        "DELETE /api/v1/users/{user_id}": "delete",
        "GET /api/v1/utils/health-check/": "health",
        "GET /api/v1/items/{id}": "read",
    }


def test_version_segments_inside_paths_and_a_get_that_wipes(kit):
    book = kit.body(kit.obj("book_title", "secret"))
    paths = {
        "/createdb": {"get": {"summary": "Creates and populates the database"}},
        "/users/v1": {"get": kit.ok(kit.obj(users={"type": "array", "items": kit.obj("username")}))},
        "/users/v1/register": {"post": kit.body(kit.obj("username", "password", "email"))},
        "/users/v1/login": {
            "post": kit.body(kit.obj("username", "password"))
            | kit.ok(kit.obj("auth_token", "message", "status"))
        },
        "/me": {"get": SIGNED_IN | kit.ok(kit.obj("status", data=kit.obj("username", "email")))},
        "/users/v1/{username}": {
            "get": {},
            "delete": SIGNED_IN | {"summary": "Deletes user by username (Only Admins)"},
        },
        "/users/v1/{username}/email": {"put": SIGNED_IN | kit.body(kit.obj("email"))},
        "/users/v1/{username}/password": {"put": SIGNED_IN | kit.body(kit.obj("password"))},
        "/books/v1": {
            "get": kit.ok(kit.obj(Books={"type": "array"})),
            "post": SIGNED_IN | book | kit.ok(kit.obj("message", "status")),
        },
        "/books/v1/{book_title}": {"get": SIGNED_IN},
    }
    operations = kit.operations(paths)
    assert purposes(operations) == {
        "GET /createdb": "action",
        "GET /users/v1": "list",
        "POST /users/v1/register": "sign_up",
        "POST /users/v1/login": "login",
        "GET /me": "me",
        "GET /users/v1/{username}": "read",
        "DELETE /users/v1/{username}": "delete",
        "PUT /users/v1/{username}/email": "update",
        "PUT /users/v1/{username}/password": "change_password",
        "GET /books/v1": "list",
        "POST /books/v1": "create",
        "GET /books/v1/{book_title}": "read",
    }
    assert changes_by_get(operations["GET /createdb"]) == "createdb"
    assert not changes_by_get(operations["GET /me"])
    assert role_signals(operations["DELETE /users/v1/{username}"]) == (
        "admin: its name or summary says admin",
    )
    assert operations["PUT /users/v1/{username}/email"].object_type == "user"
    assert operations["POST /books/v1"].object_type == "book"


def test_a_django_rest_api_with_trailing_slashes(kit):
    token = kit.ok(kit.obj("access", "refresh"))
    paths = {
        "/api/token/": {"post": kit.body(kit.obj("username", "password")) | token},
        "/api/token/refresh/": {"post": kit.body(kit.obj("refresh")) | kit.ok(kit.obj("access"))},
        "/api/auth/registration/": {"post": kit.body(kit.obj("username", "email", "password1", "password2"))},
        "/api/auth/registration/verify-email/": {"post": kit.body(kit.obj("key"))},
        "/api/auth/password/reset/": {"post": kit.body(kit.obj("email"))},
        "/api/auth/password/reset/confirm/": {
            "post": kit.body(kit.obj("uid", "token", "new_password1", "new_password2"))
        },
        "/api/auth/password/change/": {
            "post": kit.body(kit.obj("old_password", "new_password1", "new_password2"))
        },
        "/api/auth/logout/": {"post": {}},
        "/api/auth/user/": {"get": kit.ok(kit.obj("pk", "email"))},
        "/api/blog-posts/": {
            "get": kit.ok(kit.obj("count", "next", results={"type": "array"})),
            "post": kit.body(kit.obj("title")),
        },
        "/api/blog-posts/{id}/": {"get": kit.ok(kit.obj("id")), "put": {}, "patch": {}, "delete": {}},
        "/api/blog-posts/{id}/publish/": {"post": {}},
        "/api/schema/": {"get": {"operationId": "schema_retrieve"}},
    }
    assert purposes(kit.operations(paths)) == {
        "POST /api/token/": "login",
        "POST /api/token/refresh/": "refresh",
        "POST /api/auth/registration/": "sign_up",
        "POST /api/auth/registration/verify-email/": "confirm",
        "POST /api/auth/password/reset/": "reset",
        "POST /api/auth/password/reset/confirm/": "reset",
        "POST /api/auth/password/change/": "change_password",
        "POST /api/auth/logout/": "logout",
        "GET /api/auth/user/": "me",
        "GET /api/blog-posts/": "list",
        "POST /api/blog-posts/": "create",
        "GET /api/blog-posts/{id}/": "read",
        "PUT /api/blog-posts/{id}/": "update",
        "PATCH /api/blog-posts/{id}/": "update",
        "DELETE /api/blog-posts/{id}/": "delete",
        "POST /api/blog-posts/{id}/publish/": "action",
        "GET /api/schema/": "read",
    }


MARKETPLACE = {
    "POST /sessions": ("login", "user", ObjectClass.PROFILE),
    "DELETE /sessions/current": ("logout", "user", ObjectClass.PROFILE),
    "POST /members": ("sign_up", "user", ObjectClass.PROFILE),
    "GET /members/{member_id}": ("read", "member", ObjectClass.PROFILE),
    "PATCH /me/settings": ("update", "settings", ObjectClass.SETTINGS),
    "GET /threads/{thread_id}/messages": ("list", "message", ObjectClass.THREAD),
    "POST /threads/{thread_id}/messages": ("create", "message", ObjectClass.THREAD),
    "POST /message-threads": ("create", "thread", ObjectClass.THREAD),
    "GET /listings/search": ("search", "listing", ObjectClass.OTHER),
    "POST /listings/{listing_id}/offers": ("create", "offer", ObjectClass.OTHER),
    "POST /offers/{offer_id}/accept": ("action", "offer", ObjectClass.OTHER),
    "GET /orders/export": ("export", "order", ObjectClass.ORDER),
    "GET /orders/count": ("count", "order", ObjectClass.ORDER),
    "GET /orders/{order_id}/invoice": ("read", "invoice", ObjectClass.ORDER),
    "POST /orders/{order_id}/pay": ("payment", "order", ObjectClass.ORDER),
    "GET /drafts/{draft_id}": ("read", "draft", ObjectClass.DRAFT),
    "POST /groups/{group_id}/join": ("action", "group", ObjectClass.GROUP),
    "GET /admin/users": ("admin", "user", ObjectClass.PROFILE),
    "POST /members/{member_id}/ban": ("moderate", "member", ObjectClass.PROFILE),
    "POST /posts/{post_id}/hide": ("moderate", "post", ObjectClass.OTHER),
    "POST /webhooks/payments": ("webhook", "payment", ObjectClass.ORDER),
    "GET /analytics/sales": ("count", "sales", ObjectClass.OTHER),
    "GET /groups/{group_id}/analytics": ("count", "group", ObjectClass.GROUP),
    "GET /healthz": ("health", "", ObjectClass.OTHER),
    "GET /openapi.json": ("docs", "", ObjectClass.OTHER),
    "POST /uploads": ("upload", "upload", ObjectClass.OTHER),
    "GET /feed": ("feed", "", ObjectClass.OTHER),
}


def test_a_marketplace(kit):
    paths = {}
    for name in MARKETPLACE:
        method, path = name.lower().split()
        paths.setdefault(path, {})[method] = {}
    credentials = kit.body(kit.obj("email", "password"))
    paths["/sessions"]["post"] = credentials | kit.ok(kit.obj("token"))
    paths["/members"]["post"] = credentials | kit.ok(kit.obj("id"))
    paths["/uploads"]["post"] = kit.body(
        kit.obj(file={"type": "string", "format": "binary"}), "multipart/form-data"
    )
    for path in ("/threads/{thread_id}/messages", "/message-threads", "/listings/{listing_id}/offers"):
        paths[path]["post"] = kit.body(kit.obj("text"))
    operations = kit.operations(paths)
    found = {
        name: (each.purpose.value, each.object_type, each.object_class) for name, each in operations.items()
    }
    assert found == MARKETPLACE


@pytest.mark.parametrize(
    ("path", "method", "fields", "purpose"),
    [
        ("/webhooks", "post", ["url", "events"], Purpose.CREATE),
        ("/stripe/webhook", "post", ["id", "type"], Purpose.WEBHOOK),
        ("/orders/{id}/confirm", "post", [], Purpose.ACTION),
        ("/auth/confirm/{token}", "get", [], Purpose.CONFIRM),
        ("/game/reset", "post", [], Purpose.ACTION),
        ("/users/{id}/reset", "post", [], Purpose.ACTION),
        ("/events/{id}/register", "post", [], Purpose.ACTION),
        ("/auth/forgot-password", "post", ["email"], Purpose.RESET),
        ("/wifi", "post", ["ssid", "password"], Purpose.CREATE),
        ("/rooms/{id}/login", "post", ["password"], Purpose.ACTION),
        ("/createOrder", "post", ["item"], Purpose.CREATE),
        ("/orders/{id}/delete", "post", [], Purpose.DELETE),
        ("/getOrder", "get", [], Purpose.READ),
        ("/listOrders", "get", [], Purpose.LIST),
        ("/posts/{id}/block", "post", [], Purpose.ACTION),
        ("/sendMessage", "get", [], Purpose.ACTION),
        ("/resetdb", "get", [], Purpose.ACTION),
        ("/invites/accept", "get", [], Purpose.ACTION),
        ("/searches/bulk-delete", "post", ["ids"], Purpose.DELETE),
        ("/offers/{id}/answer", "post", ["text"], Purpose.ACTION),
        ("/resets", "get", [], Purpose.LIST),
    ],
)
def test_look_alikes_are_told_apart(kit, path, method, fields, purpose):
    stated = kit.body(kit.obj(*fields)) if fields else {}
    assert kit.operation(path, method, stated).purpose is purpose


def test_a_protected_user_create_is_no_sign_up(kit):
    credentials = kit.body(kit.obj("email", "password"))
    assert kit.operation("/users", "post", credentials | SIGNED_IN).purpose is Purpose.CREATE
    assert kit.operation("/users", "post", credentials | OPEN).purpose is Purpose.SIGN_UP
    assert kit.operation("/users", "post", credentials).purpose is Purpose.SIGN_UP
    assert kit.operation("/admin/users", "post", credentials).purpose is Purpose.ADMIN


def test_a_named_sign_up_keeps_the_plain_create_from_being_one(kit):
    credentials = kit.body(kit.obj("email", "password"))
    operations = kit.operations({"/users": {"post": credentials}, "/signup": {"post": credentials}})
    assert purposes(operations) == {"POST /users": "create", "POST /signup": "sign_up"}


def test_every_inference_has_a_reason(kit):
    operations = list(kit.operations(realworld(kit)).values())
    for operation in operations:
        purpose, _, reason = explain_purpose(operation, operations).partition(": ")
        assert purpose == operation.purpose.value
        assert reason

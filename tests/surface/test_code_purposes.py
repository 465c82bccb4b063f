from launchready.model.evidence import SourceReview
from launchready.model.operation import BodyForm, Purpose
from launchready.model.source import CodePlace, SourceRoute
from launchready.surface.code_purposes import with_purposes


def route(name, app="shop", **more):
    method, _, path = name.partition(" ")
    return SourceRoute(
        method=method, path=path, framework="Express", handler="", place=CodePlace(path="a.js", line=1), end_line=2,
        app=app, **more,
    )  # fmt: skip


def fields(*names):
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return (BodyForm(media_type="application/json", schema=schema, required=True),)


def test_routes_get_the_purpose_that_their_path_and_fields_tell():
    review = SourceReview(
        root="r", files=1, lines=1, apps=(),
        routes=(
            route("POST /api/users", bodies=fields("email", "password", "username")),
            route("POST /api/users/login", bodies=fields("email", "password")),
            route("GET /api/articles/{slug}"),
            route("GET /api/dynamic", certain=False, note="made from data"),
        ),
    )  # fmt: skip
    found = with_purposes(review)
    assert [one.purpose for one in found.routes] == [
        Purpose.SIGN_UP, Purpose.LOG_IN, Purpose.READ, Purpose.OTHER,
    ]  # fmt: skip
    assert [one.id for one in found.routes] == [one.id for one in review.routes]

import pytest

from launchready.model.operation import Place
from launchready.model.source import Validation
from tests.source.fastapi.apps import main, one


def taken(parameters, before="", decorator='@app.post("/x/{slug}")', body="..."):
    return one(main(f"{before}\n{decorator}\nasync def handler({parameters}):\n    {body}\n"))


def test_a_model_is_a_body():
    route = taken("slug: str, data: SignUp")
    (body,) = route.bodies
    assert body.media_type == "application/json"
    assert body.schema["properties"]["email"] == {"type": "string", "format": "email"}
    assert body.schema["properties"]["password"] == {"type": "string", "minLength": 8}
    assert body.schema["required"] == ["email", "password"]
    assert route.validation is Validation.SCHEMA


def test_path_query_and_header():
    route = taken(
        'slug: str, page: int = 1, tags: Annotated[list[str], Query()] = [], token: str = Header(alias="X-Token")'
    )
    found = {each.name: (each.place, each.required) for each in route.parameters}
    assert found == {
        "slug": (Place.PATH, True),
        "page": (Place.QUERY, False),
        "tags": (Place.QUERY, False),
        "X-Token": (Place.HEADER, True),
    }
    assert route.validation is Validation.NO_BODY


def test_parameters_of_dependencies():
    before = "def paging(offset: int = 0, limit: int = Query(20, le=100)): ...\n"
    route = taken("slug: str, page=Depends(paging)", before=before)
    limit = next(each for each in route.parameters if each.name == "limit")
    assert limit.schema == {"type": "integer", "maximum": 100}
    assert not limit.required


def test_several_bodies_are_embedded():
    route = taken("slug: str, data: SignUp, note: str = Body()")
    assert set(route.bodies[0].schema["properties"]) == {"data", "note"}
    embedded = taken('slug: str, data: SignUp = Body(..., embed=True, alias="user")')
    assert set(embedded.bodies[0].schema["properties"]) == {"user"}


def test_forms_and_files():
    route = taken("slug: str, title: str = Form(), picture: UploadFile = File()")
    (body,) = route.bodies
    assert body.media_type == "multipart/form-data"
    assert set(body.schema["properties"]) == {"title", "picture"}


def test_the_password_form():
    before = "from fastapi.security import OAuth2PasswordRequestForm\n"
    for parameter in (
        "form: OAuth2PasswordRequestForm = Depends()",
        "form: Annotated[OAuth2PasswordRequestForm, Depends()]",
    ):
        route = taken(f"slug: str, {parameter}", before=before)
        (body,) = route.bodies
        assert body.media_type == "application/x-www-form-urlencoded"
        assert body.schema["required"] == ["username", "password"]
        assert route.guards == ()


@pytest.mark.parametrize(
    ("parameters", "body", "validation"),
    [
        (
            "slug: str, request: Request",
            "data = await request.json()\n    use(data['email'])",
            Validation.RAW,
        ),
        ("slug: str, data: dict", "...", Validation.RAW),
        ("slug: str, data: dict[str, Any] = Body()", "...", Validation.RAW),
        ("slug: str, data: list[SignUp]", "...", Validation.SCHEMA),
        ("slug: str, request: Request", "save(request)", Validation.UNCLEAR),
        ("slug: str, request: Request", "return request.url", Validation.NO_BODY),
    ],
)
def test_validation(parameters, body, validation):
    assert taken(parameters, body=body).validation is validation


def test_keys_of_a_raw_body_are_told():
    route = taken(
        "slug: str, request: Request",
        body="data = await request.json()\n    use(data['email'], data.get('name'))",
    )
    (body,) = route.bodies
    assert set(body.schema["properties"]) == {"email", "name"}
    assert body.schema["required"] == ["email"]


def test_a_get_takes_no_body():
    route = taken("slug: str, data: dict", decorator='@app.get("/x/{slug}")')
    assert route.bodies == ()
    assert route.validation is Validation.NO_BODY


def test_a_decorator_that_changes_the_signature_of_a_dependency():
    before = """
from makefun import with_signature
@with_signature("(request)")
def subject(held: SignUp): ...
"""
    route = taken("slug: str, data: SignUp, who=Depends(subject)", before=before)
    assert set(route.bodies[0].schema["properties"]) == {"email", "password", "nickname"}

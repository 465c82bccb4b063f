import pytest

from tests.source.fastapi.apps import HEAD, kinds, main, one, read, routes


def guarded(parameters="", before="", decorator='@app.get("/x")'):
    return one(main(f"{before}\n{decorator}\ndef handler({parameters}): ...\n"))


def test_a_dependency_that_refuses_authenticates():
    route = guarded("user: User = Depends(get_current_user)")
    assert kinds(route) == [("get_current_user", "authenticates", "route")]
    assert route.access == "member"


def test_an_alias_of_a_dependency():
    assert guarded("user: CurrentUser").access == "member"


def test_a_dependency_under_a_dependency():
    route = guarded("user: User = Depends(get_admin)")
    assert kinds(route) == [
        ("get_current_user", "authenticates", "route"),
        ("get_admin", "authorizes", "route"),
    ]
    assert route.guards[1].role == "not user.is_admin"
    assert route.access == "admin"


def test_an_optional_dependency_refuses_nobody():
    route = guarded("user: User | None = Depends(get_optional_user)")
    assert kinds(route) == [("get_optional_user", "identifies", "route")]
    assert route.access == "none"


def test_a_connection_is_no_guard():
    route = guarded("db=Depends(get_db)", before="from app.deps import get_db")
    assert route.guards == ()


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ("OAuth2PasswordBearer(tokenUrl='t')", "authenticates"),
        ("HTTPBearer()", "authenticates"),
        ("HTTPBearer(auto_error=False)", "identifies"),
        ("APIKeyHeader(name='X-API-Key')", "service"),
        ("APIKeyCookie(name='session')", "authenticates"),
    ],
)
def test_schemes(made, kind):
    before = "from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBearer, OAuth2PasswordBearer\n"
    route = guarded("token=Depends(scheme)", before=f"{before}scheme = {made}")
    assert [guard.kind.value for guard in route.guards] == [kind]


def test_an_own_bearer_class():
    before = """
from fastapi.security import HTTPBearer
class JWTBearer(HTTPBearer):
    def __init__(self, auto_error: bool = True):
        super().__init__(auto_error=auto_error)
    async def __call__(self, request: Request):
        credentials = await super().__call__(request)
        if not verify(credentials.credentials):
            raise HTTPException(status_code=403)
        return credentials
"""
    assert guarded("token=Depends(JWTBearer())", before=before).access == "member"


def test_dependencies_of_application_router_include_and_route():
    found = routes(
        {
            "app/main.py": """
                from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
                from app.deps import get_admin, get_current_user
                def key(x_api_key: str = Header()):
                    if x_api_key != "k":
                        raise HTTPException(status_code=401)
                app = FastAPI(dependencies=[Depends(key)])
                router = APIRouter(dependencies=[Depends(get_current_user)])
                @router.get("/plain")
                def plain(): ...
                @router.get("/staff", dependencies=[Depends(get_admin)])
                def staff(): ...
                app.include_router(router, prefix="/r")
                inner = FastAPI()
                @inner.get("/open")
                def open_(): ...
                app.mount("/m", inner)
            """
        }
    )
    assert kinds(found["GET /r/plain"]) == [
        ("key", "service", "global"),
        ("get_current_user", "authenticates", "group"),
    ]
    assert kinds(found["GET /r/staff"])[-1] == ("get_admin", "authorizes", "route")
    assert found["GET /m/open"].guards == ()  # a mounted application has dependencies of its own


def test_a_guard_that_a_factory_makes():
    before = """
def require_role(role: str):
    def check(user: CurrentUser):
        if role not in user.roles:
            raise HTTPException(403)
        return user
    return check
"""
    route = guarded('user=Depends(require_role("moderator"))', before=before)
    assert kinds(route)[-1] == ("check", "authorizes", "route")


def test_a_checker_object_tells_its_role():
    before = """
class RoleChecker:
    def __init__(self, allowed):
        self.allowed = allowed
    def __call__(self, user: CurrentUser):
        if user.role not in self.allowed:
            raise HTTPException(status_code=403)
"""
    route = guarded(
        "", before=before, decorator='@app.get("/x", dependencies=[Depends(RoleChecker(["admin"]))])'
    )
    assert [(guard.name, guard.role) for guard in route.guards][-1] == ("RoleChecker", "admin")
    assert route.access == "admin"


def test_scopes_that_a_route_asks_for():
    before = """
from fastapi.security import OAuth2PasswordBearer, SecurityScopes
scheme = OAuth2PasswordBearer(tokenUrl="t")
def scoped(asked: SecurityScopes, token: str = Depends(scheme)):
    held = read_token(token)
    if held is None:
        raise HTTPException(401)
    for scope in asked.scopes:
        if scope not in held.scopes:
            raise HTTPException(401)
    return held
"""
    with_scopes = guarded('user=Security(scoped, scopes=["items:write"])', before=before)
    assert [(guard.kind.value, guard.role) for guard in with_scopes.guards] == [("authorizes", "items:write")]
    without = guarded("user=Security(scoped)", before=before)
    assert [guard.kind.value for guard in without.guards] == ["authenticates"]


def test_an_exception_of_ones_own():
    before = """
class NotSignedIn(Exception):
    status_code = 401
class Gone(Exception):
    status_code = 410
def user(request: Request):
    if "session" not in request.cookies:
        raise NotSignedIn()
def product(name: str):
    if not known(name):
        raise Gone()
"""
    assert guarded("u=Depends(user)", before=before).access == "member"
    assert guarded("p=Depends(product)", before=before).access == "none"


def test_an_exception_with_a_handler():
    route = one(
        main(
            """
            from fastapi.responses import JSONResponse
            class Nope(Exception): ...
            @app.exception_handler(Nope)
            async def nope(request, error):
                return JSONResponse(status_code=401, content={})
            def user(request: Request):
                if not request.headers.get("authorization"):
                    raise Nope()
            @app.get("/x")
            def x(u=Depends(user)): ...
            """
        )
    )
    assert route.access == "member"


def test_an_error_that_is_caught_refuses_nobody():
    before = """
def maybe(token: str | None = Depends(HTTPBearerSoft)):
    try:
        return get_current_user(token)
    except HTTPException:
        return None
"""
    before = (
        "from fastapi.security import HTTPBearer\nHTTPBearerSoft = HTTPBearer(auto_error=False)\n" + before
    )
    assert guarded("user=Depends(maybe)", before=before).access == "none"


def test_a_refusal_for_the_sake_of_a_setting_is_no_guard():
    before = """
from app.config import settings
def sign_up_is_open():
    if not settings.sign_up:
        raise HTTPException(status_code=403, detail="closed")
"""
    route = guarded("", before=before, decorator='@app.post("/x", dependencies=[Depends(sign_up_is_open)])')
    assert [guard.kind.value for guard in route.guards] == ["unclear"] or route.guards == ()
    assert route.access in {"none", "unclear"}


def test_a_guard_that_a_setting_turns_off_is_unclear():
    before = """
import os
AUTH = load_settings().auth_enabled
def user(request: Request):
    if AUTH:
        if not request.headers.get("Authorization"):
            raise HTTPException(status_code=401)
"""
    assert guarded("u=Depends(user)", before=before).access == "unclear"


def test_a_dependency_that_cannot_be_read_is_unclear():
    route = guarded("u=Depends(make_it_up())")
    assert route.access == "unclear"


# -------------------------------------------------------------------------------------------- middleware

MIDDLEWARE = """
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse
OPEN = ["/login", "/health"]
class Auth(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if request.url.path in OPEN or request.url.path.startswith("/public"):
            return await call_next(request)
        if not request.headers.get("Authorization"):
            return JSONResponse({"detail": "sign in"}, status_code=401)
        return await call_next(request)
app.add_middleware(Auth)
"""


def test_middleware_that_refuses_exempts_paths():
    found = routes(
        HEAD
        + MIDDLEWARE
        + "".join(
            f'@app.get("{path}")\ndef f{index}(): ...\n'
            for index, path in enumerate(["/login", "/public/x", "/mine", "/logins"])
        )
    )
    access = {name.split()[1]: route.access.value for name, route in found.items()}
    assert access == {"/login": "public", "/public/x": "public", "/mine": "member", "/logins": "member"}
    assert kinds(found["GET /mine"]) == [("Auth", "authenticates", "global")]


def test_middleware_of_ones_own_in_asgi():
    route = one(
        main(
            """
            from starlette.responses import PlainTextResponse
            class Gate:
                def __init__(self, app):
                    self.app = app
                async def __call__(self, scope, receive, send):
                    if scope["type"] != "http":
                        return await self.app(scope, receive, send)
                    request = Request(scope)
                    if "session" not in request.cookies:
                        response = PlainTextResponse("no", status_code=403)
                        await response(scope, receive, send)
                        return
                    await self.app(scope, receive, send)
            app.add_middleware(Gate)
            @app.get("/x")
            def x(): ...
            """
        )
    )
    assert kinds(route) == [("Gate", "authenticates", "global")]


def test_middleware_that_refuses_nobody():
    route = one(
        main(
            """
            from fastapi.middleware.cors import CORSMiddleware
            app.add_middleware(CORSMiddleware, allow_origins=["*"])
            @app.middleware("http")
            async def time_it(request: Request, call_next):
                response = await call_next(request)
                response.headers["X-Time"] = "1"
                return response
            @app.get("/x")
            def x(): ...
            """
        )
    )
    assert route.guards == ()


def test_the_guards_of_the_whole_application_are_shown():
    found = read(HEAD + MIDDLEWARE + '@app.get("/mine")\ndef mine(): ...\n')
    assert [guard.name for guard in found.apps[0].guards] == ["Auth"]


# -------------------------------------------------------------------------------------------- decorators


def test_a_decorator_that_wraps_the_handler():
    before = """
import functools
def signed_in(handler):
    @functools.wraps(handler)
    async def wrapper(request: Request, *args, **kwargs):
        if not request.session.get("user_id"):
            raise HTTPException(status_code=401)
        return await handler(request, *args, **kwargs)
    return wrapper
"""
    found = guarded("request: Request", before=before, decorator='@app.get("/x")\n@signed_in')
    assert kinds(found) == [("signed_in", "authenticates", "route")]
    # Above the route's decorator it wraps what nobody calls
    above = guarded("request: Request", before=before, decorator='@signed_in\n@app.get("/x")')
    assert above.guards == ()


def test_starlettes_requires():
    found = routes(
        """
        from starlette.applications import Starlette
        from starlette.authentication import requires
        from starlette.routing import Route
        @requires("authenticated")
        async def mine(request): ...
        @requires(["authenticated", "admin"])
        async def staff(request): ...
        app = Starlette(routes=[Route("/mine", mine), Route("/staff", staff)])
        """
    )
    assert found["GET /mine"].access == "member"
    assert found["GET /staff"].access == "admin"

import pytest

from tests.source.fastapi.apps import main, one, read, routes


def test_prefixes_of_nested_routers_are_put_together():
    found = routes(
        {
            "app/items.py": """
                from fastapi import APIRouter
                router = APIRouter(prefix="/items")
                @router.get("/{item_id}")
                def read_item(item_id: int): ...
            """,
            "app/api.py": """
                from fastapi import APIRouter
                from app import items
                api_router = APIRouter(prefix="/v1")
                api_router.include_router(items.router, prefix="/shop")
            """,
            "app/main.py": """
                from fastapi import FastAPI
                from app.api import api_router
                app = FastAPI()
                app.include_router(api_router, prefix="/api")
            """,
        }
    )
    assert list(found) == ["GET /api/v1/shop/items/{item_id}"]
    route = found["GET /api/v1/shop/items/{item_id}"]
    assert route.served
    assert route.certain
    assert (route.place.path, route.place.line, route.handler) == ("app/items.py", 4, "read_item")
    assert route.app == "app/main.py:app"


def test_a_router_comes_through_a_package():
    found = routes(
        {
            "app/users/__init__.py": "from .routes import router as users_router",
            "app/users/routes.py": """
                from fastapi import APIRouter
                router = APIRouter()
                @router.post("/users")
                async def create(): ...
            """,
            "app/main.py": """
                from fastapi import FastAPI
                from .users import users_router
                app = FastAPI()
                app.include_router(users_router)
            """,
        }
    )
    assert list(found) == ["POST /users"]


def test_routers_in_a_loop():
    found = routes(
        main(
            """
            first, second = APIRouter(), APIRouter(prefix="/b")
            @first.get("/x")
            def x(): ...
            @second.get("/y")
            def y(): ...
            for router, prefix in [(first, "/a"), (second, "/c")]:
                app.include_router(router, prefix=prefix)
            """
        )
    )
    assert sorted(found) == ["GET /a/x", "GET /c/b/y"]


def test_a_router_made_by_a_function():
    found = read(
        main(
            """
            def crud(name: str) -> APIRouter:
                router = APIRouter(prefix=f"/{name}")
                @router.get("/{id}")
                def read_one(id: int): ...
                return router
            app.include_router(crud("cats"))
            app.include_router(crud(name="dogs"))
            """
        )
    ).routes
    assert sorted(each.route.id for each in found) == ["GET /cats/{id}", "GET /dogs/{id}"]
    assert {each.handler for each in found} == {("app/main.py", "crud.read_one")}


def test_an_application_made_by_a_factory_that_nothing_calls():
    found = read(
        """
        from fastapi import FastAPI
        def create_app() -> FastAPI:
            app = FastAPI()
            register(app)
            return app
        def register(app):
            @app.get("/health")
            def health(): ...
        """
    )
    assert [(each.route.id, each.handler) for each in found.routes] == [
        ("GET /health", ("app/main.py", "register.health"))
    ]
    assert [app.name for app in found.apps] == ["app/main.py:create_app"]


def test_a_factory_that_is_called_twice_is_one_application():
    found = read(
        """
        from fastapi import FastAPI
        def create_app():
            app = FastAPI()
            @app.get("/health")
            def health(): ...
            return app
        app = create_app()
        other = create_app()
        """
    )
    assert len(found.apps) == 1
    assert len({each.route.id for each in found.routes}) == 1


def test_mounted_applications_and_static_files():
    found = read(
        main(
            """
            from fastapi.staticfiles import StaticFiles
            admin = FastAPI()
            @admin.get("/stats")
            def stats(): ...
            app.mount("/admin", admin)
            app.mount("/static", StaticFiles(directory="static"))
            """
        )
    )
    assert [each.route.id for each in found.routes] == ["GET /admin/stats"]
    assert [app.name for app in found.apps] == ["app/main.py:app"]
    assert found.problems == ()


def test_every_way_to_declare_a_route():
    found = routes(
        main(
            """
            @app.api_route("/both", methods=["GET", "POST"])
            def both(): ...
            def added(): ...
            app.add_api_route("/added", added, methods=["PUT"])
            app.get("/called")(added)
            @app.delete("/{path:path}")
            def rest(path: str): ...
            @app.websocket("/ws")
            async def socket(websocket): ...
            """
        )
    )
    assert sorted(found) == ["DELETE /{path}", "GET /both", "GET /called", "POST /both", "PUT /added"]


def test_a_setting_with_a_default_is_read_and_told():
    route = one(
        {
            "app/config.py": """
                from pydantic_settings import BaseSettings
                class Settings(BaseSettings):
                    API_V1: str = "/api/v1"
                settings = Settings()
            """,
            "app/main.py": """
                from fastapi import APIRouter, FastAPI
                from app.config import settings
                app = FastAPI()
                router = APIRouter()
                @router.get("/x")
                def x(): ...
                app.include_router(router, prefix=settings.API_V1)
            """,
        }
    )
    assert route.path == "/api/v1/x"
    assert route.certain
    assert "its default stands here" in route.note


def test_what_cannot_be_read_is_uncertain():
    route = one(
        main(
            """
            import somewhere
            router = APIRouter()
            @router.get("/x")
            def x(): ...
            app.include_router(router, prefix=somewhere.prefix())
            """
        )
    )
    assert not route.certain
    assert "the prefix of a router could not be read" in route.note


def test_a_router_that_nobody_includes_is_not_served():
    route = one("from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/x')\ndef x(): ...\n")
    assert (route.served, route.certain, route.app) == (False, False, "")


def test_a_router_under_a_condition_says_so():
    route = one(
        main(
            """
            import os
            router = APIRouter()
            @router.get("/debug")
            def debug(): ...
            if os.environ.get("STAGE", "prod") == "dev":
                app.include_router(router)
            """
        )
    )
    assert route.served
    assert "only where" in route.note


def test_an_include_that_cannot_be_followed_is_a_problem():
    found = read(
        main(
            """
            import importlib
            app.include_router(importlib.import_module("plugins").router, prefix="/p")
            """
        )
    )
    assert len(found.problems) == 1
    assert "app/main.py:" in found.problems[0]


def test_an_own_router_class():
    found = routes(
        {
            "app/routers.py": """
                from fastapi import APIRouter, Depends
                from app.deps import get_admin
                class AdminRouter(APIRouter):
                    def __init__(self, prefix: str = "", **kwargs):
                        super().__init__(prefix=prefix, dependencies=[Depends(get_admin)], **kwargs)
            """,
            "app/main.py": """
                from fastapi import FastAPI
                from app.routers import AdminRouter
                app = FastAPI()
                router = AdminRouter(prefix="/admin")
                @router.get("/users")
                def users(): ...
                app.include_router(router)
            """,
        }
    )
    assert found["GET /admin/users"].access == "admin"


def test_imports_in_a_circle():
    found = routes(
        {
            "app/__init__.py": """
                from fastapi import FastAPI
                app = FastAPI()
                from app import views
            """,
            "app/views.py": """
                from app import app
                @app.get("/x")
                def x(): ...
            """,
        }
    )
    assert list(found) == ["GET /x"]


def test_starlette():
    found = routes(
        """
        from starlette.applications import Starlette
        from starlette.routing import Mount, Route, WebSocketRoute
        from starlette.endpoints import HTTPEndpoint
        async def home(request): ...
        class User(HTTPEndpoint):
            async def get(self, request): ...
            async def delete(self, request): ...
        app = Starlette(routes=[
            Route("/", home),
            Mount("/users", routes=[Route("/{username}", User), Route("/", home, methods=["POST"])]),
            WebSocketRoute("/ws", home),
        ])
        """
    )
    assert sorted(found) == ["DELETE /users/{username}", "GET /", "GET /users/{username}", "POST /users/"]
    assert found["DELETE /users/{username}"].handler == "User.delete"


def test_class_based_views():
    found = read(
        main(
            """
            from fastapi_utils.cbv import cbv
            router = APIRouter()
            @cbv(router)
            class Items:
                user: User = Depends(get_current_user)
                @router.get("/items/{item_id}")
                def get(self, item_id: int): ...
            app.include_router(router)
            """
        )
    ).routes
    assert [(each.route.id, each.handler[1], each.route.access) for each in found] == [
        ("GET /items/{item_id}", "Items.get", "member")
    ]
    assert [parameter.name for parameter in found[0].route.parameters] == ["item_id"]


def test_the_stack_with_its_version():
    found = read(main('@app.get("/")\ndef home(): ...\n'), manifest="fastapi[standard]<1.0,>=0.115.2\n")
    assert [(app.framework, app.version, app.root) for app in found.apps] == [("FastAPI", "0.115.2", "")]


@pytest.mark.parametrize("folder", ["tests", "app/tests"])
def test_applications_of_tests_are_none(folder):
    assert read({f"{folder}/test_api.py": main('@app.get("/")\ndef home(): ...\n')}).apps == ()


def test_routes_of_fastapi_users():
    found = routes(
        main(
            """
            from fastapi_users import FastAPIUsers
            users = FastAPIUsers[User, int](None, [])
            app.include_router(users.get_auth_router(None), prefix="/auth")
            app.include_router(users.get_register_router(User, SignUp), prefix="/auth")
            app.include_router(users.get_users_router(User, SignUp), prefix="/users")
            @app.get("/mine")
            def mine(user: User = Depends(users.current_user(active=True))): ...
            @app.get("/maybe")
            def maybe(user: User = Depends(users.current_user(optional=True))): ...
            @app.get("/all")
            def everything(user: User = Depends(users.current_user(superuser=True))): ...
            """
        )
    )
    access = {name: route.access.value for name, route in found.items()}
    assert access["POST /auth/login"] == "public"
    assert access["POST /auth/logout"] == access["GET /users/me"] == access["GET /mine"] == "member"
    assert access["GET /maybe"] == "none"
    assert access["GET /all"] == "admin"
    fields = found["POST /auth/register"].bodies[0].schema["properties"]
    assert {"email", "password"} <= set(fields)

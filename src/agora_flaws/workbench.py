"""What an overlay may do to Agora: replace rules, parts, endpoints, middleware; add routes.

The OpenAPI document is taken before the overlays are laid on, so that it goes on promising what
the flawed application does not keep.
"""

from collections.abc import Callable
from typing import Any, cast

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import true
from starlette.middleware import Middleware
from starlette.requests import Request

from agora.access import public
from agora.app import create_app
from agora.authentication import Authenticator
from agora.components import Choices
from agora.database import Base
from agora.errors import Problem
from agora.policies import Action, Actor, Permission, Policies
from agora.routes import guarded, guarded_endpoint, operations
from agora.settings import Settings

Edit = Callable[[FastAPI], None]
Document = dict[str, Any]


class Workbench:
    """Collects what the chosen overlays want, then builds the application."""

    def __init__(self) -> None:
        self._policies: list[type] = []
        self._authenticators: list[type] = []
        self._edits: list[Edit] = []
        self._late: list[Edit] = []
        self.touched: set[str] = set()
        """Names of the parts that are changed; two overlays on one part would disturb each other."""

    def open_objects(self, model: type[Base], action: Action) -> None:
        """Every member may do this with every object of the type."""

        class Opened(Policies):
            def condition(self, asked: type[Base], wanted: Action, actor: Actor | None) -> Any:
                if asked is model and wanted is action and actor is not None:
                    return true()
                return super().condition(asked, wanted, actor)

        self._policies.append(Opened)
        self.touched.add(f"{model.__name__}.{action}")

    def open_function(self, permission: Permission) -> None:
        """Every member has this permission."""

        class Granted(Policies):
            def may(self, actor: Actor, asked: Permission) -> bool:
                return asked is permission or super().may(actor, asked)

        self._policies.append(Granted)
        self.touched.add(f"may.{permission}")

    def authenticator(self, mixin: type[Authenticator]) -> None:
        """Put a class in front of the authenticator."""
        self._authenticators.append(mixin)
        self.touched |= {f"authenticator.{name}" for name in vars(mixin) if name[0] != "_"}

    def replace(
        self, name: str, endpoint: Callable[..., Any], *, anonymous: bool = False, **changes: Any
    ) -> None:
        """Another endpoint behind an existing route; the access mark stays unless ``anonymous``."""

        def edit(app: FastAPI) -> None:
            routes = app.router.routes
            old = next(route for route in operations(app) if route.name == name)
            endpoint.__dict__.pop("access", None)
            if "access" in old.endpoint.__dict__:
                endpoint.__dict__["access"] = old.endpoint.__dict__["access"]
            if anonymous:
                public(endpoint)
            properties = {"response_model": None, "endpoint": endpoint, **changes}
            routes[routes.index(old)] = guarded(old, **properties)

        self._edits.append(edit)
        self.touched.add(name)

    def add(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: tuple[str, ...] = ("GET",),
        anonymous: bool = True,
        last: bool = False,
    ) -> None:
        """A route that the document does not list; ``last`` keeps it behind all others."""

        def edit(app: FastAPI) -> None:
            if anonymous:
                public(endpoint)
            app.router.routes.append(
                guarded_endpoint(path, endpoint, methods=list(methods), response_model=None)
            )

        (self._late if last else self._edits).append(edit)
        self.touched.add(path)

    def cors(self, middleware: type[CORSMiddleware]) -> None:
        """Another judge of origins, with the same list."""

        def edit(app: FastAPI) -> None:
            for position, entry in enumerate(app.user_middleware):
                if getattr(entry.cls, "__name__", "") == CORSMiddleware.__name__:
                    changed = Middleware(cast("Any", middleware), *entry.args, **entry.kwargs)
                    app.user_middleware[position] = changed

        self._edits.append(edit)
        self.touched.add("cors")

    def edit(self, part: str, change: Edit) -> None:
        """Any other change of the application; ``part`` names what it touches."""
        self._edits.append(change)
        self.touched.add(part)

    def document(self, part: str, change: Callable[[Document], None]) -> None:
        """A change of the OpenAPI document."""
        self.edit(part, lambda app: change(app.openapi()))

    def build(self, settings: Settings) -> FastAPI:
        """Agora with everything on it."""
        choices = Choices(
            policies=type("OverlaidPolicies", (*self._policies, Policies), {}),
            authenticator=type("OverlaidAuthenticator", (*self._authenticators, Authenticator), {}),
        )
        app = create_app(settings, choices)
        app.openapi()  # fixed from here on
        for edit in (*self._edits, *self._late):
            edit(app)
        return app


def optional_actor(request: Request) -> Actor | None:
    """The actor if a valid session came along."""
    authenticator = request.app.state.components.authenticator
    try:
        actor: Actor = authenticator.authenticate(request.headers.get("authorization"))
    except Problem:
        return None
    return actor

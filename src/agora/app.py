"""The application: parts, guard, routes, errors, middleware."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from agora import bootstrap, documentation, errors, middleware, routes
from agora.components import Choices, Components
from agora.settings import Settings


def create_app(settings: Settings, choices: Choices | None = None) -> FastAPI:
    """An application for these settings. Every operation is behind the guard unless marked public."""
    parts = Components.build(settings, choices or Choices())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(bootstrap.ensure_accounts, parts)
        yield
        await run_in_threadpool(parts.close)

    app = FastAPI(
        title="Agora",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.components = parts
    routes.install(app)
    documentation.install(app, parts)
    errors.install(app)
    middleware.install(app, parts)
    return app

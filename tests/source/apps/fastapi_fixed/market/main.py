from fastapi import FastAPI

from market.routes import accounts, listings, staff


def create_app() -> FastAPI:
    app = FastAPI()
    for module in (accounts, listings):
        app.include_router(module.router, prefix="/api")
    app.include_router(staff.router, prefix="/api/staff")
    return app


app = create_app()

"""Is it alive, and can it work?"""

from fastapi import APIRouter, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from agora import __version__
from agora.access import public
from agora.dependencies import Parts
from agora.schemas.administration import Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz")
@public
async def liveness() -> Health:
    """The process answers; it says nothing of what it depends on."""
    return Health(status="ok", version=__version__)


@router.get("/readyz", responses={503: {"model": Readiness}})
@public
def readiness(parts: Parts, response: Response) -> Readiness:
    """The database answers; 503 when it does not."""
    try:
        with parts.database.engine.connect() as connection:
            connection.execute(text("SELECT version_num FROM alembic_version")).one()
    except SQLAlchemyError:
        response.status_code = 503
        return Readiness(status="unavailable", checks={"database": "unavailable"})
    return Readiness(status="ok", checks={"database": "ok"})

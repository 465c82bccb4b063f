"""What endpoints ask for: components, the actor, a database session, and the records of the actor."""

import asyncio
import ipaddress
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from agora.access import Access, access_of
from agora.components import Components
from agora.database import Base, has_begun
from agora.errors import forbidden, not_authenticated, not_found
from agora.models import AuditEntry
from agora.policies import Action, Actor, Permission

M = TypeVar("M", bound=Base)
T = TypeVar("T")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# Dependencies that only look something up are coroutines: FastAPI runs plain functions in a thread,
# and the way there and back costs more than they do.


def components_of(request: Request) -> Components:
    """The parts of this application."""
    parts: Components = request.app.state.components
    return parts


async def components(request: Request) -> Components:
    """The parts of this application, as a dependency."""
    return components_of(request)


async def client_address(request: Request) -> str:
    """The caller's address; X-Forwarded-For counts only when a trusted proxy wrote it."""
    peer = request.client.host if request.client else "unknown"
    forwarded = request.headers.get("x-forwarded-for", "")
    if forwarded and peer in components_of(request).settings.trusted_proxies:
        candidate = forwarded.rsplit(",", 1)[-1].strip()
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            return peer
    return peer


async def _nearby(parts: Components, work: Callable[[], T]) -> T:
    """Run what waits for no lock: at once on SQLite, which is a file, else in a thread.

    The threads are not those of the endpoints: these may all be waiting for the very transaction
    that is to be committed here.
    """
    return work() if parts.database.is_sqlite else await asyncio.to_thread(work)


async def _commit(parts: Components, session: Session) -> None:
    """Commit. What may wait for a lock (to begin on SQLite, to flush elsewhere) does so in a thread."""
    if not (parts.database.is_sqlite and has_begun(session)):
        await run_in_threadpool(session.flush)
    await _nearby(parts, session.commit)


async def guard(request: Request) -> None:
    """Runs before every operation: no session, no entry, unless the endpoint is marked public."""
    parts = components_of(request)
    route = request.scope["route"]
    access = access_of(route.endpoint)
    if access is Access.PUBLIC:
        request.state.actor = None
        return
    header = request.headers.get("authorization")
    actor = await _nearby(parts, partial(parts.authenticator.authenticate, header))
    request.state.actor = actor
    request.scope["agora.actor_id"] = str(actor.id)
    if request.method in SAFE_METHODS:
        return
    spend = parts.limiter.spend
    await asyncio.to_thread(spend, parts.settings.limit_writes, "writes", actor.id)
    needs_verified = access is Access.VERIFIED and request.method != "DELETE"
    if needs_verified and parts.settings.require_verified_email and not actor.verified:
        raise forbidden("Please verify your e-mail address first; we sent you a link.")


async def current_actor(request: Request) -> Actor:
    """The member who is logged in."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        raise not_authenticated()
    return actor


async def database_session(request: Request) -> AsyncIterator[Session]:
    """One transaction for the request, committed before the answer leaves."""
    parts = components_of(request)
    if request.method in SAFE_METHODS:
        async with _session(parts, write=False) as session:
            yield session
    else:
        async with parts.database.writers, _session(parts, write=True) as session:
            yield session


@asynccontextmanager
async def _session(parts: Components, *, write: bool) -> AsyncIterator[Session]:
    session = parts.database.new_session(write=write)
    try:
        yield session
        if write and session.in_transaction():
            await _commit(parts, session)
    finally:
        if session.in_transaction():
            await _nearby(parts, session.close)
        else:
            session.close()


Parts = Annotated[Components, Depends(components)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
Db = Annotated[Session, Depends(database_session, scope="function")]
Address = Annotated[str, Depends(client_address)]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which part of a list; both numbers are bounded."""

    limit: int
    offset: int


async def page_query(
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000, description="Skip so many.")] = 0,
) -> PageQuery:
    """The page that the query asks for."""
    return PageQuery(limit, offset)


Paging = Annotated[PageQuery, Depends(page_query)]


class Records:
    """The objects that the actor of this request may have; everything else is "not found"."""

    def __init__(self, request: Request, db: Db, parts: Parts) -> None:
        self.db = db
        self.parts = parts
        self.actor: Actor | None = getattr(request.state, "actor", None)
        self.request_id = str(request.scope.get("agora.request_id", ""))

    @property
    def me(self) -> Actor:
        """The member who is logged in."""
        if self.actor is None:
            raise not_authenticated()
        return self.actor

    def query(self, model: type[M], action: Action) -> Select[Any]:
        """The objects with which the actor may do this."""
        return self.parts.policies.scope(model, action, self.actor)

    def find(self, model: type[M], action: Action, *conditions: ColumnElement[bool]) -> M | None:
        """One object that the actor may have, under further conditions."""
        found: M | None = self.db.scalars(self.query(model, action).where(*conditions)).first()
        return found

    def get(
        self, model: type[M], action: Action, object_id: uuid.UUID, *conditions: ColumnElement[bool]
    ) -> M:
        """The object with this id, or 404."""
        same_id: ColumnElement[bool] = model.id == object_id  # type: ignore[attr-defined]
        found = self.find(model, action, same_id, *conditions)
        if found is None:
            raise not_found()
        return found

    def page(
        self,
        model: type[M],
        paging: PageQuery,
        *conditions: ColumnElement[bool],
        oldest_first: bool = False,
    ) -> dict[str, Any]:
        """A part of the list of what the actor may see, newest first."""
        moment = model.created_at  # type: ignore[attr-defined]
        identity = model.id  # type: ignore[attr-defined]
        order = (moment, identity) if oldest_first else (moment.desc(), identity)
        query = self.query(model, Action.LIST).where(*conditions).order_by(*order)
        return self.cut(query, paging)

    def cut(self, query: Select[Any], paging: PageQuery) -> dict[str, Any]:
        """Run a query for one page, and say where the next begins."""
        rows = list(self.db.scalars(query.limit(paging.limit + 1).offset(paging.offset)))
        more = len(rows) > paging.limit
        following = paging.offset + paging.limit
        return {"items": rows[: paging.limit], "next_offset": following if more else None}

    def add(self, item: M) -> M:
        """Store something new."""
        self.db.add(item)
        self.db.flush()
        return item

    def remove(self, item: Base) -> None:
        """Delete something."""
        self.db.delete(item)
        self.db.flush()

    def audit(self, action: str, subject_id: object = "", **detail: Any) -> None:
        """Write a line of the audit trail."""
        actor_id = self.actor.id if self.actor else None
        self.db.add(
            AuditEntry(
                actor_id=actor_id,
                action=action,
                subject_id=str(subject_id),
                detail=detail,
                request_id=self.request_id,
            )
        )


async def own_records(request: Request, db: Db, parts: Parts) -> Records:
    """The records of the actor of this request."""
    return Records(request, db, parts)


Own = Annotated[Records, Depends(own_records, scope="function")]


def requires(permission: Permission) -> Callable[..., Coroutine[Any, Any, None]]:
    """A dependency that lets only roles with this permission through."""

    async def check(actor: CurrentActor, parts: Parts) -> None:
        if not parts.policies.may(actor, permission):
            raise forbidden()

    return check


def patch(item: Base, changes: dict[str, Any]) -> None:
    """Set the given fields."""
    for name, value in changes.items():
        setattr(item, name, value)

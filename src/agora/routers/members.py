"""The member's own account, settings and export; public profiles."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy import ColumnElement, Select, delete, exists, select
from sqlalchemy.orm import Session

from agora.access import public, unverified
from agora.dependencies import Db, Own, Paging, Parts, patch
from agora.errors import not_found
from agora.models import (
    Address,
    Collection,
    Draft,
    Listing,
    Member,
    MemberSettings,
    Participant,
    Post,
    SavedSearch,
    Thread,
)
from agora.policies import Action
from agora.routers.accounts import require_password
from agora.schemas.base import DONE, Done, Page
from agora.schemas.identity import (
    DeleteAccount,
    MemberChanges,
    MemberView,
    ProfileView,
    PublicHandle,
    SettingsChanges,
    SettingsView,
)
from agora.schemas.market import ListingView
from agora.schemas.private import AddressView, CollectionView, DraftView, SavedSearchView

router = APIRouter()

EXPORTED: dict[str, tuple[Any, Any]] = {
    "addresses": (Address, AddressView),
    "saved_searches": (SavedSearch, SavedSearchView),
    "collections": (Collection, CollectionView),
    "drafts": (Draft, DraftView),
    "listings": (Listing, ListingView),
}


@router.get("/members/me", tags=["members"], response_model=MemberView)
def read_me(records: Own) -> Member:
    """Your own record."""
    return records.get(Member, Action.READ, records.me.id)


@router.patch("/members/me", tags=["members"], response_model=MemberView)
@unverified
def update_me(body: MemberChanges, records: Own) -> Member:
    """Change your name and profile."""
    member = records.get(Member, Action.UPDATE, records.me.id)
    patch(member, body.given())
    return member


@router.delete("/members/me", tags=["members"])
@unverified
def delete_me(body: DeleteAccount, records: Own, parts: Parts) -> Done:
    """Delete your account and what belongs to it. Records of trades stay, without your name."""
    member = require_password(records, parts, body.password.get_secret_value())
    records.audit("member.delete", member.id)
    records.remove(member)
    remove_empty_threads(records.db)
    return DONE


def remove_empty_threads(db: Session) -> None:
    """Nobody can read a thread without participants; it goes with the last one."""
    occupied = exists().where(Participant.thread_id == Thread.id)
    db.execute(delete(Thread).where(~occupied).execution_options(synchronize_session=False))


@router.get("/members/me/settings", tags=["members"], response_model=SettingsView)
def read_my_settings(records: Own) -> MemberSettings:
    """Your settings."""
    return settings_of(records, records.me.id, Action.READ)


@router.patch("/members/me/settings", tags=["members"], response_model=SettingsView)
@unverified
def update_my_settings(body: SettingsChanges, records: Own) -> MemberSettings:
    """Change your settings."""
    settings = settings_of(records, records.me.id, Action.UPDATE)
    patch(settings, body.given())
    return settings


def settings_of(records: Own, member_id: uuid.UUID, action: Action) -> MemberSettings:
    """The settings of a member, if the policy lets the actor have them."""
    found = records.find(MemberSettings, action, MemberSettings.member_id == member_id)
    if found is None:
        raise not_found()
    return found


@router.get("/members/me/export", tags=["members"])
def export_my_data(records: Own) -> dict[str, Any]:
    """Everything that you have stored, for you to keep."""
    me = records.me
    answer: dict[str, Any] = {
        "member": MemberView.model_validate(records.get(Member, Action.READ, me.id)),
        "settings": SettingsView.model_validate(settings_of(records, me.id, Action.READ)),
    }
    for name, (model, view) in EXPORTED.items():
        query = own_export_query(records, model)
        answer[name] = [view.model_validate(row) for row in records.db.scalars(query)]
    posts = records.db.scalars(select(Post).where(Post.owner_id == me.id))
    answer["posts"] = [{"id": p.id, "title": p.title, "body": p.body} for p in posts]
    return answer


def own_export_query(records: Own, model: Any) -> Select[Any]:
    """What of a type goes into the export: the actor's own, even where others may read it."""
    return records.query(model, Action.READ).where(model.owner_id == records.me.id)


@router.get("/members/{member_id}", tags=["members"], response_model=MemberView)
def read_member(member_id: uuid.UUID, records: Own) -> Member:
    """The private record of a member: your own. Others have a public profile instead."""
    return records.get(Member, Action.READ, member_id)


@router.get("/members/{member_id}/settings", tags=["members"], response_model=SettingsView)
def read_member_settings(member_id: uuid.UUID, records: Own) -> MemberSettings:
    """The settings of a member: your own."""
    return settings_of(records, member_id, Action.READ)


def listed() -> ColumnElement[bool]:
    """Profiles that their members show."""
    shows = exists().where(MemberSettings.member_id == Member.id, MemberSettings.profile_listed.is_(True))
    return shows & Member.banned_at.is_(None)


@router.get("/profiles", tags=["profiles"], response_model=Page[ProfileView])
@public
def list_profiles(records: Own, paging: Paging) -> dict[str, Any]:
    """Public profiles."""
    query = select(Member).where(listed()).order_by(Member.handle)
    return records.cut(query, paging)


@router.get("/profiles/{handle}", tags=["profiles"], response_model=ProfileView)
@public
def read_profile(handle: PublicHandle, db: Db) -> Member:
    """The public profile of a member."""
    member = db.scalars(select(Member).where(Member.handle == handle, listed())).one_or_none()
    if member is None:
        raise not_found()
    return member

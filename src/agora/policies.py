"""Who may see and change what: every rule of the product, in one module.

A rule about objects is an SQL condition, so that a query *cannot* return what the actor may not
have, in a list as well as by id. A rule about functions (moderation, administration) is a role.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select

from agora.database import Base
from agora.models import (
    Address,
    Collection,
    CollectionItem,
    Comment,
    Draft,
    Group,
    Invite,
    Invoice,
    Listing,
    Member,
    MemberSettings,
    Membership,
    Message,
    Notification,
    Offer,
    Order,
    Participant,
    Post,
    Report,
    Review,
    Role,
    SavedSearch,
    Thread,
    Upload,
)

M = TypeVar("M", bound=Base)
Condition = ColumnElement[bool]

PRIVATE = (Address, SavedSearch, Collection, Upload, Notification, Draft, Invite, Report)
"""Types that only their owner sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The member behind a request, as the session says; never taken from the request's content."""

    id: uuid.UUID
    session_id: uuid.UUID
    handle: str
    role: Role
    verified: bool


class Action(StrEnum):
    """What somebody wants to do with objects of a type."""

    LIST = auto()
    READ = auto()
    UPDATE = auto()
    DELETE = auto()


class Permission(StrEnum):
    """Functions that need more than being a member."""

    READ_REPORTS = auto()
    RESOLVE_REPORTS = auto()
    HIDE_CONTENT = auto()
    BAN_MEMBERS = auto()
    READ_MEMBERS = auto()
    SET_ROLES = auto()
    READ_AUDIT_LOG = auto()
    READ_SITE_SETTINGS = auto()
    CHANGE_SITE_SETTINGS = auto()


_MODERATION = frozenset(
    {
        Permission.READ_REPORTS,
        Permission.RESOLVE_REPORTS,
        Permission.HIDE_CONTENT,
        Permission.BAN_MEMBERS,
    }
)
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(),
    Role.MODERATOR: _MODERATION,
    Role.ADMIN: frozenset(Permission),
}


class Policies:
    """The rules. ``actor`` is ``None`` for an anonymous visitor."""

    def may(self, actor: Actor, permission: Permission) -> bool:
        """Whether the actor's role grants a function."""
        return permission in GRANTS[actor.role]

    def scope(self, model: type[M], action: Action, actor: Actor | None) -> Select[Any]:
        """The objects of a type with which the actor may do this."""
        return select(model).where(self.condition(model, action, actor))

    def condition(self, model: type[Base], action: Action, actor: Actor | None) -> Condition:
        """The rule of a type as a condition; a type without a rule is closed to everybody."""
        if model is Listing:
            return self.listing(action, actor)
        if model is Review:
            return self.review(action, actor)
        if actor is None:
            return false()
        if model in PRIVATE:
            owner: Condition = model.owner_id == actor.id
            return owner
        rules = {
            Member: self.member,
            MemberSettings: self.settings,
            CollectionItem: self.collection_item,
            Group: self.group,
            Post: self.post,
            Comment: self.comment,
            Thread: self.thread,
            Message: self.message,
            Offer: self.offer,
            Order: self.order,
            Invoice: self.invoice,
        }
        rule = rules.get(model)
        return rule(action, actor) if rule else false()

    def listing(self, action: Action, actor: Actor | None) -> Condition:
        """Published ones are for everybody to read, all others for their owner."""
        mine = false() if actor is None else Listing.owner_id == actor.id
        if action in {Action.LIST, Action.READ}:
            return or_(mine, and_(Listing.status == "published", Listing.hidden.is_(False)))
        return mine

    def review(self, action: Action, actor: Actor | None) -> Condition:
        """Reviews of a listing that everybody sees are public; only their author changes them."""
        if action in {Action.LIST, Action.READ}:
            return exists().where(Listing.id == Review.listing_id, self.listing(Action.READ, actor))
        return false() if actor is None else Review.owner_id == actor.id

    def member(self, action: Action, actor: Actor) -> Condition:  # noqa: ARG002 - one shape for all rules
        """The private record of a member: for that member; administrators have their own routes."""
        return Member.id == actor.id

    def settings(self, action: Action, actor: Actor) -> Condition:  # noqa: ARG002 - one shape for all rules
        """Private settings: for that member."""
        return MemberSettings.member_id == actor.id

    def collection_item(self, action: Action, actor: Actor) -> Condition:  # noqa: ARG002 - one shape for all rules
        """An item belongs to whom its collection belongs to."""
        return exists().where(Collection.id == CollectionItem.collection_id, Collection.owner_id == actor.id)

    def group(self, action: Action, actor: Actor) -> Condition:
        """Public groups for every member, private ones for theirs; the owner alone changes it."""
        if action in {Action.LIST, Action.READ}:
            return or_(Group.visibility == "public", self._belongs(Group.id, actor))
        return Group.owner_id == actor.id

    def post(self, action: Action, actor: Actor) -> Condition:
        """Posts are seen by whoever sees the group, hidden ones by their author."""
        if action in {Action.LIST, Action.READ}:
            group = exists().where(Group.id == Post.group_id, self.group(Action.READ, actor))
            return and_(group, or_(Post.hidden.is_(False), Post.owner_id == actor.id))
        return Post.owner_id == actor.id

    def comment(self, action: Action, actor: Actor) -> Condition:
        """Comments are seen by whoever sees the post."""
        if action in {Action.LIST, Action.READ}:
            return exists().where(Post.id == Comment.post_id, self.post(Action.READ, actor))
        return Comment.owner_id == actor.id

    def thread(self, action: Action, actor: Actor) -> Condition:
        """Participants read and write; only who started it may remove it, while taking part."""
        taking_part = self._takes_part(Thread.id, actor)
        if action is Action.DELETE:
            return and_(taking_part, Thread.owner_id == actor.id)
        return taking_part

    def message(self, action: Action, actor: Actor) -> Condition:
        """Participants of the thread read; the sender changes and removes."""
        taking_part = self._takes_part(Message.thread_id, actor)
        if action in {Action.LIST, Action.READ}:
            return taking_part
        return and_(taking_part, Message.owner_id == actor.id)

    def offer(self, action: Action, actor: Actor) -> Condition:
        """Buyer and seller read; the seller answers; the buyer withdraws."""
        if action is Action.UPDATE:
            return Offer.seller_id == actor.id
        if action is Action.DELETE:
            return Offer.owner_id == actor.id
        return or_(Offer.owner_id == actor.id, Offer.seller_id == actor.id)

    def order(self, action: Action, actor: Actor) -> Condition:
        """Buyer and seller read; the buyer changes and cancels."""
        if action in {Action.LIST, Action.READ}:
            return or_(Order.buyer_id == actor.id, Order.seller_id == actor.id)
        return Order.buyer_id == actor.id

    def invoice(self, action: Action, actor: Actor) -> Condition:
        """Buyer and seller read; nobody changes an invoice."""
        if action in {Action.LIST, Action.READ}:
            return or_(Invoice.buyer_id == actor.id, Invoice.seller_id == actor.id)
        return false()

    def _belongs(self, group_id: Any, actor: Actor) -> Condition:
        return exists().where(Membership.group_id == group_id, Membership.member_id == actor.id)

    def _takes_part(self, thread_id: Any, actor: Actor) -> Condition:
        return exists().where(Participant.thread_id == thread_id, Participant.member_id == actor.id)

"""The operations, by area."""

from fastapi import APIRouter

from agora.routers import (
    accounts,
    administration,
    collections,
    drafts,
    feed,
    groups,
    health,
    invites,
    listings,
    members,
    moderation,
    posts,
    private,
    reports,
    threads,
    trade,
    uploads,
    webhooks,
)


def all_routers() -> list[APIRouter]:
    """Every router, in the order of the documentation."""
    modules = (
        health,
        accounts,
        members,
        private,
        collections,
        uploads,
        drafts,
        groups,
        posts,
        feed,
        threads,
        listings,
        trade,
        invites,
        reports,
        moderation,
        administration,
        webhooks,
    )
    return [module.router for module in modules]

"""Listings and their reviews. Published listings are for everybody, drafts for their owner."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy import func, select

from agora.access import public
from agora.dependencies import Own, Paging, patch
from agora.errors import Problem, not_found
from agora.models import Listing, Order, Review
from agora.policies import Action
from agora.schemas.base import Page
from agora.schemas.market import (
    ListingBody,
    ListingChanges,
    ListingView,
    ReviewBody,
    ReviewChanges,
    ReviewView,
    ShopAnalytics,
)

router = APIRouter()


@router.post("/listings", tags=["listings"], status_code=201, response_model=ListingView)
def create_listing(body: ListingBody, records: Own) -> Listing:
    """Offer something for sale, as a draft or published at once."""
    return records.add(Listing(owner_id=records.me.id, **body.model_dump()))


@router.get("/listings", tags=["listings"], response_model=Page[ListingView])
@public
def list_listings(records: Own, paging: Paging) -> dict[str, Any]:
    """All published listings; no login needed."""
    return records.page(Listing, paging)


@router.get("/listings/mine", tags=["listings"], response_model=Page[ListingView])
def list_my_listings(records: Own, paging: Paging) -> dict[str, Any]:
    """Your listings, drafts too."""
    return records.page(Listing, paging, Listing.owner_id == records.me.id)


@router.get("/listings/mine/{listing_id}", tags=["listings"], response_model=ListingView)
def read_my_listing(listing_id: uuid.UUID, records: Own) -> Listing:
    """A listing of yours, also a draft."""
    return records.get(Listing, Action.READ, listing_id, Listing.owner_id == records.me.id)


@router.get("/listings/{listing_id}", tags=["listings"], response_model=ListingView)
@public
def read_listing(listing_id: uuid.UUID, records: Own) -> Listing:
    """A published listing; no login needed."""
    return records.get(Listing, Action.READ, listing_id)


@router.patch("/listings/{listing_id}", tags=["listings"], response_model=ListingView)
def update_listing(listing_id: uuid.UUID, body: ListingChanges, records: Own) -> Listing:
    """Change, publish or take back a listing of yours."""
    listing = records.get(Listing, Action.UPDATE, listing_id)
    patch(listing, body.given())
    return listing


@router.delete("/listings/{listing_id}", tags=["listings"], status_code=204)
def delete_listing(listing_id: uuid.UUID, records: Own) -> None:
    """Delete a listing of yours, with its reviews and offers. Orders stay."""
    records.remove(records.get(Listing, Action.DELETE, listing_id))


@router.post(
    "/listings/{listing_id}/reviews",
    tags=["reviews"],
    status_code=201,
    response_model=ReviewView,
)
def create_review(listing_id: uuid.UUID, body: ReviewBody, records: Own) -> Review:
    """Review a listing of somebody else, once."""
    listing = records.get(Listing, Action.READ, listing_id)
    if listing.owner_id == records.me.id:
        raise Problem(409, "You cannot review your own listing.")
    mine = select(Review.id).where(Review.listing_id == listing.id, Review.owner_id == records.me.id)
    if records.db.scalar(mine):
        raise Problem(409, "You have reviewed this listing already.")
    bought = select(Order.id).where(
        Order.listing_id == listing.id, Order.buyer_id == records.me.id, Order.status == "paid"
    )
    return records.add(
        Review(
            listing_id=listing.id,
            owner_id=records.me.id,
            verified_purchase=records.db.scalar(bought.limit(1)) is not None,
            **body.model_dump(),
        )
    )


@router.get("/listings/{listing_id}/reviews", tags=["reviews"], response_model=Page[ReviewView])
@public
def list_reviews(listing_id: uuid.UUID, records: Own, paging: Paging) -> dict[str, Any]:
    """The reviews of a published listing; no login needed."""
    listing = records.get(Listing, Action.READ, listing_id)
    return records.page(Review, paging, Review.listing_id == listing.id)


@router.patch("/reviews/{review_id}", tags=["reviews"], response_model=ReviewView)
def update_review(review_id: uuid.UUID, body: ReviewChanges, records: Own) -> Review:
    """Change a review of yours."""
    review = records.get(Review, Action.UPDATE, review_id)
    patch(review, body.given())
    return review


@router.delete("/reviews/{review_id}", tags=["reviews"], status_code=204)
def delete_review(review_id: uuid.UUID, records: Own) -> None:
    """Delete a review of yours."""
    records.remove(records.get(Review, Action.DELETE, review_id))


@router.get("/analytics/shop", tags=["analytics"])
def read_shop_analytics(records: Own) -> ShopAnalytics:
    """Figures of your own shop."""
    return shop_figures(records, records.me.id)


@router.get("/analytics/shops/{member_id}", tags=["analytics"])
def read_member_analytics(member_id: uuid.UUID, records: Own) -> ShopAnalytics:
    """Figures of a shop: your own."""
    if member_id != records.me.id:
        raise not_found()
    return shop_figures(records, member_id)


def shop_figures(records: Own, seller_id: uuid.UUID) -> ShopAnalytics:
    """Count what a seller has listed and sold."""
    db = records.db
    mine = Listing.owner_id == seller_id
    sold = (Order.seller_id == seller_id) & Order.test.is_(False)
    reviews = (
        select(func.count(Review.id), func.avg(Review.stars))
        .join(Listing, Listing.id == Review.listing_id)
        .where(mine)
    )
    number, stars = db.execute(reviews).one()
    paid = select(func.sum(Order.total_cents)).where(sold, Order.status == "paid")
    return ShopAnalytics(
        listings=db.scalar(select(func.count(Listing.id)).where(mine)) or 0,
        published=db.scalar(select(func.count(Listing.id)).where(mine, Listing.status == "published")) or 0,
        orders=db.scalar(select(func.count(Order.id)).where(sold)) or 0,
        revenue_cents=int(db.scalar(paid) or 0),
        reviews=number,
        average_stars=float(stars) if stars is not None else None,
    )

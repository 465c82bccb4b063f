from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.deps import CurrentUser, get_session
from market.models import Listing, ListingIn

router = APIRouter(prefix="/listings")


@router.get("/{listing_id}")
def read(listing_id: int, db: Session = Depends(get_session)):
    return db.get(Listing, listing_id)


@router.post("/")
def create(data: ListingIn, user: CurrentUser, db: Session = Depends(get_session)):
    db.add(Listing(title=data.title, owner_id=user.id))


@router.delete("/{listing_id}")
def delete(listing_id: int, user: CurrentUser, db: Session = Depends(get_session)):
    wanted = select(Listing).where(Listing.id == listing_id, Listing.owner_id == user.id)
    listing = db.scalar(wanted)
    if listing is None:
        raise HTTPException(404)
    db.delete(listing)

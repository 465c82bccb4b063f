from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session

from market.deps import current_user, get_session
from market.models import Listing

router = APIRouter(prefix="/listings")


@router.get("/{listing_id}")
def read(listing_id: int, db: Session = Depends(get_session)):
    return db.get(Listing, listing_id)


@router.post("/")
async def create(request: Request, user=Depends(current_user), db: Session = Depends(get_session)):
    data = await request.json()
    db.add(Listing(**data))


@router.delete("/{listing_id}")
def delete(listing_id: int, user=Depends(current_user), db: Session = Depends(get_session)):
    db.delete(db.get(Listing, listing_id))

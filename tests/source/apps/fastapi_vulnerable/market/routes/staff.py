from fastapi import APIRouter, Depends

from market.deps import current_user

router = APIRouter()


@router.get("/members")
def members(user=Depends(current_user)):
    return []

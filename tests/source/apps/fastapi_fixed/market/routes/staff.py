from fastapi import APIRouter, Depends

from market.deps import admin

router = APIRouter(dependencies=[Depends(admin)])


@router.get("/members")
def members():
    return []

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from market.models import SignUp

router = APIRouter(prefix="/auth")


@router.post("/signup", status_code=201)
def sign_up(data: SignUp):
    return {"email": data.email}


@router.post("/token")
def token(form: OAuth2PasswordRequestForm = Depends()):
    return {"access_token": form.username}

from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.orm import Session

from market.db import session
from market.models import User
from market.settings import settings

scheme = OAuth2PasswordBearer(tokenUrl="/auth/token")


def get_session():
    with session() as held:
        yield held


def current_user(token: str = Depends(scheme), db: Session = Depends(get_session)) -> User:
    try:
        payload = jwt.decode(token, settings.secret, algorithms=["HS256"])
    except jwt.PyJWTError as error:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED) from error
    user = db.get(User, payload["sub"])
    if user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def admin(user: CurrentUser) -> User:
    if not user.is_admin:
        raise HTTPException(status.HTTP_403_FORBIDDEN)
    return user

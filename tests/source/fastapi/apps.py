"""FastAPI and Starlette applications as texts, read."""

import textwrap

from launchready.source.code.files import Language, code_files
from launchready.source.python.fastapi.reader import read_fastapi
from launchready.source.python.project import PythonProject

DEPS = """
from typing import Annotated
import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import OAuth2PasswordBearer
from app.models import User

scheme = OAuth2PasswordBearer(tokenUrl="/login")
soft_scheme = OAuth2PasswordBearer(tokenUrl="/login", auto_error=False)
refused = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)

def get_db():
    yield object()

def get_current_user(token: str = Depends(scheme), db=Depends(get_db)):
    try:
        payload = jwt.decode(token, "", algorithms=["HS256"])
    except jwt.PyJWTError:
        raise refused
    user = db.get(User, payload["sub"])
    if user is None:
        raise refused
    return user

def get_optional_user(token: str | None = Depends(soft_scheme), db=Depends(get_db)):
    if not token:
        return None
    return get_current_user(token, db)

CurrentUser = Annotated[User, Depends(get_current_user)]

def get_admin(user: CurrentUser):
    if not user.is_admin:
        raise HTTPException(403, "admins only")
    return user
"""
MODELS = """
from pydantic import BaseModel, EmailStr, Field

class User(BaseModel):
    id: int

class SignUp(BaseModel):
    email: EmailStr
    password: str = Field(min_length=8)
    nickname: str | None = None
"""


def read(files, manifest=""):
    if isinstance(files, str):
        files = {"app/main.py": files}
    texts = {path: textwrap.dedent(text) for path, text in files.items()}
    packages = {"app/__init__.py": "", "app/deps.py": DEPS, "app/models.py": MODELS}
    held = code_files({**packages, "requirements.txt": manifest, **texts})
    return read_fastapi(PythonProject(held.of(Language.PYTHON), held.of(Language.SETTINGS)))


def routes(files):
    """Routes by id; the last of an id."""
    return {one.route.id: one.route for one in read(files).routes}


def kinds(route):
    return [(guard.name, guard.kind.value, guard.level.value) for guard in route.guards]


def one(files):
    """The only route of an application."""
    found = read(files).routes
    assert len(found) == 1, [each.route.id for each in found]
    return found[0].route


HEAD = """
from fastapi import APIRouter, Body, Depends, FastAPI, File, Form, Header, HTTPException, Query, Request, Security
from fastapi import UploadFile
from typing import Annotated, Any
from app.deps import CurrentUser, get_admin, get_current_user, get_optional_user
from app.models import SignUp, User
app = FastAPI()
"""


def main(text):
    """An application in one file, after the usual imports."""
    return HEAD + textwrap.dedent(text)

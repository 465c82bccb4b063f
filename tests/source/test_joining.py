"""Routes with what their handlers look up and compare."""

import pytest

from launchready.model.source import Bound
from launchready.source.code.files import code_files
from launchready.source.review import review_files

HEAD = """
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

app = FastAPI()
scheme = OAuth2PasswordBearer(tokenUrl="/login")


def current_user(token: str = Depends(scheme)):
    return find_user(token)


"""
ONE = """@app.get("/threads/{thread_id}")
def read(thread_id: int, session, user=Depends(current_user)):
    thread = session.get(Thread, thread_id)
    if thread.owner_id != user.id:
        raise HTTPException(status_code=404)
    return thread
"""
TWO = """@app.get("/threads/{thread_id}/messages/{message_id}")
def read(thread_id: int, message_id: int, session, user=Depends(current_user)):
    thread = session.get(Thread, thread_id)
    if thread.owner_id != user.id:
        raise HTTPException(status_code=404)
    return session.get(Message, message_id)
"""


@pytest.mark.parametrize(
    ("handler", "allowed"),
    [
        (ONE, {"Thread": {Bound.OWNER}}),
        # Which of the two is compared is not told: never both
        (TWO, {"Thread": {Bound.OWNER, Bound.UNCLEAR}, "Message": {Bound.NONE, Bound.UNCLEAR}}),
    ],
)
def test_a_comparison_binds_what_is_compared_only(handler, allowed):
    [route] = review_files(code_files({"main.py": HEAD + handler})).routes
    found = {lookup.model: lookup.bound for lookup in route.lookups}
    assert found.keys() == allowed.keys()
    assert all(bound in allowed[model] for model, bound in found.items())

import pytest

from tests.source.express.apps import HEAD, read

ASKING = """
const passport = require("passport");
const answer = (req, resolve, reject, rights) => async (err, user) => {
  if (err || !user) return reject(new ApiError(401, "no"));
  if (rights.length && !rights.includes(user.role) && req.params.userId !== user.id) return reject(new ApiError(403));
  resolve();
};
const auth = (...rights) => async (req, res, next) => new Promise((resolve, reject) => {
  passport.authenticate("jwt", { session: false }, answer(req, resolve, reject, rights))(req, res, next);
}).then(() => next()).catch((error) => next(error));
const own = (req, res, next) => (req.user.id == req.params["userId"] ? next() : res.sendStatus(403));
const same = (req, res, next) => (req.params.userId === req.body.id ? next() : res.sendStatus(400));
const role = (req, res, next) => (req.user.role === "admin" ? next() : res.sendStatus(403));
"""


@pytest.mark.parametrize(
    ("path", "use", "asks"),
    [
        ("/users/:userId", "auth('manage')", "auth"),
        ("/users/:userId", "requireUser, own", "own"),
        ("/notes/:id", "auth('manage')", ""),
        ("/users/:userId", "requireUser, same", ""),
        ("/users/:userId", "requireUser, role", ""),
    ],
)
def test_a_guard_that_compares_an_id_of_the_path_with_the_caller(path, use, asks):
    text = HEAD + ASKING + f'app.get("{path}", {use}, (req, res) => res.json([]));'
    assert [one.scoped_by for one in read(text).routes] == [asks]

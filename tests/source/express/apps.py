"""Express applications as texts, read."""

from launchready.source.code.files import Language, code_files
from launchready.source.script.express.reader import read_express
from launchready.source.script.project import ScriptProject

MANIFEST = '{"name": "shop", "dependencies": {"express": "^4.19.2"}}'
AUTH = """
const jwt = require("jsonwebtoken");
const requireUser = (req, res, next) => {
  const header = req.headers.authorization;
  if (!header) return res.status(401).json({ error: "no token" });
  try {
    req.user = jwt.verify(header.split(" ")[1], process.env.JWT_SECRET);
    next();
  } catch (error) {
    res.status(401).json({ error: "bad token" });
  }
};
const requireAdmin = (req, res, next) => {
  if (req.user.role !== "admin") return res.status(403).json({ error: "admins only" });
  next();
};
module.exports = { requireUser, requireAdmin };
"""


def read(files):
    if isinstance(files, str):
        files = {"app.js": files}
    held = code_files({"package.json": MANIFEST, "auth.js": AUTH, **files})
    return read_express(ScriptProject(held.of(Language.SCRIPT), held.of(Language.SETTINGS)))


def routes(files):
    """Routes by id; the last of an id."""
    return {one.route.id: one.route for one in read(files).routes}


def handlers(files):
    return {one.route.id: one.handler for one in read(files).routes}


def kinds(route):
    return [(guard.name, guard.kind.value, guard.level.value) for guard in route.guards]


HEAD = """
const express = require("express");
const { requireUser, requireAdmin } = require("./auth");
const app = express();
app.use(express.json());
"""

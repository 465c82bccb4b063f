"""Flask applications as texts, read."""

import textwrap

from launchready.source.code.files import Language, code_files
from launchready.source.python.flask.reader import read_flask
from launchready.source.python.project import PythonProject


def read(files, manifest=""):
    if isinstance(files, str):
        files = {"shop/app.py": files}
    texts = {path: textwrap.dedent(text) for path, text in files.items()}
    held = code_files({"requirements.txt": manifest, **texts})
    return read_flask(PythonProject(held.of(Language.PYTHON), held.of(Language.SETTINGS)))


def routes(files):
    """Routes by id; the last of an id."""
    return {one.route.id: one.route for one in read(files).routes}


def access(files):
    return {name: route.access.value for name, route in routes(files).items()}


def kinds(route):
    return [(guard.name, guard.kind.value, guard.level.value) for guard in route.guards]


def one(files):
    """The only route of an application."""
    found = read(files).routes
    assert len(found) == 1, [each.route.id for each in found]
    return found[0].route


HEAD = """
import functools
from flask import Blueprint, Flask, abort, current_app, g, jsonify, redirect, request, session, url_for
from flask.views import MethodView, View
from flask_login import LoginManager, current_user, login_required
app = Flask(__name__)
"""


def main(text):
    """An application in one file, after the usual imports."""
    return HEAD + textwrap.dedent(text)

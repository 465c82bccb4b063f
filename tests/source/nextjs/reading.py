"""Small Next.js applications as texts."""

import json

from launchready.source.code.files import Language, code_files
from launchready.source.script.nextjs.reader import read_nextjs
from launchready.source.script.project import ScriptProject

PACKAGE = {"package.json": json.dumps({"name": "shop", "dependencies": {"next": "15.1.0"}})}


def found(texts, *, package=PACKAGE):
    files = code_files({**package, **texts})
    return read_nextjs(ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS)))


def routes(texts, **more):
    return {one.route.id: one.route for one in found(texts, **more).routes}


def handlers(texts, **more):
    return {one.route.id: one.handler for one in found(texts, **more).routes}


def guards(texts, route_id):
    return [(one.name, one.kind.value, one.level.value) for one in routes(texts)[route_id].guards]

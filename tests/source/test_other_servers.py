import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.script.other_servers import read_other_servers
from launchready.source.script.project import ScriptProject


def read(manifest, text, path="src/server.ts"):
    held = code_files({"package.json": manifest, path: text})
    return read_other_servers(ScriptProject(held.of(Language.SCRIPT), held.of(Language.SETTINGS)))


@pytest.mark.parametrize(
    ("package", "text", "framework"),
    [
        ("fastify", 'import Fastify from "fastify";', "fastify"),
        ("koa", 'const Koa = require("koa");', "koa"),
        ("hono", 'import { serveStatic } from "hono/bun";', "hono"),
        ("@hapi/hapi", "import * as Hapi from '@hapi/hapi';", "hapi"),
    ],
)
def test_servers_that_are_not_read_are_shown_and_said(package, text, framework):
    found = read(f'{{"name": "api", "dependencies": {{"{package}": "^1.2.3"}}}}', f"\n{text}\n")
    (app,) = found.apps
    assert (app.name, app.framework, app.version, app.entry.line) == ("api", framework, "^1.2.3", 2)
    assert found.problems == (f"api is made with {framework} (src/server.ts:2), whose routes are not read",)


@pytest.mark.parametrize(
    ("manifest", "text", "path"),
    [
        ('{"dependencies": {"fastify": "5", "express": "4"}}', 'import f from "fastify";', "src/a.ts"),
        ('{"dependencies": {"fastify": "5", "@nestjs/core": "11"}}', 'import f from "fastify";', "src/a.ts"),
        ('{"devDependencies": {"fastify": "5"}}', 'import f from "fastify";', "src/a.ts"),
        ('{"dependencies": {"fastify": "5"}}', 'import f from "fastify";', "test/a.test.ts"),
        ('{"dependencies": {"fastify": "5"}}', 'import type { FastifyReply } from "fastify";', "src/a.ts"),
        ('{"dependencies": {"koalas": "5"}}', 'import koalas from "koalas";', "src/a.ts"),
    ],
)
def test_nothing_is_said_where_it_serves_nothing(manifest, text, path):
    assert read(manifest, text, path).apps == ()

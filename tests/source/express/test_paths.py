import pytest

from launchready.source.script.express.paths import Path, covers, paths_of
from launchready.source.script.symbolic.values import Constant, Pieces, Regex
from tests.source.express.apps import HEAD, read, routes


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/users/:id", ["/users/{id}"]),
        ("users", ["/users"]),
        ("/", ["/"]),
        ("/:id(\\d+)", ["/{id}"]),
        ("/:id([0-9]{1,3})", ["/{id}"]),
        ("/files/:name.:ext", ["/files/{name}.{ext}"]),
        ("/flights/:from-:to", ["/flights/{from}-{to}"]),
        ("/list/:page?", ["/list", "/list/{page}"]),
        ("/list{/:page}", ["/list", "/list/{page}"]),
    ],
)
def test_templates(pattern, expected):
    found = paths_of(Constant(pattern))
    assert sorted(str(path) for path in found) == expected
    assert all(path.certain for path in found)


@pytest.mark.parametrize(
    "value",
    [
        Constant("*"),
        Constant("/files/*"),
        Constant("/ab+cd"),
        Regex("/^.*$/"),
        Regex("/^\\/x$/"),
        Pieces(("/", None)),
    ],
)
def test_patterns_are_not_certain(value):
    assert not any(path.certain for path in paths_of(value))


@pytest.mark.parametrize(
    ("prefix", "path", "expected"),
    [
        (("api",), ("api", "users"), True),
        (("API",), ("api",), True),
        (("api", "admin"), ("api", "users"), False),
        (("api", "{any}"), ("api", "users"), True),
        (("api", "admin"), ("api", "{section}"), False),
        (("*",), ("api",), True),
        (("{?}",), ("api",), None),
        ((), ("api",), True),
        (("api", "users"), ("api",), False),
    ],
)
def test_what_a_guard_covers(prefix, path, expected):
    assert covers(Path(segments=prefix), Path(segments=path)) is expected


def test_mounts_are_resolved():
    found = routes({
        "app.js": HEAD + 'app.use("/api", require("./routes"));',
        "routes/index.js": """
const { Router } = require("express");
const router = Router();
const listed = [{ path: "/users", route: require("./users") }, { path: "/posts", route: require("./posts") }];
listed.forEach((one) => { router.use(one.path, one.route); });
module.exports = router;
""",
        "routes/users.js": """
const router = require("express").Router({ mergeParams: true });
router.route("/").get(list).post(create);
router.use("/:userId/posts", require("./posts"));
module.exports = router;
""",
        "routes/posts.js": """
const express = require("express");
const router = new express.Router();
router.get(["/", "/all"], (req, res) => res.json([]));
module.exports = router;
""",
    })  # fmt: skip
    assert sorted(found) == [
        "GET /api/posts",
        "GET /api/posts/all",
        "GET /api/users",
        "GET /api/users/{userId}/posts",
        "GET /api/users/{userId}/posts/all",
        "POST /api/users",
    ]
    nested = found["GET /api/users/{userId}/posts"]
    assert [parameter.name for parameter in nested.parameters] == ["userId"]


@pytest.mark.parametrize(
    "files",
    [
        {"app.js": HEAD + 'require("./routes")(app);', "routes.js": 'module.exports = (app) => { app.get("/x", h); };'},
        {
            "app.ts": 'import express from "express";\nimport { makeRouter } from "./routes";\n'
            'const app = express();\napp.use(makeRouter({ db: 1 }));',
            "routes.ts": 'import { Router } from "express";\nexport function makeRouter(deps: Deps) {\n'
            '  const router = Router();\n  router.get("/x", h);\n  return router;\n}',
        },
        {
            "app.ts": """
import express, { Application, Router } from "express";
class Users { public router = Router(); constructor() { this.initializeRoutes(); }
  private initializeRoutes() { this.router.get("/x", this.list); }
  private list = async (req, res) => { res.json([]); };
}
export class App { public app: Application;
  constructor(controllers: Users[]) { this.app = express(); this.add(controllers); }
  private add(controllers: Users[]) { controllers.forEach((one) => { this.app.use("/", one.router); }); }
}
new App([new Users()]);
""",
        },
        {"app.js": 'const express = require("express");\nfunction make() { const app = express(); app.get("/x", h); }\n'
                   "module.exports = make;"},
        {"app.js": HEAD + 'connect().then(() => { app.get("/x", h); });'},
        {"app.js": HEAD + 'for (const method of ["get"]) { app[method]("/x", h); }'},
        {
            "src/app.js": 'const express = require("express");\nconst fs = require("fs");\n'
            'const path = require("path");\n'
            'const app = express();\n'
            'fs.readdirSync(path.join(__dirname, "routes")).forEach((file) => {\n'
            '  app.use("/" + file.replace(".js", ""), require(path.join(__dirname, "routes", file)));\n});',
            "src/routes/x.js": 'const router = require("express").Router();\nrouter.get("/", h);\n'
            "module.exports = router;",
        },
    ],
)  # fmt: skip
def test_every_way_to_set_up(files):
    assert list(routes(files)) == ["GET /x"]


def test_a_path_that_is_set_elsewhere_has_its_default():
    found = routes(
        HEAD
        + 'const prefix = process.env.API_PREFIX || "/api";\napp.get(`${prefix}/users`, (req, res) => res.json([]));'
    )
    assert list(found) == ["GET /api/users"]


def test_a_path_that_cannot_be_read_is_not_certain():
    found = routes(HEAD + "app.get(process.env.HOOK_PATH, (req, res) => res.json([]));")
    assert [(route.path, route.certain) for route in found.values()] == [("/{?}", False)]


def test_routers_that_nothing_mounts_are_not_served():
    found = routes({
        "app.js": HEAD + 'app.get("/x", h);',
        "old.js": 'const router = require("express").Router();\nrouter.get("/old", h);\nmodule.exports = router;',
    })  # fmt: skip
    assert {one.id: one.served for one in found.values()} == {"GET /x": True, "GET /old": False}


def test_settings_static_files_and_options_are_no_routes():
    found = routes(
        HEAD
        + 'app.use(express.static("public"));\napp.get("port");\napp.options("*", cors());\napp.get("/x", h);'
    )
    assert list(found) == ["GET /x"]


def test_tests_make_no_applications():
    assert read({"tests/app.test.js": HEAD + 'app.get("/x", h);'}).routes == ()


def test_the_stack_is_shown():
    (app,) = read(HEAD + 'app.get("/x", h);').apps
    assert (app.name, app.framework, app.version, app.entry.line) == ("shop", "express", "^4.19.2", 4)


def test_another_package_that_adds_routes_is_named():
    found = read(HEAD + 'require("some-rest")(app);\napp.get("/x", h);')
    assert any("hands the application to" in problem for problem in found.problems)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "app" + '.use("/a", h)' * 3000 + ";",
        HEAD + "f(" * 2000 + "app" + ")" * 2000,
        HEAD + "const f = () => f();\nf();\napp.use(f);",
        HEAD + "const a = express.Router(); a.use(a); app.use(a);",
        HEAD + "function g(n) { app.get('/' + n, h); g(n + 1); g(n + 2); }\ng(1);",
        "const express = require('express'); const app = express(",
    ],
)
def test_hostile_code_ends(text):
    read(text)


def test_resources_of_finale_are_routes_behind_what_stands_before_them():
    found = routes(
        HEAD
        + """
const finale = require("finale-rest");
app.post("/api/Items", requireUser);
finale.initialize({ app, sequelize });
for (const name of ["Item"]) {
  finale.resource({ model, endpoints: [`/api/${name}s`, `/api/${name}s/:id`], actions: ["list", "create", "read"] });
}
"""
    )
    assert {key: one.access.value for key, one in found.items()} == {
        "GET /api/Items": "none",
        "POST /api/Items": "member",
        "GET /api/Items/{id}": "none",
    }


def test_a_start_script_elsewhere_makes_the_application():
    found = routes({
        "src/app.ts": """
import express from "express";
export class App { private app = express();
  constructor(routes: Routes[]) { routes.forEach((one) => this.app.use("/api", one.router)); }
}
""",
        "src/users.route.ts": """
import { Router } from "express";
export class UserRoute { public path = "/users"; public router = Router();
  constructor() { this.router.get(`${this.path}/:id`, (req, res) => res.json([])); }
}
""",
        "src/server.ts": """
import { App } from "@/app";
import { UserRoute } from "./users.route";
new App([new UserRoute()]);
""",
        "tsconfig.json": '{"compilerOptions": {"baseUrl": "src", "paths": {"@/*": ["*"]}}}',
    })  # fmt: skip
    assert list(found) == ["GET /api/users/{id}"]

"""What a name in a module stands for, across modules of all kinds."""

import json

import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.script.nodes import base_class, class_members, enum_members, parse_script
from launchready.source.script.project import Defined, Outside, ScriptProject, Whole


def project(texts):
    files = code_files(texts)
    return ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS))


def meaning(texts, name, near="main.ts"):
    """`path:text` of what is defined, `package:name` of what is not, `path` of a whole module, None for nothing."""
    held = project(texts)
    match held.meaning(held.module(near), name):
        case Defined(module=module, node=node):
            return f"{module.path}:{node.text()}"
        case Outside(package=package, name=outer):
            return f"{package}:{outer}"
        case Whole(module=module):
            return module.path
        case None:
            return None


USERS = {"users.ts": "export const list = 1;\nexport default 2;\nexport function make() { return 3 }"}


@pytest.mark.parametrize(
    ("statement", "name", "expected"),
    [
        ("import { list } from './users'", "list", "users.ts:1"),
        ("import { list as all } from './users'", "all", "users.ts:1"),
        ("import users from './users'", "users", "users.ts:2"),
        ("import * as users from './users'", "users", "users.ts"),
        ("import * as users from './users'", "users.list", "users.ts:1"),
        ("import users, { list } from './users'", "list", "users.ts:1"),
        ("import { make } from './users.js'", "make", "users.ts:function make() { return 3 }"),
        ("import users = require('./users')", "users.list", "users.ts:1"),
        ("import { nothing } from './users'", "nothing", None),
        ("import { list } from './gone'", "list", None),
        ("import express, { Router } from 'express'", "Router", "express:Router"),
        ("import express from 'express'", "express.Router", "express:Router"),
        ("import * as jwt from 'jsonwebtoken'", "jwt.verify", "jsonwebtoken:verify"),
        ("import { type Request } from 'express'", "Request", "express:Request"),
        ("const users = require('./users')", "users.list", "users.ts:1"),
        ("const { list } = require('./users')", "list", "users.ts:1"),
        ("const { list: all, make } = require('./users')", "all", "users.ts:1"),
        ("const { list = 4 } = require('./users')", "list", "users.ts:1"),
        ("const list = require('./users').list", "list", "users.ts:1"),
        ("const { list } = await import('./users')", "list", "users.ts:1"),
        ("let users; users = require('./users')", "users.list", "users.ts:1"),
        ("var express = require('express'), Router = express.Router", "Router", "main.ts:express.Router"),
        ("const own = 5", "own", "main.ts:5"),
        ("const { list } = users; import * as users from './users'", "list", "users.ts:1"),
        ("const { GET } = NextAuth(config)", "GET", "main.ts:NextAuth(config)"),
        ("function f(own) {}", "own", None),
    ],
)
def test_names_are_followed_through_imports(statement, name, expected):
    assert meaning({**USERS, "main.ts": statement}, name) == expected


@pytest.mark.parametrize(
    ("exporting", "name", "expected"),
    [
        ("module.exports = { a: 1 }", "x.a", "x.js:1"),
        ("const a = 1; module.exports = { a }", "x.a", "x.js:1"),
        ("module.exports.a = 1", "x.a", "x.js:1"),
        ("exports.a = 1", "x.a", "x.js:1"),
        ("exports.a = exports.b = 1", "x.b", "x.js:1"),
        ("exports = module.exports = { a: 1 }", "x.a", "x.js:1"),
        ("module.exports = function () {}", "x", "x.js:function () {}"),
        ("module.exports = require('./y')", "x.b", "y.js:2"),
        ("module.exports.b = require('./y').b", "x.b", "y.js:2"),
        ("module.exports = { ...require('./y'), a: 1 }", "x.a", "x.js:1"),
        ("const y = require('./y'); module.exports = { ...y, a: 1 }", "x.b", "y.js:2"),
        ("class A { a() {} }\nmodule.exports = new A()", "x.a", "x.js:a() {}"),
        ("exports.default = { a: 1 }", "x.a", "x.js:1"),
        ("module.exports = Object.freeze({ a: 1 })", "x.a", "x.js:1"),
    ],
)
def test_commonjs_exports_of_every_form(exporting, name, expected):
    texts = {"main.ts": "const x = require('./x')", "x.js": exporting, "y.js": "exports.b = 2"}
    assert meaning(texts, name) == expected


@pytest.mark.parametrize(
    ("exporting", "expected"),
    [
        ("export { a } from './y'", "y.ts:1"),
        ("export { b as a } from './y'", "y.ts:2"),
        ("export { default as a } from './y'", "y.ts:3"),
        ("export * from './y'", "y.ts:1"),
        ("export * as a from './y'", "y.ts"),
        ("import { a } from './y'; export { a }", "y.ts:1"),
        ("export { a }; const a = 5;", "x.ts:5"),
        ("export { c as a }; function c() {}", "x.ts:function c() {}"),
        ("export * from './z'; export * from './y'", "y.ts:1"),
        ("export const { a } = require('./y')", "y.ts:1"),
        ("export default { a: 6 }", "x.ts:6"),
        ("const held = { a: 6 }; export = held", "x.ts:6"),
    ],
)
def test_names_are_exported_again(exporting, expected):
    texts = {
        "main.ts": "import { a } from './x'",
        "x.ts": exporting,
        "y.ts": "export const a = 1, b = 2; export default 3",
        "z.ts": "export const other = 4",
    }
    assert meaning(texts, "a") == expected


def test_the_default_export_is_named_by_what_it_is():
    texts = {"main.ts": "import x from './x'", "x.ts": "const router = make(); export default router"}
    assert meaning(texts, "x") == "x.ts:make()"
    texts["x.ts"] = "export default class Users { list() {} }"
    assert meaning(texts, "x.list") == "x.ts:list() {}"


@pytest.mark.parametrize(
    ("near", "specifier", "path"),
    [
        ("app/main.ts", "./users", "app/users.ts"),
        ("app/main.ts", "./users.js", "app/users.ts"),
        ("app/main.ts", "./users.controller", "app/users.controller.ts"),
        ("app/main.ts", "../lib", "lib/index.ts"),
        ("app/main.ts", ".", "app/index.ts"),
        ("main.ts", ".", "index.tsx"),
        ("main.ts", "./app", "app/index.ts"),
        ("app/main.ts", "../../outside", None),
        ("app/main.ts", "users", None),
    ],
)
def test_specifiers_are_found_as_node_and_typescript_find_them(near, specifier, path):
    names = (
        "app/main.ts", "app/users.ts", "app/users.controller.ts", "app/index.ts", "lib/index.ts",
        "main.ts", "index.tsx",
    )  # fmt: skip
    assert project(dict.fromkeys(names, "")).find(specifier, near) == path


def test_aliases_of_tsconfig():
    base = {"compilerOptions": {"paths": {"~/*": ["./*"]}}}
    inner = {
        "extends": "../tsconfig.base.json",
        "compilerOptions": {
            "baseUrl": "./src",
            "paths": {"@/*": ["*"], "@/lib/*": ["library/*"], "db": ["data/db"]},
        },
    }
    held = project({
        "tsconfig.base.json": f"// shared\n{json.dumps(base)}",
        "web/tsconfig.json": json.dumps(inner)[:-1] + ", }",
        "web/src/users.ts": "",
        "web/src/library/x.ts": "",
        "web/src/data/db.ts": "",
        "root.ts": "",
        "web/src/pages/deep/a.ts": "",
    })  # fmt: skip
    near = "web/src/pages/deep/a.ts"
    assert held.find("@/users", near) == "web/src/users.ts"
    assert held.find("@/lib/x", near) == "web/src/library/x.ts"
    assert held.find("db", near) == "web/src/data/db.ts"
    assert held.find("users", near) == "web/src/users.ts"
    assert held.find("~/root", near) == "root.ts"
    assert held.find("express", near) is None
    assert held.find("@/users", "root.ts") is None


@pytest.mark.parametrize(
    "texts",
    [
        {"main.ts": "import { a } from './b'; export { a }", "b.ts": "export { a } from './main'"},
        {"main.ts": "export * from './b'; import { a } from './b'", "b.ts": "export * from './main'"},
        {"main.ts": "const a = b.x; const b = a.x"},
        {"main.ts": "const a = b, b = a"},
        {"main.ts": "const { a } = a"},
        {"main.ts": "const a = { ...b, ...b, ...b }; const b = { ...a, ...a, ...a };"},
        {"main.ts": "class a extends b {}\nclass b extends a {}"},
        {"main.ts": "const a = new b(), b = new a()"},
    ],
)
def test_circles_end(texts):
    held = project(texts)
    main = held.module("main.ts")
    for name in ("a", "a.x", "b.x", "a.x.y"):
        held.meaning(main, name)
        held.exported(main, name)
    for node in main.root.find_all(kind="identifier"):
        held.value(main, node)
        held.text(main, node)


def test_members_of_classes_enums_and_objects():
    texts = {
        "main.ts": (
            "import { Base } from './base'\n"
            "export abstract class Users<T> extends Base<T> implements Readable {\n"
            "  static key = 'k'\n  private readonly held: Map\n  list = async () => 1\n"
            "  @Get() find(id: string) {}\n}\n"
            "const users = new Users()\nenum Role { Admin = 'ADMIN', Member }\n"
        ),
        "base.ts": "export class Base { shared() {} }",
    }
    assert meaning(texts, "Users.find") == "main.ts:find(id: string) {}"
    assert meaning(texts, "users.list") == "main.ts:async () => 1"
    assert meaning(texts, "users.shared") == "base.ts:shared() {}"
    assert meaning(texts, "Users.key") == "main.ts:'k'"
    assert meaning(texts, "Role.Admin") == "main.ts:'ADMIN'"
    assert meaning(texts, "Users.nothing") is None


def test_classes_in_javascript_extend_too():
    root = parse_script("a.js", "class A extends B { x() {} #y = 1 }")
    node = root.find(kind="class_declaration")
    assert base_class(node).text() == "B"
    assert list(class_members(node)) == ["x", "#y"]
    assert base_class(parse_script("a.ts", "class A {}").find(kind="class_declaration")) is None


def test_members_of_an_enum_without_values():
    node = parse_script("a.ts", "enum A { B, /* two */ C = 2 }").find(kind="enum_declaration")
    assert list(enum_members(node)) == ["B", "C"]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'a'", "a"),
        ("`a${B}c`", "abc"),
        ("B + '/x'", "b/x"),
        ("(B as string)!", "b"),
        ("paths.users", "/users"),
        ("Role.Admin", "ADMIN"),
        ("1", "1"),
        ("process.env.X", None),
        ("`a${f()}`", None),
        ("unknown", None),
        ("B + f()", None),
    ],
)
def test_texts_that_are_always_the_same(expression, text):
    texts = {
        "main.ts": f"import {{ B, paths }} from './c'; enum Role {{ Admin = 'ADMIN' }}; const it = {expression}",
        "c.ts": "export const B = 'b'; export const paths = { users: '/users' } as const",
    }
    held = project(texts)
    main = held.module("main.ts")
    assert held.text(main, main.names["it"]) == text


def test_broken_files_are_passed_over_and_named():
    held = project({"main.ts": "import { a } from './b'", "b.ts": "}}}}{{{{ (((", "c.ts": ""})
    assert held.meaning(held.module("main.ts"), "a") is None
    assert held.module("gone.ts") is None
    assert [one.path for one in held.modules("import")] == ["main.ts"]


def test_the_nearest_package_json_counts():
    held = project(
        {"package.json": '{"name": "root"}', "app/package.json": '{"name": "app"}', "app/src/a.ts": ""}
    )
    assert held.package_json("app/src/a.ts")[0] == "app"
    assert held.package_json("b.ts") == ("", {"name": "root"})

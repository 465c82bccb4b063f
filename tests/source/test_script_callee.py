"""Which function a call means."""

import pytest

from launchready.source.code.facts import Call
from launchready.source.code.files import Language, code_files
from launchready.source.script.callee import script_callee
from launchready.source.script.facts.reading import script_facts
from launchready.source.script.project import ScriptProject


def callee(texts, function, called, path="main.ts"):
    files = code_files(texts)
    project = ScriptProject(files.of(Language.SCRIPT), files.of(Language.SETTINGS))
    facts = next(one for one in script_facts(files.by_path[path]).functions if one.name == function)
    assert called in {call.name for call in facts.calls}
    return script_callee(project, facts, Call(name=called, line=1))


SERVICE = {
    "users.service.ts": (
        "export class Base { shared() {} }\n"
        "export class UsersService extends Base { find() {} static make() {} list = async () => {}; }"
    )
}


@pytest.mark.parametrize(
    ("main", "function", "called", "expected"),
    [
        (
            "export class C { constructor(private readonly users: UsersService) {} get() { this.users.find() } }",
            "C.get", "this.users.find", "UsersService.find",
        ),
        (
            "export class C { constructor(@Inject(X) private users: UsersService) {} get() { this.users.shared() } }",
            "C.get", "this.users.shared", "Base.shared",
        ),
        (
            "export class C { private users = new UsersService(); get() { return this.users.list() } }",
            "C.get", "this.users.list", "UsersService.list",
        ),
        (
            "export class C { @Inject() users: UsersService; get() { return this.users.find() } }",
            "C.get", "this.users.find", "UsersService.find",
        ),
        (
            "export class C { constructor(users: UsersService) { this.u = users } get() { this.u.find() } }",
            "C.get", "this.u.find", "UsersService.find",
        ),
        (
            "export class C { private u = inject(UsersService); get() { this.u.find() } }",
            "C.get", "this.u.find", "UsersService.find",
        ),
        ("const u = new UsersService(); function get() { u.find() }", "get", "u.find", "UsersService.find"),
        ("function get() { const u = new UsersService(); u.find() }", "get", "u.find", "UsersService.find"),
        ("function get(u: UsersService) { u.find() }", "get", "u.find", "UsersService.find"),
        ("function get() { UsersService.make() }", "get", "UsersService.make", "UsersService.make"),
    ],
)  # fmt: skip
def test_methods_are_found_through_what_holds_the_class(main, function, called, expected):
    texts = {**SERVICE, "main.ts": f"import {{ UsersService }} from './users.service'\n{main}"}
    assert callee(texts, function, called) == ("users.service.ts", expected)


@pytest.mark.parametrize(
    ("main", "function", "called", "expected"),
    [
        ("class C { a() { this.b() } b() {} }", "C.a", "this.b", ("main.ts", "C.b")),
        ("class C { a() { [1].map(() => this.b()) } b() {} }", "C.a", "this.b", ("main.ts", "C.b")),
        ("class B { b() {} }\nclass C extends B { a() { super.b() } }", "C.a", "super.b", ("main.ts", "B.b")),
        ("function a() { inner(); function inner() {} }", "a", "inner", ("main.ts", "a.inner")),
        (
            "function a() { helper() }\nconst helper = wrap(async () => 1)",
            "a",
            "helper",
            ("main.ts", "helper"),
        ),
        ("function a() { s.get() }\nconst s = { get() {} }", "a", "s.get", ("main.ts", "s.get")),
        ("function a() { unknown() }", "a", "unknown", None),
        ("import x from 'pkg'\nfunction a() { x.get() }", "a", "x.get", None),
        (
            "class C { constructor(private r: Repository<User>) {} a() { this.r.find() } }",
            "C.a",
            "this.r.find",
            None,
        ),
        ("class C extends C { a() { this.gone() } }", "C.a", "this.gone", None),
    ],
)
def test_calls_inside_one_file(main, function, called, expected):
    assert callee({"main.ts": main}, function, called) == expected


def test_objects_of_functions_in_commonjs():
    texts = {
        "main.js": "const { userService } = require('./services')\n"
        "const get = catchAsync(async (req, res) => { await userService.find(req.params.id) })",
        "services/index.js": "module.exports.userService = require('./user.service')",
        "services/user.service.js": "const find = async (id) => id\nmodule.exports = { find }",
    }
    assert callee(texts, "get", "userService.find", "main.js") == ("services/user.service.js", "find")

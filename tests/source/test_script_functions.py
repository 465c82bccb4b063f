import pytest

from launchready.source.script.functions.finding import first_line, functions_in
from launchready.source.script.nodes import parse_script


def names(text, path="a.ts"):
    return [name for name, _ in functions_in(parse_script(path, text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("function a() { function b() {} }", ["a", "a.b"]),
        ("const a = (x) => x;", ["a"]),
        ("const a = wrap(async (req, res) => {});", ["a"]),
        ("exports.a = wrap(async (req, res) => {});", ["a"]),
        ("module.exports = (app) => { app.get('/', () => 1) };", ["default", "default.<anonymous>:1"]),
        ("export default async function (req) {}", ["default"]),
        ("class A { get() {} list = async () => {} }", ["A.get", "A.list"]),
        ("const users = { get() {}, list: () => 1, 'add': function () {} };", ["users.get", "users.list", "users.add"]),
        ("module.exports = { get() {}, list: () => 1 };", ["get", "list"]),
        ("router.get('/x',\n function named(req, res) {},\n (req, res) => {})", ["named", "<anonymous>:3"]),
        ("const auth = (role) => (req, res, next) => next();", ["auth", "auth.<anonymous>:1"]),
        ("const a = wrap(() => 1, () => 2);", ["a", "<anonymous>:1"]),
        ("const a = (async () => 1) as Handler;", ["a"]),
    ],
)  # fmt: skip
def test_names_say_where_a_function_stands(text, expected):
    assert names(text) == expected


def test_a_method_begins_with_its_first_decorator():
    text = "class A {\n  @Get()\n  // why\n  @UseGuards(G)\n  get() {}\n\n  list() {}\n}"
    found = {name: first_line(node) for name, node in functions_in(parse_script("a.ts", text))}
    assert found == {"A.get": 2, "A.list": 7}


def test_deep_nesting_ends():
    text = "const a = " + "f(" * 3000 + "() => 1" + ")" * 3000
    assert len(names(text)) == 1

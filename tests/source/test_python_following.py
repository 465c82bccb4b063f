"""Following code without running it: what it gives, and that nothing makes it go astray."""

import ast
import textwrap

import pytest

from launchready.source.code.files import Language, code_files
from launchready.source.python.callers.caller import Persona, RouteFacts, turned_away
from launchready.source.python.callers.run import CallerRun
from launchready.source.python.fastapi.reader import read_fastapi
from launchready.source.python.flask.reader import read_flask
from launchready.source.python.project import PythonProject
from launchready.source.python.wiring.program import Wiring, is_test
from launchready.source.python.wiring.values import Known, Made, texts_of


def wired(files):
    if isinstance(files, str):
        files = {"m.py": files}
    texts = {path: "# shop\n" + textwrap.dedent(text) for path, text in files.items()}
    wiring = Wiring(PythonProject(code_files(texts).of(Language.PYTHON)), ("shop",), frozenset({"add"}))
    wiring.follow(lambda text: "first" in text)
    return wiring


def value(text, name="x", **files):
    wiring = wired({"m.py": text, **{f"{key}.py": held for key, held in files.items()}})
    return wiring.global_value(wiring.project.module("m.py"), name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('x = "a" + "b"', "ab"),
        ('y = "b"\nx = f"a{y}"', "ab"),
        ('x = "a/%s/%d" % ("b", 1)', "a/b/1"),
        ('x = "{}/{b}".format("a", b="c")', "a/c"),
        ('x = "/".join(["a", "b"])', "a/b"),
        ('x = ["a", "b"][1]', "b"),
        ('x = {"a": "b"}["a"]', "b"),
        ('x = {"a": "b"}.get("c", "d")', "d"),
        ('x = "a" if True else "b"', "a"),
        ('x = None or "a"', "a"),
        ('x = [y.upper() for y in ["a"]][0]', "A"),
        ('import os\nx = os.environ.get("X", "a")', "a"),
        ('def f(y, z="c"):\n    return y + z\nx = f("a")', "ac"),
        ('def f(*parts, **more):\n    return parts[0] + more["z"]\nx = f("a", z="b")', "ab"),
        ('class C:\n    y = "a"\nx = C.y', "a"),
        ('class B:\n    y = "a"\nclass C(B):\n    def f(self):\n        return self.y\nx = C().f()', "a"),
        ('class C:\n    def __init__(self, y):\n        self.y = y\nx = C("a").y', "a"),
        ('class C:\n    @property\n    def y(self):\n        return "a"\nx = C().y', "a"),
        ('from enum import Enum\nclass E(Enum):\n    A = "a"\nx = E.A.value', "a"),
        ('x = "a"\nx += "b"', "ab"),
        ('for x in ["a", "b"]:\n    pass', "b"),
        ('try:\n    import gone\n    x = "a"\nexcept ImportError:\n    x = "b"', "a"),
        ('if somebody():\n    x = "a"\nelse:\n    x = "a"', "a"),
        ('x = (y := "a")', "a"),
    ],
)
def test_constants(text, expected):
    held = value(text)
    assert isinstance(held, Known)
    assert held.value == expected


@pytest.mark.parametrize(
    "text", ["x = somebody()", "x = 1 / 0", 'x = "{0.__class__}".format(1)', "x = x", "x = [][5]"]
)
def test_what_is_not_constant(text):
    assert not isinstance(value(text), Known)


def test_values_of_other_modules():
    assert value("from a import y\nx = y", a='y = "a"').value == "a"
    assert value("from a import *\nx = y", a='y = "a"').value == "a"
    assert value("import a\nx = a.y", a='y = "a"').value == "a"
    assert value("from a import y\nx = y\nz = 1", a='from m import z\ny = "a"').value == "a"


def test_events_in_their_order():
    wiring = wired(
        """
        from somewhere import Thing
        thing = Thing("t")
        def register(thing, names):
            for name in names:
                thing.add(name)
        register(thing, ["a", "b"])
        @thing.add("c")
        def f(): ...
        """
    )
    assert [texts_of(event.given.arguments[0]) for event in wiring.events] == [["a"], ["b"], ["c"]]
    assert [event.decorated.name if event.decorated else None for event in wiring.events] == [None, None, "f"]
    assert {id(wiring.settled(event.receiver)) for event in wiring.events} == {id(wiring.made[0])}


def test_what_stands_under_a_condition():
    wiring = wired(
        """
        from somewhere import Thing, mode
        thing = Thing()
        if mode() == "x":
            thing.add("a")
        else:
            thing.add("b")
        if False:
            thing.add("c")
        """
    )
    assert [event.conditions for event in wiring.events] == [("mode() == 'x'",), ("not (mode() == 'x')",)]


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return f()\nx = f()",
        "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nx = f(1)",
        "class A(A): ...\nx = A()",
        "x = []\nx.append(x)\ny = [z for z in x for w in x]",
        "while True:\n    x = 1",
        "x = " + "[" * 60 + "]" * 60,
        "x = " + " + ".join(["1"] * 3_000),
        "x = " + "f(" * 80 + ")" * 80,
        "for a in range(10**9):\n    x = a",
        "x = 'a' * 10**9",
        "x = ['a'] * 10\n" + "x = x + x\n" * 60,
        "x = 'a'\n" + "x = x + x\n" * 60,
        "@x\n@x\ndef x(x=x): return x",
        "from m import x",
        "from . import m\nx = m.m.m.x",
        "global x\ndel x\nx: int",
        "match x:\n    case {'a': y}: x = y",
        "lambda: (yield)",
    ],
)
def test_nothing_makes_it_go_astray(text):
    # Names of frameworks, so that it is followed
    source = f"import flask, fastapi\napp = flask.Flask(__name__)\napi = fastapi.FastAPI()\n{text}\n"
    project = PythonProject(code_files({"m.py": source}).of(Language.PYTHON))
    assert read_flask(project).routes == ()
    assert read_fastapi(project).routes == ()


def test_tests_are_told_by_their_place():
    assert is_test("app/tests/test_x.py")
    assert is_test("conftest.py")
    assert not is_test("app/testimonials.py")


# ------------------------------------------------------------------------------------------------ callers


def outcomes(text, route=None):
    wiring = wired("from starlette.requests import Request\n" + textwrap.dedent(text))
    module = wiring.project.module("m.py")
    function = wiring.global_value(module, "guard")
    request = Made("starlette.requests.Request", ast.Pass(), module)
    return {
        persona: CallerRun(wiring, persona, route or RouteFacts(path="/x"), {}).dependency(
            function, {"request": request}
        )
        for persona in Persona
    }


@pytest.mark.parametrize(
    ("body", "anonymous", "member"),
    [
        # refused statuses of an anonymous caller, and whether a member may pass
        ('if "id" not in request.session: raise Forbidden()', [403], True),
        ('if request.headers.get("X-Page"): raise Forbidden()', [], True),
        ("if not request.user.is_authenticated:\n    raise Unauthorized()", [401], True),
        ("raise Unauthorized()", [401], False),
        ("try:\n    helper(request)\nexcept Unauthorized:\n    return None", [], True),
        ("try:\n    helper(request)\nexcept KeyError:\n    return None", [401], True),
        ("helper(request)", [401], True),
        ("for key in ['a', 'b']:\n    if key == 'b': raise Unauthorized()", [401], False),
        (
            'token = request.cookies.get("token")\nif token is None: return None\nraise Unauthorized()',
            [],
            False,
        ),
    ],
)
def test_what_becomes_of_callers(body, anonymous, member):
    text = (
        "from werkzeug.exceptions import Forbidden, Unauthorized\n"
        "def helper(request):\n"
        '    if not request.headers.get("Authorization"):\n'
        "        raise Unauthorized()\n"
        "def guard(request):\n" + textwrap.indent(body, "    ") + "\n"
    )
    found = outcomes(text)
    assert [one.status for one in turned_away(found[Persona.ANONYMOUS])] == anonymous
    assert bool(found[Persona.MEMBER].passages) is member


def test_a_route_is_asked_only_where_it_decides():
    text = """
    def guard(request):
        log(request.url.path)
        if request.url.path in ["/open"]:
            return
        raise PermissionError
    """
    found = outcomes(text, RouteFacts(path="/open"))[Persona.ANONYMOUS]
    assert found.asked_route
    assert len(found.passages) == 1
    assert not outcomes("def guard(request):\n    log(request.url.path)\n")[Persona.ANONYMOUS].asked_route

"""How a program puts itself together: its modules and factories followed, without running.

What frameworks are told (`app.include_router(…)`, `@app.route(…)`) is written down as events, in the order in which it
would happen.
"""

import ast
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager

from launchready.source.python.project import PythonModule, PythonProject
from launchready.source.python.wiring.statements import Statements
from launchready.source.python.wiring.values import (
    NOTHING,
    Applied,
    ClassValue,
    Event,
    Frame,
    FunctionValue,
    Given,
    Instance,
    Items,
    Known,
    Made,
    Member,
    OutsideValue,
    Table,
    Taint,
    Unknown,
    Value,
    outside_names,
    taint_of,
)

_DEEPEST_CALL = 14
_MOST_EVENTS = 60_000
_SMALL = 6  # statements of a function that is followed wherever it stands
_TEST_FOLDERS = frozenset({"tests", "test", "testing", "__tests__"})
_TEST_NAMES = frozenset({"test.py", "tests.py"})


def is_test(path: str) -> bool:
    """Whether a file belongs to the tests of the repository."""
    *folders, name = path.lower().split("/")
    if _TEST_FOLDERS & set(folders) or name in _TEST_NAMES:
        return True
    return name.startswith(("test_", "conftest")) or name.endswith("_test.py")


class Wiring(Statements):
    """Follows all modules that have a word of a framework, then factories that nothing calls.

    `methods` are the names of the methods whose calls are events.
    """

    def __init__(self, project: PythonProject, words: Iterable[str], methods: frozenset[str]) -> None:
        super().__init__(project)
        self.words = tuple(words)
        self.methods = methods
        self.events: list[Event] = []
        self.made: list[Made | Instance] = []
        self._frames: dict[str, Frame] = {}
        self._followed: set[str] = set()
        self._relevant: dict[str, bool] = {}
        self._active: list[int] = []
        self._ran: set[int] = set()
        self._eager = False
        self.memo: dict[Hashable, object] = {}  # what those who ask found out about functions
        names = "|".join(sorted(methods))
        telling = "|".join(sorted(name for name in methods if "_" in name))
        self._used = re.compile(
            rf"^[ \t]*@[\w.]+\.(?:{names})\b|\.(?:{telling})\(|^def \w+\((?:app|application)\b", re.MULTILINE
        )

    # ------------------------------------------------------------------------------------------- whole

    def follow(self, is_first: Callable[[str], bool]) -> None:
        """Follow every module with a word of the framework; those whose text `is_first` come first."""
        texts = self.project.files
        if not any(word in held.text for held in texts.values() for word in self.words):
            return
        paths = [path for path in sorted(texts) if not is_test(path) and self._tells(path)]
        for path in sorted(paths, key=lambda one: not is_first(texts[one].text)):
            module = self.project.module(path)
            if module is not None:
                self.namespace(module)

    def follow_uncalled(
        self, is_wanted: Callable[[FunctionValue], bool], given: Callable[[FunctionValue], dict[str, Value]]
    ) -> None:
        """Follow functions that nothing has called, if they are wanted, with parameters `given` by name."""
        for path in sorted(self._followed):
            module = self.project.module(path)
            if module is None or not self.is_relevant(module) or is_test(path):
                continue
            for function in list(_functions(self._frames[path])):
                if id(function.node) not in self._ran and is_wanted(function):
                    self.run(function, Given(function.node, function.frame, (), given(function)))

    @property
    def is_empty(self) -> bool:
        """Whether no module has to do with the framework."""
        return not self._followed

    def has_run(self, function: FunctionValue) -> bool:
        """Whether a function was followed."""
        return id(function.node) in self._ran

    def is_relevant(self, module: PythonModule) -> bool:
        """Whether a module has a word of the framework, or uses something of another module as the framework's."""
        return self._tells(module.path)

    def _tells(self, path: str) -> bool:
        if path not in self._relevant:
            text = self.project.files[path].text
            named = any(word in text for word in self.words)
            self._relevant[path] = named or bool(self._used.search(text))
        return self._relevant[path]

    # ------------------------------------------------------------------------------------- evaluation

    def namespace(self, module: PythonModule) -> Frame:
        """The top-level names of a module; it is followed when it is first asked for."""
        frame = self._frames.get(module.path)
        if frame is None:
            frame = Frame(module=module)
            self._frames[module.path] = frame
            with self._aside():
                self.block(module.tree.body, frame)
            self._followed.add(module.path)
        return frame

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """What is followed on the way stands under no condition of the place that asks."""
        conditions, depth = self.conditions, self.depth
        self.conditions, self.depth = [], 0
        try:
            yield
        finally:
            self.conditions, self.depth = conditions, depth

    def is_followed(self, module: PythonModule) -> bool:
        """Whether the end of the module was reached."""
        return module.path in self._followed

    def body_of(self, cls: ClassValue) -> Frame:
        """The names that a class's body binds."""
        if cls.body is None:
            cls.body = Frame(
                module=cls.module, outer=cls.frame, prefix=f"{cls.name}.", owner=cls, is_class=True
            )
            with self._aside():
                self.block(cls.node.body, cls.body)
        return cls.body

    def call_now(self, called: Value, given: Given) -> Value:
        """What a call gives, followed wherever the function stands."""
        eager, self._eager = self._eager, True
        try:
            with self._aside():
                return self.apply(called, given)
        finally:
            self._eager = eager

    def run(self, function: FunctionValue, given: Given) -> Value:
        """Follow a function of the repository if it can have to do with the framework, or is small."""
        marker = id(function.node)
        node = function.node
        recursive = self._active.count(marker) > 1
        if len(self._active) >= _DEEPEST_CALL or recursive or not self._is_wanted(function, given):
            return self._declared(function, given.taint)
        self._ran.add(marker)
        frame = self.bound_frame(function, given)
        if isinstance(node, ast.Lambda):
            return self.evaluate(node.body, frame)
        self._active.append(marker)
        depth, self.depth = self.depth, 0
        try:
            self.block(node.body, frame)
        finally:
            self._active.pop()
            self.depth = depth
        return self._returned(function, frame)

    def _is_wanted(self, function: FunctionValue, given: Given) -> bool:
        if self._eager or isinstance(function.node, ast.Lambda) or len(function.node.body) <= _SMALL:
            return True
        if self.is_relevant(function.module) or isinstance(function.bound, Instance):
            return True
        return any(isinstance(one, Made | Instance) for one in (*given.arguments, *given.keywords.values()))

    def _declared(self, function: FunctionValue, taint: Taint) -> Value:
        """What a function that is not followed says that it gives."""
        returns = None if isinstance(function.node, ast.Lambda) else function.node.returns
        held = self.evaluate(returns, function.frame)
        if isinstance(held, ClassValue):
            return Instance(held, function.node, function.module)
        return Unknown(about=taint, code=f"{function.short}()")

    def _returned(self, function: FunctionValue, frame: Frame) -> Value:
        """The value that is returned with the least doubt; what the function declares where that tells nothing."""
        known = [(doubt, value) for doubt, value in frame.returns if not _is_empty(value)]
        if not known and all(isinstance(value, Known) for _, value in frame.returns):
            known = frame.returns
        if known:
            return min(known, key=lambda each: each[0])[1]
        return self._declared(function, taint_of(*(value for _, value in frame.returns)))

    def bound_frame(self, function: FunctionValue, given: Given) -> Frame:
        """A frame with the parameters of a function bound."""
        frame = Frame(
            module=function.module, outer=function.frame, prefix=f"{function.name}.", owner=function.owner
        )
        signature = function.node.args
        names = [each.arg for each in (*signature.posonlyargs, *signature.args)]
        values = (function.bound, *given.arguments) if function.bound is not None else given.arguments
        left = dict(given.keywords)
        defaults: dict[str, ast.expr | None] = dict(zip(names[::-1], signature.defaults[::-1], strict=False))
        only = zip(signature.kwonlyargs, signature.kw_defaults, strict=True)
        defaults |= {each.arg: default for each, default in only}
        frame.names |= dict(zip(names, values, strict=False))
        for name in (*names[len(values) :], *(each.arg for each in signature.kwonlyargs)):
            frame.names[name] = left.pop(name) if name in left else self._default(defaults, name, function)
        if signature.vararg is not None:
            frame.names[signature.vararg.arg] = Items(list(values[len(names) :]))
        if signature.kwarg is not None:
            entries: dict[object, Value] = {}
            entries.update(left)
            frame.names[signature.kwarg.arg] = Table(entries)
        return frame

    def _default(self, defaults: dict[str, ast.expr | None], name: str, function: FunctionValue) -> Value:
        node = defaults.get(name)
        return self.evaluate(node, function.frame) if node is not None else NOTHING

    def outside(self, called: Value, given: Given) -> Value:
        """Write down what frameworks are told; the result is a made thing."""
        match called:
            case Member(of=of, name=name):
                if name in self.methods:
                    self._event(called, given)
                return given.made(next(outside_names(called), name), of)
            case OutsideValue(name=name):
                made = given.made(name)
                self.made.append(made)
                return made
            case Made(receiver=receiver, what=what) if receiver is not None and given.arguments:
                # A decorator that is called: `app.get("/x")(handler)`
                method, handler = what.rpartition(".")[2], given.arguments[0]
                if method in self.methods and isinstance(handler, FunctionValue | ClassValue):
                    inner = Given(called.node, given.frame, called.arguments, called.keywords)
                    self._event(Member(receiver, method), inner, handler)
                    return handler
                return given.made("", called)
            case _:
                return given.made("", called)

    def instantiate(self, cls: ClassValue, given: Given) -> Value:
        """An instance; kept where a framework may ask for it."""
        held = super().instantiate(cls, given)
        if isinstance(held, Instance) and held.made is not None:
            self.made.append(held)
        return held

    def _event(
        self, called: Member, given: Given, decorated: FunctionValue | ClassValue | None = None
    ) -> None:
        if len(self.events) < _MOST_EVENTS:
            self.events.append(Event(called.of, called.name, given, decorated, tuple(self.conditions)))

    # -------------------------------------------------------------------------------------- decorators

    def decorated(
        self, made: FunctionValue | ClassValue, decorator: ast.expr, frame: Frame
    ) -> FunctionValue | ClassValue:
        """Lay a decorator on: it is an event where it is a framework's method, else a link of the chain."""
        call = decorator if isinstance(decorator, ast.Call) else None
        value = self.evaluate(call.func if call is not None else decorator, frame)
        given = self.given(call, frame) if call is not None else Given(decorator, frame)
        if (
            isinstance(value, Member)
            and value.name in self.methods
            and not isinstance(value.of, Known | Items)
        ):
            self._event(value, given, made)
            return made
        applied: Value = value
        if call is not None:
            applied = given.made(next(outside_names(value), ""), value)
            if isinstance(value, FunctionValue | ClassValue) and self._registers(value):
                applied = self.apply(value, given)
        if isinstance(applied, FunctionValue) and self._registers(applied):
            self.run(applied, Given(decorator, frame, (made,)))
        link = Applied(value=applied, node=decorator, module=frame.module)
        if isinstance(made, ClassValue):
            made.decorators = (*made.decorators, link)
            return made
        return FunctionValue(
            made.module, made.node, made.name, made.frame, (*made.decorators, link), made.bound, made.owner
        )

    def _registers(self, value: FunctionValue | ClassValue) -> bool:
        """Whether a decorator of the repository may register what it decorates."""
        first, last = value.node.lineno, value.node.end_lineno or value.node.lineno
        text = "\n".join(value.module.lines[first - 1 : last])
        return any(
            f".{name}(" in text for name in self.methods if name.startswith(("add_", "route", "api_route"))
        )


def _functions(frame: Frame) -> Iterator[FunctionValue]:
    """Functions and methods at the top level of a module."""
    for value in list(frame.names.values()):
        if isinstance(value, FunctionValue) and value.module is frame.module and value.bound is None:
            yield value
        elif isinstance(value, ClassValue) and value.module is frame.module and value.body is not None:
            yield from (one for one in value.body.names.values() if isinstance(one, FunctionValue))


def _is_empty(value: Value) -> bool:
    return isinstance(value, Unknown) or (isinstance(value, Known) and value.value is None)

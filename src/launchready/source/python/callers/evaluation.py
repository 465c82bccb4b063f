"""Expressions before a handler, as they come out for one caller: what sessions, tokens and packages tell."""

import ast
import re
from collections.abc import Mapping

from launchready.source.python.callers.caller import Passage, Persona, RouteFacts
from launchready.source.python.callers.sources import (
    CALLER,
    ROUTE,
    SETTING,
    asked,
    asks_caller,
    is_callers,
    is_container,
    is_session,
    is_setting,
    looked_up,
    of_route,
    told,
)
from launchready.source.python.callers.statements import CallerStatements
from launchready.source.python.callers.statuses import (
    answered_status,
    is_redirect,
    leads_to_login,
    number_of,
)
from launchready.source.python.project import PythonModule
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    NONE,
    NOTHING,
    About,
    ClassValue,
    Frame,
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
    about,
    outside_names,
    text_of,
    truth_of,
    with_about,
)

HANDLER = "launchready.handler"  # what a guard stands before: calling it lets the caller through
ANSWER = "launchready.answer"
TURNED_AWAY = frozenset({401, 403})
OPAQUE: Taint = frozenset({About.OPAQUE})
_CHANGES = frozenset({"append", "add", "insert", "extend", "update", "pop", "setdefault", "remove", "clear"})
_LIBRARY = ("os.", "time.", "datetime.", "random.", "re.", "json.", "logging.", "uuid.", "math.", "typing.")
_ASGI_ARGUMENTS = 3


# Flask's handler of the route at hand: `current_app.view_functions[request.endpoint]`
_VIEW = re.compile(r"\.view_functions\.(?:get|__getitem__)$")


class CallerEvaluation(CallerStatements):
    """Follows expressions for one caller."""

    def __init__(
        self, wiring: Wiring, persona: Persona, route: RouteFacts, handlers: Mapping[str, int]
    ) -> None:
        super().__init__(wiring.project, handlers)
        self.wiring = wiring
        self.persona = persona
        self.route = route
        self._own: dict[int, Value] = {}

    def namespace(self, module: PythonModule) -> Frame:
        """The top-level names of a module."""
        return self.wiring.namespace(module)

    def is_followed(self, module: PythonModule) -> bool:
        """Whether the end of the module was reached."""
        return self.wiring.is_followed(module)

    def body_of(self, cls: ClassValue) -> Frame:
        """The names that a class's body binds."""
        return self.wiring.body_of(cls)

    def owns(self, value: Value) -> bool:
        """Whether a value was made on the way."""
        return id(value) in self._own

    def evaluate(self, node: ast.expr | None, frame: Frame) -> Value:
        """What an expression stands for, for this caller."""
        if (
            isinstance(node, ast.Compare)
            and len(node.ops) == 1
            and isinstance(node.ops[0], ast.In | ast.NotIn)
        ):
            held = self._containment(node, frame)
            if held is not None:
                return held
        value = super().evaluate(node, frame)
        if isinstance(node, ast.List | ast.Dict | ast.Set) or isinstance(value, Made):
            self._own[id(value)] = value
        return value

    def _containment(self, node: ast.Compare, frame: Frame) -> Value | None:
        """`"user_id" in session`: only a known caller has it there."""
        container = self.evaluate(node.comparators[0], frame)
        name = next(outside_names(container), "")
        key = text_of(self.evaluate(node.left, frame))
        if not name or key is None or not is_container(name):
            return None
        if not is_session(name) and not is_callers(key):
            return None
        self.touch(CALLER)
        held = (self.persona is Persona.MEMBER) is isinstance(node.ops[0], ast.In)
        # A member may bring a token elsewhere: only what is missing is sure
        return Known(value=held, about=CALLER) if self.persona is Persona.ANONYMOUS else Unknown(about=CALLER)

    def lookup(self, name: str, frame: Frame) -> Value:
        """What a name stands for, for this caller."""
        return self._as_told(super().lookup(name, frame))

    def attribute(self, held: Value, name: str, node: ast.AST) -> Value:
        """`held.name`, for this caller; of the handler itself, whether a decorator marked it so."""
        if isinstance(held, Made) and _VIEW.search(held.what):
            return Known(value=name in self.route.marks, about=ROUTE)
        return self._as_told(super().attribute(held, name, node))

    def _as_told(self, value: Value) -> Value:
        if not isinstance(value, OutsideValue | Member):
            return value
        name = next(outside_names(value), "")
        found = told(name, self.persona) if name else None
        if found is not None:
            self.touch(CALLER)
            return found
        found = of_route(name, self.route) if name else None
        if found is not None:
            return found
        return Unknown(about=SETTING, code=name) if name and is_setting(name) else value

    def item(self, held: Value, given: Given) -> Value:
        """`held[key]`, for this caller: `session["user_id"]`, `request.headers["Authorization"]`."""
        container = next(outside_names(held), "")
        key = text_of(given.arguments[0]) if given.arguments else None
        found = looked_up(container, key, self.persona) if key is not None and container else None
        if found is not None:
            self.touch(CALLER)
            return found
        made = super().item(held, given)
        return Unknown(about=about(held) | SETTING) if is_setting(container) else made

    def apply(self, called: Value, given: Given) -> Value:
        """What a call gives; what has no value for this caller raises an error."""
        match called:
            case Member(of=Known(value=None, about=taint)) if taint & CALLER:
                self.raised = True
                return NOTHING
            case Member(of=Items() | Table() as held, name=name) if name in _CHANGES and not self.owns(held):
                return Unknown(about=about(held) | given.taint)
            case Unknown(code=code):
                taint = about(called) | given.taint | OPAQUE
                return Unknown(
                    about=taint | CALLER if is_callers(code.rpartition(".")[2]) else taint, code=code
                )
            case _:
                return super().apply(called, given)

    def instantiate(self, cls: ClassValue, given: Given) -> Value:
        """An instance; of data about the caller only that is kept, that it is about the caller."""
        taint = given.taint
        if taint & CALLER and not any(name.endswith(("Exception", "Error")) for name in self.ancestors(cls)):
            return Unknown(about=taint, truth=True)
        return super().instantiate(cls, given)

    def begun(self, made: Instance) -> None:
        """An instance that is about to be initialized: it may be changed."""
        self._own[id(made)] = made

    # ------------------------------------------------------------------------------- what is not at hand

    def outside(self, called: Value, given: Given) -> Value:
        """What a call of a package's function gives this caller."""
        name = next(outside_names(called), "")
        if name.startswith(HANDLER) or any(_is_handler(each) for each in given.arguments):
            return self._passed(called, given)
        if isinstance(called, Made) and len(given.arguments) == _ASGI_ARGUMENTS:
            status = answered_status(self, called)
            if status in TURNED_AWAY and status is not None:
                self.refuse(status, given.node)
                return NONE
        known = self._known(name, given)
        if known is not None:
            return known
        last = name.rpartition(".")[2]
        taint = about(called) | given.taint
        if asks_caller(last):
            taint |= CALLER
        elif isinstance(called, OutsideValue) and not name.startswith(_LIBRARY):
            taint |= OPAQUE
        receiver = called.of if isinstance(called, Member) else called if isinstance(called, Made) else None
        made = given.made(name or "", receiver)
        made.about = taint
        return made

    def _passed(self, called: Value, given: Given) -> Value:
        """The handler is called, or handed to something that will call it."""
        handed = next((each for each in given.arguments if _is_handler(each)), None)
        if handed is not None and not next(outside_names(called), "").endswith(
            ("threadpool", "to_thread", "run")
        ):
            return handed
        self.outcome.passages.append(Passage(conditions=tuple(self.path), value=NOTHING))
        return Made(ANSWER, given.node, given.module)

    def _known(self, name: str, given: Given) -> Value | None:
        """Functions of packages that tell of the caller, or turn away."""
        container, _, last = name.rpartition(".")
        if last in {"get", "pop", "__getitem__", "getlist"} and given.arguments:
            key = text_of(given.arguments[0])
            held = looked_up(container, key, self.persona) if key is not None else None
            if held is not None:
                self.touch(CALLER)
                default = given.arguments[1] if len(given.arguments) > 1 else None
                absent = self.persona is Persona.ANONYMOUS and default is not None
                return with_about(default, CALLER) if absent and default is not None else held
        if last == "abort":
            return self._abort(given)
        if last in {"verify_jwt_in_request", "verify_fresh_jwt_in_request", "jwt_required"}:
            self.touch(CALLER)
            if truth_of(given.keywords.get("optional", NONE)) is False and self.persona is Persona.ANONYMOUS:
                self.refuse(401, given.node, ("NoAuthorizationError",))
                self.raised = True
            return NONE
        if any(_is_absent(each) for each in given.arguments):
            if "decode" in last:
                self.raised = True
                return NOTHING
            if not name.startswith("builtins."):
                return Known(value=None, about=CALLER)  # what is looked up by nothing is not found
        found = asked(name, self.persona)
        if found is None:
            found = told(name, self.persona)
        if found is not None:
            self.touch(CALLER)
        return found

    def _abort(self, given: Given) -> Value:
        first = given.argument(0, "code") or given.keywords.get("status_code") or NOTHING
        status = number_of(first) or answered_status(self, first)
        if status is None and is_redirect(first) and leads_to_login(first):
            status = 401
        if status is not None:
            self.refuse(status, given.node, ("HTTPException",))
        self.raised = True
        return NOTHING


def _is_handler(value: Value) -> bool:
    return isinstance(value, Made) and value.what == HANDLER


def _is_absent(value: Value) -> bool:
    return isinstance(value, Known) and not value.value and bool(value.about & CALLER)

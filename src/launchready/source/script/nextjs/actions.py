"""Server actions of Next.js: functions that browsers call by an id, at whatever address a page has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from launchready.model.source import SourceGuard
from launchready.source.script.binding import ScriptModule
from launchready.source.script.callers import Caller
from launchready.source.script.functions.finding import qualified_name
from launchready.source.script.nextjs.apps import NextApp
from launchready.source.script.nextjs.guards import Wrappers, guard_of, verdict
from launchready.source.script.nextjs.handlers import Handler, handler_of
from launchready.source.script.nextjs.inputs import InputReader, Inputs
from launchready.source.script.nextjs.packages import ActionClient
from launchready.source.script.nextjs.trial import Start, Trials
from launchready.source.script.nextjs.web import Served, Visit, WebInterpreter
from launchready.source.script.nodes import FUNCTIONS, string_value, unwrapped
from launchready.source.script.project import Defined, ScriptProject
from launchready.source.script.schemas import schema_of
from launchready.source.script.symbolic.scope import ExhaustedError, Thrown
from launchready.source.script.symbolic.values import Argument, Closure, Record, Site, Unknown, Value

_DIRECTIVE = "use server"
NOTE = "a server action: browsers call it by an id, it has no address of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A server action. `name` is the function's in its file."""

    handler: Handler
    name: str

    @property
    def place_name(self) -> str:
        """File and function, which stand in for an address."""
        return f"{self.handler.module.path}#{self.name}"


def actions_of(project: ScriptProject, app: NextApp) -> Iterator[Action]:
    """Exported functions of files that say so, and functions that say so themselves."""
    root = f"{app.root}/" if app.root else ""
    for path in sorted(project.files):
        if not path.startswith(root) or _DIRECTIVE not in project.files[path].text:
            continue
        module = project.module(path)
        if module is None:
            continue
        if _says_so(module.root):
            yield from _exported(project, module)
        else:
            yield from _inline(module)


def _exported(project: ScriptProject, module: ScriptModule) -> Iterator[Action]:
    for name in sorted(module.exports):
        held = project.exported(module, name)
        if not isinstance(held, Defined) or unwrapped(held.node).kind() not in {
            *FUNCTIONS,
            "call_expression",
        }:
            continue
        handler = handler_of(project, held)
        if handler is not None and handler.key is not None:
            yield Action(handler=handler, name=name)


def _inline(module: ScriptModule) -> Iterator[Action]:
    for found in module.root.find_all(kind="string"):
        if string_value(found) != _DIRECTIVE:
            continue
        for around in found.ancestors():
            if around.kind() in FUNCTIONS:
                body = around.field("body")
                if body is not None and _says_so(body):
                    yield Action(handler=Handler(module=module, node=around), name=qualified_name(around))
                break


def _says_so(node: SgNode) -> bool:
    """Whether a file or body begins with the directive."""
    for statement in node.named_children():
        if statement.kind() == "comment":
            continue
        inner = statement.named_children()
        if statement.kind() != "expression_statement" or not inner or inner[0].kind() != "string":
            return False
        if string_value(inner[0]) == _DIRECTIVE:
            return True
    return False


class ActionReader:
    """Guards and inputs of server actions."""

    def __init__(self, trials: Trials, wrappers: Wrappers, inputs: InputReader) -> None:
        self._trials = trials
        self._wrappers = wrappers
        self._inputs = inputs

    def guards(self, action: Action) -> tuple[SourceGuard, ...]:
        """What is used before the action by its client, or what is around it."""
        client = self._client(action.handler)
        if client is None:
            return self._wrappers.guards(action.handler, path="/", method="POST", pages=False)
        found: list[SourceGuard] = []
        for use in client.uses:
            nobody, member = (
                self._trials.trial(_led_in(use), caller=caller, path="/", method="POST")
                for caller in (Caller.NOBODY, Caller.MEMBER)
            )
            name = qualified_name(use.node).rpartition(".")[2]
            held = verdict(nobody, member, name)
            found.extend(guard_of(name, held, use.module.place(use.node)))
        return tuple(found)

    def inputs(self, action: Action) -> Inputs:
        """What an action takes: its arguments, checked by the client's schema or as they came."""
        found = self._inputs.action_inputs(action.handler)
        client = self._client(action.handler)
        if client is not None and client.schema is not None:
            found.schema = schema_of(client.schema)
            found.checked = True
        return found

    def _client(self, handler: Handler) -> ActionClient | None:
        """The client of `client.schema(…).action(async () => …)`."""
        wrapper = handler.wrappers[0] if handler.wrappers else None
        function = wrapper.call.field("function") if wrapper is not None else None
        owner = (
            function.field("object")
            if function is not None and function.kind() == "member_expression"
            else None
        )
        if wrapper is None or owner is None:
            return None
        with self._trials.quietly() as run:
            try:
                held = run.evaluate(owner, run.module(wrapper.module).scope)
            except (Thrown, ExhaustedError, RecursionError):
                return None
        return held if isinstance(held, ActionClient) else None


def _led_in(use: Closure) -> Start:
    def start(run: WebInterpreter, visit: Visit) -> Value:
        site = Site(module=use.module, node=use.node)
        given = Record(
            {"next": Served(visit), "ctx": Record(complete=False), "clientInput": Unknown(site)},
            complete=False,
        )
        return run.call(use, (Argument(value=given, site=site),), site)

    return start

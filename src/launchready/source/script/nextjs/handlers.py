"""What serves a route: the function inside the wrappers around it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from launchready.source.code.facts import Key
from launchready.source.script.binding import ScriptModule
from launchready.source.script.functions.finding import qualified_name
from launchready.source.script.nodes import FUNCTIONS, arguments_of, dotted_name, object_entries, unwrapped
from launchready.source.script.project import Defined, Meaning, Outside, ScriptProject, Whole

_DEEPEST = 12
_NAMES = frozenset({"identifier", "member_expression", "shorthand_property_identifier"})
# Options under which wrappers take the handler as one of several things
_HANDLER_KEYS = ("handler", "handle", "action", "run", "resolve", "execute")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """A call around a handler, in the module that it is written in. `inner` is the expression inside of it."""

    module: ScriptModule
    call: SgNode
    inner: SgNode

    @property
    def name(self) -> str:
        """What is called, as written."""
        return dotted_name(self.call) or "a wrapper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """The innermost function of a route, with the calls around it, outermost first.

    `node` is the expression where nothing more could be told; `package` then says from where it comes.
    """

    module: ScriptModule
    node: SgNode
    wrappers: tuple[Wrapper, ...] = ()
    package: str = ""

    @property
    def key(self) -> Key | None:
        """File and qualified name of the function; None where no function was found."""
        if self.node.kind() not in FUNCTIONS:
            return None
        return (self.module.path, qualified_name(self.node))

    @property
    def name(self) -> str:
        """The function's qualified name, or the expression."""
        key = self.key
        return key[1] if key is not None else dotted_name(self.node) or self.package or "unknown"


def handler_of(project: ScriptProject, held: Meaning) -> Handler | None:
    """The handler that a name stands for; None for what a package exports itself (`package` has no code here)."""
    match held:
        case Defined(module=module, node=node):
            return _resolved(project, Handler(module=module, node=node), 0)
        case Whole(module=module):
            inner = project.exported(module, "default")
            return handler_of(project, inner) if isinstance(inner, Defined) else None
        case Outside():
            return None


def handler_in(project: ScriptProject, module: ScriptModule, node: SgNode) -> Handler:
    """The handler that an expression stands for."""
    return _resolved(project, Handler(module=module, node=node), 0)


def _resolved(project: ScriptProject, held: Handler, depth: int) -> Handler:
    node = unwrapped(held.node)
    held = replace(held, node=node)
    kind = node.kind()
    if depth > _DEEPEST or kind in FUNCTIONS:
        return held
    if kind in _NAMES:
        return _named(project, held, depth)
    if kind == "call_expression":
        return _called(project, held, depth)
    return held


def _named(project: ScriptProject, held: Handler, depth: int) -> Handler:
    meaning = project.of(held.module, held.node)
    match meaning:
        case Defined(module=module, node=node) if unwrapped(node) != held.node:
            return _resolved(project, replace(held, module=module, node=node), depth + 1)
        case Outside(package=package):
            return replace(held, package=package)
        case _:
            return _member_of_made(project, held)


def _member_of_made(project: ScriptProject, held: Handler) -> Handler:
    """`handlers.GET` of `const { handlers } = NextAuth(…)`: what a package's function gave."""
    name = dotted_name(held.node)
    while name:
        name = name.rpartition(".")[0]
        meaning = project.meaning(held.module, name) if name else None
        if isinstance(meaning, Outside):
            return replace(held, package=meaning.package)
        if isinstance(meaning, Defined):
            return replace(held, package=_maker(project, meaning.module, meaning.node))
    return held


def _called(project: ScriptProject, held: Handler, depth: int) -> Handler:
    """A call: the function among its arguments is the handler, the call a wrapper around it."""
    inner = _handler_argument(project, held.module, held.node)
    if inner is not None:
        wrappers = (*held.wrappers, Wrapper(module=held.module, call=held.node, inner=inner))
        return _resolved(project, replace(held, node=inner, wrappers=wrappers), depth + 1)
    called = project.of(held.module, held.node)
    if isinstance(called, Defined) and called.node.kind() in FUNCTIONS:
        made = _returned_function(called.node)
        if made is not None:
            return replace(held, module=called.module, node=made)
    return replace(held, package=_maker(project, held.module, held.node))


def _handler_argument(project: ScriptProject, module: ScriptModule, call: SgNode) -> SgNode | None:
    given = list(_candidates(call))
    for one in given:
        if one.kind() in FUNCTIONS:
            return one
    for one in given:
        if one.kind() in _NAMES and _is_function(project, module, one):
            return one
        if one.kind() == "call_expression" and _handler_argument(project, module, one) is not None:
            return one
    return None


def _candidates(call: SgNode) -> Iterator[SgNode]:
    for one in map(unwrapped, arguments_of(call)):
        if one.kind() == "object":
            entries = dict(object_entries(one))
            yield from (unwrapped(entries[key]) for key in _HANDLER_KEYS if key in entries)
        else:
            yield one


def _is_function(project: ScriptProject, module: ScriptModule, node: SgNode) -> bool:
    meaning = project.of(module, node)
    if not isinstance(meaning, Defined):
        return False
    inner = unwrapped(meaning.node)
    return inner.kind() in FUNCTIONS or (
        inner.kind() == "call_expression" and _handler_argument(project, meaning.module, inner) is not None
    )


def _returned_function(function: SgNode) -> SgNode | None:
    """The function that a factory gives back."""
    body = function.field("body")
    if body is None:
        return None
    if body.kind() in FUNCTIONS:
        return body
    for statement in body.named_children():
        inner = statement.named_children() if statement.kind() == "return_statement" else []
        if inner and unwrapped(inner[0]).kind() in FUNCTIONS:
            return unwrapped(inner[0])
    return None


def _maker(project: ScriptProject, module: ScriptModule, node: SgNode) -> str:
    """The package whose function made a value; empty if it is not a package's."""
    for _ in range(_DEEPEST):
        node = unwrapped(node)
        if node.kind() not in {*_NAMES, "call_expression", "new_expression"}:
            return ""
        target = node.field("constructor") if node.kind() == "new_expression" else node
        meaning = project.of(module, target) if target is not None else None
        if isinstance(meaning, Outside):
            return meaning.package
        if not isinstance(meaning, Defined) or meaning.node == node:
            name = dotted_name(node).partition(".")[0]
            meaning = project.meaning(module, name) if name else None
            if isinstance(meaning, Outside):
                return meaning.package
            if not isinstance(meaning, Defined) or meaning.node == node:
                return ""
        module, node = meaning.module, meaning.node
    return ""

"""Which function of the repository a call in JavaScript or TypeScript means."""

from ast_grep_py import SgNode

from launchready.source.code.facts import Call, FunctionFacts, Key
from launchready.source.script.binding import ScriptModule
from launchready.source.script.bindings import parameters_of, pattern_of
from launchready.source.script.functions.finding import qualified_name
from launchready.source.script.nodes import (
    CLASSES,
    FUNCTIONS,
    arguments_of,
    base_class,
    class_members,
    dotted_name,
    unwrapped,
)
from launchready.source.script.project import Defined, Meaning, ScriptProject

_DEEPEST = 6  # classes that extend one another
# Containers that give an instance of the class that they are asked for
_MADE_BY = frozenset(
    {"Container.get", "container.get", "container.resolve", "inject", "Injector.get", "moduleRef.get"}
)


def script_callee(project: ScriptProject, facts: FunctionFacts, call: Call) -> Key | None:
    """File and qualified name of the called function; None when it is a package's or cannot be told."""
    module = project.module(facts.path)
    if module is None:
        return None
    first, _, rest = call.name.partition(".")
    if first in {"this", "super"}:
        return _of_this(project, module, facts, call.name)
    inner = _inner(module, facts, call.name)
    if inner is not None:
        return inner
    held = project.meaning(module, call.name)
    if held is None and rest:
        held = _of_local(project, module, facts, first, rest)
    return key_of(held) if held is not None else None


def key_of(held: Meaning) -> Key | None:
    """File and qualified name of the function that a name stands for, also through calls around it.

    None for what is no function: `wrap(async () => …)` is the function inside, a class or an object is none.
    """
    if not isinstance(held, Defined):
        return None
    function = function_in(held.node)
    return (held.module.path, qualified_name(function)) if function is not None else None


def function_in(node: SgNode) -> SgNode | None:
    """The function that a value is, or that the calls around it take: the first one among their arguments."""
    for _ in range(_DEEPEST):
        node = unwrapped(node)
        if node.kind() in FUNCTIONS:
            return node
        if node.kind() != "call_expression":
            return None
        given = [unwrapped(one) for one in arguments_of(node)]
        following = next((one for one in given if one.kind() in FUNCTIONS), None)
        if following is None:
            following = next((one for one in given if one.kind() == "call_expression"), None)
        if following is None:
            return None
        node = following
    return None


def _inner(module: ScriptModule, facts: FunctionFacts, name: str) -> Key | None:
    """A function that is declared inside of the calling one, or beside it in one around both."""
    if "." in name or name in module.names or name in module.imports:
        return None
    named = module.functions()
    prefix = facts.name
    while prefix:
        if f"{prefix}.{name}" in named:
            return (module.path, f"{prefix}.{name}")
        prefix = prefix.rpartition(".")[0]
    return None


# ------------------------------------------------------------------------------------------------ classes


def _of_this(project: ScriptProject, module: ScriptModule, facts: FunctionFacts, name: str) -> Key | None:
    """`this.find`, `this.users.find`: a method of the class itself, or of what one of its fields holds."""
    owner = _class_of(module, facts.name)
    if owner is None:
        return None
    _, _, rest = name.partition(".")
    field, _, method = rest.partition(".")
    if not method:
        held = Defined(module=module, node=owner, name="")
        if name.startswith("super."):
            return _inherited(project, held, field)
        return method_of(project, held, field)
    typed = field_class(project, Defined(module=module, node=owner, name=""), field)
    return method_of(project, typed, method) if typed is not None and "." not in method else None


def _class_of(module: ScriptModule, function: str) -> SgNode | None:
    """The class whose method a function is; None for others."""
    for part in reversed(function.split(".")[:-1]):
        held = module.names.get(part) or (module.exports.get("default") if part == "default" else None)
        if isinstance(held, SgNode) and held.kind() in CLASSES:
            return held
    default = module.exports.get("default")
    return default if isinstance(default, SgNode) and default.kind() in CLASSES else None


def method_of(project: ScriptProject, held: Defined, name: str) -> Key | None:
    """The method of a class, its own or inherited."""
    member = class_members(held.node).get(name)
    if member is not None:
        function = function_in(member)
        return (held.module.path, qualified_name(function)) if function is not None else None
    return _inherited(project, held, name)


def _inherited(project: ScriptProject, held: Defined, name: str, depth: int = 0) -> Key | None:
    base = base_class(held.node)
    above = project.of(held.module, base) if base is not None else None
    if not isinstance(above, Defined) or above.node.kind() not in CLASSES or depth > _DEEPEST:
        return None
    member = class_members(above.node).get(name)
    if member is None:
        return _inherited(project, above, name, depth + 1)
    function = function_in(member)
    return (above.module.path, qualified_name(function)) if function is not None else None


def field_class(project: ScriptProject, held: Defined, field: str, depth: int = 0) -> Defined | None:
    """The class of what a field holds: by a constructor parameter, its own type, or `new`; also an inherited field."""
    members = class_members(held.node)
    written = _injected(members.get("constructor"), field)
    member = members.get(field)
    if written is None and member is not None:
        written = _field_type(held.node, field) or _made(member)
    found = class_named(project, held.module, written) if written is not None else None
    if found is not None:
        return found
    base = base_class(held.node)
    above = project.of(held.module, base) if base is not None else None
    if isinstance(above, Defined) and above.node.kind() in CLASSES and depth < _DEEPEST:
        return field_class(project, above, field, depth + 1)
    return None


def class_named(project: ScriptProject, module: ScriptModule, name: str) -> Defined | None:
    """The class that a type's name stands for; None for interfaces and packages' classes."""
    held = project.meaning(module, name)
    if isinstance(held, Defined) and held.node.kind() in CLASSES:
        return held
    return None


def _injected(constructor: SgNode | None, field: str) -> str | None:
    """The type of the constructor's parameter that becomes a field: declared there, or assigned in the body."""
    if constructor is None:
        return None
    types: dict[str, str] = {}
    for parameter in parameters_of(constructor):
        name = pattern_of(parameter.node).text()
        written = type_name(
            parameter.node.field("type") if parameter.node.kind().endswith("_parameter") else None
        )
        if not written:
            continue
        types[name] = written
        if name == field:
            return written
    for one in constructor.find_all(kind="assignment_expression"):
        left, right = one.field("left"), one.field("right")
        if left is not None and right is not None and left.text() == f"this.{field}":
            return types.get(right.text()) or _made(right)
    return None


def _field_type(owner: SgNode, field: str) -> str | None:
    body = owner.field("body")
    for child in body.named_children() if body is not None else []:
        name = child.field("name")
        if child.kind() == "public_field_definition" and name is not None and name.text() == field:
            return type_name(child.field("type")) or None
    return None


def _made(value: SgNode) -> str | None:
    """The class of `new Users()`, `Container.get(Users)`, `inject(Users)`."""
    value = unwrapped(value)
    if value.kind() == "new_expression":
        made = value.field("constructor")
        return made.text() if made is not None else None
    if value.kind() == "call_expression":
        called = value.field("function")
        given = arguments_of(value)
        if (
            called is not None
            and given
            and dotted_name(called) in _MADE_BY
            and given[0].kind() == "identifier"
        ):
            return given[0].text()
    return None


def type_name(annotation: SgNode | None) -> str:
    """The name in a type annotation: `Users` of `: Users`, `: Users<T>`, `: Users | null`."""
    if annotation is None:
        return ""
    held = annotation.find(kind="type_identifier")
    return held.text() if held is not None else ""


def _of_local(
    project: ScriptProject, module: ScriptModule, facts: FunctionFacts, first: str, rest: str
) -> Meaning | None:
    """A method of what a local variable or a typed parameter of the calling function holds."""
    function = module.functions().get(facts.name)
    if "." in rest or function is None:
        return None
    for parameter in parameters_of(function):
        if pattern_of(parameter.node).text() == first and parameter.node.kind().endswith("_parameter"):
            return _class_member(project, module, type_name(parameter.node.field("type")), rest)
    for one in function.find_all(kind="variable_declarator"):
        bound, value = one.field("name"), one.field("value")
        if bound is not None and value is not None and bound.text() == first:
            made = _made(value)
            return _class_member(project, module, made, rest) if made else None
    return None


def _class_member(project: ScriptProject, module: ScriptModule, name: str, member: str) -> Meaning | None:
    held = class_named(project, module, name) if name else None
    if held is None:
        return None
    node = class_members(held.node).get(member)
    return Defined(module=held.module, node=node, name=member) if node is not None else None

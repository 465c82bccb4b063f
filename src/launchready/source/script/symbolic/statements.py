"""Statements: in order, both branches where a condition is not known, loops over what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from launchready.source.script.nodes import CLASSES, string_value
from launchready.source.script.symbolic import classes
from launchready.source.script.symbolic.operators import condition_of, equal
from launchready.source.script.symbolic.scope import Condition, Scope, Thrown
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    ClassValue,
    Closure,
    Constant,
    Items,
    Native,
    Record,
    Site,
    Unknown,
    Value,
    truth,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter

_CASES = frozenset({"switch_case", "switch_default"})
_MOST_TURNS = 300  # of one loop
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})


class Ended(IntEnum):
    """Whether, and how, what follows a statement is not reached. False where it is."""

    NO = 0
    BREAK = 1
    CONTINUE = 2
    LEFT = 3
    THROWN = 4


def execute_all(run: Interpreter, statements: Iterable[SgNode], scope: Scope) -> Ended:
    """Go through statements in order, functions declared first."""
    listed = list(statements)
    for statement in listed:
        declared = _declared(statement)
        if declared.kind() in _FUNCTIONS:
            _declare_function(run, declared, scope)
    for statement in listed:
        run.steps -= 1
        handler = _BY_KIND.get(statement.kind())
        ended = handler(run, statement, scope) if handler is not None else Ended.NO
        if ended:
            return ended
    return Ended.NO


def _declared(statement: SgNode) -> SgNode:
    if statement.kind() == "export_statement":
        return statement.field("declaration") or statement
    return statement


def _declare_function(_run: Interpreter, node: SgNode, scope: Scope) -> None:
    name = node.field("name")
    if name is not None:
        scope.names[name.text()] = Closure(node, scope)


def _execute(run: Interpreter, node: SgNode | None, scope: Scope) -> Ended:
    """One statement; a block has names of its own."""
    if node is None:
        return Ended.NO
    if node.kind() == "statement_block":
        return execute_all(run, node.children(), Scope(module=scope.module, parent=scope))
    return execute_all(run, [node], scope)


def _declaration(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    target = scope.function_scope() if node.kind() == "variable_declaration" else scope
    for one in node.named_children():
        name, value = one.field("name"), one.field("value")
        if name is None or one.kind() != "variable_declarator":
            continue
        run.bind(name, run.evaluate(value, scope) if value is not None else UNDEFINED, target)
    return Ended.NO


def _class(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    name = node.field("name")
    if name is not None:
        made = ClassValue(node, scope)
        scope.names[name.text()] = made  # for what its own static fields say of it
        declared = classes.declare(run, node, scope)
        made.base, made.statics = declared.base, declared.statics
    return Ended.NO


def _enum(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    name, body = node.field("name"), node.field("body")
    if name is None or body is None:
        return Ended.NO
    made = Record()
    following: int | None = 0
    for child in body.named_children():
        if child.kind() == "enum_assignment":
            key, value = child.field("name"), child.field("value")
            if key is None or value is None:
                continue
            held = run.evaluate(value, scope)
            number = held.value if isinstance(held, Constant) and isinstance(held.value, int) else None
            following = number + 1 if number is not None else None
            made.entries[run.key_name(key, scope)] = held
        elif child.kind() != "comment":
            key_text = string_value(child) if child.kind() == "string" else child.text()
            made.entries[key_text] = Constant(following) if following is not None else Unknown()
            following = following + 1 if following is not None else None
    scope.names[name.text()] = made
    return Ended.NO


def _expression(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    for child in node.named_children():
        if child.kind() != "comment":
            run.evaluate(child, scope)
    return Ended.THROWN if node.text().startswith("process.exit(") else Ended.NO


def _import(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    """`import "./routes"` is there for what the module does."""
    source = node.field("source")
    if source is not None and not any(child.kind() == "import_clause" for child in node.named_children()):
        run.required(scope.module, string_value(source))
    return Ended.NO


def _export(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    held = run.module(scope.module)
    is_default = any(child.kind() == "default" for child in node.children())
    declaration, value = node.field("declaration"), node.field("value")
    if declaration is not None:
        if declaration.kind() in CLASSES and declaration.field("name") is None:
            held.named["default"] = classes.declare(run, declaration, scope)
            return Ended.NO
        if declaration.kind() in _FUNCTIONS and declaration.field("name") is None:
            held.named["default"] = Closure(declaration, scope)
            return Ended.NO
        execute_all(run, [declaration], scope)
        name = declaration.field("name")
        if is_default and name is not None:
            held.aliases["default"] = name.text()
        return Ended.NO
    if value is not None:
        held.named["default"] = run.evaluate(value, scope)
        return Ended.NO
    if any(child.kind() == "=" for child in node.children()):  # export = x
        given = [child for child in node.named_children() if child.kind() != "comment"]
        holder = scope.names.get("module")
        if given and isinstance(holder, Record):
            holder.entries["exports"] = run.evaluate(given[0], scope)
        return Ended.NO
    if node.field("source") is None:
        for clause in node.named_children():
            for one in clause.named_children() if clause.kind() == "export_clause" else []:
                name, alias = one.field("name"), one.field("alias")
                if name is not None:
                    held.aliases[(alias or name).text()] = name.text()
    return Ended.NO


# ------------------------------------------------------------------------------------------- conditions


def _if(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    test = node.field("condition")
    one, clause = node.field("consequence"), node.field("alternative")
    other = next(iter(clause.named_children()), None) if clause is not None else None
    if test is None:
        return Ended.NO
    known = truth(run.evaluate(test, scope))
    if known is not None:
        return _execute(run, one if known else other, scope)
    first = condition_of(test, scope)
    second = condition_of(test, scope, negated=True)
    ended_one = _branch(run, first, one, scope)
    ended_other = _branch(run, second, other, scope)
    return _after(run, [(first, ended_one), (second, ended_other)])


def _branch(run: Interpreter, condition: Condition, node: SgNode | None, scope: Scope) -> Ended:
    """A branch that may be taken; what it throws may be thrown."""
    with run.branch(condition) as journal:
        try:
            ended = _execute(run, node, scope)
        except Thrown as thrown:
            run.frames[-1].thrown.append(thrown.value)
            ended = Ended.THROWN
        journal.close(goes_on=ended is Ended.NO)
        return ended


def _after(run: Interpreter, branches: list[tuple[Condition, Ended]]) -> Ended:
    """What follows branches: nothing if all end there; if some do, it is reached only under the others."""
    endings = [ended for _, ended in branches if ended]
    if len(endings) == len(branches):
        return min(endings)
    going_on = [condition for condition, ended in branches if not ended]
    # A setting that is missing ends the start of the program: what follows is no less certain for that
    if any(run.guarding or ended is not Ended.THROWN for ended in endings) and len(going_on) == 1:
        run.conditions = (*run.conditions, going_on[0])
    return Ended.NO


def _switch(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    body = node.field("body")
    inner = Scope(module=scope.module, parent=scope)
    value = node.field("value")
    held = run.evaluate(value, scope) if value is not None else UNDEFINED
    cases = [one for one in (body.named_children() if body is not None else []) if one.kind() in _CASES]
    chosen = _chosen(run, held, cases, inner)
    if chosen is not None:
        return _from_case(run, cases[chosen:], inner)
    endings: list[Ended] = []
    has_default = False
    for case in cases:
        has_default = has_default or case.kind() == "switch_default"
        label = case.field("value")
        statements = _statements_of(case)
        if not statements:
            continue
        with run.branch(condition_of(label or case, scope)) as journal:
            try:
                ended = execute_all(run, statements, inner)
            except Thrown as thrown:
                run.frames[-1].thrown.append(thrown.value)
                ended = Ended.THROWN
            endings.append(Ended.NO if ended is Ended.BREAK else ended)
            journal.close(goes_on=endings[-1] is Ended.NO)
    return min(endings) if has_default and endings and all(endings) else Ended.NO


def _statements_of(case: SgNode) -> list[SgNode]:
    label = case.field("value")
    return [child for child in case.named_children() if label is None or child != label]


def _chosen(run: Interpreter, value: Value, cases: list[SgNode], scope: Scope) -> int | None:
    """The case that a value leads to, `len(cases)` for none of them; None where that is not known."""
    default = len(cases)
    for place, case in enumerate(cases):
        label = case.field("value")
        if label is None:
            default = place
            continue
        same = equal(value, run.evaluate(label, scope))
        if same is None:
            return None
        if same:
            return place
    return default


def _from_case(run: Interpreter, cases: list[SgNode], scope: Scope) -> Ended:
    """A case and those that it falls through to."""
    for case in cases:
        ended = execute_all(run, _statements_of(case), scope)
        if ended:
            return Ended.NO if ended is Ended.BREAK else ended
    return Ended.NO


def _try(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    body, handler, last = node.field("body"), node.field("handler"), node.field("finalizer")
    frame = run.frames[-1]
    before, frame.thrown = frame.thrown, []
    conditions = run.conditions
    ended = Ended.NO
    try:
        ended = _execute(run, body, scope)
        doubtful, frame.thrown = frame.thrown, before
        if handler is not None and run.guarding:
            for value in doubtful[:1] or [Unknown(Site(module=scope.module, node=node))]:
                after, run.conditions = run.conditions, conditions
                caught = _caught(run, handler, value, scope, doubtful=True)
                run.conditions = after
                ended = ended if caught else Ended.NO
    except Thrown as thrown:
        run.conditions = conditions
        frame.thrown = before
        if handler is None:
            _finally(run, last, scope)
            raise
        ended = _caught(run, handler, thrown.value, scope, doubtful=False)
    return _finally(run, last, scope) or ended


def _caught(run: Interpreter, handler: SgNode, value: Value, scope: Scope, *, doubtful: bool) -> Ended:
    parameter, body = handler.field("parameter"), handler.field("body")
    inner = Scope(module=scope.module, parent=scope)
    if parameter is not None:
        run.bind(parameter, value, inner)
    if not doubtful:
        return _execute(run, body, inner)
    return _branch(run, condition_of(handler, scope), body, inner)


def _finally(run: Interpreter, clause: SgNode | None, scope: Scope) -> Ended:
    body = clause.field("body") if clause is not None else None
    return _execute(run, body, scope)


# ------------------------------------------------------------------------------------------------ loops


def _for_in(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    left, right, body = node.field("left"), node.field("right"), node.field("body")
    if left is None or right is None:
        return Ended.NO
    operator = node.field("operator")
    of = operator is None or operator.text() == "of"
    held = run.evaluate(right, scope)
    values = turns_of(held) if of else _keys_of(held)
    site = Site(module=scope.module, node=node)
    known = values is not None
    for value in (values if values is not None else [Unknown(site)])[:_MOST_TURNS]:
        inner = Scope(module=scope.module, parent=scope)
        run.bind(left, value, inner)
        if not known:
            _branch(run, condition_of(right, scope), body, inner)
            continue
        ended = _execute(run, body, inner)
        if ended is Ended.BREAK:
            break
        if ended in {Ended.LEFT, Ended.THROWN}:
            return ended
    return Ended.NO


def turns_of(value: Value) -> list[Value] | None:
    """What a loop over a value goes through; None where that is not known."""
    return list(value.values) if isinstance(value, Items) and (value.complete or value.values) else None


def _keys_of(value: Value) -> list[Value] | None:
    if isinstance(value, Record):
        return [Constant(name) for name in value.entries]
    if isinstance(value, Native):
        return [Constant(name) for name in value.listed()] or None
    if isinstance(value, Items):
        return [Constant(str(place)) for place in range(len(value.values))]
    return None


def _loop(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    """A loop that is not over a list: its body once, as it may be gone through."""
    inner = Scope(module=scope.module, parent=scope)
    first = node.field("initializer")
    if first is not None:
        for name in first.find_all(kind="variable_declarator"):
            held = name.field("name")
            if held is not None:
                run.bind(held, Unknown(Site(module=scope.module, node=held)), inner)
    _branch(run, condition_of(node, scope), node.field("body"), inner)
    return Ended.NO


def _return(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    given = [child for child in node.named_children() if child.kind() != "comment"]
    value = run.evaluate(given[0], scope) if given else UNDEFINED
    run.frames[-1].returns.append(value)
    return Ended.LEFT


def _throw(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    given = [child for child in node.named_children() if child.kind() != "comment"]
    raise Thrown(run.evaluate(given[0], scope) if given else UNDEFINED)


def _block(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    return _execute(run, node, scope)


def _labeled(run: Interpreter, node: SgNode, scope: Scope) -> Ended:
    return _execute(run, node.field("body"), scope)


_BY_KIND: Mapping[str, Callable[[Interpreter, SgNode, Scope], Ended]] = {
    **dict.fromkeys(_DECLARATIONS, _declaration),
    **dict.fromkeys(CLASSES, _class),
    "enum_declaration": _enum,
    "expression_statement": _expression,
    "export_statement": _export,
    "if_statement": _if,
    "switch_statement": _switch,
    "try_statement": _try,
    "for_in_statement": _for_in,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "break_statement": lambda _run, _node, _scope: Ended.BREAK,
    "continue_statement": lambda _run, _node, _scope: Ended.CONTINUE,
    "import_statement": _import,
    "return_statement": _return,
    "throw_statement": _throw,
    "statement_block": _block,
    "labeled_statement": _labeled,
}

"""How a function of a Django project ends for a caller: conditions on caller, method, action and path are decided.

A function is gone through statement by statement, as it would run for somebody who is not signed in, or who is signed
in without any role. Conditions that depend on anything else are followed both ways. Nothing is run.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from launchready.source.python.django.callers import Situation, Truth, is_caller, is_request, mentions_caller
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.conditions import Conditions, End, EndKind, Ends, Setting, never
from launchready.source.python.django.scopes import Bound, Scope, bound_arguments
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, Function, dotted_name

_MOST_ENDS = 80
_DEEPEST = 4
_CHECKS = re.compile(r"check|require|verify|ensure|assert|denied|authori[sz]e|permission", re.IGNORECASE)
_UNKNOWN = ast.Name(id="?", ctx=ast.Load())


class Outcomes(Conditions):
    """Goes through functions."""

    def __init__(self, values: Values) -> None:
        super().__init__(values)
        self._count = 0
        self._raising: dict[int, bool] = {}
        self._known: dict[tuple[int, Situation, int, int, int], Ends | None] = {}

    def ends(self, module_scope: Scope, function: Function | ast.Lambda, setting: Setting) -> Ends:
        """How a function ends; `module_scope.local` holds what is known of its parameters."""
        if isinstance(function, ast.Lambda):
            value = Bound(scope=module_scope, expression=function.body)
            return Ends(found=(End(kind=EndKind.RETURN, value=value),))
        before, self._count = self._count, 0
        found = tuple(self._run(list(function.body), module_scope, setting, passed=False))
        complete = self._count < _MOST_ENDS
        self._count = before
        return Ends(found=found[:_MOST_ENDS], complete=complete)

    # ------------------------------------------------------------------------------------------- statements

    def _run(self, body: list[ast.stmt], scope: Scope, setting: Setting, *, passed: bool) -> Iterator[End]:
        if self._count >= _MOST_ENDS:
            return
        for place, statement in enumerate(body):
            passed = passed or self._passes(statement, setting)
            ways = self._branches(statement, scope, setting)
            if ways is not None:
                rest = body[place + 1 :]
                for way in ways:
                    yield from self._run([*way, *rest], scope, setting, passed=passed)
                return
            end = self._end(statement, scope, passed=passed)
            if end is not None:
                self._count += 1
                yield end
                return
            raised = self._raised_by_call(statement, scope, setting)
            if raised is not None:
                sure, end = raised
                self._count += 1
                yield replace(end, passed=passed)
                if sure:
                    return
            scope = _bound_by(statement, scope)
        self._count += 1
        yield End(kind=EndKind.FALL, local=scope.local, passed=passed)

    def _passes(self, statement: ast.stmt, setting: Setting) -> bool:
        if setting.passes is never or isinstance(
            statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            return False
        if isinstance(statement, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match):
            return False  # gone into
        return any(isinstance(node, ast.Call) and setting.passes(node) for node in ast.walk(statement))

    def _branches(self, statement: ast.stmt, scope: Scope, setting: Setting) -> list[list[ast.stmt]] | None:
        """The statements that may come next in place of a compound one; None for a simple one."""
        match statement:
            case ast.If(test=test, body=body, orelse=other):
                truth = self.truth(Bound(scope=scope, expression=test), setting)
                ways = {Truth.YES: [body], Truth.NO: [other], Truth.MAYBE: [body, other]}
                return ways[truth]
            case ast.With(body=body) | ast.AsyncWith(body=body):
                return [body]
            case ast.For(body=body, orelse=other) | ast.AsyncFor(body=body, orelse=other):
                return [body, other]
            case ast.While(body=body):
                return [body, []]
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                return [[*body, *other, *last], *([*handler.body, *last] for handler in handlers)]
            case ast.Match(subject=subject, cases=cases):
                return self._cases(Bound(scope=scope, expression=subject), cases, setting)
        return None

    def _cases(self, subject: Bound, cases: list[ast.match_case], setting: Setting) -> list[list[ast.stmt]]:
        known = self._text(subject, setting)
        ways: list[list[ast.stmt]] = []
        for case in cases:
            texts = list(_pattern_texts(case.pattern))
            if known is not None and texts and known not in texts:
                continue
            ways.append(case.body)
            if known is not None and (known in texts or not texts):
                return [case.body]
        return [*ways, []]

    def _end(self, statement: ast.stmt, scope: Scope, *, passed: bool) -> End | None:
        match statement:
            case ast.Return(value=value):
                held = Bound(scope=scope, expression=value) if value is not None else None
                return End(kind=EndKind.RETURN, value=held, local=scope.local, passed=passed)
            case ast.Raise(exc=raised):
                held = Bound(scope=scope, expression=raised) if raised is not None else None
                return End(kind=EndKind.RAISE, value=held, local=scope.local, passed=passed)
            case ast.Assert(test=test) if mentions_caller(Bound(scope=scope, expression=test)):
                return None
        return None

    def _raised_by_call(self, statement: ast.stmt, scope: Scope, setting: Setting) -> tuple[bool, End] | None:
        """An exception of a function of the repository that the statement calls: whether always, and which."""
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call | ast.Await):
            return None
        call = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
        if not isinstance(call, ast.Call):
            return None
        if isinstance(call.func, ast.Attribute) and call.func.attr == "permission_denied":
            return True, End(kind=EndKind.RAISE, value=Bound(scope=scope, expression=call), local=scope.local)
        if not self._may_raise(Bound(scope=scope, expression=call), call, setting):
            return None
        ends = self.called(Bound(scope=scope, expression=call), call, setting)
        raised = [end for end in ends.found if end.kind is EndKind.RAISE] if ends is not None else []
        if ends is None or not raised:
            return None
        return len(raised) == len(ends.found) and ends.complete, raised[0]

    def _may_raise(self, bound: Bound, call: ast.Call, setting: Setting) -> bool:
        """Whether the function that is called raises, or asks another one that is named like it."""
        match call.func:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if setting.lineage is not None:
                method = setting.lineage.method(name)
                node: ast.AST | None = method.node if method is not None else None
            case _:
                held = self.values.project.of(bound.scope.module, call.func)
                node = held.node if isinstance(held, Defined) else None
        if node is None:
            return False
        if id(node) not in self._raising:
            self._raising[id(node)] = any(
                isinstance(one, ast.Raise)
                or (isinstance(one, ast.Call) and _CHECKS.search(dotted_name(one.func)) is not None)
                for one in ast.walk(node)
            )
        return self._raising[id(node)]

    def called(self, bound: Bound, call: ast.Call, setting: Setting) -> Ends | None:
        """How the function of the repository that is called ends; None when it is not found."""
        if setting.depth >= _DEEPEST:
            return None
        plain = all(_is_plain(bound.other(one)) for one in (*call.args, *(k.value for k in call.keywords)))
        if not plain:
            return self._called(bound, call, setting)
        # The same call with the same plain arguments ends the same way
        key = (id(call), setting.situation, setting.depth, id(setting.lineage), id(setting.owner))
        if key not in self._known:
            self._known[key] = self._called(bound, call, setting)
        return self._known[key]

    def _called(self, bound: Bound, call: ast.Call, setting: Setting) -> Ends | None:
        inner = replace(setting, depth=setting.depth + 1, passes=never)
        match call.func:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if setting.lineage is not None:
                return self._method_called(setting.lineage.method(name), inner, call, bound.scope)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                if setting.lineage is None or setting.owner is None:
                    return None
                parents = setting.lineage.after(setting.owner)
                return self._method_called(parents.method(name), inner, call, bound.scope)
        held = self.values.project.of(bound.scope.module, call.func)
        if not isinstance(held, Defined) or not isinstance(held.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        inner = replace(inner, lineage=None, owner=None)
        return self.ends(
            Scope(module=held.module, local=bound_arguments(held.node, call, bound.scope)), held.node, inner
        )

    def method_ends(self, lineage: Lineage, name: str, setting: Setting) -> Ends | None:
        """How a method ends, by its name; None when no class of the repository has it."""
        method = lineage.method(name)
        if method is None:
            return None
        inner = replace(setting, lineage=lineage, owner=method.owner)
        return self.ends(Scope(module=method.module), method.node, inner)

    def _method_called(
        self, method: Method | None, setting: Setting, call: ast.Call, at: Scope
    ) -> Ends | None:
        if method is None:
            return None
        own = ast.Name(id="self", ctx=ast.Load())
        shifted = ast.Call(func=call.func, args=[own, *call.args], keywords=call.keywords)
        local = bound_arguments(method.node, ast.copy_location(shifted, call), at)
        names = [one.arg for one in method.node.args.args[:1]]
        scope = Scope(
            module=method.module, local={key: one for key, one in local.items() if key not in names}
        )
        return self.ends(scope, method.node, replace(setting, owner=method.owner))


def _is_plain(bound: Bound) -> bool:
    """Whether an argument is the same wherever the call is reached from: a constant, the request, `self`."""
    expression = bound.expression
    if isinstance(expression, ast.Constant) or is_request(bound) or is_caller(bound):
        return True
    return isinstance(expression, ast.Name) and expression.id == "self"


def _bound_by(statement: ast.stmt, scope: Scope) -> Scope:
    """The scope after a statement: what it gave names to."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            given = {name: value if isinstance(target, ast.Name) else _UNKNOWN for target in targets
                     for name in _names(target)}  # fmt: skip
            given |= {
                f"self.{target.attr}": value
                for target in targets
                if isinstance(target, ast.Attribute) and dotted_name(target).startswith("self.")
            }
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            given = {name: value}
        case ast.AugAssign(target=ast.Name(id=name) as target, op=operator, value=value):
            old = ast.Name(id=name, ctx=ast.Load())
            joined = ast.BinOp(left=old, op=operator, right=value)
            given = {name: ast.copy_location(joined, target)}
        case _:
            return scope
    bounds = {name: Bound(scope=scope, expression=expression) for name, expression in given.items()}
    return Scope(module=scope.module, local={**scope.local, **bounds}, frame=scope.frame)


def _names(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _pattern_texts(pattern: ast.pattern) -> Iterator[str]:
    match pattern:
        case ast.MatchValue(value=ast.Constant(value=str() as text)):
            yield text
        case ast.MatchOr(patterns=patterns):
            for one in patterns:
                yield from _pattern_texts(one)

"""Conditions in the code of a Django project, decided for a caller, a method and an action where they can be."""

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TypeAlias

from launchready.source.python.django.callers import (
    Caller,
    Situation,
    Truth,
    asks_caller,
    caller_part,
    held_by,
    is_caller,
    is_credential,
    is_query,
    is_request,
    mentions_caller,
    opposite,
    part_truth,
    role_in,
    truth_of,
)
from launchready.source.python.django.classes import Lineage
from launchready.source.python.django.scopes import Bound
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, dotted_name

_DEEPEST = 6
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MATCHING = frozenset({"match", "search", "fullmatch"})
_LONGEST_PATH = 200
# Repetitions inside repetitions may take for ever
_NESTED = re.compile(r"[*+}][^()]*\)[*+{]")
_CHANGING = frozenset({"lower", "upper", "strip", "lstrip", "rstrip"})


class EndKind(Enum):
    """How a function ends."""

    RETURN = auto()
    RAISE = auto()
    FALL = auto()  # off its end


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One way in which a function ends. `passed` if what it stands before was called on the way."""

    kind: EndKind
    value: Bound | None = None
    local: Mapping[str, Bound] = field(default_factory=dict)
    passed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """All ways; `complete` is False where there are more than were followed."""

    found: tuple[End, ...]
    complete: bool = True


Passes: TypeAlias = Callable[[ast.Call], bool]


def never(_: ast.Call) -> bool:
    """No call counts as passing on."""
    return False


def no_answer(_: Lineage, __: str, ___: Situation) -> Truth | None:
    """Nothing is known of packages' methods."""
    return None


# What a method of packages' classes answers, by the classes that are left of a lineage and the method's name
PackageAnswer: TypeAlias = Callable[[Lineage, str, Situation], Truth | None]


TextOf: TypeAlias = Callable[[Bound], str | None]  # under the settings of an application


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known while a function is gone through: the request, whose method it is, which calls pass on.

    `view` is the class of the view, for code that is given it as a parameter.
    """

    situation: Situation
    lineage: Lineage | None = None
    owner: ast.ClassDef | None = None
    view: Lineage | None = None
    passes: Passes = never
    depth: int = 0


class Conditions(ABC):
    """Decides conditions.

    `asked` collects the roles that conditions on members named since it was emptied; an empty text stands for one
    without a name.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        self.asked: list[str] = []
        self.of_packages: PackageAnswer = no_answer
        self.texts: TextOf | None = None

    @abstractmethod
    def called(self, bound: Bound, call: ast.Call, setting: Setting) -> Ends | None:
        """How the function of the repository that is called ends; None when it is not found."""

    def truth(self, bound: Bound, setting: Setting) -> Truth:
        """What a condition is in the situation."""
        if setting.depth > _DEEPEST:
            return Truth.MAYBE
        before = len(self.asked)
        found = self._truth(bound, setting)
        if found is not Truth.YES and setting.situation.caller is Caller.MEMBER:
            self._ask(bound, before)
        return found

    def _ask(self, bound: Bound, before: int) -> None:
        """Keep which roles a condition names; an empty text for one that asks for something without a name."""
        held = held_by(bound)
        if isinstance(held.expression, ast.BoolOp | ast.UnaryOp | ast.Name):
            return
        roles = role_in(held)
        if roles and mentions_caller(held):
            self.asked.extend(roles)
        elif len(self.asked) == before and asks_caller(held):
            self.asked.append("")

    def _truth(self, bound: Bound, setting: Setting) -> Truth:
        held = held_by(bound)
        expression = held.expression
        if is_caller(held):
            return Truth.YES
        if is_credential(held):
            return truth_of(setting.situation.caller is Caller.MEMBER)
        match expression:
            case ast.Constant(value=value):
                return truth_of(value)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return opposite(self.truth(held.other(operand), setting))
            case ast.BoolOp(op=operator, values=values):
                return self._joined(operator, [held.other(one) for one in values], setting)
            case ast.IfExp(test=test, body=body, orelse=other):
                chosen = self.truth(held.other(test), setting)
                if chosen is not Truth.MAYBE:
                    return self.truth(held.other(body if chosen is Truth.YES else other), setting)
                both = {self.truth(held.other(side), setting) for side in (body, other)}
                return both.pop() if len(both) == 1 else Truth.MAYBE
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.truth(held.other(value), setting)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compared(held, left, operator, right, setting)
            case ast.Call():
                return self._call_truth(held, expression, setting)
        part = caller_part(held)
        if part is not None:
            return part_truth(part, setting.situation.caller)
        return self._constant(held, setting)

    def _constant(self, bound: Bound, setting: Setting) -> Truth:
        attribute = self._view_attribute(bound, setting)
        if attribute is not None and isinstance(attribute.node, ast.Constant):
            return truth_of(attribute.node.value)
        if attribute is not None and isinstance(attribute.node, ast.List | ast.Tuple | ast.Dict | ast.Set):
            return truth_of(_is_filled(attribute.node))
        if isinstance(bound.expression, ast.Name) and bound.expression.id not in bound.scope.local:
            held = self.values.resolved(bound)
            if isinstance(held.expression, ast.Constant):
                return truth_of(held.expression.value)
        if isinstance(bound.expression, ast.Name):
            return Truth.YES if is_request(bound) else Truth.MAYBE
        text = self._text(bound, setting)
        return truth_of(text) if text is not None else Truth.MAYBE

    def _view_attribute(self, bound: Bound, setting: Setting) -> Defined | None:
        """`view.is_private`, `self.login_required`: what the class, or an argument of `as_view`, says."""
        match bound.expression:
            case ast.Attribute(value=ast.Name(id="view"), attr=name) if setting.view is not None:
                return setting.view.attribute(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if setting.lineage is not None:
                return setting.lineage.attribute(name)
            case ast.Call(
                func=ast.Name(id="getattr"), args=[ast.Name(id="view"), ast.Constant(value=str() as name), *_]
            ):
                return setting.view.attribute(name) if setting.view is not None else None
        return None

    def _joined(self, operator: ast.boolop, parts: list[Bound], setting: Setting) -> Truth:
        deciding = Truth.NO if isinstance(operator, ast.And) else Truth.YES
        found = set()
        for part in parts:
            one = self.truth(part, setting)
            if one is deciding:
                return deciding
            found.add(one)
        return Truth.MAYBE if Truth.MAYBE in found else opposite(deciding)

    def _compared(
        self, bound: Bound, left: ast.expr, operator: ast.cmpop, right: ast.expr, setting: Setting
    ) -> Truth:
        positive = isinstance(operator, ast.Eq | ast.Is | ast.In)
        if not positive and not isinstance(operator, ast.NotEq | ast.IsNot | ast.NotIn):
            return Truth.MAYBE
        first, second = bound.other(left), bound.other(right)
        found = self._same(first, second, setting, is_in=isinstance(operator, ast.In | ast.NotIn))
        return found if positive else opposite(found)

    def _same(self, first: Bound, second: Bound, setting: Setting, *, is_in: bool) -> Truth:
        text = self._text(first, setting)
        if text is not None:
            values = self._texts(second) if is_in else self._one_text(second, setting)
            if values is not None:
                return truth_of(text in values)
        anonymous = setting.situation.caller is Caller.ANONYMOUS
        nothing = isinstance(second.expression, ast.Constant) and second.expression.value is None
        for one, other in ((first, second), (second, first)):
            if is_caller(one) and _is_anonymous_user(held_by(other).expression):
                return truth_of(anonymous)
            part = caller_part(one)
            if part is not None and isinstance(other.expression, ast.Constant):
                return self._part_is(part, other.expression.value, setting)
        if not nothing and anonymous and (mentions_caller(first) or mentions_caller(second)):
            return Truth.NO
        return Truth.MAYBE

    def _part_is(self, part: str, value: object, setting: Setting) -> Truth:
        """`request.user.role == "admin"`, `request.user.is_authenticated is True`, `request.user is None`."""
        if value is None:
            anonymous = setting.situation.caller is Caller.ANONYMOUS
            return truth_of(anonymous and part in {"pk", "id"})
        held = part_truth(part, setting.situation.caller)
        if isinstance(value, bool):
            return held if value else opposite(held)
        return Truth.NO if setting.situation.caller is Caller.ANONYMOUS else Truth.MAYBE

    # ------------------------------------------------------------------------------------------------ texts

    def _text(self, bound: Bound, setting: Setting) -> str | None:
        """The text of the method, the action or a constant."""
        held = held_by(bound)
        match held.expression:
            case ast.Constant(value=str() as text):
                return text
            case ast.Attribute(value=owner, attr="method") if is_request(held.other(owner)):
                return setting.situation.method
            case ast.Attribute(value=ast.Name(id="self" | "view"), attr="action"):
                return setting.situation.action or None
            case ast.Call(
                func=ast.Name(id="getattr"),
                args=[ast.Name(id="self" | "view"), ast.Constant(value="action"), *_],
            ):
                return setting.situation.action or None
            case ast.Attribute(value=owner, attr="path" | "path_info") if is_request(held.other(owner)):
                return setting.situation.path or None
            case ast.Call(func=ast.Attribute(value=owner, attr=method), args=args) if method in _CHANGING:
                return self._changed(held, owner, method, args, setting)
        return None

    def _changed(
        self, bound: Bound, owner: ast.expr, method: str, args: list[ast.expr], setting: Setting
    ) -> str | None:
        held = self._text(bound.other(owner), setting)
        given = [self.values.project.text(bound.scope.module, one) for one in args]
        if held is None or None in given or len(given) > 1:
            return None
        changed: str = getattr(held, method)(*given)  # one of _CHANGING: pure methods of str
        return changed

    def _one_text(self, bound: Bound, setting: Setting) -> set[str] | None:
        text = self._text(bound, setting)
        if text is None:
            text = self.values.project.text(bound.scope.module, bound.expression)
        return {text} if text is not None else None

    def _texts(self, bound: Bound) -> set[str] | None:
        """The texts of a list; None when one cannot be told."""
        held = held_by(bound)
        if dotted_name(held.expression).rpartition(".")[2] == "SAFE_METHODS":
            return set(_SAFE)
        items = self.values.items(held.scope, held.expression)
        found = {
            self.values.project.text(item.bound.scope.module, item.bound.expression) for item in items.found
        }
        if items.unread or None in found:
            return None
        return {text for text in found if text is not None}

    # ------------------------------------------------------------------------------------------------ calls

    def _call_truth(self, bound: Bound, call: ast.Call, setting: Setting) -> Truth:
        name = dotted_name(call.func)
        anonymous = setting.situation.caller is Caller.ANONYMOUS
        if name in {"bool", "all", "any"} and call.args:
            return self._of_all(bound, call, setting, name)
        if name == "isinstance" and call.args and is_caller(bound.other(call.args[0])):
            other = call.args[1] if len(call.args) > 1 else call
            return truth_of(anonymous == _is_anonymous_user(other))
        if name == "hasattr" and call.args and is_request(bound.other(call.args[0])):
            return Truth.YES
        match call:
            case ast.Call(
                func=ast.Name(id="hasattr"), args=[ast.Name(id="view"), ast.Constant(value=str() as asked)]
            ):
                if setting.view is not None:
                    return truth_of(setting.view.attribute(asked) is not None)
            case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="view"), ast.Constant(), default]):
                held = self._view_attribute(bound, setting)
                if setting.view is not None:
                    return (
                        self._constant(bound, setting)
                        if held is not None
                        else self.truth(bound.other(default), setting)
                    )
        part = caller_part(bound)
        if part is not None:
            return part_truth(part, setting.situation.caller)
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in {"startswith", "endswith"}
            and call.args
        ):
            return self._starts(bound, call.func, call.args[0], setting)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _MATCHING and call.args:
            return self._matches(bound, call.func, call.args, setting)
        ends = self.called(bound, call, setting)
        if ends is not None:
            return self.returned_truth(ends, setting)
        answer = self._package_answer(call, setting)
        if answer is not None:
            return answer
        if anonymous and is_query(call) and mentions_caller(bound):
            return Truth.NO  # nobody's rows
        return Truth.MAYBE

    def _package_answer(self, call: ast.Call, setting: Setting) -> Truth | None:
        """`super().has_permission(…)`, where that is a package's."""
        match call.func:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                if setting.lineage is not None and setting.owner is not None:
                    return self.of_packages(setting.lineage.after(setting.owner), name, setting.situation)
        return None

    def _starts(self, bound: Bound, func: ast.Attribute, given: ast.expr, setting: Setting) -> Truth:
        """`request.path.startswith("/api/")`, as far as the path has no parameter before that."""
        text = self._text(bound.other(func.value), setting)
        wanted = self._one_text(bound.other(given), setting) or self._texts(bound.other(given))
        if text is None or not wanted:
            return Truth.MAYBE
        if func.attr == "endswith":
            return truth_of(text.endswith(tuple(wanted))) if not text.endswith("}") else Truth.MAYBE
        literal = text.partition("{")[0]
        if literal.startswith(tuple(wanted)):
            return Truth.YES
        # A parameter may hold what the longer one of the two goes on with
        open_end = literal != text and any(one.startswith(literal) for one in wanted)
        return Truth.MAYBE if open_end else Truth.NO

    def _matches(self, bound: Bound, func: ast.Attribute, args: list[ast.expr], setting: Setting) -> Truth:
        """`re.match(pattern, request.path)`: decided where the path's parameters do not matter."""
        owner = self.values.resolved(held_by(bound.other(func.value)))
        compiled = isinstance(owner.expression, ast.Call) and dotted_name(owner.expression).endswith(
            "compile"
        )
        if compiled and isinstance(owner.expression, ast.Call) and owner.expression.args:
            pattern, path = owner.other(owner.expression.args[0]), bound.other(args[0])
        elif dotted_name(func.value) == "re" and len(args) > 1:
            pattern, path = bound.other(args[0]), bound.other(args[1])
        else:
            return Truth.MAYBE
        text = self.text_of(self.values.resolved(pattern))
        asked = self._text(path, setting)
        if text is None or asked is None or _NESTED.search(text):
            return Truth.MAYBE
        return _match(text, func.attr, asked)

    def text_of(self, bound: Bound) -> str | None:
        """The text of an expression of the repository, settings included where they are known."""
        if self.texts is not None:
            found = self.texts(bound)
            if found is not None:
                return found
        return self.values.project.text(bound.scope.module, bound.expression)

    def _of_all(self, bound: Bound, call: ast.Call, setting: Setting, name: str) -> Truth:
        first = call.args[0]
        if name == "bool":
            return self.truth(bound.other(first), setting)
        if isinstance(first, ast.List | ast.Tuple | ast.Set):
            operator: ast.boolop = ast.And() if name == "all" else ast.Or()
            return self._joined(operator, [bound.other(one) for one in first.elts], setting)
        if isinstance(first, ast.GeneratorExp | ast.ListComp):
            items = self.values.items(bound.scope, first)
            if items.found and not items.unread and not any(item.condition for item in items.found):
                operator = ast.And() if name == "all" else ast.Or()
                return self._joined(operator, [item.bound for item in items.found], setting)
        return Truth.MAYBE

    def returned_truth(self, ends: Ends, setting: Setting) -> Truth:
        """Whether a function gives something true: an exception, and no value, is none."""
        inner = replace(setting, depth=setting.depth + 1)
        found = {
            self.truth(end.value, inner) if end.kind is EndKind.RETURN and end.value is not None else Truth.NO
            for end in ends.found
        }
        return found.pop() if len(found) == 1 and ends.complete else Truth.MAYBE


def _match(pattern: str, how: str, template: str) -> Truth:
    """Whether an expression matches a path, whatever stands for its parameters."""
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return Truth.MAYBE
    found = {
        getattr(compiled, how)(re.sub(r"\{[^{}]*\}", sample, template)[:_LONGEST_PATH]) is not None
        for sample in ("1", "abc-def")
    }
    return truth_of(found.pop()) if len(found) == 1 else Truth.MAYBE


def _is_filled(node: ast.expr) -> bool:
    return bool(node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ()))


def _is_anonymous_user(expression: ast.expr) -> bool:
    return dotted_name(expression).rpartition(".")[2] == "AnonymousUser"

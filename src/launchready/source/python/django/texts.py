"""Texts that a Django project puts together when it is loaded: path parts with settings and environment defaults."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from launchready.source.python.django.scopes import Bound, code_of
from launchready.source.python.django.settings import DjangoSettings, settings_name
from launchready.source.python.django.values import Values
from launchready.source.python.project import dotted_name

_DEEPEST = 20
_LONGEST = 2_000
# Functions that mark a text for translation, and those that give it back as it is
_TRANSLATING = frozenset({"_", "gettext", "gettext_lazy", "pgettext_lazy", "ugettext_lazy", "gettext_noop"})
_SAME = frozenset({"str", "force_str", "format_lazy", "escape", "quote"})
_STRIPS = frozenset({"strip", "lstrip", "rstrip", "lower", "removeprefix", "removesuffix"})
# `environ.get("X", "default")`, `env("X", default="…")`, `config("X", default="…")`
_ENVIRONMENT = frozenset({"get", "getenv", "env", "str", "config", "getattr", "setting", "url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text; `unread` is the code of the parts that could not be told, `notes` what it rests on."""

    value: str
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether all of it could be told."""
        return not self.unread


class Texts:
    """Texts of expressions under the settings of one application."""

    def __init__(self, values: Values, settings: DjangoSettings | None) -> None:
        self.values = values
        self.settings = settings

    def of(self, bound: Bound, depth: int = 0) -> Text:
        """The text that an expression gives; parts that cannot be told stand as `{name}`."""
        if depth > _DEEPEST:
            return _unknown(bound.expression)
        expression = bound.expression
        match expression:
            case ast.Constant(value=str() as value):
                return Text(value=value[:_LONGEST])
            case ast.Constant(value=int() | float() as number):
                return Text(value=str(number))
            case ast.JoinedStr(values=parts):
                return _joined(self._part(bound.other(part), depth) for part in parts)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined(self.of(bound.other(side), depth + 1) for side in (left, right))
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._filled(bound, left, right, depth)
            case ast.IfExp(test=test, body=body, orelse=other):
                known = self.of(bound.other(test), depth + 1)
                if not known.certain:
                    return _unknown(expression)
                return self.of(bound.other(body if known.value else other), depth + 1)
            case ast.BoolOp(op=ast.Or(), values=[*_, last]):
                return self.of(bound.other(last), depth + 1)
            case ast.Call():
                return self._called(bound, expression, depth)
            case ast.Name() | ast.Attribute():
                return self._named(bound, depth)
            case _:
                return _unknown(expression)

    def _part(self, bound: Bound, depth: int) -> Text:
        if isinstance(bound.expression, ast.FormattedValue):
            return self.of(bound.other(bound.expression.value), depth + 1)
        return self.of(bound, depth + 1)

    def _named(self, bound: Bound, depth: int) -> Text:
        setting = settings_name(self.values, bound)
        if setting:
            held = self.settings.bound(setting) if self.settings is not None else None
            found = self.of(held, depth + 1) if held is not None else _unknown(bound.expression)
            return _noted(found, f"settings.{setting}")
        held = self.values.resolved(bound)
        if held.expression is bound.expression:
            return _unknown(bound.expression)
        return self.of(held, depth + 1)

    def _filled(self, bound: Bound, left: ast.expr, right: ast.expr, depth: int) -> Text:
        """`"%s/x" % name`."""
        pattern = self.of(bound.other(left), depth + 1)
        parts = right.elts if isinstance(right, ast.Tuple) else [right]
        pieces = pattern.value.split("%s")
        if not pattern.certain or len(pieces) != len(parts) + 1 or isinstance(right, ast.Dict):
            return _unknown(bound.expression)
        found = [Text(value=pieces[0], notes=pattern.notes)]
        for part, piece in zip(parts, pieces[1:], strict=True):
            found += [self.of(bound.other(part), depth + 1), Text(value=piece)]
        return _joined(found)

    def _called(self, bound: Bound, call: ast.Call, depth: int) -> Text:
        name = dotted_name(call.func).rpartition(".")[2]
        if name in _TRANSLATING and call.args:
            return _noted(self.of(bound.other(call.args[-1]), depth + 1), "translated")
        if name in _SAME and len(call.args) == 1:
            return self.of(bound.other(call.args[0]), depth + 1)
        if isinstance(call.func, ast.Attribute) and name in _STRIPS:
            return self._stripped(bound, call.func.value, name, call.args, depth)
        if isinstance(call.func, ast.Attribute) and name == "format":
            return self._formatted(bound, call, depth)
        if name == "getattr" and len(call.args) > 1:
            return self._setting_or_default(bound, call, depth)
        if name in _ENVIRONMENT:
            return self._default(bound, call, depth)
        for result in self.values.returned(bound.scope, call):
            return self.of(result, depth + 1)
        return _unknown(call)

    def _stripped(self, bound: Bound, owner: ast.expr, name: str, args: list[ast.expr], depth: int) -> Text:
        text = self.of(bound.other(owner), depth + 1)
        given = [self.of(bound.other(argument), depth + 1).value for argument in args]
        if not text.certain or len(given) > 1:
            return _unknown(bound.expression)
        changed: str = getattr(text.value, name)(*given)  # one of _STRIPS: pure methods of str
        return Text(value=changed, notes=text.notes)

    def _formatted(self, bound: Bound, call: ast.Call, depth: int) -> Text:
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call
        pattern = self.of(bound.other(owner), depth + 1)
        named = {key.arg: self.of(bound.other(key.value), depth + 1) for key in call.keywords if key.arg}
        placed = [self.of(bound.other(argument), depth + 1) for argument in call.args]
        if not pattern.certain or any(not one.certain for one in (*named.values(), *placed)):
            return _unknown(call)
        filled = pattern.value
        for key, text in named.items():
            filled = filled.replace(f"{{{key}}}", text.value)
        for number, text in enumerate(placed):
            filled = filled.replace(f"{{{number}}}", text.value).replace("{}", text.value, 1)
        return Text(value=filled, notes=pattern.notes)

    def _setting_or_default(self, bound: Bound, call: ast.Call, depth: int) -> Text:
        """`getattr(settings, "NAME", "default")`."""
        full = self.values.project.full_name(bound.scope.module, call.args[0])
        name = self.of(bound.other(call.args[1]), depth + 1).value
        held = self.settings.bound(name) if self.settings and full == "django.conf.settings" else None
        if held is not None:
            return _noted(self.of(held, depth + 1), f"settings.{name}")
        if len(call.args) > 2:  # noqa: PLR2004 - object, name, default
            return _noted(self.of(bound.other(call.args[2]), depth + 1), f"default of {name}")
        return _unknown(call)

    def _default(self, bound: Bound, call: ast.Call, depth: int) -> Text:
        """What is taken where a variable of the environment is not set."""
        variable = self.of(bound.other(call.args[0]), depth + 1).value if call.args else ""
        given = next((one.value for one in call.keywords if one.arg == "default"), None)
        if given is None and len(call.args) > 1:
            given = call.args[1]
        if given is None or not variable:
            return _unknown(call)
        return _noted(self.of(bound.other(given), depth + 1), f"default of {variable}")


def _joined(parts: Iterable[Text]) -> Text:
    every = tuple(parts)
    return Text(
        value="".join(part.value for part in every)[:_LONGEST],
        unread=tuple(code for part in every for code in part.unread),
        notes=tuple(dict.fromkeys(note for part in every for note in part.notes)),
    )


def _noted(text: Text, note: str) -> Text:
    return Text(value=text.value, unread=text.unread, notes=tuple(dict.fromkeys((*text.notes, note))))


def _unknown(expression: ast.expr) -> Text:
    name = dotted_name(expression).rpartition(".")[2].lower()
    return Text(value=f"{{{name or 'unread'}}}", unread=(code_of(expression),))

"""Middleware that stands before every view: what it does with a caller at a path."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import kind_by_name
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.guards import Asked, Guards, wrapper_in
from launchready.source.python.django.refusals import Verdict
from launchready.source.python.django.scopes import Bound, Scope
from launchready.source.python.django.settings import DjangoSettings
from launchready.source.python.project import Defined

_LOGIN_REQUIRED = frozenset({
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "login_required.middleware.LoginRequiredMiddleware",
    "stronghold.middleware.LoginRequiredMiddleware",
    "global_login_required.GlobalLoginRequiredMiddleware",
})  # fmt: skip
# Tests of the path or the method, on one line
_ASKS = re.compile(r"\b(?:if|elif|any|return|and|or|not|match|=)\b.*(?:path|\.method)|=.*\bpath")
# What is called before a view, and whether coming to its end lets the request pass
_HOOKS: Mapping[str, bool] = {"__call__": False, "process_request": True, "process_view": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """A middleware of the repository: its class, or the function inside the one that makes it."""

    name: str
    bound: Bound
    held: Defined


class Middleware:
    """The middleware of the settings that may refuse callers. `login_required` if Django's own asks for a login."""

    def __init__(self, guards: Guards, settings: DjangoSettings | None) -> None:
        self.guards = guards
        self.login_required: SourceGuard | None = None
        self._own: list[_Own] = []
        self._named: list[SourceGuard] = []
        self._known: dict[tuple[int, str, str], Verdict] = {}
        for name in ("MIDDLEWARE", "MIDDLEWARE_CLASSES"):
            for dotted, bound in settings.strings(name) if settings is not None else ():
                self._add(dotted, bound)

    def _add(self, dotted: str, bound: Bound) -> None:
        module, expression = bound.scope.module, bound.expression
        if dotted in _LOGIN_REQUIRED:
            verdict = Verdict(kind=GuardKind.AUTHENTICATES)
            name = dotted.rpartition(".")[2]
            self.login_required = self.guards.made(module, expression, name, verdict, GuardLevel.GLOBAL)
            return
        owner, _, name = dotted.rpartition(".")
        path = self.guards.values.project.find(owner, module.path)
        held_module = self.guards.values.project.module(path) if path is not None else None
        held = self.guards.values.project.meaning(held_module, name) if held_module is not None else None
        if isinstance(held, Defined):
            self._own.append(_Own(name=name, bound=bound, held=held))
        elif "LoginRequired" in name or "AuthRequired" in name:
            verdict = Verdict(kind=kind_by_name(name) or GuardKind.UNCLEAR)
            self._named.append(self.guards.made(module, expression, name, verdict, GuardLevel.GLOBAL))

    def guards_at(self, asked: Asked, *, exempt: bool) -> tuple[SourceGuard, ...]:
        """What the middleware does at a path. `exempt` if the view opts out of Django's own login requirement."""
        found = [] if exempt or self.login_required is None else [self.login_required]
        found.extend(self._named)
        for own in self._own:
            for verdict in self._verdicts(own, asked):
                if verdict.kind not in {None, GuardKind.PUBLIC}:
                    module = own.bound.scope.module
                    found.append(
                        self.guards.made(module, own.bound.expression, own.name, verdict, GuardLevel.GLOBAL)
                    )
        return tuple(found)

    @property
    def whole(self) -> tuple[SourceGuard, ...]:
        """What is asked of everybody wherever the path leads: guards of the application."""
        found = [self.login_required] if self.login_required is not None else []
        return (*found, *self._named)

    def _verdicts(self, own: _Own, asked: Asked) -> Iterator[Verdict]:
        if not _ASKS.search(self.guards.text(own.held.node)):
            asked = Asked()
        elif asked.path and all(one.kind is None for one in self._verdicts(own, replace(asked, path=""))):
            asked = replace(asked, path="")  # it refuses nobody, whatever the path is
        key = (id(own.held.node), asked.path, asked.method)
        if key not in self._known:
            verdicts = [one for one in self._read(own, asked) if one.kind is not None]
            refusing = next((one for one in verdicts if one.kind is not GuardKind.PUBLIC), None)
            self._known[key] = refusing or Verdict(kind=None)
        yield self._known[key]

    def _read(self, own: _Own, asked: Asked) -> Iterator[Verdict]:
        node = own.held.node
        scope = Scope(module=own.held.module)
        if isinstance(node, ast.FunctionDef):
            found = wrapper_in(node)
            if found is not None and self.guards.may_refuse(found[0]):
                name = found[1]
                yield self.guards.of_function(
                    scope, found[0], own.name, asked, passes=lambda call: _calls_name(call, name)
                )
        elif isinstance(node, ast.ClassDef):
            lineage = self.guards.classes.lineage(own.held)
            for hook, falls_through in _HOOKS.items():
                method = lineage.method(hook)
                if method is not None and self.guards.may_refuse(method.node):
                    yield self._hook(method, lineage, own, asked, falls_through=falls_through)

    def _hook(
        self, method: Method, lineage: Lineage, own: _Own, asked: Asked, *, falls_through: bool
    ) -> Verdict:
        return self.guards.of_function(
            Scope(module=method.module),
            method.node,
            own.name,
            asked,
            passes=_calls_response,
            falls_through=falls_through,
            member=(lineage, method.owner),
        )


def _calls_name(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _calls_response(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="get_response") | ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
            return True
    return False

"""Guards of class-based views: mixins, decorators of classes and methods, and hooks that run before the handler."""

import ast
from collections.abc import Iterator, Mapping

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import kind_by_name
from launchready.source.python.django.callers import words_in
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.guards import METHOD_DECORATOR, Asked, Guards
from launchready.source.python.django.packages import package_view
from launchready.source.python.django.refusals import Verdict
from launchready.source.python.django.scopes import Bound, Scope
from launchready.source.python.project import Outside

_AUTHENTICATES, _AUTHORIZES = GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES
_MIXINS: Mapping[str, GuardKind] = {
    "LoginRequiredMixin": _AUTHENTICATES,
    "PermissionRequiredMixin": _AUTHORIZES,
    "MultiplePermissionsRequiredMixin": _AUTHORIZES,
    "GroupRequiredMixin": _AUTHORIZES,
    "SuperuserRequiredMixin": _AUTHORIZES,
    "StaffuserRequiredMixin": _AUTHORIZES,
    "AutoPermissionRequiredMixin": _AUTHORIZES,
    "ProtectedResourceView": _AUTHENTICATES,
    "OTPRequiredMixin": _AUTHENTICATES,
}
_ROLES = {"SuperuserRequiredMixin": "is_superuser", "StaffuserRequiredMixin": "is_staff"}
_ROLE_ATTRIBUTES = ("permission_required", "group_required", "permissions")
# Names by which packages' mixins say that they refuse; their code is not at hand
_REFUSING = ("Required", "Protected")
# What the framework calls before the handler, and whether coming to its end lets the request pass
_HOOKS: Mapping[str, bool] = {
    "dispatch": False,
    "setup": True,
    "initial": True,
    "check_permissions": True,
    "initialize_request": True,
}


class ClassGuards:
    """Reads the guards of a class-based view for one of its methods."""

    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        self._known: dict[tuple[int, str, str, str], tuple[SourceGuard, ...]] = {}

    def of(self, lineage: Lineage, handler: str, asked: Asked) -> tuple[SourceGuard, ...]:
        """The guards of a view class before `handler` (`get`, `list` …), outermost first; each name once."""
        first = next(lineage.own)
        key = (id(first.node), handler, asked.method, asked.action)
        if lineage.given:  # arguments of `as_view` may change what is asked
            return self._read(lineage, handler, asked)
        if key not in self._known:
            self._known[key] = self._read(lineage, handler, asked)
        return self._known[key]

    def _read(self, lineage: Lineage, handler: str, asked: Asked) -> tuple[SourceGuard, ...]:
        found = [
            *self._decorated_classes(lineage, handler, asked),
            *self._mixins(lineage, asked),
            *self._hooks(lineage, asked),
            *self._decorated_methods(lineage, handler, asked),
        ]
        return tuple({guard.name: guard for guard in reversed(found)}.values())[::-1]

    def _decorated_classes(self, lineage: Lineage, handler: str, asked: Asked) -> Iterator[SourceGuard]:
        """`@method_decorator(login_required, name="dispatch") class …`, on the class or one of its ancestors."""
        for member in lineage.own:
            if not isinstance(member.node, ast.ClassDef):
                continue
            for decorator in member.node.decorator_list:
                bound = Bound(scope=Scope(module=member.module), expression=decorator)
                name = self._method_named(bound)
                if name in {"dispatch", "", handler, asked.method.lower()}:
                    yield from self._class_decorator(bound, asked)

    def _method_named(self, bound: Bound) -> str:
        call = bound.expression
        if not isinstance(call, ast.Call):
            return ""
        given = next((one.value for one in call.keywords if one.arg == "name"), None)
        text = self.guards.values.project.text(bound.scope.module, given)
        return text or ""

    def _class_decorator(self, bound: Bound, asked: Asked) -> Iterator[SourceGuard]:
        full = self.guards.values.project.full_name(bound.scope.module, bound.expression)
        if full == METHOD_DECORATOR or not isinstance(bound.expression, ast.Call):
            yield from self.guards.of_decorator(bound, GuardLevel.GROUP, asked)
            return
        # `@class_decorator(login_required)`: what it is given is what it puts around
        for argument in bound.expression.args:
            if isinstance(argument, ast.Name | ast.Attribute | ast.Call):
                yield from self.guards.of_decorator(bound.other(argument), GuardLevel.GROUP, asked)

    def _decorated_methods(self, lineage: Lineage, handler: str, asked: Asked) -> Iterator[SourceGuard]:
        for name, level in (("dispatch", GuardLevel.GROUP), (handler, GuardLevel.ROUTE)):
            method = lineage.method(name)
            for decorator in method.node.decorator_list if method is not None else ():
                assert method is not None
                bound = Bound(scope=Scope(module=method.module), expression=decorator)
                yield from self.guards.of_decorator(bound, level, asked)

    # ---------------------------------------------------------------------------------------------- mixins

    def _mixins(self, lineage: Lineage, asked: Asked) -> Iterator[SourceGuard]:
        own = next(lineage.own, None)
        for member in lineage.members:
            if not isinstance(member, Outside) or own is None:
                continue
            last = member.name.rpartition(".")[2]
            verdict = self._mixin(lineage, member.name, last, asked)
            if verdict is not None and verdict.kind is not None:
                yield self.guards.made(own.module, own.node, last, verdict, GuardLevel.GROUP)

    def _mixin(self, lineage: Lineage, full: str, last: str, asked: Asked) -> Verdict | None:
        if last == "UserPassesTestMixin":
            return self._test(lineage, asked)
        if last in _MIXINS:
            roles = (_ROLES[last],) if last in _ROLES else tuple(self._roles(lineage))
            return Verdict(kind=_MIXINS[last], roles=roles)
        view = package_view(full)
        if view is not None and view.kind is not GuardKind.PUBLIC:
            return Verdict(kind=view.kind)
        if any(word in last for word in _REFUSING):
            kind = kind_by_name(last)
            return Verdict(kind=kind) if kind is not None else None
        return None

    def _test(self, lineage: Lineage, asked: Asked) -> Verdict:
        """`UserPassesTestMixin`: what `test_func` says. One that compares with the caller asks whose it is."""
        method = lineage.method("test_func")
        if method is None:
            return Verdict(kind=GuardKind.UNCLEAR)
        first, second = self.guards.truths(method, asked, lineage)
        return self.guards.judge.of_truths(first, second, "test_func", self.guards.text(method.node))

    def _roles(self, lineage: Lineage) -> Iterator[str]:
        for name in _ROLE_ATTRIBUTES:
            held = lineage.attribute(name)
            if held is not None and isinstance(held.node, ast.expr):
                yield from words_in(held.node)

    # ----------------------------------------------------------------------------------------------- hooks

    def _hooks(self, lineage: Lineage, asked: Asked) -> Iterator[SourceGuard]:
        """`dispatch` and the like of the repository's own classes, each that is overridden, down to the package's."""
        for name, falls_through in _HOOKS.items():
            seen: Lineage | None = lineage
            for _ in lineage.members:
                method = seen.method(name) if seen is not None else None
                if method is None or seen is None:
                    break
                guard = self._hook(method, lineage, asked, falls_through=falls_through)
                if guard is not None:
                    yield guard
                seen = lineage.after(method.owner)

    def _hook(
        self, method: Method, lineage: Lineage, asked: Asked, *, falls_through: bool
    ) -> SourceGuard | None:
        if not self.guards.may_refuse(method.node):
            return None

        def passes(call: ast.Call) -> bool:
            match call.func:
                case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                    return name == method.node.name and not falls_through
            return False

        verdict = self.guards.of_function(
            Scope(module=method.module),
            method.node,
            method.owner.name,
            asked,
            passes=passes,
            falls_through=falls_through,
            member=(lineage, method.owner),
        )
        if verdict.kind is None:
            return None
        return self.guards.made(method.module, method.node, method.name, verdict, GuardLevel.GROUP)

"""Guards of Django views: decorators, mixins, `dispatch`, told from what their code refuses wherever it is at hand."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from launchready.model.source import GuardKind, GuardLevel, SourceGuard
from launchready.source.code.guards import kind_by_name
from launchready.source.python.django.callers import Situation, Truth, caller_expression, words_in
from launchready.source.python.django.classes import Classes, Lineage, Method
from launchready.source.python.django.conditions import Passes, Setting
from launchready.source.python.django.outcomes import Outcomes
from launchready.source.python.django.refusals import Judge, Verdict, both_callers
from launchready.source.python.django.scopes import Bound, Scope, bound_arguments, code_of
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, Function, Outside, PythonModule, dotted_name

_DEEPEST = 4
_AUTHENTICATES, _AUTHORIZES = GuardKind.AUTHENTICATES, GuardKind.AUTHORIZES
_DECORATORS: Mapping[str, GuardKind] = {
    "django.contrib.auth.decorators.login_required": _AUTHENTICATES,
    "django.contrib.auth.decorators.permission_required": _AUTHORIZES,
    "django.contrib.auth.decorators.login_not_required": GuardKind.PUBLIC,
    "django.contrib.admin.views.decorators.staff_member_required": _AUTHORIZES,
    "guardian.decorators.permission_required": _AUTHORIZES,
    "guardian.decorators.permission_required_or_403": _AUTHORIZES,
    "rules.contrib.views.permission_required": _AUTHORIZES,
    "django_otp.decorators.otp_required": _AUTHENTICATES,
    "oauth2_provider.decorators.protected_resource": _AUTHENTICATES,
    "oauth2_provider.decorators.rw_protected_resource": _AUTHENTICATES,
    "allauth.account.decorators.verified_email_required": _AUTHENTICATES,
    "stronghold.decorators.public": GuardKind.PUBLIC,
}
_TESTS = frozenset({"django.contrib.auth.decorators.user_passes_test"})
METHOD_DECORATOR = "django.utils.decorators.method_decorator"
# Decorators of these refuse nobody for who he is
_HARMLESS = (
    "django.", "functools.", "contextlib.", "asgiref.", "drf_spectacular.", "drf_yasg.", "django_ratelimit.",
    "ratelimit.", "rest_framework.", "typing.", "celery.", "csp.", "sentry_sdk.", "silk.", "waffle.", "dataclasses.",
    "django_htmx.", "statsd.", "opentelemetry.", "abc.", "warnings.", "cachalot.", "reversion.", "corsheaders.",
    "django_filters.", "newrelic.", "ddtrace.", "constance.", "structlog.", "deprecated.", "typing_extensions.",
    "staticmethod", "classmethod", "property",
)  # fmt: skip
# Without one of these, code refuses nobody
_REFUSING = re.compile(
    r"40[13]|[Ff]orbid|[Dd]enied|[Ll]ogin|LOGIN|redirect|Unauthorized|AuthenticationFailed|NotAuthenticated|"
    r"InvalidToken|no_permission|(?:check|require|verify|ensure|authori[sz]e|authenticate|validate)\w*\("
)
_ASKS_IDS = re.compile(r"kwargs|view\.\w*(?:slug|_id|_pk|pk)\b|request\.(?:data|GET|POST)|get_object\(")
_ASKS_METHOD = re.compile(r"\.method\b|\.action\b|user_passes_test|method_decorator|@")
Member: TypeAlias = tuple[Lineage, ast.ClassDef]  # the class of a view, and the ancestor that has the method


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For which request a guard is read: some refuse only some methods, actions or paths, or ask the view's class."""

    method: str = "GET"
    action: str = ""
    path: str = ""
    view: Lineage | None = None

    @property
    def situations(self) -> tuple[Situation, Situation]:
        """Asked by somebody unknown, and by a member."""
        return both_callers(self.method, self.action, self.path)


class Guards:
    """Reads guards. Verdicts on decorators of the repository are kept by place and request."""

    def __init__(self, values: Values, classes: Classes) -> None:
        self.values = values
        self.classes = classes
        self.outcomes = Outcomes(values)
        self.judge = Judge(self.outcomes)
        self._known: dict[tuple[int, str, str, str], tuple[SourceGuard, ...]] = {}
        self._texts: dict[int, str] = {}
        self.scoping: set[str] = set()  # names of guards that ask about ids of the request itself

    def text(self, node: ast.AST) -> str:
        """The code of a node of a module, unparsed once."""
        if id(node) not in self._texts:
            self._texts[id(node)] = _unparsed(node)
        return self._texts[id(node)]

    def may_refuse(self, function: Function) -> bool:
        """Whether a function has a word of a refusal in it at all."""
        return bool(_REFUSING.search(self.text(function)))

    def note_scope(self, name: str, function: ast.AST) -> None:
        """Keep a guard's name if its code looks at ids that the caller gave."""
        if _ASKS_IDS.search(self.text(function)):
            self.scoping.add(name)

    def made(
        self, module: PythonModule, node: ast.AST, name: str, verdict: Verdict, level: GuardLevel
    ) -> SourceGuard:
        """A guard of a verdict that refuses somebody, or says that nobody is."""
        assert verdict.kind is not None
        role = " | ".join(verdict.roles) if verdict.kind is GuardKind.AUTHORIZES else ""
        return SourceGuard(name=name, kind=verdict.kind, level=level, place=module.place(node), role=role)

    # ------------------------------------------------------------------------------------------ decorators

    def of_decorator(
        self, bound: Bound, level: GuardLevel, asked: Asked, depth: int = 0
    ) -> tuple[SourceGuard, ...]:
        """The guards that a decorator stands for; empty for one that refuses nobody."""
        held = self.values.project.of(bound.scope.module, bound.expression)
        if isinstance(held, Defined) and not _ASKS_METHOD.search(self.text(held.node)):
            asked = Asked()
        key = (id(bound.expression), level.value, asked.method, asked.action)
        if key not in self._known:
            self._known[key] = tuple(self._decorator(bound, level, asked, depth)) if depth <= _DEEPEST else ()
        return self._known[key]

    def _decorator(self, bound: Bound, level: GuardLevel, asked: Asked, depth: int) -> Iterator[SourceGuard]:
        expression, module = bound.expression, bound.scope.module
        call = expression if isinstance(expression, ast.Call) else None
        held = self.values.project.of(module, expression)
        if isinstance(held, Outside):
            yield from self._of_package(held.name, bound, call, level, asked, depth)
        elif isinstance(held, Defined):
            yield from self._of_repository(held, bound, call, level, asked, depth)
        elif held is None and dotted_name(expression) and not isinstance(expression, ast.Lambda):
            name = dotted_name(expression).rpartition(".")[2]
            kind = kind_by_name(name)
            if kind not in {None, GuardKind.UNCLEAR} and name not in {"setter", "getter", "mapping"}:
                yield self.made(module, expression, name, Verdict(kind=kind), level)

    def _of_package(
        self, full: str, bound: Bound, call: ast.Call | None, level: GuardLevel, asked: Asked, depth: int
    ) -> Iterator[SourceGuard]:
        name, module = full.rpartition(".")[2], bound.scope.module
        if full == METHOD_DECORATOR and call is not None:
            for item in self._decorators_in(bound, call):
                yield from self.of_decorator(item, level, asked, depth + 1)
        elif full in _TESTS and call is not None:
            test = (
                call.args[0]
                if call.args
                else next((k.value for k in call.keywords if k.arg == "test_func"), None)
            )
            verdict = (
                self.of_test(bound.other(test), asked)
                if test is not None
                else Verdict(kind=GuardKind.UNCLEAR)
            )
            if verdict.kind not in {None, GuardKind.PUBLIC}:
                yield self.made(module, bound.expression, code_of(bound.expression), verdict, level)
        elif full in _DECORATORS:
            roles = tuple(text for one in (call.args[:1] if call else ()) for text in words_in(one))
            if full.endswith("staff_member_required"):
                roles = ("is_staff",)
            yield self.made(
                module, bound.expression, name, Verdict(kind=_DECORATORS[full], roles=roles), level
            )
        elif not full.startswith(_HARMLESS):
            kind = kind_by_name(name)
            if kind is not None:
                yield self.made(module, bound.expression, full, Verdict(kind=kind), level)

    def _decorators_in(self, bound: Bound, call: ast.Call) -> Iterator[Bound]:
        """The decorators of `method_decorator([one, another], name="dispatch")`."""
        for argument in call.args[:1]:
            items = self.values.items(bound.scope, argument)
            if items.found and not items.unread:
                yield from (item.bound for item in items.found)
            else:
                yield bound.other(argument)

    def of_test(self, bound: Bound, asked: Asked) -> Verdict:
        """`user_passes_test(test)`: what the test says of a caller."""
        held = self.values.resolved(bound)
        function: Function | ast.Lambda
        if isinstance(held.expression, ast.Lambda):
            function, module = held.expression, held.scope.module
        else:
            meaning = self.values.project.of(held.scope.module, held.expression)
            if not isinstance(meaning, Defined) or not isinstance(meaning.node, ast.FunctionDef):
                return Verdict(kind=GuardKind.UNCLEAR)
            function, module = meaning.node, meaning.module
        names = [one.arg for one in function.args.args[:1]]
        user = Bound(scope=Scope(module=module), expression=caller_expression())
        first, second = self._truths(Scope(module=module, local=dict.fromkeys(names, user)), function, asked)
        return self.judge.of_truths(first, second, "", "")

    def truths(self, method: Method, asked: Asked, lineage: Lineage) -> tuple[Truth, Truth]:
        """What a method says of an anonymous caller, and of a member."""
        return self._truths(Scope(module=method.module), method.node, asked, (lineage, method.owner))

    def function_truths(self, module: PythonModule, function: Function, asked: Asked) -> tuple[Truth, Truth]:
        """What a function that is given the request says of an anonymous caller, and of a member."""
        return self._truths(Scope(module=module), function, asked)

    def _truths(
        self, scope: Scope, function: Function | ast.Lambda, asked: Asked, member: Member | None = None
    ) -> tuple[Truth, Truth]:
        self.outcomes.asked.clear()
        lineage, owner = member or (None, None)
        found = []
        for situation in asked.situations:
            setting = Setting(situation=situation, lineage=lineage, owner=owner, view=asked.view)
            found.append(self.outcomes.returned_truth(self.outcomes.ends(scope, function, setting), setting))
        return found[0], found[1]

    # -------------------------------------------------------------------------------- decorators of our own

    def _of_repository(
        self, held: Defined, bound: Bound, call: ast.Call | None, level: GuardLevel, asked: Asked, depth: int
    ) -> Iterator[SourceGuard]:
        node = held.node
        if isinstance(node, ast.expr):  # `admin_only = user_passes_test(…)`
            inner = Bound(scope=Scope(module=held.module), expression=node)
            for guard in self.of_decorator(inner, level, asked, depth + 1):
                yield replace(guard, name=held.name, place=bound.scope.module.place(bound.expression))
            return
        if isinstance(node, ast.ClassDef):  # its instances are called with the view
            method = self.classes.lineage(held).method("__call__")
            if method is None:
                return
            node = method.node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        verdict = self._wrapper_verdict(held, node, bound, call, asked)
        if verdict is None:
            yield from self._composed(held, node, bound, level, asked, depth)
        elif verdict.kind is not None:
            named = tuple(_roles_given(call)) if call is not None else ()
            if verdict.kind is GuardKind.AUTHORIZES and named:
                verdict = replace(verdict, roles=named)
            yield self.made(bound.scope.module, bound.expression, held.name, verdict, level)

    def _wrapper_verdict(
        self, held: Defined, node: Function, bound: Bound, call: ast.Call | None, asked: Asked
    ) -> Verdict | None:
        """The verdict on the function that a decorator puts around the view; None where it puts none around it."""
        found = wrapper_in(node)
        if found is None:
            return None
        wrapper, wrapped = found
        local = defaults_of(node, Scope(module=held.module))
        if call is not None:
            local |= bound_arguments(node, call, bound.scope)
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef) and inner is not wrapper and inner is not node:
                local |= defaults_of(inner, Scope(module=held.module))
        scope = Scope(module=held.module, local={name: one for name, one in local.items() if name != wrapped})

        def passes(one: ast.Call) -> bool:
            return isinstance(one.func, ast.Name) and one.func.id == wrapped

        return self.of_function(scope, wrapper, held.name, asked, passes=passes)

    def of_function(
        self,
        scope: Scope,
        function: Function,
        name: str,
        asked: Asked,
        *,
        passes: Passes,
        falls_through: bool = False,
        member: Member | None = None,
    ) -> Verdict:
        """The verdict on a function that stands before a view; `member` is the class whose method it is."""
        self.note_scope(name, function)
        self.outcomes.asked.clear()
        lineage, owner = member or (None, None)
        settings = [
            Setting(situation=one, passes=passes, lineage=lineage, owner=owner) for one in asked.situations
        ]
        first, second = (self.outcomes.ends(scope, function, setting) for setting in settings)
        return self.judge.of_ends(
            first, second, name, self.text(function), falls_through=falls_through, setting=settings[1]
        )

    def _composed(
        self, held: Defined, node: Function, bound: Bound, level: GuardLevel, asked: Asked, depth: int
    ) -> Iterator[SourceGuard]:
        """A decorator made of others: `return login_required(view)`."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                inner = Bound(scope=Scope(module=held.module), expression=part)
                full = self.values.project.full_name(held.module, part.func)
                known = full in _DECORATORS or full in _TESTS or full == METHOD_DECORATOR
                if known or (".py:" in full and isinstance(part.func, ast.Name) and depth < 1):
                    for guard in self.of_decorator(inner, level, asked, depth + 1):
                        yield replace(guard, name=held.name, place=bound.scope.module.place(bound.expression))


def _unparsed(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):  # nested deeper than can be written
        return ""


def _roles_given(call: ast.Call) -> Iterator[str]:
    """The roles that a decorator of the repository is given: its positional arguments, and lists by keyword."""
    for argument in call.args:
        yield from words_in(argument)
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.List | ast.Tuple | ast.Set):
            yield from words_in(keyword.value)


def wrapper_in(function: Function) -> tuple[Function, str] | None:
    """The inner function of a decorator that calls the decorated one, and the name of that; None if there is none."""
    stack: list[tuple[ast.AST, Function]] = [(child, function) for child in function.body]
    found: tuple[Function, str] | None = None
    while stack:
        node, outer = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = [one.arg for one in (*outer.args.posonlyargs, *outer.args.args)]
            called = {
                part.func.id
                for part in ast.walk(node)
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
            }
            wrapped = next((name for name in given if name in called), None)
            if wrapped is not None:
                found = (node, wrapped)
            stack.extend((child, node) for child in node.body)
        elif isinstance(node, ast.stmt):
            stack.extend((child, outer) for child in ast.iter_child_nodes(node))
    return found


def defaults_of(function: Function, scope: Scope) -> dict[str, Bound]:
    """The default values of a function's parameters."""
    positional = [*function.args.posonlyargs, *function.args.args]
    found = {}
    for name, value in zip(reversed(positional), reversed(function.args.defaults), strict=False):
        found[name.arg] = Bound(scope=scope, expression=value)
    for name, given in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if given is not None:
            found[name.arg] = Bound(scope=scope, expression=given)
    return found

"""Django Ninja: routes of an API that is mounted in a URLconf, with authentication, parameters and bodies."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from launchready.model.operation import BodyForm
from launchready.model.source import GuardKind, GuardLevel, SourceGuard, Validation
from launchready.source.code.guards import kind_by_name
from launchready.source.python.django.callers import Truth
from launchready.source.python.django.classes import Lineage, Method
from launchready.source.python.django.guards import Asked, Guards, defaults_of
from launchready.source.python.django.paths import Converters, PathTemplate, plain_path
from launchready.source.python.django.refusals import Verdict
from launchready.source.python.django.scopes import Bound, Item, Scope, bound_arguments, code_of
from launchready.source.python.django.taken import Taken
from launchready.source.python.ninja.tree import NinjaOperation
from launchready.source.python.project import Defined, Function, Outside, PythonModule, dotted_name
from launchready.source.python.schemas.models import Schemas

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_JSON = "application/json"
_PARAMETER = re.compile(r"\{(?:(?P<converter>\w+):)?(?P<name>\w+)\}")
_LEVELS = (GuardLevel.ROUTE, GuardLevel.GROUP, GuardLevel.GLOBAL)
_WITHOUT = frozenset({"GET", "DELETE", "HEAD", "OPTIONS"})
_KNOWN = {
    "django_auth": (GuardKind.AUTHENTICATES, ""),
    "django_auth_superuser": (GuardKind.AUTHORIZES, "is_superuser"),
    "django_auth_is_staff": (GuardKind.AUTHORIZES, "is_staff"),
    "JWTAuth": (GuardKind.AUTHENTICATES, ""),
    "AsyncJWTAuth": (GuardKind.AUTHENTICATES, ""),
    "HttpBearer": (GuardKind.AUTHENTICATES, ""),
    "HttpBasicAuth": (GuardKind.AUTHENTICATES, ""),
    "SessionAuth": (GuardKind.AUTHENTICATES, ""),
    "SessionAuthSuperUser": (GuardKind.AUTHORIZES, "is_superuser"),
    "SessionAuthIsStaff": (GuardKind.AUTHORIZES, "is_staff"),
}
_KEYS = ("APIKeyHeader", "APIKeyQuery", "APIKeyCookie")
_WEAKEST = (
    GuardKind.PUBLIC,
    GuardKind.IDENTIFIES,
    GuardKind.UNCLEAR,
    GuardKind.SERVICE,
    GuardKind.AUTHENTICATES,
    GuardKind.AUTHORIZES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NinjaReader:
    """Reads what an operation asks, and what it takes."""

    guards: Guards
    schemas: Schemas
    converters: Converters

    def template(self, operation: NinjaOperation) -> PathTemplate:
        """The path below the API, `{int:item_id}` as Django's own `<int:item_id>`."""

        def converted(match: re.Match[str]) -> str:
            kind = f"{match['converter']}:" if match["converter"] else ""
            return f"<{kind}{match['name']}>"

        text = operation.path
        return plain_path(replace(text, value=_PARAMETER.sub(converted, text.value)), self.converters)

    # ---------------------------------------------------------------------------------------------- guards

    def asked(self, operation: NinjaOperation, asked: Asked) -> tuple[SourceGuard, ...]:
        """The guards of an operation: its authentication, and decorators of its function."""
        scope = Scope(module=operation.module)
        around = [
            guard
            for decorator in operation.function.decorator_list
            if not _is_operation(decorator)
            for guard in self.guards.of_decorator(
                Bound(scope=scope, expression=decorator), GuardLevel.ROUTE, asked
            )
        ]
        return (*self._auth(operation.auth, _LEVELS[operation.level]), *around)

    def _auth(self, auth: Bound | None, level: GuardLevel) -> tuple[SourceGuard, ...]:
        if auth is None:
            return ()
        items = self.guards.values.items(auth.scope, auth.expression)
        listed = items.found if isinstance(auth.expression, ast.List | ast.Tuple) else (Item(bound=auth),)
        found = [(item.bound, self._verdict(item.bound)) for item in listed]
        if not found:
            return ()
        # Of several one is enough, so the weakest one counts
        bound, verdict = min(found, key=lambda one: _WEAKEST.index(one[1].kind or GuardKind.UNCLEAR))
        return (
            self.guards.made(bound.scope.module, bound.expression, code_of(bound.expression), verdict, level),
        )

    def _verdict(self, bound: Bound) -> Verdict:
        held = self.guards.values.resolved(bound)
        expression = held.expression
        if isinstance(expression, ast.Constant) and expression.value is None:
            return Verdict(kind=GuardKind.PUBLIC)
        called = expression.func if isinstance(expression, ast.Call) else expression
        made = self.guards.values.project.of(held.scope.module, called)
        if isinstance(made, Outside):
            return _named(made.name.rpartition(".")[2])
        if isinstance(made, Defined) and isinstance(made.node, ast.ClassDef):
            lineage = self.guards.classes.lineage(made)
            call = expression if isinstance(expression, ast.Call) else None
            return self._of_class(_with_arguments(lineage, held, call), made.name)
        if isinstance(made, Defined) and isinstance(made.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return self._of_function(made.module, made.node, made.name)
        return Verdict(kind=GuardKind.UNCLEAR)

    def _of_class(self, lineage: Lineage, name: str) -> Verdict:
        own = lineage.method("__call__")
        if own is not None:
            return self._of_own_call(own, lineage, name)
        method = lineage.method("authenticate")
        code = self.guards.text(method.node) if method is not None else ""
        for full in lineage.outside:
            last = full.rpartition(".")[2]
            if last in _KNOWN:
                return _named(last)
            if last in _KEYS:
                # A key that is looked up is somebody's; one that is compared is the service's
                kind = GuardKind.AUTHENTICATES if ".objects" in code else GuardKind.SERVICE
                return Verdict(kind=kind)
        return Verdict(kind=kind_by_name(name) or GuardKind.UNCLEAR)

    def _of_own_call(self, method: Method, lineage: Lineage, name: str) -> Verdict:
        """A class that decides itself what becomes of a request without credentials."""
        first, second = self.guards.truths(method, Asked(), lineage)
        verdict = self.guards.judge.of_truths(first, second, name, self.guards.text(method.node))
        if first is Truth.YES:
            return Verdict(kind=GuardKind.IDENTIFIES)
        if first is Truth.NO:
            return verdict if verdict.roles else Verdict(kind=GuardKind.AUTHENTICATES)
        return verdict

    def _of_function(self, module: PythonModule, function: Function, name: str) -> Verdict:
        first, second = self.guards.function_truths(module, function, Asked())
        return self.guards.judge.of_truths(first, second, name, self.guards.text(function))

    # ---------------------------------------------------------------------------------------------- bodies

    def taken(self, operation: NinjaOperation, method: str, template: PathTemplate) -> Taken:
        """The body of an operation: its parameters of schema classes, forms, files."""
        if method in _WITHOUT:
            return Taken(validation=Validation.NO_BODY)
        path_names = {one.name for one in template.parameters}
        bodies = list(self._bodies(operation.module, operation.function, path_names))
        if bodies:
            return Taken(bodies=tuple(bodies), validation=Validation.SCHEMA)
        text = self.guards.text(operation.function)
        raw = "request.body" in text or "request.POST" in text
        return Taken(validation=Validation.RAW if raw else Validation.NO_BODY)

    def _bodies(self, module: PythonModule, function: Function, path_names: set[str]) -> Iterator[BodyForm]:
        named: dict[str, list[tuple[str, dict[str, object]]]] = {}
        arguments = [*function.args.args[1:], *function.args.kwonlyargs]
        defaults = dict(
            zip(
                [one.arg for one in reversed(function.args.args)],
                reversed(function.args.defaults),
                strict=False,
            )
        )
        for argument in arguments:
            media = self._media(module, argument, defaults.get(argument.arg))
            if argument.arg in path_names or not media:
                continue
            named.setdefault(media, []).append((argument.arg, self.schemas.of(module, argument.annotation)))
        for media, held in named.items():
            schema = held[0][1]
            if len(held) > 1 or schema.get("type") != "object":
                properties = dict(held)
                schema = {"type": "object", "properties": properties, "required": list(properties)}
            yield BodyForm(media_type=media, schema=schema, required=True)

    def _media(self, module: PythonModule, argument: ast.arg, default: ast.expr | None) -> str:
        """In which body a parameter stands; empty for those of the path, the query and the framework."""
        texts = [code_of(one) for one in (argument.annotation, default) if one is not None]
        marks = {part for text in texts for part in re.findall(r"\b[A-Z]\w+", text)}
        if marks & {"Query", "Header", "Path", "Cookie", "Depends", "HttpRequest"}:
            return ""
        if "File" in marks or "UploadedFile" in marks:
            return _MULTIPART
        if "Form" in marks or "FormEx" in marks:
            return _FORM
        if "Body" in marks:
            return _JSON
        held = self.schemas.class_of(module, argument.annotation)
        return _JSON if held is not None else ""


def _with_arguments(lineage: Lineage, bound: Bound, call: ast.Call | None) -> Lineage:
    """The class with what `__init__` keeps of the arguments of a call: `self.optional = optional`."""
    method = lineage.method("__init__")
    if method is None:
        return lineage
    scope = Scope(module=method.module)
    values = defaults_of(method.node, scope)
    if call is not None:
        shifted = ast.Call(func=call.func, args=[ast.Name(id="self"), *call.args], keywords=call.keywords)
        values |= bound_arguments(method.node, ast.copy_location(shifted, call), bound.scope)
    given = {}
    for node in ast.walk(method.node):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=attribute)], value=ast.Name(id=name)
            ) if name in values:
                held = values[name]
                given[attribute] = Defined(module=held.scope.module, node=held.expression, name=attribute)
    return replace(lineage, given={**lineage.given, **given})


def _named(name: str) -> Verdict:
    known = _KNOWN.get(name)
    if known is not None:
        return Verdict(kind=known[0], roles=(known[1],) if known[1] else ())
    if name in _KEYS:
        return Verdict(kind=GuardKind.SERVICE)
    return Verdict(kind=kind_by_name(name) or GuardKind.UNCLEAR)


def _is_operation(decorator: ast.expr) -> bool:
    last = dotted_name(decorator).rpartition(".")[2]
    return isinstance(decorator, ast.Call) and last in {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "api_operation",
    }

"""Django Ninja: operations of APIs and routers, prefixes, and the authentication that each level sets."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from launchready.source.python.django.scopes import Bound, Change, Scope, code_of
from launchready.source.python.django.texts import Text, Texts
from launchready.source.python.django.values import Values
from launchready.source.python.project import Defined, Function, Outside, PythonModule

NinjaKey = tuple[str, str]  # (path of the module, name in it)
_DEEPEST = 8
_VERBS = ("get", "post", "put", "patch", "delete")
_ROUTERS = ("NinjaAPI", "Router", "NinjaExtraAPI")


@dataclass(frozen=True, slots=True, kw_only=True)
class NinjaOperation:
    """A function under `@api.get("/path")`. `auth` is what the nearest level sets, None where none does.

    `path` is below where the API is mounted.
    """

    module: PythonModule
    function: Function
    methods: tuple[str, ...]
    path: Text
    auth: Bound | None
    level: int  # how far out `auth` is set: 0 at the operation, 1 at a router, 2 at the API


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """An operation as it is written."""

    module: PythonModule
    function: Function
    methods: tuple[str, ...]
    path: Bound | None
    auth: Bound | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Child:
    prefix: Bound | None
    router: NinjaKey
    auth: Bound | None


class NinjaTree:
    """All APIs and routers of a project with their operations."""

    def __init__(self, values: Values, texts: Texts) -> None:
        self.values = values
        self.texts = texts
        self._operations: dict[NinjaKey, list[_Own]] = {}
        self._children: dict[NinjaKey, list[_Child]] = {}
        self._unknown: dict[NinjaKey, list[tuple[Bound | None, str]]] = {}
        for module in values.project.modules("ninja", "@router.", "@api.", ".add_router("):
            self._read(module)

    def _read(self, module: PythonModule) -> None:
        scope = Scope(module=module)
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in node.decorator_list:
                    self._operation(scope, node, decorator)
        for events in self.values.frame(module).events.values():
            for event in events:
                call = event.expression
                if event.change is Change.CALL and isinstance(call, ast.Call):
                    self._child(Scope(module=module, local=event.local), call)

    def _operation(self, scope: Scope, function: Function, decorator: ast.expr) -> None:
        match decorator:
            case ast.Call(func=ast.Attribute(value=owner, attr=verb), args=args, keywords=keywords):
                key = self.key_of(scope, owner)
            case _:
                return
        given = {one.arg: one.value for one in keywords if one.arg}
        path = given.get("path")
        methods: tuple[str, ...] = (verb.upper(),)
        if verb == "api_operation" and args:
            items = self.values.items(scope, args[0])
            methods = tuple(self.texts.of(item.bound).value.upper() for item in items.found)
            path = path or (args[1] if len(args) > 1 else None)
        elif verb in _VERBS:
            path = path or (args[0] if args else None)
        else:
            return
        if key is not None:
            own = _Own(
                module=scope.module,
                function=function,
                methods=methods,
                path=_bound(scope, path),
                auth=_bound(scope, given.get("auth")),
            )
            self._operations.setdefault(key, []).append(own)

    def _child(self, scope: Scope, call: ast.Call) -> None:
        """`api.add_router("/items", "items.api.router", auth=…)`."""
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "add_router":
            return
        key = self.key_of(scope, call.func.value)
        given = {one.arg: one.value for one in call.keywords if one.arg}
        prefix = call.args[0] if call.args else given.get("prefix")
        router = call.args[1] if len(call.args) > 1 else given.get("router")
        inner = self._router(scope, router) if router is not None else None
        if key is not None and inner is None and router is not None:
            self._unknown.setdefault(key, []).append((_bound(scope, prefix), code_of(router)))
        if key is not None and inner is not None:
            child = _Child(prefix=_bound(scope, prefix), router=inner, auth=_bound(scope, given.get("auth")))
            self._children.setdefault(key, []).append(child)

    def _router(self, scope: Scope, expression: ast.expr) -> NinjaKey | None:
        text = self.texts.of(Bound(scope=scope, expression=expression))
        if isinstance(expression, ast.Constant | ast.JoinedStr) and text.certain:
            dotted, _, name = text.value.rpartition(".")
            path = self.values.project.find(dotted, scope.module.path)
            return (path, name) if path is not None else None
        return self.key_of(scope, expression)

    def key_of(self, scope: Scope, expression: ast.expr) -> NinjaKey | None:
        """Which API or router an expression names; None for anything else."""
        held = self.values.project.of(scope.module, expression)
        if not isinstance(held, Defined) or not isinstance(held.node, ast.Call):
            return None
        made = self.values.project.of(held.module, held.node.func)
        name = made.name if isinstance(made, Outside | Defined) else ""
        is_router = name.rpartition(".")[2] in _ROUTERS or (
            isinstance(made, Defined) and name.endswith(("API", "Api", "Router"))
        )
        return (held.module.path, held.name) if is_router else None

    def made(self, key: NinjaKey) -> tuple[PythonModule, ast.Call] | None:
        """The call that makes an API or router."""
        module = self.values.project.module(key[0])
        node = module.names.get(key[1]) if module is not None else None
        return (module, node) if module is not None and isinstance(node, ast.Call) else None

    def _auth(self, key: NinjaKey) -> Bound | None:
        made = self.made(key)
        if made is None:
            return None
        given = next((one.value for one in made[1].keywords if one.arg == "auth"), None)
        return _bound(Scope(module=made[0]), given)

    def operations(self, key: NinjaKey) -> Iterator[NinjaOperation]:
        """The operations of an API, those of its routers included."""
        yield from self._under(key, Text(value=""), None, 2, 0)

    def _under(
        self, key: NinjaKey, prefix: Text, outer: Bound | None, level: int, depth: int
    ) -> Iterator[NinjaOperation]:
        own = self._auth(key)
        auth, level = (own, 2 if depth == 0 else 1) if own is not None else (outer, level)
        for one in self._operations.get(key, ()):
            text = self.texts.of(one.path) if one.path is not None else Text(value="")
            yield NinjaOperation(
                module=one.module,
                function=one.function,
                methods=one.methods,
                path=_below(prefix, text),
                auth=one.auth or auth,
                level=0 if one.auth is not None else level,
            )
        for child in self._children.get(key, ()) if depth < _DEEPEST else ():
            text = self.texts.of(child.prefix) if child.prefix is not None else Text(value="")
            inner = (child.auth, 1) if child.auth is not None else (auth, level)
            yield from self._under(child.router, _below(prefix, text), inner[0], inner[1], depth + 1)

    def unknown(self, key: NinjaKey) -> Iterator[tuple[Text, str]]:
        """Routers of packages that are added to an API: where, and as they are written."""
        for prefix, code in self._unknown.get(key, ()):
            text = self.texts.of(prefix) if prefix is not None else Text(value="")
            yield _below(Text(value=""), Text(value=f"{text.value}/", unread=text.unread)), code

    def setting(self, key: NinjaKey, name: str, default: str) -> str:
        """A text argument of the API; empty where it is None."""
        made = self.made(key)
        given = next((one.value for one in made[1].keywords if one.arg == name), None) if made else None
        if made is None or given is None:
            return default
        if isinstance(given, ast.Constant) and given.value is None:
            return ""
        return self.texts.of(Bound(scope=Scope(module=made[0]), expression=given)).value


def _bound(scope: Scope, expression: ast.expr | None) -> Bound | None:
    return Bound(scope=scope, expression=expression) if expression is not None else None


def _below(prefix: Text, path: Text) -> Text:
    """One path below another as Ninja joins them: double slashes count once."""
    joined = "/".join(part for part in (prefix.value, path.value) if part)
    while "//" in joined:
        joined = joined.replace("//", "/")
    return Text(
        value=joined.lstrip("/"),
        unread=(*prefix.unread, *path.unread),
        notes=tuple(dict.fromkeys((*prefix.notes, *path.notes))),
    )

"""Applications, blueprints, APIs and namespaces of Flask, and how they are put into one another."""

import ast
import re
from dataclasses import dataclass, field
from enum import StrEnum

from launchready.source.python.fastapi.paths import PathText, path_text
from launchready.source.python.flask.rules import is_given
from launchready.source.python.wiring.program import Wiring, is_test
from launchready.source.python.wiring.values import (
    ClassValue,
    Event,
    FunctionValue,
    Given,
    Instance,
    Items,
    Known,
    Made,
    Member,
    Value,
    creation,
    items_of,
    outside_names,
    text_of,
    texts_of,
)

VERBS = ("get", "post", "put", "patch", "delete")
METHODS = frozenset({
    *VERBS, "route", "add_url_rule", "register_blueprint", "before_request", "before_app_request", "errorhandler",
    "app_errorhandler", "register_error_handler", "add_resource", "resource", "add_namespace", "init_app",
    "register_api", "add_argument", "login_view",
})  # fmt: skip
_PACKAGES = ("flask", "quart", "apiflask")


class Kind(StrEnum):
    """What a thing of Flask is."""

    APP = "app"
    BLUEPRINT = "blueprint"
    API = "api"  # Flask-RESTful, flask-restx: resources under a prefix
    NAMESPACE = "namespace"
    REGISTRAR = "registrar"  # flask-smorest: blueprints are registered through it


_KINDS = {
    "Flask": Kind.APP,
    "APIFlask": Kind.APP,
    "OpenAPI": Kind.APP,
    "Quart": Kind.APP,
    "Blueprint": Kind.BLUEPRINT,
    "APIBlueprint": Kind.BLUEPRINT,
    "Namespace": Kind.NAMESPACE,
    "Api": Kind.API,
}


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A rule as declared. `classes` tells a class-based view from a function."""

    rules: tuple[PathText, ...]
    methods: Value | None
    endpoint: str
    serves: Value
    given: Given
    verb: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Put:
    """A thing put into another one: a blueprint, a namespace, an API."""

    child: Value
    prefix: PathText | None
    given: Given
    name: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Node:
    """An application, blueprint, API or namespace. `hooks` are functions before its routes."""

    value: Made | Instance
    kind: Kind
    name: str = ""
    prefix: PathText | None = None
    package: str = ""
    declared: list[Declared] = field(default_factory=list)
    inside: list[Put] = field(default_factory=list)
    hooks: list[tuple[Value, Event]] = field(default_factory=list)
    app_hooks: list[tuple[Value, Event]] = field(default_factory=list)
    handlers: list[tuple[Value, Value]] = field(default_factory=list)
    decorators: list[Value] = field(default_factory=list)
    parents: "list[Node]" = field(default_factory=list)


def kind_of(value: Value | None) -> tuple[Kind, str] | None:
    """What a thing of Flask is, and the package that it is of; None for what is none."""
    if not isinstance(value, Made | Instance):
        return None
    for name in outside_names(value):
        package, last = name.partition(".")[0], name.rpartition(".")[2]
        if last in _KINDS and package.startswith(_PACKAGES):
            kind = _KINDS[last]
            if kind is Kind.API and package in {"flask_smorest", "flask_rest_api"}:
                kind = Kind.REGISTRAR
            return kind, package
    return None


class Tree:
    """All applications, blueprints and APIs of a repository by identity."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.nodes: dict[int, Node] = {}
        self.parsers: dict[int, list[Event]] = {}
        self.unread: list[Put] = []
        self._settings: dict[str, str | None] = {}
        for made in wiring.made:
            self.node(made)
        for event in wiring.events:
            self._take(event)

    def node(self, value: Value | None) -> Node | None:
        """The node that a value is."""
        held = self.wiring.settled(value) if value is not None else None
        found = kind_of(held)
        if found is None or not isinstance(held, Made | Instance):
            return None
        if id(held) not in self.nodes:
            self.nodes[id(held)] = self._made(held, *found)
        return self.nodes[id(held)]

    def _made(self, value: Made | Instance, kind: Kind, package: str) -> Node:
        made = creation(value)
        node = Node(value, kind, package=package)
        self.nodes[id(value)] = node
        if made is None:
            return node
        given = Given(made.node, self.wiring.namespace(made.module), made.arguments, made.keywords)
        if kind is Kind.BLUEPRINT:
            node.name = text_of(given.argument(0, "name")) or ""
            node.prefix = self._prefix(given.keywords.get("url_prefix"), "the prefix of a blueprint")
        elif kind is Kind.NAMESPACE:
            node.name = text_of(given.argument(0, "name")) or ""
            path = given.argument(2, "path")
            node.prefix = self._prefix(path, "the path of a namespace") or PathText(text=f"/{node.name}")
            node.decorators = list(items_of(given.keywords.get("decorators")))
        elif kind in {Kind.API, Kind.REGISTRAR}:
            node.prefix = self._prefix(given.keywords.get("prefix"), "the prefix of an API")
            node.decorators = list(items_of(given.keywords.get("decorators")))
            self._bind(node, given.argument(0, "app"), given)
        return node

    def _path(self, value: Value | None, what: str) -> PathText:
        """A prefix or rule as given; one that is read from `app.config` is looked up in the repository's settings."""
        held = self.wiring.settled(value) if value is not None else None
        if isinstance(held, Made) and held.what.endswith((".config.__getitem__", ".config.get")):
            key = text_of(held.arguments[0]) if held.arguments else None
            default = text_of(held.arguments[1]) if len(held.arguments) > 1 else None
            text = self._setting(key) if key is not None else None
            text = text if text is not None else default
            if text is not None:
                return PathText(text=text, notes=(f"{what} is a setting; its default stands here",))
        return path_text(held, what)

    def _prefix(self, value: Value | None, what: str) -> PathText | None:
        return self._path(value, what) if is_given(value) else None

    def _setting(self, key: str) -> str | None:
        """The one text that the repository's settings give a key; None if there is none, or there are several."""
        if key not in self._settings:
            pattern = re.compile(rf"^\s*{re.escape(key)}\s*(?::[^=\n]*)?=", re.MULTILINE)
            texts: set[str | None] = set()
            for path in sorted(self.wiring.project.files):
                if pattern.search(self.wiring.project.files[path].text) and not is_test(path):
                    texts |= self._stated(path, key)
            self._settings[key] = texts.pop() if len(texts) == 1 else None
        return self._settings[key]

    def _stated(self, path: str, key: str) -> set[str | None]:
        module = self.wiring.project.module(path)
        found: set[str | None] = set()
        for node in ast.walk(module.tree) if module is not None else ():
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ) if name == key and module is not None:
                    found.add(text_of(self.wiring.evaluate(value, self.wiring.namespace(module))))
        return found

    def _bind(self, node: Node, target: Value | None, given: Given, conditions: tuple[str, ...] = ()) -> None:
        """Put an API into the application or blueprint that it was made for."""
        parent = self.node(target)
        if parent is not None and parent not in node.parents:
            node.parents.append(parent)
            parent.inside.append(Put(node.value, None, given, conditions=conditions))

    # ------------------------------------------------------------------------------------------ events

    def _take(self, event: Event) -> None:
        held = self.wiring.settled(event.receiver)
        if event.method == "add_argument" and isinstance(held, Made) and held.what.endswith("RequestParser"):
            self.parsers.setdefault(id(held), []).append(event)
            return
        node = self.node(held)
        if node is None:
            return
        given, method = event.given, event.method
        match method:
            case "route" | "get" | "post" | "put" | "patch" | "delete" if event.decorated is not None:
                self._route(node, event, event.decorated)
            case "add_url_rule":
                view = given.argument(2, "view_func")
                if view is not None:
                    self._rule(node, event, view)
            case "add_resource" if given.arguments:
                self._resource(node, event, given.arguments[0], given.arguments[1:])
            case "resource" if event.decorated is not None:
                self._resource(node, event, event.decorated, given.arguments)
            case "register_blueprint" | "register_api" | "add_namespace":
                self._put(node, event)
            case "init_app":
                self._bind(node, given.argument(0, "app"), given, event.conditions)
            case "before_request" | "before_app_request":
                hook = event.decorated if event.decorated is not None else given.argument(0, "f")
                if hook is not None:
                    (node.app_hooks if "app" in method else node.hooks).append((hook, event))
            case "errorhandler" | "app_errorhandler" | "register_error_handler":
                handler = event.decorated if event.decorated is not None else given.argument(1, "f")
                cause = given.argument(0, "code_or_exception")
                if handler is not None and cause is not None:
                    node.handlers.append((cause, handler))

    def _route(self, node: Node, event: Event, serves: FunctionValue | ClassValue) -> None:
        given = event.given
        # flask-restx takes several rules; others one, and then the methods by name
        texts = given.arguments if node.kind in {Kind.NAMESPACE, Kind.API} else given.arguments[:1]
        rules = tuple(self._path(each, "a rule") for each in texts) or (
            self._path(given.keywords.get("rule"), "a rule"),
        )
        name = text_of(given.keywords.get("endpoint")) or _own_name(node, serves)
        node.declared.append(
            Declared(
                rules, given.keywords.get("methods"), name, serves, given,
                event.method if event.method in VERBS else "", event.conditions,
            )
        )  # fmt: skip

    def _rule(self, node: Node, event: Event, view: Value) -> None:
        given = event.given
        rule = self._path(given.argument(0, "rule"), "a rule")
        name = text_of(given.argument(1, "endpoint")) or _own_name(node, self.wiring.settled(view))
        node.declared.append(
            Declared((rule,), given.keywords.get("methods"), name, view, given, "", event.conditions)
        )

    def _resource(self, node: Node, event: Event, serves: Value, rules: tuple[Value, ...]) -> None:
        given = event.given
        texts = tuple(self._path(each, "a rule") for each in rules)
        name = text_of(given.keywords.get("endpoint")) or _own_name(node, serves)
        node.declared.append(Declared(texts, None, name, serves, given, "", event.conditions))

    def _put(self, node: Node, event: Event) -> None:
        given = event.given
        child = given.argument(0, "blueprint") or given.keywords.get("ns") or given.keywords.get("api")
        key = "path" if event.method == "add_namespace" else "url_prefix"
        prefix = self._prefix(given.argument(1 if key == "path" else -1, key), "the prefix of a blueprint")
        if child is None:
            return
        put = Put(child, prefix, given, text_of(given.keywords.get("name")) or "", event.conditions)
        if self.node(child) is None:
            self.unread.append(put)
            return
        node.inside.append(put)


def _own_name(node: Node, serves: Value) -> str:
    """The name of an endpoint that was given none."""
    match serves:
        case FunctionValue():
            return serves.short
        case ClassValue(node=definition):
            if node.kind is Kind.NAMESPACE or node.package in {"flask_restx", "flask_restplus"}:
                return f"{node.name}_{_dashed(definition.name)}" if node.name else _dashed(definition.name)
            return definition.name.lower() if node.kind is Kind.API else definition.name
        case Made(arguments=arguments):
            return next((text for each in arguments for text in texts_of(each)), "")
        case _:
            return ""


def _dashed(name: str) -> str:
    """`TagList` as flask-restx names its endpoint: `tag_list`."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


__all__ = ["Items", "Known", "Member"]

"""Packages that add routes of their own to an Express application, by their documentation."""

from __future__ import annotations

from launchready.source.script.express.routers import Layer, LayerKind, Router, paths_in
from launchready.source.script.symbolic.interpreter import Interpreter
from launchready.source.script.symbolic.values import (
    Argument,
    Called,
    Items,
    Package,
    Record,
    Site,
    Value,
    text_of,
)

# finale-rest and its forerunner: action → (method, whether on one object)
_REST = frozenset({"finale-rest", "epilogue"})
_ACTIONS = {
    "list": ("GET", False),
    "create": ("POST", False),
    "read": ("GET", True),
    "update": ("PUT", True),
    "delete": ("DELETE", True),
}


class RestResources:
    """`initialize({ app })` and `resource({ endpoints: [list, one], actions })` of finale-rest."""

    def __init__(self) -> None:
        self._app: Router | None = None

    def called(
        self, run: Interpreter, callee: Package, arguments: tuple[Argument, ...], site: Site
    ) -> Value | None:
        """Register what a resource serves; None for calls of other packages."""
        options = arguments[0].value if arguments else None
        if callee.package not in _REST or not isinstance(options, Record):
            return None
        if callee.name == "initialize":
            app = options.entries.get("app")
            self._app = app if isinstance(app, Router) else None
        elif callee.name == "resource" and self._app is not None:
            self._add(run, self._app, options, site)
        return Called(callee, arguments, site)

    def _add(self, run: Interpreter, app: Router, options: Record, site: Site) -> None:
        endpoints = options.entries.get("endpoints")
        paths = paths_in(endpoints) if endpoints is not None else ()
        listed = options.entries.get("actions")
        wanted = {text_of(one) for one in listed.values} if isinstance(listed, Items) else set(_ACTIONS)
        for action, (method, is_single) in _ACTIONS.items():
            place = int(is_single)
            if action in wanted and place < len(paths):
                handler = Argument(value=Called(Package("finale-rest", action), (), site), site=site)
                layer = Layer(
                    kind=LayerKind.ROUTE,
                    method=method,
                    paths=(paths[place],),
                    handlers=(handler,),
                    site=site,
                    conditions=run.conditions,
                )
                app.layers.append(layer)

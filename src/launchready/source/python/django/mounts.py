"""What packages serve: single views of theirs, URLs that are mounted as a whole, the administration, Ninja's APIs."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from launchready.model.operation import BodyForm
from launchready.model.source import GuardKind, GuardLevel, SourceGuard, Validation
from launchready.source.code.facts import FoundRoute
from launchready.source.python.django.answers import DJANGO, NINJA, REST, Answer, Readers, route_of
from launchready.source.python.django.guards import Asked
from launchready.source.python.django.packages import PackageView as KnownView
from launchready.source.python.django.packages import package_urls, package_view
from launchready.source.python.django.paths import plain_path
from launchready.source.python.django.refusals import Verdict
from launchready.source.python.django.taken import Taken
from launchready.source.python.django.texts import Text
from launchready.source.python.django.urls import Leaf
from launchready.source.python.django.views import ANY, PackageView, UnreadView
from launchready.source.python.ninja.tree import NinjaKey


class MountReader:
    """Makes answers and routes of what is no part of the repository."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers

    def package_answers(self, leaf: Leaf, view: PackageView) -> Iterator[Answer]:
        known = package_view(view.full)
        module = leaf.view.scope.module
        asked = Asked(path=f"/{leaf.template.text}")
        wrapped = tuple(
            guard
            for bound in view.wrappers
            for guard in self.readers.guards.of_decorator(bound, GuardLevel.ROUTE, asked)
        )
        if known is None:
            verdict = Verdict(kind=GuardKind.UNCLEAR)
            unclear = self.readers.guards.made(
                module, leaf.view.expression, view.full, verdict, GuardLevel.ROUTE
            )
            yield self._of_package(leaf, view.full, ANY, (*wrapped, unclear), Taken())
            return
        yield from self._known_answers(leaf, view.full, known, wrapped)

    def _known_answers(
        self, leaf: Leaf, full: str, known: KnownView, wrapped: tuple[SourceGuard, ...]
    ) -> Iterator[Answer]:
        module = leaf.view.scope.module
        verdict = Verdict(kind=known.kind, roles=(known.role,) if known.role else ())
        guard = self.readers.guards.made(module, leaf.view.expression, full, verdict, GuardLevel.ROUTE)
        guards = wrapped if wrapped and known.kind is GuardKind.PUBLIC else (*wrapped, guard)
        for verb in known.verbs:
            taken = _taken(verb, known.bodies)
            yield self._of_package(leaf, full, verb, guards, taken)

    def _of_package(
        self, leaf: Leaf, full: str, method: str, guards: tuple[SourceGuard, ...], taken: Taken
    ) -> Answer:
        place = leaf.view.scope.module.place(leaf.view.expression)
        return Answer(
            method=method,
            handler=full,
            place=place,
            end_line=getattr(leaf.view.expression, "end_lineno", None) or place.line,
            framework=REST if full.startswith("rest_framework") else DJANGO,
            guards=guards,
            taken=taken,
            exempt=full.startswith(("django.contrib.auth.", "rest_framework")),
            notes=("the code is a package's",),
        )

    def mounted(self, leaf: Leaf) -> Iterator[FoundRoute]:
        """A package's URLs or a site that is mounted as a whole."""
        if "admin" in leaf.package.lower() and leaf.package.endswith(".urls"):
            yield from self._admin(leaf)
            return
        key = self._ninja_key(leaf)
        if key is not None:
            yield from self._ninja(leaf, key)
            return
        views = package_urls(leaf.package)
        for view in views:
            template = leaf.template.then(plain_path(Text(value=view.path), self.readers.converters))
            inner = replace(leaf, template=template)
            for answer in self._known_answers(
                inner, f"{leaf.package}:{view.path}", view, self._wrapped(leaf)
            ):
                yield route_of(self.readers, template, answer)
        if not views:
            yield self._rest_of(leaf, f"what else {leaf.package} serves is not known", GuardKind.UNCLEAR, ())

    def _ninja_key(self, leaf: Leaf) -> NinjaKey | None:
        expression = leaf.view.expression
        if not isinstance(expression, ast.Attribute):
            return None
        return self.readers.ninja.key_of(leaf.view.scope, expression.value)

    def _ninja(self, leaf: Leaf, key: NinjaKey) -> Iterator[FoundRoute]:
        """A Ninja API that is mounted here, and its description."""
        reader = self.readers.operations
        for operation in self.readers.ninja.operations(key):
            template = leaf.template.then(reader.template(operation))
            node = operation.function
            for method in operation.methods:
                asked = Asked(method=method, path=f"/{template.text}")
                guards = reader.asked(operation, asked)
                answer = Answer(
                    method=method,
                    handler=node.name,
                    place=operation.module.place(node),
                    end_line=node.end_lineno or node.lineno,
                    framework=NINJA,
                    key=(operation.module.path, node.name),
                    guards=(*self._wrapped(leaf), *guards),
                    taken=reader.taken(operation, method, template),
                    exempt=any(guard.kind is GuardKind.PUBLIC for guard in guards),
                )
                yield route_of(self.readers, template, answer)
        for prefix, code in self.readers.ninja.unknown(key):
            template = leaf.template.then(plain_path(prefix, self.readers.converters))
            inner = replace(leaf, template=template, package=code)
            yield self._rest_of(inner, f"what {code} serves is not known", GuardKind.UNCLEAR, ())
        for name, default in (("openapi_url", "/openapi.json"), ("docs_url", "/docs")):
            path = self.readers.ninja.setting(key, name, default)
            if path:
                template = leaf.template.then(
                    plain_path(Text(value=path.lstrip("/")), self.readers.converters)
                )
                taken = Taken(validation=Validation.NO_BODY)
                answer = self._of_package(leaf, f"NinjaAPI.{name}", "GET", self._wrapped(leaf), taken)
                yield route_of(self.readers, template, replace(answer, framework=NINJA))

    def _wrapped(self, leaf: Leaf) -> tuple[SourceGuard, ...]:
        asked = Asked(path=f"/{leaf.template.text}")
        wrappers = leaf.wrappers
        return tuple(
            guard
            for bound in wrappers
            for guard in self.readers.guards.of_decorator(bound, GuardLevel.GROUP, asked)
        )

    def _admin(self, leaf: Leaf) -> Iterator[FoundRoute]:
        """Django's administration: its first page, and one line for the pages of all models."""
        guards = self.readers.guards
        verdict = Verdict(kind=GuardKind.AUTHORIZES, roles=("is_staff",))
        module = leaf.view.scope.module
        guard = guards.made(module, leaf.view.expression, "AdminSite", verdict, GuardLevel.GROUP)
        taken = Taken(validation=Validation.NO_BODY)
        first = self._of_package(leaf, "AdminSite.index", "GET", (guard,), taken)
        yield route_of(self.readers, leaf.template, first)
        yield self._rest_of(
            leaf, "pages of the models are not listed one by one", GuardKind.AUTHORIZES, (guard,)
        )

    def _rest_of(self, leaf: Leaf, note: str, kind: GuardKind, guards: tuple[SourceGuard, ...]) -> FoundRoute:
        if not guards:
            verdict = Verdict(kind=kind)
            module = leaf.view.scope.module
            made = self.readers.guards.made(
                module, leaf.view.expression, leaf.package, verdict, GuardLevel.GROUP
            )
            guards = (*self._wrapped(leaf), made)
        template = leaf.template.then(plain_path(Text(value="<path:rest>"), self.readers.converters))
        answer = self._of_package(leaf, leaf.package, ANY, guards, Taken())
        return route_of(self.readers, template, replace(answer, certain=False, notes=(note,)))

    def unread(self, leaf: Leaf, view: UnreadView) -> Answer:
        verdict = Verdict(kind=GuardKind.UNCLEAR)
        module = leaf.view.scope.module
        guard = self.readers.guards.made(module, leaf.view.expression, view.code, verdict, GuardLevel.ROUTE)
        answer = self._of_package(leaf, view.code, ANY, (guard,), Taken())
        return replace(answer, notes=("the view could not be told",))


def _taken(verb: str, bodies: tuple[BodyForm, ...]) -> Taken:
    if verb in {"GET", "DELETE"}:
        return Taken(validation=Validation.NO_BODY)
    return Taken(bodies=bodies, validation=Validation.SCHEMA if bodies else Validation.UNCLEAR)

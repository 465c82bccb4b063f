"""Middleware of Next.js (`middleware.ts`, `proxy.ts`): which routes it covers, and what it does with callers there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from launchready.model.source import CodePlace, GuardKind, GuardLevel, SourceGuard
from launchready.source.script.binding import ScriptModule
from launchready.source.script.callers import Caller
from launchready.source.script.nextjs.apps import NextApp
from launchready.source.script.nextjs.guards import Verdict, verdict
from launchready.source.script.nextjs.matcher import matches
from launchready.source.script.nextjs.packages import AuthJs, is_package_middleware
from launchready.source.script.nextjs.sameness import SameAddresses
from launchready.source.script.nextjs.trial import Trials
from launchready.source.script.nextjs.web import Visit, WebInterpreter, WebRequest
from launchready.source.script.nodes import object_entries, unwrapped
from launchready.source.script.project import ScriptProject
from launchready.source.script.symbolic.values import Argument, Closure, Either, Native, Site, Unknown, Value

_FILES = ("middleware", "proxy")
_NEW_ROUTE = "/api/a-route-that-is-new"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matcher:
    """A matcher; `always` False where headers or cookies decide besides. `source` is None where it was not read."""

    source: str | None
    always: bool = True


@dataclass(slots=True)
class Middleware:
    """An application's middleware."""

    app: NextApp
    module: ScriptModule
    name: str
    matchers: tuple[_Matcher, ...] | None
    place: CodePlace
    trials: Trials
    known: SameAddresses[Verdict] = field(repr=False)

    def guard(self, address: str, method: str) -> SourceGuard | None:
        """What it is to a route; None where it leaves the route out, or does nothing with callers."""
        path = address.removeprefix(self.app.settings.base) or "/"
        covered = self._covers(path)
        if covered is False:
            return None
        held = self._verdict(path, method)
        if held.kind is None:
            return None
        refuses = held.kind is not GuardKind.IDENTIFIES
        kind = GuardKind.UNCLEAR if covered is None and refuses else held.kind
        return SourceGuard(
            name=self.name, kind=kind, level=GuardLevel.GLOBAL, place=self.place, role=held.role
        )

    def guard_of_new_routes(self) -> SourceGuard | None:
        """What a route would have by itself that is added to the API tomorrow."""
        return self.guard(self.app.settings.base + _NEW_ROUTE, "POST")

    def _covers(self, path: str) -> bool | None:
        if self.matchers is None:
            return True
        found: bool | None = False
        for one in self.matchers:
            covered = matches(one.source, path) if one.source is not None else None
            if covered and one.always:
                return True
            if covered is not False:
                found = None
        return found

    def _verdict(self, path: str, method: str) -> Verdict:
        key = (self.module.path, method)
        kept = self.known.find(key, path)
        if kept is not None:
            return kept
        nobody = self.trials.trial(self._led_in, caller=Caller.NOBODY, path=path, method=method)
        visits = [nobody.visit]
        if nobody.passes or nobody.exhausted:
            held = verdict(nobody, nobody, self.name)
        else:
            member = self.trials.trial(self._led_in, caller=Caller.MEMBER, path=path, method=method)
            visits.append(member.visit)
            held = verdict(nobody, member, self.name)
        modules = {self.module.path, *(one for visit in visits for one in visit.modules)}
        self.known.keep(key, path, modules, held)
        return held

    def _led_in(self, run: WebInterpreter, visit: Visit) -> Value:
        site = Site(module=self.module, node=self.module.root)
        given: list[Value] = [WebRequest(visit), Unknown(site)]
        value = _value(run, self.module)
        for _ in range(3):
            held = run.call(value, [Argument(value=one, site=site) for one in given], site)
            if not isinstance(held, Closure) and not is_package_middleware(held):
                return held
            value = held
        return value


def middleware_of(project: ScriptProject, app: NextApp, trials: Trials) -> Middleware | None:
    """The middleware of an application: a file beside `app` and `pages`, or at the root."""
    for folder in dict.fromkeys((app.source, app.root)):
        for name in _FILES:
            for extension in app.settings.extensions:
                module = project.module("/".join(part for part in (folder, f"{name}.{extension}") if part))
                if module is not None:
                    return _made(project, app, module, trials)
    return None


def _made(project: ScriptProject, app: NextApp, module: ScriptModule, trials: Trials) -> Middleware | None:
    with trials.quietly() as run:
        value = _value(run, module)
    if isinstance(value, Unknown):
        return None
    site = _site_of(value)
    return Middleware(
        app=app,
        module=module,
        name=module.path.rpartition("/")[2].partition(".")[0],
        matchers=_matchers(project, module),
        place=site if site is not None else module.place(module.root),
        trials=trials,
        known=SameAddresses(project),
    )


def _value(run: WebInterpreter, module: ScriptModule) -> Value:
    """What the file exports as its middleware."""
    held = run.module(module)
    for name in ("default", *_FILES):
        if name in module.exports or name in held.named or name in held.aliases:
            return run.exported(held, name)
    return Unknown()


def _site_of(value: Value) -> CodePlace | None:
    if isinstance(value, Closure):
        return value.module.place(value.node)
    if isinstance(value, Either):
        return next((place for one in value.options if (place := _site_of(one)) is not None), None)
    if isinstance(value, AuthJs):
        return _site_of(value.inner) if value.inner is not None else None
    if isinstance(value, Native):
        inner = getattr(value, "functions", ()) or getattr(value, "arguments", ())
        for one in inner:
            place = _site_of(one.value if isinstance(one, Argument) else one)
            if place is not None:
                return place
    return None


def _matchers(project: ScriptProject, module: ScriptModule) -> tuple[_Matcher, ...] | None:
    """The matchers of `export const config`; None where there are none: it then covers everything."""
    held = module.exports.get("config")
    if not isinstance(held, SgNode):
        return None if held is None else (_Matcher(source=None),)
    where, node = project.value(module, held)
    entries = dict(object_entries(node)) if node.kind() == "object" else {}
    matcher = entries.get("matcher")
    if matcher is None:
        return None
    return tuple(_each(project, where, matcher))


def _each(project: ScriptProject, module: ScriptModule, node: SgNode) -> Iterator[_Matcher]:
    module, node = project.value(module, unwrapped(node))
    if node.kind() == "array":
        for child in node.named_children():
            if child.kind() != "comment":
                yield from _each(project, module, child)
    elif node.kind() == "object":
        entries = dict(object_entries(node))
        source = entries.get("source")
        text = project.text(module, source) if source is not None else None
        yield _Matcher(source=text, always=not {"has", "missing"} & set(entries))
    else:
        yield _Matcher(source=project.text(module, node))

"""Text that is run: shells, eval, templates, loaders that build any object; XML."""

from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import Flow, HitKind
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin
from launchready.source.script.nodes import unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import (
    Called,
    Sink,
    calls_of,
    flow_of,
    is_open,
    is_true,
    package_of,
    property_of,
    static_text,
)

_SHELLS = frozenset(
    {
        "child_process:exec",
        "child_process:execSync",
        "shelljs:exec",
        "execa:execaCommand",
        "execa:execaCommandSync",
        "execa:command",
    }
)
_PROGRAMS = frozenset(
    {
        "child_process:spawn",
        "child_process:spawnSync",
        "child_process:execFile",
        "child_process:execFileSync",
        "execa:default",
        "execa:execa",
    }
)
_STARTING = frozenset({
    "exec", "execSync", "spawn", "spawnSync", "execFile", "execFileSync", "execa", "execaCommand", "command", "run",
    "execaCommandSync", "execAsync", "execPromise", "execP", "execPromisified",
})  # fmt: skip
_VM = frozenset({"vm:runInContext", "vm:runInNewContext", "vm:runInThisContext", "vm:compileFunction"})
_CALCULATORS = frozenset({"mathjs:eval", "mathjs:evaluate", "expr-eval:evaluate", "static-eval:default"})
_TEMPLATES = frozenset({
    "ejs:render", "ejs:compile", "pug:render", "pug:compile", "handlebars:compile", "handlebars:precompile",
    "nunjucks:renderString", "nunjucks:compile", "mustache:render", "lodash:template",
    "lodash.template:default", "dot:template", "eta:renderString", "swig:render", "swig:compile",
    "hogan.js:compile", "art-template:render", "liquidjs:parseAndRender",
})  # fmt: skip
_LOADERS = frozenset(
    {
        "node-serialize:unserialize",
        "serialize-to-js:deserialize",
        "funcster:deepDeserialize",
        "cryo:parse",
        "v8:deserialize",
    }
)


def command_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Commands for a shell with anything in them that is not constant."""
    for call in calls_of(reading):
        if not call.arguments or call.method not in _STARTING:
            continue
        origin_name = package_of(reading, call.name, call.node)
        if origin_name in _SHELLS:
            yield from _command(flows, call, call.arguments[0], "shell-command")
        elif origin_name in _PROGRAMS:
            yield from _program(flows, call)


def _program(flows: Flows, call: Called) -> Iterator[Sink]:
    """A program with a list of arguments is started as it is, unless a shell is asked for."""
    shell = any(is_true(property_of(one, "shell")) for one in call.arguments)
    if shell:
        for one in call.arguments[:2]:
            found = list(_command(flows, call, one, "shell-command"))
            if found:
                yield from found
                return
    elif flows.origin(call.arguments[0], Mode.TEXT) & Origin.REQUEST:
        yield from _command(flows, call, call.arguments[0], "program-name")


def _command(flows: Flows, call: Called, text: SgNode, rule: str) -> Iterator[Sink]:
    origin = flows.origin(text, Mode.TEXT)
    if not is_open(origin) or unwrapped(text).kind() == "string":
        return
    sent = bool(origin & Origin.REQUEST)
    what = "A shell runs a command" if rule == "shell-command" else "The program that is started is one"
    yield Sink(
        kind=HitKind.COMMAND,
        rule=rule,
        message=f"{what} with text in it that {'the caller sent' if sent else 'is not constant'}",
        fix="Start a fixed program with a list of arguments (execFile, spawn without a shell)",
        node=call.node,
        flow=flow_of(origin),
        certain=sent,
    )


def code_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Text that is run as code."""
    for call in calls_of(reading):
        if not call.arguments:
            continue
        first = call.arguments[0]
        is_eval = call.name in {"eval", "window.eval", "globalThis.eval", "global.eval"}
        is_timer = call.name in {"setTimeout", "setInterval"} and unwrapped(first).kind() in {
            "template_string",
            "binary_expression",
        }
        package = package_of(reading, call.name, call.node)
        if (
            is_eval
            or is_timer
            or package in _VM
            or (package in _CALCULATORS and flows.origin(first, Mode.TEXT) & Origin.REQUEST)
        ):
            yield from _code(flows, call.node, first, call.method)
    for made in reading.nodes("new_expression"):
        constructor, held = made.field("constructor"), made.field("arguments")
        given = held.named_children() if held is not None else []
        if (
            constructor is not None
            and given
            and constructor.text() in {"Function", "vm.Script", "AsyncFunction"}
        ):
            yield from _code(flows, made, given[-1], f"new {constructor.text()}")


def _code(flows: Flows, node: SgNode, text: SgNode, name: str) -> Iterator[Sink]:
    origin = flows.origin(text, Mode.TEXT)
    if not is_open(origin):
        return
    sent = bool(origin & Origin.REQUEST)
    yield Sink(
        kind=HitKind.CODE,
        rule="code-from-text",
        message=f"{name} runs text as code that {'the caller sent' if sent else 'is not constant'}",
        fix="Read data with JSON.parse, or choose from a table of functions",
        node=node,
        flow=flow_of(origin),
        certain=sent,
    )


def template_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Templates that are made of the caller's text."""
    for call in calls_of(reading):
        if not call.arguments or package_of(reading, call.name, call.node).lower() not in _TEMPLATES:
            continue
        if flows.origin(call.arguments[0], Mode.TEXT) & Origin.REQUEST:
            yield Sink(
                kind=HitKind.TEMPLATE,
                rule="template-from-request",
                message=f"{call.method} makes a template of text that the caller sent",
                fix="Keep templates in files, and give the caller's text to them as a value",
                node=call.node,
                flow=Flow.REQUEST,
                certain=True,
            )


def loader_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """Loaders that build any object, or run code while they load."""
    for call in calls_of(reading):
        if not call.arguments or call.method not in {
            "unserialize",
            "deserialize",
            "deepDeserialize",
            "parse",
            "load",
        }:
            continue
        name = package_of(reading, call.name, call.node)
        origin = flows.origin(call.arguments[0], Mode.TEXT)
        if name in _LOADERS and is_open(origin):
            runs = name.startswith(("node-serialize", "serialize-to-js", "funcster"))
            yield Sink(
                kind=HitKind.DESERIALIZE,
                rule="loads-any-object",
                message=f"{call.method} builds any object that its text describes"
                + (", functions included" if runs else ""),
                fix="Use JSON.parse and a schema",
                node=call.node,
                flow=flow_of(origin),
                certain=bool(origin & Origin.REQUEST) and runs,
            )
        elif name == "js-yaml:load" and origin & Origin.REQUEST:
            yield Sink(
                kind=HitKind.DESERIALIZE,
                rule="js-yaml-load",
                message="load of js-yaml before version 4 builds functions that the caller's text describes",
                fix="Use js-yaml 4 or newer, or safeLoad",
                node=call.node,
                flow=Flow.REQUEST,
            )


def xml_sinks(reading: Reading, flows: Flows) -> Iterator[Sink]:
    """XML that is parsed with entities put in."""
    for call in calls_of(reading):
        if call.method not in {
            "parseXml",
            "parseXmlString",
            "parseXmlAsync",
            "parseHtml",
            "parse",
            "fromString",
            "parseFromString",
        }:
            continue
        for one in call.arguments[1:]:
            if any(is_true(property_of(one, name)) for name in ("noent", "replaceEntities", "dtdload")):
                origin = flows.origin(call.arguments[0], Mode.TEXT)
                yield Sink(
                    kind=HitKind.XML,
                    rule="xml-entities",
                    message="XML is parsed with entities put in, which can read files and call addresses",
                    fix="Leave out noent and dtdload",
                    node=call.node,
                    flow=flow_of(origin) if is_open(origin) else Flow.NONE,
                    certain=bool(origin & Origin.REQUEST),
                )


def is_markup(reading: Reading, node: SgNode) -> bool:
    """Whether a text has tags in what is fixed of it."""
    return "<" in static_text(reading, node)

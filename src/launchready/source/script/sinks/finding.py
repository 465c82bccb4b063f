"""Dangerous lines of a file."""

from collections.abc import Callable, Iterator

from launchready.model.source import SourceHit
from launchready.source.script.flows.following import Flows
from launchready.source.script.logs import log_sinks, verbose_sinks
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import Sink
from launchready.source.script.sinks.code import (
    code_sinks,
    command_sinks,
    loader_sinks,
    template_sinks,
    xml_sinks,
)
from launchready.source.script.sinks.fetch import certificate_sinks, fetch_sinks, timeout_sinks
from launchready.source.script.sinks.html import html_sinks
from launchready.source.script.sinks.keys import builder_sinks, master_sinks, public_sinks, sample_sinks
from launchready.source.script.sinks.settings import cors_sinks, debug_sinks, listing_sinks
from launchready.source.script.sinks.sql import nosql_sinks, sql_sinks

# A rule is asked where the text of a file has one of its words
_FLOWING: tuple[tuple[tuple[str, ...], Callable[[Reading, Flows], Iterator[Sink]]], ...] = (
    (
        (
            "query",
            "execute",
            "raw",
            "Raw",
            "unsafe",
            "literal",
            "prepare",
            "SELECT",
            "select",
            ".where",
            "Where",
        ),
        sql_sinks,
    ),
    (("find", "update", "delete", "count", "$where", "exists"), nosql_sinks),
    (("child_process", "shelljs", "execa"), command_sinks),
    (("eval", "Function(", "vm", "setTimeout", "setInterval"), code_sinks),
    (
        ("ejs", "pug", "andlebars", "nunjucks", "mustache", "template", "eta", "swig", "hogan", "liquid"),
        template_sinks,
    ),
    (("serialize", "yaml", "cryo", "funcster"), loader_sinks),
    (("noent", "replaceEntities", "dtdload"), xml_sinks),
    (
        (
            "innerHTML",
            "outerHTML",
            "dangerouslySetInnerHTML",
            "insertAdjacentHTML",
            "document.write",
            "bypassSecurityTrust",
            ".send(",
            ".end(",
            ".write(",
        ),
        html_sinks,
    ),
    (("fetch", "axios", "got", "request", "http", "needle", "superagent", "undici", ".goto("), fetch_sinks),
    (("rejectUnauthorized", "strictSSL", "NODE_TLS"), certificate_sinks),
    (("cors", "Cors", "llow-Origin", "llow-origin"), cors_sinks),
)
_PLAIN: tuple[tuple[tuple[str, ...], Callable[[Reading], Iterator[Sink]]], ...] = (
    (("axios", "fetch("), timeout_sinks),
    (("console.", "log", "Log"), log_sinks),
    (("logging", "log:", "level", "debug"), verbose_sinks),
    (("errorhandler", "stack", "NODE_ENV"), debug_sinks),
    (("serve-index", "serveIndex", "list: true", "list:true"), listing_sinks),
    (("env", "onfig"), sample_sinks),
    (("_SECRET", "_PRIVATE", "_PASS", "_SERVICE"), public_sinks),
    (("createClient", "supabase"), master_sinks),
)


def hits_in(reading: Reading, flows: Flows) -> tuple[SourceHit, ...]:
    """The dangerous lines of a file, in their order, one for each rule and line; none of tests, examples and tools."""
    found: list[Sink] = list(builder_sinks(reading)) if reading.has("env") else []
    if reading.is_product:
        for words, rule in _FLOWING:
            if reading.has(*words):
                found.extend(rule(reading, flows))
        for words, plain in _PLAIN:
            if reading.has(*words):
                found.extend(plain(reading))
    hits: dict[tuple[str, int], SourceHit] = {}
    for one in sorted(found, key=lambda sink: sink.node.range().start.index):
        hit = _hit(reading, one)
        hits.setdefault((hit.rule, hit.place.line), hit)
    return tuple(hits.values())


def _hit(reading: Reading, sink: Sink) -> SourceHit:
    return SourceHit(
        kind=sink.kind,
        rule=sink.rule,
        message=sink.message,
        place=reading.place(sink.node),
        function=reading.function_name(sink.node),
        flow=sink.flow,
        certain=sink.certain,
        fix=sink.fix,
    )

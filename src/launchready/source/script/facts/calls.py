"""Calls of a file, with who chose their arguments where a function of the repository may be called."""

import re

from ast_grep_py import SgNode

from launchready.source.code.facts import Call, OwnerCheck
from launchready.source.code.facts import Origin as Who
from launchready.source.script.facts.origins import parts, who_of
from launchready.source.script.flows.following import Flows
from launchready.source.script.flows.sources import Mode, Origin, Source
from launchready.source.script.inline_guards.finding import is_on_the_way
from launchready.source.script.lookups.asking import Askers, Asking
from launchready.source.script.nodes import (
    FUNCTIONS,
    arguments_of,
    dotted_name,
    line_of,
    object_entries,
    unwrapped,
)
from launchready.source.script.reading import Reading

# Their functions are not the repository's
_KNOWN_PACKAGES = frozenset({
    "react", "react-dom", "next", "zod", "lodash", "express", "dayjs", "moment", "date-fns", "axios",
    "node:fs", "fs", "path", "crypto", "node:path", "node:crypto", "clsx", "lucide-react", "@nestjs/*",
    "@tanstack/*", "@radix-ui/*", "@prisma/*", "vitest", "jest", "@testing-library/*", "@supabase/*",
    "stripe", "mongoose", "sequelize", "typeorm", "vue", "drizzle-orm", "bcrypt", "bcryptjs",
    "jsonwebtoken", "rxjs", "winston", "pino", "react-hook-form", "@angular/*", "class-validator",
    "class-transformer", "sonner", "swr", "tailwind-merge", "framer-motion", "yup", "joi", "util", "http",
})  # fmt: skip
_WHOLE = frozenset({"req", "res", "request", "response", "ctx", "context", "next", "tx", "prisma", "db"})
_NAME = re.compile(r"[A-Za-z_$][\w$.]*")
_LONGEST_ARGUMENT = 80
_MOST_ARGUMENTS = 8
_PLAIN = (
    frozenset({"string", "number", "true", "false", "null", "undefined", "regex", "template_string"})
    | FUNCTIONS
)
_PACKAGES = frozenset(
    {"console", "Object", "Array", "JSON", "Math", "Promise", "Date", "Number", "String", "process", "z"}
)


class Calls:
    """The calls of one file."""

    def __init__(self, reading: Reading, flows: Flows, askers: Askers) -> None:
        self._reading = reading
        self._flows = flows
        self._askers = askers
        self._followed = reading.is_product and not reading.for_browsers

    def of(self, node: SgNode, around: list[SgNode]) -> list[tuple[SgNode, Call]]:
        """A call as each of the functions around it makes it; empty for what has no name."""
        called = node.field("function") or node.field("constructor")
        name = dotted_name(called) if called is not None else ""
        above = node.parent()
        if not name or (above is not None and above.kind() == "decorator"):
            return []
        given = arguments_of(node)[:_MOST_ARGUMENTS]
        texts = tuple(_cut(one.text()) for one in given)
        line = line_of(node)
        if not self._followed or not self._may_be_own(name):
            call = Call(name=name, line=line, arguments=texts)
            return [(one, call) for one in around]
        sources = [held for index, one in enumerate(given) for held in self._passed(str(index), one)]
        always = is_on_the_way(node)
        asking = self._asked_about(node, given, sources)
        return [
            (
                one,
                Call(
                    name=name,
                    line=line,
                    arguments=texts,
                    passed=_known(sources, one),
                    always=always,
                    checks=tuple(_check(held, one) for held in asking),
                ),
            )
            for one in around
        ]

    def _asked_about(
        self, node: SgNode, given: list[SgNode], sources: list[tuple[str, Source]]
    ) -> tuple[Asking, ...]:
        """What else in the function is asked about an id that the call is given."""
        if not any(source.origin & (Origin.REQUEST | Origin.PARAMETER) for _, source in sources):
            return ()
        names = [one.text() for one in given if unwrapped(one).kind() in {"identifier", "member_expression"}]
        names += [value.text() for one in given if one.kind() == "object" for _, value in object_entries(one)]
        plain = [name.replace("?", "").replace("!", "") for name in names if name not in _WHOLE]
        return self._askers.about(node, [name for name in plain if _NAME.fullmatch(name)])

    def _may_be_own(self, name: str) -> bool:
        first = name.partition(".")[0]
        if first in _PACKAGES:
            return False
        imported = self._reading.imports.get(first)
        return imported is None or _package(imported.origin) not in _KNOWN_PACKAGES

    def _passed(self, name: str, node: SgNode) -> list[tuple[str, Source]]:
        node = unwrapped(node)
        if node.kind() in _PLAIN:
            return []
        if node.kind() == "object":
            entries = parts(list(object_entries(node)))
            held = [(f"{name}.{key}", self._flows.source(value, Mode.VALUE)) for key, value in entries]
        else:
            held = [(name, self._flows.source(node, Mode.VALUE))]
        return [(key, source) for key, source in held if source.origin]


def _package(origin: str) -> str:
    first, _, rest = origin.partition("/")
    return f"{first}/*" if first.startswith("@") and rest else first


def _check(one: Asking, function: SgNode) -> OwnerCheck:
    who = who_of(one.who, function)
    return OwnerCheck(who=who, text=one.text, line=one.line, helper=one.name, certain=one.certain)


def _known(sources: list[tuple[str, Source]], function: SgNode) -> tuple[tuple[str, Who], ...]:
    held = ((name, who_of(source, function)) for name, source in sources)
    return tuple((name, who) for name, who in held if who.given or who.caller or who.parameters)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_ARGUMENT else text[:_LONGEST_ARGUMENT]

"""Keys in the wrong place: sample values, what browsers get, the data store's master key in a handler."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import HitKind
from launchready.source.code.guards import words_of
from launchready.source.script.environment import VARIABLE, is_secret_name, variable_of
from launchready.source.script.lookups.queries import is_privileged
from launchready.source.script.nodes import FUNCTIONS, arguments_of, operator_of, string_value, unwrapped
from launchready.source.script.reading import Reading
from launchready.source.script.sinks.base import Sink, calls_of, is_for_development

_PUBLIC = re.compile(
    r"^(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC|STORYBOOK)_"
)
_SURELY = re.compile(
    r"(?:^|_)(?:SECRET|SECRET_KEY|PRIVATE_KEY|PASSWORD|PASSWD|SERVICE_ROLE|SERVICE_ROLE_KEY|SERVICE_KEY)$|_SECRET_"
)
_MASTER = re.compile(r"SERVICE_?ROLE|SUPABASE_SECRET|SUPABASE_SERVICE|SERVICE_KEY|serviceRole", re.IGNORECASE)
_BUILDERS = re.compile(
    r"(?:^|/)(?:vite|webpack|next|nuxt|rollup|esbuild|astro|vue|craco|rspack|metro)[\w.-]*\.config\.[cm]?[jt]s$|webpack"
)
_PREFIX = 2  # which argument of loadEnv names the prefixes
_WHOLE_ENVIRONMENT = re.compile(
    r"^(?:JSON\.stringify\(\s*)?(?:process\.env|env|\{\s*\.\.\.process\.env\s*\})\s*\)?$"
)


def sample_sinks(reading: Reading) -> Iterator[Sink]:
    """Values in the code that are taken where the environment sets no secret."""
    for node in reading.nodes("binary_expression") if VARIABLE.search(reading.text) else ():
        left, right = node.field("left"), node.field("right")
        if left is None or right is None or operator_of(node) not in {"||", "??"}:
            continue
        name, fallback = variable_of(left), unwrapped(right)
        if (
            name
            and is_secret_name(name)
            and fallback.kind() == "string"
            and not _is_empty(string_value(fallback))
        ):
            yield from _sample(node, name)
    for node in reading.nodes("object_assignment_pattern") if reading.has("process.env") else ():
        left, right = node.field("left"), node.field("right")
        declared = next((one for one in node.ancestors() if one.kind() == "variable_declarator"), None)
        value = declared.field("value") if declared is not None else None
        if left is None or right is None or value is None or value.text() != "process.env":
            continue
        if is_secret_name(left.text()) and right.kind() == "string" and not _is_empty(string_value(right)):
            yield from _sample(node, left.text())
    for call in calls_of(reading):
        if call.method in {"get", "getOrThrow"} and len(call.arguments) > 1 and "onfig" in call.name:
            first, second = call.arguments[0], unwrapped(call.arguments[1])
            name = string_value(first) if first.kind() == "string" else ""
            if is_secret_name(name) and second.kind() == "string" and not _is_empty(string_value(second)):
                yield from _sample(call.node, name)


def _sample(node: SgNode, name: str) -> Iterator[Sink]:
    if not is_for_development(node):
        yield Sink(
            kind=HitKind.SAMPLE_KEY,
            rule="sample-key",
            message=f"A value that stands in the code is used where {name} is not set",
            fix=f"Refuse to start without {name}",
            node=node,
            certain=True,
        )


def _is_empty(value: str) -> bool:
    """Whether a value opens nothing: no text, or an address without a password in it."""
    return (
        not value.strip()
        or re.match(r"[a-z][\w+.-]*://(?![^/@\s]*:[^/@\s]+@)", value, re.IGNORECASE) is not None
    )


def public_sinks(reading: Reading) -> Iterator[Sink]:
    """Secrets in what browsers get."""
    for node in reading.nodes("member_expression") if reading.has("env.") else ():
        name = variable_of(node)
        if _PUBLIC.match(name) and _SURELY.search(name):
            sure = re.search(r"DEMO|TEST|SAMPLE|EXAMPLE", name) is None
            yield _public(
                node, f"{name} is put into what browsers load, and by its name it is a secret", certain=sure
            )
        elif reading.for_browsers and name and not _PUBLIC.match(name) and _SURELY.search(name):
            yield _public(
                node, f"Code for browsers reads {name}, which by its name is a secret", certain=False
            )


def builder_sinks(reading: Reading) -> Iterator[Sink]:
    """The whole environment in what a bundler builds."""
    if not _BUILDERS.search(reading.path):
        return
    for pair in reading.nodes("pair"):
        key, value = pair.field("key"), pair.field("value")
        if key is None or value is None:
            continue
        name, text = key.text().strip("'\""), " ".join(value.text().split())
        if (name == "process.env" and _is_whole_environment(text, reading)) or (
            name == "env" and text in {"process.env", "{ ...process.env }"}
        ):
            yield _public(pair, "The whole environment is put into what browsers load", certain=True)
        elif name == "envPrefix" and text in {"''", '""', "['']", '[""]'}:
            yield _public(
                pair, "Every variable is put into what browsers load: envPrefix is empty", certain=True
            )
        elif (
            re.fullmatch(r"process\.env\.[A-Z0-9_]+", name)
            and _SURELY.search(name)
            and not _PUBLIC.match(name[12:])
        ):
            yield _public(
                pair,
                f"{name[12:]} is put into what browsers load, and by its name it is a secret",
                certain=False,
            )


def _is_whole_environment(text: str, reading: Reading) -> bool:
    """Whether an expression holds every variable; Vite's `loadEnv` gives those with a public prefix unless told ""."""
    found = _WHOLE_ENVIRONMENT.match(text)
    if found is None:
        return False
    if "process.env" in text:
        return True
    for declared in reading.nodes("variable_declarator"):
        name, value = declared.field("name"), declared.field("value")
        if name is not None and value is not None and name.text() == "env":
            made = unwrapped(value)
            given = arguments_of(made) if made.kind() == "call_expression" else []
            if made.text().startswith("loadEnv("):
                return len(given) > _PREFIX and given[_PREFIX].text() in {"''", '""', "['']", '[""]'}
            return made.text() == "process.env"
    return False


def _public(node: SgNode, message: str, *, certain: bool) -> Sink:
    return Sink(
        kind=HitKind.PUBLIC_SECRET,
        rule="secret-for-browsers",
        message=message,
        fix="Rename it without the public prefix, read it on the server only, and change its value",
        node=node,
        certain=certain,
    )


def master_sinks(reading: Reading) -> Iterator[Sink]:
    """Clients that pass by the data store's own rules, made or used inside of functions; once a function."""
    seen: set[str] = set()
    for call in calls_of(reading):
        made = call.method == "createClient" and any(_is_master(reading, one) for one in call.arguments[1:2])
        used = call.method in {"from", "rpc"} and _is_master_client(reading, call.node)
        if not made and not used:
            continue
        function = next((one for one in call.node.ancestors() if one.kind() in FUNCTIONS), None)
        name = reading.name_of(function) if function is not None else ""
        if function is None or name in seen or _only_makes(name):
            continue
        seen.add(name)
        yield Sink(
            kind=HitKind.SUPER_KEY,
            rule="master-key-client",
            message="A client that passes by the data store's own rules is "
            + ("made here" if made else "used here"),
            fix="Use the client of the caller's own session here",
            node=call.node,
            certain=made,
        )


def _only_makes(name: str) -> bool:
    """A function that makes the client for others is no handler."""
    return bool(
        set(words_of(name))
        & {"create", "make", "client", "admin", "service", "supabase", "cron", "webhook", "job"}
    )


def _is_master(reading: Reading, node: SgNode) -> bool:
    if _MASTER.search(node.text()):
        return True
    for one in reading.bindings.of(node.text(), node) if node.kind() == "identifier" else ():
        if isinstance(one.value, SgNode) and _MASTER.search(one.value.text()):
            return True
    return False


def _is_master_client(reading: Reading, call: SgNode) -> bool:
    called = call.field("function")
    owner = unwrapped(called).field("object") if called is not None else None
    if owner is None or "supabase" not in reading.text.lower():
        return False
    held = unwrapped(owner)
    return held.kind() == "identifier" and is_privileged(reading, held.text(), held)

"""Environment variables that a file reads, and what happens without them."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.model.source import VariableUse
from launchready.source.code.facts import VariableRead
from launchready.source.script.nodes import (
    FUNCTIONS,
    arguments_of,
    dotted_name,
    object_entries,
    operator_of,
    string_value,
    unwrapped,
)
from launchready.source.script.reading import Reading

VARIABLE = re.compile(
    r"process\.env|import\.meta\.env|Deno\.env|Bun\.env|ConfigService|configService|createEnv|cleanEnv|\.config\.get"
)
_NAME = re.compile(r"[A-Z][A-Z0-9_]*|[A-Za-z_][A-Za-z0-9_]*")
_SHOUTED = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_BASES = frozenset({"process.env", "import.meta.env", "Deno.env", "Bun.env", "globalThis.process.env"})
_SECRET = re.compile(
    r"(?:SECRET|PASSW(?:OR)?D|PASSPHRASE|_PWD|PRIVATE|TOKEN|_SALT|PEPPER|CREDENTIALS?|CONNECTION_STRING|DATABASE_URL"
    r"|MONGO\w*_UR[IL]|REDIS_URL|(?:^|_)DSN|(?:^|_)(?:API|ACCESS|ENCRYPTION|SIGNING|JWT|AUTH|SERVICE|MASTER|ROLE|SECRET)_?KEY|_KEY)"
    r"(?:_(?:KEY|BASE64|B64|HEX|STRING|VALUE|V?\d+|PROD|PRODUCTION|CURRENT|PREVIOUS|OLD|NEW))?$"
)
_NO_SECRET = re.compile(
    r"PUBLIC|PUBLISHABLE|ANON_KEY|SITE_KEY|SENTRY_DSN|(?:CACHE|PARTITION|SORT|FOREIGN|PRIMARY|REDIS|STORAGE|OBJECT|S3)_KEY$|MAX_TOKEN"
)
_BUILT_IN = frozenset({"MODE", "BASE_URL", "PROD", "DEV", "SSR"})


def is_secret_name(name: str) -> bool:
    """Whether a variable's name says that its value is a secret."""
    plain = name.upper()
    return _SECRET.search(plain) is not None and _NO_SECRET.search(plain) is None


def variable_of(node: SgNode) -> str:
    """The name of the environment variable that an expression reads; empty for any other."""
    node = unwrapped(node)
    kind = node.kind()
    if kind == "member_expression":
        owner, name = node.field("object"), node.field("property")
        if owner is not None and name is not None and unwrapped(owner).text() in _BASES:
            return name.text()
    elif kind == "subscript_expression":
        owner, index = node.field("object"), node.field("index")
        if (
            owner is not None
            and index is not None
            and index.kind() == "string"
            and unwrapped(owner).text() in _BASES
        ):
            return string_value(index)
    elif kind == "call_expression":
        called, given = node.field("function"), arguments_of(node)
        if (
            called is not None
            and called.text() in {"Deno.env.get", "Bun.env.get"}
            and given
            and given[0].kind() == "string"
        ):
            return string_value(given[0])
    return ""


def variables_in(reading: Reading) -> tuple[VariableRead, ...]:
    """The variables that a file reads, each place once."""
    if not VARIABLE.search(reading.text):
        return ()
    found = [*_read(reading), *_destructured(reading), *_schemas(reading), *_config_service(reading)]
    known: dict[tuple[str, int], VariableRead] = {}
    for one in found:
        known.setdefault((one.name, one.place.line), one)
    return tuple(sorted(known.values(), key=lambda one: (one.place.line, one.name)))


def _read(reading: Reading) -> Iterator[VariableRead]:
    kinds = ("member_expression", "subscript_expression")
    nodes = [node for kind in kinds for node in reading.nodes(kind)] if reading.has(".env") else []
    if reading.has("env.get"):
        nodes += reading.nodes("call_expression")
    for node in nodes:
        name = variable_of(node)
        if (
            name
            and _NAME.fullmatch(name)
            and not _is_written(node)
            and not (name in _BUILT_IN and "import.meta" in node.text())
        ):
            if name in {"get", "toObject", "has", "set"}:
                continue
            yield _variable(reading, node, name, _use(node))


def _is_written(node: SgNode) -> bool:
    around = node.parent()
    if around is None:
        return False
    if around.kind() == "assignment_expression":
        return around.field("left") == node
    return around.kind() == "unary_expression" and around.text().startswith("delete")


def _use(node: SgNode) -> VariableUse:
    """What happens without it: a default, a refusal to start, or nothing that anybody notices."""
    inner = node
    for around in node.ancestors():
        kind = around.kind()
        if kind in {"non_null_expression", "as_expression", "parenthesized_expression", "await_expression"}:
            inner = around
            continue
        if (
            kind == "binary_expression"
            and operator_of(around) in {"||", "??"}
            and around.field("left") == inner
        ):
            right = around.field("right")
            return _fallback(right)
        if kind == "arguments":
            call = around.parent()
            called = call.field("function") if call is not None else None
            name = dotted_name(called).rpartition(".")[2] if called is not None else ""
            if re.search(r"required|assert|invariant|mustGet|orThrow|ensure", name, re.IGNORECASE):
                return VariableUse.REQUIRED
            return VariableUse.OPTIONAL
        if kind == "variable_declarator":
            return _tested(around, node)
        if kind in {"unary_expression", "if_statement"}:
            return _in_condition(around, node)
        if kind == "object_assignment_pattern":
            return VariableUse.DEFAULTED
        return VariableUse.OPTIONAL
    return VariableUse.OPTIONAL


def _fallback(right: SgNode | None) -> VariableUse:
    held = unwrapped(right) if right is not None else None
    if held is None or held.kind() in {"undefined", "null"} or held.text() in {"''", '""'}:
        return VariableUse.OPTIONAL
    if held.kind() == "call_expression" and re.search(
        r"throw|fail|exit|missing|required", held.text(), re.IGNORECASE
    ):
        return VariableUse.REQUIRED
    return VariableUse.DEFAULTED


def _tested(declared: SgNode, node: SgNode) -> VariableUse:
    """Whether the variable that it goes into is refused where it is empty: `if (!url) throw …`."""
    name = declared.field("name")
    if name is None or name.kind() != "identifier":
        return VariableUse.OPTIONAL
    statement = declared.parent()
    following = statement.next() if statement is not None else None
    for _ in range(6):
        if following is None:
            break
        if following.kind() == "if_statement" and _refuses(following, name.text()):
            return VariableUse.REQUIRED
        following = following.next()
    del node
    return VariableUse.OPTIONAL


def _in_condition(around: SgNode, node: SgNode) -> VariableUse:
    held = around
    for one in (around, *around.ancestors()):
        if one.kind() == "if_statement":
            held = one
            break
        if one.kind() in FUNCTIONS or one.kind() == "statement_block":
            return VariableUse.OPTIONAL
    return (
        VariableUse.REQUIRED
        if held.kind() == "if_statement" and _refuses(held, node.text())
        else VariableUse.OPTIONAL
    )


def _refuses(statement: SgNode, text: str) -> bool:
    condition, body = statement.field("condition"), statement.field("consequence")
    if condition is None or body is None:
        return False
    asked = re.search(
        rf"!\s*{re.escape(text)}(?![\w.])|{re.escape(text)}\s*={{2,3}}\s*(?:undefined|null|'')",
        condition.text(),
    )
    stops = (
        body.kind() == "throw_statement"
        or body.find(kind="throw_statement") is not None
        or "process.exit" in body.text()
    )
    return asked is not None and stops


def _destructured(reading: Reading) -> Iterator[VariableRead]:
    for declared in reading.nodes("variable_declarator"):
        name, value = declared.field("name"), declared.field("value")
        if (
            name is None
            or value is None
            or name.kind() != "object_pattern"
            or unwrapped(value).text() not in _BASES
        ):
            continue
        for child in name.named_children():
            kind = child.kind()
            if kind == "shorthand_property_identifier_pattern":
                yield _variable(reading, child, child.text(), _tested_name(declared, child.text()))
            elif kind == "object_assignment_pattern" and (left := child.field("left")) is not None:
                yield _variable(reading, child, left.text(), VariableUse.DEFAULTED)
            elif kind == "pair_pattern" and (key := child.field("key")) is not None:
                held = child.field("value")
                use = (
                    VariableUse.DEFAULTED
                    if held is not None and held.kind() == "assignment_pattern"
                    else VariableUse.OPTIONAL
                )
                yield _variable(reading, child, key.text(), use)


def _tested_name(declared: SgNode, name: str) -> VariableUse:
    statement = declared.parent()
    following = statement.next() if statement is not None else None
    for _ in range(6):
        if following is None:
            break
        if following.kind() == "if_statement" and _refuses(following, name):
            return VariableUse.REQUIRED
        following = following.next()
    return VariableUse.OPTIONAL


def _schemas(reading: Reading) -> Iterator[VariableRead]:
    """Variables that a schema declares: t3-env, envalid, zod and Joi where the environment is parsed."""
    if not reading.has("createEnv", "cleanEnv", "process.env", "import.meta.env", "validationSchema"):
        return
    for call in reading.nodes("call_expression"):
        called = call.field("function")
        name = dotted_name(called) if called is not None else ""
        last = name.rpartition(".")[2]
        given = arguments_of(call)
        if last == "createEnv" and given:
            held = dict(object_entries(unwrapped(given[0]))) if unwrapped(given[0]).kind() == "object" else {}
            for part in ("server", "client", "shared"):
                if part in held:
                    yield from _fields(reading, unwrapped(held[part]))
        elif last == "cleanEnv" and len(given) > 1:
            yield from _fields(reading, unwrapped(given[1]))
        elif (
            last in {"parse", "safeParse", "validate", "validateSync"}
            and given
            and unwrapped(given[0]).text() in _BASES
        ):
            yield from _of_schema(reading, called)


def _of_schema(reading: Reading, called: SgNode | None) -> Iterator[VariableRead]:
    owner = unwrapped(called).field("object") if called is not None else None
    if owner is None:
        return
    node = unwrapped(owner)
    if node.kind() == "identifier":
        bound = reading.bindings.of(node.text(), node)
        node = bound[0].value if bound and isinstance(bound[0].value, SgNode) else node
    first = node.find(kind="object")
    if first is not None:
        yield from _fields(reading, first)


def _fields(reading: Reading, node: SgNode) -> Iterator[VariableRead]:
    if node.kind() != "object":
        return
    for name, value in object_entries(node):
        if _SHOUTED.fullmatch(name):
            text = value.text()
            use = VariableUse.REQUIRED
            if re.search(r"\.default\(|default:|devDefault", text):
                use = VariableUse.DEFAULTED
            elif re.search(r"\.optional\(|\.nullish\(|\.nullable\(", text) or (
                "joi" in reading.text.lower() and ".required(" not in text
            ):
                use = VariableUse.OPTIONAL
            yield _variable(reading, value, name, use)


def _config_service(reading: Reading) -> Iterator[VariableRead]:
    """NestJS: `config.get("X")`, `config.getOrThrow("X")`."""
    if not reading.has("ConfigService", "configService"):
        return
    for call in reading.nodes("call_expression"):
        called = call.field("function")
        name = dotted_name(called) if called is not None else ""
        owner, _, last = name.rpartition(".")
        given = arguments_of(call)
        if (
            last not in {"get", "getOrThrow"}
            or "onfig" not in owner
            or not given
            or given[0].kind() != "string"
        ):
            continue
        variable = string_value(given[0])
        if _SHOUTED.fullmatch(variable) and len(variable) > 1:
            use = (
                VariableUse.REQUIRED
                if last == "getOrThrow"
                else (VariableUse.DEFAULTED if len(given) > 1 and given[1].kind() != "object" else _use(call))
            )
            yield _variable(reading, call, variable, use)


def _variable(reading: Reading, node: SgNode, name: str, use: VariableUse) -> VariableRead:
    return VariableRead(name=name, use=use, place=reading.place(node), secret=is_secret_name(name))

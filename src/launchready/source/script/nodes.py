"""Trees of JavaScript and TypeScript: small questions that every reader asks."""

from collections.abc import Iterator

from ast_grep_py import SgNode, SgRoot

FUNCTIONS = frozenset({
    "function_declaration", "function_expression", "arrow_function", "method_definition",
    "generator_function_declaration", "generator_function",
})  # fmt: skip
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
# What stands around an expression and does not change it
WRAPPERS = frozenset({
    "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression",
    "type_assertion",
})  # fmt: skip


_NAMES = frozenset({
    "identifier", "this", "super", "property_identifier", "type_identifier", "shorthand_property_identifier",
})  # fmt: skip


def parse_script(path: str, text: str) -> SgNode | None:
    """The tree of a file; None where most of it is no JavaScript or TypeScript."""
    language = "tsx" if path.endswith((".tsx", ".jsx", ".js", ".mjs", ".cjs")) else "typescript"
    root = SgRoot(text, language).root()
    if root.kind() == "ERROR":
        return None
    broken = sum(len(child.text()) for child in root.children() if child.kind() == "ERROR")
    return None if broken * 2 > len(text) else root


def line_of(node: SgNode) -> int:
    """The line that a node begins in, from 1."""
    return int(node.range().start.line) + 1


def end_line_of(node: SgNode) -> int:
    """The line that a node ends in, from 1."""
    return int(node.range().end.line) + 1


def unwrapped(node: SgNode) -> SgNode:
    """An expression without parentheses, casts and await around it."""
    while node.kind() in WRAPPERS:
        inner = [child for child in node.named_children() if child.kind() != "comment"]
        if not inner:
            return node
        node = inner[0]
    return node


def dotted_name(node: SgNode) -> str:
    """`a.b.c` of a name, a member, or of what a call calls; empty for anything else."""
    parts: list[str] = []
    node = unwrapped(node)
    while True:
        kind = node.kind()
        if kind in _NAMES:
            return ".".join([node.text(), *reversed(parts)])
        if kind == "call_expression":
            inner = node.field("function")
        elif kind == "member_expression":
            name = node.field("property")
            parts.append(name.text() if name is not None else "")
            inner = node.field("object")
        else:
            return ""
        if inner is None:
            return ""
        node = unwrapped(inner)


def string_value(node: SgNode) -> str:
    """The text between the quotes of a string, escapes of quotes and slashes undone."""
    return "".join(
        child.text() if child.kind() != "escape_sequence" else child.text().lstrip("\\")
        for child in node.named_children()
    )


def arguments_of(call: SgNode) -> list[SgNode]:
    """The arguments of a call, comments left out."""
    held = call.field("arguments")
    return [child for child in held.named_children() if child.kind() != "comment"] if held is not None else []


def object_entries(node: SgNode) -> Iterator[tuple[str, SgNode]]:
    """Names and values of an object literal; a shorthand's value is its name, a method's the method."""
    for child in node.named_children():
        kind = child.kind()
        if kind == "pair":
            key, value = child.field("key"), child.field("value")
            if key is not None and value is not None:
                yield (string_value(key) if key.kind() == "string" else key.text()), value
        elif kind == "shorthand_property_identifier":
            yield child.text(), child
        elif kind == "method_definition":
            name = child.field("name")
            if name is not None:
                yield name.text(), child


def class_members(node: SgNode) -> dict[str, SgNode]:
    """Methods and fields of a class by name; a field's value where it has one."""
    body = node.field("body")
    found: dict[str, SgNode] = {}
    for child in body.named_children() if body is not None else []:
        name = child.field("name") or child.field("property")
        if name is not None and child.kind() in {
            "method_definition",
            "public_field_definition",
            "field_definition",
        }:
            found[name.text()] = child.field("value") or child
    return found


def base_class(node: SgNode) -> SgNode | None:
    """What a class extends, as written."""
    for child in node.named_children():
        if child.kind() == "class_heritage":
            for inner in child.named_children():
                if inner.kind() == "extends_clause":
                    return inner.field("value")
                if inner.kind() != "implements_clause":  # JavaScript has no clause around it
                    return inner
    return None


def enum_members(node: SgNode) -> dict[str, SgNode]:
    """The members of an enum by name: the value where it has one, else the name."""
    body = node.field("body")
    found: dict[str, SgNode] = {}
    for child in body.named_children() if body is not None else []:
        if child.kind() == "enum_assignment":
            name, value = child.field("name"), child.field("value")
            if name is not None and value is not None:
                found[name.text()] = value
        elif child.kind() != "comment":
            found[child.text()] = child
    return found


def is_require(node: SgNode) -> bool:
    """Whether a node is `require("…")` (or `await import("…")`'s call)."""
    return bool(required(node))


def required(node: SgNode) -> str:
    """The specifier of `require("…")` or `import("…")`; empty for anything else."""
    if node.kind() != "call_expression":
        return ""
    called = node.field("function")
    if called is None or called.text() not in {"require", "import"}:
        return ""
    given = arguments_of(node)
    return string_value(given[0]) if given and given[0].kind() == "string" else ""


def operator_of(node: SgNode) -> str:
    """The operator of a binary expression."""
    held = node.field("operator")
    return held.text() if held is not None else ""

"""What a JavaScript or TypeScript file imports, binds and exports at its top level."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from launchready.model.source import CodePlace
from launchready.source.code.lines import place_in
from launchready.source.script.nodes import (
    is_require,
    line_of,
    required,
    string_value,
    unwrapped,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`from` is the specifier as written; `name` "default", "*" (the module itself) or the exported name."""

    origin: str
    name: str


@dataclass(slots=True)
class ScriptModule:
    """A parsed file.

    `names` are its top-level bindings, `exports` what it gives to others by name (`default` for the default export and
    for `module.exports = …`): a node, or another module's name; `stars` the specifiers of `export * from`.
    """

    path: str
    root: SgNode
    lines: list[str]
    imports: dict[str, Imported] = field(default_factory=dict)
    names: dict[str, SgNode] = field(default_factory=dict)
    exports: dict[str, SgNode | Imported] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    def place(self, node: SgNode) -> CodePlace:
        """Where a node begins."""
        return place_in(self.path, self.lines, line_of(node))


def bind(module: ScriptModule, statement: SgNode) -> None:
    """Enter what one top-level statement binds."""
    kind = statement.kind()
    if kind == "import_statement":
        _bind_import(module, statement)
    elif kind == "export_statement":
        _bind_export(module, statement)
    elif kind == "expression_statement":
        _bind_commonjs(module, statement)
    else:
        module.names.update(_declared(module, statement))


def _declared(module: ScriptModule, statement: SgNode) -> dict[str, SgNode]:
    """The names that a declaration binds; those of `require` are entered as imports."""
    kind = statement.kind()
    if kind in {"lexical_declaration", "variable_declaration"}:
        found: dict[str, SgNode] = {}
        for one in statement.named_children():
            name, value = one.field("name"), one.field("value")
            if one.kind() != "variable_declarator" or name is None or value is None:
                continue
            value = unwrapped(value)
            if is_require(value):
                _bind_require(module, name, required(value))
            elif name.kind() == "identifier":
                found[name.text()] = value
            elif name.kind() == "object_pattern":
                found.update(_destructured(name, value))
        return found
    if kind.endswith(("function_declaration", "class_declaration")) or kind == "enum_declaration":
        name = statement.field("name")
        return {name.text(): statement} if name is not None else {}
    return {}


def _destructured(pattern: SgNode, value: SgNode) -> dict[str, SgNode]:
    """`const { GET, POST } = handlers`: each name stands for the whole value, which says where it came from."""
    return {
        child.text(): value
        for child in pattern.named_children()
        if child.kind() == "shorthand_property_identifier_pattern"
    }


def _bind_require(module: ScriptModule, name: SgNode, origin: str) -> None:
    if name.kind() == "identifier":
        module.imports[name.text()] = Imported(origin=origin, name="default")
        return
    for child in name.named_children():
        if child.kind() == "shorthand_property_identifier_pattern":
            module.imports[child.text()] = Imported(origin=origin, name=child.text())
        elif child.kind() == "pair_pattern":
            key, value = child.field("key"), child.field("value")
            if key is not None and value is not None:
                module.imports[value.text()] = Imported(origin=origin, name=key.text())


def _bind_import(module: ScriptModule, statement: SgNode) -> None:
    source = statement.field("source")
    origin = string_value(source) if source is not None else ""
    for clause in statement.named_children():
        if clause.kind() == "import_require_clause":  # import x = require("y")
            name = next((child for child in clause.named_children() if child.kind() == "identifier"), None)
            given = next((child for child in clause.named_children() if child.kind() == "string"), None)
            if name is not None and given is not None:
                module.imports[name.text()] = Imported(origin=string_value(given), name="default")
        if clause.kind() != "import_clause":
            continue
        for child in clause.named_children():
            if child.kind() == "identifier":
                module.imports[child.text()] = Imported(origin=origin, name="default")
            elif child.kind() == "namespace_import":
                module.imports[child.named_children()[0].text()] = Imported(origin=origin, name="*")
            elif child.kind() == "named_imports":
                for exported, alias in _specifiers(child):
                    module.imports[alias] = Imported(origin=origin, name=exported)


def _specifiers(clause: SgNode) -> Iterator[tuple[str, str]]:
    for one in clause.named_children():
        name, alias = one.field("name"), one.field("alias")
        if name is not None:
            yield name.text(), (alias or name).text()


def _bind_export(module: ScriptModule, statement: SgNode) -> None:
    source = statement.field("source")
    origin = string_value(source) if source is not None else ""
    default = any(child.kind() == "default" for child in statement.children())
    declaration = statement.field("declaration")
    value = statement.field("value")
    if declaration is not None:
        found = _declared(module, declaration)
        module.names.update(found)
        module.exports.update({"default": declaration} if default else found)
    elif value is not None:
        module.exports["default"] = value
    clauses = statement.named_children()
    for clause in clauses:
        if clause.kind() == "export_clause":
            for name, alias in _specifiers(clause):
                if origin:
                    module.exports[alias] = Imported(origin=origin, name=name)
                else:
                    held = module.imports.get(name) or module.names.get(name)
                    if held is not None:
                        module.exports[alias] = held
        elif clause.kind() == "namespace_export":
            module.exports[clause.named_children()[0].text()] = Imported(origin=origin, name="*")
    if origin and not any(clause.kind() in {"export_clause", "namespace_export"} for clause in clauses):
        module.stars.append(origin)


def _bind_commonjs(module: ScriptModule, statement: SgNode) -> None:
    """`module.exports = …`, `module.exports.a = …`, `exports.a = …`."""
    inner = statement.named_children()
    if not inner or inner[0].kind() != "assignment_expression":
        return
    left, right = inner[0].field("left"), inner[0].field("right")
    if left is None or right is None:
        return
    target, value = left.text(), unwrapped(right)
    if value.kind() == "assignment_expression":  # exports = module.exports = …
        value = value.field("right") or value
    if target == "module.exports":
        if is_require(value):
            module.exports["default"] = Imported(origin=required(value), name="default")
        else:
            module.exports["default"] = value
        return
    name = target.removeprefix("module.").removeprefix("exports.")
    if name != target and name.isidentifier():
        module.exports[name] = (
            Imported(origin=required(value), name="default") if is_require(value) else value
        )

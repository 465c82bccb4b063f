"""What a JavaScript or TypeScript file imports, binds and exports at its top level."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from launchready.model.source import CodePlace
from launchready.source.code.lines import place_in
from launchready.source.script.functions.finding import functions_in
from launchready.source.script.nodes import (
    is_require,
    line_of,
    required,
    string_value,
    unwrapped,
)

_LONGEST_CHAIN = 8  # a = b = c …


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`origin` is the specifier as written; `name` "default", "*" (the module itself) or the exported name.

    `require("./x")` of a CommonJS module gives its "default", of an ES module the module itself.
    """

    origin: str
    name: str
    by_require: bool = False


@dataclass(slots=True)
class ScriptModule:
    """A parsed file.

    `names` are its top-level bindings, `exports` what it gives to others by name (`default` for the default export and
    for `module.exports = …`): a node, or another module's name; `stars` the specifiers of `export * from`. `parts` are
    names that a pattern took out of a value: the value and the property.
    """

    path: str
    root: SgNode
    lines: list[str]
    imports: dict[str, Imported] = field(default_factory=dict)
    names: dict[str, SgNode] = field(default_factory=dict)
    exports: dict[str, SgNode | Imported] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    is_esm: bool = False
    parts: dict[str, tuple[SgNode, str]] = field(default_factory=dict)

    named_functions: dict[str, SgNode] = field(default_factory=dict)

    def functions(self) -> dict[str, SgNode]:
        """All functions of the file by qualified name, the first of two with one name; found when first asked for."""
        if not self.named_functions:
            for name, node in functions_in(self.root):
                self.named_functions.setdefault(name, node)
        return self.named_functions

    def place(self, node: SgNode) -> CodePlace:
        """Where a node begins."""
        return place_in(self.path, self.lines, line_of(node))


def bind_all(module: ScriptModule) -> None:
    """Enter what the top-level statements of a module bind; exported names last, as they may be declared below."""
    exports: list[SgNode] = []
    for statement in module.root.children():
        kind = statement.kind()
        if kind == "import_statement":
            _bind_import(module, statement)
        elif kind == "export_statement":
            module.is_esm = module.is_esm or all(child.kind() != "=" for child in statement.children())
            _bind_declaration(module, statement)
            exports.append(statement)
        elif kind == "expression_statement":
            _bind_commonjs(module, statement)
        else:
            module.names.update(_declared(module, statement))
    for statement in exports:
        _bind_export(module, statement)


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
            elif name.kind() == "identifier" and (imported := _member_of_require(value)) is not None:
                module.imports[name.text()] = imported
            elif name.kind() == "identifier":
                found[name.text()] = value
            elif name.kind() == "object_pattern":
                found.update(_destructured(module, name, value))
        return found
    if kind.endswith(("function_declaration", "class_declaration")) or kind == "enum_declaration":
        name = statement.field("name")
        return {name.text(): statement} if name is not None else {}
    return {}


def _member_of_require(value: SgNode) -> Imported | None:
    """`require("./routes").router`."""
    if value.kind() != "member_expression":
        return None
    owner, name = value.field("object"), value.field("property")
    if owner is None or name is None or not is_require(unwrapped(owner)):
        return None
    return Imported(origin=required(unwrapped(owner)), name=name.text())


def _destructured(module: ScriptModule, pattern: SgNode, value: SgNode) -> dict[str, SgNode]:
    """`const { GET, POST } = handlers`: each name stands for the whole value where its part of it is not known."""
    taken = [*pattern_names(pattern), *_deeper_names(pattern)]
    module.parts.update({name: (value, key) for key, name in taken})
    return {name: value for _, name in taken}


def pattern_names(pattern: SgNode) -> Iterator[tuple[str, str]]:
    """Property and local name of what an object pattern takes apart, defaults left out; not what lies deeper."""
    for child in pattern.named_children():
        kind = child.kind()
        if kind == "shorthand_property_identifier_pattern":
            yield child.text(), child.text()
        elif kind == "object_assignment_pattern":
            left = child.field("left")
            if left is not None:
                yield left.text(), left.text()
        elif kind == "pair_pattern":
            key, value = child.field("key"), child.field("value")
            if value is not None and value.kind() == "assignment_pattern":
                value = value.field("left")
            if key is not None and value is not None and value.kind() == "identifier":
                yield (string_value(key) if key.kind() == "string" else key.text()), value.text()


def _deeper_names(pattern: SgNode) -> Iterator[tuple[str, str]]:
    """Of `{ handlers: { GET } }` the path of properties, `handlers.GET`, and the local name."""
    for child in pattern.named_children():
        key, value = child.field("key"), child.field("value")
        if (
            child.kind() == "pair_pattern"
            and key is not None
            and value is not None
            and value.kind() == "object_pattern"
        ):
            for inner, name in (*pattern_names(value), *_deeper_names(value)):
                yield f"{key.text()}.{inner}", name


def _bind_require(module: ScriptModule, name: SgNode, origin: str) -> None:
    if name.kind() == "identifier":
        module.imports[name.text()] = Imported(origin=origin, name="default", by_require=True)
        return
    for exported, local in pattern_names(name):
        module.imports[local] = Imported(origin=origin, name=exported)


def _bind_import(module: ScriptModule, statement: SgNode) -> None:
    source = statement.field("source")
    origin = string_value(source) if source is not None else ""
    for clause in statement.named_children():
        if clause.kind() == "import_require_clause":  # import x = require("y")
            name = next((child for child in clause.named_children() if child.kind() == "identifier"), None)
            given = next((child for child in clause.named_children() if child.kind() == "string"), None)
            if name is not None and given is not None:
                module.imports[name.text()] = Imported(
                    origin=string_value(given), name="default", by_require=True
                )
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


def _bind_declaration(module: ScriptModule, statement: SgNode) -> None:
    default = any(child.kind() == "default" for child in statement.children())
    declaration = statement.field("declaration")
    value = statement.field("value")
    if declaration is not None:
        imported = set(module.imports)
        found = _declared(module, declaration)
        module.names.update(found)
        module.exports.update({"default": declaration} if default else found)
        # export const { a } = require("./b")
        module.exports.update({name: one for name, one in module.imports.items() if name not in imported})
    elif value is not None:
        module.exports["default"] = value
    elif any(child.kind() == "=" for child in statement.children()):  # export = value
        given = statement.named_children()
        if given:
            module.exports["default"] = unwrapped(given[-1])


def _bind_export(module: ScriptModule, statement: SgNode) -> None:
    source = statement.field("source")
    origin = string_value(source) if source is not None else ""
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
    """`module.exports = …`, `module.exports.a = …`, `exports.a = …`, chains of them; `a = …` of a `let a`."""
    inner = statement.named_children()
    targets: list[str] = []
    value = inner[0] if inner else statement
    while value.kind() == "assignment_expression" and len(targets) < _LONGEST_CHAIN:
        left, right = value.field("left"), value.field("right")
        if left is None or right is None:
            return
        targets.append(left.text())
        value = unwrapped(right)
    for target in targets:
        _bind_target(module, target, value)


def _bind_target(module: ScriptModule, target: str, value: SgNode) -> None:
    held: SgNode | Imported = value
    if is_require(value):
        held = Imported(origin=required(value), name="default", by_require=True)
    elif (member := _member_of_require(value)) is not None:
        held = member
    if target in {"module.exports", "exports.default", "module.exports.default"}:
        # exports.default = x beside module.exports = x says the same
        module.exports["default"] = held
        return
    name = target.removeprefix("module.").removeprefix("exports.")
    if name != target and name.isidentifier():
        module.exports[name] = held
    elif target.isidentifier() and target not in module.names and target not in module.imports:
        if isinstance(held, Imported):
            module.imports[target] = held
        else:
            module.names[target] = held

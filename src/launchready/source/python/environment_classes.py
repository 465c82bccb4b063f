"""Settings classes of pydantic: each field is an environment variable."""

import ast
from collections.abc import Iterator

from launchready.model.source import VariableUse
from launchready.source.python.flows.names import FileNames, leaf
from launchready.source.python.project import dotted_name

_DEEPEST = 6
_NOT_FIELDS = frozenset({"model_config", "Config"})
_SECRET_TYPES = frozenset({"SecretStr", "SecretBytes"})


def is_settings_class(node: ast.AST, names: FileNames, depth: int = 0) -> bool:
    """Whether a class is read from the environment: `BaseSettings` is among its bases, in this file."""
    if not isinstance(node, ast.ClassDef) or depth > _DEEPEST:
        return False
    for base in node.bases:
        full = names.full_name(base)
        if leaf(full) == "BaseSettings" or full.startswith("pydantic_settings."):
            return True
        inner = names.classes.get(full)
        if inner is not None and inner is not node and is_settings_class(inner, names, depth + 1):
            return True
        if inner is None and leaf(full).endswith("BaseSettings"):
            return True
    return False


def settings_fields(node: ast.ClassDef) -> Iterator[tuple[str, VariableUse, int, bool]]:
    """The variables of a settings class: (name, use, line, whether its type is a secret's)."""
    prefix = _prefix(node)
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        field = statement.target.id
        kinds = {
            leaf(dotted_name(one)) for one in ast.walk(statement.annotation) if isinstance(one, ast.expr)
        }
        if field.startswith("_") or field in _NOT_FIELDS or "ClassVar" in kinds:
            continue
        if any(kind.endswith(("Settings", "Config")) for kind in kinds):
            continue  # a group of settings, each of which is a variable of its own
        use, alias = _use(statement.value)
        yield alias or f"{prefix}{field}".upper(), use, statement.lineno, bool(kinds & _SECRET_TYPES)


def _use(value: ast.expr | None) -> tuple[VariableUse, str]:
    if value is None:
        return VariableUse.REQUIRED, ""
    if isinstance(value, ast.Call) and leaf(dotted_name(value.func)) in {"Field", "PydanticField"}:
        return _of_field(value)
    if isinstance(value, ast.Constant) and value.value is ...:
        return VariableUse.REQUIRED, ""
    return use_by_default(value), ""


def use_by_default(default: ast.expr) -> VariableUse:
    """How a variable with a default is needed: DEFAULTED if the default is a value that is written in the code.

    Nothing, an empty text, or what is made or found at run time, is none.
    """
    match default:
        case ast.Constant(value=None | "" | b""):
            return VariableUse.OPTIONAL
        case ast.Constant() | ast.JoinedStr() | ast.UnaryOp() | ast.BinOp():
            return VariableUse.DEFAULTED
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return VariableUse.DEFAULTED if parts else VariableUse.OPTIONAL
        case ast.Dict(keys=keys):
            return VariableUse.DEFAULTED if keys else VariableUse.OPTIONAL
        case ast.Call(func=ast.Name(id="SecretStr" | "str" | "int" | "bool"), args=[inner, *_]):
            return use_by_default(inner)
    return VariableUse.OPTIONAL


def _of_field(call: ast.Call) -> tuple[VariableUse, str]:
    keywords = {one.arg: one.value for one in call.keywords}
    default = call.args[0] if call.args else keywords.get("default")
    alias = ""
    for name in ("validation_alias", "alias", "env"):
        held = keywords.get(name)
        if isinstance(held, ast.Call | ast.List | ast.Tuple):
            inner = held.args if isinstance(held, ast.Call) else held.elts
            held = inner[0] if inner else None
        if isinstance(held, ast.Constant) and isinstance(held.value, str):
            alias = held.value.upper()
            break
    if "default_factory" in keywords:
        return VariableUse.OPTIONAL, alias
    if default is None or (isinstance(default, ast.Constant) and default.value is ...):
        return VariableUse.REQUIRED, alias
    return use_by_default(default), alias


def _prefix(node: ast.ClassDef) -> str:
    """`env_prefix`, from `model_config` or an inner `Config`."""
    for statement in node.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            named = {one.id for one in targets if isinstance(one, ast.Name)}
            if "model_config" in named:
                return _in_mapping(statement.value)
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and any(
                    isinstance(one, ast.Name) and one.id == "env_prefix" for one in inner.targets
                ):
                    return str(inner.value.value) if isinstance(inner.value, ast.Constant) else ""
    return ""


def _in_mapping(node: ast.expr) -> str:
    pairs: list[tuple[str | None, ast.expr]] = []
    if isinstance(node, ast.Call):
        pairs = [(one.arg, one.value) for one in node.keywords]
    elif isinstance(node, ast.Dict):
        pairs = [
            (str(key.value), value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        ]
    for name, value in pairs:
        if name == "env_prefix" and isinstance(value, ast.Constant):
            return str(value.value)
    return ""

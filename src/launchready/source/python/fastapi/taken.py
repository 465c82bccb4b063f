"""The parameters of FastAPI's handlers and dependencies, and what fills them."""

import ast
from dataclasses import dataclass

from launchready.model.source import CodePlace
from launchready.source.python.wiring.program import Wiring
from launchready.source.python.wiring.values import (
    NOTHING,
    ClassValue,
    FunctionValue,
    Made,
    Value,
    items_of,
    texts_of,
)

_DEPENDS = (".Depends", ".Security")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A parameter of a handler or dependency: its annotation and default as values and as written."""

    name: str
    annotation: Value | None
    written: ast.expr | None
    default: Value | None
    node: ast.arg
    owner: FunctionValue
    depends: Made | None = None

    @property
    def target(self) -> Value | None:
        """What is called to fill it: that of `Depends(f)`; the annotation's own class for `Depends()`."""
        if self.depends is None:
            return None
        given = dependency_of(self.depends)
        if given is not None:
            return given
        if isinstance(self.annotation, Made) and self.annotation.what == "typing.Annotated":
            return self.annotation.arguments[0] if self.annotation.arguments else NOTHING
        return self.annotation or NOTHING

    @property
    def place(self) -> CodePlace:
        """Where it is written."""
        return self.owner.module.place(self.node)


def is_depends(value: Value | None) -> bool:
    """Whether a value is `Depends(…)` or `Security(…)`."""
    return isinstance(value, Made) and value.what.startswith("fastapi") and value.what.endswith(_DEPENDS)


def dependency_of(made: Made) -> Value | None:
    """What `Depends(…)` is given."""
    return made.keywords.get("dependency", made.arguments[0] if made.arguments else None)


def parameters_of(wiring: Wiring, function: FunctionValue) -> tuple[Taken, ...]:
    """The parameters of a handler or dependency, without `self`."""
    signature = function.node.args
    plain = [*signature.posonlyargs, *signature.args]
    defaults = [*([None] * (len(plain) - len(signature.defaults))), *signature.defaults]
    pairs = [
        *zip(plain, defaults, strict=True),
        *zip(signature.kwonlyargs, signature.kw_defaults, strict=True),
    ]
    if plain and (
        function.bound is not None or (function.owner is not None and plain[0].arg in {"self", "cls"})
    ):
        pairs = pairs[1:]
    return tuple(_taken(wiring, function, node, default) for node, default in pairs)


def _taken(wiring: Wiring, function: FunctionValue, node: ast.arg, default: ast.expr | None) -> Taken:
    annotation = _annotation(wiring, function, node.annotation)
    value = wiring.evaluate(default, function.frame) if default is not None else None
    depends = value if isinstance(value, Made) and is_depends(value) else None
    if depends is None and isinstance(annotation, Made) and annotation.what == "typing.Annotated":
        depends = next(
            (one for one in annotation.arguments if isinstance(one, Made) and is_depends(one)), None
        )
    return Taken(
        name=node.arg,
        annotation=annotation,
        written=node.annotation,
        default=value,
        node=node,
        owner=function,
        depends=depends,
    )


def _annotation(wiring: Wiring, function: FunctionValue, node: ast.expr | None) -> Value | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value[:400], mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return wiring.evaluate(node, function.frame) if node is not None else None


def sources_of(taken: Taken) -> list[Value]:
    """What says where a parameter comes from: its default, and what `Annotated` adds."""
    held: list[Value] = [taken.default] if taken.default is not None else []
    if isinstance(taken.annotation, Made) and taken.annotation.what == "typing.Annotated":
        held.extend(taken.annotation.arguments[1:])
    return held


def scopes_of(made: Made) -> tuple[str, ...]:
    """The scopes that `Security(f, scopes=[…])` asks for."""
    held = made.keywords.get("scopes", made.arguments[1] if len(made.arguments) > 1 else None)
    texts = tuple(texts_of(held))
    return texts or (("a scope",) if items_of(held) else ())


def class_dependencies(wiring: Wiring, cls: ClassValue) -> list[Value]:
    """What the attributes of a class, its bases' included, depend on: `user: User = Depends(get_user)`."""
    found: dict[str, Value] = {}
    for each in wiring.lineage(cls):
        if not isinstance(each, ClassValue):
            continue
        body = wiring.body_of(each)
        for statement in each.node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name = statement.target.id
            value = body.names.get(name) if statement.value is not None else None
            annotation = wiring.evaluate(statement.annotation, each.frame)
            candidates = [value, *(annotation.arguments[1:] if isinstance(annotation, Made) else ())]
            made = next((one for one in candidates if isinstance(one, Made) and is_depends(one)), None)
            if made is not None and name not in found:
                plain = (
                    annotation.arguments[0]
                    if isinstance(annotation, Made) and annotation.arguments
                    else annotation
                )
                found[name] = dependency_of(made) or plain
    return list(found.values())

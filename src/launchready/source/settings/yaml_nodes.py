"""YAML as nodes with their lines; tags are not followed, aliases are not multiplied, broken files give nothing."""

from collections.abc import Iterator

import yaml

_DEEPEST = 40
_DEEPEST_LIST = 3  # lists in lists, as anchors make them


def parsed(text: str) -> yaml.Node | None:
    """The first document of a text; None for what is no YAML."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return node


def documents(text: str) -> Iterator[yaml.Node]:
    """All documents of a text, up to the first that is broken."""
    try:
        yield from yaml.compose_all(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return


def entries(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, int]]:
    """Key, value and line (from 1) of a mapping; `<<` is followed one step."""
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value == "<<" and isinstance(value, yaml.MappingNode) and value is not node:
            for inner, held in value.value:
                if isinstance(inner, yaml.ScalarNode) and inner.value != "<<":
                    yield inner.value, held, inner.start_mark.line + 1
            continue
        yield key.value, value, key.start_mark.line + 1


def get(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """What stands under a path of keys; the last one wins."""
    for name in path:
        held = [value for key, value, _ in entries(node) if key == name]
        if not held:
            return None
        node = held[-1]
    return node


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """The elements of a list; a single value is a list of one."""
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    return [node] if isinstance(node, yaml.ScalarNode) else []


def text_of(node: yaml.Node | None) -> str:
    """The text of a scalar; empty for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def texts(node: yaml.Node | None, depth: int = 0) -> Iterator[tuple[str, int]]:
    """The scalars of a list, or the one scalar, with their lines."""
    for one in items(node):
        if isinstance(one, yaml.SequenceNode) and depth < _DEEPEST_LIST:
            yield from texts(one, depth + 1)
        elif isinstance(one, yaml.ScalarNode):
            yield str(one.value), one.start_mark.line + 1 + (one.style in {"|", ">"})


def mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Every mapping in a document, each once, outer ones first."""
    seen: set[int] = set()
    stack: list[tuple[yaml.Node | None, int]] = [(node, 0)]
    while stack:
        one, depth = stack.pop()
        if one is None or id(one) in seen or depth > _DEEPEST:
            continue
        seen.add(id(one))
        if isinstance(one, yaml.MappingNode):
            yield one
            stack.extend((value, depth + 1) for _, value in reversed(one.value))
        elif isinstance(one, yaml.SequenceNode):
            stack.extend((value, depth + 1) for value in reversed(one.value))

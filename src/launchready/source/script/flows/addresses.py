"""Which part of an address decides whom it leads to."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from launchready.source.script.nodes import operator_of, string_value, unwrapped

_WHOLE_HOST = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*[/?#]|^/(?!/)", re.IGNORECASE)


def is_joined(node: SgNode) -> bool:
    """Whether an expression puts an address together from parts."""
    return node.kind() == "template_string" or operator_of(node) == "+"


def host_part(node: SgNode) -> SgNode | None:
    """The part of an address that decides which host is asked; None where that is fixed."""
    fixed = ""
    for part in _parts(node):
        if isinstance(part, str):
            fixed += part
            if _WHOLE_HOST.search(fixed):
                return None
        else:
            # The host, or a part of it: a slash in the value ends it wherever the rest was meant to stand
            return part
    return None


def _parts(node: SgNode) -> Iterator[str | SgNode]:
    if node.kind() == "template_string":
        for one in node.named_children():
            if one.kind() == "template_substitution":
                yield from one.named_children()
            else:
                yield one.text()
    elif node.kind() == "binary_expression" and operator_of(node) == "+":
        for side in (node.field("left"), node.field("right")):
            if side is not None:
                yield from _parts(unwrapped(side))
    elif node.kind() == "string":
        yield string_value(node)
    else:
        yield node

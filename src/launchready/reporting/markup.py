"""HTML as values: text is escaped unless it was built here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

_VOID = frozenset({"meta", "link", "input", "br", "hr"})
_INLINE = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*")


@dataclass(frozen=True, slots=True)
class Html:
    """Markup that is safe as it stands; only this module and constant pieces make it."""

    text: str


Node: TypeAlias = Html | str | Iterable["Node"] | None
Value: TypeAlias = str | int | bool | None


def render(node: Node) -> str:
    """Markup of a node; plain text is escaped."""
    match node:
        case None:
            return ""
        case Html(text=text):
            return text
        case str():
            return escape(node, quote=False)
        case _:
            return "".join(render(child) for child in node)


def tag(name: str, /, *children: Node, **attributes: Value) -> Html:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; `True` gives a bare attribute."""
    opening = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{opening}>")
    return Html(f"<{name}{opening}>{render(children)}</{name}>")


def _attribute(key: str, value: Value) -> str:
    name = key.rstrip("_").replace("_", "-")
    match value:
        case None | False:
            return ""
        case True:
            return f" {name}"
        case _:
            return f' {name}="{escape(str(value), quote=True)}"'


def icon(name: str) -> Html:
    """A sign from the page's own set; the word beside it says the same."""
    return Html(f'<svg class="icon" aria-hidden="true"><use href="#i-{escape(name)}"/></svg>')


def inline(text: str) -> Html:
    """One line of text in which `code` and **strong** are marked up."""
    parts: list[Node] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts.append(text[end : match.start()])
        code, strong = match.groups()
        parts.append(tag("code", code) if code is not None else tag("strong", strong))
        end = match.end()
    return Html(render([*parts, text[end:]]))


def prose(text: str) -> Html:
    """Paragraphs, lists and indented code of a docstring section."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]
    return Html("".join(_block(block.rstrip()).text for block in _joined_code(blocks)))


def _joined_code(blocks: list[str]) -> list[str]:
    """Code with empty lines in it is one block."""
    joined: list[str] = []
    for block in blocks:
        if joined and _is_code(block) and _is_code(joined[-1]):
            joined[-1] += f"\n\n{block}"
        else:
            joined.append(block)
    return joined


def _is_code(block: str) -> bool:
    return all(line.startswith("    ") for line in block.splitlines() if line.strip())


def _block(block: str) -> Html:
    lines = block.splitlines()
    if _is_code(block):
        return tag("pre", tag("code", "\n".join(line[4:] for line in lines)))
    if all(line.lstrip().startswith(("- ", "* ")) or line.startswith("  ") for line in lines):
        items = re.split(r"\n\s*[-*] ", "\n" + block)[1:]
        return tag("ul", [tag("li", inline(" ".join(item.split()))) for item in items])
    return tag("p", inline(" ".join(block.split())))

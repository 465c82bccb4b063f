"""Python newer than the one that runs launchready, said in older words so that `ast` can read it.

Handled: type parameters and the `type` statement (PEP 695), quotes of any kind inside f-strings (PEP 701), template
strings (PEP 750), `except A, B:` (PEP 758). Line numbers stay; columns do not.
"""

from collections.abc import Iterator

from ast_grep_py import Edit, Rule, SgNode, SgRoot

_RULE: Rule = {
    "any": [
        {
            "kind": "type_parameter",
            "inside": {"any": [{"kind": "function_definition"}, {"kind": "class_definition"}]},
        },
        {"kind": "type_alias_statement"},
        {"kind": "except_clause"},
        {"kind": "string", "has": {"kind": "interpolation"}},
    ]
}


def in_older_words(text: str) -> str:
    """The text with newer constructs replaced by older ones that mean the same to a reader of routes and guards."""
    root = SgRoot(text, "python").root()
    edits = [edit for node in root.find_all({"rule": _RULE}) for edit in _edits(node)]
    # The tree begins with the first token; lines before it count
    return text[: root.range().start.index] + root.commit_edits(_disjoint(edits)) if edits else text


def _disjoint(edits: list[Edit]) -> list[Edit]:
    """Edits in order; one inside another is left out."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start_pos, -one.end_pos)):
        if not kept or edit.start_pos >= kept[-1].end_pos:
            kept.append(edit)
    return kept


def _edits(node: SgNode) -> Iterator[Edit]:
    match node.kind():
        case "type_parameter":
            if "\n" not in node.text():
                yield node.replace("")
        case "type_alias_statement":
            yield from _alias(node)
        case "except_clause":
            yield from _except(node)
        case _:
            yield from _quotes(node)


def _alias(node: SgNode) -> Iterator[Edit]:
    """`type X[T] = …` → `X = …`."""
    word, name = node.children()[:2]
    plain = name.find(kind="identifier")
    edit = word.replace(plain.text() if plain is not None else name.text())
    edit.end_pos = name.range().end.index
    yield edit


def _except(node: SgNode) -> Iterator[Edit]:
    """`except A, B:` → `except (A, B):`."""
    children = node.children()
    if not any(child.kind() == "," for child in children):
        return
    named = [child for child in children if child.is_named() and child.kind() not in {"block", "comment"}]
    if named:
        yield named[0].replace(f"({named[0].text()}")
        if len(named) > 1:
            yield named[-1].replace(f"{named[-1].text()})")


def _quotes(node: SgNode) -> Iterator[Edit]:
    start = node.children()[0]
    opening = start.text()
    if "t" in opening.lower():
        yield start.replace(opening.lower().replace("t", "f"))
    quote = opening.lstrip("rRbBuUfFtT")
    if len(quote) != 1:
        return
    other = "'" if quote == '"' else '"'
    for interpolation in node.find_all(kind="interpolation"):
        for inner in interpolation.find_all(kind="string"):
            text = inner.text()
            if quote in text or "\\" in text:
                content = "".join(
                    child.text() for child in inner.children() if child.kind() == "string_content"
                )
                plain = content.replace("\\", "").replace(quote, "").replace(other, "")
                yield inner.replace(f"{other}{plain}{other}")

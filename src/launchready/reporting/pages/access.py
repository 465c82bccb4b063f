"""The access matrix as a picture, and the same in words."""

from collections.abc import Mapping
from typing import Final

from launchready.model.report import AccessState, OperationState
from launchready.reporting import words
from launchready.reporting.finding import ExchangeView
from launchready.reporting.markup import Html, Node, icon, inline, tag
from launchready.reporting.matrix import CellView, MatrixView, ObjectGroup, OperationView
from launchready.reporting.pages.parts import exchange_body, exchange_title, pill, section
from launchready.reporting.text import counted
from launchready.reporting.view import ReportView

_ICONS: Final[Mapping[AccessState, str]] = {
    AccessState.ALLOWED: "yes",
    AccessState.DENIED: "shut",
    AccessState.LEAKS: "alert",
    AccessState.SUSPECTED: "ask",
    AccessState.UNPROVEN: "dot",
    AccessState.NOT_TRIED: "none",
}
_FIGURES: Final[Mapping[OperationState, str]] = {
    OperationState.VIOLATED: "violated",
    OperationState.SUSPECTED: "with a question",
    OperationState.UNPROVEN: "not proven",
    OperationState.SAFE: "safe",
}
# More than these do not fit a page's width: the table then scrolls in its own box
_MOST_COLUMNS = 6


def access(view: ReportView) -> Html:
    """Who got what: operations down, principals across."""
    matrix = view.matrix
    if not matrix.groups:
        text = "No operation was tried: give the address of the running API to see who can do what."
        return section("access", "Who can do what", tag("p", text))
    numbers = {exchange.id: number for number, exchange in enumerate(view.exchanges, start=1)}
    figures = ", ".join(f"{count} {_FIGURES[state]}" for state, count in matrix.counts if count)
    hint = "Choose a cell to see the exchange behind it; arrow keys move from cell to cell."
    return section(
        "access",
        "Who can do what",
        _legend(),
        tag("p", hint, class_="note", data_js=True, hidden=True),
        tag(
            "div",
            _table(matrix),
            class_="scroll" if len(matrix.principals) > _MOST_COLUMNS else "scroll fits",
            role="region",
            tabindex="0",
            aria_label="Access matrix, scrolls sideways",
        ),
        tag("h3", "The same in words"),
        [_group_in_words(group, numbers) for group in matrix.groups],
        _dialog(),
        note=f"{counted(len(matrix.operations), 'operation')}: {figures}.",
    )


def _legend() -> Html:
    items = [
        tag("li", _sign(state), tag("span", tag("strong", word.text), " ", word.meaning))
        for state, word in words.ACCESS.items()
    ]
    return tag("ul", items, class_="legend", aria_label="What the signs mean")


def _sign(state: AccessState) -> Html:
    return tag("span", icon(_ICONS[state]), class_=f"cell {state.value}")


def _table(matrix: MatrixView) -> Html:
    head = tag(
        "tr",
        tag("th", "Operation", scope="col"),
        [tag("th", name, scope="col") for _, name in matrix.principals],
    )
    caption = tag("caption", "What each account got from each operation", class_="visually-hidden")
    bodies = [_body(group, len(matrix.principals)) for group in matrix.groups]
    return tag("table", caption, tag("thead", head), bodies, class_="matrix")


def _body(group: ObjectGroup, columns: int) -> Html:
    title = tag("th", tag("span", group.name), scope="rowgroup", class_="group")
    return tag(
        "tbody",
        tag("tr", title, tag("td", colspan=columns) if columns else None),
        [_row(operation) for operation in group.operations],
    )


def _row(operation: OperationView) -> Html:
    name = tag(
        "th",
        tag("span", operation.name, class_="name"),
        " ",
        tag("code", operation.label),
        scope="row",
    )
    return tag("tr", name, [_cell(operation, number, cell) for number, cell in enumerate(operation.cells)])


def _cell(operation: OperationView, number: int, cell: CellView) -> Html:
    label = f"{cell.who}, {operation.label}: {cell.word.text}"
    if cell.state is AccessState.NOT_TRIED:
        content = tag("span", icon(_ICONS[cell.state]), tag("span", cell.word.text, class_="visually-hidden"),
                      class_=f"cell {cell.state.value}")  # fmt: skip
    else:
        content = tag("a", icon(_ICONS[cell.state]), href=f"#{_anchor(operation, number)}",
                      class_=f"cell {cell.state.value}", aria_label=label)  # fmt: skip
    return tag("td", content)


def _anchor(operation: OperationView, number: int) -> str:
    return f"cell-{operation.number}-{number}"


def _group_in_words(group: ObjectGroup, numbers: Mapping[str, int]) -> Html:
    count = counted(len(group.operations), "operation")
    return tag(
        "details",
        tag("summary", tag("strong", group.name), " ", tag("span", count, class_="note")),
        [_operation_in_words(operation, numbers) for operation in group.operations],
        class_="fold in-words",
    )


def _operation_in_words(operation: OperationView, numbers: Mapping[str, int]) -> Html:
    cells = [
        _cell_in_words(operation, number, cell, numbers)
        for number, cell in enumerate(operation.cells)
        if cell.state is not AccessState.NOT_TRIED
    ]
    return tag(
        "div",
        tag("h4", operation.name, " ", tag("code", operation.label)),
        tag("p", pill(operation.word), " ", inline(operation.reason)),
        tag("ul", cells),
    )


def _cell_in_words(operation: OperationView, number: int, cell: CellView, numbers: Mapping[str, int]) -> Html:
    links: list[Node] = [
        tag("a", f"exchange {numbers[item]}", href=f"#exchange-{numbers[item]}", data_exchange=True)
        for item in cell.exchanges
    ]
    reason: Node = [" (", inline(cell.reason), ")"] if cell.reason else None
    return tag(
        "li",
        tag("strong", cell.who),
        f": {cell.word.text.lower()}, {cell.word.meaning}",
        reason,
        tag("span", [[" · ", link] for link in links], class_="cited"),
        id=_anchor(operation, number),
        tabindex="-1",
    )


def _dialog() -> Html:
    close = tag("button", "Close", type="button", class_="close")
    return tag(
        "dialog",
        tag("div", tag("h2", "", id="proof-title", tabindex="-1"), close, class_="dialog-head"),
        tag("div", "", class_="dialog-body"),
        id="proof",
        aria_labelledby="proof-title",
    )


def exchanges(view: ReportView) -> Html:
    """Every request and answer that is named above, once."""
    shown = [_exchange(number, exchange) for number, exchange in enumerate(view.exchanges, start=1)]
    note = "Redacted: equal marks such as {{token:…}} stand for equal values."
    if not shown:
        return section("exchanges", "Exchanges", tag("p", "None was kept."))
    title = tag("summary", tag("strong", f"Show {counted(len(shown), 'exchange')}"))
    return section(
        "exchanges", "Exchanges", tag("details", title, tag("div", shown), class_="fold"), note=note
    )


def _exchange(number: int, exchange: ExchangeView) -> Html:
    # The anchor is inside: a browser opens what is around the place that a link leads to, not that place
    return tag(
        "details",
        tag("summary", tag("span", f"{number}", class_="number"), exchange_title(exchange)),
        tag("div", exchange_body(exchange), id=f"exchange-{number}", tabindex="-1"),
        class_="one-exchange",
    )

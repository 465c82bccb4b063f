"""The code: the stack, and the five routes to look at first."""

from launchready.reporting.code import CardView, RouteView, StackView, TickView
from launchready.reporting.markup import Html, Node, tag
from launchready.reporting.pages.parts import pill, section
from launchready.reporting.text import counted
from launchready.reporting.view import ReportView


def five_routes(view: ReportView) -> Node:
    """A card for each of the riskiest routes; nothing where there is no route."""
    if not view.code.cards:
        return None
    cards = [_card(card) for card in view.code.cards]
    return section(
        "routes",
        "Five routes to look at first",
        tag("ol", cards, class_="rows"),
        note="By what was found on them, what guards them and what they do.",
    )


def code(view: ReportView) -> Node:
    """What was read of the repository; nothing where none was."""
    if not view.code.read:
        return (
            section("code", "The inventory", _inventory(view.code.inventory)) if view.code.inventory else None
        )
    stack = tag("ul", [_stack(part) for part in view.code.stack]) if view.code.stack else None
    unknown = None if stack else tag("p", "No framework was recognised in it, so no route was read.")
    left = (
        tag(
            "details",
            tag("summary", "What the code did not tell"),
            tag("ul", [tag("li", item) for item in view.code.open]),
        )
        if view.code.open
        else None
    )
    routes = _inventory(view.code.inventory)
    return section(
        "code", "The code", stack, unknown, routes, left, note=f"{view.code.read}, read and never run."
    )


def _inventory(routes: tuple[RouteView, ...]) -> Node:
    if not routes:
        return None
    head = tag("tr", [tag("th", name, scope="col") for name in ("Route", "For", "Named by", "Handler")])
    rows = [
        tag(
            "tr",
            tag("th", tag("code", route.title), scope="row"),
            tag("td", route.access),
            tag("td", route.named_by),
            tag("td", tag("code", route.place) if route.place else ""),
        )
        for route in routes
    ]
    caption = tag("caption", "Every route, whom it is for, and what names it", class_="visually-hidden")
    table = tag("table", caption, tag("thead", head), tag("tbody", rows), class_="inventory")
    box = tag(
        "div", table, class_="scroll", role="region", tabindex="0", aria_label="Inventory, scrolls sideways"
    )
    return tag("details", tag("summary", f"All {counted(len(routes), 'route')}, and whom each is for"), box)


def _stack(part: StackView) -> Html:
    return tag("li", tag("strong", part.name), " in ", tag("code", part.place), f": {part.routes}")


def _card(card: CardView) -> Html:
    worst = next((tick.word.tone for tick in card.ticks if tick.word.tone == "bad"), "muted")
    return tag(
        "li",
        tag(
            "div",
            tag("h3", tag("code", card.title)),
            tag("p", tag("code", card.place), class_="note") if card.place else None,
            class_="row-head",
        ),
        tag(
            "div",
            tag("p", card.risk, class_="note"),
            tag("dl", [_tick(tick) for tick in card.ticks], class_="ticks"),
        ),
        class_=f"edge {worst}",
    )


def _tick(tick: TickView) -> Html:
    shown: list[Node] = [[" ", tag("code", item)] for item in tick.evidence[:2]]
    return tag("div", tag("dt", tick.name), tag("dd", pill(tick.word), f" {tick.reason}", shown))

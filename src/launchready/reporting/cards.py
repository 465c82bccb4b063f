"""The five-route card for a terminal: three short lines a route."""

from rich.text import Text

from launchready.reporting.code import CardView
from launchready.reporting.ink import STYLES, Ink


def card_lines(card: CardView, ink: Ink) -> tuple[Text, Text, Text]:
    """The route and its handler's place; the four ticks; why it is among the five."""
    head = ink.text(card.title, "bold")
    if card.place:
        head.append(ink.plain(f"  {card.place}"), style="not bold dim")
    ticks = Text("  ")
    for number, tick in enumerate(card.ticks):
        ticks.append(ink.plain(" · " if number else ""), style="dim")
        ticks.append(ink.plain(f"{tick.name} "))
        ticks.append(ink.plain(tick.word.text.lower()), style=STYLES[tick.word.tone])
    return head, ticks, ink.text(f"  {card.risk}", "dim")

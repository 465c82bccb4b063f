"""The code as people read it: the stack, what was not understood, and the five routes to look at first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from launchready.model.report import CodeRead, InventoryRow, Report, RouteCard, StackPart, Tick, TickState
from launchready.reporting.finding import place_name
from launchready.reporting.text import capital, counted, one_line
from launchready.reporting.words import Tone, Word, sentence

TICK_NAMES: Final = ("Login", "Ownership", "Input", "Errors")
_TICKS: Final[Mapping[TickState, Word]] = {
    TickState.YES: Word(text="Yes", tone=Tone.GOOD),
    TickState.NO: Word(text="No", tone=Tone.BAD),
    TickState.UNKNOWN: Word(text="Not shown", tone=Tone.OPEN),
    TickState.NOT_NEEDED: Word(text="Not needed", tone=Tone.MUTED),
}
_CLASSES: Final[Mapping[str, str]] = {
    "none": "with no guard found",
    "unclear": "with a guard that could not be read",
    "public": "public",
    "member": "for members",
    "owner": "for the owner",
    "group": "for a role",
    "moderator": "for moderators",
    "admin": "for admins",
    "service": "for services",
}
_ACCESS: Final[Mapping[str, str]] = {
    "none": "nobody says",
    "unclear": "not readable",
    "public": "everybody",
    "member": "members",
    "owner": "the owner",
    "group": "a role",
    "moderator": "moderators",
    "admin": "admins",
    "service": "services",
}
_MOST_OPEN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TickView:
    """One of the four things, as a word with its reason and what shows it."""

    name: str
    word: Word
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A risky route with its four ticks."""

    title: str
    place: str
    risk: str
    ticks: tuple[TickView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackView:
    """`FastAPI 0.115`, where it is made, and its routes by who they are for."""

    name: str
    place: str
    routes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """A line of the inventory."""

    title: str
    access: str
    named_by: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """What was read, the stack, the inventory, and what stayed open; `read` is empty where no code was read."""

    read: str = ""
    inventory: tuple[RouteView, ...] = ()
    stack: tuple[StackView, ...] = ()
    open: tuple[str, ...] = ()
    cards: tuple[CardView, ...] = ()


def build_code(report: Report) -> CodeView:
    """What every format shows of the code."""
    cards = tuple(_card(card) for card in report.five_routes)
    code = report.code
    routes = tuple(_route(row) for row in report.inventory)
    if code is None:
        return CodeView(cards=cards, inventory=routes)
    return CodeView(
        inventory=routes,
        read=f"{counted(code.lines, 'line')} in {counted(code.files, 'file')}",
        stack=tuple(_stack(part) for part in code.stack),
        open=_open(code),
        cards=cards,
    )


def _route(row: InventoryRow) -> RouteView:
    return RouteView(
        title=one_line(f"{row.method} {row.path}", 200),
        access=_ACCESS.get(row.access, one_line(row.access, 40)),
        named_by=", ".join(row.named_by),
        place=place_name(row.location),
    )


def _stack(part: StackPart) -> StackView:
    total = sum(count for _, count in part.routes)
    classes = ", ".join(f"{count} {_CLASSES.get(name, name)}" for name, count in part.routes)
    return StackView(
        name=one_line(f"{part.framework} {part.version}".strip(), 60),
        place=place_name(part.location),
        routes=f"{counted(total, 'route')}: {classes}" if total else "no route was found",
    )


def _open(code: CodeRead) -> tuple[str, ...]:
    skipped = [f"{path} was not read: {reason}" for path, reason in code.skipped]
    items = [one_line(item, 240) for item in (*code.open, *skipped)]
    more = len(items) - _MOST_OPEN
    return (*items[:_MOST_OPEN], f"and {more} more, in report.json") if more > 0 else tuple(items)


def _card(card: RouteCard) -> CardView:
    ticks = zip(TICK_NAMES, (card.login, card.ownership, card.input, card.errors), strict=True)
    return CardView(
        title=one_line(f"{card.method} {card.path}", 160),
        place=place_name(card.location),
        risk=capital(one_line("; ".join(card.risk), 300)),
        ticks=tuple(_tick(name, tick) for name, tick in ticks),
    )


def _tick(name: str, tick: Tick) -> TickView:
    return TickView(
        name=name,
        word=_TICKS[tick.state],
        reason=sentence(tick.reason, 200),
        evidence=tuple(one_line(item, 160) for item in tick.evidence),
    )

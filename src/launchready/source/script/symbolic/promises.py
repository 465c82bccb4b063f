"""Promises that a function of the repository settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from launchready.source.script.symbolic.scope import Condition, Thrown
from launchready.source.script.symbolic.values import (
    UNDEFINED,
    Argument,
    Closure,
    Native,
    Settled,
    Site,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from launchready.source.script.symbolic.interpreter import Interpreter


class NativePromise(Native):
    """Keeps whether `resolve` or `reject` was called first for certain, or which of them may be."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        self._conditions = conditions
        self._settled: list[Settled] = []
        self._closed = False

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`resolve(value)` or `reject(error)`."""
        del site
        value = arguments[0].value if arguments else UNDEFINED
        self.settle(name, value, certain=run.conditions == self._conditions)
        return UNDEFINED

    def settle(self, name: str, value: Value, *, certain: bool) -> None:
        """Keep or break it; once it is done for certain, the rest does nothing."""
        if not self._closed:
            self._settled.append(Settled(value, broken=name == "reject"))
            self._closed = certain

    def outcome(self) -> Value:
        """The promise, as far as it is known."""
        if len(self._settled) == 1 and self._closed:
            return self._settled[0]
        return MayBe(self._settled) if self._settled else Unknown()


class MayBe(Native):
    """A promise that may be settled in several ways."""

    def __init__(self, ways: list[Settled]) -> None:
        self.ways = ways

    def invoke(self, run: Interpreter, name: str, arguments: tuple[Argument, ...], site: Site) -> Value:
        """`then`, `catch`, `finally`: for each way, what the callback makes of it."""
        found: list[Settled] = []
        for way in self.ways:
            takes = (
                name == "finally" or way.broken is (name == "catch") or (way.broken and len(arguments) > 1)
            )
            place = 1 if way.broken and name == "then" else 0
            if (
                not takes
                or place >= len(arguments)
                or not isinstance(arguments[place].value, Closure | Native)
            ):
                found.append(way)
                continue
            given = (Argument(value=way.value, site=site),) if name != "finally" else ()
            with run.under(Condition("the promise is broken" if way.broken else "the promise is kept", site)):
                try:
                    found.append(Settled(run.call(arguments[place].value, given, site)))
                except Thrown as thrown:
                    found.append(Settled(thrown.value, broken=True))
        return MayBe(found)

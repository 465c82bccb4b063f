"""What a run may spend: requests, bytes, seconds, and how fast. Slows down when the target asks for it."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from launchready.model.errors import CorrectableError
from launchready.model.settings import Budget

LONGEST_PAUSE = 30.0
# RFC 6585 section 4, RFC 9110 section 15.6.4
_TOO_MANY = 429
_UNAVAILABLE = 503
_PAUSE_UNASKED = 1.0
_SLOWEST = 0.5
_RECOVERY = 1.02
_RESERVE = 0.1
_LEAST_RESERVE = 50
_RESERVE_SECONDS = 60.0
_MOST_UNANSWERED = 10


class BudgetSpent(CorrectableError):  # noqa: N818 - a state that the caller handles
    """No more of `what` ("requests", "bytes", "seconds", "DNS queries"); `limit` was the bound."""

    def __init__(self, what: str, limit: float) -> None:
        super().__init__(
            f"the budget of {limit:g} {what} is spent; raise it under [budget] in launchready.toml"
        )
        self.what, self.limit = what, limit


class TargetSilent(BudgetSpent):
    """So many requests in a row brought no answer that asking on would only take time."""

    def __init__(self, count: int) -> None:
        Exception.__init__(self, f"the target did not answer {count} requests in a row")
        self.what, self.limit = "unanswered requests", count


class Spending:
    """Counts and paces. One for each run; times in seconds of `time.monotonic`.

    Requests that restore or clean up may draw on a reserve of a tenth (at least 50 requests, and 60 s), so
    that a spent budget leaves nothing behind.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.requests = 0
        self.received = 0
        self.limited = 0
        self.rate = budget.rate
        self.unanswered = 0
        self._began = time.monotonic()
        self._next = self._began
        self._paused_until = 0.0
        self._burst = max(1, budget.concurrency)
        self._slots = asyncio.Semaphore(max(1, budget.concurrency))

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    @property
    def room(self) -> int:
        """Bytes that one more body may have."""
        left = self.budget.received_bytes - self.received + int(self.budget.received_bytes * _RESERVE)
        return max(1, min(self.budget.body_bytes, left))

    async def begin(self, *, reserve: bool = False) -> None:
        """Wait for a free slot and the pace, count one request. Every `begin` is followed by one `end`.

        Raises BudgetSpent when there is no more of something.
        """
        self._check(reserve=reserve)
        await self._slots.acquire()
        try:
            await self._pace(reserve=reserve)
            self._check(reserve=reserve)
        except BaseException:
            self._slots.release()
            raise
        self.requests += 1

    def end(self, received: int = 0) -> None:
        """The request is over; `received` body bytes came."""
        self.received += received
        self._slots.release()

    def heard(self, *, answered: bool) -> None:
        """Notice whether the target answered; ten silences in a row end the asking."""
        self.unanswered = 0 if answered else self.unanswered + 1

    def try_again(self) -> None:
        """Let one more request find out whether a silent target is back."""
        self.unanswered = min(self.unanswered, _MOST_UNANSWERED - 1)

    def saw(self, status: int, retry_after: str) -> float:
        """Adapt to an answer: 429, or 503 with Retry-After, pauses and halves the rate.

        Good ones recover it slowly. Returns the seconds of a pause that begins now, 0 for none.
        """
        if status == _TOO_MANY or (status == _UNAVAILABLE and retry_after):
            now = time.monotonic()
            self.limited += 1
            wait = min(parse_retry_after(retry_after, _PAUSE_UNASKED), LONGEST_PAUSE)
            # Answers to requests that were under way together are one hint, not several
            begins = now >= self._paused_until
            if begins:
                self.rate = max(_SLOWEST, self.rate / 2)
            self._paused_until = max(self._paused_until, now + wait)
            return wait if begins else 0.0
        if status and self.rate < self.budget.rate:
            self.rate = min(self.budget.rate, self.rate * _RECOVERY)
        return 0.0

    def _check(self, *, reserve: bool) -> None:
        budget = self.budget
        share = _RESERVE if reserve else 0.0
        if self.unanswered >= _MOST_UNANSWERED and not reserve:
            raise TargetSilent(self.unanswered)
        if self.requests >= budget.requests + (
            max(_LEAST_RESERVE, budget.requests * share) if reserve else 0
        ):
            raise BudgetSpent("requests", budget.requests)
        if self.received >= budget.received_bytes * (1 + share):
            raise BudgetSpent("bytes", budget.received_bytes)
        if self.elapsed >= budget.seconds + (_RESERVE_SECONDS if reserve else 0.0):
            raise BudgetSpent("seconds", budget.seconds)

    async def _pace(self, *, reserve: bool) -> None:
        end = self._began + self.budget.seconds + (_RESERVE_SECONDS if reserve else 0.0)
        while True:
            now = time.monotonic()
            if now >= end:
                return
            if now < self._paused_until:
                await asyncio.sleep(min(self._paused_until, end) - now)
                continue
            # A burst of as many as may be under way at once, then one each 1/rate seconds
            gap = 1.0 / self.rate
            self._next = max(self._next, now - self._burst * gap) + gap
            if self._next > now:
                await asyncio.sleep(self._next - now)
                if time.monotonic() < self._paused_until:
                    continue
            return


def parse_retry_after(text: str, default: float) -> float:
    """Seconds that a Retry-After header asks for (a number or a date, RFC 9110 section 10.2.3).

    Never negative.
    """
    text = text.strip()
    if not text:
        return default
    try:
        return max(0.0, float(text)) if text.replace(".", "", 1).isdigit() else _until(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return default


def _until(text: str) -> float:
    when = parsedate_to_datetime(text)
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

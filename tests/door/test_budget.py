import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from launchready.door.budget import LONGEST_PAUSE, BudgetSpent, Spending, parse_retry_after
from launchready.door.lock import HostLock, TargetBusy
from launchready.model.settings import Budget


def budget(**changes):
    return Budget(**{"rate": 1e6, **changes})


async def test_rate_is_kept_after_a_burst():
    spending = Spending(budget(rate=100, concurrency=2))
    begin = time.monotonic()
    for _ in range(22):
        await spending.begin()
        spending.end()
    assert 0.18 <= time.monotonic() - begin < 0.6


async def test_too_many_requests_pauses_and_halves_once_for_answers_under_way_together():
    spending = Spending(budget(rate=1000))
    for _ in range(4):
        spending.saw(429, "0.2")
    assert spending.rate == 500
    begin = time.monotonic()
    await spending.begin()
    spending.end()
    assert time.monotonic() - begin >= 0.19


async def test_rate_recovers_slowly_and_never_past_the_setting():
    spending = Spending(budget(rate=100))
    spending.saw(429, "0")
    spending.saw(200, "")
    assert 50 < spending.rate < 52
    for _ in range(100):
        spending.saw(200, "")
    assert spending.rate == 100


async def test_unavailable_pauses_only_with_retry_after():
    spending = Spending(budget(rate=100))
    spending.saw(503, "")
    assert spending.rate == 100
    spending.saw(503, "1")
    assert spending.rate == 50


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3), ("1.5", 1.5), ("", 7), ("soon", 7), ("-5", 7), ("Mon, 01 Jan 2001 00:00:00 GMT", 0)],
)
def test_retry_after_is_read(text, seconds):
    assert parse_retry_after(text, 7) == seconds


def test_retry_after_dates_count_from_now():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 97 < parse_retry_after(later, 1) <= 100


async def test_pause_is_bounded():
    spending = Spending(budget())
    spending.saw(429, "86400")
    assert spending._paused_until - time.monotonic() <= LONGEST_PAUSE


async def test_bytes_and_seconds_run_out():
    spending = Spending(budget(received_bytes=100))
    await spending.begin()
    spending.end(100)
    with pytest.raises(BudgetSpent, match="bytes"):
        await spending.begin()
    late = Spending(budget(seconds=0.05))
    await asyncio.sleep(0.06)
    with pytest.raises(BudgetSpent, match="seconds"):
        await late.begin()
    await late.begin(reserve=True)


async def test_pause_past_the_end_of_the_run_ends_at_the_end():
    spending = Spending(budget(seconds=0.2))
    spending.saw(429, "20")
    begin = time.monotonic()
    with pytest.raises(BudgetSpent, match="seconds"):
        await spending.begin()
    assert time.monotonic() - begin < 1


async def test_reserve_is_bounded():
    spending = Spending(budget(requests=1))
    for _ in range(51):
        await spending.begin(reserve=True)
        spending.end()
    with pytest.raises(BudgetSpent):
        await spending.begin(reserve=True)


# ---------------------------------------------------------------------------------------------- lock


def test_second_run_on_the_same_target_is_told_whose_turn_it_is(tmp_path):
    with HostLock("http://127.0.0.1:1", tmp_path) as lock:
        with pytest.raises(TargetBusy) as busy, HostLock("http://127.0.0.1:1", tmp_path):
            pass
        with HostLock("http://127.0.0.1:2", tmp_path):
            pass
    assert busy.value.pid
    assert str(busy.value.pid) in str(busy.value)
    with HostLock("http://127.0.0.1:1", tmp_path) as again:
        assert again.path == lock.path


def test_lock_of_a_dead_process_is_taken_over(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from launchready.door.lock import HostLock; "
        "HostLock('http://x', Path(sys.argv[1])).__enter__(); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert list(tmp_path.iterdir())
    with HostLock("http://x", tmp_path):
        pass

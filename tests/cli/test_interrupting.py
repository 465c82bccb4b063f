import asyncio
import signal
import threading

import pytest

from launchready.cli.interrupting import Interrupts
from launchready.collecting.runner import Stopper


async def test_the_first_stops_the_second_cancels_the_third_leaves(capsys):
    left = threading.Event()
    stopper = Stopper()
    ready = asyncio.Event()
    interrupts = []

    async def work():
        with Interrupts(stopper, leave=lambda _code: left.set()) as own:
            interrupts.append(own)
            ready.set()
            await asyncio.sleep(30)

    task = asyncio.ensure_future(work())
    await ready.wait()
    interrupts[0].interrupt()
    assert stopper.stopped
    assert "press Ctrl-C again" in capsys.readouterr().err
    await asyncio.sleep(0)
    assert not task.done()
    interrupts[0].interrupt()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not left.is_set()
    interrupts[0].interrupt()
    assert left.is_set()


async def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT)
    with Interrupts(Stopper()) as interrupts:
        own = signal.getsignal(signal.SIGINT)
        assert own != before
        with interrupts.paused():
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.getsignal(signal.SIGINT) == own
    assert signal.getsignal(signal.SIGINT) == before


async def test_a_signal_reaches_the_stopper():
    stopper = Stopper()
    with Interrupts(stopper):
        signal.raise_signal(signal.SIGINT)
        for _ in range(100):
            if stopper.stopped:
                break
            await asyncio.sleep(0.01)
    assert stopper.stopped

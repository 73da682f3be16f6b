"""The watchdog, on a virtual clock and with a real socket of a service manager."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from myna.audio.pulse import Pulse
from myna.health import Health
from myna.notify import Notifier
from myna.service.watchdog import Watchdog
from myna.trace import Trace
from support.virtual_loop import VirtualLoop, run_virtually


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The service manager's end of the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        yield manager


@pytest.fixture
def notifier(manager: socket.socket) -> Iterator[Notifier]:
    notifier = Notifier({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "20000000"})
    yield notifier
    notifier.close()


def meals(manager: socket.socket) -> int:
    """Return how often it was fed since the last time."""
    count = 0
    try:
        while manager.recv(100) == b"WATCHDOG=1":
            count += 1
    except BlockingIOError:
        return count
    raise AssertionError("something else was said")


async def watched(watchdog: Watchdog, meanwhile: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(watchdog.run())
    await meanwhile
    task.cancel()
    await asyncio.wait([task])


class Thread:
    """Moves as long as it is let."""

    def __init__(self) -> None:
        self.is_moving = True
        self.beats = 1

    def look(self) -> Pulse:
        self.beats += self.is_moving
        return Pulse(self.beats, must_beat=True)


def test_a_speaker_that_lives_feeds_it_every_second(
    manager: socket.socket, notifier: Notifier
) -> None:
    watchdog = Watchdog(notifier, {"microphone": Thread().look}, Health(Trace()))
    run_virtually(watched(watchdog, asyncio.sleep(8.1)))
    assert meals(manager) == 8


def test_a_stuck_thread_starves_it_and_is_said_once(
    manager: socket.socket, notifier: Notifier, caplog: pytest.LogCaptureFixture
) -> None:
    thread = Thread()
    watchdog = Watchdog(notifier, {"microphone": thread.look}, Health(Trace()))

    async def story() -> None:
        await asyncio.sleep(1.5)
        thread.is_moving = False
        await asyncio.sleep(20)
        assert meals(manager) == 1
        thread.is_moving = True
        await asyncio.sleep(1)

    with caplog.at_level(logging.ERROR):
        run_virtually(watched(watchdog, story()))
    assert meals(manager) == 1
    assert [record.message for record in caplog.records] == [
        "the thread of the microphone hangs: systemd starts the speaker anew unless that ends soon"
    ]


def test_a_blocked_event_loop_starves_it(manager: socket.socket, notifier: Notifier) -> None:
    watchdog = Watchdog(notifier, {}, Health(Trace()))

    def block(loop: asyncio.AbstractEventLoop) -> None:
        assert isinstance(loop, VirtualLoop)
        loop.pass_time(3)

    async def story() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0.9)
        loop.call_later(0, block, loop)
        await asyncio.sleep(3.5)

    run_virtually(watched(watchdog, story()))
    assert meals(manager) == 0


def test_a_declared_trouble_excuses_what_never_worked(
    manager: socket.socket, notifier: Notifier
) -> None:
    health = Health(Trace())
    health.degrade("microphone", "hangs")
    watchdog = Watchdog(notifier, {"microphone": lambda: Pulse(0, must_beat=True)}, health)
    run_virtually(watched(watchdog, asyncio.sleep(1.1)))
    assert meals(manager) == 1


def test_nobody_is_fed_where_systemd_does_not_wait_for_it(manager: socket.socket) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager.getsockname()})
    run_virtually(Watchdog(notifier, {}, Health(Trace())).run())
    notifier.close()
    assert meals(manager) == 0

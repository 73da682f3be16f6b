"""The way out, with threads that hang."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue

import pytest

from myna.service.departure import ORDERLY_S, RESCUE_S, Departure


class Exit:
    """Notes when the process would have ended, and with which code."""

    def __init__(self) -> None:
        self.codes: SimpleQueue[tuple[int, float]] = SimpleQueue()

    def leave(self, code: int) -> None:
        self.codes.put((code, time.monotonic()))


@pytest.fixture
def ended() -> Exit:
    return Exit()


def test_everything_is_over_within_two_seconds_whatever_hangs(
    ended: Exit, capfd: pytest.CaptureFixture[str]
) -> None:
    departure, let_go, lights_out = Departure(ended.leave), threading.Event(), threading.Event()
    departure.rescue(let_go.wait)
    departure.rescue(lights_out.set)
    began_s = time.monotonic()
    try:
        assert departure.begin(0)
        assert not departure.begin(1)
        code, ended_s = ended.codes.get(timeout=5)
        assert lights_out.is_set()
    finally:
        let_go.set()
    assert code == 0
    assert ORDERLY_S <= ended_s - began_s < 2
    assert "most recent call first" in capfd.readouterr().err


def test_nothing_is_waited_for_that_is_done(ended: Exit) -> None:
    departure = Departure(ended.leave)
    began_s = time.monotonic()
    departure.begin(75)
    code, ended_s = ended.codes.get(timeout=5)
    assert code == 75
    assert ended_s - began_s < ORDERLY_S + RESCUE_S / 2

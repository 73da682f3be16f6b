"""The switchboard and the book of health: where trouble goes."""

from __future__ import annotations

import asyncio

import pytest

from myna.audio.events import DeviceBack, DeviceTrouble, FramesLost, SourceEnded, ThreadDied
from myna.health import Health
from myna.switchboard import Switchboard, ThreadEvent
from myna.trace import Trace


class Desk:
    """A switchboard with its trace."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []
        trace = Trace()
        trace.subscribe(lambda _t, event, fields: self.lines.append((event, dict(fields))))
        self.health = Health(trace)
        self.switchboard = Switchboard(trace, self.health)

    async def post(self, *events: ThreadEvent) -> None:
        """Post from another thread, as the audio threads do, and let them arrive."""

        def run() -> None:
            for event in events:
                self.switchboard.post(event)

        await asyncio.to_thread(run)
        await asyncio.sleep(0)


async def test_bug_in_a_thread_is_raised_to_whoever_runs_the_daemon() -> None:
    desk, bug = Desk(), ZeroDivisionError("a bug")
    await desk.post(ThreadDied(bug), ThreadDied(ValueError("what came of it")))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await desk.switchboard.failure


async def test_trouble_is_told_once_and_its_end_once() -> None:
    desk = Desk()
    lost = DeviceTrouble("microphone", "unplugged")
    await desk.post(lost, lost, DeviceBack("microphone"), DeviceBack("microphone"))
    assert desk.lines == [
        ("degraded", {"what": "microphone", "why": "unplugged"}),
        ("recovered", {"what": "microphone"}),
    ]
    assert desk.health.troubles == {}


async def test_trouble_for_another_reason_is_news() -> None:
    desk = Desk()
    await desk.post(DeviceTrouble("speaker", "lost"), DeviceTrouble("speaker", "busy"))
    assert desk.health.troubles == {"speaker": "busy"}
    assert len(desk.lines) == 2


async def test_lost_frames_are_counted_in_the_trace() -> None:
    desk = Desk()
    await desk.post(FramesLost("microphone", 320))
    assert desk.lines == [("xrun", {"where": "microphone", "frames": 320})]


async def test_end_of_the_source_is_noted() -> None:
    desk = Desk()
    await desk.post(SourceEnded())
    assert desk.switchboard.source_ended.is_set()

"""The switchboard and the book of health: where trouble goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from myna.assistant import Assistant
from myna.audio.events import (
    DeviceBack,
    DeviceTrouble,
    FramesLost,
    Loudness,
    SourceEnded,
    ThreadDied,
)
from myna.conversation.states import Timing
from myna.health import Health
from myna.switchboard import Concerned, Switchboard, ThreadEvent
from myna.trace import Trace
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.settings import LightsSettings


class Desk:
    """A switchboard with its trace."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []
        trace = Trace()
        trace.subscribe(lambda _t, event, fields: self.lines.append((event, dict(fields))))
        self.health = Health(trace)
        self.switchboard = Switchboard(trace, self.health)
        self.lights = SimulatedLights(LightsSettings(driver="simulated"))
        assistant = Assistant(self.lights, trace, Timing())
        self.health.watch(assistant.note_part)
        absent: Any = None
        self.switchboard.connect(Concerned(assistant, absent, absent, absent, absent, absent))

    def told(self) -> list[tuple[str, dict[str, object]]]:
        """Return the lines of the trace but for the lights."""
        return [line for line in self.lines if line[0] != "lights"]

    def patterns(self) -> list[str]:
        """Return what the lights have shown."""
        return [str(pattern) for pattern in self.lights.history]

    async def post(self, *events: ThreadEvent) -> None:
        """Post from another thread, as the audio threads do, and let them arrive."""

        def run() -> None:
            for event in events:
                self.switchboard.post(event)

        await asyncio.to_thread(run)
        await asyncio.sleep(0)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A switchboard whose lights go out in the end."""
    desk = Desk()
    yield desk
    desk.lights.close()


async def test_bug_in_a_thread_is_raised_to_whoever_runs_the_daemon(desk: Desk) -> None:
    bug = ZeroDivisionError("a bug")
    await desk.post(ThreadDied(bug), ThreadDied(ValueError("what came of it")))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await desk.switchboard.failure


async def test_trouble_is_told_once_and_its_end_once(desk: Desk) -> None:
    lost = DeviceTrouble("microphone", "unplugged")
    await desk.post(lost, lost, DeviceBack("microphone"), DeviceBack("microphone"))
    assert desk.told() == [
        ("degraded", {"what": "microphone", "why": "unplugged"}),
        ("recovered", {"what": "microphone"}),
    ]
    assert desk.health.troubles == {}


async def test_trouble_in_other_words_is_told_by_the_status_alone(desk: Desk) -> None:
    await desk.post(DeviceTrouble("speaker", "lost"), DeviceTrouble("speaker", "busy"))
    assert desk.health.troubles == {"speaker": "busy"}
    assert [fields for event, fields in desk.lines if event == "degraded"] == [
        {"what": "speaker", "why": "lost"}
    ]


async def test_trouble_that_comes_back_is_news(desk: Desk) -> None:
    lost = DeviceTrouble("speaker", "lost")
    await desk.post(lost, DeviceBack("speaker"), lost)
    assert [event for event, _ in desk.told()] == ["degraded", "recovered", "degraded"]


async def test_lights_show_trouble_until_every_part_is_well(desk: Desk) -> None:
    await desk.post(DeviceTrouble("speaker", "lost"), DeviceTrouble("microphone", "lost"))
    await desk.post(DeviceBack("speaker"))
    assert desk.patterns() == ["error"]
    await desk.post(DeviceBack("microphone"))
    assert desk.patterns() == ["error", "idle"]


@pytest.mark.parametrize(
    ("part", "is_shown"),
    [
        *((part, True) for part in ("microphone", "speaker", "wake engine", "button")),
        *((part, False) for part in ("lights", "knob", "mute_switch", "camera", "outputs")),
    ],
)
async def test_lights_show_trouble_of_that_alone_for_which_one_would_wait_in_vain(
    desk: Desk, part: str, is_shown: bool
) -> None:
    await desk.post(DeviceTrouble(part, "lost"))
    assert desk.patterns() == (["error"] if is_shown else [])
    assert desk.health.troubles == {part: "lost"}
    await desk.post(DeviceBack(part))
    assert desk.patterns() == (["error", "idle"] if is_shown else [])


async def test_lights_show_at_rest_that_there_is_no_key_unless_a_device_is_worse(
    desk: Desk,
) -> None:
    desk.health.degrade("key", "none")
    await desk.post(DeviceTrouble("microphone", "lost"), DeviceBack("microphone"))
    desk.health.recover("key")
    assert desk.patterns() == ["refused", "error", "refused", "idle"]


async def test_lights_follow_the_microphone_unless_the_reply_sounds(desk: Desk) -> None:
    await desk.post(Loudness("microphone", 0.25), Loudness("speaker", 0.75))
    assert list(desk.lights.levels) == [0.25]


async def test_lost_frames_are_counted_in_the_trace(desk: Desk) -> None:
    await desk.post(FramesLost("microphone", 320))
    assert desk.lines == [("xrun", {"where": "microphone", "frames": 320})]


async def test_end_of_the_source_is_noted(desk: Desk) -> None:
    await desk.post(SourceEnded())
    assert desk.switchboard.source_ended.is_set()

"""The light that cannot lie, over real TCP: speech leaves only under it, and never muted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myna.conversation.events import MuteAsked, RingAsked, StopAsked, UnmuteAsked
from myna.demo.stage import PICTURE
from myna.live.events import ReplyAudio
from myna.simulator.script import Close, GoAway, Script, Speech, ToolCall
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from myna_hardware.lights.scene import Scene as Lit
from myna_hardware.settings import CameraSettings
from support.departures import Departures, watching
from support.fault_proxy import FaultProxy
from support.scene import Scene, scene, stage_config, turn
from support.speech import recorded

NO_CAMERA: Final = CameraSettings()

PICTURE_MARK: Final = b"image/jpeg"

BUFFER_BYTES: Final = 4096
"""So little that half a second of speech on a frozen link waits in this process."""

SHORT: Final = Speech(tone(440, 0.3), text="Short.")
LAMP: Final = ToolCall("set_output", {"name": "lamp", "on": True})
SCRIPT: Final = Script(
    turns=(turn(SHORT), turn(LAMP, SHORT), turn(SHORT, GoAway(0.5)), turn(SHORT), turn(Close(1011)))
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A daemon behind a link that fails on demand, and what left it."""

    on: Scene
    proxy: FaultProxy
    departures: Departures


@asynccontextmanager
async def stage(
    folder: Path,
    script: Script = SCRIPT,
    camera: CameraSettings = NO_CAMERA,
    is_lit: Callable[[Lit], bool] = attrgetter("is_microphone_on"),
) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Simulator(script))
        port = int(server.url.rpartition(":")[2])
        proxy = await stack.enter_async_context(
            FaultProxy("127.0.0.1", port, uplink_buffer_bytes=BUFFER_BYTES)
        )
        live = stage_config(proxy.url, folder).live
        eyes: list[Scene] = []
        departures = Departures(
            int(proxy.url.rpartition(":")[2]),
            is_lit=lambda: is_lit(eyes[0].lights.scene),
            is_muted=lambda: eyes[0].app.assistant.is_muted,
        )
        # Watched until the daemon is gone: its goodbye counts, too.
        stack.enter_context(watching(departures))
        on = await stack.enter_async_context(scene(folder, live=live, camera=camera))
        eyes.append(on)
        yield Stage(on, proxy, departures)


# --- what may happen --------------------------------------------------------------------


async def speak(at: Stage) -> None:
    """Say the wake word and a question, if there is somebody to hear it."""
    if not at.on.app.assistant.is_muted and at.on.app.body.microphone is not None:
        at.on.microphone.say(recorded("wake_lamp"))
    await time_passes(1.2)


async def press(at: Stage) -> None:
    """Press the button and wait for a moment of speech to be under way."""
    at.on.button.press()
    await time_passes(0.4)


async def hold(at: Stage) -> None:
    """Mute, or unmute."""
    at.on.button.hold()
    await time_passes(0.1)


async def unplug(at: Stage) -> None:
    """Pull the microphone out; it comes back by itself half a second later."""
    if not at.on.app.assistant.is_muted:
        at.on.microphone.unplug()
    await time_passes(0.2)


async def slow_down(at: Stage) -> None:
    """Let speech pile up in the sockets of a slow uplink."""
    at.proxy.throttle(2000)
    await time_passes(0.5)


def posted(event: MuteAsked | UnmuteAsked | StopAsked | RingAsked | ReplyAudio) -> Act:
    async def act(at: Stage) -> None:
        at.on.app.assistant.post(event)
        await time_passes(0.05)

    return act


def linked(fault: Callable[[FaultProxy], None]) -> Act:
    async def act(at: Stage) -> None:
        fault(at.proxy)
        await time_passes(0.3)

    return act


A_BUG: Final = ReplyAudio(None)  # type: ignore[arg-type]  # ends the task of the conversation


async def time_passes(seconds: float) -> None:
    """Let the world go on: microphone, server and daemon live in real time."""
    await asyncio.sleep(seconds)


Act = Callable[[Stage], Awaitable[None]]

ACTS: Final[dict[str, Act]] = {
    "speak": speak,
    "press": press,
    "hold": hold,
    "mute": posted(MuteAsked()),
    "unmute": posted(UnmuteAsked()),
    "stop": posted(StopAsked()),
    "ring": posted(RingAsked("eggs")),
    "crash": posted(A_BUG),
    "unplug": unplug,
    "slow link": slow_down,
    "link well": linked(FaultProxy.thaw),
    "frozen": linked(FaultProxy.freeze),
    "reset": linked(FaultProxy.reset),
    "cut": linked(FaultProxy.cut_clean),
}


async def play(acts: Sequence[str], folder: Path) -> Departures:
    """Let `acts` happen one after another, then stop the daemon, as SIGTERM does."""
    async with stage(folder) as at:
        for name in acts:
            await ACTS[name](at)
    assert not at.on.lights.scene.is_microphone_on, "out, once nothing can leave any more"
    return at.departures


def judge(departures: Departures) -> None:
    for message in departures.speech:
        assert message.was_lit, "speech left in the dark"
        assert not message.was_muted, "speech left a muted speaker"


# --- what holds -------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=6).map(
        lambda acts: ["press", *acts]
    )
)
def test_speech_leaves_only_under_the_light_and_never_muted(acts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        judge(asyncio.run(play(acts, Path(folder))))


PATHS: Final = (
    ["speak", "speak"],
    ["press", "hold"],
    ["press", "slow link", "speak", "mute", "link well"],
    ["press", "frozen", "speak", "mute", "link well"],
    ["press", "reset", "speak"],
    ["press", "cut", "unplug", "speak"],
    ["press", "frozen", "speak", "stop", "link well"],
    ["press", "speak", "crash", "speak"],
    ["press", "frozen", "speak"],
)


@pytest.mark.parametrize("acts", PATHS, ids=" ".join)
async def test_path_keeps_the_light_honest_and_speech_did_leave(
    tmp_path: Path, acts: list[str]
) -> None:
    departures = await play(acts, tmp_path)
    assert departures.speech, "or else this proves nothing"
    judge(departures)


@pytest.mark.parametrize("answering", ["asked", "speaking"])
async def test_picture_leaves_only_under_the_camera_light(
    tmp_path: Path, answering: Literal["asked", "speaking"]
) -> None:
    script = Script(turns=(turn(ToolCall("look", {}), SHORT),))
    camera = CameraSettings(driver="file", path=PICTURE, stills=answering)
    async with stage(tmp_path, script, camera, attrgetter("is_camera_on")) as at:
        at.on.microphone.say(recorded("wake_lamp"))
        await at.on.log.wait("turn_complete")
        await at.on.log.wait("still_sent")
    pictures = [each for each in at.departures.messages if PICTURE_MARK in each.text]
    assert pictures
    assert all(picture.was_lit for picture in pictures)
    assert not at.on.lights.scene.is_camera_on

"""All the tools that come with the speaker, as the daemon builds them, on mock pins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Final

import gpiozero
import pytest

from myna.audio.playback import Playback
from myna.building.beside import build_music, build_timers
from myna.building.eyes import build_gaze
from myna.building.ground import Ground
from myna.building.tools import Means, build_tools
from myna.config import Config
from myna.demo.stage import PICTURE
from myna.health import Health
from myna.music.settings import MusicSettings
from myna.redaction import Redaction
from myna.standing import Standing
from myna.telltale import unlit
from myna.tools.consent import Consent
from myna.tools.tool import Tool
from myna.trace import Trace
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna.volume import Volume
from myna.wake.ladder import Choice
from myna_hardware.body import Body, refuse
from myna_hardware.settings import CameraSettings, OutputSettings, SensorSettings
from myna_hardware.speaker.simulated import SimulatedSpeaker
from support.gpio import MockBoard
from support.scene import stage_config

OUTPUTS: Final = {
    "lamp": OutputSettings(pin=5, label="reading lamp"),
    "strip": OutputSettings(pin=6, dimmable=True),
    "bell": OutputSettings(pin=13, longest_pulse_s=2),
    "garage": OutputSettings(pin=19, pulse_s=0.5, risk="confirm"),
    "heater": OutputSettings(pin=26, risk="never-by-voice"),
}
SENSORS: Final = {
    "window": SensorSettings(driver="digital", pin=16),
    "room": SensorSettings(driver="simulated"),
}
EVERY_NAME: Final = (
    *("set_output", "pulse_output", "get_outputs", "read_sensors", "set_volume", "get_volume"),
    *("get_time", "set_timer", "set_alarm", "set_reminder", "list_timers", "cancel_timer"),
    *("snooze", "music_play", "music_pause", "music_next", "music_previous", "set_music_volume"),
    *("now_playing", "look", "get_status", "end_conversation"),
)

CALLS: Final[Mapping[str, dict[str, object]]] = {
    "set_output": {"name": "strip", "level": 40},
    "pulse_output": {"name": "bell", "seconds": 1},
    "set_volume": {"percent": 30},
    "set_timer": {"duration_s": 600, "name": "pasta"},
    "set_alarm": {"time": "07:30", "days": "weekdays"},
    "set_reminder": {"text": "Call mother", "in_s": 900},
    "cancel_timer": {"name": "pasta"},
    "music_play": {"what": "radio"},
    "set_music_volume": {"percent": 30},
}
"""Arguments that fit, for the tools that need some."""


def full_config(folder: Path) -> Config:
    """Return a configuration with everything in it that brings a tool."""
    music = MusicSettings(
        driver="mpd",
        host=str(folder / "no-mpd"),
        stations={"radio": "http://127.0.0.1:9/radio"},
        playlists={"quiet": "Quiet"},
    )
    camera = CameraSettings(driver="file", path=PICTURE)
    return stage_config(
        "ws://127.0.0.1:9", folder, outputs=OUTPUTS, sensors=SENSORS, camera=camera, music=music
    )


@asynccontextmanager
async def every_tool(folder: Path) -> AsyncIterator[list[Tool]]:
    """Build them; their pins are those of a mock board, held by real gpiozero devices."""
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(gpiozero.Device, "pin_factory", MockBoard().pins._factory)
        trace, redaction = Trace(), Redaction()
        health = Health(trace, redaction)
        config = full_config(folder)
        ground = Ground(config, {}, trace, redaction, health)
        body = stack.enter_context(closing(Body.open(config.body, refuse)))
        playback = Playback(lambda _periods: SimulatedSpeaker(), lambda _event: None, 50)
        volume = Volume(playback, body.lights, trace, percent_per_step=5)
        meter = Meter(Store(folder / "state"), Budget(None, None), health)
        await stack.enter_async_context(meter)
        means = Means(
            outputs=body.outputs,
            sensors=body.sensors,
            volume=volume,
            gaze=build_gaze(body.camera, config, unlit(), lambda _part, _error: None),
            timers=await stack.enter_async_context(build_timers(ground)),
            consent=Consent(trace),
            standing=Standing(volume, health, Choice(None, "none", ()), meter),
            music=build_music(ground),
            is_muted=lambda: False,
        )
        tools = [tool for _, tool in build_tools(ground, means).offered]
        assert {tool.name for tool in tools} == set(EVERY_NAME)
        yield tools

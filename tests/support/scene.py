"""The whole daemon on a stage: simulated devices, the embedded server, and a record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from myna.app import App, running
from myna.config import (
    Config,
    ControlSettings,
    ConversationSettings,
    LiveSettings,
    StateSettings,
)
from myna.redaction import Redaction
from myna.simulator.options import Dialect, Options
from myna.simulator.script import AnyAction, Script, Turn
from myna.simulator.service import Simulator
from myna.trace import EventName, Trace
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.knob.simulated import SimulatedKnob
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.settings import (
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    LightsSettings,
    MicrophoneSettings,
    MuteSwitchSettings,
    OutputSettings,
    SpeakerSettings,
)
from myna_hardware.speaker.simulated import SimulatedSpeaker

KEY = "AIzaTestCanaryKey0123456789"
ENVIRON: Mapping[str, str] = {"GEMINI_API_KEY": KEY}


class Log:
    """The trace as it happens, on the event loop."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    def on_event(self, t: float, event: EventName, fields: Mapping[str, object]) -> None:
        """Observe the trace; from any thread."""
        self._loop.call_soon_threadsafe(self._add, {"t": t, "event": event, **fields})

    def _add(self, line: dict[str, Any]) -> None:
        self.lines.append(line)
        self._changed.set()

    def of(self, event: EventName) -> list[dict[str, Any]]:
        """Return every line of this event so far."""
        return [line for line in self.lines if line["event"] == event]

    async def wait(self, event: EventName, times: int = 1, timeout_s: float = 20) -> dict[str, Any]:
        """Wait until `event` has happened `times` times; return that last line."""
        async with asyncio.timeout(timeout_s):
            while len(self.of(event)) < times:
                self._changed.clear()
                await self._changed.wait()
        return self.of(event)[times - 1]

    async def wait_state(self, state: str, times: int = 1, timeout_s: float = 20) -> None:
        """Wait until `state` has been entered `times` times."""
        async with asyncio.timeout(timeout_s):
            while self.states().count(state) < times:
                self._changed.clear()
                await self._changed.wait()

    def states(self) -> list[str]:
        """Return the states entered, in order."""
        return [line["to"] for line in self.of("state")]


@dataclass(frozen=True, slots=True)
class Scene:
    """A running daemon and what surrounds it."""

    app: App
    log: Log
    server: Simulator
    config: Config

    @property
    def microphone(self) -> SimulatedMicrophone:
        assert isinstance(self.app.body.microphone, SimulatedMicrophone)
        return self.app.body.microphone

    @property
    def speaker(self) -> SimulatedSpeaker:
        assert isinstance(self.app.body.speaker, SimulatedSpeaker)
        return self.app.body.speaker

    @property
    def lights(self) -> SimulatedLights:
        assert isinstance(self.app.body.lights, SimulatedLights)
        return self.app.body.lights

    @property
    def button(self) -> SimulatedButton:
        assert isinstance(self.app.body.button, SimulatedButton)
        return self.app.body.button

    @property
    def knob(self) -> SimulatedKnob:
        assert isinstance(self.app.body.knob, SimulatedKnob)
        return self.app.body.knob

    @property
    def mute_switch(self) -> SimulatedMuteSwitch:
        assert isinstance(self.app.body.mute_switch, SimulatedMuteSwitch)
        return self.app.body.mute_switch


def turn(*send: AnyAction, on: str = "speech") -> Turn:
    """Build one turn of a script."""
    return Turn(on=on, send=send)  # type: ignore[arg-type]  # the tests' own words


def stage_config(
    endpoint: str, folder: Path, dialect: Dialect = "reference", **changes: object
) -> Config:
    """Return a configuration of simulated devices; `changes` replace whole sections."""
    config = Config(
        live=LiveSettings(endpoint=endpoint, dialect=dialect),
        conversation=ConversationSettings(follow_up_s=3.0),
        microphone=MicrophoneSettings(driver="simulated"),
        speaker=SpeakerSettings(driver="simulated", volume=100),
        lights=LightsSettings(driver="simulated", pin=17),
        button=ButtonSettings(driver="simulated", pin=27),
        knob=KnobSettings(driver="simulated"),
        mute_switch=MuteSwitchSettings(driver="simulated"),
        camera=CameraSettings(),
        outputs={"lamp": OutputSettings(driver="simulated", pin=22)},
        state=StateSettings(dir=folder / "state"),
        control=ControlSettings(socket=folder / "control.sock"),
    )
    return replace(config, **changes)


@asynccontextmanager
async def scene(
    folder: Path,
    *turns: Turn,
    options: Options | None = None,
    script: Script | None = None,
    dialect: Dialect = "reference",
    environ: Mapping[str, str] = ENVIRON,
    with_audio: bool = False,
    **changes: object,
) -> AsyncIterator[Scene]:
    """Run the daemon against a server that plays `turns` (or `script`).

    `with_audio` traces every chunk that is sent.
    """
    log = Log()
    redaction = Redaction()
    trace = Trace(folder / "trace.jsonl", with_audio=with_audio, redact=redaction)
    trace.subscribe(log.on_event)
    simulator = Simulator(script or Script(turns=turns), dialect=dialect, options=options)
    async with simulator as server:
        config = stage_config(server.url, folder, dialect, **changes)
        async with running(config, environ, trace, redaction) as app:
            yield Scene(app, log, server, config)
    trace.close()

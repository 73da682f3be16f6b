"""Parts of the body that fail: the speaker goes on, says so once, and takes them up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from myna.conversation.events import StopAsked
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna_hardware import reopening
from myna_hardware.camera.simulated import SimulatedCamera
from myna_hardware.lights import rows
from myna_hardware.settings import CameraSettings, LightsSettings
from myna_hardware.spi import SimulatedSpiBus
from support.scene import Scene, scene, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.3), text="Short.")
LOOK = turn(ToolCall("look"), SHORT)
SIMULATED_CAMERA = CameraSettings(driver="simulated", rate_hz=1.0)


async def ask(on: Scene, times: int) -> None:
    """Ask for the `times`th time, and hear the reply to its end."""
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait("turn_complete", times=times)
    await on.log.wait_state("listening", times=2 * times)
    on.app.assistant.post(StopAsked())
    await on.app.assistant.until_at_rest()


def told_of(on: Scene, what: str) -> list[str]:
    """Return what the trace says of the troubles of a part, in order."""
    lines = [line for line in on.log.lines if line["event"] in {"degraded", "recovered"}]
    return [line["event"] for line in lines if line["what"] == what]


@pytest.mark.parametrize("fault", ["hang", "vanish"])
async def test_camera_that_fails_costs_the_picture_only(tmp_path: Path, fault: str) -> None:
    async with scene(tmp_path, LOOK, LOOK, LOOK, camera=SIMULATED_CAMERA) as on:
        camera = on.app.body.camera
        assert isinstance(camera, SimulatedCamera)
        getattr(camera, fault)()
        await ask(on, 1)
        await ask(on, 2)
        assert told_of(on, "camera") == ["degraded"], "said once"
        assert "camera" in on.app.health.troubles
        camera.come_back()
        await ask(on, 3)
        assert told_of(on, "camera") == ["degraded", "recovered"]
        assert [result["ok"] for result in on.log.of("tool_result")] == [False, False, True]
        assert not on.lights.scene.is_camera_on


async def test_half_a_picture_is_not_sent_and_the_next_one_is(tmp_path: Path) -> None:
    async with scene(tmp_path, LOOK, LOOK, camera=SIMULATED_CAMERA) as on:
        camera = on.app.body.camera
        assert isinstance(camera, SimulatedCamera)
        camera.tear()
        await ask(on, 1)
        assert on.log.of("still_sent") == []
        await ask(on, 2)
        assert len(on.log.of("still_sent")) == 1
        assert told_of(on, "camera") == ["degraded", "recovered"]


async def test_bus_that_is_not_there_darkens_the_lights_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = SimulatedSpiBus()
    bus.unplug()

    def open_bus(_device: str, _name: str, _speed_hz: int) -> SimulatedSpiBus:
        return bus.open()

    monkeypatch.setattr(rows, "LinuxSpiBus", open_bus)
    monkeypatch.setattr(reopening, "RETRY_S", 0.05)
    lights = LightsSettings(driver="apa102", count=3)
    async with scene(tmp_path, turn(SHORT), turn(SHORT), lights=lights) as on:
        await ask(on, 1)
        assert "there is no /dev/spidev0.0" in on.app.health.troubles["lights"]
        assert told_of(on, "lights") == ["degraded"]
        bus.plug()
        await on.log.wait("recovered")
        sent = len(bus.sent)
        assert sent, "what is to be seen is drawn at once"
        await ask(on, 2)
        assert len(bus.sent) > sent
        bus.unplug()
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("degraded", times=2)
        bus.plug()
        await on.log.wait("recovered", times=2)
        assert told_of(on, "lights") == ["degraded", "recovered"] * 2

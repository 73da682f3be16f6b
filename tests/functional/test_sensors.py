"""Sensors in the whole daemon: read by voice, and told of when they are in trouble."""

from __future__ import annotations

from pathlib import Path

from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna_hardware.settings import SensorSettings
from support.scene import scene, turn
from support.speech import recorded

SENSORS = {
    "hall": SensorSettings(driver="simulated", label="the hall"),
    "air": SensorSettings(driver="iio", device="no_such_chip"),
    "cpu": SensorSettings(driver="none"),
}


async def test_sensors_are_read_by_voice_and_trouble_is_told(tmp_path: Path) -> None:
    calls = ToolCall("read_sensors", {}), ToolCall("get_status", {}), Speech(tone(440, 0.4))
    async with scene(tmp_path, turn(*calls), sensors=SENSORS) as on:
        trouble = await on.log.wait("degraded")
        assert trouble["what"] == "sensor air"
        assert str(trouble["why"]).startswith("the kernel has no chip no_such_chip")
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("tool_result", times=2)
        await on.log.wait("turn_complete")
        read, status = (told.response["output"] for told in on.server.state.last.tool_responses)
        hall, air = read["sensors"]
        assert hall["temperature"] == "21.5 degrees Celsius"
        assert "no chip no_such_chip" in air["problem"]
        (told,) = status["troubles"]
        assert told.startswith("sensor air: the kernel has no chip")
        assert "/boot" not in told
        assert status["microphone"] == "open"
        assert [line["what"] for line in on.log.of("degraded")] == ["sensor air"]

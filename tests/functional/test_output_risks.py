"""Outputs that the voice alone may not switch, in the whole daemon."""

from __future__ import annotations

from pathlib import Path

from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import OutputSettings
from support.scene import Scene, scene, turn
from support.speech import recorded

OUTPUTS = {
    "garage": OutputSettings(driver="simulated", pin=5, risk="confirm"),
    "heater": OutputSettings(driver="simulated", pin=6, risk="never-by-voice"),
}
REPLY = Speech(tone(440, 0.4))


def switched(on: Scene) -> list[tuple[str, int]]:
    assert isinstance(on.app.body.outputs, SimulatedOutputs)
    return on.app.body.outputs.history


async def test_output_that_needs_a_yes_is_switched_by_a_press_of_the_button(tmp_path: Path) -> None:
    call = ToolCall("set_output", {"name": "garage", "on": True})
    async with scene(tmp_path, turn(call, REPLY), outputs=OUTPUTS) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("confirm")
        assert switched(on) == []
        on.button.press()
        told = await on.log.wait("tool_result")
        assert told["ok"] is True
        assert switched(on) == [("garage", 100)]


async def test_output_that_is_never_by_voice_is_refused_and_stays_off(tmp_path: Path) -> None:
    call = ToolCall("set_output", {"name": "heater", "on": True})
    async with scene(tmp_path, turn(call, REPLY), outputs=OUTPUTS) as on:
        on.microphone.say(recorded("wake_lamp"))
        told = await on.log.wait("tool_result")
        await on.log.wait("turn_complete")
        assert told["ok"] is False
        assert "does not allow it by voice" in str(on.server.state.last.tool_responses[0].response)
        assert switched(on) == []

"""A model that runs wild: it demands every tool a thousand times."""

from __future__ import annotations

import logging
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from myna.conversation.states import Listening
from myna.demo.stage import PICTURE
from myna.simulator.script import Script, Speech, ToolCall
from myna.simulator.sounds import tone
from myna.tools.tool import PER_MINUTE
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import CameraSettings, OutputSettings
from support.memory import PeakMemory
from support.scene import Scene, scene, turn
from support.speech import recorded

TIMES: Final = 1000
WAVE: Final = 50
"""Of more than 64 calls without an answer the line is cut (`live.protocol`)."""

DEMANDS: Final[dict[str, list[dict[str, Any]]]] = {
    "set_output": [{"name": "lamp", "on": True}, {"name": "lamp", "on": False}],
    "pulse_output": [{"name": "bell", "seconds": 0.2}, {"name": "bell", "seconds": 0.3}],
    "get_outputs": [{}],
    "read_sensors": [{}],
    "set_volume": [{"percent": 60}, {"percent": 61}],
    "get_volume": [{}],
    "get_time": [{}],
    "get_status": [{}],
    "look": [{}],
    "no_such_tool": [{}, {"x": float(10**300)}],
}
OUTPUTS: Final = {
    "lamp": OutputSettings(driver="simulated", pin=5),
    "bell": OutputSettings(driver="simulated", pin=6, longest_pulse_s=1),
}
SHORT: Final = Speech(tone(440, 0.4), "That was a lot.")
GROWTH_LIMIT_MIB: Final = 48.0
RESPONSIVE_S: Final = 6.0
"""From the beginning of a question of 1.7 s to the end of its reply; 3.5 s without a storm."""


def storm() -> list[ToolCall]:
    """Return all demands, in waves that the line still bears; each is answered before the next."""
    demands = [
        (name, wanted[at % len(wanted)]) for at in range(TIMES) for name, wanted in DEMANDS.items()
    ]
    return [
        ToolCall(name, args, wait=count % WAVE == 0)
        for count, (name, args) in enumerate(demands, start=1)
    ]


def moved(on: Scene) -> Counter[str]:
    """Return how often each output was switched on; a pulse ends by itself."""
    assert isinstance(on.app.body.outputs, SimulatedOutputs)
    return Counter(name for name, _level in on.app.body.outputs.history)


async def test_storm_of_calls_is_held_by_the_limits_and_answered_call_by_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "myna.audit")
    calls = storm()
    camera = CameraSettings(driver="file", path=PICTURE)
    turns = turn(*calls, SHORT), turn(SHORT)
    async with scene(tmp_path, *turns, outputs=OUTPUTS, camera=camera) as on:
        memory = PeakMemory()
        on.microphone.say(recorded("wake_lamp"))
        await on.server.state.wait_for(
            lambda state: any(one.answers_taken == len(calls) for one in state.connections), 60
        )
        await on.log.wait("turn_complete")
        server = on.server.state.last
        assert server.ignored_responses == [], "no call is answered twice"
        for answer in server.tool_responses:
            assert answer.response.keys() in ({"output"}, {"error"})
        assert memory.growth_mib < GROWTH_LIMIT_MIB
        audit = [line for line in caplog.messages if line.startswith("model: ")]
        assert len(audit) == len(calls)
        ran = Counter(line.split("(")[0] for line in audit if line.endswith(": done"))
        assert all(times <= PER_MINUTE for times in ran.values())
        switched = moved(on)
        assert 1 <= switched["lamp"] <= PER_MINUTE
        assert 1 <= switched["bell"] <= 2 * PER_MINUTE, "each pulse has an end"
        assert on.app.health.troubles.keys() <= {"voice activity"}
        await answers_a_question(on)


async def answers_a_question(on: Scene) -> None:
    """Check that the speaker is there, as if nothing had been."""
    replies = len(on.log.of("turn_complete"))
    await on.app.assistant.until(lambda state: isinstance(state, Listening))
    began_s = time.monotonic()
    on.microphone.say(recorded("tell_story"))
    await on.log.wait("turn_complete", times=replies + 1)
    assert time.monotonic() - began_s < RESPONSIVE_S


async def test_burst_that_the_line_does_not_bear_costs_that_line_only(tmp_path: Path) -> None:
    burst = [msgspec.structs.replace(call, wait=False) for call in storm()[:2000]]
    script = Script(turns=(turn(*burst), turn(SHORT)), new_session="continue")
    async with scene(tmp_path, script=script, outputs=OUTPUTS) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("session_closed")
        await on.log.wait("session_ready", times=2)
        assert 1 <= moved(on)["lamp"] <= PER_MINUTE
        assert len(on.log.of("tool_call")) == len(on.log.of("tool_result")) <= 100
        await answers_a_question(on)


async def test_model_that_hangs_up_a_thousand_times_hangs_up_once(tmp_path: Path) -> None:
    goodbyes = [ToolCall("end_conversation", wait=at % WAVE == 0) for at in range(1, TIMES + 1)]
    turns = turn(*goodbyes, SHORT), turn(SHORT)
    script = Script(turns=turns, new_session="continue")
    async with scene(tmp_path, script=script) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait_state("idle")
        assert on.log.states().count("idle") == 1
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait_state("speaking", times=2)

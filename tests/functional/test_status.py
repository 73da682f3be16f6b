"""What `myna status` tells of a conversation that really happened."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from myna.control.client import ask
from myna.control.messages import Status
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from support.cli import Home, simulated
from support.scene import Scene, scene, turn
from support.speech import recorded


async def status_of(on: Scene) -> dict[str, Any]:
    assert on.config.control.socket is not None
    return await asyncio.to_thread(ask, on.config.control.socket, Status())


async def test_status_tells_wake_session_and_latencies(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    async with scene(tmp_path, turn(Speech(tone(440, 6.0)))) as on:
        before = await status_of(on)
        assert before["last_wake"] is None
        assert before["session"]["state"] == "none"
        assert set(before["latencies"].values()) == {None}
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("playback_started")
        during = await status_of(on)
        assert during["session"]["state"] == "open"
        on.button.press()
        await on.log.wait("playback_flushed")
        await on.log.wait_state("idle")
        await on.log.wait("session_closed")
        after = await status_of(on)
        words = (await home.myna("status")).out
    assert after["last_wake"]["word"] == "okay_nabu"
    assert after["session"]["last_close"] == {"code": 1000, "reason": ""}
    waits = {kind: found["p50_ms"] for kind, found in after["latencies"].items()}
    assert 0 < waits["wake_to_first_chunk"] < 3000
    assert 0 < waits["end_of_speech_to_first_sound"] < 3000
    assert 0 <= waits["barge_in_to_silence"] < 1000
    assert all(found["turns"] == 1 for found in after["latencies"].values()), json.dumps(after)
    for line in (
        "state ",
        "session ",
        "last wake ",
        "wake to first chunk ",
        "barge in to silence ",
    ):
        assert f"\n{line}" in f"\n{words}"

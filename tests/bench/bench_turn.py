"""From the end of speech to the first audio of the reply, with and without the early end.

Run: python tests/bench/bench_turn.py [repetitions, 5]

The whole daemon on simulated devices in real time, against the simulator, whose
end-pointing waits for 700 ms of silence, and which answers at once: what is left is the
waiting. "sent" is what the server hears of every second of the conversation.
"""

# ruff: noqa: T201 - a bench talks to its user

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from myna.config import ConversationSettings
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from myna_hardware.units import bytes_for, frames_in, seconds_for
from support.scene import scene, turn
from support.speech import recorded, speech_end_frame

REPLY: Final = Speech(tone(440, 3.0))
QUESTION: Final = recorded("wake_lamp")


async def measure(folder: Path, end_silence_s: float) -> tuple[float, float]:
    """Have one conversation; return the wait in seconds and the share that was sent."""
    settings = ConversationSettings(end_silence_s=end_silence_s, follow_up_s=3.0)
    async with scene(folder, turn(REPLY), conversation=settings) as on:
        first = on.microphone.say(QUESTION)
        ahead_s = seconds_for(first - frames_in(on.microphone.heard))
        ends_s = time.monotonic() + ahead_s + seconds_for(speech_end_frame(QUESTION))
        received = await on.log.wait("audio_received")
        await on.log.wait_state("idle")
        wake = on.log.of("wake")[0]["frame"]
        lasted = frames_in(on.microphone.heard[bytes_for(wake) :])
        return received["t"] - ends_s, on.server.state.last.heard_frames / lasted


async def main(repetitions: int) -> None:
    """Print both figures for each setting."""
    for end_silence_s in (0.0, 0.4, 0.6):
        found = []
        for _ in range(repetitions):
            with TemporaryDirectory() as folder:
                found.append(await measure(Path(folder), end_silence_s))
        waits = sorted(1000 * wait_s for wait_s, _ in found)
        share = median(share for _, share in found)
        print(
            f"end_silence_s {end_silence_s}: {waits[0]:.0f} to {waits[-1]:.0f} ms, "
            f"median {median(waits):.0f} ms; sent {100 * share:.0f} %"
        )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))

"""`myna demo --microphone` with the machine's own sound devices, here PulseAudio's."""

from __future__ import annotations

import asyncio

from myna.demo.show import HINT, show
from myna_hardware.units import frames_for, silence
from support.sound_server import SoundServer
from support.speech import recorded


async def test_demo_answers_whoever_speaks_into_the_microphone(sound_server: SoundServer) -> None:
    lines: list[str] = []
    invited = asyncio.Event()

    def tell(line: str) -> None:
        lines.append(line)
        if line == HINT:
            invited.set()

    demo = asyncio.create_task(show(tell, keep=None, is_real=True))
    await asyncio.wait_for(invited.wait(), 10)
    question = silence(frames_for(0.5)) + recorded("wake_lamp") + silence(frames_for(2.0))
    with sound_server.record() as recording:
        await asyncio.to_thread(sound_server.feed, question)
        await asyncio.wait_for(demo, 30)
        assert any(recording.pcm)
    assert any("heard okay_nabu" in line for line in lines)
    assert any("The lamp is on." in line for line in lines)

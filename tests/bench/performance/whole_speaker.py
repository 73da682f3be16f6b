"""The memory of a speaker that has everything, while it talks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import myna.demo
from bench.performance.processes import Memory, memory_of
from bench.performance.stage import KEY, home_in
from support.cli import Daemon, daemon, simulate
from support.sound_server import SoundServer, running_sound_server
from support.speech import in_silence, recorded

FOLDER: Final = Path(myna.demo.__path__[0])
SCRIPT: Final = f"""\
at_end = "repeat"
[[turn]]
on = "speech"
heard = "What do you see?"
send = [
    {{ tool_call = "look" }},
    {{ wait_for = "still" }},
    {{ audio = "{FOLDER}/speech/reply_story.wav" }},
]
"""
CONFIG: Final = """\
[live]
endpoint = "{url}"
[lights]
driver = "simulated"
pin = 17
[button]
driver = "simulated"
pin = 27
[knob]
driver = "simulated"
[mute_switch]
driver = "simulated"
[camera]
driver = "file"
path = "{picture}"
[outputs.lamp]
driver = "simulated"
pin = 22
"""
TURNS: Final = 2
SAMPLE_S: Final = 1.0
"""The reply sounds for ten seconds."""


async def in_conversation(place: Path) -> list[Memory]:
    """Wake the speaker, ask it twice, and return what it has in memory while it replies."""
    (place / "sound").mkdir(parents=True)
    with running_sound_server(place / "sound") as server:
        home = home_in(place / "home", "", {**KEY, **server.env})
        async with simulate(home, SCRIPT) as url:
            config = CONFIG.format(url=url, picture=FOLDER / "bird.jpg")
            home.config.write_text(config)
            async with daemon(home) as speaker:
                return await _talk(speaker, server)


async def _talk(speaker: Daemon, server: SoundServer) -> list[Memory]:
    await asyncio.to_thread(server.feed, in_silence(recorded("okay_nabu"), tail_s=0.3))
    await speaker.wait("wake")
    found = []
    for turn in range(1, TURNS + 1):
        await asyncio.to_thread(server.feed, in_silence(recorded("weather")))
        await speaker.wait("playback_started", turn)
        while len(speaker.of("turn_complete")) < turn:
            found.append(memory_of(speaker.process.pid))
            await asyncio.sleep(SAMPLE_S)
        await speaker.wait("state", turn + 1, to="listening")
    return found

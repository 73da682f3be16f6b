"""A reply that is cut here, on the wire: the server is told, where the model bears it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from myna.config import AudioSettings
from myna.conversation.states import Speaking
from myna.simulator.script import Message, Speech, Turn
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from myna.simulator.state import Connection
from myna.trace import EventName
from support.scene import Scene, scene, stage_config, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.4))
MEDIUM = Speech(tone(330, 4.0))
LONG = Speech(tone(330, 20.0))
QUESTION = recorded("tell_story")
TAKES_CONTENT = ("gemini-3.8-live", "gemini-2.5-flash-native-audio-preview-12-2025")
TAKES_NONE = ("gemini-3.1-flash-live-preview", "gemini-of-tomorrow")


@asynccontextmanager
async def talking_to(folder: Path, model: str, *turns: Turn) -> AsyncIterator[Scene]:
    """Run the daemon in half duplex: while a reply sounds, nothing is sent by itself."""
    half = AudioSettings(echo="half-duplex")
    async with scene(folder, *turns) as on:
        inner = folder / "inner"
        inner.mkdir()
        live = replace(stage_config(on.server.url, inner).live, model=model)
        async with scene(inner, live=live, audio=half) as other:
            yield Scene(other.app, other.log, on.server, other.config)


async def cut_in(on: Scene, once: EventName = "playback_started") -> None:
    """Ask, press the button in the middle of the reply, and speak on."""
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait(once)
    await sent_by_client(on.server, "audioStreamEnd")
    on.button.press()
    on.microphone.say(QUESTION)


async def sent_by_client(server: Simulator, kind: str) -> None:
    await server.state.wait_for(lambda state: kind in said(state.last))


def said(connection: Connection) -> list[str]:
    """Return what the client sent, in order, runs of the same kind as one."""
    kinds = [entry.kind for entry in connection.log if entry.by == "client"]
    return [kind for at, kind in enumerate(kinds) if kinds[at - 1 : at] != [kind]]


async def heard_whole(on: Scene, pcm: bytes) -> bool:
    async with asyncio.timeout(15):
        await on.app.assistant.until(lambda state: not isinstance(state, Speaking))
    return pcm in on.speaker.heard


@pytest.mark.parametrize("model", TAKES_CONTENT)
async def test_stop_comes_before_the_words_that_follow(tmp_path: Path, model: str) -> None:
    async with talking_to(tmp_path, model, turn(LONG), turn(SHORT)) as on:
        await cut_in(on)
        await on.log.wait("interrupted")
        await on.log.wait("turn_complete", times=2)
        assert await heard_whole(on, SHORT.pcm)
        last = on.server.state.last
    assert said(last)[:5] == ["setup", "audio", "audioStreamEnd", "clientContent", "audio"]
    assert said(last).count("clientContent") == 1
    assert (last.history, last.texts) == ([], []), "it says nothing but stop"
    assert last.closed is None or last.closed.code == 1000


@pytest.mark.parametrize("model", TAKES_NONE)
async def test_model_that_takes_no_content_hears_of_it_by_the_words(
    tmp_path: Path, model: str
) -> None:
    async with talking_to(tmp_path, model, turn(LONG), turn(SHORT)) as on:
        await cut_in(on)
        await on.log.wait("turn_complete", times=2)
        assert await heard_whole(on, SHORT.pcm)
        assert "clientContent" not in said(on.server.state.last)


async def test_reply_that_has_arrived_whole_is_not_stopped(tmp_path: Path) -> None:
    done = Message({"serverContent": {"turnComplete": True}})
    early = Turn(on="speech", send=(MEDIUM, done), complete=False)
    async with talking_to(tmp_path, TAKES_CONTENT[0], early, turn(SHORT)) as on:
        await cut_in(on, once="turn_complete")
        await on.log.wait("turn_complete", times=2)
        assert await heard_whole(on, SHORT.pcm)
        assert MEDIUM.pcm not in on.speaker.heard, "it was cut all the same"
        assert "clientContent" not in said(on.server.state.last)

"""What the speaker says by itself, as it is heard: the right words, once, and out of the way."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from myna.audio.earcons import earcon
from myna.config import ConversationSettings, LiveSettings
from myna.config.schema import AudioSettings, ToolsSettings
from myna.conversation.events import ListenAsked, MuteAsked, SayAsked, StopAsked
from myna.line import lookout, recovery
from myna.notices import telling
from myna.notices.catalogue import Notice
from myna.notices.recordings import recording
from myna.simulator.script import Script, Speech, ToolCall, WaitFor
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from myna.tools.rules import ToolRule
from myna_hardware.settings import MicrophoneSettings
from myna_hardware.units import Frames, bytes_for, frames_in
from support.cli import write_wav
from support.correlation import likeness
from support.fault_proxy import FaultProxy
from support.scene import Scene, scene, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.3))
HEARD = 0.9
"""A recording at another volume is alike by 1; any other sentence by less than 0.3."""

PIECES = 6
ENOUGH = 4
"""Of the pieces; a busy machine leaves gaps within others."""


def notices(on: Scene) -> list[str]:
    """Return what was said so far, by name."""
    return [line["name"] for line in on.log.of("notice")]


def pieces(notice: Notice) -> list[bytes]:
    """Return the recording, cut into pieces."""
    pcm = recording(notice)
    size = bytes_for(frames_in(pcm) // PIECES)
    return [pcm[at * size : (at + 1) * size] for at in range(PIECES)]


def is_heard(on: Scene, notice: Notice) -> bool:
    """Whether the words came out of the speaker."""
    heard = on.speaker.heard
    return sum(likeness(piece, heard) > HEARD for piece in pieces(notice)) >= ENOUGH


def is_ended(on: Scene, notice: Notice) -> bool:
    """Whether they came out to their end."""
    return likeness(b"".join(pieces(notice)[-2:]), on.speaker.heard) > HEARD


async def call(on: Scene, times: int = 1) -> None:
    """Ask it to listen, as `myna listen` does, and wait until that has failed."""
    on.app.assistant.post(ListenAsked(Frames(0)))
    await on.log.wait_state("offline", times=times)


async def heard_out(on: Scene, notice: Notice) -> None:
    """Wait until the words are over."""
    async with asyncio.timeout(10):
        while not is_heard(on, notice):  # noqa: ASYNC110 - a sound has no event
            await asyncio.sleep(0.1)


def nobody() -> LiveSettings:
    """Return a server that nobody runs."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return LiveSettings(endpoint=f"ws://127.0.0.1:{closed.getsockname()[1]}")


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "OPENING_S", 0.5)


@pytest.mark.usefixtures("_impatient")
async def test_caller_is_told_once_that_there_is_no_network(tmp_path: Path) -> None:
    async with scene(tmp_path, live=nobody()) as on:
        await call(on)
        await on.log.wait("notice")
        await heard_out(on, Notice.OFFLINE)
        assert likeness(earcon("error"), on.speaker.heard) > HEARD, "the notes before it"
        await call(on, times=2)
        await on.log.wait("earcon", times=4)
        assert notices(on) == ["offline"]
        assert on.app.health.troubles.keys() == {"session"}


async def test_next_caller_is_not_let_wait_and_the_return_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "LOOK_S", (0.3,))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Simulator(Script(turns=(turn(SHORT),))))
        proxy = await stack.enter_async_context(
            FaultProxy("127.0.0.1", int(server.url.rpartition(":")[2]))
        )
        proxy.blackhole()
        patient = LiveSettings(endpoint=proxy.url, open_timeout_s=3.0)
        async with scene(tmp_path, live=patient) as on:
            await call(on)
            await on.log.wait("notice")
            began_s = time.monotonic()
            await call(on, times=2)
            assert time.monotonic() - began_s < 2
            proxy.accept()
            await on.log.wait("recovered")
            await on.log.wait("notice", times=2)
            assert notices(on) == ["offline", "back"]
            on.app.assistant.post(ListenAsked(Frames(0)))
            await on.log.wait("session_ready")


async def test_missing_key_is_told_at_the_start_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SETTLE_S", 0.0)
    async with scene(tmp_path, turn(SHORT), environ={}) as on:
        await on.log.wait("notice")
        await heard_out(on, Notice.KEY)
        assert str(on.lights.history[-1]) == "refused"
        await call(on)
        await on.log.wait("earcon", times=2)
        assert notices(on) == ["key"]


async def test_lost_microphone_is_told_and_so_is_its_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SETTLE_S", 0.0)
    path = tmp_path / "later.wav"
    async with scene(tmp_path, microphone=MicrophoneSettings(driver="file", path=path)) as on:
        await on.log.wait("notice")
        await heard_out(on, Notice.MICROPHONE)
        write_wav(tmp_path / "right.wav", bytes(32_000)).replace(path)
        await on.log.wait("notice", times=2)
        await heard_out(on, Notice.BACK)
        assert notices(on) == ["microphone", "back"]


@pytest.mark.usefixtures("_impatient")
async def test_wake_word_cuts_it_short(tmp_path: Path) -> None:
    # Too short for a chime, which would cut it, too.
    hurried = ConversationSettings(wake_wait_s=0.2)
    async with scene(tmp_path, live=nobody(), conversation=hurried) as on:
        await call(on)
        on.microphone.say(recorded("okay_nabu"))
        await on.log.wait("notice")
        await on.log.wait_state("waking")
        await on.log.wait_state("idle")
        on.app.assistant.post(SayAsked("something that takes longer to fail than the words"))
        await on.log.wait_state("offline", times=2)
        assert not is_ended(on, Notice.OFFLINE)
        assert likeness(earcon("error"), on.speaker.heard) > HEARD


@pytest.mark.parametrize(
    "audio",
    [
        AudioSettings(messages="earcons"),
        AudioSettings(earcons="none"),
        AudioSettings(night="00:00-23:59"),
    ],
    ids=["earcons", "none", "night"],
)
async def test_nothing_is_said_where_that_is_not_wanted(
    tmp_path: Path, audio: AudioSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SETTLE_S", 0.0)
    async with scene(tmp_path, environ={}, audio=audio) as on:
        await call(on)
        on.app.assistant.post(StopAsked())
        await on.app.assistant.until_at_rest()
        await call(on, times=2)
        assert on.log.of("notice") == []
        assert bool(on.log.of("earcon")) == (audio.earcons != "none")


async def test_speaker_that_is_muted_still_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SETTLE_S", 0.5)
    async with scene(tmp_path, environ={}) as on:
        on.app.assistant.post(MuteAsked())
        await on.log.wait("muted")
        await on.log.wait("notice")
        assert notices(on) == ["key"]


CONFIRM = ToolsSettings(rules={"set_output": ToolRule(risk="confirm")}, confirm_wait_s=3.0)
ANSWERED = WaitFor("tool_response")
CALL = ToolCall("set_output", {"name": "lamp", "on": True}, id="lamp", wait=False)


async def test_question_is_asked_aloud_and_an_answer_ends_it(tmp_path: Path) -> None:
    brief = ConversationSettings(follow_up_s=2.0)
    script = turn(CALL, ANSWERED, SHORT)
    async with scene(tmp_path, script, tools=CONFIRM, conversation=brief) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("notice")
        assert notices(on) == ["question"]
        on.button.press()
        await on.log.wait("tool_result")
        await on.log.wait_state("idle")
        assert not is_ended(on, Notice.QUESTION)

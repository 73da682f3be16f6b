"""The demo's dialogue through the whole daemon: one conversation, a test for each line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from myna.audio.fades import FADE
from myna.conversation.states import Idle
from myna.demo.person import Person
from myna.demo.stage import PICTURE
from myna.simulator.script_file import demo_script
from myna_hardware.settings import CameraSettings, SpeakerSettings
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for
from myna_hardware.wav import read_wav
from support.scene import Log, scene
from support.speech import recorded

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was left after the person had said everything."""

    log: Log
    heard: bytes
    spoken: bytes
    received: bytes
    stills: list[bytes]
    closed_code: int
    lamp_level: int
    patterns: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dialogue(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dialogue]:
    folder = tmp_path_factory.mktemp("dialogue")
    speaker = SpeakerSettings(driver="file", path=folder / "speaker.wav", volume=100)
    camera = CameraSettings(driver="file", path=PICTURE)
    async with scene(folder, script=demo_script(), speaker=speaker, camera=camera) as on:
        await Person(on.app, lambda _words, _seconds: None).converse()
        assert isinstance(on.app.assistant.state, Idle)
        connection = on.server.state.last
        await on.server.state.wait_for(lambda state: state.last.closed is not None)
        assert connection.closed is not None
        spoken = on.microphone.heard
        left = (
            connection.closed.code,
            on.app.body.outputs.states()["lamp"].level,
            [str(pattern) for pattern in on.lights.history],
        )
    yield Dialogue(
        on.log,
        _wav(folder / "speaker.wav"),
        spoken,
        connection.received,
        [still.data for still in connection.stills],
        *left,
    )


def _wav(path: Path) -> bytes:
    return read_wav(path, PLAYBACK_RATE_HZ, "the test")


def between(log: Log, event: str, turns: tuple[int, int]) -> list[dict[str, Any]]:
    """Return the lines of `event` between two turn_complete lines."""
    ends = [-1, *(i for i, line in enumerate(log.lines) if line["event"] == "turn_complete")]
    first, last = ends[turns[0]], ends[turns[1]]
    return [line for line in log.lines[first + 1 : last + 1] if line["event"] == event]


async def test_wake_word_and_question_in_one_breath_switch_the_lamp(dialogue: Dialogue) -> None:
    (wake,) = dialogue.log.of("wake")
    assert wake["word"] == "okay_nabu"
    assert between(dialogue.log, "tool_result", (0, 1))[0]["name"] == "set_output"
    assert between(dialogue.log, "tool_result", (0, 1))[0]["ok"] is True
    assert dialogue.lamp_level == 100
    assert recorded("reply_lamp") in dialogue.heard


async def test_follow_up_needs_no_wake_word(dialogue: Dialogue) -> None:
    assert len(dialogue.log.of("wake")) == 1
    assert len(dialogue.log.of("session_ready")) == 1
    assert between(dialogue.log, "audio_received", (1, 2))


async def test_barge_in_cuts_the_story_where_the_user_spoke(dialogue: Dialogue) -> None:
    (interrupted,) = dialogue.log.of("interrupted")
    (flushed,) = dialogue.log.of("playback_flushed")
    assert flushed["t"] - interrupted["t"] < 0.1
    assert flushed["dropped_ms"] > 0
    story = recorded("reply_story")
    start = dialogue.heard.find(story[:48_000])
    assert start >= 0
    played = _common(dialogue.heard[start:], story)
    assert 2.0 < played / 48_000 < len(story) / 48_000 - 1
    stopped = dialogue.heard.find(recorded("reply_stopped"))
    assert stopped > start + played
    faded = start + played + bytes_for(FADE)
    assert not any(dialogue.heard[faded:stopped])


async def test_question_about_the_picture_sends_one_still(dialogue: Dialogue) -> None:
    assert dialogue.stills == [PICTURE.read_bytes()]
    assert between(dialogue.log, "tool_result", (3, 4))[-1]["name"] == "look"
    assert recorded("reply_look") in dialogue.heard


async def test_silence_returns_to_idle(dialogue: Dialogue) -> None:
    assert dialogue.log.states()[-1] == "idle"
    assert dialogue.closed_code == 1000
    assert dialogue.log.of("session_closed")[-1]["code"] == 1000


async def test_every_sentence_reaches_the_server_whole_and_once(dialogue: Dialogue) -> None:
    first = dialogue.log.of("wake")[0]["frame"] * 2
    assert dialogue.received[:32_000] == dialogue.spoken[first : first + 32_000]
    for sentence in ("tell_story", "barge_in", "look"):
        assert dialogue.received.count(recorded(sentence)) == 1


async def test_nothing_is_sent_between_a_question_and_the_next_speech(dialogue: Dialogue) -> None:
    assert len(dialogue.received) < 0.8 * len(dialogue.spoken)


async def test_trace_tells_the_first_chunk_of_each_utterance(dialogue: Dialogue) -> None:
    chunks = [line["first_frame"] for line in dialogue.log.of("chunk_sent")]
    assert chunks[0] == dialogue.log.of("wake")[0]["frame"]
    assert len(chunks) == 5, "question, follow-up, barge-in, picture, and what nobody said"
    assert chunks == sorted(chunks)


async def test_lights_follow_the_conversation(dialogue: Dialogue) -> None:
    begin = ["starting", "idle", "listening", "thinking", "speaking"]
    assert dialogue.patterns[:5] == begin
    assert dialogue.patterns[-1] == "idle"
    assert set(dialogue.patterns) == set(begin)


def _common(one: bytes, other: bytes) -> int:
    """How many leading bytes two recordings share."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))

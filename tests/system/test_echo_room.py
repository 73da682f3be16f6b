"""The whole daemon in a room where it hears itself, on a real PulseAudio."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from myna.config import ConversationSettings
from myna.simulator.endpointing import THRESHOLD, Endpointer
from myna.simulator.script import Speech
from myna_hardware.units import SAMPLE_BYTES, frames_for
from support.acoustics import ROOMS, Coupling
from support.correlation import likeness
from support.echo_stage import EchoStage, echo_stage, undisturbed
from support.scene import turn
from support.speech import recorded
from support.uplink_record import SOUNDING, WINDOW, unexplained_turns

Samples = npt.NDArray[np.float64] | npt.NDArray[np.int16]

LIVING = Coupling(ROOMS["living"])
STORY = recorded("reply_story")
REPLY = recorded("reply_lamp")
QUESTION = recorded("weather")


async def ask(on: EchoStage) -> None:
    """Wake the speaker, ask, and wait until it answers."""
    await on.say(recorded("alexa"))
    await on.scene.log.wait("wake")
    await on.say(QUESTION)
    await on.scene.log.wait("playback_started")


@undisturbed
async def test_reply_that_is_louder_than_the_user_is_not_answered(tmp_path: Path) -> None:
    async with echo_stage(
        tmp_path, LIVING, turn(Speech(STORY)), turn(Speech(STORY)), turn(Speech(REPLY))
    ) as on:
        await ask(on)
        await on.scene.log.wait_state("listening", times=2)
        await on.pause(0.5)
        await on.say(QUESTION)
        await on.scene.log.wait("playback_started", times=2)
        await on.scene.log.wait_state("listening", times=3)
        await on.pause(1.0)
        connection = on.scene.server.state.connections[0]
        heard = on.heard()
        assert connection.turns_started == 2, "one for each question"
        assert unexplained_turns(heard, on.sent(heard), connection.received, THRESHOLD) == []
    assert on.scene.log.of("interrupted") == []
    assert len(on.scene.log.of("wake")) == 1


@undisturbed
async def test_wake_word_over_the_reply_cuts_it_and_the_words_arrive(tmp_path: Path) -> None:
    async with echo_stage(tmp_path, LIVING, turn(Speech(STORY)), turn(Speech(REPLY))) as on:
        await ask(on)
        await on.pause(2.5)
        await on.say(recorded("alexa"))
        await on.scene.log.wait("wake", times=2)
        flushed = await on.scene.log.wait("playback_flushed")
        before = len(on.scene.server.state.last.received)
        await on.say(recorded("turn_on_the_lamp"))
        await on.scene.log.wait("turn_complete", times=2)
        await on.scene.log.wait_state("listening", times=3)
        words = on.scene.server.state.last.received[before - before % SAMPLE_BYTES :]
    assert flushed["dropped_ms"] > 1000
    silent = on.ear.frame_at(flushed["t"] + 0.1)
    assert on.ear.last_sound(silent, silent + frames_for(0.3, 24_000)) is None
    assert likeness(recorded("turn_on_the_lamp"), words) > 0.7


@undisturbed
async def test_wake_word_without_a_word_behind_it_opens_no_session(tmp_path: Path) -> None:
    async with echo_stage(
        tmp_path, LIVING, conversation=ConversationSettings(wake_wait_s=1.5)
    ) as on:
        await on.say(recorded("alexa"))
        await on.scene.log.wait("wake")
        await on.scene.log.wait_state("idle")
        assert list(on.scene.server.state.connections) == []
    assert on.scene.log.of("session_opening") == []


def median_lowering_db(echo: Samples, uplink: Samples) -> float:
    """Return by how much less than the echo was sent, in the windows in which it sounds.

    The median, for the first window or two are over before the canceller has woken up.
    """
    count = len(echo) // WINDOW
    heard, sent = (
        np.mean(np.square(pcm[: count * WINDOW].astype(np.float64)).reshape(count, WINDOW), axis=1)
        for pcm in (echo, uplink)
    )
    sounding = heard > SOUNDING**2
    return float(np.median(10 * np.log10(heard[sounding] / np.maximum(sent[sounding], 1.0))))


@undisturbed
async def test_chime_after_the_wake_word_does_not_reach_the_server(tmp_path: Path) -> None:
    async with echo_stage(tmp_path, LIVING, turn(Speech(REPLY))) as on:
        await on.pause(2.0)
        _, word_end = await on.say(recorded("alexa"))
        await on.scene.log.wait("earcon", times=2)
        await on.pause(1.2)
        question, _ = await on.say(QUESTION)
        await on.scene.log.wait("playback_started")
        heard = on.heard()
        sent = on.sent(heard)
    echo = np.frombuffer(heard.echo, "<i2")[word_end:question].astype(np.float64)
    uplink = sent.pcm[word_end:question]
    assert np.abs(echo).max() > 500, "the chime was heard"
    assert sent.was_sent[word_end + WINDOW : question].all(), "and what was heard was sent"
    assert median_lowering_db(echo, uplink) > 10, "but lowered,"
    assert Endpointer().feed(uplink.tobytes()) == [], "and not as anything taken for speech"

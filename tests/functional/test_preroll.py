"""Nothing said after the wake word is lost, however long the connection takes."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from myna.simulator.options import Options
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from myna_hardware.settings import MicrophoneSettings
from myna_hardware.units import CAPTURE_RATE_HZ, bytes_for, frames_for, silence
from support.scene import scene, turn
from support.speech import recorded


def microphone_wav(path: Path) -> bytes:
    """Write a question in one breath, between noise floors of silence; return its PCM."""
    pcm = silence(frames_for(0.8)) + recorded("wake_lamp") + silence(frames_for(8.0))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(CAPTURE_RATE_HZ)
        file.writeframes(pcm)
    return pcm


@pytest.mark.parametrize("delay_s", [0.0, 0.3, 1.0, 5.0])
async def test_server_receives_the_microphone_from_the_wake_frame_on(
    tmp_path: Path, delay_s: float
) -> None:
    pcm = microphone_wav(tmp_path / "question.wav")
    microphone = MicrophoneSettings(driver="file", path=tmp_path / "question.wav")
    options = Options(connect_delay_s=delay_s)
    reply = turn(Speech(tone(440, 0.3)))
    async with scene(tmp_path, reply, options=options, microphone=microphone) as on:
        wake = await on.log.wait("wake")
        await on.log.wait("turn_complete")
        await on.server.state.wait_for(lambda state: state.last.heard_frames > 48_000)
        received = on.server.state.last.received
        first_chunk = on.log.of("chunk_sent")[0]
    word_end = frames_for(0.8) + frames_for(0.8)
    assert first_chunk["first_frame"] == wake["frame"]
    assert 0 < wake["frame"] < word_end, "the question begins after the uplink does"
    expected = pcm[bytes_for(wake["frame"]) :]
    assert received == expected[: len(received)]


async def test_backlog_is_sent_faster_than_it_was_spoken(tmp_path: Path) -> None:
    microphone_wav(tmp_path / "question.wav")
    microphone = MicrophoneSettings(driver="file", path=tmp_path / "question.wav")
    async with scene(
        tmp_path,
        turn(Speech(tone(440, 0.3))),
        options=Options(connect_delay_s=3.0),
        microphone=microphone,
    ) as on:
        ready = await on.log.wait("session_ready")
        wake = on.log.of("wake")[0]
        received = await on.log.wait("audio_received")
    # The question was over before the session opened: its end came with the backlog.
    assert ready["t"] - wake["t"] > 2.9
    assert received["t"] - ready["t"] < 1.0

"""The whole daemon under PyAudio on a real PulseAudio, half duplex as on a real device."""

from __future__ import annotations

import asyncio
from pathlib import Path

from myna.config import AudioSettings
from myna.simulator.script import Speech
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.units import frames_for, silence
from support.scene import scene, turn
from support.sound_server import SoundServer, running_sound_server
from support.speech import recorded

REPLY = recorded("reply_lamp")
STORY = recorded("reply_story")
LEAD = silence(frames_for(0.3))


async def speak(server: SoundServer, recording: str) -> None:
    await asyncio.to_thread(server.feed, LEAD + recorded(recording) + silence(frames_for(1.5)))


async def test_question_is_answered_through_real_streams(
    tmp_path: Path, sound_server: SoundServer
) -> None:
    microphone, speaker = MicrophoneSettings(device="vmic"), SpeakerSettings(device="vspk")
    with sound_server.record() as recording:
        async with scene(
            tmp_path,
            turn(Speech(REPLY)),
            microphone=microphone,
            speaker=SpeakerSettings(device=speaker.device, volume=100),
            audio=AudioSettings(earcons="none"),
        ) as on:
            await speak(sound_server, "wake_lamp")
            await on.log.wait_state("speaking")
            await on.log.wait_state("listening", times=2)
            heard = recording.pcm
            received = on.server.state.last.received
            assert on.server.state.last.audio_stream_ends == 1, "the uplink was shut"
    assert REPLY in heard, "the reply was played sample by sample"
    question = recorded("wake_lamp")
    assert received[:64_000] in LEAD + question + silence(frames_for(3.0))
    assert on.log.of("xrun") == []


async def test_wake_word_cuts_the_reply_in_half_duplex(
    tmp_path: Path, sound_server: SoundServer
) -> None:
    async with scene(
        tmp_path,
        turn(Speech(STORY)),
        turn(Speech(REPLY)),
        microphone=MicrophoneSettings(device="vmic"),
        speaker=SpeakerSettings(device="vspk", volume=100),
        audio=AudioSettings(echo="half-duplex", earcons="none"),
    ) as on:
        await speak(sound_server, "wake_lamp")
        await on.log.wait("playback_started")
        await speak(sound_server, "wake_lamp")
        wake = await on.log.wait("wake", times=2)
        flushed = await on.log.wait("playback_flushed")
        await on.log.wait("turn_complete", times=2)
        chunks = [line["first_frame"] for line in on.log.of("chunk_sent")]
    assert flushed["dropped_ms"] > 1000
    assert wake["frame"] in chunks, "the uplink goes on from the end of the word"


async def test_sound_devices_that_vanish_cost_only_themselves(tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    with running_sound_server(tmp_path / "sound") as server:
        async with scene(
            tmp_path,
            microphone=MicrophoneSettings(device="vmic"),
            speaker=SpeakerSettings(device="vspk"),
        ) as on:
            server.kill()
            await on.log.wait("degraded", times=2)
            lost = {line["what"]: line["why"] for line in on.log.of("degraded")}
            assert set(lost) == {"microphone", "speaker"}, "whichever was noticed first"
            assert "vmic" in lost["microphone"]
            assert "vspk" in lost["speaker"]
            assert on.app.assistant.state is not None
            on.button.press()
            await on.log.wait_state("connecting")


async def test_daemon_starts_without_any_sound_device(tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    with running_sound_server(tmp_path / "sound") as server:
        server.kill()
        async with scene(
            tmp_path, microphone=MicrophoneSettings(), speaker=SpeakerSettings()
        ) as on:
            assert set(on.app.health.troubles) == {"microphone", "speaker"}
            on.button.press()
            await on.log.wait_state("connecting")

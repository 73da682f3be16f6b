"""What every speaker does, to a file, simulated, and on a real sound server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from myna_hardware.errors import DeviceLostError
from myna_hardware.interfaces import Speaker
from myna_hardware.settings import SpeakerSettings
from myna_hardware.speaker import open_speaker
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES, bytes_for
from myna_hardware.wav import read_wav
from support.pcm import noise
from support.sound_server import SoundServer

PERIOD_BYTES = bytes_for(PLAYBACK_PERIOD_FRAMES)
FIRST = noise(25 * PLAYBACK_PERIOD_FRAMES, 1)
SECOND = noise(10 * PLAYBACK_PERIOD_FRAMES, 2)

Ear = Callable[[], bytes]


@pytest.fixture(params=["file", "simulated", "pyaudio"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> SpeakerSettings:
    return SpeakerSettings(driver=request.param, device="vspk", path=tmp_path / "reply.wav")


@pytest.fixture
def ear(sound_server: SoundServer, settings: SpeakerSettings) -> Iterator[Ear]:
    """Return what was heard outside; filled in once the speaker is there."""
    with sound_server.record() as recording:
        ears: dict[str, Ear] = {
            "pyaudio": recording.settled,
            "file": lambda: read_wav(settings.path or Path(), 24_000, "test"),
        }
        yield ears.get(settings.driver, bytes)


@pytest.fixture
def speaker(ear: Ear, settings: SpeakerSettings) -> Iterator[Speaker]:
    speaker = open_speaker(settings)
    yield speaker
    speaker.close()


def play(speaker: Speaker, pcm: bytes) -> None:
    for start in range(0, len(pcm), PERIOD_BYTES):
        speaker.write(pcm[start : start + PERIOD_BYTES])


def heard(speaker: Speaker, ear: Ear) -> bytes:
    """Return what was heard, without the silence before and after."""
    pcm = speaker.heard if isinstance(speaker, SimulatedSpeaker) else ear()
    return pcm.strip(b"\0")


def test_speaker_plays_every_sample_once(speaker: Speaker, ear: Ear) -> None:
    play(speaker, FIRST)
    speaker.drain()
    assert heard(speaker, ear) == FIRST.strip(b"\0")
    assert speaker.underruns == 0


def test_speaker_plays_what_is_shorter_than_its_buffer(speaker: Speaker, ear: Ear) -> None:
    speaker.write(FIRST[:200])
    speaker.drain()
    assert heard(speaker, ear) == FIRST[:200].strip(b"\0")


def test_speaker_keeps_real_time_with_few_periods_ahead(speaker: Speaker) -> None:
    start_s = time.monotonic()
    play(speaker, FIRST)
    assert 0.38 < time.monotonic() - start_s < 0.9
    assert 0 < speaker.delay_frames <= 4 * PLAYBACK_PERIOD_FRAMES
    speaker.flush()


def test_speaker_never_plays_what_was_flushed(speaker: Speaker, ear: Ear) -> None:
    play(speaker, FIRST)
    start_s = time.monotonic()
    speaker.flush()
    assert time.monotonic() - start_s < 0.1
    play(speaker, SECOND)
    speaker.drain()
    pcm = heard(speaker, ear)
    start = pcm.index(SECOND)
    first = pcm[:start].strip(b"\0")
    assert pcm[start:] == SECOND
    assert FIRST.startswith(first)
    assert len(FIRST) - len(first) <= 5 * PERIOD_BYTES


def test_speaker_counts_starvation_but_not_rest(speaker: Speaker) -> None:
    play(speaker, SECOND)
    speaker.drain()
    time.sleep(0.2)
    play(speaker, SECOND)
    assert speaker.underruns == 0
    time.sleep(0.2)
    play(speaker, SECOND)
    speaker.flush()
    assert speaker.underruns == 1


def test_speaker_may_be_silenced_and_drained_at_rest(speaker: Speaker) -> None:
    speaker.flush()
    speaker.drain()
    speaker.flush()


def test_speaker_may_be_asked_whether_it_is_there_at_any_time(speaker: Speaker, ear: Ear) -> None:
    speaker.check()
    speaker.write(FIRST[:PERIOD_BYTES])
    speaker.check()
    speaker.write(FIRST[PERIOD_BYTES:])
    speaker.drain()
    speaker.check()
    assert heard(speaker, ear) == FIRST.strip(b"\0")
    speaker.close()
    with pytest.raises(DeviceLostError, match="closed"):
        speaker.check()


def test_speaker_takes_nothing_once_closed(speaker: Speaker) -> None:
    speaker.write(SECOND[:PERIOD_BYTES])
    speaker.close()
    speaker.close()
    with pytest.raises(DeviceLostError, match="closed"):
        speaker.write(SECOND)
    speaker.flush()
    speaker.drain()


def test_speaker_can_be_opened_again(settings: SpeakerSettings, sound_server: SoundServer) -> None:
    assert "vspk" in sound_server.devices
    for _ in range(3):
        speaker = open_speaker(settings)
        speaker.write(SECOND)
        speaker.close()


def test_speaker_is_checked_at_rest_and_known_to_be_closed(speaker: Speaker) -> None:
    speaker.check()
    speaker.write(SECOND[:PERIOD_BYTES])
    speaker.drain()
    speaker.check()
    speaker.close()
    with pytest.raises(DeviceLostError, match="closed"):
        speaker.check()

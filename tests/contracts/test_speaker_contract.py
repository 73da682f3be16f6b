"""What every speaker does, to a file, simulated, and on a real sound server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal, get_args

import pytest

from myna_hardware.duplex import Duplex
from myna_hardware.errors import DeviceLostError
from myna_hardware.interfaces import Speaker
from myna_hardware.settings import SpeakerSettings
from myna_hardware.shared_card import DuplexMicrophone, SharedSpeaker
from myna_hardware.speaker import open_speaker
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES, bytes_for
from myna_hardware.wav import read_wav
from support.pcm import find_sound, noise, without_silence
from support.sound_server import SoundServer

PERIOD_BYTES = bytes_for(PLAYBACK_PERIOD_FRAMES)
FIRST = noise(25 * PLAYBACK_PERIOD_FRAMES, 1)
SECOND = noise(10 * PLAYBACK_PERIOD_FRAMES, 2)

RINGING = 120
"""Frames that a change of rates adds before and after a sound, at most."""

Ear = Callable[[], bytes]


Opening = Callable[[], Speaker]


Driver = Literal["file", "simulated", "pyaudio", "duplex"]
DRIVERS: tuple[Driver, ...] = get_args(Driver)


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Driver:
    driver: Driver = request.param
    return driver


@pytest.fixture
def opening(driver: Driver, tmp_path: Path, sound_server: SoundServer) -> Iterator[Opening]:
    """Return what opens the speaker."""
    assert "vspk" in sound_server.devices
    if driver == "duplex":
        # Twice the buffer: a server gives and takes whole periods, each when it likes.
        with closing(Duplex("vmic", "vspk", 2)) as duplex:
            # It may begin with an xrun, and is opened again.
            DuplexMicrophone("vmic", duplex).read()
            yield lambda: SharedSpeaker("vspk", lambda: duplex, never)
    else:
        path = tmp_path / "reply.wav"
        settings = SpeakerSettings(driver=driver, device="vspk", path=path)
        yield lambda: open_speaker(settings)


def never() -> Speaker:
    raise AssertionError("the speaker was opened alone")


@pytest.fixture
def ear(sound_server: SoundServer, driver: Driver, tmp_path: Path) -> Iterator[Ear]:
    """Return what was heard outside; filled in once the speaker is there."""
    with sound_server.record() as recording:
        ears: dict[str, Ear] = {
            "pyaudio": recording.settled,
            "duplex": recording.settled,
            "file": lambda: read_wav(tmp_path / "reply.wav", 24_000, "test"),
        }
        yield ears.get(driver, bytes)


@pytest.fixture
def speaker(ear: Ear, opening: Opening) -> Iterator[Speaker]:
    speaker = opening()
    yield speaker
    speaker.close()


def play(speaker: Speaker, pcm: bytes) -> None:
    for start in range(0, len(pcm), PERIOD_BYTES):
        speaker.write(pcm[start : start + PERIOD_BYTES])


def heard(speaker: Speaker, ear: Ear) -> bytes:
    """Return what was heard, without the silence before and after."""
    pcm = speaker.heard if isinstance(speaker, SimulatedSpeaker) else ear()
    return without_silence(pcm)


def is_exactly(pcm: bytes, wanted: bytes, speaker: Speaker) -> bool:
    """Whether `pcm` is `wanted`, nothing more and nothing less; converted it may ring."""
    if not isinstance(speaker, SharedSpeaker):
        return pcm == wanted
    start = find_sound(pcm, wanted)
    return start is not None and start < RINGING and len(pcm) - len(wanted) < 4 * RINGING


def test_speaker_plays_every_sample_once(speaker: Speaker, ear: Ear) -> None:
    play(speaker, FIRST)
    speaker.drain()
    assert is_exactly(heard(speaker, ear), FIRST, speaker)
    assert speaker.underruns == 0


def test_speaker_plays_what_is_shorter_than_its_buffer(speaker: Speaker, ear: Ear) -> None:
    speaker.write(FIRST[:200])
    speaker.drain()
    assert is_exactly(heard(speaker, ear), FIRST[:200], speaker)


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
    start = find_sound(pcm, SECOND)
    assert start is not None
    assert is_exactly(pcm[bytes_for(start) :], SECOND, speaker)
    first = without_silence(pcm[: bytes_for(max(0, start - RINGING))])
    assert find_sound(first, FIRST[: len(first) - bytes_for(RINGING)]) is not None
    assert len(FIRST) - len(first) <= 5 * PERIOD_BYTES


def test_speaker_that_can_cut_fades_out_within_5_ms(speaker: Speaker, ear: Ear) -> None:
    play(speaker, FIRST)
    can_cut = speaker.cut()
    speaker.drain()
    if not can_cut:
        return  # as if nothing had been asked
    pcm = heard(speaker, ear)
    # What differs is the fade, and what was not heard any more.
    same = next(at for at in range(0, len(pcm), 2) if pcm[at : at + 2] != FIRST[at : at + 2])
    assert len(pcm) - same <= 2 * 120
    assert len(pcm) < len(FIRST) - PERIOD_BYTES


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
    assert is_exactly(heard(speaker, ear), FIRST, speaker)
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


def test_speaker_can_be_opened_again(opening: Opening) -> None:
    for _ in range(3):
        speaker = opening()
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

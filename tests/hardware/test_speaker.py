import errno
import os
from pathlib import Path

import pytest

from myna_hardware.errors import DeviceLostError, DeviceNotFoundError
from myna_hardware.settings import SpeakerSettings
from myna_hardware.speaker import open_speaker
from myna_hardware.speaker.file import FileSpeaker
from myna_hardware.speaker.paced import PacedSpeaker
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES, bytes_for, silence
from myna_hardware.wav import read_wav
from support.pcm import SteppedTime, noise

PERIOD = PLAYBACK_PERIOD_FRAMES
FIRST, SECOND = noise(5 * PERIOD, 1), noise(5 * PERIOD, 2)


def play(speaker: PacedSpeaker, pcm: bytes) -> None:
    for start in range(0, len(pcm), bytes_for(PERIOD)):
        speaker.write(pcm[start : start + bytes_for(PERIOD)])


def test_speaker_keeps_two_periods_ahead_of_what_is_heard() -> None:
    time = SteppedTime()
    speaker = SimulatedSpeaker(pacing=time.pacing(24_000))
    play(speaker, FIRST)
    assert time.now_s == pytest.approx(1000.06)
    assert speaker.heard == FIRST[: bytes_for(3 * PERIOD)]
    speaker.drain()
    assert time.now_s == pytest.approx(1000.1)
    assert speaker.heard == FIRST
    assert speaker.underruns == 0


def test_time_between_sounds_is_silence() -> None:
    time = SteppedTime()
    speaker = SimulatedSpeaker(pacing=time.pacing(24_000))
    time.now_s += 1.0
    play(speaker, FIRST)
    speaker.drain()
    time.now_s += 0.5
    play(speaker, SECOND)
    speaker.drain()
    assert speaker.heard == silence(24_000) + FIRST + silence(12_000) + SECOND
    assert speaker.underruns == 0


def test_late_write_is_an_underrun() -> None:
    time = SteppedTime()
    speaker = SimulatedSpeaker(pacing=time.pacing(24_000))
    play(speaker, FIRST)
    time.now_s += 0.05
    speaker.write(SECOND)
    speaker.drain()
    assert speaker.underruns == 1
    assert speaker.heard == FIRST + silence(240) + SECOND


def test_flushed_sound_is_never_heard() -> None:
    speaker = SimulatedSpeaker(pacing=SteppedTime().pacing(24_000))
    play(speaker, FIRST)
    speaker.flush()
    play(speaker, SECOND)
    speaker.drain()
    assert speaker.heard == FIRST[: bytes_for(3 * PERIOD)] + SECOND
    assert speaker.underruns == 0


def test_long_write_takes_as_long_as_its_sound() -> None:
    time = SteppedTime()
    speaker = SimulatedSpeaker(pacing=time.pacing(24_000))
    speaker.write(noise(24_000))
    assert time.now_s == pytest.approx(1000.96)


def test_file_is_complete_before_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    speaker = FileSpeaker(path, SteppedTime().pacing(24_000))
    play(speaker, FIRST)
    assert read_wav(path, 24_000, "test") == FIRST[: bytes_for(3 * PERIOD)]
    speaker.drain()
    assert read_wav(path, 24_000, "test") == FIRST
    speaker.close()
    assert read_wav(path, 24_000, "test") == FIRST


def test_closing_drops_what_was_not_heard(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    speaker = FileSpeaker(path, SteppedTime().pacing(24_000))
    play(speaker, FIRST)
    speaker.close()
    assert read_wav(path, 24_000, "test") == FIRST[: bytes_for(3 * PERIOD)]


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    settings = SpeakerSettings(driver="file", path=tmp_path / "none/reply.wav")
    with pytest.raises(DeviceNotFoundError, match="mkdir -p"):
        open_speaker(settings)


def test_file_that_was_not_given_names_its_key() -> None:
    with pytest.raises(DeviceNotFoundError, match=r"set speaker\.path"):
        open_speaker(SpeakerSettings(driver="file"))


class FullDisk:
    def append(self, _pcm: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def append_silence(self, _frames: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        pass


def test_disk_that_is_full_is_a_lost_device() -> None:
    speaker = PacedSpeaker("reply.wav", FullDisk(), SteppedTime().pacing(24_000))
    with pytest.raises(DeviceLostError, match="No space left"):
        play(speaker, FIRST)
    speaker.flush()
    speaker.close()


def test_unplugged_speaker_is_lost_until_opened_anew() -> None:
    speaker = SimulatedSpeaker()
    speaker.unplug()
    with pytest.raises(DeviceLostError, match="unplugged"):
        speaker.check()
    with pytest.raises(DeviceLostError, match="unplugged"):
        speaker.write(FIRST)
    with pytest.raises(DeviceLostError, match="unplugged"):
        speaker.check()
    with pytest.raises(DeviceLostError, match="unplugged"):
        speaker.drain()
    speaker.flush()
    speaker.close()


def test_world_waits_until_it_has_heard_enough() -> None:
    speaker = SimulatedSpeaker()
    speaker.write(FIRST)
    assert speaker.wait_heard(5 * PERIOD, timeout_s=5)
    assert speaker.heard == FIRST
    assert not speaker.wait_heard(5 * PERIOD + 1, timeout_s=0.1)
    speaker.close()

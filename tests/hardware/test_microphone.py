from array import array
from pathlib import Path

import pytest

from myna_hardware.errors import BadFormatError, DeviceLostError, DeviceNotFoundError
from myna_hardware.history import HISTORY_S, History
from myna_hardware.microphone import open_microphone
from myna_hardware.microphone.file import FileMicrophone
from myna_hardware.microphone.gain import amplify
from myna_hardware.microphone.periods import LIMIT_PERIODS, PeriodQueue
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.settings import MicrophoneSettings
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, bytes_for, silence
from myna_hardware.wav import WavWriter
from support.pcm import SteppedTime, noise

PERIOD_BYTES = bytes_for(CAPTURE_PERIOD_FRAMES)
SPEECH = noise(1000)
PADDED = SPEECH.ljust(4 * PERIOD_BYTES, b"\0")


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    writer = WavWriter(tmp_path / "speech.wav", 16_000, "test")
    writer.append(SPEECH)
    writer.close()
    return tmp_path / "speech.wav"


def test_file_is_heard_in_real_time_then_silence(speech: Path) -> None:
    time = SteppedTime()
    microphone = FileMicrophone(speech, "silence", time.pacing(16_000))
    heard = b"".join(microphone.read() for _ in range(6))
    assert heard == PADDED + silence(2 * CAPTURE_PERIOD_FRAMES)
    assert time.now_s == pytest.approx(1000.12)
    microphone.close()


def test_file_ends_when_it_is_to_stop(speech: Path) -> None:
    microphone = FileMicrophone(speech, "stop", SteppedTime().pacing(16_000))
    assert b"".join(iter(microphone.read, b"")) == PADDED
    assert microphone.read() == b""
    microphone.close()


def test_file_loses_nothing_when_its_reader_was_away(speech: Path) -> None:
    time = SteppedTime()
    microphone = FileMicrophone(speech, "silence", time.pacing(16_000))
    time.now_s += 5
    assert b"".join(microphone.read() for _ in range(4)) == PADDED
    assert time.now_s == 1005.0
    microphone.close()


def test_file_of_another_format_is_not_opened(tmp_path: Path) -> None:
    WavWriter(tmp_path / "reply.wav", 24_000, "test").close()
    settings = MicrophoneSettings(driver="file", path=tmp_path / "reply.wav")
    with pytest.raises(BadFormatError, match="24000 Hz, 1 channel, 16-bit"):
        open_microphone(settings)


def test_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"none\.wav"):
        open_microphone(MicrophoneSettings(driver="file", path=tmp_path / "none.wav"))


def test_file_that_was_not_given_names_its_key() -> None:
    with pytest.raises(DeviceNotFoundError, match=r"set microphone\.path"):
        open_microphone(MicrophoneSettings(driver="file"))


def test_gain_makes_everything_louder_and_clips_what_is_too_loud(speech: Path) -> None:
    settings = MicrophoneSettings(driver="file", path=speech, gain_db=20)
    microphone = open_microphone(settings)
    period = array("h", microphone.read())
    assert list(period) == [min(32_767, 10 * sample) for sample in array("h", SPEECH)[:320]]
    assert microphone.lost_frames == 0
    assert microphone.name == str(speech)
    assert microphone.ends_s > 0
    microphone.close()
    assert microphone.read() == b""


def test_gain_makes_everything_softer_and_clips_both_ways() -> None:
    loud = array("h", [-32_768, -1000, 0, 1000, 32_767]).tobytes()
    assert list(array("h", amplify(loud, 0.5))) == [-16_384, -500, 0, 500, 16_384]
    assert list(array("h", amplify(loud, 2.0))) == [-32_768, -2000, 0, 2000, 32_767]


def test_simulated_hears_what_is_said_from_the_frame_it_tells() -> None:
    microphone = SimulatedMicrophone(pacing=SteppedTime().pacing(16_000))
    microphone.read()
    first = microphone.say(SPEECH)
    second = microphone.say(SPEECH)
    for _ in range(10):
        microphone.read()
    heard = microphone.heard
    assert (first, second) == (CAPTURE_PERIOD_FRAMES, CAPTURE_PERIOD_FRAMES + 1000)
    assert heard[: bytes_for(first)] == silence(first)
    assert heard[bytes_for(first) :].startswith(SPEECH + SPEECH)
    assert not any(heard[bytes_for(second + 1000) :])


def test_simulated_is_lost_once_unplugged_until_opened_anew() -> None:
    microphone = SimulatedMicrophone()
    microphone.unplug()
    for _ in range(2):
        with pytest.raises(DeviceLostError, match="unplugged"):
            microphone.read()
    assert SimulatedMicrophone().read() == silence(CAPTURE_PERIOD_FRAMES)


def test_history_forgets_the_oldest() -> None:
    history = History(1)
    history.append(b"ab")
    history.append_silence(int(HISTORY_S) - 1)
    assert history.pcm == b"ab" + bytes(2 * int(HISTORY_S) - 2)
    history.append(b"cd")
    assert history.pcm == bytes(2 * int(HISTORY_S) - 2) + b"cd"
    history.append_silence(10**12)
    assert history.pcm == bytes(2 * int(HISTORY_S))


def period(number: int) -> bytes:
    return number.to_bytes(2, "little") * CAPTURE_PERIOD_FRAMES


def test_periods_wait_in_order() -> None:
    periods = PeriodQueue()
    periods.put(period(1), 0.02)
    periods.put(period(2), 0.04)
    assert [periods.get(0), periods.get(0)] == [(period(1), 0.02), (period(2), 0.04)]
    with pytest.raises(TimeoutError):
        periods.get(0)


def test_periods_lose_the_oldest_and_count_it_when_nobody_reads() -> None:
    periods = PeriodQueue()
    for number in range(LIMIT_PERIODS + 3):
        periods.put(period(number), number)
    assert periods.lost_frames == 3 * CAPTURE_PERIOD_FRAMES
    assert periods.get(0) == (period(3), 3)


def test_periods_count_what_the_device_lost() -> None:
    periods = PeriodQueue()
    periods.count_lost(0.5)
    assert periods.lost_frames == 8000


def test_periods_before_a_failure_are_still_read() -> None:
    periods = PeriodQueue()
    periods.put(period(1), 0.02)
    periods.fail(DeviceLostError("mic", "gone"))
    assert periods.get(0) == (period(1), 0.02)
    with pytest.raises(DeviceLostError, match="gone"):
        periods.get(0)


def test_periods_end_at_once() -> None:
    periods = PeriodQueue()
    periods.put(period(1), 0.02)
    periods.end()
    assert periods.get(0)[0] == b""

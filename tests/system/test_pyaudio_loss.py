"""Sound servers that die, go away or hang under our PyAudio drivers, and come back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyaudio
import pytest

from myna_hardware.errors import DeviceBusyError, DeviceLostError
from myna_hardware.microphone import open_microphone
from myna_hardware.quiet import quiet_stderr
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.speaker import open_speaker
from support.pcm import noise
from support.sound_server import SoundServer, running_sound_server

NOTICED_S = 1.5
BACK_S = 2.0
PERIOD = noise(480)
Loss = Callable[[SoundServer], None]

losses = pytest.mark.parametrize(
    "lose", [SoundServer.kill, SoundServer.unplug, SoundServer.freeze], ids=lambda f: f.__name__
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    with running_sound_server(tmp_path) as server:
        yield server


def seconds_until_lost(step: Callable[[], object]) -> float:
    start_s = time.monotonic()
    with pytest.raises(DeviceLostError):
        repeat(step)
    return time.monotonic() - start_s


def repeat(step: Callable[[], object]) -> None:
    for _ in range(500):
        step()


@losses
def test_microphone_tells_that_its_device_is_lost(server: SoundServer, lose: Loss) -> None:
    microphone = open_microphone(MicrophoneSettings(device="vmic"))
    microphone.read()
    lose(server)
    assert seconds_until_lost(microphone.read) < NOTICED_S
    start_s = time.monotonic()
    microphone.close()
    assert time.monotonic() - start_s < NOTICED_S
    assert microphone.read() == b""


@losses
def test_speaker_tells_that_its_device_is_lost(server: SoundServer, lose: Loss) -> None:
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    speaker.write(PERIOD)
    lose(server)
    assert seconds_until_lost(lambda: speaker.write(PERIOD)) < NOTICED_S
    start_s = time.monotonic()
    speaker.flush()
    speaker.close()
    assert time.monotonic() - start_s < 2 * NOTICED_S


@losses
def test_resting_speaker_tells_when_asked_that_its_device_is_lost(
    server: SoundServer, lose: Loss
) -> None:
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    for _ in range(3):
        speaker.check()
    speaker.write(PERIOD)
    speaker.check()
    speaker.drain()
    lose(server)
    start_s = time.monotonic()
    with pytest.raises(DeviceLostError):
        speaker.check()
    assert time.monotonic() - start_s < NOTICED_S
    speaker.close()


def unplug_and_plug(server: SoundServer) -> float:
    server.unplug()
    server.plug()
    return time.monotonic()


def kill_and_restart(server: SoundServer) -> float:
    server.kill()
    server.restart()
    return time.monotonic()


comebacks = pytest.mark.parametrize(
    "come_back", [unplug_and_plug, kill_and_restart], ids=lambda f: f.__name__
)


@comebacks
def test_microphone_that_came_back_is_heard_within_two_seconds(
    server: SoundServer, come_back: Callable[[SoundServer], float]
) -> None:
    microphone = open_microphone(MicrophoneSettings(device="vmic"))
    microphone.read()
    back_s = come_back(server)
    seconds_until_lost(microphone.read)
    microphone.close()
    again = open_microphone(MicrophoneSettings(device="vmic"))
    assert len(again.read()) == 640
    assert time.monotonic() - back_s < BACK_S
    again.close()


@comebacks
def test_speaker_that_came_back_is_heard_within_two_seconds(
    server: SoundServer, come_back: Callable[[SoundServer], float]
) -> None:
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    speaker.write(PERIOD)
    back_s = come_back(server)
    # PortAudio itself may find the device again, if it was not away for long.
    with suppress(DeviceLostError):
        for _ in range(10):
            speaker.write(PERIOD)
    speaker.close()
    with server.record() as recording:
        again = open_speaker(SpeakerSettings(device="vspk"))
        again.write(PERIOD)
        assert time.monotonic() - back_s < BACK_S
        again.drain()
        again.close()
        assert PERIOD in recording.settled()


def test_resting_speaker_that_went_and_came_back_meanwhile_plays_on(server: SoundServer) -> None:
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    kill_and_restart(server)
    speaker.check()
    with server.record() as recording:
        speaker.write(PERIOD)
        speaker.drain()
        assert PERIOD in recording.settled()
    speaker.close()


def test_resting_speaker_whose_device_went_away_is_lost_at_the_next_write(
    server: SoundServer,
) -> None:
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    server.kill()
    with pytest.raises(DeviceLostError, match="cannot play again: no such device"):
        speaker.write(PERIOD)
    speaker.close()


def test_device_that_came_back_opens_though_another_is_in_use(
    server: SoundServer, tmp_path: Path
) -> None:
    """PortAudio lists devices only once; ALSA names must open all the same."""
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    server.kill()
    (tmp_path / "again").mkdir()
    with running_sound_server(tmp_path / "again"):
        microphone = open_microphone(MicrophoneSettings(device="vmic"))
        assert microphone.read()
        microphone.close()
    speaker.close()


def test_opening_gives_up_on_a_sound_server_that_hangs(server: SoundServer) -> None:
    server.freeze()
    start_s = time.monotonic()
    with pytest.raises(DeviceBusyError, match="hangs: restart the sound server"):
        open_microphone(MicrophoneSettings(device="vmic"))
    assert time.monotonic() - start_s < 6
    server.kill()
    for thread in threading.enumerate():
        if thread.name == "microphone vmic":  # it was abandoned, and comes back now
            thread.join(timeout=10)


def test_library_that_somebody_else_started_is_noticed_at_once(server: SoundServer) -> None:
    """It lacks what ours adds to its list: nothing opens until it has ended."""
    assert server.devices
    with quiet_stderr():
        somebody_elses = pyaudio.PyAudio()
    start_s = time.monotonic()
    with pytest.raises(DeviceBusyError, match="it is tried again"):
        open_microphone(MicrophoneSettings(device="vmic"))
    assert time.monotonic() - start_s < 3
    somebody_elses.terminate()
    open_microphone(MicrophoneSettings(device="vmic")).close()


def test_closing_the_microphone_ends_a_read_of_a_server_that_hangs(server: SoundServer) -> None:
    microphone = open_microphone(MicrophoneSettings(device="vmic"))
    microphone.read()
    server.freeze()
    ended = threading.Event()

    def read_on() -> None:
        while microphone.read():
            pass
        ended.set()

    threading.Thread(target=read_on, daemon=True).start()
    threading.Thread(target=microphone.close, daemon=True).start()
    assert ended.wait(timeout=0.5)
    server.kill()

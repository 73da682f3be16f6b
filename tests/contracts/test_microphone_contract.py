"""What every microphone does, on a file, simulated, and on a real sound server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from myna_hardware.duplex import Duplex
from myna_hardware.interfaces import Microphone
from myna_hardware.microphone import open_microphone
from myna_hardware.settings import MicrophoneSettings
from myna_hardware.shared_card import DuplexMicrophone
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, bytes_for
from myna_hardware.wav import WavWriter
from support.pcm import noise
from support.sound_server import SoundServer

Opening = Callable[[], Microphone]


@pytest.fixture(params=["file", "simulated", "pyaudio", "duplex"])
def opening(request: pytest.FixtureRequest, tmp_path: Path, sound_server: SoundServer) -> Opening:
    """Return what opens the microphone."""
    assert "vmic" in sound_server.devices
    writer = WavWriter(tmp_path / "speech.wav", 16_000, "test")
    writer.append(noise(1000))
    writer.close()
    if request.param == "duplex":
        return lambda: DuplexMicrophone("vmic", Duplex("vmic", "vspk", 4))
    settings = MicrophoneSettings(driver=request.param, device="vmic", path=tmp_path / "speech.wav")
    return lambda: open_microphone(settings)


@pytest.fixture
def microphone(opening: Opening) -> Iterator[Microphone]:
    microphone = opening()
    yield microphone
    microphone.close()


def test_microphone_gives_whole_periods(microphone: Microphone) -> None:
    assert {len(microphone.read()) for _ in range(5)} == {bytes_for(CAPTURE_PERIOD_FRAMES)}


def test_microphone_tells_of_each_period_when_it_ended(microphone: Microphone) -> None:
    ends_s = []
    for _ in range(50):
        microphone.read()
        ends_s.append(microphone.ends_s)
    assert time.monotonic() - ends_s[-1] < 0.5
    assert ends_s[-1] - ends_s[-21] == pytest.approx(0.4, abs=0.005)


def test_microphone_keeps_real_time(microphone: Microphone) -> None:
    microphone.read()
    lost_frames = microphone.lost_frames  # a duplex stream may begin with an xrun
    start_s = time.monotonic()
    for _ in range(25):
        microphone.read()
    assert 0.40 < time.monotonic() - start_s < 1.0
    assert microphone.lost_frames == lost_frames


def test_microphone_has_the_name_that_the_configuration_gives_it(
    microphone: Microphone, tmp_path: Path
) -> None:
    assert microphone.name in {"vmic", str(tmp_path / "speech.wav"), "simulated"}


def test_microphone_reads_nothing_once_closed(microphone: Microphone) -> None:
    microphone.read()
    microphone.close()
    assert microphone.read() == b""
    assert microphone.read() == b""


def test_microphone_may_be_closed_twice(microphone: Microphone) -> None:
    microphone.close()
    microphone.close()


def test_microphone_closed_by_another_thread_ends_a_blocked_read(microphone: Microphone) -> None:
    ended = threading.Event()

    def read_on() -> None:
        while microphone.read():
            pass
        ended.set()

    threading.Thread(target=read_on, daemon=True).start()
    microphone.close()
    assert ended.wait(timeout=1.0)


def test_microphone_can_be_opened_again(opening: Opening) -> None:
    for _ in range(3):
        microphone = opening()
        assert len(microphone.read()) == bytes_for(CAPTURE_PERIOD_FRAMES)
        microphone.close()

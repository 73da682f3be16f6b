"""What every microphone does, on a file, simulated, and on a real sound server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from myna_hardware.interfaces import Microphone
from myna_hardware.microphone import open_microphone
from myna_hardware.settings import MicrophoneSettings
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, bytes_for
from myna_hardware.wav import WavWriter
from support.pcm import noise
from support.sound_server import SoundServer


@pytest.fixture(params=["file", "simulated", "pyaudio"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, sound_server: SoundServer
) -> MicrophoneSettings:
    assert "vmic" in sound_server.devices
    writer = WavWriter(tmp_path / "speech.wav", 16_000, "test")
    writer.append(noise(1000))
    writer.close()
    return MicrophoneSettings(driver=request.param, device="vmic", path=tmp_path / "speech.wav")


@pytest.fixture
def microphone(settings: MicrophoneSettings) -> Iterator[Microphone]:
    microphone = open_microphone(settings)
    yield microphone
    microphone.close()


def test_microphone_gives_whole_periods(microphone: Microphone) -> None:
    assert {len(microphone.read()) for _ in range(5)} == {bytes_for(CAPTURE_PERIOD_FRAMES)}


def test_microphone_keeps_real_time(microphone: Microphone) -> None:
    microphone.read()
    start_s = time.monotonic()
    for _ in range(25):
        microphone.read()
    assert 0.40 < time.monotonic() - start_s < 1.0
    assert microphone.lost_frames == 0


def test_microphone_has_the_name_that_the_configuration_gives_it(
    microphone: Microphone, settings: MicrophoneSettings
) -> None:
    assert microphone.name in {settings.device, str(settings.path), "simulated"}


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


def test_microphone_can_be_opened_again(settings: MicrophoneSettings) -> None:
    for _ in range(3):
        microphone = open_microphone(settings)
        assert len(microphone.read()) == bytes_for(CAPTURE_PERIOD_FRAMES)
        microphone.close()

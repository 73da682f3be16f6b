"""The doctor's ear on a real sound server: a loop whose delay and loss are known."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from myna.audio.gauge import SoundFigures
from myna.doctor.chirp import LIKE, LoopFigures
from myna.doctor.listening import OwnSound, measure_loopback, measure_microphone
from myna.doctor.sound import judge_loopback, judge_microphone
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.shared_card import SharedCard
from myna_hardware.units import CAPTURE_RATE_HZ, frames_for
from support.sound_server import SoundServer


@contextmanager
def own_sound() -> Iterator[OwnSound]:
    """Open the devices as the doctor does while no daemon runs."""
    card = SharedCard(MicrophoneSettings(), SpeakerSettings())
    sound = OwnSound(card.open_microphone(1), card.open_speaker(1))
    try:
        yield sound
    finally:
        sound.close()


def measured_loop() -> LoopFigures:
    with own_sound() as sound:
        figures = measure_loopback(sound)
    assert figures is not None
    return figures


def measured_room(server: SoundServer, pcm: bytes) -> SoundFigures:
    """Measure the microphone while `pcm` sounds in the room."""
    speaking = threading.Thread(target=server.feed, args=(pcm,))
    speaking.start()
    with own_sound() as sound:
        figures = measure_microphone(sound)
    speaking.join()
    assert figures is not None
    return figures


def test_loop_is_measured(sound_server: SoundServer) -> None:
    with sound_server.loop(latency_ms=80, loss_db=18):
        near = measured_loop()
    with sound_server.loop(latency_ms=180, loss_db=18):
        far = measured_loop()
    for figures in (near, far):
        assert figures.return_loss_db == pytest.approx(18, abs=1)
        assert figures.likeness > 0.8
        assert judge_loopback(figures).verdict == "ok"
    assert near.delay_ms == pytest.approx(80, abs=40)
    assert far.delay_ms - near.delay_ms == pytest.approx(100, abs=20)


def test_loop_that_amplifies_and_is_late_is_told(sound_server: SoundServer) -> None:
    with sound_server.loop(latency_ms=450, loss_db=6):
        assert judge_loopback(measured_loop()).ailment == "echo-comes-too-late"
    with sound_server.loop(latency_ms=80, loss_db=-6):
        assert judge_loopback(measured_loop()).ailment == "echo-is-too-loud"


def test_speaker_that_the_microphone_does_not_hear_is_told(sound_server: SoundServer) -> None:
    del sound_server
    figures = measured_loop()
    assert figures.likeness < LIKE
    assert judge_loopback(figures).ailment == "speaker-is-not-heard"


def test_room_is_measured(sound_server: SoundServer) -> None:
    figures = measured_room(sound_server, noise(amplitude=104, offset=0))
    assert judge_microphone(figures).verdict == "ok", figures
    assert figures.noise_dbfs == pytest.approx(-50, abs=2)
    assert figures.rate_hz == pytest.approx(CAPTURE_RATE_HZ, rel=0.03)


@pytest.mark.parametrize(
    ("amplitude", "offset", "ailment"),
    [
        (600, 0, "microphone-hears-much-noise"),
        (40_000, 0, "microphone-clips"),
        (100, 2000, "microphone-is-off-centre"),
        (0, 0, "microphone-gives-silence"),
    ],
)
def test_microphone_in_trouble_is_told(
    sound_server: SoundServer, amplitude: int, offset: int, ailment: str
) -> None:
    figures = measured_room(sound_server, noise(amplitude, offset))
    assert judge_microphone(figures).ailment == ailment, figures


def noise(amplitude: int, offset: int) -> bytes:
    """Return three seconds of a room."""
    sound = np.random.default_rng(3).normal(offset, amplitude, frames_for(3.0))
    return np.clip(sound, -32768, 32767).astype("<i2").tobytes()

"""A chirp that went through rooms whose delay and loss are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myna.doctor.chirp import (
    LASTS_S,
    LIKE,
    Stretch,
    chirp_pcm,
    measure_loop,
    sighted,
)
from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, frames_for, silence

PLAYED_S = 100.0
CHIRP = np.frombuffer(chirp_pcm(), "<i2").astype(float)


def played(gain: float = 1.0) -> Stretch:
    """What the speaker took: 0.3 s of silence, then the chirp."""
    lead = np.zeros(frames_for(0.3, PLAYBACK_RATE_HZ))
    return stretch(np.concatenate([lead, gain * CHIRP, lead]), PLAYBACK_RATE_HZ, PLAYED_S)


def heard(delay_s: float, loss_db: float, noise: float = 0.0, begins_s: float = 99.9) -> Stretch:
    """What the microphone heard of `played()`, 1.6 s of it."""
    soft = 10 ** (-loss_db / 20) * at_capture_rate(CHIRP)
    sound = (
        np.random.default_rng(7).normal(0, noise, frames_for(1.6)) if noise else np.zeros(25_600)
    )
    at = frames_for(PLAYED_S + 0.3 + delay_s - begins_s)
    sound[at : at + len(soft)] += soft
    return stretch(sound, CAPTURE_RATE_HZ, begins_s)


def at_capture_rate(sound: np.ndarray) -> np.ndarray:
    """Resample in the frequency domain, as nothing of ours does."""
    size = len(sound) * CAPTURE_RATE_HZ // PLAYBACK_RATE_HZ
    return np.fft.irfft(np.fft.rfft(sound)[: size // 2 + 1], size) * size / len(sound)


def stretch(sound: np.ndarray, rate_hz: int, begins_s: float) -> Stretch:
    return Stretch(np.clip(sound, -32768, 32767).astype("<i2").tobytes(), rate_hz, begins_s)


@settings(max_examples=40)
@given(
    delay_s=st.floats(0.0, 0.5),
    loss_db=st.floats(-6.0, 40.0),
    begins_s=st.floats(99.7, 100.2),
)
def test_loop_is_measured_wherever_the_chirp_lies(
    delay_s: float, loss_db: float, begins_s: float
) -> None:
    figures = measure_loop(played(), heard(delay_s, loss_db, begins_s=begins_s))
    assert figures is not None
    assert figures.delay_ms == pytest.approx(1000 * delay_s, abs=0.2)
    assert figures.return_loss_db == pytest.approx(loss_db, abs=0.5)
    assert figures.likeness > 0.8


def test_loop_is_measured_under_noise() -> None:
    figures = measure_loop(played(), heard(0.05, 20, noise=400))
    assert figures is not None
    assert figures.delay_ms == pytest.approx(50, abs=0.5)
    assert figures.return_loss_db == pytest.approx(20, abs=1.5)


def test_loop_is_measured_against_what_was_really_played() -> None:
    figures = measure_loop(played(gain=0.1), heard(0.05, 30))
    assert figures is not None
    assert figures.return_loss_db == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_chirp(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 2000, frames_for(2.3))
    found = sighted(stretch(noise, CAPTURE_RATE_HZ, 0.0))
    assert found is not None
    assert found.likeness < LIKE / 1.5


def test_silence_is_no_chirp() -> None:
    figures = measure_loop(played(), Stretch(silence(frames_for(2)), CAPTURE_RATE_HZ, 0.0))
    assert figures is not None
    assert figures.likeness < LIKE


@pytest.mark.parametrize("seconds", [0, LASTS_S / 2, 2.0])
def test_chirp_that_was_never_played_tells_nothing(seconds: float) -> None:
    nothing = Stretch(silence(frames_for(seconds, PLAYBACK_RATE_HZ)), PLAYBACK_RATE_HZ, 0.0)
    assert measure_loop(nothing, heard(0.05, 10)) is None


def test_microphone_that_broke_off_tells_nothing() -> None:
    assert measure_loop(played(), Stretch(b"", CAPTURE_RATE_HZ, 0.0)) is None


def test_chirp_at_the_very_beginning_has_no_noise_before_it() -> None:
    found = sighted(stretch(CHIRP, PLAYBACK_RATE_HZ, 5.0))
    assert found is not None
    assert found.at_s == 5.0
    assert found.dbfs == pytest.approx(-15.2, abs=0.3)

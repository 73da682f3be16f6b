"""Conversion, piece by piece, against one sine that goes on for ever."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pytest

from myna_hardware.conversion import FromDevice, ToDevice
from myna_hardware.errors import DriverMissingError
from myna_hardware.sound_format import SoundFormat
from support.pcm import noise

SINE_HZ = 440
LEVEL = 8000
ERROR = 8
EDGE = 400


def sine(rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    return (LEVEL * np.sin(2 * np.pi * SINE_HZ * at)).astype("<i2")


def pieces(samples: np.ndarray, size: int) -> list[bytes]:
    edges = [*range(0, len(samples), size), len(samples)]
    return [samples[start:end].tobytes() for start, end in pairwise(edges)]


def as_array(pcm: bytes, channels: int = 1) -> np.ndarray:
    return np.frombuffer(pcm, dtype="<i2").reshape(-1, channels)


FORMATS = [SoundFormat(rate_hz, channels) for rate_hz in (48_000, 44_100) for channels in (1, 2)]


@pytest.mark.parametrize("sound", FORMATS, ids=str)
@pytest.mark.parametrize("size", [37, 120, 480])
def test_playback_is_the_same_sine_at_the_rate_of_the_device(sound: SoundFormat, size: int) -> None:
    to_device = ToDevice(24_000, sound)
    heard = b"".join([*map(to_device.convert, pieces(sine(24_000), size)), to_device.end()])
    frames = as_array(heard, sound.channels)
    assert len(frames) == pytest.approx(sound.rate_hz, abs=1)
    wanted = sine(sound.rate_hz)[: len(frames)]
    for channel in range(sound.channels):
        assert np.abs(frames[EDGE:-EDGE, channel] - wanted[EDGE:-EDGE]).max() <= ERROR


@pytest.mark.parametrize("sound", FORMATS, ids=str)
def test_playback_is_less_than_two_milliseconds_late_at_any_time(sound: SoundFormat) -> None:
    to_device = ToDevice(24_000, sound)
    for piece in pieces(sine(24_000), 120):
        to_device.convert(piece)
        assert 0 < to_device.pending_s < 0.002
    to_device.end()
    assert to_device.pending_s == 0


def test_playback_drops_what_is_pending_when_it_begins_anew() -> None:
    to_device = ToDevice(24_000, SoundFormat(48_000))
    first = as_array(to_device.convert(sine(24_000).tobytes()))
    to_device.reset()
    again = as_array(to_device.convert(sine(24_000).tobytes()))
    assert len(again) == len(first)
    assert np.abs(again - first).max() <= ERROR


def test_playback_in_stereo_at_its_own_rate_has_every_sample_in_both_channels() -> None:
    pcm = noise(100)
    frames = as_array(ToDevice(24_000, SoundFormat(24_000, 2)).convert(pcm), 2)
    assert frames[:, 0].tobytes() == frames[:, 1].tobytes() == pcm


def test_nothing_is_done_where_nothing_need_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soxr", None)
    pcm = noise(100)
    to_device, from_device = (
        ToDevice(24_000, SoundFormat(24_000)),
        FromDevice(SoundFormat(16_000), 16_000),
    )
    assert to_device.convert(pcm) is pcm
    assert to_device.end() == b""
    assert from_device.convert(pcm) is pcm
    assert to_device.pending_s == from_device.pending_s == 0


@pytest.mark.parametrize("sound", FORMATS, ids=str)
def test_capture_is_the_same_sine_at_the_rate_of_speech(sound: SoundFormat) -> None:
    from_device = FromDevice(sound, 16_000)
    given = sine(sound.rate_hz).repeat(sound.channels)
    heard = b""
    for piece in pieces(given, sound.rate_hz // 50 * sound.channels):
        heard += from_device.convert(piece)
        assert 0 <= from_device.pending_s < 0.0125
    samples = as_array(heard)[:, 0]
    wanted = sine(16_000)[: len(samples)]
    assert len(samples) > 15_500
    assert np.abs(samples[EDGE:] - wanted[EDGE:]).max() <= ERROR


@pytest.mark.parametrize(
    ("left", "right", "mixed"),
    [
        (1000, 1000, 1000),
        (1000, 3000, 2000),
        (1000, 0, 1000),
        (0, 1000, 1000),
        (1000, 8, 1000),
        (0, 0, 0),
        (32_767, 32_767, 32_767),
        (-32_768, -32_768, -32_768),
    ],
)
def test_capture_averages_the_channels_that_are_in_use(left: int, right: int, mixed: int) -> None:
    from_device = FromDevice(SoundFormat(16_000, 2), 16_000)
    pcm = np.array([left, right] * 10, dtype="<i2").tobytes()
    assert set(as_array(from_device.convert(pcm))[:, 0]) == {mixed}


def test_capture_goes_on_counting_a_channel_that_falls_silent() -> None:
    from_device = FromDevice(SoundFormat(16_000, 2), 16_000)
    from_device.convert(np.array([1000, 1000], dtype="<i2").tobytes())
    assert as_array(from_device.convert(np.array([1000, 0], dtype="<i2").tobytes()))[0, 0] == 500


def test_missing_soxr_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soxr", None)
    with pytest.raises(DriverMissingError, match="pip install soxr"):
        FromDevice(SoundFormat(48_000), 16_000)

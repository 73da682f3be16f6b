"""The stream over a device that is told what to answer, where no real one can be."""

from __future__ import annotations

import pytest

from myna_hardware.errors import DeviceLostError
from myna_hardware.sound_format import SoundFormat
from myna_hardware.stream import Shape, Stream

MONO = SoundFormat(1000)
OVERFLOWED = -9981
GONE = -9999


class Device:
    """A stream of PyAudio's; one that has lost frames is closed by that (stream_io.c)."""

    def __init__(self) -> None:
        self.reads: list[bytes | OSError] = []
        self.written = b""
        self.room = 30
        self.waiting = 0
        self.is_closed = False

    def get_read_available(self) -> int:
        return self.waiting

    def get_write_available(self) -> int:
        return self.room

    def read(self, _frames: int, exception_on_overflow: bool) -> bytes:
        assert exception_on_overflow
        outcome = self.reads.pop(0)
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    def write(self, pcm: bytes) -> None:
        if self.room < 0:
            raise OSError(self.room, "Unanticipated host error")
        self.written += pcm
        self.room -= MONO.frames_in(pcm)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time, to be set."""
    now_s = [1000.0]
    monkeypatch.setattr("myna_hardware.stream.time.monotonic", lambda: now_s[0])
    return now_s


def capturing(device: Device) -> Stream:
    return Stream("mic", device, Shape(MONO, 20), plays=False)


def playing(device: Device, card: str | None = "Device") -> Stream:
    return Stream("loudspeaker", device, Shape(MONO, 10, card), plays=True)


def test_stream_tells_lost_frames_from_a_stream_that_is_gone(device: Device) -> None:
    device.reads = [b"\1\0", OSError(OVERFLOWED, "Overflow"), OSError(-9988, "Stream closed")]
    stream = capturing(device)
    assert stream.read(1) == b"\1\0"
    assert stream.read(1) == b""
    assert stream.has_overrun
    with pytest.raises(DeviceLostError, match=r"Stream closed \(PortAudio -9988\)"):
        stream.read(1)


def test_stream_that_has_lost_frames_while_nobody_read_says_so(device: Device) -> None:
    stream = capturing(device)
    device.waiting = OVERFLOWED
    assert stream.waiting_frames() == 0
    assert stream.has_overrun


def test_stream_whose_card_is_gone_is_lost(device: Device) -> None:
    stream = playing(device)
    device.waiting = device.room = GONE
    for use in (stream.waiting_frames, stream.room_frames, lambda: stream.write(b"\1\0")):
        with pytest.raises(DeviceLostError, match=r"plug it in again"):
            use()


def test_heard_is_now_without_what_still_waits(device: Device, clock: list[float]) -> None:
    device.reads = [bytes(40)]
    device.waiting = 5
    stream = capturing(device)
    stream.read(20)
    assert stream.heard_s == pytest.approx(clock[0] - 0.005)


def test_played_is_now_and_what_is_buffered(device: Device, clock: list[float]) -> None:
    stream = playing(device)
    assert stream.capacity_frames == 30
    stream.write(bytes(40))
    assert stream.buffered_frames() == 20
    assert stream.played_s == pytest.approx(clock[0] + 0.020)


def test_played_is_counted_from_when_the_device_begins(device: Device, clock: list[float]) -> None:
    """A sound server may take its time, and then takes what it was given at once."""
    stream = playing(device)
    stream.write(bytes(20))
    clock[0] += 0.050
    stream.write(bytes(20))
    assert stream.played_s == pytest.approx(clock[0] + 0.020)
    clock[0] += 0.050
    device.room += 10
    stream.write(bytes(20))
    assert stream.played_s == pytest.approx(clock[0] + 0.020)
    clock[0] += 0.015
    device.room += 10
    stream.write(bytes(20))
    assert stream.played_s == pytest.approx(clock[0] - 0.015 + 0.030), "asked late, not heard late"


@pytest.mark.parametrize(("card", "starved"), [("Device", True), (None, False)])
def test_empty_card_has_starved_but_a_server_takes_whole_periods(
    device: Device, clock: list[float], card: str | None, starved: bool
) -> None:
    stream = playing(device, card)
    assert not stream.has_starved(), "it has never begun"
    stream.write(bytes(20))
    device.room += 5
    stream.write(bytes(20))
    assert not stream.has_starved()
    device.room = 30
    clock[0] = stream.played_s + 0.005
    assert stream.has_starved() == starved
    clock[0] += 0.006
    assert stream.has_starved()

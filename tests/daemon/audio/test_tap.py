from __future__ import annotations

from myna.audio.tap import Tap
from myna_hardware.microphone.simulated import SimulatedMicrophone

Pieces = list[tuple[bytes, float]]


class Ear:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.pieces: Pieces = []

    def hear(self, pcm: bytes, ends_s: float) -> None:
        """Take a piece."""
        self.pieces.append((pcm, ends_s))


def test_microphone_is_listened_in_on_only_while_somebody_does() -> None:
    tap, ear, simulated = Tap(), Ear(), SimulatedMicrophone()
    microphone = tap.over(lambda _buffer_periods: simulated)(1)
    microphone.read()
    with tap.open("captured", ear.hear):
        first = (microphone.read(), microphone.ends_s)
        second = (microphone.read(), microphone.ends_s)
    microphone.read()
    assert ear.pieces == [first, second]
    assert first[1] < second[1]
    microphone.close()


def test_listened_in_microphone_is_the_microphone() -> None:
    simulated = SimulatedMicrophone()
    microphone = Tap().over(lambda _buffer_periods: simulated)(1)
    assert (microphone.name, microphone.lost_frames) == (simulated.name, simulated.lost_frames)
    microphone.close()
    assert simulated.read() == b""


def test_end_of_the_microphone_is_no_sound() -> None:
    tap, ear = Tap(), Ear()
    microphone = tap.over(lambda _buffer_periods: SimulatedMicrophone())(1)
    microphone.close()
    with tap.open("captured", ear.hear):
        assert microphone.read() == b""
    assert ear.pieces == []


def test_what_is_played_reaches_the_echo_and_everybody_who_listens() -> None:
    tap, echo, one, other = Tap(), Ear(), Ear(), Ear()
    played = tap.beside(echo.hear)
    with tap.open("played", one.hear), tap.open("played", other.hear):
        played(b"ab", 1.0)
    played(b"cd", 2.0)
    assert echo.pieces == [(b"ab", 1.0), (b"cd", 2.0)]
    assert one.pieces == other.pieces == [(b"ab", 1.0)]

"""How true `ends_s` of the PyAudio microphone and speaker is, against PulseAudio.

    PYTHONPATH=tests .venv/bin/python tests/bench/bench_timestamps.py

Prints how far the times of periods stray from a straight line, and how constant the
delay of an echo is from one opening of the streams to the next: the time from a click
that the speaker says it played to the same click as the microphone says it heard it,
with the monitor of the speaker as the microphone, and through a loop of the monitor into
the microphone's sink. An echo canceller has to find the rest of it by itself.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from array import array
from collections.abc import Callable
from pathlib import Path
from statistics import linear_regression, median, pstdev

from myna_hardware.duplex import Duplex
from myna_hardware.interfaces import Microphone, Speaker
from myna_hardware.microphone.sound_card import SoundCardMicrophone
from myna_hardware.shared_card import DuplexMicrophone, SharedSpeaker
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from myna_hardware.units import (
    CAPTURE_RATE_HZ,
    PLAYBACK_RATE_HZ,
    bytes_for,
    frames_for,
    frames_in,
    seconds_for,
    silence,
)
from support.sound_server import SoundServer, running_sound_server

OPENINGS = 20
JITTER_PERIODS = 250
PIECE = frames_for(0.005, PLAYBACK_RATE_HZ)
CLICK_AT = frames_for(0.4, PLAYBACK_RATE_HZ)
PLAYED = frames_for(0.6, PLAYBACK_RATE_HZ)
CLICK = array("h", [20_000] * 24).tobytes()


PERIOD_S = 0.02

Opening = Callable[[str], tuple[Microphone, Speaker]]


class Ear(threading.Thread):
    """Notes when the loudest sound was, by the microphone's word."""

    def __init__(self, microphone: Microphone) -> None:
        super().__init__(daemon=True)
        self._microphone = microphone
        self.ends_s: list[float] = []
        self.loudest = 0
        self.click_s = 0.0
        self.start()

    def run(self) -> None:
        """Listen until the microphone is closed."""
        while pcm := self._microphone.read():
            self.ends_s.append(self._microphone.ends_s)
            samples = [abs(sample) for sample in array("h", pcm)]
            if max(samples) > self.loudest:
                self.loudest = max(samples)
                after = len(samples) - samples.index(self.loudest)
                self.click_s = self._microphone.ends_s - seconds_for(after, CAPTURE_RATE_HZ)


def play_click(speaker: Speaker) -> tuple[float, list[float]]:
    """Play silence with a click in it; return when it is heard, and every `ends_s`."""
    sound = silence(CLICK_AT) + CLICK + silence(PLAYED - CLICK_AT - frames_in(CLICK))
    ends_s = []
    for start in range(0, len(sound), bytes_for(PIECE)):
        speaker.write(sound[start : start + bytes_for(PIECE)])
        ends_s.append(speaker.ends_s)
    at = CLICK_AT // PIECE
    speaker.drain()
    return ends_s[at] - seconds_for(PIECE, PLAYBACK_RATE_HZ), ends_s


def stray_ms(ends_s: list[float]) -> str:
    """Return how far `ends_s` are from a straight line."""
    numbers = list(range(len(ends_s)))
    slope, intercept = linear_regression(numbers, ends_s)
    strays = [1000 * (at - intercept - slope * n) for n, at in enumerate(ends_s)]
    return f"std {pstdev(strays):.2f} ms, {min(strays):+.2f} to {max(strays):+.2f} ms"


def bench_jitter() -> None:
    """Read and write for some seconds."""
    microphone = SoundCardMicrophone("vmic")
    ends_s = []
    for _ in range(JITTER_PERIODS):
        microphone.read()
        ends_s.append(microphone.ends_s)
    microphone.close()
    sys.stdout.write(f"microphone strays: {stray_ms(ends_s[25:])}\n")
    speaker = SoundCardSpeaker("vspk")
    ends_s = []
    for _ in range(4 * JITTER_PERIODS):
        speaker.write(silence(PIECE))
        ends_s.append(speaker.ends_s)
    speaker.close()
    sys.stdout.write(
        f"speaker strays:    {stray_ms(ends_s[100:])}, {speaker.underruns} underruns\n"
    )


def open_two(device: str) -> tuple[Microphone, Speaker]:
    """Open two streams."""
    return SoundCardMicrophone(device), SoundCardSpeaker("vspk")


def open_one(device: str) -> tuple[Microphone, Speaker]:
    """Open a duplex stream and let its clocks settle."""
    duplex = Duplex(device, "vspk", 2)
    microphone = DuplexMicrophone(device, duplex)
    for _ in range(round(1.2 / PERIOD_S)):
        microphone.read()
    return microphone, SharedSpeaker("vspk", lambda: duplex, lambda: SoundCardSpeaker("vspk"))


def bench_openings(open_both: Opening, device: str) -> None:
    """Play a click and hear it, `OPENINGS` times."""
    delays_ms = []
    for _ in range(OPENINGS):
        microphone, speaker = open_both(device)
        ear = Ear(microphone)
        played_s, _ = play_click(speaker)
        speaker.close()
        microphone.close()
        ear.join()
        delays_ms.append(1000 * (ear.click_s - played_s))
    sys.stdout.write(
        f"echo by {device}, {open_both.__name__}: median {median(delays_ms):.1f} ms, "
        f"std {pstdev(delays_ms):.2f}, {min(delays_ms):.1f} to {max(delays_ms):.1f}\n"
    )


def bench(server: SoundServer) -> None:
    """Run all."""
    bench_jitter()
    bench_openings(open_two, "pulse:spk.monitor")
    bench_openings(open_one, "pulse:spk.monitor")
    with server.loop(latency_ms=20):
        bench_openings(open_two, "vmic")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_sound_server(Path(folder)) as server:
        bench(server)

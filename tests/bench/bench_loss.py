"""What PyAudio and the drivers on it make of a sound server that dies, leaves, or hangs.

    PYTHONPATH=tests .venv/bin/python tests/bench/bench_loss.py

For each way to lose the device: what a bare PyAudio stream does, reading in a thread or
calling back, and when the drivers raise `DeviceLostError`. PulseAudio with null sinks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pyaudio

from myna_hardware.errors import DeviceLostError
from myna_hardware.microphone.sound_card import SoundCardMicrophone
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, CAPTURE_RATE_HZ, PLAYBACK_PERIOD_FRAMES
from support.pcm import noise
from support.sound_server import SoundServer, running_sound_server

LOSSES: dict[str, Callable[[SoundServer], None]] = {
    "killed": SoundServer.kill,
    "sinks unloaded": SoundServer.unplug,
    "frozen": SoundServer.freeze,
}
PATIENCE_S = 4.0
CAPTURE: dict[str, Any] = {
    "rate": CAPTURE_RATE_HZ,
    "channels": 1,
    "format": pyaudio.paInt16,
    "input": True,
    "frames_per_buffer": CAPTURE_PERIOD_FRAMES,
}


def time_until(event: threading.Event, lose: Callable[[], None]) -> float | None:
    """Lose the device; return the seconds until `event`, None if it never comes."""
    time.sleep(0.5)
    start_s = time.monotonic()
    lose()
    return time.monotonic() - start_s if event.wait(PATIENCE_S) else None


def bare_reading(lose: Callable[[], None]) -> float | None:
    """Read in a thread until it raises."""
    raised = threading.Event()
    stream = pyaudio.PyAudio().open(**CAPTURE)

    def read() -> None:
        try:
            while True:
                stream.read(CAPTURE_PERIOD_FRAMES, exception_on_overflow=False)
        except OSError:
            raised.set()

    threading.Thread(target=read, daemon=True).start()
    return time_until(raised, lose)


def bare_callback(lose: Callable[[], None]) -> float | None:
    """Be called back until PortAudio says that the stream is not active."""
    inactive = threading.Event()

    def on_period(*_: object) -> tuple[None, int]:
        return None, pyaudio.paContinue

    stream = pyaudio.PyAudio().open(**CAPTURE, stream_callback=on_period)

    def watch() -> None:
        while stream.is_active():
            time.sleep(0.001)
        inactive.set()

    threading.Thread(target=watch, daemon=True).start()
    return time_until(inactive, lose)


def driver_reading(lose: Callable[[], None]) -> float | None:
    """Read our microphone."""
    microphone = SoundCardMicrophone("vmic")
    return until_lost(microphone.read, lose)


def driver_writing(lose: Callable[[], None]) -> float | None:
    """Write to our speaker."""
    speaker = SoundCardSpeaker("vspk")
    pcm = noise(PLAYBACK_PERIOD_FRAMES)
    return until_lost(lambda: speaker.write(pcm), lose)


def until_lost(step: Callable[[], object], lose: Callable[[], None]) -> float | None:
    """Repeat `step` until it raises `DeviceLostError`."""
    raised = threading.Event()

    def repeat() -> None:
        try:
            while True:
                step()
        except DeviceLostError:
            raised.set()

    threading.Thread(target=repeat, daemon=True).start()
    return time_until(raised, lose)


WAYS = {
    "bare PyAudio, blocking reads": bare_reading,
    "bare PyAudio, callbacks": bare_callback,
    "our microphone": driver_reading,
    "our speaker": driver_writing,
}


def measure(loss: str, way: str) -> None:
    """Try one way with one loss, and print what came of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sound_server(Path(folder)) as server,
    ):
        took_s = WAYS[way](lambda: LOSSES[loss](server))
    told = "never noticed" if took_s is None else f"noticed after {took_s:.3f} s"
    sys.stdout.write(f"{loss:15} {way:30} {told}\n")
    sys.stdout.flush()
    os._exit(0)  # past the threads that will never return


def main() -> None:
    """Try every way with every loss, each in a process and with a server of its own."""
    for loss, way in product(LOSSES, WAYS):
        subprocess.run([sys.executable, __file__, loss, way], check=True)  # noqa: S603


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(*sys.argv[1:])
    else:
        main()

"""How fast the PyAudio speaker falls silent, and what it costs, against PulseAudio.

    PYTHONPATH=tests .venv/bin/python tests/bench/bench_flush.py

Prints milliseconds from the call of `flush` until it returns and until the last sound is
heard at the monitor of a null sink; how long opening again takes; what of a reply is
lost when a stream is stopped instead of drained; the CPU of a resting speaker and of a
microphone that is being read; and how long it takes to see whether the former is there.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, cast

from myna_hardware.microphone.sound_card import SoundCardMicrophone
from myna_hardware.portaudio import PLAYBACK, PortAudio
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES, frames_in
from support.pcm import noise
from support.sound_server import Recording, SoundServer, running_sound_server

TIMES = 20
CPU_S = 5.0
PERIOD = noise(PLAYBACK_PERIOD_FRAMES)
QUIET_S = 0.3


class Ear(threading.Thread):
    """Notes when the last sound came, at every arrival of new PCM."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(daemon=True)
        self._recording = recording
        self.last_sound_s = 0.0
        self.sound_frames = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Listen until `is_over`."""
        done = 0
        while not self.is_over.is_set():
            new = self._recording.pcm[done:]
            done += len(new)
            sounding = sum(1 for at in range(0, len(new), 2) if new[at : at + 2] != b"\0\0")
            if sounding:
                self.last_sound_s = time.monotonic()
                self.sound_frames += sounding
            time.sleep(0.001)


def milliseconds(values: list[float]) -> str:
    """Return median and worst of `values`, which are seconds."""
    return f"median {1000 * median(values):5.1f} ms, worst {1000 * max(values):5.1f} ms"


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that `call` takes."""
    start_s = time.monotonic()
    call()
    return time.monotonic() - start_s


def bench_flush(ear: Ear) -> None:
    """Flush in the middle of a sound."""
    speaker = SoundCardSpeaker("vspk")
    returned, silent, first = [], [], []
    for _ in range(TIMES):
        first.append(timed(lambda: speaker.write(PERIOD)))
        for _ in range(15):
            speaker.write(PERIOD)
        start_s = time.monotonic()
        returned.append(timed(speaker.flush))
        time.sleep(QUIET_S)
        silent.append(max(0.0, ear.last_sound_s - start_s))
    speaker.close()
    sys.stdout.write(f"flush returns               {milliseconds(returned)}\n")
    sys.stdout.write(f"flush until silent          {milliseconds(silent)}\n")
    sys.stdout.write(f"first write (opens again)   {milliseconds(first)}\n")


def bench_tail(ear: Ear) -> None:
    """Compare ways to end a reply by what is heard of it."""
    speaker = SoundCardSpeaker("vspk")
    before = ear.sound_frames
    speaker.write(PERIOD * 25)
    took_s = timed(speaker.drain)
    time.sleep(QUIET_S)
    speaker.close()
    wanted = frames_in(PERIOD * 25)
    sys.stdout.write(
        f"drain: heard {ear.sound_frames - before} of {wanted} frames, {1000 * took_s:.0f} ms\n"
    )
    before = ear.sound_frames
    with closing(PortAudio(PLAYBACK)) as library, closing(library.open("vspk")) as stream:
        for _ in range(25):
            stream.write(PERIOD)
        cast(Any, stream._stream).stop_stream()
    time.sleep(QUIET_S)
    sys.stdout.write(f"Pa_StopStream: heard {ear.sound_frames - before} of {wanted} frames\n")


def cpu_ms(step: Callable[[], object]) -> float:
    """Repeat `step` for a while; return the CPU milliseconds that a second of it costs."""
    before_s, start_s = sum(os.times()[:2]), time.monotonic()
    while time.monotonic() - start_s < CPU_S:
        step()
    return 1000 * (sum(os.times()[:2]) - before_s) / CPU_S


def bench_cpu() -> None:
    """Measure the process at rest and while capturing."""
    speaker = SoundCardSpeaker("vspk")
    before = sum(os.times()[:2])
    time.sleep(CPU_S)
    sys.stdout.write(
        f"resting speaker             {1000 * (sum(os.times()[:2]) - before) / CPU_S:.1f} ms/s\n"
    )
    checks = [timed(speaker.check) for _ in range(TIMES)]
    sys.stdout.write(f"check of it                 {milliseconds(checks)}\n")
    speaker.close()
    microphone = SoundCardMicrophone("vmic")
    microphone.read()
    sys.stdout.write(f"microphone being read       {cpu_ms(microphone.read):.1f} ms/s\n")
    microphone.close()


def bench(server: SoundServer) -> None:
    """Run all."""
    bench_cpu()
    with server.record() as recording:
        ear = Ear(recording)
        ear.start()
        bench_flush(ear)
        bench_tail(ear)
        ear.is_over.set()
        ear.join()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running_sound_server(Path(folder)) as server:
        bench(server)

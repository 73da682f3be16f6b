"""What playing costs, and how soon a cut is silent.

    PYTHONPATH=tests .venv/bin/python tests/bench/bench_playback.py

Prints the CPU milliseconds that a second of sound costs: of each way to mix, without
devices; and of the whole process while a Playback plays to the simulated speaker and to
PyAudio on a PulseAudio, and while it rests. Then the milliseconds from `flush` until the
last sound is in the air, as the speaker's `ends_s` tells it.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from myna.audio.mixer import Mixer
from myna.audio.playback import PIECE, Playback
from myna.audio.volume import UNITY, gain_for
from myna_hardware.interfaces import Speaker
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in
from support.pcm import noise, note
from support.sound_server import running_sound_server

MIXES = 3000
PLAY_S = 5.0
CUTS = 20
REPLY = noise(PIECE, 1)
EARCON = noise(PIECE, 2)
LOUD = bytes(b ^ 0x40 if at % 2 else b for at, b in enumerate(noise(PIECE, 3)))


def write(name: str, value: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{name:44} {value}\n")


def bench_mix(name: str, mix: Callable[[Mixer, int], bytes]) -> None:
    """Mix one piece again and again; `mix` is told which one it is."""
    mixer = Mixer(UNITY)
    start_s = time.process_time()
    for at in range(MIXES):
        mix(mixer, at)
    taken_s = time.process_time() - start_s
    write(name, f"{1000 * taken_s / (MIXES * PIECE / PLAYBACK_RATE_HZ):5.2f} ms/s")


class Air:
    """Notes when the last sound will be in the air."""

    def __init__(self) -> None:
        self.frames = 0
        self.last_sound_s = 0.0
        self._changed = threading.Condition()

    def hear(self, pcm: bytes, ends_s: float) -> None:
        """Take what was written."""
        with self._changed:
            self.frames += frames_in(pcm)
            silent = len(pcm) - len(pcm.rstrip(b"\0"))
            if silent < len(pcm):
                self.last_sound_s = ends_s - silent / 2 / PLAYBACK_RATE_HZ
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Block until so much more has been written."""
        with self._changed:
            until = self.frames + seconds * PLAYBACK_RATE_HZ
            self._changed.wait_for(lambda: self.frames >= until, timeout=10)


@contextmanager
def playing(open_speaker: Callable[[], Speaker], percent: int) -> Iterator[tuple[Playback, Air]]:
    """Run a playback."""
    air = Air()
    playback = Playback(lambda _periods: open_speaker(), lambda _event: None, percent, air.hear)
    playback.start()
    playback.wait_settled(5.0)
    yield playback, air
    playback.stop()


def bench_cpu(name: str, open_speaker: Callable[[], Speaker]) -> None:
    """Measure the process while it plays, with an earcon or not, and at rest."""
    with playing(open_speaker, 70) as (playback, air):
        start_s = time.process_time()
        time.sleep(PLAY_S)
        write(f"{name}, at rest", f"{1000 * (time.process_time() - start_s) / PLAY_S:5.1f} ms/s")
        playback.play(note(440, PLAY_S + 1))
        air.wait(0.2)
        start_s, start_frames = time.process_time(), air.frames
        air.wait(PLAY_S)
        played_s = (air.frames - start_frames) / PLAYBACK_RATE_HZ
        taken_s = time.process_time() - start_s
        write(f"{name}, playing at volume 70", f"{1000 * taken_s / played_s:5.1f} ms/s")


def bench_cut(name: str, open_speaker: Callable[[], Speaker]) -> None:
    """Cut replies at different moments of a piece."""
    silent_ms = []
    reply = note(440, 3.0)
    with playing(open_speaker, 100) as (playback, air):
        for cut in range(CUTS):
            playback.play(reply)
            air.wait(0.3)
            time.sleep(cut * 0.001)
            cut_s = time.monotonic()
            playback.flush()
            time.sleep(0.3)
            silent_ms.append(1000 * (air.last_sound_s - cut_s))
    spread = f"median {median(silent_ms):5.1f} ms, worst {max(silent_ms):5.1f} ms"
    write(f"{name}, flush until silent", spread)


def bench() -> None:
    """Run all."""
    quiet = gain_for(70)
    nothing = b""
    bench_mix("mix: reply at volume 100", lambda mixer, _: mixer.mix(REPLY, nothing, UNITY))
    bench_mix("mix: reply at volume 70", lambda mixer, _: mixer.mix(REPLY, nothing, quiet))
    bench_mix("mix: reply while the volume glides", lambda mixer, at: mixer.mix(REPLY, b"", at))
    bench_mix("mix: reply under an earcon", lambda mixer, _: mixer.mix(REPLY, EARCON, quiet))
    bench_mix("mix: the same, rounded off", lambda mixer, _: mixer.mix(LOUD, LOUD, UNITY))
    bench_cpu("simulated", SimulatedSpeaker)
    bench_cut("simulated", SimulatedSpeaker)
    with tempfile.TemporaryDirectory() as folder, running_sound_server(Path(folder)):
        bench_cpu("PyAudio on PulseAudio", lambda: SoundCardSpeaker("vspk"))
        bench_cut("PyAudio on PulseAudio", lambda: SoundCardSpeaker("vspk"))


if __name__ == "__main__":
    bench()

"""Measure the wake engines: delay after the word, CPU, memory.

    PYTHONPATH=tests .venv/bin/python tests/bench/bench_wake.py

Delay: the recorded words (tests/speech), each at several positions against the
engine's steps, loud and faint, without and with white noise; from the end of the
word's energy to the end of the step that reports it. The engines' latencies come from
here: the p90 of an engine's slowest word, rounded up to 10 ms. Porcupine is measured
where it runs without a key: `pip install --no-deps --target DIR pvporcupine==1.9.5`,
DIR first in PYTHONPATH.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from array import array
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from myna.config import WakeSettings
from myna.wake import micro, porcupine
from myna.wake import open as open_wake_word
from myna_hardware.units import frames_for, seconds_for
from support.speech import in_silence, listen, periods, recorded, speech_end_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from myna.wake.detector import WakeDetector
    from myna_hardware.units import Frames

CLIPS: Final = {
    "okay_nabu": ("okay_nabu", "okay_nabu_slow", "okay_nabu_fast", "okay_nabu_small"),
    "hey_jarvis": ("hey_jarvis", "hey_jarvis_slow"),
    "hey_mycroft": ("hey_mycroft", "hey_mycroft_slow"),
    "alexa": ("alexa", "alexa_slow", "alexa_espeak"),
    "computer": ("computer",),
}
LEADS_S: Final = tuple(0.5 + step * 0.007 for step in range(8))
GAINS: Final = (1.0, 0.1)
NOISES_RMS: Final = (0, 328, 1036)
"""White noise against speech of 3277 RMS (-20 dBFS): none, 20 dB and 10 dB under it."""
COST_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine, and the words it is measured with."""

    words: tuple[str, ...]
    latency_frames: Frames


CONTENDERS: Final = {
    "micro": Contender(("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa"), micro.LATENCY_FRAMES),
    "open": Contender(("okay_nabu", "hey_jarvis", "alexa"), open_wake_word.LATENCY_FRAMES),
    "porcupine": Contender(("alexa", "computer"), porcupine.LATENCY_FRAMES),
}


def opened(engine: str, *words: str) -> WakeDetector:
    """Open one engine for `words`."""
    settings = WakeSettings(words=words)
    if engine == "porcupine":
        return porcupine.open_porcupine(settings, None)
    return micro.open_micro(settings) if engine == "micro" else open_wake_word.open_open(settings)


@dataclass(frozen=True, slots=True)
class Trial:
    """One variant of a word, and what came of it.

    Attributes:
        noise_rms: How much noise was in it.
        delay_s: From the end of the word to its report; None when it was not heard.
    """

    noise_rms: int
    delay_s: float | None


def noisy(word: bytes, lead_s: float, gain: float, noise_rms: int) -> bytes:
    """Return `word` in a room: quiet around it, `gain` over all, the same noise each time."""
    chance = random.Random(noise_rms)  # noqa: S311 - noise, not secrets
    room = array("h", in_silence(word, lead_s))
    sounds = (gain * (sample + chance.gauss(0, noise_rms)) for sample in room)
    return array("h", (max(-32768, min(32767, round(sound))) for sound in sounds)).tobytes()


def trials(engine: str, word: str) -> Iterator[Trial]:
    """Let `engine` hear every variant of `word`."""
    detector = opened(engine, word)
    for clip, lead_s, gain, noise_rms in product(CLIPS[word], LEADS_S, GAINS, NOISES_RMS):
        pcm = recorded(clip)
        end_frame = frames_for(lead_s) + speech_end_frame(pcm)
        detector.reset()
        heard = listen(detector, periods(noisy(pcm, lead_s, gain, noise_rms)))
        reported = [each.end_frame + CONTENDERS[engine].latency_frames for each in heard]
        yield Trial(noise_rms, seconds_for(reported[0] - end_frame) if reported else None)
    detector.close()


def summary(name: str, results: list[Trial]) -> str:
    """Describe the trials in one line."""
    delays = [each.delay_s for each in results if each.delay_s is not None]
    recall = ", ".join(
        f"{sum(each.delay_s is not None for each in same)} of {len(same)}"
        for same in ([each for each in results if each.noise_rms == rms] for rms in NOISES_RMS)
    )
    return (
        f"  {name:12} heard {recall}; delay in ms: "
        f"median {median(delays) * 1000:.0f}, p90 {quantiles(delays, n=10)[-1] * 1000:.0f}, "
        f"{min(delays) * 1000:.0f} to {max(delays) * 1000:.0f}"
    )


def cost(engine: str) -> str:
    """Measure one word's CPU and memory in this process."""
    base_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    detector = opened(engine, CONTENDERS[engine].words[0])
    pcm = recorded("small_talk")
    speech = periods(pcm * (1 + round(COST_SECONDS / seconds_for(len(pcm) // 2))))
    started_s = time.process_time()
    listen(detector, speech)
    spent_ms = (time.process_time() - started_s) * 1000
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base_kb
    fed_s = seconds_for(sum(map(len, speech)) // 2)
    return f"  {spent_ms / fed_s:.1f} ms of CPU per second, {grown_kb / 1024:.0f} MB more memory"


def measure(engine: str) -> str:
    """Measure one engine; its cost in this process, before anything else is loaded."""
    words = CONTENDERS[engine].words
    spent = cost(engine)
    results = [summary(word, list(trials(engine, word))) for word in words]
    return "\n".join([engine, spent, *results])


def main() -> None:
    """Measure every engine, each in a process of its own."""
    for engine in sys.argv[1:] or CONTENDERS:
        if engine == "porcupine" and not porcupine.runs_without_key():
            sys.stdout.write("porcupine: not measured, the installed one needs a key\n")
        elif sys.argv[1:]:
            sys.stdout.write(measure(engine) + "\n")
        else:
            command = [sys.executable, str(Path(__file__)), engine]
            subprocess.run(command, check=True)  # noqa: S603 - ourselves


if __name__ == "__main__":
    main()

"""The wake engines: what they hear, what they only believe to hear, and what they cost.

Recorded words (tests/speech) in silence and in noise, and speech without any of them. Each
engine that is installed, in a process of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from bench.bench_wake import CLIPS, CONTENDERS, noisy, opened
from bench.performance.alone import alone
from bench.performance.measure import Chapter, Measured, Scale, run_alone
from bench.vitals import MIB, resident_bytes
from myna.wake import porcupine
from myna_hardware.units import frames_for, frames_in, seconds_for
from support.noise import active_dbfs, in_noise
from support.speech import in_silence, listen, periods, recorded, speech_end_frame

LEADS_S: Final = (0.5, 0.511)
GAINS: Final = (1.0, 0.1)
NOISES_RMS: Final = {"silence": 0, "noise 20 dB under it": 328, "noise 10 dB under it": 1036}
"""White noise against words of 3277 RMS (-20 dBFS)."""

OTHER_SPEECH: Final = (
    *("near_misses", "small_talk", "small_talk_espeak", "weather", "turn_on_the_lamp"),
    *("tell_story", "barge_in", "look"),
)
"""Without a wake word; `near_misses` are sentences that sound like one."""

SPEECH_SNR_DB: Final = 10.0
SAID_AGAIN: Final = 2
"""How often the other speech is said, in as many positions against the engine's steps."""

HOW: Final = """\
Each engine hears its recorded words (`tests/speech`; several voices and paces) at several
positions against its steps, loud and 20 dB fainter, in silence and in white noise; then speech
without any wake word, among it sentences that sound like one, clean and in pink noise 10 dB
under it. The delay is that from the end of the word's energy to the end of the step that
reports it. CPU and memory are those of one word in a fresh process, over a minute of talk."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one engine made of it all.

    Attributes:
        tried: Words said, by the noise around.
        heard: How many of them were heard.
        delays_ms: From the end of each word to its report.
        speech_s: How much speech without a wake word there was, by the noise in it.
        false: How often it woke at that.
        cpu_ms: For a second of sound; one of each minute.
        memory_mib: That it takes.
    """

    tried: dict[str, int]
    heard: dict[str, int]
    delays_ms: list[float]
    speech_s: dict[str, float]
    false: dict[str, int]
    cpu_ms: list[float]
    memory_mib: float


def measure(scale: Scale) -> Chapter:
    """Measure."""
    installed = [name for name in CONTENDERS if name != "porcupine" or porcupine.runs_without_key()]
    measured: list[Measured] = []
    delays = {}
    for engine in installed:
        found = alone(listen_to_all, engine, scale.is_quick)
        measured += rows(engine, found)
        delays[engine] = tuple(found.delays_ms)
    left_out = sorted(set(CONTENDERS) - set(installed))
    remarks = [f"{name} is not measured: what is installed of it needs a key." for name in left_out]
    return Chapter(
        title="Wake engines",
        script="python -m bench.performance.engines",
        how=HOW,
        measured=tuple(measured),
        distributions=delays,
        unit="ms from the end of the word to its report",
        remarks=tuple(remarks),
    )


def rows(engine: str, found: Heard) -> Iterator[Measured]:
    """Spell what was found."""
    for noise, tried in found.tried.items():
        share = 100 * found.heard[noise] / tried
        yield Measured(f"{engine}: words heard in {noise}, of {tried}", "%", (share,))
    for noise, speech_s in found.speech_s.items():
        what = f"{engine}: false wakes in {speech_s / 60:.1f} min of other speech, {noise}"
        yield Measured(what, "wakes", (float(found.false[noise]),))
    yield Measured(f"{engine}: word to its report", "ms", tuple(found.delays_ms), judged="p95")
    yield Measured(f"{engine}: CPU", "ms per second", tuple(found.cpu_ms))
    yield Measured(f"{engine}: memory", "MiB", (found.memory_mib,))


def listen_to_all(engine: str, is_quick: bool) -> Heard:
    """Let one engine hear everything."""
    cpu_ms, memory_mib = _cost(engine, rounds=2 if is_quick else 5)
    found = Heard({}, {}, [], {}, {}, cpu_ms, memory_mib)
    for noise, rms in NOISES_RMS.items():
        delays = [
            delay
            for word in CONTENDERS[engine].words
            for delay in _delays_ms(engine, word, rms, LEADS_S[:1] if is_quick else LEADS_S)
        ]
        found.tried[noise] = len(delays)
        found.heard[noise] = sum(delay is not None for delay in delays)
        found.delays_ms.extend(delay for delay in delays if delay is not None)
    for noise, pcm in _other_speech(is_quick):
        found.speech_s[noise] = seconds_for(frames_in(pcm))
        found.false[noise] = _wakes(engine, pcm)
    return found


def _cost(engine: str, rounds: int) -> tuple[list[float], float]:
    base = resident_bytes(os.getpid())
    detector = opened(engine, CONTENDERS[engine].words[0])
    speech = periods(recorded("small_talk") * 6)
    seconds = seconds_for(sum(map(frames_in, speech)))
    costs = []
    for _ in range(rounds):
        began_s = time.process_time()
        listen(detector, speech)
        costs.append(1000 * (time.process_time() - began_s) / seconds)
    return costs, (resident_bytes(os.getpid()) - base) / MIB


def _delays_ms(
    engine: str, word: str, noise_rms: int, leads_s: tuple[float, ...]
) -> Iterator[float | None]:
    """Yield the delay of every variant of `word`; None for one that was not heard."""
    detector = opened(engine, word)
    for clip, lead_s, gain in product(CLIPS[word], leads_s, GAINS):
        pcm = recorded(clip)
        detector.reset()
        heard = listen(detector, periods(noisy(pcm, lead_s, gain, noise_rms)))
        end = frames_for(lead_s) + speech_end_frame(pcm)
        reported = [each.end_frame + CONTENDERS[engine].latency_frames for each in heard]
        yield 1000 * seconds_for(reported[0] - end) if reported else None
    detector.close()


def _other_speech(is_quick: bool) -> Iterator[tuple[str, bytes]]:
    """Yield it clean, and in noise."""
    pcm = b"".join(
        in_silence(recorded(name), lead_s=0.5 + 0.007 * at, tail_s=0.5)
        for at in range(1 if is_quick else SAID_AGAIN)
        for name in OTHER_SPEECH
    )
    yield "clean", pcm
    yield "noisy", in_noise(pcm, "pink", active_dbfs(pcm) - SPEECH_SNR_DB)


def _wakes(engine: str, pcm: bytes) -> int:
    """Return how often the engine wakes, with all the words that it is measured with."""
    detector = opened(engine, *CONTENDERS[engine].words)
    heard = listen(detector, periods(pcm))
    detector.close()
    return len(heard)


if __name__ == "__main__":
    run_alone(measure)

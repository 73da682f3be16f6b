"""openWakeWord through `pyopen-wakeword`: second choice, twenty times the CPU of micro.

Its models are licensed CC BY-NC-SA 4.0 (openWakeWord's README, "License"): not for
commercial use. It takes no custom words.
"""

from __future__ import annotations

from typing import Final

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.stream import Heard, SteppedDetector
from myna.wake.words import chosen, threshold
from myna_hardware.units import Frames, frames_for

ENGINE: Final = "open"
STEP_FRAMES: Final = Frames(1280)
"""One embedding (pyopen_wakeword.openwakeword.SAMPLES_PER_CHUNK)."""
LATENCY_FRAMES: Final = frames_for(0.40)
"""The p90 of its slowest word, okay_nabu (measured by tests/bench/bench_wake.py: 398 ms)."""
THRESHOLD: Final = 0.5
"""openWakeWord's own default (its README, "General usage")."""


class OpenEngine:
    """One embedding stream that feeds a model per word."""

    engine = ENGINE
    step_frames = STEP_FRAMES
    latency_frames = LATENCY_FRAMES

    def __init__(self, settings: WakeSettings) -> None:
        """Load the models.

        Raises:
            WakeEngineError: The library is missing, or a word is unknown.
        """
        try:
            from pyopen_wakeword import Model, OpenWakeWord, OpenWakeWordFeatures
        except (ImportError, OSError) as error:
            raise WakeEngineError(
                ENGINE, "pyopen-wakeword does not load: pip install pyopen-wakeword"
            ) from error
        models = chosen(ENGINE, settings.words, {model.value: model for model in Model})
        self._features = OpenWakeWordFeatures.from_builtin()
        self._models = {word: OpenWakeWord.from_builtin(model) for word, model in models.items()}
        self._thresholds = {word: threshold(settings, word, THRESHOLD) for word in models}

    @property
    def words(self) -> tuple[str, ...]:
        """The words it listens for."""
        return tuple(self._models)

    def hear(self, step: bytes) -> Heard | None:
        """Take the next `step_frames` frames; return the surest word above its threshold."""
        heard = [
            Heard(word, score)
            for embedding in self._features.process_streaming(step)
            for word, model in self._models.items()
            for score in model.process_streaming(embedding)
            if score > self._thresholds[word]
        ]
        return max(heard, key=lambda each: each.score, default=None)

    def reset(self) -> None:
        """Forget the stream so far."""
        self._features.reset()
        for model in self._models.values():
            model.reset()

    def close(self) -> None:
        """Free the models; idempotent."""
        self._features.close()
        for model in self._models.values():
            model.close()


def open_open(settings: WakeSettings) -> SteppedDetector:
    """Open the engine for `settings.words`.

    Raises:
        WakeEngineError: It cannot be used; one line that says why.
    """
    return SteppedDetector(OpenEngine(settings))

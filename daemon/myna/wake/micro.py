"""microWakeWord through `pymicro-wakeword`: the default engine, models included.

Custom words are microWakeWord models of version 2 in `wake.folder`: NAME.json, as
ESPHome publishes them ("Micro Wake Word", model JSON), beside the .tflite it names.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import fmean
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.stream import Heard, SteppedDetector
from myna.wake.words import chosen, custom_words, threshold
from myna_hardware.units import frames_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from ctypes import CDLL

    from pymicro_wakeword import MicroWakeWord

ENGINE: Final = "micro"
STEP_FRAMES: Final = frames_for(0.010)
"""One feature vector (pymicro_wakeword.microwakeword.SAMPLES_PER_CHUNK)."""
LATENCY_FRAMES: Final = frames_for(0.25)
"""The p90 of its slowest word, alexa (measured by tests/bench/bench_wake.py: 248 ms)."""


class Recipe(msgspec.Struct, frozen=True):
    """The `micro` part of a model's JSON."""

    probability_cutoff: float
    sliding_window_size: int
    feature_step_size: Literal[10] = 10


class ModelFile(msgspec.Struct, frozen=True):
    """A model's JSON, as far as it decides whether the engine can run it."""

    wake_word: str
    model: str
    version: Literal[2]
    micro: Recipe


class MicroEngine:
    """One feature stream that feeds a model per word."""

    engine = ENGINE
    step_frames = STEP_FRAMES
    latency_frames = LATENCY_FRAMES

    def __init__(self, settings: WakeSettings) -> None:
        """Load the models.

        Raises:
            WakeEngineError: The library is missing, or a word is unknown or unusable.
        """
        try:
            from pymicro_wakeword import (
                MicroWakeWord,
                MicroWakeWordFeatures,
                Model,
                microwakeword,
            )
        except (ImportError, OSError) as error:
            raise WakeEngineError(
                ENGINE, "pymicro-wakeword does not load: pip install pymicro-wakeword"
            ) from error
        _quicken(microwakeword)
        loaders: dict[str, Callable[[], MicroWakeWord]] = {
            model.value: partial(MicroWakeWord.from_builtin, model) for model in Model
        }
        customs = custom_words(ENGINE, settings.folder, ".json")
        loaders |= {word: partial(_load_custom, path) for word, path in customs.items()}
        self._features = MicroWakeWordFeatures()
        self._models = {
            word: load() for word, load in chosen(ENGINE, settings.words, loaders).items()
        }
        self._thresholds = {
            word: threshold(settings, word, model.probability_cutoff)
            for word, model in self._models.items()
        }

    @property
    def words(self) -> tuple[str, ...]:
        """The words it listens for."""
        return tuple(self._models)

    def hear(self, step: bytes) -> Heard | None:
        """Take the next `step_frames` frames; return the surest word above its threshold."""
        heard: list[Heard] = []
        for features in self._features.process_streaming(step):
            for word, model in self._models.items():
                score = model.process_streaming_prob(features) or 0.0
                if score > self._thresholds[word]:
                    heard.append(Heard(word, score))
        return max(heard, key=lambda each: each.score, default=None)

    def reset(self) -> None:
        """Forget the stream so far; reloads the models, a few ms each."""
        self._features.reset()
        for model in self._models.values():
            model.reset()

    def close(self) -> None:
        """Free the models; idempotent."""
        for model in self._models.values():
            model.close()


def open_micro(settings: WakeSettings) -> SteppedDetector:
    """Open the engine for `settings.words`.

    Raises:
        WakeEngineError: It cannot be used; one line that says why.
    """
    return SteppedDetector(MicroEngine(settings))


def _quicken(library: ModuleType) -> None:
    """Have the library average in floats: it asks `statistics.mean`, which makes fractions.

    Of its time at rest that is an eighth (tests/bench/performance/idle.py).
    """
    library.statistics = SimpleNamespace(mean=fmean)  # type: ignore[attr-defined]  # its import


def _load_custom(path: Path) -> MicroWakeWord:
    from pymicro_wakeword import MicroWakeWord, Model

    try:
        model_file = msgspec.json.decode(path.read_bytes(), type=ModelFile)
        _check(path.parent / model_file.model, MicroWakeWord.from_builtin(Model.ALEXA).lib)
        return MicroWakeWord.from_config(path)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise WakeEngineError(
            ENGINE, f"{path} is no microWakeWord model of version 2: {error}"
        ) from error


def _check(path: Path, tensorflow_lite: CDLL) -> None:
    """Raise ValueError unless TensorFlow Lite can read the model.

    `pymicro-wakeword` 2.5.0 does not look: it hands the null pointer on and dies of
    SIGSEGV.
    """
    model = tensorflow_lite.TfLiteModelCreateFromFile(str(path).encode())
    if not model:
        raise ValueError(f"{path.name} is missing or damaged")
    tensorflow_lite.TfLiteModelDelete(model)

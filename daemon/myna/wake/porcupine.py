"""Picovoice Porcupine through `pvporcupine`: 4 with an AccessKey, 1.9 without one.

The library's messages repeat the AccessKey, so none of its exceptions is shown,
chained or kept as context: an error here is told from the exception's class alone.

Custom words are .ppn files in `wake.folder`, by their name without `.ppn`; each is
made for one platform and one major version of Porcupine (Picovoice Console).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any, Final, TypeVar

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.stream import Heard, SteppedDetector
from myna.wake.words import chosen, custom_words, threshold
from myna_hardware.units import Frames, frames_for, silence

ENGINE: Final = "porcupine"
LATENCY_FRAMES: Final = frames_for(0.33)
"""The p90 of its slowest word, alexa (measured by tests/bench/bench_wake.py on 1.9.5: 323 ms)."""
FLUSH_FRAMES: Final = frames_for(2.0)
"""Longer than any wake word."""
THRESHOLD: Final = 0.5
"""Half way, as Picovoice's own default sensitivity (pvporcupine.create)."""
KEY_WANTED: Final = (
    "needs a Picovoice AccessKey: put one from console.picovoice.ai into a file "
    "and name it in wake.key_file"
)
UNKNOWN_CPU: Final = "does not run on this CPU: choose wake.engine micro"
REASONS: Final = {
    "ImportError": "pvporcupine is not installed: pip install pvporcupine",
    "ModuleNotFoundError": "pvporcupine is not installed: pip install pvporcupine",
    "NotImplementedError": UNKNOWN_CPU,
    "RuntimeError": UNKNOWN_CPU,
    "OSError": "cannot read its library, its model or a .ppn file",
    "PorcupineIOError": "cannot read its model or a .ppn file, or cannot reach Picovoice",
    "PorcupineInvalidArgumentError": (
        "does not take the AccessKey (copy it again from console.picovoice.ai), "
        "or a .ppn file is for another platform or version"
    ),
    "PorcupineActivationError": "cannot activate the AccessKey: is the network up?",
    "PorcupineActivationLimitError": (
        "the AccessKey has reached its limit of devices: see console.picovoice.ai"
    ),
    "PorcupineActivationThrottledError": "Picovoice throttles the AccessKey: try again later",
    "PorcupineActivationRefusedError": (
        "Picovoice refuses the AccessKey: see console.picovoice.ai"
    ),
}

Result = TypeVar("Result")


class PorcupineEngine:
    """One Porcupine handle for all words."""

    engine = ENGINE
    latency_frames = LATENCY_FRAMES

    def __init__(self, settings: WakeSettings, key: str | None) -> None:
        """Create the engine; with a key it may ask Picovoice over the network.

        Raises:
            WakeEngineError: The library, the key or a word cannot be used.
        """
        is_keyless = runs_without_key()
        if not (key or is_keyless):
            raise WakeEngineError(ENGINE, KEY_WANTED)
        library = _redacted(_import)
        known = library.KEYWORD_PATHS | {
            word: str(path) for word, path in custom_words(ENGINE, settings.folder, ".ppn").items()
        }
        paths = chosen(ENGINE, settings.words, known)
        access = {} if is_keyless else {"access_key": key}
        sensitivities = [1 - threshold(settings, word, THRESHOLD) for word in paths]
        self._words = tuple(paths)
        self._handle: Any = _redacted(
            lambda: library.create(
                **access, keyword_paths=list(paths.values()), sensitivities=sensitivities
            )
        )
        self.step_frames = Frames(self._handle.frame_length)

    @property
    def words(self) -> tuple[str, ...]:
        """The words it listens for."""
        return self._words

    def hear(self, step: bytes) -> Heard | None:
        """Take the next `step_frames` frames.

        Raises:
            WakeEngineError: The library failed, for one because the key expired.
        """
        index = _redacted(lambda: int(self._handle.process(array("h", step))))
        return Heard(self._words[index], 1.0) if index >= 0 else None

    def reset(self) -> None:
        """Forget the stream so far, by hearing silence: Porcupine has no reset."""
        for _ in range(0, FLUSH_FRAMES, self.step_frames):
            self.hear(silence(self.step_frames))

    def close(self) -> None:
        """Free the handle; idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.delete()


def open_porcupine(settings: WakeSettings, key: str | None) -> SteppedDetector:
    """Open the engine for `settings.words`.

    Args:
        settings: The words, their thresholds (1 minus Porcupine's sensitivity) and folder.
        key: The Picovoice AccessKey; the 1.9 series needs none.

    Raises:
        WakeEngineError: It cannot be used; one line that says why, without the key.
    """
    return SteppedDetector(PorcupineEngine(settings, key))


def runs_without_key() -> bool:
    """Say whether the installed Porcupine is of the series that asks for no AccessKey."""
    try:
        return version("pvporcupine").startswith("1.")
    except PackageNotFoundError:
        return False


def _import() -> ModuleType:
    import pvporcupine

    library: ModuleType = pvporcupine
    return library


def _redacted(call: Callable[[], Result]) -> Result:
    """Return `call()`; raise its failure as a WakeEngineError without text or context."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - import and creation raise anything, and tell the key
        name = type(error).__name__
    raise WakeEngineError(ENGINE, REASONS.get(name, f"failed with {name}"))

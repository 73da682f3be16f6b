"""Which words an engine can listen for, and how sure it must be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from myna.config import WakeSettings
from myna.errors import WakeEngineError

Model = TypeVar("Model")


def custom_words(engine: str, folder: Path | None, suffix: str) -> dict[str, Path]:
    """Return the words of `wake.folder`: each file's name without `suffix`, and the file.

    Raises:
        WakeEngineError: The folder cannot be read.
    """
    if folder is None:
        return {}
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except OSError as error:
        raise WakeEngineError(engine, f"wake.folder {folder}: {error.strerror}") from error
    return {path.stem: path for path in files}


def chosen(engine: str, words: tuple[str, ...], known: Mapping[str, Model]) -> dict[str, Model]:
    """Return what `engine` knows of `words`, in their order, each once.

    Raises:
        WakeEngineError: It does not know one; the error lists those it knows.
    """
    unknown = [word for word in words if word not in known]
    if unknown:
        raise WakeEngineError(
            engine, f"knows no word {', '.join(unknown)}; it knows {', '.join(sorted(known))}"
        )
    return {word: known[word] for word in words}


def threshold(settings: WakeSettings, word: str, default: float) -> float:
    """Return how sure an engine must be of `word`: `wake.thresholds`, else `wake.threshold`.

    Args:
        settings: Where a person may have set one.
        word: The engine's name of it.
        default: What the engine's makers recommend, 0 to 1.
    """
    general = default if settings.threshold is None else settings.threshold
    return settings.thresholds.get(word, general)

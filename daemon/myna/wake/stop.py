"""Who listens for "stop" while something sounds.

The word needs a microWakeWord model of yours in `wake.folder`, named like it: none that
may be bundled was good enough (docs/wake-words.md, "Stop").
"""

from __future__ import annotations

from typing import Final

import msgspec

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.detector import WakeDetector
from myna.wake.micro import ENGINE, open_micro
from myna.wake.words import custom_words

CURE: Final = "has no model of {0}: put {0}.json and its .tflite into wake.folder"


def open_stop_detector(settings: WakeSettings) -> WakeDetector | None:
    """Open what listens for `wake.stop_words`, or return None where there are none.

    Feed it while something sounds, and `reset` it when that begins; each takes a few ms.

    Args:
        settings: The `[wake]` table. Of the thresholds only `wake.thresholds` counts:
            `wake.threshold` is meant for the words that wake.

    Raises:
        WakeEngineError: It cannot listen for one of them; one line that says why. The
            speaker works without: the wake word and the button still cut in.
    """
    if not settings.stop_words:
        return None
    models = custom_words(ENGINE, settings.folder, ".json")
    missing = [word for word in settings.stop_words if word not in models]
    if missing:
        raise WakeEngineError(ENGINE, CURE.format(missing[0]))
    return open_micro(msgspec.structs.replace(settings, words=settings.stop_words, threshold=None))

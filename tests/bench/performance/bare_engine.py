"""The default wake engine and nothing else: its library, fed a WAV in real time.

python tests/bench/performance/bare_engine.py WAV
"""

from __future__ import annotations

import sys
import time
import wave
from typing import Final

from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

PERIOD_S: Final = 0.02
PERIOD_FRAMES: Final = 320
"""The daemon's (`myna_hardware.units`), of which nothing is imported here."""


def main() -> None:
    """Listen until the file is over."""
    features = MicroWakeWordFeatures()
    model = MicroWakeWord.from_builtin(Model.OKAY_NABU)
    with wave.open(sys.argv[1]) as sound:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        due_s = time.monotonic()
        while pcm := sound.readframes(PERIOD_FRAMES):
            due_s += PERIOD_S
            time.sleep(max(0.0, due_s - time.monotonic()))
            for vector in features.process_streaming(pcm):
                model.process_streaming_prob(vector)


if __name__ == "__main__":
    main()

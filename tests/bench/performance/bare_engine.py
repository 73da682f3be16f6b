"""The default wake engine and nothing else: its library, and the daemon's microphone.

PYTHONPATH=tests python -m bench.performance.bare_engine WAV
"""

from __future__ import annotations

import sys
from pathlib import Path

from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

from myna_hardware.microphone.file import FileMicrophone


def main() -> None:
    """Listen until the file is over."""
    features = MicroWakeWordFeatures()
    model = MicroWakeWord.from_builtin(Model.OKAY_NABU)
    microphone = FileMicrophone(Path(sys.argv[1]), "stop")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while pcm := microphone.read():
        for vector in features.process_streaming(pcm):
            model.process_streaming_prob(vector)


if __name__ == "__main__":
    main()

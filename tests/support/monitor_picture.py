"""The picture of `myna monitor` in the docs: an evening's turns, as the code draws them.

    PYTHONPATH=daemon:hardware:tests python tests/support/monitor_picture.py docs/monitor.svg

writes it. The times are made up, after what was measured of a speaker in a home network.
"""

from __future__ import annotations

import re
import sys
from io import StringIO
from pathlib import Path
from typing import Any, Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from myna.cli.screen import draw
from myna.latencies import Latencies
from myna.turns.timing import Beginning, Kind, Outcome, Part, Timing

COLUMNS: Final = 84

_Parts = tuple[tuple[str, int], ...]

_ANSWER: Final[_Parts] = (("endpointing", 612), ("server", 431), ("playout", 9))

EVENING: Final[tuple[tuple[Beginning, Outcome, _Parts, dict[Kind, int]], ...]] = (
    (
        "wake",
        "heard",
        (
            *(("noticing", 232), ("connecting", 318), ("sending", 12), ("speech", 1104)),
            *(("endpointing", 611), ("server", 402), ("tool", 38), ("server", 297)),
            *(("playout", 9), ("reply", 1840)),
        ),
        {"wake_to_first_chunk": 562, "end_of_speech_to_first_sound": 1357},
    ),
    (
        "speech",
        "cut",
        (("speech", 930), *_ANSWER, ("reply", 5210), ("cutting", 187)),
        {"end_of_speech_to_first_sound": 1052, "barge_in_to_silence": 187},
    ),
    (
        "barge-in",
        "heard",
        (("speech", 1410), *_ANSWER, ("reply", 3120)),
        {"end_of_speech_to_first_sound": 1052},
    ),
    (
        "wake",
        "heard",
        (
            *(("noticing", 240), ("speech", 420), ("connecting", 1490), ("sending", 14)),
            *(("endpointing", 6), ("server", 466), ("playout", 10), ("reply", 980)),
        ),
        {"wake_to_first_chunk": 2164, "end_of_speech_to_first_sound": 1986},
    ),
    (
        "wake",
        "heard",
        (
            *(("noticing", 228), ("connecting", 301), ("sending", 11), ("speech", 890)),
            *(("endpointing", 609), ("server", 388), ("playout", 8), ("reply", 2230)),
        ),
        {"wake_to_first_chunk": 540, "end_of_speech_to_first_sound": 1005},
    ),
)


def moment() -> dict[str, Any]:
    """Return a moment of that evening, as the control socket tells it."""
    latencies = Latencies()
    for began_by, outcome, parts, waits_ms in EVENING:
        told = tuple(Part(name, ms) for name, ms in parts)
        latencies.add(Timing(began_by, outcome, told, waits_ms, ended_s=0.0))
    return {
        "state": "speaking",
        "state_for_s": 2,
        "lights": "speaking",
        "microphone_dbfs": -38.0,
        "session": {"state": "open", "for_s": 7, "last_close": None},
        "last_wake": None,
        "user_text": "And how warm is it outside?",
        "reply_text": "It is nine degrees, and it will rain tonight.",
        "tools": [{"id": "1", "name": "read_sensors", "ok": True, "ms": 38.0}],
        "waits_for_yes": None,
        "latencies": latencies.figures(),
        "troubles": {},
        "turns": latencies.last_turns(0.0),
    }


def picture() -> str:
    """Return the picture: an SVG."""
    console = Console(width=COLUMNS, height=40, record=True, file=StringIO(), color_system="256")
    console.print(draw(moment()))
    fetches_nothing = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="myna monitor", code_format=fetches_nothing, unique_id="monitor")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")

"""How long people wait for the speaker, over its last turns. PURE.

Measured from what the trace tells, as a person would with a stopwatch:

- wake to first chunk: from hearing the wake word until the first of what was said after it
  has left. Where the user pauses after the wake word, from their first word.
- end of speech to first sound: from the last word of the user until the reply sounds.
- barge-in to silence: from the user's first word over the reply, or the press, until the
  reply is cut.

The finders of speech are sure only a while after the fact; that while is taken off again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import ceil
from typing import Final, Literal, TypeAlias

from myna.conversation.endpointing import START_S
from myna.trace import EventName

Kind: TypeAlias = Literal[
    "wake_to_first_chunk", "end_of_speech_to_first_sound", "barge_in_to_silence"
]
KINDS: Final[tuple[Kind, ...]] = (
    "wake_to_first_chunk",
    "end_of_speech_to_first_sound",
    "barge_in_to_silence",
)

KEPT: Final = 50
"""Turns that count: a day of a busy home, and an hour of one that is being tried out."""

ONE_BREATH_S: Final = 1.0
"""Whoever speaks later than this after the wake word has waited for something."""

BARGE_IN_S: Final = 2.0
"""What began earlier than so long before the reply was cut is not what cut it."""

_CUTTING_IN: Final[dict[EventName, float]] = {
    "wake": 0.0,
    "button": 0.0,
    "interrupted": 0.0,
    "speech_started": START_S,
}
"""What over a reply is a barge-in, and how long before it the user began."""

_ENDS: Final[dict[EventName, Kind]] = {
    "chunk_sent": "wake_to_first_chunk",
    "playback_started": "end_of_speech_to_first_sound",
    "playback_flushed": "barge_in_to_silence",
}


class Latencies:
    """Measures; `note` is an observer of the trace.

    Args:
        end_silence_s: How long after the last word speech is known to be over.
        kept: How many of the last turns count.
    """

    def __init__(self, end_silence_s: float, kept: int = KEPT) -> None:
        self._end_silence_s = end_silence_s
        self._measured: dict[Kind, deque[float]] = {kind: deque(maxlen=kept) for kind in KINDS}
        self._began_s: dict[Kind, float] = {}
        self._is_speaking = False

    def note(self, t: float, event: EventName, fields: Mapping[str, object]) -> None:
        """Take an event of the trace that happened at `t` seconds."""
        if event in _CUTTING_IN and self._is_speaking:
            self._note_barge_in(t - _CUTTING_IN[event])
        elif event in _ENDS:
            self._end(_ENDS[event], t)
        elif event == "state":
            self._note_state(t, fields["to"])
        else:
            self._note_user(t, event, fields)

    def figures(self) -> dict[str, dict[str, int] | None]:
        """Return median and 95th percentile of each; None where there is none yet."""
        return {kind: _summary(values) for kind, values in self._measured.items()}

    def _note_user(self, t: float, event: EventName, fields: Mapping[str, object]) -> None:
        match event, fields.get("gesture"):
            case "wake", _:
                self._began_s["wake_to_first_chunk"] = t
            case "speech_started", _:  # they go on: what ended was no more than a pause
                self._began_s.pop("end_of_speech_to_first_sound", None)
            case "speech_ended", _:
                self._began_s["end_of_speech_to_first_sound"] = t - self._end_silence_s
            case "button", "over":
                self._began_s["end_of_speech_to_first_sound"] = t

    def _note_state(self, t: float, state: object) -> None:
        self._is_speaking = state == "speaking"
        woken_s = self._began_s.get("wake_to_first_chunk")
        if state == "connecting" and woken_s is not None and t - woken_s > ONE_BREATH_S:
            self._began_s["wake_to_first_chunk"] = t - START_S
        if state in {"idle", "muted", "offline"}:
            self._began_s.clear()

    def _note_barge_in(self, t: float) -> None:
        """Somebody cuts in; their word and what the server makes of it are one barge-in."""
        if t - self._began_s.get("barge_in_to_silence", -BARGE_IN_S) >= BARGE_IN_S:
            self._began_s["barge_in_to_silence"] = t

    def _end(self, kind: Kind, t: float) -> None:
        if kind == "end_of_speech_to_first_sound":
            self._began_s.pop("barge_in_to_silence", None)  # it cut nothing
        began_s = self._began_s.pop(kind, None)
        if began_s is not None:
            self._measured[kind].append(t - began_s)


def _summary(seconds: deque[float]) -> dict[str, int] | None:
    if not seconds:
        return None
    ranked = sorted(seconds)
    return {
        "p50_ms": round(1000 * _at(ranked, 0.5)),
        "p95_ms": round(1000 * _at(ranked, 0.95)),
        "turns": len(ranked),
    }


def _at(ranked: list[float], share: float) -> float:
    """Return the value that `share` of all do not exceed (nearest rank)."""
    return ranked[ceil(share * len(ranked)) - 1]

"""Where the time of one turn went. PURE.

A turn is what somebody says and what they hear in reply. It is cut into parts at the marks
that are met on the way. Each part is named after the mark that ends it, and begins where the
one before has ended: of two things that go on at once, such as the user's speech and the
opening of the session, the later one is what was waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import Any, Final, Literal, TypeAlias

Beginning: TypeAlias = Literal["wake", "button", "speech", "barge-in", "command", "server"]
"""What began a turn; "speech" is a follow-up without a wake word, "server" a reply unasked."""

Outcome: TypeAlias = Literal["heard", "cut", "unanswered"]

Mark: TypeAlias = Literal[
    "session_opening",
    "session_ready",
    "first_chunk",
    "end_of_speech",
    "pause_sent",
    "tool_call",
    "tool_result",
    "first_audio",
    "first_sound",
    "barge_in",
    "silence",
    "given_up",
]

PART_BEFORE: Final[Mapping[Mark, str]] = {
    "session_opening": "noticing",
    "session_ready": "connecting",
    "first_chunk": "sending",
    "end_of_speech": "speech",
    "pause_sent": "endpointing",
    "tool_call": "server",
    "tool_result": "tool",
    "first_audio": "server",
    "first_sound": "playout",
    "barge_in": "reply",
    "silence": "reply",
    "given_up": "in vain",
}
"""What goes on until a mark is met."""

CUTTING: Final = "cutting"
"""What goes on until silence, once the user has cut in."""

Kind: TypeAlias = Literal[
    "wake_to_first_chunk",
    "end_of_speech_to_first_sound",
    "our_share_of_first_sound",
    "server_share_of_first_sound",
    "barge_in_to_silence",
]
KINDS: Final[tuple[Kind, ...]] = (
    "wake_to_first_chunk",
    "end_of_speech_to_first_sound",
    "our_share_of_first_sound",
    "server_share_of_first_sound",
    "barge_in_to_silence",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a turn.

    Attributes:
        name: What went on.
        ms: How long.
    """

    name: str
    ms: int


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of a turn that is over.

    Attributes:
        began_by: What began it.
        outcome: Whether its reply was heard out.
        parts: From its beginning to silence, in order.
        waits_ms: How long people waited; what did not happen is absent.
        ended_s: When it was over, on the trace's clock.
    """

    began_by: Beginning
    outcome: Outcome
    parts: tuple[Part, ...]
    waits_ms: Mapping[Kind, int]
    ended_s: float

    def fields(self) -> dict[str, Any]:
        """Return it as the trace and the control socket tell it."""
        return {
            "began_by": self.began_by,
            "outcome": self.outcome,
            "parts": [{"part": part.name, "ms": part.ms} for part in self.parts],
            "waits_ms": dict(self.waits_ms),
            "total_ms": sum(part.ms for part in self.parts),
        }


def timing(
    began_by: Beginning,
    began_s: float,
    marks: Iterable[tuple[float, Mark]],
    outcome: Outcome,
    ended_s: float,
) -> Timing:
    """Return the times of a turn that is over.

    Args:
        began_by: What began it.
        began_s: When, on the trace's clock.
        marks: What was met, and when; not before the beginning.
        outcome: Whether its reply was heard out.
        ended_s: When it was over.
    """
    stretches = tuple(_stretches(began_s, sorted(marks, key=lambda each: each[0])))
    waits = _waits(began_by, began_s, stretches)
    return Timing(
        began_by=began_by,
        outcome=outcome,
        parts=tuple(_parts(began_s, stretches)),
        waits_ms={kind: round(1000 * wait_s) for kind, wait_s in waits},
        ended_s=ended_s,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    name: str
    until: Mark
    from_s: float
    to_s: float


def _stretches(began_s: float, marks: Iterable[tuple[float, Mark]]) -> Iterator[_Stretch]:
    from_s, has_cut_in = began_s, False
    for at_s, mark in marks:
        yield _Stretch(CUTTING if has_cut_in else PART_BEFORE[mark], mark, from_s, at_s)
        from_s, has_cut_in = at_s, has_cut_in or mark == "barge_in"


def _parts(began_s: float, stretches: Iterable[_Stretch]) -> Iterator[Part]:
    """Yield them in whole milliseconds whose sum is that of the turn."""
    from_ms = 0
    for name, group in groupby(stretches, lambda each: each.name):
        to_ms = round(1000 * (max(each.to_s for each in group) - began_s))
        yield Part(name, to_ms - from_ms)
        from_ms = to_ms


def _waits(
    began_by: Beginning, began_s: float, stretches: Sequence[_Stretch]
) -> Iterator[tuple[Kind, float]]:
    met_s = {each.until: each.to_s for each in reversed(stretches)}
    if began_by == "wake" and "first_chunk" in met_s:
        yield "wake_to_first_chunk", met_s["first_chunk"] - began_s
    spoke_s, sound_s = met_s.get("end_of_speech", inf), met_s.get("first_sound", -inf)
    if spoke_s <= sound_s:
        yield "end_of_speech_to_first_sound", sound_s - spoke_s
        yield from _shares([each for each in stretches if spoke_s <= each.from_s < sound_s])
    if "barge_in" in met_s:
        yield "barge_in_to_silence", met_s["silence"] - met_s["barge_in"]


def _shares(wait: Sequence[_Stretch]) -> Iterator[tuple[Kind, float]]:
    """Yield who made the user wait; unknown where a connection had to be made as well."""
    if any(each.name in {"noticing", "connecting"} for each in wait):
        return
    lasted_s = [(each.to_s - each.from_s, each.name == "server") for each in wait]
    yield "our_share_of_first_sound", sum(s for s, is_servers in lasted_s if not is_servers)
    yield "server_share_of_first_sound", sum(s for s, is_servers in lasted_s if is_servers)

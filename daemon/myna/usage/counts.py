"""What was used, and the sums of it.

PURE. Days are given as arguments, in the time zone of whoever asks.

How the server counts: one `usageMetadata` a turn, on the frame of its `turnComplete`, a
turn with tool calls included (pydantic-ai recorded cassettes, test_google_ws). Its counts
are those of the turn and start anew with the next one (pydantic-ai#7269, a live probe of
two models), but each turn's prompt is the whole history, which is billed again: the sum
over all turns meets the bill within 3 %, the last count alone is 8.6 times too low
(discuss.ai.google.dev, topic 173248). So turns are added up, and within one turn a repeated
count replaces the one before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct, field
from msgspec.structs import replace

KEPT_DAYS: Final = 31

OTHER: Final = "OTHER"
"""Tokens that the server names no modality for, or one that is not known here."""

_MODALITIES: Final = frozenset({"TEXT", "AUDIO", "IMAGE", "VIDEO", "DOCUMENT", "THOUGHTS"})
"""The names that are kept: a server that invents names must not make the books grow."""

_LARGEST: Final = 2**31 - 1
"""Counts on the wire are int32 (Live API reference, UsageMetadata)."""

Count = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Tokens: TypeAlias = dict[str, Count]


class Counts(Struct, frozen=True, forbid_unknown_fields=True):
    """What was used.

    Attributes:
        conversations: How many began.
        tokens_in: What the model read, by modality.
        tokens_out: What it produced, by modality; thinking stands under "THOUGHTS".
        seconds_in: Microphone audio sent.
        seconds_out: Reply audio received.
        stills: Pictures sent.
    """

    conversations: Count = 0
    tokens_in: Tokens = field(default_factory=dict)
    tokens_out: Tokens = field(default_factory=dict)
    seconds_in: Seconds = 0.0
    seconds_out: Seconds = 0.0
    stills: Count = 0

    @property
    def minutes(self) -> float:
        """Minutes of audio, both ways."""
        return (self.seconds_in + self.seconds_out) / 60

    @property
    def tokens(self) -> int:
        """All tokens, both ways."""
        return sum(self.tokens_in.values()) + sum(self.tokens_out.values())

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.conversations + other.conversations,
            _sum(self.tokens_in, other.tokens_in),
            _sum(self.tokens_out, other.tokens_out),
            self.seconds_in + other.seconds_in,
            self.seconds_out + other.seconds_out,
            self.stills + other.stills,
        )


def tokens_counted(
    input_by_modality: Mapping[str, int], output_by_modality: Mapping[str, int], total: int
) -> Counts:
    """Take over what the server says of a turn; what its parts do not cover was read."""
    tokens_in, tokens_out = _known(input_by_modality), _known(output_by_modality)
    rest = min(total, _LARGEST) - tokens_in.total() - tokens_out.total()
    tokens_in[OTHER] += max(0, rest)
    return Counts(tokens_in=dict(+tokens_in), tokens_out=dict(+tokens_out))


def _known(by_modality: Mapping[str, int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, count in by_modality.items():
        counts[name if name in _MODALITIES else OTHER] += min(max(0, count), _LARGEST)
    return counts


def _sum(one: Tokens, other: Tokens) -> Tokens:
    return dict(Counter(one) + Counter(other))


class Ledger:
    """The books: this conversation's, and each day's of the last month.

    Args:
        days: What is known from before.
    """

    def __init__(self, days: Mapping[date, Counts] | None = None) -> None:
        self._days: dict[date, Counts] = dict(days or {})
        self._conversation = Counts()
        self._turn = Counts()
        self._turn_day: date | None = None

    @property
    def conversation(self) -> Counts:
        """The current conversation, or the last one."""
        return self._conversation + self._turn

    @property
    def days(self) -> dict[date, Counts]:
        """Every day that is kept; days on which nothing happened are missing."""
        days = dict(self._days)
        if self._turn_day is not None:
            days[self._turn_day] = days.get(self._turn_day, Counts()) + self._turn
        return days

    def day(self, day: date) -> Counts:
        """Return what was used on `day`."""
        return self.days.get(day, Counts())

    def start_conversation(self, day: date) -> None:
        """Begin a conversation; its counts begin at zero."""
        self.end_turn()
        self._conversation = Counts()
        self._add(day, Counts(conversations=1))

    def add_audio_in(self, day: date, seconds: float) -> None:
        """Add microphone audio that was sent."""
        self._add(day, Counts(seconds_in=seconds))

    def add_audio_out(self, day: date, seconds: float) -> None:
        """Add reply audio that was received."""
        self._add(day, Counts(seconds_out=seconds))

    def add_still(self, day: date) -> None:
        """Add a picture that was sent."""
        self._add(day, Counts(stills=1))

    def add_tokens(
        self,
        day: date,
        input_by_modality: Mapping[str, int],
        output_by_modality: Mapping[str, int],
        total: int,
    ) -> None:
        """Note what the current turn has cost so far; it is not added to what was noted before.

        A count that is smaller than the one before is incomplete and changes nothing.
        """
        turn = tokens_counted(input_by_modality, output_by_modality, total)
        if turn.tokens >= self._turn.tokens:
            self._turn, self._turn_day = turn, day

    def end_turn(self) -> None:
        """Close the turn: tokens that come from now on are another turn's."""
        if self._turn_day is not None:
            self._add(self._turn_day, self._turn)
        self._turn, self._turn_day = Counts(), None

    def _add(self, day: date, counts: Counts) -> None:
        self._conversation += counts
        if day not in self._days:
            # The day itself stays even if it is the oldest: a clock may have been wrong.
            kept = sorted(self._days)[-(KEPT_DAYS - 1) :]
            self._days = {each: self._days[each] for each in kept}
        self._days[day] = self._days.get(day, Counts()) + counts


def rounded(counts: Counts) -> Counts:
    """Return the counts as they are written down: to the millisecond."""
    return replace(
        counts,
        seconds_in=round(counts.seconds_in, 3),
        seconds_out=round(counts.seconds_out, 3),
    )

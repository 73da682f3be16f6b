"""PURE: the parts of a turn, from the user's last sound to the first sound of the reply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

PARTS = (
    "ours: until the end of speech is known",
    "the way there",
    "the server's: hearing the end",
    "the server's: thinking",
    "the way back, and reading it",
    "ours: until the speaker has the reply",
    "the speaker's",
)
"""In the order in which they pass; each is somebody's."""


class Moments(Struct, frozen=True):
    """When what happened in a turn, in seconds on one clock.

    Attributes:
        spoken_s: The user's last sound was captured.
        known_s: The speaker knew that, and told the server; None where it leaves it to the
            server.
        told_s: It had reached the server; without `known_s`, the last sound had.
        ended_s: The server took the speech to be over.
        sent_s: The server sent the first of its reply.
        received_s: We had read it.
        given_s: The first of it was with the device.
        heard_s: It sounded.
    """

    spoken_s: float
    known_s: float | None
    told_s: float
    ended_s: float
    sent_s: float
    received_s: float
    given_s: float
    heard_s: float

    @property
    def parts_ms(self) -> tuple[float, ...]:
        """How long each of `PARTS` took, in milliseconds; together they are the whole."""
        known_s = self.spoken_s if self.known_s is None else self.known_s
        times = (
            self.spoken_s,
            known_s,
            self.told_s,
            self.ended_s,
            self.sent_s,
            self.received_s,
            self.given_s,
            self.heard_s,
        )
        return tuple(1000 * (end - start) for start, end in pairwise(times))

    @property
    def total_ms(self) -> float:
        """From the user's last sound to the first of the reply."""
        return 1000 * (self.heard_s - self.spoken_s)


def within(times_s: Sequence[float], since_s: float, until_s: float) -> float | None:
    """Return the first of `times_s` between two; None where there is none."""
    return next((t for t in times_s if since_s < t < until_s), None)


def arrival_of(frame: int, arrivals: Sequence[tuple[float, int]]) -> float | None:
    """Return when a frame had reached the server.

    Args:
        frame: Of the microphone.
        arrivals: When how far the microphone had come there: (time, one past the last frame).
    """
    return next((t for t, end in arrivals if end >= frame), None)


def arrivals(
    times_s: Sequence[float], spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[float, int]]:
    """Put together when each chunk came, and its (first frame, frames), as it was sent."""
    for t, (first, frames) in zip(times_s, spans, strict=False):
        yield t, first + frames

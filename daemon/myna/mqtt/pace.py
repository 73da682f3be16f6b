"""How long the broker is waited for. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds.

    Attributes:
        ladder_s: Before each attempt to connect; a broker of one's own house bears one
            every half a minute.
        steady_s: A connection that lasted as long was a good one: the next attempt is the
            first again.
        keepalive_s: Without a word, after which a ping is sent; as long again without an
            answer, and the connection counts as lost. Home Assistant allows 15 at least
            for its own.
        answer_s: For the answer to anything that is sent.
    """

    ladder_s: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    steady_s: float = 30.0
    keepalive_s: int = 15
    answer_s: float = 5.0


USUAL: Final = Pace()

"""The playout: first in, first out, bounded, and empty after a flush."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from myna.audio.playout import Playout
from myna_hardware.units import Frames, frames_in

PCM = st.binary(max_size=200).map(lambda raw: raw[: len(raw) // 2 * 2])
LIMIT = Frames(300)


class PlayoutMachine(RuleBasedStateMachine):
    """A playout beside the simplest thing that could be one."""

    def __init__(self) -> None:
        super().__init__()
        self.playout = Playout(LIMIT)
        self.model = b""

    @rule(pcm=PCM)
    def put(self, pcm: bytes) -> None:
        kept = pcm[: 2 * (LIMIT - frames_in(self.model))]
        assert self.playout.put(pcm) == frames_in(pcm) - frames_in(kept)
        self.model += kept

    @rule(frames=st.integers(0, 100))
    def take(self, frames: int) -> None:
        assert self.playout.take(Frames(frames)) == self.model[: 2 * frames]
        self.model = self.model[2 * frames :]

    @rule()
    def flush(self) -> None:
        assert self.playout.flush() == frames_in(self.model)
        self.model = b""

    @invariant()
    def counts_what_is_queued(self) -> None:
        assert self.playout.queued_frames == frames_in(self.model)


TestPlayout = PlayoutMachine.TestCase


@given(st.lists(PCM, max_size=20), st.integers(1, 50))
def test_reply_is_heard_as_it_was_sent_in_any_periods(pieces: list[bytes], period: int) -> None:
    playout = Playout(Frames(100_000))
    for piece in pieces:
        playout.put(piece)
    heard = b""
    while taken := playout.take(Frames(period)):
        heard += taken
    assert heard == b"".join(pieces)

"""The ring: what it gives back is what was put in, by frame number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.preroll import PreRoll
from myna_hardware.units import Frames

PIECES = st.lists(st.integers(0, 40), max_size=30)


def count(first: int, frames: int) -> bytes:
    """Frames whose samples are their own numbers."""
    return b"".join((n % 65536).to_bytes(2, "little") for n in range(first, first + frames))


def filled(pieces: list[int], capacity: int = 32) -> PreRoll:
    ring = PreRoll(Frames(capacity))
    for frames in pieces:
        ring.append(count(ring.next_frame, frames))
    return ring


@given(PIECES, st.data())
def test_ring_returns_each_held_frame_under_its_number(
    pieces: list[int], data: st.DataObject
) -> None:
    ring = filled(pieces)
    first = data.draw(st.integers(ring.oldest_frame, ring.next_frame))
    frames = data.draw(st.integers(0, 64))
    expected = min(frames, ring.next_frame - first)
    assert ring.read(Frames(first), Frames(frames)) == count(first, expected)


@given(PIECES)
def test_ring_holds_the_newest_frames_and_counts_them_all(pieces: list[int]) -> None:
    ring = filled(pieces)
    assert ring.next_frame == sum(pieces)
    assert ring.next_frame - ring.oldest_frame == min(32, sum(pieces))


def test_ring_refuses_a_frame_that_is_gone() -> None:
    with pytest.raises(ValueError, match="frame 7 is gone; the oldest is 8"):
        filled([40]).read(Frames(7), Frames(1))


def test_ring_has_nothing_yet_of_the_future() -> None:
    assert filled([10]).read(Frames(50), Frames(10)) == b""

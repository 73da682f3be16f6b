"""A lane: every sample once, and no click where sound is cut, torn or taken up again."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.fades import CONCEAL, FADE, QUIET_PEAK, dying, fade_in, fade_out, is_torn
from myna.audio.lane import Lane
from myna_hardware.units import Frames, bytes_for, frames_in
from support.pcm import note

LIMIT = Frames(100_000)
LOUD = array("h", [9000] * 2400).tobytes()
TONE = note(440, 0.2, peak=20_000)
TORN = TONE[: bytes_for(2013)]
"""Ends near a crest."""

LARGEST_STEP = 2700
"""Between two samples of TONE and of what its fades make of it; 440 Hz at 20,000."""


def largest_step(pcm: bytes) -> int:
    return max(abs(b - a) for a, b in pairwise((0, *array("h", pcm), 0)))


def filled(*pieces: bytes) -> Lane:
    lane = Lane(LIMIT)
    for piece in pieces:
        lane.put(piece)
    return lane


def take_all(lane: Lane, frames: int = 240) -> bytes:
    heard = b""
    while pcm := lane.take(frames):
        heard += pcm
    return heard


def test_tone_of_these_tests_is_torn_with_a_step() -> None:
    assert largest_step(TONE) < LARGEST_STEP < 12_000 < largest_step(TORN)


# --- the fades themselves ---------------------------------------------------------------


def test_fade_out_falls_from_nearly_all_to_nearly_nothing() -> None:
    faded = array("h", fade_out(LOUD[: bytes_for(FADE)]))
    assert faded[0] > 8990
    assert abs(faded[-1]) < 10
    assert all(before >= after for before, after in pairwise(faded))


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200))
def test_fade_in_is_the_same_in_any_pieces(sizes: list[int]) -> None:
    risen, at = b"", 0
    for size in sizes:
        risen += fade_in(LOUD[: bytes_for(size)], min(at, FADE), FADE)
        at += size
    whole = fade_in(LOUD[: bytes_for(FADE)], 0, FADE)
    assert risen[: len(whole)] == whole[: len(risen)]
    assert set(array("h", risen[len(whole) :])) <= {9000}


@pytest.mark.parametrize(
    ("samples", "torn"),
    [([], False), ([QUIET_PEAK] * 30, False), ([0] * 30 + [-QUIET_PEAK - 1], True)],
)
def test_end_is_torn_when_it_is_not_quiet(samples: list[int], torn: bool) -> None:
    assert is_torn(array("h", samples).tobytes()) == torn


def test_end_is_not_torn_by_what_was_loud_a_millisecond_before() -> None:
    assert not is_torn(LOUD + bytes(bytes_for(24)))


def test_dying_sound_goes_on_where_it_stopped() -> None:
    ending = array("h", dying(TORN, CONCEAL))
    assert abs(ending[0] - array("h", TORN)[-1]) < 50
    assert len(ending) == CONCEAL
    assert abs(ending[-1]) < 20


# --- what sounds is heard whole ---------------------------------------------------------


@given(st.lists(st.binary(max_size=300).map(lambda raw: raw[: len(raw) // 2 * 2])))
def test_lane_gives_what_it_was_given_and_then_at_most_a_fade(pieces: list[bytes]) -> None:
    heard = take_all(filled(*pieces), 50)
    whole = b"".join(pieces)
    assert heard.startswith(whole)
    assert frames_in(heard) - frames_in(whole) <= CONCEAL


def test_lane_adds_nothing_to_a_sound_that_ends_quietly() -> None:
    lane = filled(TONE)
    assert take_all(lane) == TONE
    assert not lane.is_torn
    lane.put(TONE)
    assert take_all(lane) == TONE


def test_lane_counts_what_is_queued_with_its_ending() -> None:
    lane = filled(TORN)
    assert lane.queued_frames == 2013
    lane.take(2100)
    assert lane.queued_frames == CONCEAL - 87


def test_lane_refuses_what_is_too_much() -> None:
    assert Lane(Frames(10)).put(LOUD) == 2390


# --- running dry ------------------------------------------------------------------------


@pytest.mark.parametrize("frames", [61, 240, 5000])
def test_lane_that_runs_dry_dies_away_without_a_step(frames: int) -> None:
    lane = filled(TORN)
    heard = take_all(lane, frames)
    assert largest_step(heard) < LARGEST_STEP
    assert frames_in(heard) == 2013 + CONCEAL
    assert lane.is_torn
    assert lane.take(240) == b"", "it dies away once"


@pytest.mark.parametrize("frames", [37, 240])
def test_lane_comes_back_softly_after_it_ran_dry(frames: int) -> None:
    lane = filled(TORN)
    take_all(lane)
    lane.put(TORN[::-1][: bytes_for(500)][::-1])
    lane.put(TONE[bytes_for(2013) :])
    heard = take_all(lane, frames)
    assert not lane.is_torn
    assert largest_step(heard) < LARGEST_STEP
    assert (
        heard[bytes_for(FADE) :]
        == (TORN[-bytes_for(500) :] + TONE[bytes_for(2013) :])[bytes_for(FADE) :]
    )


def test_lane_finishes_dying_away_before_it_comes_back() -> None:
    lane = filled(TORN)
    before = lane.take(2060)
    lane.put(TONE[bytes_for(2013) :])
    assert largest_step(before + take_all(lane)) < LARGEST_STEP


# --- cutting ----------------------------------------------------------------------------


def test_flush_fades_what_comes_next_and_drops_the_rest() -> None:
    lane = filled(TONE)
    before = lane.take(1300)
    assert lane.flush() == frames_in(TONE) - 1300 - FADE
    after = take_all(lane)
    assert frames_in(after) == FADE
    assert largest_step(before + after) < LARGEST_STEP


@pytest.mark.parametrize("left", [0, 50])
def test_flush_lets_a_sound_die_of_which_too_little_is_left(left: int) -> None:
    lane = filled(TORN)
    before = lane.take(2013 - left)
    assert lane.flush() == 0
    after = take_all(lane)
    assert frames_in(after) == FADE
    assert largest_step(before + after) < LARGEST_STEP
    assert not lane.is_torn


def test_flush_drops_in_silence_what_has_not_begun() -> None:
    lane = filled(TONE)
    assert lane.flush() == frames_in(TONE)
    assert lane.take(240) == b""


def test_flush_adds_nothing_to_a_sound_that_ended_quietly() -> None:
    lane = filled(TONE)
    lane.take(frames_in(TONE))
    lane.flush()
    assert lane.take(240) == b""


def test_second_flush_leaves_the_fade_of_the_first() -> None:
    lane = filled(TONE)
    lane.take(1300)
    lane.flush()
    before = lane.take(40)
    assert lane.flush() == 0
    assert frames_in(before + take_all(lane)) == FADE


def test_flush_keeps_the_rise_that_it_falls_into() -> None:
    lane = filled(TORN)
    take_all(lane)
    lane.put(TORN[-bytes_for(1000) :])
    before = lane.take(20)
    lane.flush()
    assert largest_step(before + take_all(lane)) < LARGEST_STEP


def test_sound_after_a_flush_is_heard_whole() -> None:
    lane = filled(TONE)
    lane.take(1300)
    lane.flush()
    lane.put(LOUD)
    assert take_all(lane)[bytes_for(FADE) :].startswith(LOUD)


def test_clear_drops_everything_at_once() -> None:
    lane = filled(TORN)
    lane.take(2060)
    assert lane.clear() == CONCEAL - 47
    lane.put(TONE)
    lane.take(100)
    assert lane.clear() == frames_in(TONE) - 100
    assert lane.take(240) == b""

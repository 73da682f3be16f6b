"""The cursor: every frame once and in order, around a gap that is exact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from myna.audio.cursor import AGE_LIMIT, CATCH_UP_CHUNK, LIVE_CHUNK, Span, UplinkCursor
from myna_hardware.units import Frames

F = Frames


def drain(cursor: UplinkCursor, newest: int, oldest: int = 0) -> list[int]:
    """Take everything there is; return the numbers of the frames taken."""
    taken: list[int] = []
    while (span := cursor.take(F(oldest), F(newest))) is not None:
        taken += range(span.first, span.first + span.frames)
    return taken


def test_cursor_waits_for_a_whole_live_chunk() -> None:
    cursor = UplinkCursor(F(0))
    assert cursor.take(F(0), F(LIVE_CHUNK - 1)) is None
    assert cursor.take(F(0), LIVE_CHUNK) == Span(F(0), LIVE_CHUNK)


def test_cursor_catches_up_in_large_chunks() -> None:
    assert UplinkCursor(F(0)).take(F(0), F(80_000)) == Span(F(0), CATCH_UP_CHUNK)


@given(st.integers(0, 5000), st.lists(st.integers(0, 5000), max_size=30))
def test_cursor_sends_every_frame_once_and_in_order(first: int, steps: list[int]) -> None:
    cursor, newest, taken = UplinkCursor(F(first)), 0, []
    for frames in steps:
        newest += frames
        taken += drain(cursor, newest)
    assert taken == list(range(first, first + len(taken)))
    assert newest - (first + len(taken)) < LIVE_CHUNK


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000))
def test_gate_leaves_out_exactly_what_was_captured_behind_it(a: int, b: int, c: int) -> None:
    shut, opened, end = a, a + b, a + b + c
    cursor = UplinkCursor(F(0))
    taken = drain(cursor, shut // 2)
    cursor.shut(F(shut))
    taken += drain(cursor, opened)
    assert cursor.is_at_gate
    cursor.open(F(opened))
    taken += drain(cursor, end)
    expected = [*range(shut), *range(opened, end)]
    assert taken == expected[: len(taken)]
    assert len(expected) - len(taken) < LIVE_CHUNK


def test_gate_opened_in_the_past_sends_what_was_said_since() -> None:
    cursor = UplinkCursor(F(0))
    cursor.shut(F(640))
    drain(cursor, 640)
    cursor.open(F(1000))
    assert drain(cursor, 3000)[0] == 1000


def test_gate_opens_in_the_future_once_the_echo_is_gone() -> None:
    cursor = UplinkCursor(F(0))
    cursor.shut(F(640))
    drain(cursor, 2000)
    cursor.open(F(4000))
    assert drain(cursor, 3999) == []
    assert drain(cursor, 5000)[0] == 4000


def test_second_shut_before_opening_changes_nothing() -> None:
    cursor = UplinkCursor(F(0))
    cursor.shut(F(640))
    cursor.shut(F(1280))
    assert drain(cursor, 2000)[-1] == 639


def test_open_without_a_gate_changes_nothing() -> None:
    cursor = UplinkCursor(F(0))
    cursor.open(F(1280))
    assert drain(cursor, 640)[0] == 0


def test_cursor_skips_and_counts_what_fell_out_of_the_ring() -> None:
    cursor = UplinkCursor(F(100))
    assert drain(cursor, newest=5000, oldest=1100)[0] == 1100
    assert cursor.take_lost() == 1000
    assert cursor.take_lost() == 0


def test_rewound_cursor_sends_again_what_may_not_have_arrived() -> None:
    cursor = UplinkCursor(F(1000))
    drain(cursor, 9000)
    cursor.rewind(F(5000), F(9000))
    assert drain(cursor, 20_000)[0] == 5000


def test_rewound_cursor_sends_nothing_from_before_its_first_frame() -> None:
    cursor = UplinkCursor(F(1000))
    drain(cursor, 9000)
    cursor.rewind(F(0), F(9000))
    assert drain(cursor, 20_000)[0] == 1000


def test_cursor_is_never_rewound_forward() -> None:
    cursor = UplinkCursor(F(0))
    cursor.rewind(F(5000), F(9000))
    assert drain(cursor, 9000)[0] == 0


def test_rewound_cursor_leaves_the_same_gap_out_again() -> None:
    cursor = UplinkCursor(F(0))
    cursor.shut(F(1000))
    drain(cursor, 3000)
    cursor.open(F(2000))
    drain(cursor, 6000)
    cursor.rewind(F(0), F(6000))
    taken = drain(cursor, 6000)
    assert taken == [*range(1000), *range(2000, 2000 + len(taken) - 1000)]


def never(_first: int) -> bool:
    return False


def test_hurried_cursor_keeps_up_as_long_as_it_is_level() -> None:
    cursor = UplinkCursor(F(0))
    cursor.hurry(AGE_LIMIT, never)
    assert drain(cursor, AGE_LIMIT) == list(range(AGE_LIMIT))
    assert cursor.take_lost() == 0


def test_hurried_cursor_drops_the_oldest_silence_first() -> None:
    cursor, newest = UplinkCursor(F(0)), AGE_LIMIT + 2 * LIVE_CHUNK
    silence = (3 * LIVE_CHUNK, 5 * LIVE_CHUNK, 7 * LIVE_CHUNK)
    cursor.hurry(F(newest), lambda first: first in silence)
    taken = drain(cursor, newest)
    assert taken[0] == 0
    assert set(range(newest)) - set(taken) == {
        *range(3 * LIVE_CHUNK, 4 * LIVE_CHUNK),
        *range(5 * LIVE_CHUNK, 6 * LIVE_CHUNK),
    }
    assert cursor.take_lost() == 2 * LIVE_CHUNK


def test_hurried_cursor_drops_the_oldest_speech_when_all_is_speech() -> None:
    cursor, newest = UplinkCursor(F(0)), AGE_LIMIT + 2 * LIVE_CHUNK
    cursor.hurry(F(newest), never)
    assert drain(cursor, newest)[0] == 2 * LIVE_CHUNK


def test_hurried_cursor_keeps_what_was_captured_before_the_connection_stood() -> None:
    cursor = UplinkCursor(F(0))
    cursor.rewind(F(0), F(80_000))
    cursor.hurry(F(80_000), never)
    assert drain(cursor, 80_000) == list(range(80_000))


@given(st.lists(st.integers(0, 30), max_size=40), st.sets(st.integers(0, 200)))
def test_hurried_cursor_is_never_far_behind(steps: list[int], silent: set[int]) -> None:
    cursor, newest = UplinkCursor(F(0)), 0
    for chunks in steps:
        newest += chunks * LIVE_CHUNK
        cursor.hurry(F(newest), lambda first: first // LIVE_CHUNK in silent)
        cursor.take(F(0), F(newest))
    waiting = drain(cursor, newest)
    assert len(waiting) <= AGE_LIMIT + LIVE_CHUNK
    assert waiting == sorted(set(waiting))


def test_hurried_cursor_that_is_far_behind_tells_one_loss_and_sends_the_newest() -> None:
    cursor, newest = UplinkCursor(F(0)), 10 * AGE_LIMIT
    cursor.hurry(F(newest), never)
    cursor.hurry(F(newest), never)
    lost = cursor.take_lost()
    taken = drain(cursor, newest)
    assert lost + len(taken) == newest
    assert len(taken) <= AGE_LIMIT + LIVE_CHUNK
    assert taken == list(range(newest - len(taken), newest))
    assert cursor.take_lost() == 0

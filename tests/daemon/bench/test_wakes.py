from __future__ import annotations

import numpy as np
import pytest

from bench.performance.wakes import PROBE_FRAMES, Copied, copied, wakes

MICROPHONE = np.random.default_rng(1).integers(-900, 900, 20_000).astype("<i2").tobytes()
PROBES = slice(2 * 3_200, 2 * 9_600)


def test_a_wake_word_is_dated_by_what_the_microphone_had_heard() -> None:
    lines = [
        {"t": 100.0 + 1.0 + 0.003, "event": "wake", "detected_frame": 16_000, "frame": 12_000},
        {"t": 101.187, "event": "session_opening"},
        {"t": 101.3, "event": "session_ready"},
        {"t": 101.301, "event": "chunk_sent", "first_frame": 12_000, "frames": 1_600},
        {"t": 101.602, "event": "chunk_sent", "first_frame": 24_960, "frames": 640},
    ]
    (wake,) = wakes(lines)
    assert wake.frame == 12_000
    assert wake.heard_s == pytest.approx(101.002)
    assert wake.decided_s == pytest.approx(101.182)
    assert wake.ahead_s is None


def test_a_wake_word_that_opens_nothing_is_left_out() -> None:
    assert wakes([{"t": 1.0, "event": "wake", "detected_frame": 16_000, "frame": 12_000}]) == []


def test_a_connection_opened_ahead_belongs_to_the_wake_word_that_uses_it() -> None:
    word = {"event": "wake", "detected_frame": 0, "frame": 0}
    lines = [
        {"t": 1.0, **word},
        {"t": 1.1, "event": "connection_opened_ahead"},
        {"t": 1.2, "event": "session_opening"},
        {"t": 1.2, "event": "connection_ahead_used"},
        {"t": 2.0, "event": "session_closed"},
        {"t": 9.0, **word},
        {"t": 9.2, "event": "session_opening"},
    ]
    assert [each.ahead_s for each in wakes(lines)] == [1.1, None]


def test_what_arrived_whole_lacks_nothing() -> None:
    assert copied(MICROPHONE, MICROPHONE[PROBES], 3_200, 9_600) == Copied(3_200, 0, 0)


def test_what_is_lost_or_sent_twice_is_counted() -> None:
    hole = MICROPHONE[2 * 3_200 : 2 * 4_800] + MICROPHONE[2 * 6_400 : 2 * 9_600]
    assert copied(MICROPHONE, hole, 3_200, 9_600) == Copied(3_200, 1_600, 0)
    again = MICROPHONE[2 * 3_200 : 2 * 4_800] + MICROPHONE[2 * 3_200 : 2 * 9_600]
    assert copied(MICROPHONE, again, 3_200, 9_600) == Copied(3_200, 0, 1_600)


def test_what_begins_late_lacks_its_beginning() -> None:
    late = MICROPHONE[2 * (3_200 + PROBE_FRAMES) : 2 * 9_600]
    assert copied(MICROPHONE, late, 3_200, 9_600) == Copied(3_360, PROBE_FRAMES, 0)


def test_what_was_never_heard_is_an_error() -> None:
    with pytest.raises(LookupError):
        copied(MICROPHONE, b"\1\2" * 1_600, 3_200, 9_600)

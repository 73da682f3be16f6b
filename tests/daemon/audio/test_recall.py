"""Both versions of what was heard, and how one takes the other's place."""

from __future__ import annotations

from myna.audio.cursor import UplinkCursor
from myna.audio.recall import NEAR_S, RING_S, Recall
from myna.echo.branches import Branches
from myna_hardware.units import Frames, bytes_for, frames_for, silence
from support.pcm import noise

PERIOD = 320
UPLINK, NEAR = noise(PERIOD, 1), noise(PERIOD, 2)


def recall_of(*branches: Branches) -> Recall:
    recall = Recall()
    for each in branches:
        recall.append(each)
    return recall


def echoing(periods: int) -> list[Branches]:
    return [Branches(UPLINK, NEAR, is_echoing=True)] * periods


def all_of(recall: Recall) -> bytes:
    return recall.between(0, recall.next_frame)[1]


def test_uplink_version_is_what_the_session_is_fed_from() -> None:
    recall = recall_of(*echoing(5))
    assert all_of(recall) == UPLINK * 5
    assert recall.next_frame == 5 * PERIOD


def test_near_version_stands_in_from_where_somebody_cut_in() -> None:
    recall = recall_of(*echoing(5))
    recall.reveal(Frames(3 * PERIOD))
    assert all_of(recall) == UPLINK * 3 + NEAR * 2
    assert recall.append(echoing(1)[0]) == NEAR
    assert all_of(recall) == UPLINK * 3 + NEAR * 3


def test_uplink_version_is_back_once_the_echo_is_gone() -> None:
    recall = recall_of(*echoing(2))
    recall.reveal(Frames(PERIOD))
    assert recall.append(Branches(UPLINK, UPLINK)) == UPLINK
    assert recall.append(echoing(1)[0]) == UPLINK


def test_what_is_older_than_the_near_version_stays_as_it_is() -> None:
    periods = frames_for(NEAR_S) // PERIOD
    recall = recall_of(*echoing(periods + 10))
    recall.reveal(Frames(0))
    assert all_of(recall) == UPLINK * 10 + NEAR * periods


def test_what_is_gone_is_left_out() -> None:
    recall = recall_of(*echoing(frames_for(RING_S) // PERIOD + 3))
    first, pcm = recall.between(0, recall.next_frame)
    assert first == 3 * PERIOD
    assert len(pcm) == bytes_for(frames_for(RING_S))


def test_slow_uplink_does_without_silence_first() -> None:
    recall = Recall()
    cursor = UplinkCursor(Frames(0))
    cursor.rewind(Frames(0), Frames(0))
    for number in range(150):
        quiet = 20 <= number < 100
        recall.append(Branches(silence(PERIOD), silence(PERIOD)) if quiet else echoing(1)[0])
    sent = b""
    while taken := recall.take(cursor):
        sent += taken[1]
    assert sent.count(UPLINK) >= 45
    assert cursor.take_lost() > 0


def test_cursor_that_is_too_old_skips_what_is_gone() -> None:
    recall = recall_of(*echoing(frames_for(RING_S) // PERIOD + 100))
    cursor = UplinkCursor(Frames(0))
    taken = recall.take(cursor)
    assert taken is not None
    assert taken[0].first > 0

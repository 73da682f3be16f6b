"""The reference: what was played, found again under what was captured meanwhile."""

from __future__ import annotations

import random
import tracemalloc

import pytest

from myna.echo.drift import WITNESSES
from myna.echo.reference import LEAD, SETTLE, STEADY, TAIL, Reference
from myna_hardware.units import Frames, bytes_for, frames_in, silence
from support.pcm import noise

PERIOD = Frames(320)
REPLY = noise(16_000)
S = 1 / 16_000


def pieces(pcm: bytes) -> list[bytes]:
    return [pcm[start : start + 640] for start in range(0, len(pcm), 640)]


def converse(reference: Reference, reply: bytes, begins_s: float, jitter_s: float = 0.0) -> bytes:
    """Play `reply` from `begins_s` on, two periods ahead; return the reference of 3 s."""
    chance = random.Random(4)  # noqa: S311  # repeatable
    waiting = list(enumerate(pieces(reply)))
    taken = b""
    for number in range(150):
        now_s = begins_s - 0.1 + 0.02 * number
        while waiting and begins_s + 0.02 * waiting[0][0] < now_s + 0.04:
            index, piece = waiting.pop(0)
            late_s = chance.uniform(-jitter_s, jitter_s)
            reference.played(piece, begins_s + 0.02 * (index + 1) + late_s)
        late_s = chance.uniform(-jitter_s, jitter_s)
        taken += reference.take(PERIOD, now_s + 0.02 + late_s) or silence(PERIOD)
    return taken


def test_reference_lies_under_what_is_heard_and_a_little_earlier() -> None:
    taken = converse(Reference(), REPLY, 10.0)
    assert frames_in(taken[: taken.index(REPLY[:640])]) == 1600 - LEAD
    assert REPLY in taken


def test_reference_has_no_gap_though_times_jitter() -> None:
    taken = converse(Reference(), REPLY, 10.0, jitter_s=0.001)
    early, late = REPLY[: bytes_for(SETTLE - 320)], REPLY[bytes_for(SETTLE + 320) :]
    assert early in taken
    assert late in taken


def test_reply_whose_first_times_were_late_moves_to_its_place_once() -> None:
    reference = Reference()
    taken = b""
    for number, piece in enumerate(pieces(REPLY * 2)):
        late_s = 0.0025 if number < 10 else 0.0
        reference.take(PERIOD, 9.96 + 0.02 * number)
        reference.played(piece, 10.02 + 0.02 * number + late_s)
    for number in range(1, 20):
        taken += reference.take(PERIOD, 10.0 + 0.02 * (number + 97)) or b""
    last = REPLY[-640:]
    assert frames_in(taken[: taken.index(last)]) == 16_000 * 2 - 320 - LEAD - 98 * 320 + 320


def test_second_reply_is_found_like_the_first() -> None:
    reference = Reference()
    converse(reference, REPLY, 10.0)
    taken = converse(reference, REPLY, 60.0)
    assert frames_in(taken[: taken.index(REPLY[:640])]) == 1600 - LEAD


def test_nothing_is_wanted_while_nothing_plays_and_after_the_tail() -> None:
    reference = Reference()
    assert reference.take(PERIOD, 9.98) is None
    reference.played(REPLY[:640], 10.04)
    assert reference.take(PERIOD, 10.0) is not None
    taken = [reference.take(PERIOD, 10.0 + 0.02 * number) for number in range(1, 60)]
    rings = sum(each is not None for each in taken)
    assert abs(rings * PERIOD - TAIL) < 2 * PERIOD + 640
    assert taken[-1] is None


def test_pause_within_a_reply_is_silence() -> None:
    reference = Reference()
    reference.take(PERIOD, 10.0)
    reference.played(REPLY[:640], 10.04)
    reference.played(REPLY[640:1280], 10.14)
    taken = b"".join(reference.take(PERIOD, 10.0 + 0.02 * n) or b"" for n in range(1, 10))
    assert REPLY[:640] + silence(1280) + REPLY[640:1280] in taken


def test_device_opened_anew_within_the_tail_forgets_what_lay_there() -> None:
    reference = Reference()
    reference.take(PERIOD, 10.0)
    for number, piece in enumerate(pieces(REPLY[:6400])):
        reference.played(piece, 10.1 + 0.02 * number)
    reference.played(REPLY[6400:7040], 10.1)
    taken = b"".join(reference.take(PERIOD, 10.0 + 0.02 * n) or b"" for n in range(1, 12))
    assert REPLY[6400:7040] in taken
    assert REPLY[:640] not in taken


def test_reference_that_nobody_takes_stays_small() -> None:
    reference = Reference()
    tracemalloc.start()
    for number in range(60 * 50):  # a minute, in which the microphone is muted
        reference.played(REPLY[:640], 10.0 + 0.02 * (number + 1))
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 300_000


def test_microphone_that_comes_back_finds_what_is_played_now() -> None:
    reference = Reference()
    for number, piece in enumerate(pieces(REPLY * 10)):
        reference.played(piece, 10.02 + 0.02 * number)
    taken = reference.take(PERIOD, 10.02 + 0.02 * 480)
    assert taken is not None
    assert taken in REPLY * 2


def test_two_crystals_are_brought_together() -> None:
    reference = Reference()
    for reply in range(WITNESSES + 1):
        for number in range(300):
            at_s = 20.0 * reply + 0.02 * number
            reference.take(PERIOD, at_s)
            # The speaker gives 20 ms of sound in 20 ms less 100 ppm.
            reference.played(REPLY[:640], 20.0 * reply + 0.04 + 0.02 * number * (1 - 100e-6))
        for number in range(300, 400):
            reference.take(PERIOD, 20.0 * reply + 0.02 * number)
    assert reference.drift_ppm == pytest.approx(100, abs=30)


def test_speaker_that_starves_within_a_reply_is_followed() -> None:
    reference = Reference()
    reference.take(PERIOD, 10.0)
    for number, piece in enumerate(pieces(REPLY[:6400])):
        starved_s = 0.015 if number >= 5 else 0.0
        reference.played(piece, 10.1 + 0.02 * number + starved_s)
    taken = b"".join(reference.take(PERIOD, 10.0 + 0.02 * n) or b"" for n in range(1, 18))
    assert REPLY[: 5 * 640] + silence(240) + REPLY[5 * 640 : 6400] in taken
    assert not reference.is_steady


def test_reference_is_steady_once_it_has_kept_its_place() -> None:
    reference = Reference()
    for number, piece in enumerate(pieces(REPLY * 2) + pieces(REPLY)):
        assert reference.is_steady == (number > STEADY // PERIOD)
        reference.played(piece, 10.0 + 0.02 * number)

"""The mix: ducking, ramps, and no sample beyond full scale."""

from __future__ import annotations

from array import array
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from myna.audio.mixer import KNEE, RECOVER, Mixer, added
from myna.audio.volume import UNITY, gain_for, gain_of_db
from support.pcm import noise

PIECE = 240
STEADY = array("h", [10_000] * PIECE).tobytes()
NOTHING = b""
HUM = array("h", [0] * PIECE).tobytes()
SAMPLES = st.lists(st.integers(-32768, 32767), max_size=300)


def levels(mixer: Mixer, reply: bytes, earcon: bytes, pieces: int, gain: int = UNITY) -> list[int]:
    mixed = b"".join(mixer.mix(reply, earcon, gain) for _ in range(pieces))
    return list(array("h", mixed))


def largest_step(samples: list[int]) -> int:
    return max(abs(after - before) for before, after in pairwise(samples))


def test_reply_alone_passes_unchanged_however_loud() -> None:
    loudest = array("h", [32767, -32768] * 120).tobytes()
    assert Mixer(UNITY).mix(loudest, NOTHING, UNITY) == loudest


def test_earcon_alone_passes_unchanged() -> None:
    assert Mixer(UNITY).mix(NOTHING, noise(PIECE), UNITY) == noise(PIECE)


def test_mix_of_nothing_is_nothing() -> None:
    assert Mixer(UNITY).mix(NOTHING, NOTHING, UNITY) == b""


def test_reply_ducks_by_12_db_within_a_period_and_comes_back() -> None:
    mixer = Mixer(UNITY)
    before = levels(mixer, STEADY, NOTHING, 1)
    under = levels(mixer, STEADY, HUM, 4)
    after = levels(mixer, STEADY, NOTHING, RECOVER // PIECE + 1)
    assert under[480:] == [10_000 * gain_of_db(-12) >> 15] * 480
    assert after[-PIECE:] == before
    assert largest_step(before + under + after) < 20


def test_reply_that_begins_under_an_earcon_begins_ducked() -> None:
    mixer = Mixer(UNITY)
    assert levels(mixer, STEADY, HUM, 1)[0] == 10_000 * gain_of_db(-12) >> 15


def test_volume_glides_within_a_period_while_the_reply_sounds() -> None:
    mixer = Mixer(UNITY)
    before = levels(mixer, STEADY, NOTHING, 1)
    turned = levels(mixer, STEADY, NOTHING, 3, gain_for(60))
    assert largest_step(before + turned) < 25
    assert turned[480:] == [10_000 * gain_for(60) >> 15] * PIECE


def test_volume_is_there_at_once_in_silence() -> None:
    mixer = Mixer(UNITY)
    mixer.mix(STEADY, NOTHING, UNITY)
    mixer.mix(NOTHING, NOTHING, UNITY)
    assert levels(mixer, STEADY, NOTHING, 1, gain_for(60)) == [10_000 * gain_for(60) >> 15] * PIECE


def test_shorter_lane_ends_within_the_piece() -> None:
    mixed = Mixer(UNITY).mix(STEADY[:100], HUM, UNITY)
    assert len(mixed) == len(HUM)
    assert set(array("h", mixed[100:])) == {0}


@given(SAMPLES, SAMPLES)
def test_sum_never_wraps_and_keeps_its_sign(one: list[int], other: list[int]) -> None:
    mixed = array("h", added(array("h", one).tobytes(), array("h", other).tobytes()))
    size = max(len(one), len(other))
    sums = [sum(pair) for pair in zip(pad(one, size), pad(other, size), strict=True)]
    assert len(mixed) == size
    for exact, got in zip(sums, mixed, strict=True):
        assert exact == got if abs(exact) <= KNEE else KNEE <= abs(got) <= abs(exact)
        assert exact * got >= 0


def test_sum_is_rounded_off_evenly() -> None:
    bent = [array("h", added(b, STEADY))[0] for b in (number(n) for n in range(10_000, 32_767))]
    assert all(0 <= after - before <= 1 for before, after in pairwise(bent))
    sum_of_33_000 = bent[33_000 - 10_000 - 10_000]
    assert KNEE < sum_of_33_000 < bent[-1] < 32_767, "what differs still does"


def pad(samples: list[int], size: int) -> list[int]:
    return samples + [0] * (size - len(samples))


def number(sample: int) -> bytes:
    return array("h", [sample]).tobytes()

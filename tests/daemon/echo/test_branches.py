"""The branches of the microphone, period by period, as the two threads drive them."""

from __future__ import annotations

from myna.echo.branches import Branches, Echo
from myna.echo.duplex import Duplex, Mode, Setting
from myna_hardware.units import bytes_for, frames_for, silence
from support.acoustics import ROOMS, Coupling, captured, rms_dbfs
from support.speech import recorded

REPLY = recorded("reply_story")
PERIOD = 640
AHEAD_S = 0.04


class Marker:
    """A canceller that marks what it was given, and counts its work."""

    def __init__(self, mark: int) -> None:
        self.mark = bytes([mark])
        self.periods = 0

    def cancel(self, near: bytes, far: bytes) -> bytes:
        assert len(near) == len(far)
        self.periods += 1
        return self.mark * len(near)


def converse(echo: Echo, microphone: bytes, begins_s: float = 100.0) -> list[Branches]:
    """Play the reply from `begins_s` on, a little ahead, and hear `microphone` meanwhile."""
    heard, played = [], 0
    for number in range(len(microphone) // PERIOD):
        now_s = begins_s + 0.02 * (number + 1)
        while played < len(REPLY) and begins_s + played / 48_000 < now_s + AHEAD_S:
            piece = REPLY[played : played + 960]
            played += 960
            echo.played(piece, begins_s + played / 48_000)
        heard.append(echo.captured(microphone[number * PERIOD : (number + 1) * PERIOD], now_s))
    return heard


def test_nothing_runs_while_nothing_plays() -> None:
    uplink, near = Marker(1), Marker(2)
    echo = Echo(Duplex("auto"), uplink, near)
    pcm = recorded("weather")[:PERIOD]
    for number in range(100):
        assert echo.captured(pcm, 5 + 0.02 * number) == Branches(pcm, pcm)
    assert uplink.periods == near.periods == 0


def test_branches_run_while_something_plays_and_its_tail_rings() -> None:
    uplink, near = Marker(1), Marker(2)
    echo = Echo(Duplex("auto"), uplink, near)
    heard = converse(echo, silence(frames_for(len(REPLY) / 48_000 + 2)))
    echoing = [each.is_echoing for each in heard]
    assert all(echoing[: len(REPLY) // 960])
    assert not any(echoing[len(REPLY) // 960 + 40 :])
    assert heard[10].uplink == b"\1" * PERIOD
    assert heard[10].near == b"\2" * PERIOD
    assert len(heard[10].played) == PERIOD
    assert heard[-1].uplink == silence(320)
    assert uplink.periods == near.periods == sum(echoing)


def test_missing_canceller_is_stood_in_for_by_the_other() -> None:
    for cancellers in ((Marker(1), None), (None, Marker(1))):
        heard = converse(Echo(Duplex("auto"), *cancellers), silence(frames_for(0.5)))
        assert {(each.uplink, each.near) for each in heard} == {(b"\1" * PERIOD, b"\1" * PERIOD)}


def test_uplink_is_improved_with_and_without_echo() -> None:
    echo = Echo(Duplex("auto"), Marker(1), Marker(2), improve=lambda pcm: b"\3" * len(pcm))
    heard = converse(echo, silence(frames_for(len(REPLY) / 48_000 + 2)))
    assert {each.uplink for each in heard} == {b"\3" * PERIOD}
    assert {each.near for each in heard} == {b"\2" * PERIOD, silence(320)}


def test_without_cancellers_the_microphone_stays_as_it_is() -> None:
    echo = Echo(Duplex("none"), None, None)
    pcm = recorded("weather")[: 25 * PERIOD]
    heard = converse(echo, pcm)
    assert b"".join(each.uplink for each in heard) == pcm
    assert b"".join(each.near for each in heard) == pcm
    assert all(each.is_echoing for each in heard)
    assert echo.finding.mode is Mode.FULL
    assert echo.finding.erle_db is None


def in_a_room(setting: Setting, gain_db: float) -> tuple[Echo, list[Branches], bytes]:
    from myna.echo.aec3 import WebRtc
    from myna.echo.speex import Speex

    echo = Echo(Duplex(setting), WebRtc(echo=True), Speex())
    microphone = captured(REPLY, b"", Coupling(ROOMS["living"], gain_db)).microphone
    return echo, converse(echo, microphone), microphone


def test_reply_in_a_room_is_lowered_and_auto_goes_full_duplex() -> None:
    echo, heard, microphone = in_a_room("auto", 0.0)
    turns = [number for number, each in enumerate(heard) if each.has_turned]
    assert len(turns) == 1
    assert turns[0] < 150
    assert not echo.is_half_duplex
    assert echo.finding.erle_db is not None
    assert echo.finding.erle_db > 30
    late = bytes_for(frames_for(3.0))
    left = b"".join(each.uplink for each in heard)[late:]
    assert rms_dbfs(microphone[late : late + len(left)]) - rms_dbfs(left) > 30

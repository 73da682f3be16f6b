from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.mqtt.reports import UNKNOWN, Standing, Wish, fulfils, heard, messages_for
from myna.mqtt.settings import ThingSettings

PLAIN = ThingSettings(
    command_topic="l/set",
    state_topic="l",
    level_topic="l/level/set",
    level_state_topic="l/level",
    level_max=200,
)
JSON = ThingSettings(
    command_topic="z/set",
    state_topic="z",
    state_key="state",
    level_topic="z/set/brightness",
    level_key="brightness",
    level_max=254,
)


@pytest.mark.parametrize(
    ("settings", "topic", "payload", "after"),
    [
        (PLAIN, "l", b"ON", Standing(True, None, 7.0)),
        (PLAIN, "l", b" OFF\n", Standing(False, None, 7.0)),
        (PLAIN, "l", b"on", None),
        (PLAIN, "l/level", b"100", Standing(None, 50, 7.0)),
        (PLAIN, "l/level", b"201", None),
        (PLAIN, "l/level", b"bright", None),
        (PLAIN, "other", b"ON", None),
        (JSON, "z", b'{"state": "ON", "brightness": 127}', Standing(True, 50, 7.0)),
        (JSON, "z", b'{"state": "OFF"}', Standing(False, None, 7.0)),
        (JSON, "z", b'{"brightness": null}', None),
        (JSON, "z", b"[1]", None),
        (JSON, "z", b"{", None),
        (
            ThingSettings(command_topic="t", state_topic="t", state_key="on", on="true"),
            "t",
            b'{"on": true}',
            Standing(True, None, 7.0),
        ),
        (
            ThingSettings(command_topic="t", state_topic="t", state_key="on", off="false"),
            "t",
            b'{"on": false}',
            Standing(False, None, 7.0),
        ),
    ],
)
def test_report_is_read(
    settings: ThingSettings, topic: str, payload: bytes, after: Standing | None
) -> None:
    assert heard(UNKNOWN, settings, topic, payload, told_s=7.0) == after


def test_report_of_a_level_leaves_the_switch_as_it_was_known() -> None:
    before = Standing(True, 20, 1.0)
    after = heard(before, PLAIN, "l/level", b"200", told_s=None)
    assert after == Standing(True, 100, None)


@pytest.mark.parametrize("settings", [PLAIN, JSON])
@given(payload=st.binary(max_size=40))
def test_any_report_leaves_a_standing_that_makes_sense(
    settings: ThingSettings, payload: bytes
) -> None:
    for topic in ("l", "l/level", "z"):
        after = heard(UNKNOWN, settings, topic, payload, told_s=1.0)
        assert after is None or after.percent is None or 0 <= after.percent <= 100


@pytest.mark.parametrize(
    ("wish", "messages"),
    [
        (Wish(True), [("l/set", "ON")]),
        (Wish(False), [("l/set", "OFF")]),
        (Wish(True, 50), [("l/set", "ON"), ("l/level/set", "100")]),
        (Wish(True, 1), [("l/set", "ON"), ("l/level/set", "2")]),
    ],
)
def test_wish_is_sent_as_the_thing_takes_it(wish: Wish, messages: list[tuple[str, str]]) -> None:
    assert messages_for(PLAIN, wish) == messages


@pytest.mark.parametrize(
    ("standing", "wish", "is_fulfilled"),
    [
        (Standing(True), Wish(True), True),
        (Standing(False), Wish(True), False),
        (UNKNOWN, Wish(False), False),
        (Standing(True), Wish(True, 50), False),
        (Standing(True, 51), Wish(True, 50), True),
        (Standing(True, 40), Wish(True, 50), False),
    ],
)
def test_wish_is_fulfilled_when_the_thing_says_so(
    standing: Standing, wish: Wish, is_fulfilled: bool
) -> None:
    assert fulfils(standing, PLAIN, wish) is is_fulfilled


def test_level_is_not_waited_for_from_a_thing_that_never_tells_it() -> None:
    quiet = ThingSettings(command_topic="q/set", state_topic="q", level_topic="q/level")
    assert fulfils(Standing(True), quiet, Wish(True, 50))

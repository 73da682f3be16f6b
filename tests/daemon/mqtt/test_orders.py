from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.control.messages import Listen, Mute, Request, Say, Stop, Unmute, Volume
from myna.mqtt.orders import LONGEST_BYTES, ORDERS, OrderError, parse_order


@pytest.mark.parametrize(
    ("name", "payload", "request_"),
    [
        ("mute", b"ON", Mute()),
        ("mute", b"OFF", Unmute()),
        ("volume", b"0", Volume(0)),
        ("volume", b"42.0", Volume(42)),
        ("volume", b"100", Volume(100)),
        ("say", b"Das Essen ist fertig.\n", Say("Das Essen ist fertig.")),
        ("listen", b"PRESS", Listen()),
        ("stop", b"PRESS", Stop()),
    ],
)
def test_order_is_understood(name: str, payload: bytes, request_: Request) -> None:
    assert parse_order(name, payload) == request_


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        *[(name, b"") for name in ORDERS],
        *[(name, b"\xff\xfe") for name in ORDERS],
        ("mute", b"on"),
        ("volume", b"101"),
        ("volume", b"-1"),
        ("volume", b"4.5"),
        ("volume", b"1e1"),
        ("volume", "\u0664".encode()),
        ("say", b" \n "),
        ("say", b"bell \x07"),
        ("say", b"x" * (LONGEST_BYTES + 1)),
        ("listen", b"press"),
    ],
)
def test_order_that_is_none_is_refused(name: str, payload: bytes) -> None:
    with pytest.raises(OrderError):
        parse_order(name, payload)


@given(st.sampled_from(ORDERS), st.binary(max_size=64) | st.text(max_size=64).map(str.encode))
def test_any_payload_is_an_order_of_its_topic_or_refused(name: str, payload: bytes) -> None:
    try:
        request = parse_order(name, payload)
    except OrderError:
        return
    kinds = {
        "mute": (Mute, Unmute),
        "volume": (Volume,),
        "say": (Say,),
        "listen": (Listen,),
        "stop": (Stop,),
    }
    assert isinstance(request, kinds[name])

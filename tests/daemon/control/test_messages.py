from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.control.messages import (
    LINE_LIMIT_BYTES,
    Listen,
    Measure,
    Monitor,
    Mute,
    Request,
    Say,
    Status,
    Stop,
    Unmute,
    Volume,
    parse_answer,
    parse_request,
    serialize_answer,
    serialize_refusal,
    serialize_request,
)
from myna.errors import CommandError

REQUESTS = (
    st.sampled_from(
        [Status(), Monitor(), Measure("microphone"), Listen(), Stop(), Mute(), Unmute(), Volume()]
    )
    | st.builds(Say, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=500))
    | st.builds(Volume, st.integers(0, 100))
)


@given(REQUESTS)
def test_request_reads_back_as_it_was(request: Request | Monitor) -> None:
    assert parse_request(serialize_request(request)) == request


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b'{"command": "status"}\n', Status()),
        (b'{"command": "say", "text": "hi"}\n', Say("hi")),
        (b'{"command": "volume"}\n', Volume()),
        (b'{"command": "volume", "percent": 40}\n', Volume(40)),
    ],
)
def test_parse_request_reads_what_scripts_send(line: bytes, request_: Request) -> None:
    assert parse_request(line) == request_


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"status",
        b"[]",
        b"{}",
        b'{"command": "reboot"}',
        b'{"command": "say"}',
        b'{"command": "say", "text": ""}',
        b'{"command": "volume", "percent": 101}',
        b'{"command": "status", "loud": true}',
        b'{"command": "measure", "what": "moon"}',
        b'{"command": "say", "text": "\xff"}',
        b'{"command": "status", "x": ' + b"[" * 4000,
    ],
)
def test_parse_request_refuses_what_is_none(line: bytes) -> None:
    with pytest.raises(CommandError, match="not a request: "):
        parse_request(line)


@given(st.binary(max_size=200))
def test_parse_request_never_raises_anything_else(line: bytes) -> None:
    with pytest.raises(CommandError):
        parse_request(line)


def test_serialize_request_refuses_more_than_the_daemon_reads() -> None:
    with pytest.raises(CommandError, match=f"up to {LINE_LIMIT_BYTES} bytes"):
        serialize_request(Say("x" * LINE_LIMIT_BYTES))


def test_answers_say_whether_it_was_done() -> None:
    assert json.loads(serialize_answer({"percent": 4})) == {"ok": True, "percent": 4}
    assert json.loads(serialize_refusal("no")) == {"ok": False, "error": "no"}


def test_parse_answer_returns_what_was_answered() -> None:
    assert parse_answer(serialize_answer({"percent": 4})) == {"percent": 4}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (serialize_refusal("muted"), "muted"),
        (b"HTTP/1.1 400 Bad Request\r\n", "what answered is not myna"),
        (b"{}\n", "what answered is not myna"),
        (b'{"ok": "yes"}\n', "what answered is not myna"),
        (b"[]\n", "what answered is not myna"),
    ],
)
def test_parse_answer_raises_what_was_refused(line: bytes, problem: str) -> None:
    with pytest.raises(CommandError) as raised:
        parse_answer(line)
    assert str(raised.value) == problem

"""All that the client's Structs and verbs can express, found by chance, before the judges."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from myna.errors import LocalProtocolError
from myna.live import messages
from myna.live.messages import GuideMessage, serialize
from support import schema_oracle, types_oracle
from support.client_frames import CALL, open_session
from support.frame_strategies import ANY_TEXT, TOOL_RESULT
from support.frame_strategies import messages as any_message

KINDS: Final[tuple[type[Struct], ...]] = tuple(
    kind
    for union in get_args(messages.ClientMessage)
    for kind in (get_args(union) or (union,))
    if kind is not GuideMessage
)
LIGHT: Final = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@LIGHT
def test_every_message_parses_strictly(kind: type[Struct], data: st.DataObject) -> None:
    """With the preview fields of v1alpha: which setup gets them is the profile's matter."""
    frame = serialize(data.draw(any_message(kind)))

    schema_oracle.parse(frame, version="v1alpha")
    types_oracle.check_client_frame(frame)


@given(response=TOOL_RESULT, name=ANY_TEXT, call_id=ANY_TEXT)
@LIGHT
def test_a_tool_answer_parses_strictly_or_is_refused_here(
    response: dict[str, object], name: str, call_id: str
) -> None:
    session = open_session((call_id, name))

    with suppress(LocalProtocolError):
        schema_oracle.parse(session.tool_answer(call_id, name, response))


@given(text=ANY_TEXT)
@LIGHT
def test_a_text_arrives_as_it_is_or_is_refused_here(text: str) -> None:
    try:
        frame = open_session().text(text)
    except LocalProtocolError:
        assert _is_no_unicode(text)
        return

    assert schema_oracle.parse(frame) == {"realtimeInput": {"text": text}}


@given(pcm=st.binary(max_size=4_000))
@LIGHT
def test_a_chunk_parses_strictly_or_is_refused_here(pcm: bytes) -> None:
    try:
        frame = open_session().audio(pcm)
    except LocalProtocolError:
        assert len(pcm) % 2
        return

    schema_oracle.parse(frame)


@given(jpeg=st.binary(max_size=4_000))
@LIGHT
def test_a_still_parses_strictly(jpeg: bytes) -> None:
    schema_oracle.parse(open_session().still(jpeg))


def test_not_a_number_becomes_null() -> None:
    frame = open_session().tool_answer(*CALL, {"celsius": float("nan"), "most": float("inf")})

    (answer,) = json.loads(frame)["toolResponse"]["functionResponses"]
    assert answer["response"] == {"celsius": None, "most": None}


def _is_no_unicode(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


DEEP: Final = json.loads("[" * 60 + "]" * 60)


@pytest.mark.parametrize(
    "value", [DEEP, 10**400, {1: 1, "1": 2}], ids=["deep", "huge", "colliding"]
)
def test_what_no_struct_can_hold_is_refused_here(value: object) -> None:
    with pytest.raises(LocalProtocolError):
        open_session().tool_answer(*CALL, {"output": value})

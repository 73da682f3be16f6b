from __future__ import annotations

import json

import pytest

from myna.config import LiveSettings
from myna.errors import LocalProtocolError, RemoteProtocolError
from myna.live.beginning import Beginning, SpokenTurn
from myna.live.events import SessionReady, ToolCall, ToolCallsCancelled
from myna.live.protocol import PENDING_LIMIT, LiveProtocol, State
from myna.live.setup import opening_for

READY = b'{"setupComplete":{}}'
CALL = b'{"toolCall":{"functionCalls":[{"id":"call_1","name":"get_time"}]}}'


def new_protocol() -> LiveProtocol:
    return LiveProtocol(opening_for(LiveSettings(), (), has_camera=False))


@pytest.fixture
def protocol() -> LiveProtocol:
    """A session that is open."""
    protocol = new_protocol()
    protocol.opening_message()
    protocol.receive(READY)
    return protocol


def test_a_session_opens_with_setup_and_the_servers_consent() -> None:
    protocol = new_protocol()
    states = [protocol.state]

    assert "setup" in json.loads(protocol.opening_message())
    states.append(protocol.state)
    assert protocol.receive(READY) == [SessionReady()]
    states.append(protocol.state)

    assert states == [State.NEW, State.OPENING, State.OPEN]


def test_setup_is_sent_only_once(protocol: LiveProtocol) -> None:
    with pytest.raises(LocalProtocolError, match="open"):
        protocol.opening_message()


def test_nothing_is_received_before_setup_is_sent() -> None:
    with pytest.raises(LocalProtocolError, match="not opened"):
        new_protocol().receive(READY)


def test_nothing_is_sent_before_the_server_is_ready() -> None:
    protocol = new_protocol()
    protocol.opening_message()

    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.audio(b"\0\0")
    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.audio_end()
    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.text("hello")
    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.still(b"\xff\xd8")
    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.tool_answer("call_1", "get_time", {})
    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.stop_talking()
    with pytest.raises(LocalProtocolError, match="not ready"):
        protocol.follow_ups()


def test_input_is_composed_as_the_reference_has_it(protocol: LiveProtocol) -> None:
    sent = [
        protocol.audio(b"\x01\x02"),
        protocol.audio_end(),
        protocol.text("grüß dich"),
        protocol.still(b"\xff\xd8"),
    ]

    assert [json.loads(each)["realtimeInput"] for each in sent] == [
        {"audio": {"mimeType": "audio/pcm;rate=16000", "data": "AQI="}},
        {"audioStreamEnd": True},
        {"text": "grüß dich"},
        {"video": {"mimeType": "image/jpeg", "data": "/9g="}},
    ]


def test_half_a_sample_is_never_sent(protocol: LiveProtocol) -> None:
    with pytest.raises(LocalProtocolError, match="half a sample"):
        protocol.audio(b"\0\0\0")


def test_text_is_refused_when_it_is_not_unicode(protocol: LiveProtocol) -> None:
    with pytest.raises(LocalProtocolError, match="JSON"):
        protocol.text("\ud800")


def test_a_tool_is_answered_once(protocol: LiveProtocol) -> None:
    assert protocol.receive(CALL) == [ToolCall("call_1", "get_time", {})]
    assert protocol.pending_calls == {"call_1": "get_time"}

    answer = protocol.tool_answer("call_1", "get_time", {"output": "noon"})

    assert json.loads(answer) == {
        "toolResponse": {
            "functionResponses": [
                {"id": "call_1", "name": "get_time", "response": {"output": "noon"}}
            ]
        }
    }
    assert protocol.pending_calls == {}
    with pytest.raises(LocalProtocolError, match="call_1"):
        protocol.tool_answer("call_1", "get_time", {})


@pytest.mark.parametrize(("call_id", "name"), [("call_2", "get_time"), ("call_1", "look")])
def test_a_tool_answer_is_refused_when_nobody_asked(
    protocol: LiveProtocol, call_id: str, name: str
) -> None:
    protocol.receive(CALL)

    with pytest.raises(LocalProtocolError, match=call_id):
        protocol.tool_answer(call_id, name, {})


def test_a_tool_answer_that_is_not_json_leaves_the_call_pending(protocol: LiveProtocol) -> None:
    protocol.receive(CALL)

    with pytest.raises(LocalProtocolError, match="JSON"):
        protocol.tool_answer("call_1", "get_time", {"output": object()})

    assert protocol.pending_calls == {"call_1": "get_time"}


def test_a_tool_answer_without_an_end_is_refused(protocol: LiveProtocol) -> None:
    protocol.receive(CALL)
    endless: dict[str, object] = {}
    endless["output"] = endless

    with pytest.raises(LocalProtocolError, match="JSON"):
        protocol.tool_answer("call_1", "get_time", endless)


def test_a_cancelled_call_is_not_answered(protocol: LiveProtocol) -> None:
    protocol.receive(CALL)

    cancelled = protocol.receive(b'{"toolCallCancellation":{"ids":["call_1","call_9"]}}')

    assert cancelled == [ToolCallsCancelled(("call_1", "call_9"))]
    with pytest.raises(LocalProtocolError, match="call_1"):
        protocol.tool_answer("call_1", "get_time", {})


def test_a_call_that_comes_twice_is_reported_once(protocol: LiveProtocol) -> None:
    assert len(protocol.receive(CALL)) == 1
    assert protocol.receive(CALL) == []


def test_an_answered_call_may_be_asked_again(protocol: LiveProtocol) -> None:
    protocol.receive(CALL)
    protocol.tool_answer("call_1", "get_time", {})

    assert protocol.receive(CALL) == [ToolCall("call_1", "get_time", {})]


def test_a_second_setup_complete_breaks_the_session(protocol: LiveProtocol) -> None:
    with pytest.raises(RemoteProtocolError, match="twice"):
        protocol.receive(READY)

    assert protocol.state is State.BROKEN


def test_content_before_setup_complete_breaks_the_session() -> None:
    protocol = new_protocol()
    protocol.opening_message()

    with pytest.raises(RemoteProtocolError, match="ToolCall came before"):
        protocol.receive(CALL)

    assert protocol.state is State.BROKEN


def test_silence_before_setup_complete_is_fine() -> None:
    protocol = new_protocol()
    protocol.opening_message()

    assert protocol.receive("{}") == []
    assert protocol.state is State.OPENING


def test_a_broken_session_stays_broken(protocol: LiveProtocol) -> None:
    with pytest.raises(RemoteProtocolError):
        protocol.receive(b"<html>")

    with pytest.raises(LocalProtocolError, match="broken"):
        protocol.receive(b"{}")
    with pytest.raises(LocalProtocolError, match="broken"):
        protocol.audio(b"\0\0")


def test_what_follows_the_setup_is_sent_once() -> None:
    beginning = Beginning(history=(SpokenTurn("user", "hello"),))
    opening = opening_for(LiveSettings(), (), has_camera=False, beginning=beginning)
    protocol = LiveProtocol(opening)
    protocol.opening_message()
    protocol.receive(READY)

    (history,) = protocol.follow_ups()

    assert json.loads(history)["clientContent"]["turnComplete"] is True
    assert protocol.follow_ups() == []


def test_nothing_follows_the_setup_of_a_session_without_a_past(protocol: LiveProtocol) -> None:
    assert protocol.follow_ups() == []


def test_stop_is_an_empty_turn_that_asks_for_no_reply(protocol: LiveProtocol) -> None:
    assert json.loads(protocol.stop_talking()) == {"clientContent": {"turnComplete": False}}


def test_an_answer_says_when_it_is_spoken_of_and_brings_its_picture(
    protocol: LiveProtocol,
) -> None:
    protocol.receive(CALL)

    text = protocol.tool_answer(
        "call_1", "get_time", {"output": "noon"}, scheduling="SILENT", jpeg=b"\xff\xd8"
    )

    (answer,) = json.loads(text)["toolResponse"]["functionResponses"]
    assert answer["scheduling"] == "SILENT"
    assert answer["parts"] == [{"inlineData": {"mimeType": "image/jpeg", "data": "/9g="}}]


def test_a_number_that_json_lacks_is_answered_as_null(protocol: LiveProtocol) -> None:
    protocol.receive(CALL)

    text = protocol.tool_answer("call_1", "get_time", {"output": float("nan")})

    assert '"response":{"output":null}' in text


def carrying(calls: dict[str, str]) -> LiveProtocol:
    protocol = LiveProtocol(
        opening_for(LiveSettings(), (), has_camera=False, beginning=Beginning(handle="h")),
        carried_calls=calls,
    )
    protocol.opening_message()
    protocol.receive(READY)
    return protocol


def test_a_call_of_the_last_connection_is_answered_on_this_one() -> None:
    protocol = carrying({"call_1": "get_time"})
    assert "call_1" in protocol.pending_calls

    text = protocol.tool_answer("call_1", "get_time", {"output": "noon"})

    assert json.loads(text)["toolResponse"]["functionResponses"][0]["id"] == "call_1"
    assert "call_1" not in protocol.pending_calls


def test_a_call_of_the_last_connection_is_no_news_on_this_one() -> None:
    calls = {"call_1": "get_time"}

    assert carrying(calls).receive(CALL) == []
    assert calls == {"call_1": "get_time"}


def flood(first: int, last: int) -> bytes:
    calls = [{"id": str(number), "name": "get_time"} for number in range(first, last)]
    return json.dumps({"toolCall": {"functionCalls": calls}}).encode()


def test_a_flood_of_calls_breaks_the_session(protocol: LiveProtocol) -> None:
    assert len(protocol.receive(flood(0, PENDING_LIMIT))) == PENDING_LIMIT

    with pytest.raises(RemoteProtocolError, match="more than 64 calls"):
        protocol.receive(flood(PENDING_LIMIT, PENDING_LIMIT + 1))

    assert protocol.state is State.BROKEN


def test_calls_that_are_answered_make_room(protocol: LiveProtocol) -> None:
    protocol.receive(flood(0, PENDING_LIMIT))
    protocol.tool_answer("0", "get_time", {})

    assert len(protocol.receive(flood(PENDING_LIMIT, PENDING_LIMIT + 1))) == 1

"""The second judge itself: what it refuses, so that it cannot take everything."""

from __future__ import annotations

import json
from typing import Final

import pytest

from support import types_oracle
from support.client_messages import as_id, generation, tool, user
from support.raw_client import setup_message
from support.types_oracle import RefusedError

REFUSED: Final[tuple[object, ...]] = (
    {"config": {"model": "models/m", "responseModalities": ["AUDIO"]}},
    {"setup": {"model": "models/m", "responseModalities": ["AUDIO"]}},
    generation(outputAudioTranscription={}),
    generation(responseModalities=["NOISE"]),
    setup_message(realtimeInputConfig={"turnCoverage": "EVERYTHING"}),
    setup_message(realtimeInputConfig={"vad": False}),
    setup_message(tools=tool(parameters={"type": "OBJECT", "const": 1})),
    user(sound="AAA="),
)
REFUSED_OF_A_SERVER: Final[tuple[object, ...]] = (
    {"serverContent": {"audio": {}}},
    {"serverContent": {"interactionStatus": "SLEEPING"}},
    {"voiceActivity": {"kind": "ACTIVITY_START"}},
    {"error": {"code": 500}},
)


@pytest.mark.parametrize("message", REFUSED, ids=as_id)
def test_the_types_refuse_what_no_client_may_send(message: object) -> None:
    with pytest.raises(RefusedError):
        types_oracle.check_client_frame(json.dumps(message))


@pytest.mark.parametrize("message", REFUSED_OF_A_SERVER, ids=as_id)
def test_the_types_refuse_what_no_server_sends(message: object) -> None:
    with pytest.raises(RefusedError):
        types_oracle.check_server_frame(json.dumps(message))

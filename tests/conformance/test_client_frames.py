"""Every frame of our client, before both judges."""

from __future__ import annotations

import inspect
import json

import pytest

from myna.live.protocol import LiveProtocol
from support import schema_oracle, types_oracle
from support.client_frames import (
    MODELS,
    VERBS,
    guide_opening,
    null_keys,
    open_session,
    openings,
)


@pytest.mark.parametrize("model", MODELS)
def test_every_opening_parses_strictly(model: str) -> None:
    for frames in openings(model):
        for frame in frames:
            schema_oracle.parse(frame)


@pytest.mark.parametrize("model", MODELS)
def test_every_opening_satisfies_googles_types(model: str) -> None:
    for frames in openings(model):
        for frame in frames:
            types_oracle.check_client_frame(frame)


@pytest.mark.parametrize("model", MODELS)
def test_no_opening_holds_a_null(model: str) -> None:
    assert [
        null_keys(frame) for frames in openings(model) for frame in frames if null_keys(frame)
    ] == []


def test_the_openings_cover_what_the_setup_can_hold() -> None:
    """Every way to begin is among them, or the tests above would prove little."""
    seen = {key for model in MODELS for frames in openings(model) for key in _setup_keys(frames)}
    kinds = {
        kind for model in MODELS for frames in openings(model) for kind in map(_top_key, frames)
    }

    assert kinds == {"setup", "clientContent"}
    assert seen >= {
        "contextWindowCompression",
        "generationConfig",
        "historyConfig",
        "inputAudioTranscription",
        "model",
        "outputAudioTranscription",
        "realtimeInputConfig",
        "sessionResumption",
        "systemInstruction",
        "tools",
    }


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_parses_strictly(verb: str) -> None:
    frame = VERBS[verb](open_session())

    schema_oracle.parse(frame)
    types_oracle.check_client_frame(frame)
    assert null_keys(frame) == []


def test_every_verb_of_a_session_is_among_them() -> None:
    """A verb that is new has to be judged too."""
    verbs = {
        name
        for name, method in inspect.getmembers(LiveProtocol, inspect.isfunction)
        if not name.startswith("_") and inspect.signature(method).return_annotation == "str"
    }

    assert verbs - {"opening_message"} == {name.split()[0] for name in VERBS}


def test_the_guides_opening_is_refused_as_the_server_refuses_it() -> None:
    with pytest.raises(schema_oracle.RefusedError, match='no field named "config"'):
        schema_oracle.parse(guide_opening())
    with pytest.raises(types_oracle.RefusedError):
        types_oracle.check_client_frame(guide_opening())


def _setup_keys(frames: list[str]) -> list[str]:
    return list(json.loads(frames[0])["setup"])


def _top_key(frame: str) -> str:
    (key,) = json.loads(frame)
    return str(key)

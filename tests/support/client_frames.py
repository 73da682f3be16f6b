"""Every frame that our client can compose: all openings, and all verbs of a session."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from myna.config import LiveSettings
from myna.live.beginning import Beginning, SpokenTurn
from myna.live.messages import FunctionDeclaration
from myna.live.profiles import PROFILES
from myna.live.protocol import LiveProtocol
from myna.live.setup import opening_for

READY: Final = b'{"setupComplete":{}}'
CALL: Final = ("call_1", "look")
JPEG: Final = b"\xff\xd8\xff\xe0picture\xff\xd9"
MODELS: Final = (*(row.family for row in PROFILES), "gemini-3.8-live-preview-01", "my-model")

TOOLS: Final = (
    FunctionDeclaration(
        name="set_output",
        description="Switch an output.",
        parameters_json_schema={
            "type": "object",
            "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}},
            "required": ["name", "on"],
            "additionalProperties": False,
        },
        behavior="BLOCKING",
    ),
    FunctionDeclaration(name="look", description="Take a picture.", behavior="NON_BLOCKING"),
    FunctionDeclaration(
        name="wait", description="Wait.", parameters={"type": "OBJECT", "properties": {}}
    ),
)
HISTORY: Final = (
    SpokenTurn("user", "Switch on the lamp."),
    SpokenTurn("model", "Done."),
    SpokenTurn("user", "  "),
)
BEGINNINGS: Final = (
    Beginning(),
    Beginning(handle="6f2c1a1e-7d0b-4a52-9a36-0f4c8f0e2d11"),
    Beginning(handle="6f2c1a1e-7d0b-4a52-9a36-0f4c8f0e2d11", is_plain=True),
    Beginning(history=HISTORY),
    Beginning(history=HISTORY[:1]),
    Beginning(is_plain=True),
    Beginning(history=HISTORY, is_plain=True),
)

VERBS: Final[Mapping[str, Callable[[LiveProtocol], str]]] = {
    "audio": lambda session: session.audio(bytes(range(256)) * 8),
    "audio_end": lambda session: session.audio_end(),
    "text": lambda session: session.text('Grüße, "Ωmega" \u2028 \U0001f426'),
    "still": lambda session: session.still(JPEG),
    "stop_talking": lambda session: session.stop_talking(),
    "tool_answer": lambda session: session.tool_answer(*CALL, {"output": {"text": "A bird."}}),
    "tool_answer with all": lambda session: session.tool_answer(
        *CALL, {"error": "late", "nan": float("nan")}, scheduling="WHEN_IDLE", jpeg=JPEG
    ),
}
"""By the name of the verb, and what is special about it."""


def settings_of(model: str) -> Iterator[LiveSettings]:
    """Yield the settings that make a setup of `model` differ."""
    yield LiveSettings(model=model)
    yield LiveSettings(model=model, voice="", instruction="")


def openings(model: str) -> Iterator[list[str]]:
    """Yield all frames of every way to open a session with `model`, in order."""
    ways = product(settings_of(model), ((), TOOLS), (False, True), BEGINNINGS)
    for settings, tools, has_camera, beginning in ways:
        opening = opening_for(settings, tools, has_camera=has_camera, beginning=beginning)
        session = LiveProtocol(opening)
        first = session.opening_message()
        session.receive(READY)
        yield [first, *session.follow_ups()]


def open_session(call: tuple[str, str] = CALL) -> LiveProtocol:
    """Return a session in which `call` waits for its answer."""
    opening = opening_for(LiveSettings(), (), has_camera=False)
    session = LiveProtocol(opening, carried_calls=dict([call]))
    session.opening_message()
    session.receive(READY)
    return session


def guide_opening() -> str:
    """Return the first message in the dialect of the getting-started guide."""
    opening = opening_for(LiveSettings(dialect="guide"), (), has_camera=False)
    return LiveProtocol(opening).opening_message()


def null_keys(frame: str) -> list[str]:
    """Name the keys of a frame that hold null, outside JSON that is a tool's own."""
    own = {"response", "args", "parametersJsonSchema"}

    def nulls(tree: Any, key: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
        if tree is None:
            yield key
        elif isinstance(tree, dict):
            for name, value in tree.items():
                yield from () if name in own else nulls(value, name)
        elif isinstance(tree, list):
            for value in tree:
                yield from nulls(value, key)

    return list(nulls(json.loads(frame), ""))

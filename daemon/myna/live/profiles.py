"""What each model family takes in its setup, and how its tool calls behave.

PURE. A field that a model does not take ends the session with 1007, so the
unknown model gets the row with the fewest (Live API model pages; "Thinking in
Live API" guide; pipecat and pydantic-ai for what the pages leave open).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna.live.messages import Behavior, ThinkingLevel, TurnCoverage


@dataclass(frozen=True, slots=True)
class Profile:
    """One model family.

    Attributes:
        family: The model's name without "models/", or the start of it.
        behavior: Whether the model waits for a tool; None where it cannot be said.
            BLOCKING keeps the call and its answer inside one turn, which is what
            tools that answer within a second want.
        thinking_level: Sent only where the model demands one.
        camera_coverage: The turn coverage with which stills are seen; None where that
            is the model's own default.
    """

    family: str
    behavior: Behavior | None = None
    thinking_level: ThinkingLevel | None = None
    camera_coverage: TurnCoverage | None = None


UNKNOWN: Final = Profile(family="")
PROFILES: Final = (
    # Asynchronous tools only; "Thinking level must be specified for this model".
    Profile("gemini-3.8-live-extended-thinking", behavior="NON_BLOCKING", thinking_level="LOW"),
    # Asynchronous unless told otherwise; refuses a thinking configuration.
    Profile("gemini-3.8-live", behavior="BLOCKING"),
    # Does not know `behavior`; thinks minimally by default.
    Profile("gemini-3.1-flash-live"),
    # By default a turn holds no picture that comes outside speech.
    Profile(
        "gemini-2.5-flash-native-audio",
        behavior="BLOCKING",
        camera_coverage="TURN_INCLUDES_ALL_INPUT",
    ),
)


def bare_name(model: str) -> str:
    """Return the model's name without the prefix "models/"."""
    return model.removeprefix("models/")


def profile_for(model: str) -> Profile:
    """Find the row of a model, with or without its prefix "models/".

    A family covers its dated and preview variants ("gemini-3.8-live-preview-01").
    """
    name = bare_name(model)
    return next(
        (row for row in PROFILES if name == row.family or name.startswith(row.family + "-")),
        UNKNOWN,
    )

"""What each model family takes, and how it behaves: one table, asked by everybody.

PURE. A field that a model does not take ends the session with 1007, so the
unknown model gets the row with the fewest. Sources: Live API model pages and the
"Thinking in Live API" guide; pydantic-ai's profiles, verified by its authors with the
live server (`tests/realtime/test_google.py`); pipecat's `google/gemini_live/llm.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from myna.live.setup_messages import Behavior, ThinkingLevel, TurnCoverage

Seeding = Literal["content", "history", "instruction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One model family; the defaults are what is asked of a model that nobody knows.

    Attributes:
        family: The model's name without "models/", or the start of it.
        behaviors: How a tool can be declared, the better one first; empty where
            `behavior` is refused.
        thinking_level: Sent only where the model demands one.
        camera_coverage: The turn coverage with which stills are seen; None where that
            is the model's own default.
        takes_scheduling: Whether an answer may say when it is to be spoken of; else
            1007 "Function response scheduling is not supported for this model".
        takes_content: Whether `clientContent` may come in mid-session: an empty one is
            "stop talking", one with turns is a note.
        takes_pictures_in_answers: Whether a picture in a function response is seen.
        gates_microphone: Whether audio must rest while the model waits for a tool; else
            1008 "Operation is not implemented" (js-genai#1236, livekit/agents#4545).
        takes_audio_end: Whether `audioStreamEnd` may be sent, which ends the user's turn at
            once; only where the server itself detects speech (Live API reference,
            BidiGenerateContentRealtimeInput.audioStreamEnd).
        may_stay_silent: Whether it answers only what is meant for it (proactive audio).
        seeding: How a fresh session is told what was said. "history" is the documented
            way: `historyConfig`, then one `clientContent` whose `turnComplete` ends the
            history and is not answered. "content" has no such field: the turns are a
            turn, and a turn of the user must come last. "instruction" puts them into
            the system instruction, which all models read.
    """

    family: str
    behaviors: tuple[Behavior, ...] = ()
    thinking_level: ThinkingLevel | None = None
    camera_coverage: TurnCoverage | None = None
    takes_scheduling: bool = False
    takes_content: bool = False
    takes_pictures_in_answers: bool = False
    gates_microphone: bool = True
    takes_audio_end: bool = True
    may_stay_silent: bool = True
    seeding: Seeding = "instruction"

    def behavior(self, wish: Behavior | None) -> Behavior | None:
        """Return how a tool is declared: as wished, or as the model can, or not at all."""
        if wish in self.behaviors:
            return wish
        return self.behaviors[0] if self.behaviors else None


UNKNOWN: Final = Profile(family="")
PROFILES: Final = (
    Profile(
        # Asynchronous tools only: "BLOCKING function calls are not supported for this
        # model"; "Thinking level must be specified for this model".
        family="gemini-3.8-live-extended-thinking",
        behaviors=("NON_BLOCKING",),
        thinking_level="LOW",
        takes_content=True,
        takes_pictures_in_answers=True,
        gates_microphone=False,
        seeding="history",
    ),
    Profile(
        # Asynchronous unless told otherwise; BLOCKING keeps a call and its answer in one
        # turn, which tools that answer within a second want. Takes no thinking
        # configuration. Seeding with historyConfig is verified by pydantic-ai; without
        # it `turnComplete` true would be answered and false left open.
        family="gemini-3.8-live",
        behaviors=("BLOCKING", "NON_BLOCKING"),
        takes_scheduling=True,
        takes_content=True,
        takes_pictures_in_answers=True,
        gates_microphone=False,
        seeding="history",
    ),
    Profile(
        # Waits for every tool and cannot be told not to. clientContent in mid-session
        # was 1007 (adk-python#5018), as history it is documented.
        family="gemini-3.1-flash-live",
        takes_pictures_in_answers=True,
        gates_microphone=False,
        may_stay_silent=False,
        seeding="history",
    ),
    Profile(
        # By default a turn holds no picture that comes outside speech.
        family="gemini-2.5-flash-native-audio",
        behaviors=("BLOCKING", "NON_BLOCKING"),
        camera_coverage="TURN_INCLUDES_ALL_INPUT",
        takes_scheduling=True,
        takes_content=True,
        may_stay_silent=False,
        seeding="content",
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

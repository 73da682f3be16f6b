"""What single models refuse beyond what all refuse: one row of data for each family. PURE.

Source: model pages and the thinking guide of the Live API; closes recorded in the
cassettes of pydantic-ai; adk-python#5018 and strands-agents/harness-sdk#1999 for 3.1.
A rule without a source is in no row: an unknown model refuses nothing.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from myna.simulator.messages import FunctionResponse, Setup
from myna.simulator.refusal import invalid_argument, refusal, unknown_model


class Model(Struct, frozen=True, kw_only=True):
    """What one family does differently.

    Attributes:
        thinking: `thinkingConfig` is free, refused, or needs a level.
        behaviors: What a declaration may say of its `behavior`.
        takes_scheduling: Whether answers may say when they are spoken of.
        takes_content: Whether clientContent may come after the seeding.
        takes_seeded_calls: Whether seeded history may hold calls and their answers.
        affective: `enableAffectiveDialog` is taken, refused, or ends the session at the
            first message after the setup.
        proactivity: `proactivity` is taken, refused, or refused when it is false.
        reads_parts: Whether images in tool answers are seen.
        sends_voice_activity: Whether it tells where speech starts and ends.
    """

    thinking: Literal["free", "refused", "level"] = "free"
    behaviors: frozenset[str] = frozenset({"BLOCKING", "NON_BLOCKING"})
    takes_scheduling: bool = True
    takes_content: bool = True
    takes_seeded_calls: bool = True
    affective: Literal["taken", "refused", "fatal"] = "taken"
    proactivity: Literal["taken", "refused", "on"] = "taken"
    reads_parts: bool = True
    sends_voice_activity: bool = True


ANY: Final = Model()

_FAMILIES: Final[tuple[tuple[str, Model], ...]] = (
    (
        "gemini-3.8-live-extended-thinking",
        Model(
            thinking="level",
            behaviors=frozenset({"NON_BLOCKING"}),
            takes_scheduling=False,
            affective="fatal",
            proactivity="on",
        ),
    ),
    ("gemini-3.8-live", Model(thinking="refused", affective="fatal", proactivity="on")),
    (
        "gemini-3.1-flash-live",
        Model(
            behaviors=frozenset(),
            takes_scheduling=False,
            takes_content=False,
            takes_seeded_calls=False,
            affective="refused",
            proactivity="refused",
        ),
    ),
    (
        "gemini-2.5-flash-native-audio",
        Model(takes_seeded_calls=False, reads_parts=False, sends_voice_activity=False),
    ),
)
"""By the start of the name; the first that fits."""

SHUT_DOWN: Final = frozenset(
    {
        "models/gemini-live-2.5-flash-preview",
        "models/gemini-2.0-flash-live-001",
        "models/gemini-2.0-flash-exp",
    }
)
"""Since 2025-12-09."""


def find_model(name: str) -> Model:
    """Return the row of the model `models/…`."""
    bare = name.removeprefix("models/")
    return next((row for start, row in _FAMILIES if bare.startswith(start)), ANY)


def check_model(name: str, version: str, known: tuple[str, ...]) -> None:
    """Refuse a model that was shut down, or is none of `known` where there are any."""
    if name in SHUT_DOWN or (known and name not in known):
        raise unknown_model(name, version)


def check_for_model(setup: Setup) -> None:
    """Refuse what this setup asks of a model that does not do it."""
    model = find_model(setup.model)
    config = setup.generation_config
    _check_thinking(model, config.thinking_config)
    if config.enable_affective_dialog and model.affective == "refused":
        raise invalid_argument("this model has no affective dialogue")
    _check_proactivity(model, setup.proactivity)
    for tool in setup.tools:
        for function in tool.function_declarations:
            if function.behavior and function.behavior not in model.behaviors:
                raise invalid_argument(f"this model takes no behavior {function.behavior}")


def _check_thinking(model: Model, config: dict[str, object] | None) -> None:
    if model.thinking == "level" and "thinkingLevel" not in (config or {}):
        raise refusal("thinking_level")
    if model.thinking == "refused" and config is not None:
        raise invalid_argument("this model takes no thinkingConfig")


def _check_proactivity(model: Model, proactivity: dict[str, object] | None) -> None:
    if proactivity is None:
        return
    if model.proactivity == "refused":
        raise invalid_argument("this model has no proactivity")
    if model.proactivity == "on" and False in proactivity.values():
        raise invalid_argument("proactivity of this model cannot be switched off")


def check_scheduling(model: Model, answers: tuple[FunctionResponse, ...]) -> None:
    """Refuse answers that say when they are spoken of, where the model cannot."""
    if not model.takes_scheduling and any(answer.scheduling for answer in answers):
        raise refusal("scheduling")

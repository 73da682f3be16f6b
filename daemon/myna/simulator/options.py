"""The server's oddities that can be switched on, each with its reason. PURE.

`myna simulate --with FLAG[=VALUE]` and the table `[server]` of a script set the same
names.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct

from myna.simulator.endings import EndingName
from myna.simulator.endpointing import THRESHOLD

Dialect: TypeAlias = Literal["reference", "guide"]
FlagSeconds: TypeAlias = Annotated[float, Meta(ge=0, le=86_400)]

_HIDDEN: Final = frozenset({"accepted_key"})


class Options(Struct, frozen=True, kw_only=True):
    """How this server differs from a fast one that lets everybody in and never fails.

    Attributes:
        connect_delay_s: Wait before answering the upgrade: a slow link or a far region.
        setup_delay_s: Wait before setupComplete: a model that is slow to start.
        accepted_key: The only key or token that is good; None takes any. A wrong one is
            refused after the setup, as the real server does.
        token_uses: New sessions that one ephemeral token may start, 0 for any number;
            resuming is not counted (Live API reference, CreateAuthTokenRequest.uses).
        speech_threshold: Mean absolute sample above which the microphone counts as loud.
        known_models: The only models that exist, with `models/`; empty takes any that
            was not shut down.
        upgrade_status: HTTP status that answers every upgrade, 0 for the usual 101;
            front ends were seen to send 429 and 503 (pydantic-ai, InvalidStatus).
        ends_opening: Name of the ending that answers every setup.
        go_away_after_s: Life of a connection until goAway, 0 for ever; the real one is
            about 540 s (reachy_mini_conversation_app#357).
        time_left_s: From that goAway to the close 1008; the real one is about 50 s.
        holds_lost_s: How long a connection that ended without a close handshake keeps its
            session; resuming in that time is closed 1011 (gemini-live-resume-test,
            2026-10-02: 12 of 12 refused at once, 11 of 11 taken 1.0 s later; refused for
            as long as the old connection stayed open). 0 takes every attempt.
        handle_life_s: How long a handle is good after the end of its last connection;
            2 h in the session guide.
        refuses_resumption: Every handle is unknown (Youtube_demos#5).
        pong_delay_s: Wait before answering a ping: 8 to 30 s were seen
            (python-genai#2935, sip-to-ai PR#14).
        sends_empty_frames: `{}` after every message, frequent on 3.x (pydantic-ai
            recorded cassettes).
        bundles_fields: Several parts and a transcript in one frame, generationComplete
            and turnComplete in one (capabilities guide, on 3.x).
        bursts: A whole reply at once instead of five times faster than real time.
        spells_snake_case: Keys as `server_content`, which ProtoJSON allows.
        uses_base64url: The other base64 alphabet, which ProtoJSON allows.
        sends_text_frames: Text frames instead of binary ones; a proxy may do so.
        cancels_calls: toolCallCancellation for calls that an interruption dropped, as 2.5
            does (voiceclaw PR#62); 3.8 drops them without a word.
        repeats_calls: Every call a second time with another id (pipecat#4118).
        silent_after_interrupt: After an interruption nothing is said on this connection
            any more (python-genai#2333).
        blocking_calls_refuse_audio: Audio while a blocking call is pending closes 1008, as
            on 2.5 (js-genai#1236, livekit/agents#4545).
    """

    connect_delay_s: FlagSeconds = 0.0
    setup_delay_s: FlagSeconds = 0.0
    accepted_key: str | None = None
    token_uses: Annotated[int, Meta(ge=0)] = 0
    speech_threshold: Annotated[int, Meta(ge=0)] = THRESHOLD
    known_models: tuple[str, ...] = ()
    upgrade_status: Literal[0, 400, 401, 403, 404, 429, 500, 502, 503, 504] = 0
    ends_opening: EndingName | None = None
    go_away_after_s: FlagSeconds = 0.0
    time_left_s: FlagSeconds = 50.0
    holds_lost_s: FlagSeconds = 0.0
    handle_life_s: FlagSeconds = 7_200.0
    refuses_resumption: bool = False
    pong_delay_s: FlagSeconds = 0.0
    sends_empty_frames: bool = False
    bundles_fields: bool = False
    bursts: bool = False
    spells_snake_case: bool = False
    uses_base64url: bool = False
    sends_text_frames: bool = False
    cancels_calls: bool = False
    repeats_calls: bool = False
    silent_after_interrupt: bool = False
    blocking_calls_refuse_audio: bool = False

    def __repr__(self) -> str:
        """Show what differs from the defaults, but never the key."""
        default = Options()
        shown = (
            f"{name}={getattr(self, name)!r}"
            for name in self.__struct_fields__
            if name not in _HIDDEN and getattr(self, name) != getattr(default, name)
        )
        return f"Options({', '.join(shown)})"

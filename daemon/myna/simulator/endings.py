"""Every way in which the real server was seen to close a connection, by name. PURE.

Source: closes reported in the issues of google-genai, livekit-agents, adk-python and
pipecat, and close-code classifiers of shipped clients. Not in the table are the ends
that a client makes itself: 1009 for a frame above its own limit, 1011 "keepalive ping
timeout" of its own pings. A reset or a vanished peer is `cut`, not a close.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct


class Ending(Struct, frozen=True):
    """A close frame.

    Attributes:
        code: Of the WebSocket; 1006 stands for none at all.
        reason: Google's words, uncut.
    """

    code: int
    reason: str = ""


ENDINGS: Final[Mapping[str, Ending]] = MappingProxyType(
    {
        "normal": Ending(1000),
        "going_away": Ending(1001),
        "no_close_frame": Ending(1006),
        "key_invalid": Ending(1007, "API key not valid. Please pass a valid API key."),
        "key_expired": Ending(1007, "API key expired. Please renew the API key."),
        "location": Ending(1007, "User location is not supported for the API use."),
        "unknown_field": Ending(
            1007, 'Invalid JSON payload received. Unknown name "config": Cannot find field.'
        ),
        "setup_twice": Ending(1007, "setup must be the first message and only the first"),
        "media_chunks": Ending(
            1007, "realtime_input.media_chunks is deprecated. Use audio, video, or text instead."
        ),
        "thinking_level": Ending(1007, "Thinking level must be specified for this model"),
        "scheduling": Ending(1007, "Function response scheduling is not supported for this model"),
        "invalid_argument": Ending(1007, "Request contains an invalid argument."),
        "model_not_found": Ending(
            1008,
            "models/gemini-2.0-flash-exp is not found for API version v1beta, or is not "
            "supported for bidiGenerateContent. Call ListModels to see the list of available "
            "models and their supported methods.",
        ),
        "go_away_ignored": Ending(
            1008,
            "Connection aborted because the client failed to close the connection after "
            "receiving a GoAway",
        ),
        "idle": Ending(1008, "The operation was aborted."),
        "not_implemented": Ending(1008, "Operation is not implemented, or supported, or enabled."),
        "entity_not_found": Ending(1008, "Requested entity was not found"),
        "session_not_found": Ending(1008, "BidiGenerateContent session not found"),
        "unregistered": Ending(
            1008,
            "Method doesn't allow unregistered callers (callers without established identity). "
            "Please use API Key or other form of API consumer identity to call this API.",
        ),
        "quota": Ending(
            1011,
            "You exceeded your current quota, please check your plan and billing details. "
            "For more information on this error, head to: https://ai.google.dev/gemini-api/docs",
        ),
        "spending_cap": Ending(
            1011, "Your project has exceeded its monthly spending cap. Please go to AI Studio"
        ),
        "prepayment": Ending(1011, "Your prepayment credits are depleted."),
        "token_spent": Ending(1011, "Token has been used too many times"),
        "internal_error": Ending(1011, "Internal error encountered."),
        "unavailable": Ending(1011, "The service is currently unavailable."),
        "deadline": Ending(1011, "Deadline expired before operation could complete."),
        "overloaded": Ending(1011, "The model is overloaded. Please try again later."),
    }
)

EndingName: TypeAlias = Annotated[str, Meta(pattern=f"^({'|'.join(ENDINGS)})$")]

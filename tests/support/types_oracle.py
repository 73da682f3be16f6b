"""The pydantic types of google-genai as a second judge of frames.

Newer than the protobuf schema and as strict about unknown keys, but lenient elsewhere:
two members of a oneof and `transparent` pass, an unknown enum only warns (here that is
an error). Two gaps are bridged as the SDK does it itself: `LiveClientSetup` lacks
`realtimeInputConfig`, which is judged as part of `LiveConnectConfig`, and the wire's
`voiceActivity.type` is called `voiceActivityType` by its converter.
"""

from __future__ import annotations

import json
import warnings
from typing import Any, Final

import pydantic
from google.genai import types

RefusedError: Final = (pydantic.ValidationError, UserWarning)


def check_client_frame(text: str) -> None:
    """Read a frame of a client.

    Raises:
        RefusedError: The types do not allow it.
    """
    message: dict[str, Any] = json.loads(text)
    setup = message.get("setup")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if isinstance(setup, dict) and "realtimeInputConfig" in setup:
            input_config = {"realtimeInputConfig": setup.pop("realtimeInputConfig")}
            types.LiveConnectConfig.model_validate(input_config)
        types.LiveClientMessage.model_validate(message)


def check_server_frame(text: str | bytes) -> None:
    """Read a frame of a server.

    Raises:
        RefusedError: The types do not allow it.
    """
    message: dict[str, Any] = json.loads(text)
    for key in ("voiceActivity", "voice_activity"):
        activity = message.get(key)
        if isinstance(activity, dict) and "type" in activity:
            activity["voiceActivityType"] = activity.pop("type")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        types.LiveServerMessage.model_validate(message)

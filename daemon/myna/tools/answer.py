"""What goes back to the model after a tool call.

PURE. An answer is always a JSON object with `output` or `error` (Live API reference,
FunctionResponse), holds no NaN (a protobuf Struct has none; sending one closed the
session with 1007), and is small enough to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from myna.tools.tool import Ended, Result, Scheduling, Seen
from myna_hardware.interfaces import Still

RESPONSE_LIMIT_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one call.

    Attributes:
        response: For the model: `{"output": {...}}` or `{"error": TEXT}`, plain JSON.
        ms: How long it took.
        is_ok: Whether the tool did its work.
        ends_conversation: Whether the conversation is over once this has been said.
        still: A picture to send to the model before the response.
        is_repeat: Whether nothing was done for it: an earlier call had done it already.
        scheduling: When a model that did not wait is to hear of it; None for a tool that
            the model waits for. Send it only where the profile's model takes it.
    """

    response: dict[str, Any]
    ms: float
    is_ok: bool = True
    ends_conversation: bool = False
    still: Still | None = None
    is_repeat: bool = False
    scheduling: Scheduling | None = None


def succeeded(result: Result, ms: float) -> Answer:
    """Return the answer for a tool's `result`.

    Raises:
        TypeError: The tool returned something else.
    """
    match result:
        case Ended(output=output):
            return Answer(_response("output", dict(output)), ms, ends_conversation=True)
        case Seen(still=still, text=text):
            return Answer(_response("output", {"text": text}), ms, still=still)
        case _:
            return Answer(_response("output", dict(result)), ms)


def failed(problem: str, ms: float) -> Answer:
    """Return the answer for a call that came to nothing; `problem` is for the model."""
    # It may hold what is no text, such as half a letter of a file's name.
    text = problem.encode(errors="replace").decode()
    return Answer(_response("error", text), ms, is_ok=False)


def _response(key: str, content: object) -> dict[str, Any]:
    """Make the response plain JSON: what JSON does not know becomes text, NaN null."""
    encoded = msgspec.json.encode({key: content}, enc_hook=str)
    if len(encoded) > RESPONSE_LIMIT_BYTES:
        encoded = _cut(key, encoded)
    response: dict[str, Any] = msgspec.json.decode(encoded)
    return response


def _cut(key: str, encoded: bytes) -> bytes:
    """Keep the beginning of a response that is too long, as text."""
    note = f"cut: {len(encoded)} bytes were too long; this is the beginning"
    text = encoded[:RESPONSE_LIMIT_BYTES].decode(errors="ignore")

    def whole(text: str) -> bytes:
        return msgspec.json.encode({key: {"note": note, "beginning": text}})

    # Every character taken away saves one byte or more, so once is enough.
    return whole(text[: RESPONSE_LIMIT_BYTES - len(whole(text))])

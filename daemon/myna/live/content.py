"""Turns and their parts, and calls of tools with their answers, as the client sends them.

PURE.
"""

from __future__ import annotations

from typing import Literal

from myna.live.wire import Blob, Wire

Role = Literal["user", "model"]
Scheduling = Literal["SILENT", "WHEN_IDLE", "INTERRUPT"]
"""When a model that does not wait for a tool hears of its answer.

The enum says INTERRUPT; the model page's "INTERRUPTED" is not in it.
"""


class FunctionCall(Wire, frozen=True):
    """A call that the model made, told again as history (3.8 only: pydantic-ai)."""

    name: str
    id: str | None = None
    args: dict[str, object] | None = None


class FunctionResponsePart(Wire, frozen=True):
    """A picture that belongs to an answer. 3.x reads it, 2.5 does not (pydantic-ai)."""

    inline_data: Blob


class FunctionResponse(Wire, frozen=True):
    """The answer to one call.

    Attributes:
        id: As it stood in the call.
        name: The tool.
        response: Must be an object (protobuf Struct).
        scheduling: Only for NON_BLOCKING tools.
        will_continue: More answers to this call will follow; NON_BLOCKING only.
        parts: What is not text.
    """

    id: str
    name: str
    response: dict[str, object]
    scheduling: Scheduling | None = None
    will_continue: bool | None = None
    parts: tuple[FunctionResponsePart, ...] | None = None


class Part(Wire, frozen=True):
    """A piece of a turn; exactly one member."""

    text: str | None = None
    inline_data: Blob | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None


class Content(Wire, frozen=True):
    """A turn of one party, or an instruction, which is nobody's."""

    parts: tuple[Part, ...]
    role: Role | None = None


def text_content(*paragraphs: str, role: Role | None = None) -> Content:
    """Return a turn of text; each paragraph is a part."""
    return Content(parts=tuple(Part(text=text) for text in paragraphs), role=role)

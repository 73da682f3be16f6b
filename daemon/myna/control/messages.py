"""What can be asked of the running daemon: one JSON object per line, each way.

PURE. A request is `{"command": NAME, ...arguments}`; its answer is `{"ok": true, ...}`
or `{"ok": false, "error": TEXT}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from myna.errors import CommandError

LINE_LIMIT_BYTES: Final = 4096
"""The longest request, its newline included."""


class _Command(
    msgspec.Struct, frozen=True, tag_field="command", tag=str.lower, forbid_unknown_fields=True
):
    pass


class Status(_Command, frozen=True):
    """How is everything?"""


class Listen(_Command, frozen=True):
    """Start listening, as the wake word would."""


class Stop(_Command, frozen=True):
    """Fall silent and end the conversation."""


class Say(_Command, frozen=True):
    """Announce `text` to the people in the room."""

    text: Annotated[str, Meta(min_length=1)]


class Mute(_Command, frozen=True):
    """Close the microphone."""


class Unmute(_Command, frozen=True):
    """Open the microphone again."""


class Volume(_Command, frozen=True):
    """Set the volume; without `percent`, tell it."""

    percent: Annotated[int, Meta(ge=0, le=100)] | None = None


class Confirm(_Command, frozen=True):
    """Say yes to what a tool asks."""


class Timers(_Command, frozen=True):
    """Tell which timers, alarms and reminders are set, ring, and have rung."""


class Snooze(_Command, frozen=True):
    """Let what rings ring again later; without `minutes` as long as it is configured."""

    minutes: Annotated[float, Meta(ge=0.5, le=720)] | None = None


class Tools(_Command, frozen=True):
    """Tell which tools there are."""


class Call(_Command, frozen=True):
    """Run a tool by hand."""

    name: str
    arguments: dict[str, Any] = {}


Measurable: TypeAlias = Literal["microphone", "loopback", "key", "camera"]


class Measure(_Command, frozen=True):
    """Measure a part that only the daemon can: the doctor asks for it."""

    what: Measurable


class Monitor(_Command, frozen=True):
    """Tell how everything is, again and again, until the client hangs up.

    Any number of answers, ten a second at most; a client that reads slowly misses some.
    """


Request: TypeAlias = (
    Status
    | Listen
    | Stop
    | Say
    | Mute
    | Unmute
    | Volume
    | Confirm
    | Timers
    | Snooze
    | Tools
    | Call
    | Measure
)
"""What is answered once."""

_requests: Final[msgspec.json.Decoder[Request | Monitor]] = msgspec.json.Decoder(Request | Monitor)
_answers: Final = msgspec.json.Decoder(dict[str, Any])


def serialize_request(request: Request | Monitor) -> bytes:
    """Return `request` as a line.

    Raises:
        CommandError: It would be longer than the daemon reads.
    """
    line = msgspec.json.encode(request) + b"\n"
    if len(line) > LINE_LIMIT_BYTES:
        raise CommandError(f"too long: the daemon reads up to {LINE_LIMIT_BYTES} bytes at once")
    return line


def parse_request(line: bytes) -> Request | Monitor:
    """Read one line.

    Raises:
        CommandError: It is no request; the text says why.
    """
    try:
        return _requests.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CommandError(f"not a request: {error}") from error


def serialize_answer(content: Mapping[str, object]) -> bytes:
    """Return the answer of a command that was done, as a line."""
    return msgspec.json.encode({"ok": True, **content}, enc_hook=str) + b"\n"


def serialize_refusal(problem: str) -> bytes:
    """Return the answer of a command that could not be done, as a line."""
    return msgspec.json.encode({"ok": False, "error": problem}) + b"\n"


def parse_answer(line: bytes) -> dict[str, Any]:
    """Return the content of an answer, without its `ok`.

    Raises:
        CommandError: The daemon refused, with its words, or this is no answer.
    """
    try:
        answer = _answers.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError("what answered is not myna") from error
    if answer.pop("ok", None) is not True:
        raise CommandError(str(answer.get("error", "what answered is not myna")))
    return answer

"""What the camera's process is asked, and what it answers; PURE.

A request is one line; an answer is a line with its kind and the length of what follows.
Only settings go in, and only a JPEG or a line of text comes out.

    still 1024 768 85                 ->  still 13617, and so many bytes of JPEG
    cameras                           ->  cameras 12, and a model per line
                                          or not_found 21, lost ...
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEADER_LIMIT_BYTES: Final = 64
BODY_LIMIT_BYTES: Final = 1024 * 1024


class Kind(StrEnum):
    """What an answer says; READY comes unasked, once the library is loaded."""

    READY = "ready"
    STILL = "still"
    CAMERAS = "cameras"
    MISSING = "missing"
    NOT_FOUND = "not_found"
    LOST = "lost"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class StillRequest:
    """How the still is to be.

    Attributes:
        width: In pixels.
        height: In pixels.
        quality: The best JPEG quality, up to 95.
    """

    width: int
    height: int
    quality: int

    def serialize(self) -> bytes:
        """Return it as a line."""
        return f"still {self.width} {self.height} {self.quality}\n".encode()


CAMERAS_REQUEST: Final = b"cameras\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        kind: What it says.
        body: The JPEG, the models, or the reason.
    """

    kind: Kind
    body: bytes = b""

    @property
    def text(self) -> str:
        """What is no picture, readable."""
        return self.body.decode(errors="replace")

    def serialize(self) -> bytes:
        """Return it as it travels."""
        return f"{self.kind} {len(self.body)}\n".encode() + self.body


def parse_request(line: bytes) -> StillRequest | None:
    """Read a request; None asks for the cameras.

    Raises:
        ValueError: It is neither.
    """
    if line == CAMERAS_REQUEST:
        return None
    word, *numbers = line.split()
    if word != b"still":
        raise ValueError(line)
    width, height, quality = map(int, numbers)
    return StillRequest(width, height, quality)


def parse_answer(received: bytes | bytearray) -> Answer | None:
    """Read an answer; None while a part of it is still to come.

    Raises:
        ValueError: It is none, or longer than any.
    """
    header, end, body = bytes(received).partition(b"\n")
    if not end and len(header) <= HEADER_LIMIT_BYTES:
        return None
    word, _, length = header.decode().partition(" ")
    kind, length_bytes = Kind(word), int(length)
    if not 0 <= length_bytes <= BODY_LIMIT_BYTES or len(body) > length_bytes:
        raise ValueError(header)
    return Answer(kind, body) if len(body) == length_bytes else None

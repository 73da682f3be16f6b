"""What a whole JPEG is, as far as its markers tell; PURE.

No pixel is decoded: a picture that ends where it should and has a size is passed on, and
whoever looks at it decodes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

START_OF_IMAGE: Final = b"\xff\xd8\xff"
"""The SOI marker and the first byte of the next (ITU-T T.81, B.1.1.3)."""

END_OF_IMAGE: Final = b"\xff\xd9"
FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15: all from FFC0 to FFCF but DHT, JPG and DAC (T.81, table B.1)."""

START_OF_SCAN: Final = 0xDA
LARGEST_SIDE: Final = 10_000
"""The largest camera for a Pi, Arducam's of 64 megapixels, takes 9152 x 6944."""

QUALITY_STEP: Final = 15
LEAST_QUALITY: Final = 10


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a JPEG, as the end of a sentence about it.

    Attributes:
        text: "is cut off", for example.
        cure: What to do about a file that has it.
    """

    text: str
    cure: str


def flaw_of(jpeg: bytes, limit_bytes: int) -> Flaw | None:
    """Return what is wrong with a JPEG, or None where it is whole.

    Args:
        jpeg: The picture; zeros after its end are let pass.
        limit_bytes: How large it may be, in whole KiB.
    """
    if len(jpeg) > limit_bytes:
        return Flaw(f"is larger than {limit_bytes // 1024} KiB", "make it smaller")
    if not jpeg.startswith(START_OF_IMAGE):
        return Flaw("is not a JPEG", "convert it to one")
    if not jpeg.rstrip(b"\0").endswith(END_OF_IMAGE):
        return Flaw("is cut off", "a JPEG ends with FF D9")
    if not _is_sane(size_of(jpeg)):
        return Flaw("is a JPEG without a picture in it", "convert it anew")
    return None


def size_of(jpeg: bytes) -> tuple[int, int] | None:
    """Return width and height as the frame header tells; None where there is none."""
    for marker, segment in _segments(jpeg):
        if marker in FRAME_MARKERS and len(segment) >= 5:
            return int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[1:3], "big")
    return None


def qualities(first: int) -> list[int]:
    """Return the JPEG qualities to try until a picture is small enough, best first."""
    return [*range(first, LEAST_QUALITY, -QUALITY_STEP), LEAST_QUALITY]


def _is_sane(size: tuple[int, int] | None) -> bool:
    return size is not None and all(1 <= side <= LARGEST_SIDE for side in size)


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment before the scan (T.81, B.1.1.4)."""
    at = len(START_OF_IMAGE) - 1
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == START_OF_SCAN:
            return
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        yield marker, jpeg[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)

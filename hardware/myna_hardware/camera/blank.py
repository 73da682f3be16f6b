"""A picture of nothing: a whole JPEG, all of one grey; PURE."""

from __future__ import annotations

from typing import Final

BLOCK: Final = 8

_TABLES: Final = (
    b"\xff\xdb\x00\x43\x00" + bytes([1] * 64),  # DQT: nothing is rounded
    # DHT: one code, "0", for "as grey as the block before" and for "no detail".
    b"\xff\xc4\x00\x14\x00" + bytes([1, *[0] * 15, 0]),
    b"\xff\xc4\x00\x14\x10" + bytes([1, *[0] * 15, 0]),
)
_SCAN: Final = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"


def blank_jpeg(width: int, height: int) -> bytes:
    """Return a grey picture of this size, a baseline JPEG (ITU-T T.81, annex B).

    Each block of 8 x 8 is two bits, both 0; the last byte is filled with ones.
    """
    frame = b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big")
    blocks = -(-width // BLOCK) * -(-height // BLOCK)
    whole, rest = divmod(2 * blocks, 8)
    data = bytes(whole) + (bytes([0xFF >> rest]) if rest else b"")
    return b"".join((b"\xff\xd8", *_TABLES, frame + b"\x01\x01\x11\x00", _SCAN, data, b"\xff\xd9"))

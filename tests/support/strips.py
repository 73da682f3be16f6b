"""What pixels make of the bits on their wires: decoders written from the data sheets.

They share nothing with the drivers' encoders: an APA102 is a shift register, bit by bit;
a NeoPixel measures pulses.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

Light = tuple[float, float, float]
"""Red, green and blue that shine, 0 to 1."""


def bits_of(data: bytes) -> str:
    """Return the bits on the wire, in time."""
    return "".join(f"{byte:08b}" for byte in data)


def apa102_row(data: bytes, count: int) -> list[Light]:
    """Return what a row of APA102 pixels shows; what the wire did not reach is missing.

    Each pixel waits for 32 zeros, takes the next 32 bits for its own, and passes on zeros
    instead; what comes after it passes on half a clock later.
    """
    bits = bits_of(data)
    row: list[Light] = []
    start = bits.index("0" * 32) + 32
    for at in range(count):
        own = bits[start + 32 * at : start + 32 * (at + 1)]
        has_come_through = len(bits) >= start + 32 * (at + 1) + at / 2
        if len(own) < 32 or not own.startswith("111") or not has_come_through:
            break
        dimmer = int(own[3:8], 2) / 31
        blue, green, red = (int(own[part : part + 8], 2) / 255 for part in (8, 16, 24))
        row.append((red * dimmer, green * dimmer, blue * dimmer))
    return row


OLD_NS: Final = {"0": ((250, 550), (700, 1000)), "1": ((650, 950), (300, 600))}
"""High and low of a bit: WS2812B data sheet, Worldsemi, "Data transfer time"."""

NEW_NS: Final = {"0": ((220, 380), (580, 1000)), "1": ((580, 1000), (220, 420))}
"""The same of the WS2812B-V5."""

LATCH_NS: Final = 280_000


def neopixel_row(
    data: bytes, speed_hz: int, pulses_ns: dict[str, tuple[tuple[int, int], tuple[int, int]]]
) -> list[Light]:
    """Return what a row of NeoPixels shows that tells bits by `pulses_ns`.

    Raises:
        ValueError: A pulse is no bit, a pixel is incomplete, or the silence is too short.
    """
    runs = [(level, len(list(run)) * 1e9 / speed_hz) for level, run in groupby(bits_of(data))]
    if runs[0][0] == "0":
        runs = runs[1:]
    if runs[-1][0] != "0" or runs[-1][1] < LATCH_NS:
        raise ValueError("nothing is shown before a silence")
    pulses = [(high[1], low[1]) for high, low in zip(runs[::2], runs[1::2], strict=True)]
    bits = [_bit(high_ns, low_ns, pulses_ns) for high_ns, low_ns in pulses[:-1]]
    bits.append(_bit(pulses[-1][0], None, pulses_ns))
    if len(bits) % 24:
        raise ValueError(f"{len(bits)} bits are no whole pixels")
    parts = [int("".join(bits[at : at + 8]), 2) / 255 for at in range(0, len(bits), 8)]
    return [
        (red, green, blue)
        for green, red, blue in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


def _bit(
    high_ns: float,
    low_ns: float | None,
    pulses_ns: dict[str, tuple[tuple[int, int], tuple[int, int]]],
) -> str:
    for bit, ((shortest, longest), (low_shortest, low_longest)) in pulses_ns.items():
        is_low_right = low_ns is None or low_shortest <= low_ns <= low_longest
        if shortest <= high_ns <= longest and is_low_right:
            return bit
    raise ValueError(f"{high_ns:.0f} ns high and {low_ns} ns low are no bit")

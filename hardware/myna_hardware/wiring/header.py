"""PURE: the 40-pin header of the Raspberry Pi, and where a drawing has its pins.

The order is that of the header J8, the same on every Pi with 40 pins:
https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#gpio
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

ROWS: Final = """
3V3 5V
GPIO2 5V
GPIO3 GND
GPIO4 GPIO14
GND GPIO15
GPIO17 GPIO18
GPIO27 GND
GPIO22 GPIO23
3V3 GPIO24
GPIO10 GND
GPIO9 GPIO25
GPIO11 GPIO8
GND GPIO7
GPIO0 GPIO1
GPIO5 GND
GPIO6 GPIO12
GPIO13 GND
GPIO19 GPIO16
GPIO26 GPIO20
GND GPIO21
"""
NAMES: Final = tuple(ROWS.split())
"""What each pin is: `NAMES[0]` is pin 1."""

LEFT: Final = 122
PITCH: Final = 18
TOP: Final = 70
UNUSED: Final = "#ffffff"

Point = tuple[float, float]


def place(pin: int) -> Point:
    """Return the centre of a pin: odd ones are on the left, 1 and 2 at the top."""
    row, column = divmod(pin - 1, 2)
    return LEFT + PITCH * column, TOP + PITCH * row


def exit_of(pin: int) -> Point:
    """Return where a wire from `pin` leaves the board: between two rows, right of the labels."""
    _, y = place(pin)
    return LEFT + 2 * PITCH, y + PITCH / 2


def header(used: Mapping[int, str]) -> Iterator[str]:
    """Draw the board's edge with its header, and the used pins in their colours."""
    yield '<rect x="16" y="46" width="140" height="388" rx="8" fill="#e3efe3" stroke="#7a9a7a"/>'
    yield '<text x="26" y="43" fill="#4f6b4f">SD card end</text>'
    yield '<rect x="111" y="59" width="40" height="364" rx="3" fill="#555555"/>'
    yield '<g stroke="#222222" font-size="8" text-anchor="middle">'
    for pin in range(1, len(NAMES) + 1):
        yield _pin(pin, used.get(pin, UNUSED))
    yield "</g>"
    for pin in used:
        yield _label(pin)


def _pin(pin: int, colour: str) -> str:
    x, y = place(pin)
    ink = "#222222" if colour == UNUSED else "#ffffff"
    return (
        f'<circle cx="{x}" cy="{y}" r="7" fill="{colour}"/>'
        f'<text x="{x}" y="{y + 3}" stroke="none" fill="{ink}">{pin}</text>'
    )


def _label(pin: int) -> str:
    x, y = place(pin)
    x, anchor = (LEFT - 16, "end") if pin % 2 else (LEFT + PITCH + 20, "start")
    return f'<text x="{x}" y="{y + 4}" text-anchor="{anchor}">{NAMES[pin - 1]}</text>'

"""PURE: what is wired to the header, as pieces of SVG. Parts lie from left to right."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from myna_hardware.wiring.header import Point

INK: Final = "#222222"
RESISTOR_WIDTH: Final = 50
LED_WIDTH: Final = 24
BUTTON_WIDTH: Final = 60
RING_PIXELS: Final = 12


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Write `words`."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def wire(colour: str, points: Iterable[Point]) -> str:
    """Draw a wire through `points`."""
    way = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def box(x: float, y: float, width: float, height: float, fill: str = "#ffffff") -> str:
    """Draw a box with round corners."""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" '
        f'fill="{fill}" stroke="{INK}"/>'
    )


def outline(x: float, y: float, width: float, height: float) -> str:
    """Draw the edge of a part that lies over others."""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="10" fill="none" '
        f'stroke="{INK}" stroke-width="2" stroke-dasharray="6 3"/>'
    )


def dot(x: float, y: float, colour: str, radius: float = 4) -> str:
    """Draw a joint of two wires, or anything else that is round."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{colour}"/>'


def resistor(x: float, y: float) -> str:
    """Draw a resistor of 330 ohms, its left end at `x`."""
    body = box(x, y - 8, RESISTOR_WIDTH, 16, "#f2dfb8")
    return body + text(x + RESISTOR_WIDTH / 2, y + 4, "330 Ω", "middle")


def led(x: float, y: float, colour: str) -> str:
    """Draw a light-emitting diode: anode (long leg) at `x`, cathode `LED_WIDTH` on."""
    end = x + LED_WIDTH
    return (
        f'<path d="M{x} {y - 12}L{end} {y}L{x} {y + 12}z" fill="{colour}" stroke="{INK}"/>'
        f'<path d="M{end} {y - 12}v24" stroke="{INK}" stroke-width="3"/>'
    )


def button(x: float, y: float) -> str:
    """Draw an open push button, its left contact at `x`."""
    end = x + BUTTON_WIDTH
    bridge = (
        f'<path d="M{x} {y - 12}H{end}M{x + 30} {y - 12}v-12" stroke="{INK}" stroke-width="3"/>'
    )
    return dot(x, y, INK) + dot(end, y, INK) + bridge


def ring(x: float, y: float, radius: float) -> str:
    """Draw a ring of pixels around a centre."""
    turns = [math.tau * pixel / RING_PIXELS for pixel in range(RING_PIXELS)]
    pixels = "".join(
        dot(
            round(x + radius * math.cos(turn), 1),
            round(y + radius * math.sin(turn), 1),
            "#e8c84a",
            7,
        )
        for turn in turns
    )
    circle = (
        f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="{INK}" stroke-width="24"/>'
    )
    return circle + pixels

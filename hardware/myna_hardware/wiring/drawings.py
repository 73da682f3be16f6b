"""PURE data: the drawings of docs/hardware.md: which pins, parts and wires each has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from myna_hardware.wiring.header import Point
from myna_hardware.wiring.parts import box, button, dot, led, outline, resistor, ring, text, wire

RED: Final = "#c62828"
GREEN: Final = "#2e7d32"
BLUE: Final = "#1565c0"
ORANGE: Final = "#c75b00"
PURPLE: Final = "#7b1fa2"
BLACK: Final = "#333333"


@dataclass(frozen=True)
class Wire:
    """A wire from a pin of the header, by way of `points`."""

    pin: int
    colour: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Drawing:
    """One picture; `plugged` colours pins that a board on the header takes without wires."""

    name: str
    title: str
    wires: tuple[Wire, ...] = ()
    parts: tuple[str, ...] = ()
    plugged: dict[int, str] = field(default_factory=dict)

    @property
    def used(self) -> dict[int, str]:
        """The pins that are used, with their colours."""
        return {one.pin: one.colour for one in self.wires} | self.plugged


LED_AND_BUTTON: Final = Drawing(
    "led-and-button",
    "One LED and one button",
    wires=(
        Wire(9, BLACK, ((230, 151), (230, 100), (460, 100), (460, 169), (424, 169))),
        Wire(11, ORANGE, ((280, 169),)),
        Wire(13, BLUE, ((260, 187), (260, 280), (320, 280))),
        Wire(20, BLACK, ((230, 241), (230, 340), (460, 340), (460, 280), (380, 280))),
    ),
    parts=(
        resistor(280, 169),
        wire(ORANGE, ((330, 169), (400, 169))),
        led(400, 169, "#ff8a65"),
        text(280, 205, "LED: long leg to the resistor,"),
        text(280, 220, "short leg to ground"),
        button(320, 280),
        text(350, 310, "push button", "middle"),
    ),
)

RGB_LED: Final = Drawing(
    "rgb-led",
    "RGB LED with a common cathode",
    wires=(
        Wire(29, RED, ((215, 331), (215, 230), (280, 230))),
        Wire(31, GREEN, ((235, 349), (235, 300), (280, 300))),
        Wire(33, BLUE, ((280, 367),)),
        Wire(39, BLACK, ((460, 421), (460, 230), (434, 230))),
    ),
    parts=(
        outline(390, 200, 110, 200),
        *(
            piece
            for y, colour in ((230, RED), (300, GREEN), (367, BLUE))
            for piece in (
                resistor(280, y),
                wire(colour, ((330, y), (410, y))),
                led(410, y, colour),
                wire(BLACK, ((434, y), (460, y))),
            )
        ),
        dot(460, 300, BLACK),
        dot(460, 367, BLACK),
        text(445, 190, "RGB LED", "middle"),
        text(300, 440, "longest leg (common cathode): to ground"),
    ),
)

HAT_GROUPS: Final = (
    (ORANGE, (11,), "the HAT's button: GPIO17"),
    (RED, (19, 23), "3 APA102 on SPI0: GPIO10, GPIO11"),
    (BLUE, (12, 35, 38, 40), "sound on I2S: GPIO18 to GPIO21"),
    (PURPLE, (3, 5), "its codec on I2C: GPIO2, GPIO3"),
)

RESPEAKER: Final = Drawing(
    "respeaker-2-mics",
    "ReSpeaker 2-Mics Pi HAT, plugged onto the header",
    plugged={pin: colour for colour, pins, _ in HAT_GROUPS for pin in pins},
    parts=(
        outline(22, 50, 132, 380),
        dot(48, 90, "#999999", 9),
        text(48, 114, "mic", "middle"),
        *(box(41, y, 14, 14, "#ef9a9a") for y in (176, 196, 216)),
        text(48, 248, "LEDs", "middle"),
        box(38, 320, 20, 20, "#ffcc80"),
        text(48, 356, "button", "middle"),
        dot(48, 392, "#999999", 9),
        text(48, 416, "mic", "middle"),
        *(
            piece
            for row, (colour, _, words) in enumerate(HAT_GROUPS)
            for piece in (dot(260, 150 + 30 * row, colour, 7), text(276, 154 + 30 * row, words))
        ),
        text(253, 290, "All 40 pins plugged in, pin 1 on pin 1:"),
        text(253, 306, "the HAT lies over the Pi, not beside it."),
        text(253, 322, "Power and ground come with the rest."),
    ),
)

NEOPIXEL: Final = Drawing(
    "neopixel-ring",
    "NeoPixel ring, through a level shifter",
    wires=(
        Wire(2, RED, ((460, 79), (460, 174))),
        Wire(19, GREEN, ((270, 241),)),
        Wire(25, BLACK, ((230, 295), (230, 350), (460, 350), (460, 308))),
    ),
    parts=(
        wire(RED, ((310, 79), (310, 200))),
        dot(310, 79, RED),
        wire(BLACK, ((310, 350), (310, 282))),
        dot(310, 350, BLACK),
        box(270, 200, 80, 82),
        text(310, 214, "14 VCC", "middle"),
        text(274, 245, "2 1A"),
        text(346, 245, "3 1Y", "end"),
        text(310, 262, "1 1OE", "middle"),
        text(310, 276, "7 GND", "middle"),
        wire(GREEN, ((350, 241), (393, 241))),
        ring(460, 241, 55),
        text(460, 211, "5 V", "middle"),
        text(424, 245, "DIN"),
        text(460, 281, "GND", "middle"),
        text(300, 376, "74AHCT125: 3.3 V data to 5 V data."),
        text(300, 392, "Its pins 1 and 7 both go to ground."),
    ),
)

SPEAKERPHONE: Final = Drawing(
    "usb-speakerphone",
    "USB speakerphone",
    parts=(
        box(36, 414, 50, 30, "#cfd8dc"),
        text(61, 433, "USB", "middle"),
        wire(BLACK, ((61, 444), (61, 458), (400, 458), (400, 300))),
        dot(400, 230, "#37474f", 72),
        dot(400, 230, "#607d8b", 50),
        *(dot(x, 230, "#263238", 5) for x in (376, 400, 424)),
        text(400, 140, "microphone and speaker in one", "middle"),
        text(188, 372, "Nothing on the header. A Pi Zero"),
        text(188, 388, "needs a micro-USB adapter (OTG)."),
    ),
)

DRAWINGS: Final = (LED_AND_BUTTON, RGB_LED, RESPEAKER, NEOPIXEL, SPEAKERPHONE)

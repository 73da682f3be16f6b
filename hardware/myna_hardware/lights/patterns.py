"""What each pattern looks like, as data; pure.

A single LED without colour must tell all patterns apart, so each has its own rhythm;
colour and position come on top. Conventions that users of voice kits have learned are
kept: a lone LED rests with a slow beacon, is on to listen, pulses fast to think (AIY
Voice Kit's `leds` patterns), and errors blink twice, or three times where the service
refuses; mute is red and stays lit.

Rules for editing: no rhythm flashes more than three times in any second (WCAG 2.2,
success criterion 2.3.1). All but `muted` go dark now and then, so that a single LED which
never does says: the microphone or the camera is on, or the speaker is muted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import (
    BLUE,
    CYAN,
    GREEN,
    MAGENTA,
    RED,
    WHITE,
    YELLOW,
    Colour,
)
from myna_hardware.lights.rhythms import Blink, Quickening, Rhythm, Steady, Wave
from myna_hardware.lights.shapes import (
    COUNTDOWN_S,
    Shape,
    bar,
    dot,
    everywhere,
    first,
    middle_bar,
    running_out,
)


@dataclass(frozen=True, slots=True)
class Look:
    """One pattern.

    Attributes:
        rhythm: What one plain LED does.
        colour: What it shines in, where there are colours.
        shape: Where on a row it is.
        colour_rhythm: What colours do, where they already say enough.
        row_rhythm: What a row does, where its shape already says enough.
        sending_rhythm: What all of them do while the microphone is on.
    """

    rhythm: Rhythm
    colour: Colour
    shape: Shape = everywhere
    colour_rhythm: Rhythm | None = None
    row_rhythm: Rhythm | None = None
    sending_rhythm: Rhythm | None = None


LOOKS: Final[dict[Pattern, Look]] = {
    Pattern.STARTING: Look(Blink(((1, 0.5), (0, 0.5))), YELLOW),
    Pattern.IDLE: Look(Blink(((0.3, 0.1), (0, 4.9))), WHITE, first),
    Pattern.LISTENING: Look(Blink(((1, 0.9), (0, 0.1))), BLUE, bar, sending_rhythm=Steady(1)),
    Pattern.THINKING: Look(Wave(0.5, 0.2), BLUE, dot, row_rhythm=Steady(1)),
    Pattern.SPEAKING: Look(Wave(2.5, 0.1), CYAN, middle_bar),
    Pattern.MUTED: Look(Blink(((0.3, 1.8), (1, 0.2))), RED, colour_rhythm=Steady(1)),
    Pattern.OFFLINE: Look(Blink(((1, 2.0), (0, 2.0))), YELLOW),
    Pattern.REFUSED: Look(
        Blink(((1, 0.12), (0, 0.2), (1, 0.12), (0, 0.2), (1, 0.12), (0, 3.24))), YELLOW
    ),
    Pattern.ERROR: Look(Blink(((1, 0.12), (0, 0.18), (1, 0.12), (0, 1.08))), RED),
    Pattern.RINGING: Look(Blink(((1, 0.17), (0, 0.17))), WHITE),
    Pattern.QUESTION: Look(Blink(((1, 0.4), (0, 0.15), (1, 0.1), (0, 0.15))), MAGENTA),
    Pattern.COUNTDOWN: Look(
        Quickening(0.5, 2.9, COUNTDOWN_S), MAGENTA, running_out, row_rhythm=Steady(1)
    ),
}

CAMERA: Final = Look(
    Blink(((1, 1.2), (0.4, 0.15))),
    GREEN,
    sending_rhythm=Blink(((1, 0.9), (0.4, 0.15), (1, 0.15), (0.4, 0.15))),
)
"""The camera light: steady, with short dips; in pairs while the microphone is on, too."""

MICROPHONE: Final = BLUE
"""The microphone light, which shines through whatever is shown on the first pixel."""

MICROPHONE_SHARE: Final = 0.3
"""How bright it is where the pattern is dark."""

"""What docs/hardware.md shows of the lights, as data; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.scene import Scene
from myna_hardware.lights.shapes import LAP_S

SAMPLE_S: Final = 0.1
"""How often a voice or a volume changes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One animation.

    Attributes:
        name: Of its file, and in the table.
        means: What it says.
        looks: One plain LED, and a row, in words.
        scene_at: What is shown after so many seconds.
        loop_s: After how long one LED begins again.
        row_loop_s: And a row, if that is another time.
        has_voice: Whether somebody speaks.
    """

    name: str
    means: str
    looks: tuple[str, str]
    scene_at: Callable[[float], Scene]
    loop_s: float
    row_loop_s: float | None = None
    has_voice: bool = False


def _always(scene: Scene) -> Callable[[float], Scene]:
    return lambda _at_s: scene


def _turned_up(at_s: float) -> Scene:
    return Scene(volume=min(100, 5 * int(at_s / SAMPLE_S)))


PICTURES: Final = (
    Picture(
        "starting",
        "it starts",
        ("on 0.5 s, off 0.5 s", "the same, yellow"),
        _always(Scene(Pattern.STARTING)),
        1.0,
    ),
    Picture(
        "idle",
        "it waits for the wake word or the button",
        ("a faint flash every 5 s", "the first pixel does, white"),
        _always(Scene(Pattern.IDLE)),
        5.0,
    ),
    Picture(
        "listening",
        "say something; nothing is sent yet",
        (
            "on, with a short gap every second; brighter with your voice",
            "blue, as long as you are loud",
        ),
        _always(Scene(Pattern.LISTENING)),
        1.0,
        has_voice=True,
    ),
    Picture(
        "listening-microphone",
        "it listens, and what you say is sent",
        ("on without a gap", "the same without a gap"),
        _always(Scene(Pattern.LISTENING, is_microphone_on=True)),
        1.0,
        has_voice=True,
    ),
    Picture(
        "thinking",
        "a reply or a tool is awaited",
        ("swells twice a second", "a blue dot goes around"),
        _always(Scene(Pattern.THINKING)),
        0.5,
        LAP_S,
    ),
    Picture(
        "thinking-microphone",
        "the same, and the microphone is on",
        ("the same, and never dark", "the same, and the first pixel never dark"),
        _always(Scene(Pattern.THINKING, is_microphone_on=True)),
        0.5,
        LAP_S,
    ),
    Picture(
        "speaking",
        "it speaks",
        ("swells every 2.5 s, with its voice", "cyan, from the middle, with its voice"),
        _always(Scene(Pattern.SPEAKING)),
        2.5,
        has_voice=True,
    ),
    Picture(
        "muted",
        "the microphone is closed",
        ("dim, a bright flash every 2 s, never dark", "red, steady"),
        _always(Scene(Pattern.MUTED)),
        2.0,
    ),
    Picture(
        "offline",
        "there is no connection",
        ("on 2 s, off 2 s", "the same, yellow"),
        _always(Scene(Pattern.OFFLINE)),
        4.0,
    ),
    Picture(
        "refused",
        "the service says no: key, limit or model",
        ("three flashes every 4 s", "the same, yellow"),
        _always(Scene(Pattern.REFUSED)),
        4.0,
    ),
    Picture(
        "error",
        "microphone, speaker, wake engine or button are in trouble, or a conversation failed",
        ("two flashes every 1.5 s", "the same, red"),
        _always(Scene(Pattern.ERROR)),
        1.5,
    ),
    Picture(
        "ringing",
        "a timer is over",
        ("flashes three times a second", "the same, white"),
        _always(Scene(Pattern.RINGING)),
        0.34,
    ),
    Picture(
        "question",
        "press the button to say yes",
        ("long, short, long, short", "the same, magenta"),
        _always(Scene(Pattern.QUESTION)),
        0.8,
    ),
    Picture(
        "countdown",
        "hold on for 7 s to shut down",
        ("flashes faster and faster", "magenta, goes out pixel by pixel"),
        _always(Scene(Pattern.COUNTDOWN)),
        8.0,
    ),
    Picture(
        "volume",
        "the volume, for 1.5 s",
        ("as bright as it is loud", "as much of the row, white"),
        _turned_up,
        3.5,
    ),
    Picture(
        "camera",
        "the camera takes pictures",
        ("on, with short dips", "the last pixel does, green"),
        _always(Scene(is_camera_on=True)),
        1.35,
    ),
)

"""What the lights are to show, as one value; pure."""

from __future__ import annotations

from dataclasses import dataclass

from myna_hardware.interfaces import Pattern


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be seen at once.

    Attributes:
        pattern: The state of the speaker; None before the first.
        is_microphone_on: Whether speech may be leaving the machine.
        is_camera_on: Whether the camera is taking pictures.
        volume: 0 to 100 while a volume is shown.
    """

    pattern: Pattern | None = None
    is_microphone_on: bool = False
    is_camera_on: bool = False
    volume: int | None = None

    def __str__(self) -> str:
        """Say it in words; nothing when all is dark."""
        words = [
            str(self.pattern or ""),
            "" if self.volume is None else f"volume {self.volume}",
            "microphone" if self.is_microphone_on else "",
            "camera" if self.is_camera_on else "",
        ]
        return ", ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Canvas:
    """What there is to draw on.

    Attributes:
        count: Pixels in the row, at least 1.
        has_colour: Whether they shine in colours; else only in one.
    """

    count: int = 1
    has_colour: bool = True

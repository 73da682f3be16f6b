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

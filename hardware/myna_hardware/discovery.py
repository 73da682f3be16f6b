"""What is connected to this machine, by the names that the configuration takes."""

from __future__ import annotations

from myna_hardware.camera import list_cameras
from myna_hardware.gpio import list_gpio_chips
from myna_hardware.microphone import list_microphones
from myna_hardware.speaker import list_speakers


def find_devices() -> dict[str, list[str]]:
    """Return the names found, by kind; an empty list where there is none."""
    return {
        "microphones": list_microphones(),
        "speakers": list_speakers(),
        "cameras": list_cameras(),
        "gpio chips": list_gpio_chips(),
    }

"""What goes wrong with a camera, in the same words from every driver; PURE."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from myna_hardware.camera.answers import Answer, Kind
from myna_hardware.camera.jpeg import Flaw
from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)


def closed() -> HardwareError:
    """Return the error for a camera that was closed."""
    return DeviceLostError("camera", "it is closed")


def hung(timeout_s: float) -> HardwareError:
    """Return the error for a camera that did not answer in time."""
    return DeviceLostError(
        "camera",
        f"no picture within {timeout_s:g} s: check the camera's cable; the next one is tried anew",
    )


def slow(limit_s: float) -> HardwareError:
    """Return the error for a library that does not come up."""
    return DeviceLostError(
        "camera", f"picamera2 does not load within {limit_s:g} s: `rpicam-hello` says why"
    )


def stuck() -> HardwareError:
    """Return the error for a camera that not even the end of its process has freed."""
    return DeviceLostError("camera", "it still hangs: check its cable, restart the Pi")


def lost(reason: str) -> HardwareError:
    """Return the error for a camera that failed while it took a picture."""
    return DeviceLostError(
        "camera", f"it failed ({reason}): check its cable; the next picture is tried anew"
    )


def not_found(reason: str) -> HardwareError:
    """Return the error for a camera that is not there."""
    return DeviceNotFoundError(
        "camera", f"no camera answers ({reason}): `rpicam-hello --list-cameras` lists them"
    )


def busy(reason: str) -> HardwareError:
    """Return the error for a camera that another program has."""
    return DeviceBusyError(
        "camera", f"another program uses it ({reason}): `sudo fuser -v /dev/video*` shows which"
    )


def missing(_reason: str) -> HardwareError:
    """Return the error for picamera2, or the libcamera below it, not being installed."""
    return DriverMissingError("camera", "picamera2", "apt install python3-picamera2")


def too_large(reason: str) -> HardwareError:
    """Return the error for a picture that no quality makes small enough."""
    return BadFormatError("camera", f"{reason}: make camera.size smaller")


def torn(flaw: Flaw) -> HardwareError:
    """Return the error for what a camera sent being no whole picture."""
    return BadFormatError(
        "camera",
        f"its picture {flaw.text}: check the camera's cable; the next one is tried anew",
    )


def fault_of(answer: Answer, noise: str) -> HardwareError:
    """Return the error that an answer without a picture stands for.

    Args:
        answer: What the camera's process said.
        noise: What its library said meanwhile.
    """
    said = last_line(noise)
    if answer.kind is Kind.NOT_FOUND and _BUSY.search(answer.text + noise):
        return busy(said or answer.text)
    return _FAULTS.get(answer.kind, lost)(answer.text or said)


def last_line(noise: str) -> str:
    """Return the last thing that a library said, without libcamera's colours and stamps."""
    lines = [line for line in _COLOUR.sub("", noise).splitlines() if line.strip()]
    return _STAMP.sub("", lines[-1]).strip()[:REASON_CHARS] if lines else ""


REASON_CHARS: Final = 160
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_STAMP: Final = re.compile(r"^(\[[\d:.]+\]\s*)+")
_BUSY: Final = re.compile(r"busy|in use by another|failed to acquire", re.IGNORECASE)
"""How libcamera (camera.cpp, Camera::acquire) and picamera2 say it."""

_FAULTS: Final[Mapping[Kind, Callable[[str], HardwareError]]] = {
    Kind.MISSING: missing,
    Kind.NOT_FOUND: not_found,
    Kind.LOST: lost,
    Kind.TOO_LARGE: too_large,
}

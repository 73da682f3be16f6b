"""What PortAudio's error codes mean to whoever owns the device."""

from __future__ import annotations

from typing import Final

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
    HardwareError,
)

INPUT_OVERFLOWED: Final = -9981
DEVICE_UNAVAILABLE: Final = -9985
BAD_DEVICE_COMBINATION: Final = -9993
BAD_SAMPLE_FORMAT: Final = -9994
INVALID_SAMPLE_RATE: Final = -9997
INVALID_CHANNEL_COUNT: Final = -9998
HOST_ERROR: Final = -9999
"""Codes that mean something here (portaudio.h, PaErrorCode)."""

FORMAT_REFUSED: Final = frozenset(
    {INVALID_SAMPLE_RATE, INVALID_CHANNEL_COUNT, BAD_SAMPLE_FORMAT, HOST_ERROR}
)
"""What a device may answer that could do with another format."""


def explain_refusal(name: str, names: list[str], error: OSError) -> HardwareError:
    """Say why a device does not open, and the cure.

    Args:
        name: The device as the configuration names it.
        names: The devices that there are.
        error: What PyAudio raised.
    """
    match error.errno:
        case code if code == DEVICE_UNAVAILABLE:
            return DeviceBusyError(name, "another program holds it: fuser -v /dev/snd/* names it")
        case code if code in {INVALID_SAMPLE_RATE, INVALID_CHANNEL_COUNT}:
            return BadFormatError(
                name,
                "does nothing that the speaker can do: use its plughw: name, or default",
            )
        case code if code == BAD_DEVICE_COMBINATION:
            return DeviceNotFoundError(name, f"no such device; {_offer(names)}")
        case _:
            return DeviceNotFoundError(name, f"does not open: {error_text(error)}; {_offer(names)}")


def explain_loss(name: str, error: OSError) -> DeviceLostError:
    """Say that a device has gone away."""
    return DeviceLostError(name, f"went away: {error_text(error)}; plug it in again")


def _offer(names: list[str]) -> str:
    if names:
        return f"there are: {', '.join(names)}"
    return (
        "this machine has no sound card that this user may open and no running sound "
        "server: connect one, join the group audio, or use the file driver"
    )


def error_text(error: OSError) -> str:
    """Return what PortAudio said, with its code."""
    return f"{error.strerror or error} (PortAudio {error.errno})"

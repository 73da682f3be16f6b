"""Sound devices by name. PURE, but for the one table of cards that the kernel keeps.

Names survive a reboot and a replug; PortAudio's and ALSA's numbers do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from myna_hardware.errors import DeviceNotFoundError

CARDS: Final = Path("/proc/asound/cards")
_ALSA: Final = re.compile(r"(?:plug)?hw:(?:CARD=)?(?P<card>[^,]+?)(?:,(?:DEV=)?(?P<device>\d+))?$")


@dataclass(frozen=True, slots=True)
class Named:
    """One device of PortAudio's list: its index of this moment, and its name."""

    index: int
    name: str


def pick_device(
    wanted: str, devices: Sequence[Named], kind: str, read_cards: Callable[[], str] | None = None
) -> int:
    """Return the index of the device that `wanted` names.

    Args:
        wanted: `default`, a listed name or a part of one, or an ALSA name such as
            `plughw:CARD=Device,DEV=0` (`hw:` means the same here: conversion is on).
        devices: Those of the right kind.
        kind: Microphone or speaker, for the error.
        read_cards: Returns the kernel's table of cards.

    Raises:
        DeviceNotFoundError: There is none, or more than one; the error lists the names.
    """
    name = _port_name(wanted, (read_cards or _read_cards)()) or wanted
    exact = [device for device in devices if device.name.casefold() == name.casefold()]
    found = exact or [device for device in devices if name.casefold() in device.name.casefold()]
    if len(found) == 1 or (exact and found):
        return found[0].index
    if not devices:
        raise DeviceNotFoundError(kind, "this machine has no sound device for it: plug one in")
    names = ", ".join(repr(device.name) for device in found or devices)
    problem = f"{wanted!r} fits several" if found else f"there is no {wanted!r}"
    raise DeviceNotFoundError(kind, f"{problem}: take one of {names} for {kind}.device")


def _port_name(wanted: str, cards: str) -> str | None:
    """Return the end of PortAudio's name of an ALSA hardware device: `(hw:1,0)`."""
    match = _ALSA.match(wanted)
    if match is None:
        return None
    card, device = match["card"], match["device"] or "0"
    row = re.search(rf"^\s*(\d+)\s+\[{re.escape(card)}\s*\]", cards, re.MULTILINE)
    number = card if card.isdecimal() else row[1] if row else None
    return None if number is None else f"(hw:{number},{device})"


def _read_cards() -> str:
    try:
        return CARDS.read_text()
    except OSError:
        return ""

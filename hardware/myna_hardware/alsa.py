"""The door through which PortAudio reaches any ALSA device.

PortAudio opens only devices of its own list: what was connected when it started, and
of ALSA's names only those without arguments. `plughw:CARD=Device,DEV=0`, the name that
survives replugging and converts rates, is not on it, nor is a card plugged in later.
But ALSA reads its configuration again whenever that has changed, so the list holds one
door: an ALSA device that leads nowhere (`type null`, always present) while PortAudio
makes its list, and to the wanted device while PortAudio opens it. Measured on PortAudio
19.6.0 and alsa-lib 1.2.8 by tests/system/test_pyaudio_sound.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

DOOR: Final = "myna_door"
SYSTEM_CONFIG: Final = "/usr/share/alsa/alsa.conf"
"""What alsa-lib reads when ALSA_CONFIG_PATH is not set (Debian, Raspberry Pi OS)."""


CARDS: Final = Path("/proc/asound")
"""Has a folder `card1` for each card and a link to it by its name (kernel, ALSA procfile)."""

_CARD: Final = re.compile(r"(plug)?hw:(CARD=)?(?P<card>[^,]+)")


@contextmanager
def door_to(pcm: str | None, capture_pcm: str | None = None) -> Iterator[None]:
    """Let the door lead to the ALSA device `pcm` (None: nowhere) within this context.

    With `capture_pcm` it leads there to capture, and to `pcm` to play.

    Changes the environment of the process for as long; one context at a time. The
    configuration is a file without a name, so no disk is needed.
    """
    before = os.environ.get("ALSA_CONFIG_PATH", SYSTEM_CONFIG)
    file = os.memfd_create("myna-alsa")
    with_door = f"{before}:/proc/self/fd/{file}"
    try:
        os.write(file, define_door(pcm, capture_pcm).encode())
        os.environ["ALSA_CONFIG_PATH"] = with_door
        yield
    finally:
        # Not if somebody has changed it meanwhile: a hanging server may keep us here long.
        if os.environ.get("ALSA_CONFIG_PATH") == with_door:
            os.environ["ALSA_CONFIG_PATH"] = before
        os.close(file)


def define_door(pcm: str | None, capture_pcm: str | None = None) -> str:
    """Return the ALSA configuration in which the door leads to `pcm`; see `door_to`."""
    if pcm is None:
        return f"pcm.{DOOR} {{ type null }}\n"
    if capture_pcm is None:
        return f"pcm.{DOOR} {_quoted(pcm)}\n"
    playback, capture = _quoted(pcm), _quoted(capture_pcm)
    return f"pcm.{DOOR} {{ type asym; playback.pcm {playback}; capture.pcm {capture} }}\n"


def _quoted(pcm: str) -> str:
    escaped = pcm.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def match_device(name: str, listed: list[str]) -> str | None:
    """Find the device that a configured name means among those that are `listed`.

    Args:
        name: A name as the configuration has it.
        listed: What PortAudio found: `USB Audio: - (hw:1,0)`, `default`.

    Returns:
        The listed name that is `name`, or the only one with `name` in it, however
        capitalised. None when there is none: it may be an ALSA name.

    Raises:
        ValueError: Several contain it; the text lists them.
    """
    if name in listed:
        return name
    found = [each for each in listed if name.casefold() in each.casefold()]
    if len(found) > 1:
        raise ValueError(", ".join(found))
    return found[0] if found else None


def alsa_name(listed: str) -> str:
    """Return how ALSA calls a device that PortAudio lists, conversion of rates included."""
    _, is_card, address = listed.rpartition("(hw:")
    return f"plughw:{address.partition(')')[0]}" if is_card else listed


def ways_to(pcm: str) -> tuple[str, ...]:
    """Return the ALSA devices to try for `pcm`, the best first.

    A card itself comes before ALSA's conversion for it, which is coarse where ALSA has no
    plugin for it, and has buffers of odd sizes.
    """
    _, is_converted, address = pcm.partition("plughw:")
    return (f"hw:{address}", pcm) if is_converted else (pcm,)


def card_of(pcm: str) -> str | None:
    """Return the number or the name of the card that the ALSA device `pcm` is.

    None when it is no card itself: `default`, a sound server, a mixer.
    """
    found = _CARD.match(pcm)
    return found["card"] if found else None


def is_plugged_in(card: str) -> bool:
    """Tell whether a card is there, by its number or name, without opening it."""
    return any((CARDS / name).is_dir() for name in (card, f"card{card}"))


def is_same_card(pcm: str, other_pcm: str) -> bool:
    """Tell whether two ALSA devices are of one card, which may go by number and by name."""
    card, other = card_of(pcm), card_of(other_pcm)
    if card is None or other is None:
        return False
    return card == other or _folder_of(card) == _folder_of(other)


def _folder_of(card: str) -> Path:
    return (CARDS / (f"card{card}" if card.isdigit() else card)).resolve()

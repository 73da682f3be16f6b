"""What a message to the speaker means. PURE.

Whoever may publish may send anything, so a payload is read by its exact words; what it may
do then is decided where all commands are (`myna.commands`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from myna.control.messages import Listen, Mute, Request, Say, Stop, Unmute, Volume

PRESS: Final = "PRESS"
"""What Home Assistant's buttons send (Home Assistant documentation, MQTT button)."""

LONGEST_BYTES: Final = 2000
"""Enough for two minutes of speech."""

_PERCENT: Final = re.compile(r"(100|[0-9]{1,2})(?:\.0+)?")


class OrderError(ValueError):
    """A payload is none of those that are understood; the text says which are."""


def parse_order(name: str, payload: bytes) -> Request:
    """Return what `payload`, sent to the command topic of `name`, asks for.

    Raises:
        OrderError: It is not understood.
    """
    return _PARSERS[name](_text(payload))


def _text(payload: bytes) -> str:
    if len(payload) > LONGEST_BYTES:
        raise OrderError(f"{len(payload)} bytes are too long: at most {LONGEST_BYTES}")
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise OrderError("that is not UTF-8 text") from error


def _one_of(words: Mapping[str, Request]) -> Callable[[str], Request]:
    def parse(text: str) -> Request:
        if text not in words:
            raise OrderError(f"it takes {' or '.join(words)}")
        return words[text]

    return parse


def _volume(text: str) -> Request:
    found = _PERCENT.fullmatch(text)
    if found is None:
        raise OrderError("it takes a number from 0 to 100")
    return Volume(int(found[1]))


def _say(text: str) -> Request:
    words = " ".join(text.split())
    if not words or not words.isprintable():
        raise OrderError("it takes a text that can be spoken")
    return Say(words)


_PARSERS: Final[Mapping[str, Callable[[str], Request]]] = {
    "mute": _one_of({"ON": Mute(), "OFF": Unmute()}),
    "volume": _volume,
    "say": _say,
    "listen": _one_of({PRESS: Listen()}),
    "stop": _one_of({PRESS: Stop()}),
}

ORDERS: Final = tuple(_PARSERS)
"""About what the speaker takes orders."""

"""A light that tells that a microphone or a camera is in use, and cannot be talked out of it.

Whoever is about to let something out holds it, by name, for as long as any of it may
still leave; the light is on while there is one holder. It is lit before `hold` returns.
There is no way to put it out but to let go, so neither a state of the conversation nor
a tool can: only the code that the bytes go through has it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, TypeAlias

Holder: TypeAlias = Literal["uplink", "wire", "shutter", "still"]
"""Who may hold one: the way from the microphone to the session, what of it is not known to
have left yet, the camera while it is on, and a still that has not left yet."""


class Telltale:
    """A light with holders; from any thread.

    Args:
        show: Puts the light on or out, and returns once it is so.
    """

    def __init__(self, show: Callable[[bool], None]) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._holders: set[Holder] = set()

    @property
    def is_on(self) -> bool:
        """Whether somebody holds it."""
        return bool(self._holders)

    def hold(self, holder: Holder) -> None:
        """Put the light on, for `holder` too; again is no more than once."""
        with self._lock:
            was_on = self.is_on
            self._holders.add(holder)
            if not was_on:
                self._show(True)  # noqa: FBT003 - on

    def let_go(self, holder: Holder) -> None:
        """Put the light out, unless somebody else holds it; idempotent."""
        with self._lock:
            was_on = self.is_on
            self._holders.discard(holder)
            if was_on and not self.is_on:
                self._show(False)  # noqa: FBT003 - out


def unlit() -> Telltale:
    """Return one that nobody sees, for what runs without lights."""
    return Telltale(lambda _is_on: None)

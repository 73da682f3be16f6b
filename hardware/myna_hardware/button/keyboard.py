"""The keyboard as a button: lines on standard input."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from threading import Thread
from typing import Final, TextIO

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.interfaces import Gesture, GestureListener, TroubleListener

GESTURES: Final = {
    "": (Gesture.PRESS,),
    "h": (Gesture.HOLD,),
    "d": (Gesture.DOUBLE,),
    "c": (Gesture.HOLD, Gesture.COUNTDOWN, Gesture.CANCEL),
    "shutdown": (Gesture.HOLD, Gesture.COUNTDOWN, Gesture.SHUTDOWN),
}
TALK_KEY: Final = "t"


class KeyboardButton:
    """Enter is a press, `h` and Enter a hold, `d` and Enter a double press.

    `t` and Enter begin to talk and, the next time, end it. `c` is a hold that was let go
    during its countdown; `shutdown` is written out, so that nobody does it by mistake.

    Gestures arrive on the thread that reads; other lines mean nothing, and the end of
    the input ends the thread.

    Args:
        stream: What to read: anything with a file descriptor. Standard input by default,
            and then only if it is a terminal: a daemon's is not.

    Raises:
        DeviceNotFoundError: Standard input is not a terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        if stream is None:
            if not sys.stdin.isatty():
                raise DeviceNotFoundError(
                    "button", "standard input is not a terminal: choose another button.driver"
                )
            stream = sys.stdin
        self._stream = stream
        self._listener: GestureListener | None = None
        self._stop_reader, self._stop_writer = os.pipe()
        self._is_closed = False
        self._is_talking = False
        self._reading = Thread(target=self._read, name="keyboard", daemon=True)
        self._reading.start()

    def listen(self, listener: GestureListener) -> None:
        """Call `listener` for every gesture from now on; it takes the former one's place."""
        self._listener = listener

    def watch(self, listener: TroubleListener) -> None:
        """Never call `listener`: a keyboard is in no trouble."""

    def close(self) -> None:
        """Stop reading; the stream stays open."""
        if self._is_closed:
            return
        self._is_closed = True
        os.write(self._stop_writer, b"x")
        self._reading.join()
        os.close(self._stop_reader)
        os.close(self._stop_writer)

    def _read(self) -> None:
        for line in self._lines():
            for gesture in self._gestures(line.strip().lower()):
                listener = self._listener
                if listener is not None:
                    listener(gesture)

    def _gestures(self, key: str) -> tuple[Gesture, ...]:
        if key != TALK_KEY:
            return GESTURES.get(key, ())
        self._is_talking = not self._is_talking
        return (Gesture.TALK if self._is_talking else Gesture.OVER,)

    def _lines(self) -> Iterator[str]:
        """Yield whole lines until the input ends or `close` says so.

        A thread that sat in `readline` could not be stopped, and Python aborts when one
        still holds the lock of standard input at its exit; so it waits in `select`.
        """
        descriptor = self._stream.fileno()
        pending = b""
        while True:
            ready, _, _ = select.select([descriptor, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            piece = os.read(descriptor, 4096)
            if not piece:
                return
            *lines, pending = (pending + piece).split(b"\n")
            yield from (line.decode(errors="replace") for line in lines)

"""The way out: in good order if that is quick, else without it.

Two seconds after it was asked to stop the speaker is gone, whatever hangs: a driver, a
tool, a disk, the event loop itself. What must be done even then is done at the last
moment: the lights go out, the outputs become safe. Files need nothing: a WAV is valid
after every write, SQLite after every transaction, all else is written beside and renamed.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import threading
from collections.abc import Callable
from typing import Final

ORDERLY_S: Final = 1.5
"""How long leaving in good order may take. With `RESCUE_S` it stays below two seconds."""

RESCUE_S: Final = 0.3
"""How long the last deeds may take, all together; they are done side by side."""

log = logging.getLogger(__name__)


class Departure:
    """Ends the process in time; may be used from any thread.

    Args:
        leave: Ends the process with an exit code, and does not return.
    """

    def __init__(self, leave: Callable[[int], object] = os._exit) -> None:
        self._leave = leave
        self._deeds: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        self._has_begun = False

    def rescue(self, deed: Callable[[], object]) -> None:
        """Have `deed` done also when everything else hangs; it may have been done before."""
        self._deeds.append(deed)

    def settle(self) -> None:
        """All has been done in good order: there is nothing left to rescue, nor to hold on to."""
        self._deeds.clear()

    def begin(self, code: int) -> bool:
        """Leave within two seconds from now; return whether that is news: the first call counts.

        Args:
            code: The exit code, should it not be possible to leave in good order.
        """
        with self._lock:
            if self._has_begun:
                return False
            self._has_begun = True
        timer = threading.Timer(ORDERLY_S, self._force, (code,))
        timer.daemon = True
        timer.start()
        return True

    def _force(self, code: int) -> None:
        threads = [threading.Thread(target=deed, daemon=True) for deed in (_tell, *self._deeds)]
        for thread in threads:
            thread.start()
        done = threading.Event()
        threading.Thread(target=_join, args=(threads, done), daemon=True).start()
        done.wait(RESCUE_S)
        self._leave(code)


def _tell() -> None:
    log.error("something hangs and is left behind; what each thread is at:")
    faulthandler.dump_traceback()


def _join(threads: list[threading.Thread], done: threading.Event) -> None:
    for thread in threads:
        thread.join()
    done.set()

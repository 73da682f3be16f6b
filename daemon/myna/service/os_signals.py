"""Signals of the operating system, heard on a thread of their own.

Python runs a handler on the main thread, between two steps of the program, so that a
speaker whose event loop is blocked by a tool or a disk would not hear that it is to stop.
The number of a signal reaches the wakeup descriptor in any case (signal.set_wakeup_fd).
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

Answer = Callable[[], None]


@contextmanager
def answering(answers: Mapping[signal.Signals, Answer]) -> Iterator[None]:
    """Answer signals for as long as the context lasts; to be entered on the main thread.

    Args:
        answers: What to call for each, on the thread; must be quick.
    """
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    thread = threading.Thread(target=_listen, args=(ours, answers), name="signals", daemon=True)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    handlers = {number: signal.signal(number, _ignore) for number in answers}
    thread.start()
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        theirs.close()  # which ends the thread
        thread.join()
        ours.close()


def _ignore(_number: int, _frame: object) -> None:
    """There has to be a handler for the number to reach the descriptor."""


def _listen(ours: socket.socket, answers: Mapping[signal.Signals, Answer]) -> None:
    while numbers := ours.recv(64):
        for number in numbers:
            answer = answers.get(signal.Signals(number))
            if answer is not None:
                answer()

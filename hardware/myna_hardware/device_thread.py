"""A thread for a device whose calls may never return."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class DeviceThread:
    """Makes the calls to one device, so that nobody else ever waits for it for ever.

    A sound server that has stopped answering blocks PortAudio without limit, in reads,
    in writes and in closing alike (measured by tests/bench/bench_loss.py). Then whoever
    asked gives up, and only this thread stays behind until the call returns. It is a
    daemon thread: it does not keep the process from ending.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Make `call` on the thread, after all that was asked before."""
        future: Future[T] = Future()

        def job() -> None:
            try:
                future.set_result(call())
            except Exception as error:  # noqa: BLE001  # it is raised where the call was asked for
                future.set_exception(error)

        self._jobs.put(job)
        return future

    def call(self, call: Callable[[], T], limit_s: float) -> T:
        """Make `call` on the thread and wait for what it returns or raises.

        Raises:
            TimeoutError: It took longer than `limit_s`; it goes on behind the scenes.
        """
        return self.submit(call).result(timeout=limit_s)

    def end(self) -> None:
        """End the thread after all that was asked before; does not wait."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

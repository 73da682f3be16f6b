"""A device that did not open, tried again until it does.

Another program holds a GPIO line, or the SPI bus is switched on a little later: the
speaker goes on without, and takes the device up as soon as it is there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from myna_hardware.errors import HardwareError

RETRY_S: Final = 5.0


class Closable(Protocol):
    """Something that can be closed."""

    def close(self) -> None:
        """Release it."""
        ...


DeviceT = TypeVar("DeviceT", bound=Closable)


class Reopening(Generic[DeviceT]):
    """Opens one device; its thread lives until that is done, or until `close`.

    Args:
        part: The device's name, for the thread.
        open_device: Opens it, or raises HardwareError.
        adopt: Takes the device, on the thread.
        wait: Waits so many seconds for the event, and says whether it is set.
    """

    def __init__(
        self,
        part: str,
        open_device: Callable[[], DeviceT],
        adopt: Callable[[DeviceT], None],
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._open_device = open_device
        self._adopt = adopt
        self._wait = wait
        self._is_closing = threading.Event()
        self._lock = threading.Lock()
        self._device: DeviceT | None = None
        self._thread = threading.Thread(target=self._run, name=f"reopen {part}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop trying, and close the device if it was opened; idempotent."""
        self._is_closing.set()
        with self._lock:
            if self._device is not None:
                self._device.close()

    def _run(self) -> None:
        while not self._wait(self._is_closing, RETRY_S):
            try:
                device = self._open_device()
            except HardwareError:
                continue  # it was told the first time
            self._take(device)
            return

    def _take(self, device: DeviceT) -> None:
        with self._lock:
            self._device = device
            if self._is_closing.is_set():
                device.close()
            else:
                self._adopt(device)  # under the lock: `close` waits for it

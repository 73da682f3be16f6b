"""Opens a sensor when it is needed, and reads it in spite of disturbances."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final, TypeAlias

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.sensor import OpenSensor, Sensor

ATTEMPTS: Final = 3
PAUSE_S: Final = 1.0
"""A DHT11 misses a reading now and then, and wants a second until the next (its datasheet,
"sampling period")."""

LASTING: Final = (DriverMissingError, DeviceNotFoundError, DeviceBusyError, BadFormatError)
"""Troubles that another attempt within seconds does not end."""

Answer: TypeAlias = tuple[Quantity, ...] | HardwareError


class Attempts:
    """A sensor that is opened before its first reading, and anew after trouble.

    One thread at a time reads; `close` only when none does.

    Args:
        device: Its name, for errors.
        open_sensor: Opens it.
        is_over: Once set, nothing is tried again.
        pause_s: Until the next attempt.
    """

    def __init__(
        self,
        device: str,
        open_sensor: OpenSensor,
        is_over: threading.Event,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._device = device
        self._open_sensor = open_sensor
        self._is_over = is_over
        self._pause_s = pause_s
        self._sensor: Sensor | None = None

    def answer(self) -> Answer:
        """Return what the sensor tells, or why it tells nothing; blocks."""
        for _ in range(ATTEMPTS - 1):
            answer = self._attempt()
            if not isinstance(answer, HardwareError) or isinstance(answer, LASTING):
                return answer
            if self._is_over.wait(self._pause_s):
                return answer
        return self._attempt()

    def close(self) -> None:
        """Release the sensor."""
        sensor, self._sensor = self._sensor, None
        if sensor is not None:
            with suppress(HardwareError):  # it is in trouble anyway
                sensor.close()

    def _attempt(self) -> Answer:
        try:
            return self._read()
        except HardwareError as error:
            # Without the frames that it came through, which would keep the device alive.
            trouble = error.with_traceback(None)
        except Exception as error:  # noqa: BLE001 - thread supervision: a bug costs one reading
            trouble = HardwareError(self._device, f"its driver failed: {error!r}")
        self.close()
        return trouble

    def _read(self) -> tuple[Quantity, ...]:
        if self._sensor is None:
            self._sensor = self._open_sensor()
        return self._sensor.read()

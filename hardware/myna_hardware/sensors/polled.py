"""Sensors that are asked when somebody wants to know."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import wait

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Reading, SensorListener
from myna_hardware.sensors.asked import AskedSensor, Manner
from myna_hardware.sensors.sensor import OpenSensor
from myna_hardware.settings import SensorSettings


class PolledSensors:
    """All sensors of one speaker; see `interfaces.Sensors`.

    Args:
        settings: The sensors by name.
        openers: What opens each.
        manner: How they are asked.
    """

    def __init__(
        self,
        settings: Mapping[str, SensorSettings],
        openers: Mapping[str, OpenSensor],
        manner: Manner | None = None,
    ) -> None:
        self._manner = manner or Manner()
        self._listener: SensorListener | None = None
        self._is_closed = False
        self._sensors = {
            name: AskedSensor(
                Reading(name, one.label or name),
                one.fresh_s,
                openers[name],
                self._manner,
                self._tell,
            )
            for name, one in settings.items()
        }
        self._labels = {name: one.label or name for name, one in settings.items()}

    @property
    def labels(self) -> Mapping[str, str]:
        """See `Sensors.labels`."""
        return self._labels

    def readings(self) -> Mapping[str, Reading]:
        """See `Sensors.readings`; nothing once they are closed."""
        if self._is_closed:
            return {}
        asked = [done for one in self._sensors.values() if (done := one.ask()) is not None]
        wait(asked, timeout=self._manner.limit_s)
        return {name: one.reading() for name, one in self._sensors.items()}

    def watch(self, listener: SensorListener) -> None:
        """See `Sensors.watch`."""
        self._listener = listener
        for one in self._sensors.values():
            one.watch()

    def close(self) -> None:
        """See `Sensors.close`."""
        self._is_closed = True
        for one in self._sensors.values():
            one.close()

    def _tell(self, name: str, trouble: HardwareError | None) -> None:
        if self._listener is not None:
            self._listener(name, trouble)

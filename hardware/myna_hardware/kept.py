"""Devices that may be missing at first, and are used as if they were there.

Each stands in for a device that did not open. What it was told meanwhile counts once the
real one is adopted: the scene of the lights, and who listens.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import (
    Button,
    GestureListener,
    Knob,
    Lights,
    MuteListener,
    MuteSwitch,
    Outputs,
    OutputState,
    Pattern,
    TroubleListener,
    TurnListener,
)
from myna_hardware.settings import LightsSettings


class KeptLights:
    """Lights, shown once they are there; see `interfaces.Lights`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._device: Lights | None = None
        self._pattern: Pattern | None = None
        self._is_microphone_on = self._is_camera_on = False
        self._listener: TroubleListener | None = None
        self._settings: LightsSettings | None = None

    def adopt(self, device: Lights) -> None:
        """Show on `device` from now on, beginning with what is to be seen."""
        with self._lock:
            self._device = device
            if self._settings is not None:
                device.dim(self._settings)
            if self._listener is not None:
                device.watch(self._listener)
            device.light_microphone(is_on=self._is_microphone_on)
            device.light_camera(is_on=self._is_camera_on)
            if self._pattern is not None:
                device.show(self._pattern)

    def show(self, pattern: Pattern) -> None:
        """See `Lights.show`."""
        with self._lock:
            self._pattern = pattern
            if self._device is not None:
                self._device.show(pattern)

    def show_level(self, level: float) -> None:
        """See `Lights.show_level`."""
        if self._device is not None:
            self._device.show_level(level)

    def show_volume(self, percent: int) -> None:
        """See `Lights.show_volume`."""
        if self._device is not None:
            self._device.show_volume(percent)

    def light_microphone(self, *, is_on: bool) -> None:
        """See `Lights.light_microphone`."""
        with self._lock:
            self._is_microphone_on = is_on
            if self._device is not None:
                self._device.light_microphone(is_on=is_on)

    def light_camera(self, *, is_on: bool) -> None:
        """See `Lights.light_camera`."""
        with self._lock:
            self._is_camera_on = is_on
            if self._device is not None:
                self._device.light_camera(is_on=is_on)

    def dim(self, settings: LightsSettings) -> None:
        """See `Lights.dim`."""
        with self._lock:
            self._settings = settings
            if self._device is not None:
                self._device.dim(settings)

    def watch(self, listener: TroubleListener) -> None:
        """See `Lights.watch`."""
        with self._lock:
            self._listener = listener
            if self._device is not None:
                self._device.watch(listener)

    def close(self) -> None:
        """Do nothing: who opened the device closes it."""


class KeptButton:
    """A button, pressed once it is there; see `interfaces.Button`."""

    def __init__(self) -> None:
        self._device: Button | None = None
        self._gestures: GestureListener | None = None
        self._trouble: TroubleListener | None = None

    def adopt(self, device: Button) -> None:
        """Listen to `device` from now on."""
        self._device = device
        if self._gestures is not None:
            device.listen(self._gestures)
        if self._trouble is not None:
            device.watch(self._trouble)

    def listen(self, listener: GestureListener) -> None:
        """See `Button.listen`."""
        self._gestures = listener
        if self._device is not None:
            self._device.listen(listener)

    def watch(self, listener: TroubleListener) -> None:
        """See `Button.watch`."""
        self._trouble = listener
        if self._device is not None:
            self._device.watch(listener)

    def close(self) -> None:
        """Do nothing: who opened the device closes it."""


class KeptKnob:
    """A knob, turned once it is there; see `interfaces.Knob`."""

    def __init__(self) -> None:
        self._device: Knob | None = None
        self._listener: TurnListener | None = None

    def adopt(self, device: Knob) -> None:
        """Listen to `device` from now on."""
        self._device = device
        if self._listener is not None:
            device.listen(self._listener)

    def listen(self, listener: TurnListener) -> None:
        """See `Knob.listen`."""
        self._listener = listener
        if self._device is not None:
            self._device.listen(listener)

    def close(self) -> None:
        """Do nothing: who opened the device closes it."""


class KeptMuteSwitch:
    """A mute switch, heeded once it is there; see `interfaces.MuteSwitch`."""

    def __init__(self) -> None:
        self._device: MuteSwitch | None = None
        self._listener: MuteListener | None = None

    @property
    def is_muted(self) -> bool:
        """See `MuteSwitch.is_muted`; unknown is no."""
        return self._device is not None and self._device.is_muted

    def adopt(self, device: MuteSwitch) -> None:
        """Heed `device` from now on, and at once if it says mute."""
        self._device = device
        if self._listener is not None:
            device.listen(self._listener)
            if device.is_muted:
                self._listener(True)  # noqa: FBT003 - muted

    def listen(self, listener: MuteListener) -> None:
        """See `MuteSwitch.listen`."""
        self._listener = listener
        if self._device is not None:
            self._device.listen(listener)

    def close(self) -> None:
        """Do nothing: who opened the device closes it."""


class KeptOutputs:
    """Outputs, switched once they are there; see `interfaces.Outputs`.

    Args:
        trouble: Raised for whatever is asked until then.
    """

    def __init__(self, trouble: HardwareError) -> None:
        self._trouble = trouble
        self._device: Outputs | None = None

    def adopt(self, device: Outputs) -> None:
        """Switch `device` from now on."""
        self._device = device

    def states(self) -> Mapping[str, OutputState]:
        """See `Outputs.states`."""
        return self._outputs().states()

    def set_level(self, name: str, level: int) -> OutputState:
        """See `Outputs.set_level`."""
        return self._outputs().set_level(name, level)

    def pulse(self, name: str, seconds: float) -> OutputState:
        """See `Outputs.pulse`."""
        return self._outputs().pulse(name, seconds)

    def close(self) -> None:
        """Do nothing: who opened the device closes it."""

    def _outputs(self) -> Outputs:
        if self._device is None:
            # Without the calls before this one, which it would go on to carry for ever.
            raise self._trouble.with_traceback(None)
        return self._device

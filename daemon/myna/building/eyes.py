"""The camera, and the two lights that tell of what leaves the machine."""

from __future__ import annotations

from collections.abc import Callable

from myna.config import Config
from myna.telltale import Telltale
from myna.tools.stills import Gaze
from myna.trace import Trace
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Camera, Lights


def build_telltales(lights: Lights, trace: Trace) -> tuple[Telltale, Telltale]:
    """Make the microphone light and the camera light."""

    def show_microphone(is_on: bool) -> None:  # noqa: FBT001 - as a telltale calls it
        lights.light_microphone(is_on=is_on)
        trace.emit("microphone_light", is_on=is_on)

    def show_camera(is_on: bool) -> None:  # noqa: FBT001 - as a telltale calls it
        lights.light_camera(is_on=is_on)
        trace.emit("camera_light", is_on=is_on)

    return Telltale(show_microphone), Telltale(show_camera)


def build_gaze(
    camera: Camera | None,
    config: Config,
    light: Telltale,
    tell: Callable[[str, HardwareError | None], None],
) -> Gaze | None:
    """Build the eye, where there is a camera."""
    if camera is None:
        return None
    return Gaze(camera, config.camera, light=light, tell=lambda error: tell("camera", error))

"""Body: opens the devices, and closes them in reverse order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock
from typing import Final, Protocol, TypeVar, cast

from myna_hardware.button import open_button
from myna_hardware.camera import open_camera
from myna_hardware.errors import (
    BadFormatError,
    DeviceLostError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.interfaces import (
    Button,
    Camera,
    Knob,
    Lights,
    Microphone,
    MuteSwitch,
    Outputs,
    Sensors,
    Speaker,
)
from myna_hardware.kept import (
    KeptButton,
    KeptKnob,
    KeptLights,
    KeptMuteSwitch,
    KeptOutputs,
)
from myna_hardware.knob import open_knob
from myna_hardware.lights import open_lights
from myna_hardware.mute_switch import open_mute_switch
from myna_hardware.outputs import open_outputs
from myna_hardware.reopening import Closable, Reopening
from myna_hardware.sensors import open_sensors
from myna_hardware.settings import BodySettings, CameraSettings
from myna_hardware.shared_card import SharedCard

HOPELESS: Final = (DriverMissingError, BadFormatError)
"""What only another installation or configuration cures: there is no use in trying again."""

DeviceT = TypeVar("DeviceT", bound=Closable)
AdoptedT_contra = TypeVar("AdoptedT_contra", contravariant=True)

TroubleListener = Callable[[str, HardwareError | None], None]
"""Takes the name of a part (`lights`) and why it could not be opened; None once it could."""


class _Adopter(Protocol[AdoptedT_contra]):
    """What stands in for a device, and takes it up later."""

    def adopt(self, device: AdoptedT_contra) -> None: ...


def refuse(_part: str, error: HardwareError | None) -> None:
    """Let no trouble pass: the body does not open."""
    if error is not None:
        raise error


class _Opener:
    """Opens devices, remembers how to close them, and puts stand-ins where one fails."""

    def __init__(self, opened: ExitStack, on_trouble: TroubleListener) -> None:
        self.opened = opened
        self._on_trouble = on_trouble

    def open(
        self,
        part: str,
        open_device: Callable[[], DeviceT],
        instead: Callable[[HardwareError], DeviceT],
    ) -> DeviceT:
        """Open a device, or take what stands in for it, and go on trying."""
        try:
            device = open_device()
        except HardwareError as error:
            self._on_trouble(part, error)
            stand_in = instead(error)
            if not isinstance(error, HOPELESS):
                self._keep_trying(part, open_device, cast("_Adopter[DeviceT]", stand_in))
            return stand_in
        self.opened.callback(device.close)
        return device

    def open_camera(self, settings: CameraSettings) -> Camera | None:
        """Open the camera, if there is one; it is not missed at rest."""
        try:
            camera = open_camera(settings)
        except HardwareError as error:
            self._on_trouble("camera", error)
            return None
        if camera is not None:
            self.opened.callback(camera.close)
        return camera

    def _keep_trying(
        self, part: str, open_device: Callable[[], DeviceT], stand_in: _Adopter[DeviceT]
    ) -> None:
        def adopt(device: DeviceT) -> None:
            stand_in.adopt(device)
            self._on_trouble(part, None)

        self.opened.callback(Reopening(part, open_device, adopt).close)


class Body:
    """All devices of one speaker; `Body.open` makes it.

    Lights, button, knob, mute switch, camera and outputs are open until `close`; one that
    does not open is tried again, and used from then on as if it had always been there.
    Microphone and speaker come and go (device loss, mute), so the threads that own them
    open them, as often as they need.

    Attributes:
        lights: The lights.
        button: The button.
        knob: The volume knob.
        mute_switch: The mute switch.
        camera: The camera, if there is one.
        outputs: The outputs; they raise why they could not be opened until they are.
        sensors: The sensors; one that is missing says so when it is read.
        microphone: The microphone opened last, None before the first.
        speaker: The speaker opened last, None before the first.
    """

    def __init__(self, settings: BodySettings, opener: _Opener) -> None:
        self._card = SharedCard(settings.microphone, settings.speaker)
        self._sound = Lock()
        self._is_closed = False
        self.microphone: Microphone | None = None
        self.speaker: Speaker | None = None
        self.lights: Lights = opener.open(
            "lights", lambda: open_lights(settings.lights), lambda _: KeptLights()
        )
        self.button: Button = opener.open(
            "button", lambda: open_button(settings.button), lambda _: KeptButton()
        )
        self.knob: Knob = opener.open(
            "knob", lambda: open_knob(settings.knob), lambda _: KeptKnob()
        )
        self.mute_switch: MuteSwitch = opener.open(
            "mute_switch",
            lambda: open_mute_switch(settings.mute_switch),
            lambda _: KeptMuteSwitch(),
        )
        self.camera: Camera | None = opener.open_camera(settings.camera)
        self.outputs: Outputs = opener.open(
            "outputs", lambda: open_outputs(settings.outputs), KeptOutputs
        )
        self.sensors: Sensors = open_sensors(settings.sensors)
        opener.opened.callback(self.sensors.close)
        self._opened = opener.opened.pop_all()

    @classmethod
    def open(cls, settings: BodySettings, on_trouble: TroubleListener = refuse) -> Body:
        """Open all devices but microphone and speaker; lights first, to show the rest.

        Args:
            settings: How to open each.
            on_trouble: Called for each device that does not open; when it returns, a
                stand-in takes the device's place. By default it raises the error. Called
                with None, on a thread, once the device has opened after all.

        Raises:
            HardwareError: From `on_trouble`; what was open by then is closed again.
        """
        with ExitStack() as opened:
            return cls(settings, _Opener(opened, on_trouble))

    def open_microphone(self, buffer_periods: int = 1) -> Microphone:
        """Open the microphone anew, closing the one before; from any thread.

        Args:
            buffer_periods: How many times the smallest buffer a sound card is to have.

        Raises:
            HardwareError: It cannot be opened, or the body is closed.
        """
        with self._sound:
            self._check_open("microphone")
            if self.microphone is not None:
                self.microphone.close()
            self.microphone = self._card.open_microphone(buffer_periods)
            return self.microphone

    def open_speaker(self, buffer_periods: int = 1) -> Speaker:
        """Open the speaker anew, closing the one before; from any thread.

        Args:
            buffer_periods: How many times the smallest buffer a sound card is to have.

        Raises:
            HardwareError: It cannot be opened, or the body is closed.
        """
        with self._sound:
            self._check_open("speaker")
            if self.speaker is not None:
                self.speaker.close()
            self.speaker = self._card.open_speaker(buffer_periods)
            return self.speaker

    def close(self) -> None:
        """Close every device, the last opened first."""
        with self._sound:
            self._is_closed = True
            for device in (self.speaker, self.microphone):
                if device is not None:
                    device.close()
        self._opened.close()

    def _check_open(self, part: str) -> None:
        if self._is_closed:
            raise DeviceLostError(part, "the body is closed")

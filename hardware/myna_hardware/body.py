"""Body: opens the devices, and closes them in reverse order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock
from typing import NoReturn, Protocol, TypeVar

from myna_hardware.button import open_button
from myna_hardware.camera import open_camera
from myna_hardware.errors import DeviceLostError, HardwareError
from myna_hardware.interfaces import (
    Button,
    Camera,
    Knob,
    Lights,
    Microphone,
    MuteSwitch,
    Outputs,
    Speaker,
)
from myna_hardware.knob import open_knob
from myna_hardware.lights import open_lights
from myna_hardware.mute_switch import open_mute_switch
from myna_hardware.outputs import open_outputs
from myna_hardware.settings import (
    BodySettings,
    ButtonSettings,
    KnobSettings,
    LightsSettings,
    MuteSwitchSettings,
)
from myna_hardware.shared_card import SharedCard

TroubleListener = Callable[[str, HardwareError], None]
"""Takes the name of a part (`lights`) and why it could not be opened."""


class _Closable(Protocol):
    def close(self) -> None: ...


DeviceT = TypeVar("DeviceT", bound=_Closable | None)


def refuse(_part: str, error: HardwareError) -> NoReturn:
    """Let no trouble pass: the body does not open."""
    raise error


class _Opener:
    """Opens devices, remembers how to close them, and puts stand-ins where one fails."""

    def __init__(self, opened: ExitStack, on_trouble: TroubleListener) -> None:
        self.opened = opened
        self._on_trouble = on_trouble

    def open(self, part: str, open_device: Callable[[], DeviceT], instead: DeviceT) -> DeviceT:
        try:
            device = open_device()
        except HardwareError as error:
            self._on_trouble(part, error)
            return instead
        if device is not None:
            self.opened.callback(device.close)
        return device


class Body:
    """All devices of one speaker; `Body.open` makes it.

    Lights, button, knob, switch, camera and outputs are open until `close`. Microphone and speaker
    come and go (device loss, mute), so the threads that own them open them, as often as
    they need.

    Attributes:
        lights: The lights; those that show nothing where they could not be opened.
        button: The button; one that is never pressed where it could not be opened.
        knob: The volume knob; one that is never turned where it could not be opened.
        mute_switch: The mute switch; one that never mutes where it could not be opened.
        camera: The camera, if there is one.
        outputs: The outputs; none where they could not be opened.
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
            "lights",
            lambda: open_lights(settings.lights),
            instead=open_lights(LightsSettings(driver="none")),
        )
        self.button: Button = opener.open(
            "button",
            lambda: open_button(settings.button),
            instead=open_button(ButtonSettings(driver="none")),
        )
        self.knob: Knob = opener.open(
            "knob",
            lambda: open_knob(settings.knob),
            instead=open_knob(KnobSettings(driver="none")),
        )
        self.mute_switch: MuteSwitch = opener.open(
            "mute_switch",
            lambda: open_mute_switch(settings.mute_switch),
            instead=open_mute_switch(MuteSwitchSettings(driver="none")),
        )
        self.camera: Camera | None = opener.open(
            "camera", lambda: open_camera(settings.camera), instead=None
        )
        self.outputs: Outputs = opener.open(
            "outputs", lambda: open_outputs(settings.outputs), instead=open_outputs({})
        )
        self._opened = opener.opened.pop_all()

    @classmethod
    def open(cls, settings: BodySettings, on_trouble: TroubleListener = refuse) -> Body:
        """Open all devices but microphone and speaker; lights first, to show the rest.

        Args:
            settings: How to open each.
            on_trouble: Called for each device that does not open; when it returns, a
                stand-in takes the device's place. By default it raises the error.

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

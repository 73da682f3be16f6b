"""What the brain knows of the body: Protocols, and the values they exchange.

Every driver, real or simulated, satisfies one of these Protocols and raises only
errors of `myna_hardware.errors`. `close` is idempotent everywhere. Threads: each
method says who may call it; what says nothing may be called from any one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from myna_hardware.errors import HardwareError
from myna_hardware.settings import LightsSettings


class Pattern(StrEnum):
    """What the lights say. A driver must make each one tell-able on a single LED."""

    STARTING = "starting"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    MUTED = "muted"
    OFFLINE = "offline"
    REFUSED = "refused"
    """The service says no: key, account or model; somebody has to see to that."""

    ERROR = "error"
    RINGING = "ringing"
    COUNTDOWN = "countdown"
    """The button is held: time runs out until the machine shuts down."""

    QUESTION = "question"
    """Something waits for a yes: a press of the button."""


class Gesture(StrEnum):
    """What a hand did to the button.

    COUNTDOWN: a HOLD that goes on, and becomes SHUTDOWN 7 s later; it takes the HOLD back.
    CANCEL: the button was released before that.
    TALK, OVER: pressed and released, where the button is for push-to-talk; always in turn.
    """

    PRESS = "press"
    HOLD = "hold"
    DOUBLE = "double"
    COUNTDOWN = "countdown"
    CANCEL = "cancel"
    SHUTDOWN = "shutdown"
    TALK = "talk"
    OVER = "over"


TroubleListener = Callable[[HardwareError | None], None]
"""Takes the trouble that a device is in, and None when it is well again."""


@dataclass(frozen=True, slots=True)
class Still:
    """One camera image.

    Attributes:
        jpeg: The encoded picture, baseline JPEG.
    """

    jpeg: bytes


@dataclass(frozen=True, slots=True)
class OutputState:
    """One output as it stands.

    Attributes:
        name: The key under `outputs` in the configuration.
        label: The words a person uses for it.
        level: 0 (off) to 100 (fully on).
        is_dimmable: Whether levels between 0 and 100 do anything.
        pulse_s: For how long it goes on at most, by itself off again, whoever switches it
            on; None for one that stays on.
    """

    name: str
    label: str
    level: int
    is_dimmable: bool
    pulse_s: float | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that a sensor tells.

    Attributes:
        kind: What it is, such as `temperature`; `state` for a contact.
        value: The number, or the word for the state.
        unit: As it is written, such as `°C`; empty for a word.
    """

    kind: str
    value: float | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sensor tells just now.

    Attributes:
        name: The key under `sensors` in the configuration.
        label: The words a person uses for it.
        quantities: What it tells; nothing where there is a `problem`.
        age_s: How long ago the sensor was asked.
        problem: Why it tells nothing, cure included; None when all is well.
    """

    name: str
    label: str
    quantities: tuple[Quantity, ...] = ()
    age_s: float = 0.0
    problem: str | None = None


class Microphone(Protocol):
    """A source of 16 kHz mono 16-bit PCM, read by one thread that owns it."""

    @property
    def name(self) -> str:
        """The device as the configuration names it."""
        ...

    @property
    def lost_frames(self) -> int:
        """Frames lost to overruns since the device was opened."""
        ...

    @property
    def ends_s(self) -> float:
        """When the last frame that `read` returned was in the air.

        Seconds on the clock that the speaker's `ends_s` keeps too: the monotonic one, or
        the frames of a card that does both. A part of the device's delay that it does not
        tell is missing, but it is missing evenly.
        """
        ...

    def read(self) -> bytes:
        """Block for one period and return it (`CAPTURE_PERIOD_FRAMES` frames).

        Returns:
            One period of PCM; `b""` once the source has ended for good or was closed.

        Raises:
            DeviceLostError: The device went away; open a new one to go on.
        """
        ...

    def close(self) -> None:
        """Release the device; from any thread. A blocked `read` returns soon after."""
        ...


class Speaker(Protocol):
    """A sink for 24 kHz mono 16-bit PCM: write, flush, close (one owning thread)."""

    @property
    def name(self) -> str:
        """The device as the configuration names it."""
        ...

    @property
    def underruns(self) -> int:
        """How often playback starved since the device was opened."""
        ...

    @property
    def delay_frames(self) -> int:
        """Frames at 24 kHz between `write` returning and the sound being heard."""
        ...

    @property
    def ends_s(self) -> float:
        """When the last frame that `write` took will be in the air; see `Microphone.ends_s`."""
        ...

    def write(self, pcm: bytes) -> None:
        """Play `pcm`, of any length, blocking until the last of it waits in the device.

        About one period waits there (two in drivers without a device), so whatever is
        written next is heard that much later: write short pieces to be able to change
        your mind soon.

        Raises:
            DeviceLostError: The device went away; open a new one to go on.
        """
        ...

    def drain(self) -> None:
        """Block until everything written has been heard, and let the device rest."""
        ...

    def check(self) -> None:
        """Make sure that the resting device is still there; cheap, and not heard.

        Raises:
            DeviceLostError: It went away; open a new one to go on.
        """
        ...

    def cut(self) -> bool:
        """Fade out within 3 ms what is buffered, and drop the rest of it.

        Returns:
            Whether the device could: a sound card does not give back what it has, which
            is little, and so a fade has to be written after that.
        """
        ...

    def flush(self) -> None:
        """Fall silent at once; what is buffered is dropped and never heard.

        But for a card that captures in the same stream, which plays on what it holds.
        """
        ...

    def close(self) -> None:
        """Flush and release the device; from any thread."""
        ...


class Lights(Protocol):
    """The state of the speaker, made visible.

    All of it may be called from any thread, never raises, and takes no longer than one
    drawing. A device that fails while it is in use is told to the listener of `watch`,
    opened again as soon as it can be, and shows then what it should.
    """

    def show(self, pattern: Pattern) -> None:
        """Show `pattern` until the next call; a repeated one runs on."""
        ...

    def show_level(self, level: float) -> None:
        """Let the pattern follow how loud the user or the reply is just now.

        Args:
            level: 0 (quiet) to 1 (loud), about ten times a second; `listening` and
                `speaking` follow it, other patterns stay as they are.
        """
        ...

    def show_volume(self, percent: int) -> None:
        """Show a volume over the pattern for 1.5 s; a further call begins them anew.

        Args:
            percent: 0 to 100.
        """
        ...

    def light_microphone(self, *, is_on: bool) -> None:
        """Light the microphone light, or put it out; drawn before the call returns.

        While it is on a light is lit at every instant, whatever else is shown, at night
        and at any brightness. Whoever sends speech calls this, and nobody else.
        """
        ...

    def light_camera(self, *, is_on: bool) -> None:
        """Light the camera light, or put it out; drawn before the call returns."""
        ...

    def dim(self, settings: LightsSettings) -> None:
        """Be as bright as `settings` say from now on, by day and by night; no other key counts."""
        ...

    def watch(self, listener: TroubleListener) -> None:
        """Tell `listener` on a thread of the driver's when the device is lost, or back."""
        ...

    def close(self) -> None:
        """Put the lights out and release them."""
        ...


GestureListener = Callable[[Gesture], None]


class Button(Protocol):
    """One push button."""

    def listen(self, listener: GestureListener) -> None:
        """Call `listener` for every gesture from now on, on a thread of the driver's."""
        ...

    def watch(self, listener: TroubleListener) -> None:
        """Tell `listener` of trouble, and of its end, once each, on a thread of the driver's.

        Trouble that is there already is told as well. Meanwhile there are no gestures.
        """
        ...

    def close(self) -> None:
        """Stop listening and release the pin."""
        ...


TurnListener = Callable[[int], None]
"""Takes the detents turned since the last call, clockwise positive."""


class Knob(Protocol):
    """A rotary encoder."""

    def listen(self, listener: TurnListener) -> None:
        """Call `listener` for every turn from now on, on a thread of the driver's."""
        ...

    def close(self) -> None:
        """Stop listening and release the pins."""
        ...


MuteListener = Callable[[bool], None]
"""Takes whether the switch says mute."""


class MuteSwitch(Protocol):
    """A switch with two positions, one of which means mute."""

    @property
    def is_muted(self) -> bool:
        """Where the switch stands now; from any thread."""
        ...

    def listen(self, listener: MuteListener) -> None:
        """Call `listener` for every change from now on, on a thread of the driver's."""
        ...

    def close(self) -> None:
        """Stop listening and release the pin."""
        ...


class Camera(Protocol):
    """A camera that is off until a still is asked for."""

    def capture(self) -> Still:
        """Take one still; blocks for as long as the camera takes (a second or two).

        Raises:
            DeviceLostError: The camera did not answer in time.
        """
        ...

    def close(self) -> None:
        """Release the camera."""
        ...


class Outputs(Protocol):
    """The named things that the speaker can switch."""

    def states(self) -> Mapping[str, OutputState]:
        """Read every output back, by name, in the order of the configuration.

        Raises:
            DeviceLostError: One does not answer.
        """
        ...

    def set_level(self, name: str, level: int) -> OutputState:
        """Switch or dim one output and read it back; from any thread.

        It ends a pulse that is running. An output with a `pulse_s` of its own goes on
        only for that long.

        Args:
            name: A key of `states()`.
            level: 0 to 100; an output that cannot dim takes 0 as off, the rest as on.

        Raises:
            DeviceNotFoundError: There is no such output; the error lists those there are.
        """
        ...

    def pulse(self, name: str, seconds: float) -> OutputState:
        """Switch one output fully on, and off by itself after a while; from any thread.

        A pulse that is running is made longer by another, never shorter.

        Args:
            name: A key of `states()`.
            seconds: 0.05 to 3600.

        Raises:
            DeviceNotFoundError: There is no such output; the error lists those there are.
            BadFormatError: `seconds` is out of range.
        """
        ...

    def close(self) -> None:
        """Return every output to its safe level and release the pins."""
        ...


SensorListener = Callable[[str, HardwareError | None], None]
"""Takes the name of a sensor and the trouble that it is in; None when it is well again."""


class Sensors(Protocol):
    """The named things that the speaker can read."""

    @property
    def labels(self) -> Mapping[str, str]:
        """What a person calls each, by name, in the order of the configuration."""
        ...

    def readings(self) -> Mapping[str, Reading]:
        """Ask every sensor, all at once, and return what each tells; from any thread.

        Blocks for as long as the slowest takes, up to a limit: one that does not answer
        until then costs its own reading, not those of others. A sensor that was asked a
        moment ago is not asked again.
        """
        ...

    def watch(self, listener: SensorListener) -> None:
        """Tell `listener` of trouble, and of its end, once each, on a thread of the sensor's.

        Every sensor is asked once for that, behind the scenes, and one in trouble from
        time to time until it is well.
        """
        ...

    def close(self) -> None:
        """Release the sensors; does not wait for one that hangs."""
        ...

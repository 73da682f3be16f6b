"""Everything that can be configured, with its default.

One Struct per table of the file; `file.py` finds and reads it. Names are
keys that users write, so they do not move. The device tables belong to the body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, field

from myna.mcp_servers.settings import McpServerSettings
from myna.metrics.settings import MetricsSettings
from myna.mqtt.settings import MqttSettings
from myna.music.settings import MusicSettings
from myna.timers.settings import TimerSettings
from myna.tools.rules import ToolRule
from myna_hardware.settings import (
    BodySettings,
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    LightsSettings,
    MicrophoneSettings,
    MuteSwitchSettings,
    OutputSettings,
    Section,
    SensorSettings,
    SpeakerSettings,
)

GOOGLE: str = "wss://generativelanguage.googleapis.com"
INSTRUCTION: str = (
    "You are myna, a smart speaker in a home. Answer in one or two short spoken sentences. "
    "Use the tools to act and to look, and say what really happened. "
    "Call end_conversation when the user is done."
)

Seconds = Annotated[float, Meta(gt=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Tokens = Annotated[int, Meta(gt=0)]


class LiveSettings(Section, frozen=True):
    """`[live]`: which model, where, and how it introduces itself."""

    model: str = "gemini-3.8-live"
    endpoint: str = GOOGLE
    api_version: Literal["v1beta", "v1alpha", "v1"] = "v1beta"
    dialect: Literal["reference", "guide"] = "reference"
    voice: str = "Puck"
    instruction: str = INSTRUCTION
    key_file: Path | None = None
    key_command: Annotated[tuple[str, ...], Meta(min_length=1)] | None = None
    key_in: Literal["header", "query"] = "header"
    open_timeout_s: Seconds = 15.0
    open_ahead: bool = False
    compress_at_tokens: Tokens = 25_000
    compress_to_tokens: Tokens = 8_000


class WakeSettings(Section, frozen=True):
    """`[wake]`: what the speaker answers to."""

    engine: Literal["auto", "micro", "open", "porcupine", "none"] = "auto"
    words: Annotated[tuple[str, ...], Meta(min_length=1)] = ("okay_nabu",)
    threshold: Fraction | None = None
    thresholds: dict[str, Fraction] = field(default_factory=dict)
    folder: Path | None = None
    key_file: Path | None = None
    stop_words: tuple[str, ...] = ("stop",)


class ConversationSettings(Section, frozen=True):
    """`[conversation]`: how long it listens and talks."""

    wake_wait_s: Annotated[float, Meta(ge=0)] = 5.0
    end_silence_s: Annotated[float, Meta(ge=0)] = 0.6
    follow_up_s: Seconds = 8.0
    limit_s: Seconds = 300.0


class BudgetSettings(Section, frozen=True):
    """`[budget]`: how much may be used from midnight to midnight."""

    daily_minutes: Annotated[float, Meta(gt=0)] | None = None
    daily_tokens: Tokens | None = None


class AudioSettings(Section, frozen=True):
    """`[audio]`: what is done against the speaker's own echo, against noise, and its signals."""

    echo: Literal["auto", "cancel", "half-duplex", "none"] = "auto"
    noise_suppression: Literal["off", "low", "moderate", "high"] = "off"
    gain_control: bool = False
    earcons: Literal["all", "needed", "none"] = "all"
    messages: Literal["spoken", "earcons"] = "spoken"
    night: str | None = None


class ToolsSettings(Section, frozen=True):
    """`[tools]`: tools of your own, and rules for any of them."""

    folder: Path | None = None
    confirm_wait_s: Annotated[float, Meta(gt=0, le=25)] = 25.0
    rules: dict[str, ToolRule] = field(default_factory=dict)


class StateSettings(Section, frozen=True):
    """`[state]`."""

    dir: Path | None = None


class LogSettings(Section, frozen=True):
    """`[log]`."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    transcript: bool = False


class ControlSettings(Section, frozen=True):
    """`[control]`."""

    socket: Path | None = None


class Config(Section, frozen=True):
    """The whole configuration."""

    live: LiveSettings = field(default_factory=LiveSettings)
    wake: WakeSettings = field(default_factory=WakeSettings)
    conversation: ConversationSettings = field(default_factory=ConversationSettings)
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    audio: AudioSettings = field(default_factory=AudioSettings)
    microphone: MicrophoneSettings = field(default_factory=MicrophoneSettings)
    speaker: SpeakerSettings = field(default_factory=SpeakerSettings)
    lights: LightsSettings = field(default_factory=LightsSettings)
    button: ButtonSettings = field(default_factory=ButtonSettings)
    knob: KnobSettings = field(default_factory=KnobSettings)
    mute_switch: MuteSwitchSettings = field(default_factory=MuteSwitchSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)
    outputs: dict[str, OutputSettings] = field(default_factory=dict)
    sensors: dict[str, SensorSettings] = field(default_factory=dict)
    tools: ToolsSettings = field(default_factory=ToolsSettings)
    mcp: dict[str, McpServerSettings] = field(default_factory=dict)
    timers: TimerSettings = field(default_factory=TimerSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    music: MusicSettings = field(default_factory=MusicSettings)
    state: StateSettings = field(default_factory=StateSettings)
    log: LogSettings = field(default_factory=LogSettings)
    control: ControlSettings = field(default_factory=ControlSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)

    @property
    def body(self) -> BodySettings:
        """The part that the body opens."""
        return BodySettings(
            microphone=self.microphone,
            speaker=self.speaker,
            lights=self.lights,
            button=self.button,
            knob=self.knob,
            mute_switch=self.mute_switch,
            camera=self.camera,
            outputs=self.outputs,
            sensors=self.sensors,
        )

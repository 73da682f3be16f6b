"""`[mqtt]`: the broker, and the things that it leads to. PURE."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, field

from myna.tools.tool import Risk
from myna_hardware.settings import Section

PLAIN_PORT: Final = 1883
TLS_PORT: Final = 8883
"""What IANA gives to mqtt and to secure-mqtt."""

Port = Annotated[int, Meta(ge=1, le=65535)]
LevelMax = Annotated[int, Meta(ge=1, le=65535)]


class ThingSettings(Section, frozen=True):
    """`[mqtt.things.NAME]`: something that a message switches."""

    command_topic: str
    on: str = "ON"
    off: str = "OFF"
    state_topic: str | None = None
    state_key: str | None = None
    level_topic: str | None = None
    level_max: LevelMax = 100
    level_state_topic: str | None = None
    level_key: str | None = None
    retain: bool = False
    label: str = ""
    risk: Risk = "safe"

    @property
    def level_reported_at(self) -> str | None:
        """The topic under which it reports its level; None if it does not."""
        return self.level_state_topic or (self.state_topic if self.level_key else None)


class MqttSettings(Section, frozen=True):
    """`[mqtt]`: the broker; without a host there is none."""

    host: str | None = None
    port: Port | None = None
    username: str | None = None
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    client_id: str | None = None
    node: str | None = None
    base_topic: str | None = None
    discovery_prefix: str = "homeassistant"
    things: dict[str, ThingSettings] = field(default_factory=dict)

    @property
    def used_port(self) -> int:
        """Where the broker listens."""
        return self.port or (TLS_PORT if self.tls else PLAIN_PORT)

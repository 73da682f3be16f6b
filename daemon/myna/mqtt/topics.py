"""Under which topics the speaker is found. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from myna.mqtt.settings import MqttSettings

ONLINE: Final = "online"
OFFLINE: Final = "offline"
"""Availability, and Home Assistant's own birth message, by its defaults (Home Assistant
documentation, MQTT, "Birth and last will messages" and "Using availability topics")."""

LONGEST_TOPIC_BYTES: Final = 65535
"""MQTT 5, 1.5.4."""

_NODE: Final = re.compile(r"[a-zA-Z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one speaker.

    Attributes:
        node: Its id, in the letters that Home Assistant takes.
        base: What its own topics begin with.
        discovery_prefix: What Home Assistant's topics begin with.
    """

    node: str
    base: str
    discovery_prefix: str

    @property
    def availability(self) -> str:
        """`online` or `offline`."""
        return f"{self.base}/availability"

    @property
    def discovery(self) -> str:
        """Where the device is introduced (Home Assistant documentation, "Discovery topic")."""
        return f"{self.discovery_prefix}/device/{self.node}/config"

    @property
    def birth(self) -> str:
        """Where Home Assistant tells that it has started; its discovery prefix is not in it."""
        return "homeassistant/status"

    def told(self, name: str) -> str:
        """Where the speaker tells `name`."""
        return f"{self.base}/{name}"

    def command(self, name: str) -> str:
        """Where the speaker takes orders about `name`."""
        return f"{self.base}/{name}/set"


def topics_of(settings: MqttSettings, hostname: str) -> Topics:
    """Return the topics of a speaker that is configured as `settings` on `hostname`."""
    node = settings.node or node_of(hostname)
    return Topics(node, settings.base_topic or f"myna/{node}", settings.discovery_prefix)


def is_node(text: str) -> bool:
    """Whether `text` can be a node id (Home Assistant documentation, "Discovery topic")."""
    return _NODE.fullmatch(text) is not None


def node_of(hostname: str) -> str:
    """Return a node id made of `hostname`."""
    first, _, _ = hostname.partition(".")
    return re.sub(r"[^a-zA-Z0-9_-]+", "-", first).strip("-") or "speaker"


def topic_problem(topic: str) -> str | None:
    """Return what keeps `topic` from being one that can be published to, or None."""
    if not topic:
        return "is empty: give the topic, like home/lamp/set"
    if "+" in topic or "#" in topic:
        return f"{topic!r} holds a wildcard (+ or #): name one topic"
    if topic.startswith("$"):
        return f"{topic!r} begins with $: such topics are the broker's own"
    if not topic.isprintable():
        return "holds a character that no topic has"
    if len(topic.encode()) > LONGEST_TOPIC_BYTES:
        return f"is longer than {LONGEST_TOPIC_BYTES} bytes"
    return None

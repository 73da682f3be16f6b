"""What is still to be told to the broker: of each topic only the newest. PURE.

Theory of operation: everything in here is retained by the broker, so an older value has no
reader once there is a newer one. The outbox keeps the last value of each topic for good; a
broker that comes back, or a Home Assistant that starts, is told all of them again. It
cannot grow beyond the topics that there are.
"""

from __future__ import annotations


class Outbox:
    """The last value of each topic, and which of them are to be sent."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._due: dict[str, None] = {}

    def put(self, topic: str, value: str) -> None:
        """Have `value` sent, instead of an older one that waits."""
        self._values[topic] = value
        self._due[topic] = None

    def repeat(self, topic: str) -> None:
        """Have the value of `topic` sent again, if there is one."""
        if topic in self._values:
            self._due[topic] = None

    def repeat_all(self) -> None:
        """Have everything sent again, in the order in which it was first put."""
        self._due = dict.fromkeys(self._values)

    def take(self) -> tuple[str, str] | None:
        """Return the topic and the value to send next, or None; it counts as sent."""
        if not self._due:
            return None
        topic = next(iter(self._due))
        del self._due[topic]
        return topic, self._values[topic]

"""What is not well just now: told once when it begins and once when it ends.

The one book of trouble: the trace, the journal and `myna status` all read from it,
so that they never disagree. Lives in the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from myna.trace import Trace

log = logging.getLogger(__name__)


class Health:
    """Current trouble, by part."""

    def __init__(self, trace: Trace, redact: Callable[[str], str] = str) -> None:
        self._trace = trace
        self._redact = redact
        self._troubles: dict[str, str] = {}
        self._listeners: list[Callable[[], None]] = []

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong, by part; empty when all is well."""
        return dict(self._troubles)

    def watch(self, listener: Callable[[], None]) -> None:
        """Call `listener` each time that trouble begins or ends; it must not block."""
        self._listeners.append(listener)

    def degrade(self, what: str, why: str) -> None:
        """Note that `what` is in trouble; in other words it is the same trouble."""
        why = self._redact(why)
        is_news = what not in self._troubles
        self._troubles[what] = why
        if not is_news:
            return
        self._trace.emit("degraded", what=what, why=why)
        log.warning("%s: %s", what, why)
        self._tell()

    def recover(self, what: str) -> None:
        """Note that `what` is well; if it was, that is no news."""
        if self._troubles.pop(what, None) is not None:
            self._trace.emit("recovered", what=what)
            log.info("%s: works again", what)
            self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

"""What is not well just now: told once when it begins and once when it ends.

The one book of trouble: the trace, the journal and `myna status` all read from it,
so that they never disagree. Lives in the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from myna.trace import Trace

log = logging.getLogger(__name__)

HealthListener: TypeAlias = Callable[[str, bool], None]
"""Takes a part, and whether it is well from now on."""


class Health:
    """Current trouble, by part."""

    def __init__(self, trace: Trace, redact: Callable[[str], str] = str) -> None:
        self._trace = trace
        self._redact = redact
        self._troubles: dict[str, str] = {}
        self._listeners: list[HealthListener] = []

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong, by part; empty when all is well."""
        return dict(self._troubles)

    def watch(self, listener: HealthListener) -> None:
        """Call `listener` each time that trouble begins or ends, and now for what there is.

        It must not block.
        """
        self._listeners.append(listener)
        for what in self._troubles:
            listener(what, False)  # noqa: FBT003 - not well

    def degrade(self, what: str, why: str) -> None:
        """Note that `what` is in trouble; in other words it is the same trouble."""
        why = self._redact(why)
        is_news = what not in self._troubles
        self._troubles[what] = why
        if not is_news:
            return
        self._trace.emit("degraded", what=what, why=why)
        log.warning("%s: %s", what, why, extra=_fields(what, "degraded"))
        self._tell(what, is_well=False)

    def recover(self, what: str) -> None:
        """Note that `what` is well; if it was, that is no news."""
        if self._troubles.pop(what, None) is not None:
            self._trace.emit("recovered", what=what)
            log.info("%s: works again", what, extra=_fields(what, "recovered"))
            self._tell(what, is_well=True)

    def _tell(self, what: str, *, is_well: bool) -> None:
        for listener in self._listeners:
            listener(what, is_well)


def _fields(part: str, event: str) -> dict[str, str]:
    """Return what the journal can be searched by (`journal.py`)."""
    return {"myna_event": event, "myna_part": part}

"""What happened lately, for `myna status`: since when it is as it is, and the session. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from myna.latencies import Latencies
from myna.trace import EventName


class Recent:
    """Follows state and session; `note` is an observer of the trace.

    Args:
        now_s: When it begins, on the trace's clock.
    """

    def __init__(self, now_s: float) -> None:
        self._state_since_s = now_s
        self._session = "none"
        self._session_since_s = now_s
        self._last_close: Mapping[str, object] | None = None

    def note(self, t: float, event: EventName, fields: Mapping[str, object]) -> None:
        """Take an event of the trace that happened at `t` seconds."""
        match event:
            case "state":
                self._state_since_s = t
            case "session_opening":
                self._set_session("opening", t)
            case "session_ready":
                self._set_session("open", t)
            case "session_closed":
                self._set_session("none", t)
                self._last_close = {"code": fields["code"], "reason": fields["reason"]}

    def state_for_s(self, now_s: float) -> float:
        """Return for how long the conversation has been in its state."""
        return round(now_s - self._state_since_s, 1)

    def session(self, now_s: float) -> dict[str, object]:
        """Return how the session is, and how the last one ended."""
        return {
            "state": self._session,
            "for_s": round(now_s - self._session_since_s, 1),
            "last_close": self._last_close,
        }

    def _set_session(self, state: str, t: float) -> None:
        self._session, self._session_since_s = state, t


@dataclass(frozen=True, slots=True)
class Observed:
    """What was observed so far."""

    latencies: Latencies
    recent: Recent

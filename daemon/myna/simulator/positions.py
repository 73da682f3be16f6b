"""Where in the script each session is, across its connections."""

from __future__ import annotations

import uuid

from myna.simulator.refusal import unknown_session
from myna.simulator.script import Position, Script


class Positions:
    """Gives every new session its place, and a resumed one the place that it had.

    A handle is never forgotten while the server runs (the real one keeps it 2 h).
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._shared = Position(script)
        self._by_handle: dict[str, Position] = {}

    def find(self, handle: str | None) -> Position:
        """Return the place of the session with this handle, or of a new session.

        Raises:
            Refusal: Nobody was ever given this handle.
        """
        if handle is not None:
            try:
                return self._by_handle[handle]
            except KeyError:
                raise unknown_session() from None
        return self._shared if self._script.new_session == "continue" else Position(self._script)

    def new_handle(self, position: Position) -> str:
        """Return a handle with which the session can be resumed."""
        handle = str(uuid.uuid4())
        self._by_handle[handle] = position
        return handle

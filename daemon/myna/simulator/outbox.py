"""Puts messages on the wire as the real server does: UTF-8 JSON in binary frames."""

from __future__ import annotations

from typing import Final

import msgspec

from myna.simulator import frames
from myna.simulator.link import Link
from myna.simulator.messages import JsonObject
from myna.simulator.options import Options
from myna.simulator.refusal import cut
from myna.simulator.script import CutKind
from myna.simulator.spelling import spell
from myna.simulator.state import Closed, Connection

NO_CLOSE_FRAME: Final = 1006


class Outbox:
    """The sending side of one connection.

    Attributes:
        withheld: Wire names of what this client did not ask for, and does not get.
        is_stalled: Once true, nothing is sent any more; the connection stays open, and
            pings are still answered.
    """

    def __init__(self, link: Link, record: Connection, options: Options) -> None:
        self._link = link
        self._record = record
        self._options = options
        self.withheld: frozenset[str] = frozenset()
        self.is_stalled = False

    async def send(self, message: JsonObject) -> bool:
        """Send one message; say whether it went on the wire."""
        kinds = frames.kinds(message)
        if not self.withheld.isdisjoint(kinds):
            return False
        is_sent = await self._put(self._written(message), kinds)
        if is_sent and message and self._options.sends_empty_frames:
            await self._put(self._written({}), [])
        return is_sent

    async def send_raw(self, data: str | bytes) -> None:
        """Send exactly this: `str` as a text frame, `bytes` as a binary one."""
        await self._put(data, ["raw"])

    async def close(self, code: int, reason: str, why: str = "") -> None:
        """Close the connection; 1006 cuts it without a close frame."""
        self._note_close(code, reason, why)
        if code == NO_CLOSE_FRAME:
            self._link.transport.abort()
        else:
            await self._link.close(code, cut(reason))

    def cut(self, kind: CutKind) -> None:
        """Lose the link; a half-open one is still open for this side."""
        self.is_stalled = True
        self._link.cut(kind)
        if kind == "half-open":
            self._record.note("server", "cut")
        else:
            self._note_close(NO_CLOSE_FRAME, "", "")

    def _note_close(self, code: int, reason: str, why: str) -> None:
        if self._record.closed is None:
            self._record.closed = Closed(code, cut(reason), "server", why)
            self._record.note("server", "close")

    def _written(self, message: JsonObject) -> str | bytes:
        flags = self._options
        spelt = spell(message, is_snake=flags.spells_snake_case, is_url=flags.uses_base64url)
        data = msgspec.json.encode(spelt)
        return data.decode() if flags.sends_text_frames else data

    async def _put(self, data: str | bytes, kinds: list[str]) -> bool:
        if self.is_stalled:
            return False
        await self._link.send(data)
        for kind in kinds:
            self._record.note("server", kind)
        return True

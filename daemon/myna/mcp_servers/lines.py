"""Cut a stream of bytes into lines, of which none is ever held that is too long. PURE."""

from __future__ import annotations

from collections.abc import Iterator


class Lines:
    """Collects chunks.

    Args:
        limit: The longest line, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._begun: bytearray | None = bytearray()

    @property
    def held_bytes(self) -> int:
        """How much of an unfinished line is held."""
        return len(self._begun or b"")

    def feed(self, chunk: bytes) -> Iterator[bytes | None]:
        """Yield the lines that end in `chunk`, without their ends; None for one too long."""
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._append(end)
            line, self._begun = self._begun, bytearray()
            yield None if line is None else bytes(line)
        self._append(rest)

    def _append(self, part: bytes) -> None:
        if self._begun is not None and len(self._begun) + len(part) <= self._limit:
            self._begun += part
        else:
            self._begun = None

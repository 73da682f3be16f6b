"""What leaves this process towards one port, and what the lights said at that instant."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

import pytest

AUDIO: Final = b'"audio"'
END_OF_REQUEST: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Departure:
    """A WebSocket message that left, perhaps in pieces.

    Attributes:
        text: The message, unmasked.
        was_lit: Whether the microphone light was on while each of its pieces left.
        was_muted: Whether the speaker was muted while any of them left.
    """

    text: bytes
    was_lit: bool
    was_muted: bool

    @property
    def is_speech(self) -> bool:
        """Whether it carries sound of the microphone."""
        return AUDIO in self.text


@dataclass(slots=True)
class _Stream:
    """What has left on one connection and is not a whole message yet."""

    pending: bytes = b""
    is_upgraded: bool = False
    was_lit: bool = True
    was_muted: bool = False


@dataclass(slots=True)
class Departures:
    """Everything that left towards `port`.

    Attributes:
        port: Of the server, on this machine.
        is_lit: Tells whether the microphone light is on.
        is_muted: Tells whether the speaker is muted.
        messages: What has left so far, in order.
    """

    port: int
    is_lit: Callable[[], bool]
    is_muted: Callable[[], bool]
    messages: list[Departure] = field(default_factory=list)
    _streams: WeakKeyDictionary[socket.socket, _Stream] = field(default_factory=WeakKeyDictionary)

    @property
    def speech(self) -> list[Departure]:
        """The messages with sound of the microphone."""
        return [message for message in self.messages if message.is_speech]

    def note(self, sender: socket.socket, data: bytes) -> None:
        """Take what the kernel has accepted."""
        if not data or not self._is_ours(sender):
            return
        stream = self._streams.setdefault(sender, _Stream())
        stream.pending += data
        stream.was_lit = stream.was_lit and self.is_lit()
        stream.was_muted = stream.was_muted or self.is_muted()
        if not stream.is_upgraded and END_OF_REQUEST in stream.pending:
            stream.pending = stream.pending.partition(END_OF_REQUEST)[2]
            stream.is_upgraded = True
            stream.was_lit, stream.was_muted = True, False
        while stream.is_upgraded and (size := _frame_size(stream.pending)):
            text = _unmasked(stream.pending[:size])
            stream.pending = stream.pending[size:]
            self.messages.append(Departure(text, stream.was_lit, stream.was_muted))
            # What is left of this piece has left under these very lights.
            stream.was_lit = not stream.pending or self.is_lit()
            stream.was_muted = bool(stream.pending) and self.is_muted()

    def _is_ours(self, sender: socket.socket) -> bool:
        try:
            return sender.family == socket.AF_INET and sender.getpeername()[1] == self.port
        except OSError:
            return False


@contextmanager
def watching(departures: Departures) -> Iterator[Departures]:
    """Watch every socket of this process, at the moment in which the kernel takes bytes."""
    real_send, real_sendmsg = socket.socket.send, socket.socket.sendmsg

    def send(sender: socket.socket, data: Any, *flags: int) -> int:  # noqa: ANN401
        sent = real_send(sender, data, *flags)
        departures.note(sender, bytes(data)[:sent])
        return sent

    def sendmsg(sender: socket.socket, buffers: Any, *more: Any) -> int:  # noqa: ANN401
        pieces = list(buffers)
        sent = real_sendmsg(sender, pieces, *more)
        departures.note(sender, b"".join(bytes(piece) for piece in pieces)[:sent])
        return sent

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "send", send)
        patch.setattr(socket.socket, "sendmsg", sendmsg)
        yield departures


def _frame_size(data: bytes) -> int:
    """Return the length of the masked frame at the start of `data`, 0 if it is not whole."""
    head, _ = _layout(data)
    if head is None:
        return 0
    size = head[0] + head[1]
    return size if len(data) >= size else 0


def _layout(data: bytes) -> tuple[tuple[int, int] | None, bytes]:
    """Return (length of the header, of the payload) and the mask (RFC 6455, 5.2)."""
    if len(data) < 2:
        return None, b""
    size, start = data[1] & 0x7F, 2
    extended = {126: 2, 127: 8}.get(size, 0)
    if len(data) < start + extended + 4:
        return None, b""
    if extended:
        size = int.from_bytes(data[start : start + extended], "big")
    start += extended + 4
    return (start, size), data[start - 4 : start]


def _unmasked(frame: bytes) -> bytes:
    head, mask = _layout(frame)
    if head is None:
        return b""
    return bytes(byte ^ mask[at % 4] for at, byte in enumerate(frame[head[0] :]))

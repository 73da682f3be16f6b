"""The service manager's end of the line: hears what a daemon tells systemd."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

LIMIT_S = 20.0


class ServiceManager:
    """Everything that was said so far, one `VARIABLE=VALUE` after another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[str] = []
        self._changed = asyncio.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    @property
    def status(self) -> str:
        """The line that `systemctl status` would show."""
        lines = [line for line in self.heard if line.startswith("STATUS=")]
        return lines[-1].removeprefix("STATUS=") if lines else ""

    async def wait(self, line: str, times: int = 1) -> None:
        """Wait until `line` has been said `times` times."""
        await self.until(lambda: self.heard.count(line) >= times)

    async def wait_status(self, part: str) -> str:
        """Wait until the status holds `part`; return it."""
        await self.until(lambda: part in self.status)
        return self.status

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until `is_so` holds."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()

    async def listen(self) -> None:
        """Hear, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            message = await loop.sock_recv(self._socket, 65536)
            self.heard += message.decode().splitlines()
            self._changed.set()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@asynccontextmanager
async def service_manager(folder: Path) -> AsyncIterator[ServiceManager]:
    """Listen on `folder`/notify."""
    manager = ServiceManager(folder / "notify")
    listening = asyncio.create_task(manager.listen())
    try:
        yield manager
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        manager.close()

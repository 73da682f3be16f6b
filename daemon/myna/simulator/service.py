"""The simulated server: listens, and gives every connection its session."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from socket import gaierror
from types import TracebackType
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from myna.errors import CommandError
from myna.simulator.handshake import parse_path
from myna.simulator.link import Link
from myna.simulator.memory import Memories
from myna.simulator.options import Dialect, Options
from myna.simulator.script import Script
from myna.simulator.script_file import demo_script
from myna.simulator.session import Session
from myna.simulator.state import State

_CLOSE_TIMEOUT_S: Final = 1.0
_LARGEST_MESSAGE_BYTES: Final = 16 * 2**20


class Simulator:
    """A Live server on this machine; an async context manager.

    Any number of clients at once, each with its own place in the script.

    Args:
        script: What it says and does; None is the dialogue of `myna demo`.
        host: Address to listen on; everybody who reaches it may connect.
        port: 0 takes any free one.
        dialect: Which first message it takes.
        options: Its oddities; None takes those of the script.

    Attributes:
        state: What happened.
        options: Its oddities; others set here hold for connections that open later.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        dialect: Dialect = "reference",
        options: Options | None = None,
    ) -> None:
        self.state = State()
        played = demo_script() if script is None else script
        self.options = options or played.server
        self._memories = Memories(played)
        self._host = host
        self._port = port
        self._dialect: Dialect = dialect
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """Where it listens: `ws://HOST:PORT`, without a path.

        Raises:
            RuntimeError: It does not listen.
        """
        if self._server is None:
            raise RuntimeError("the simulator is not running")
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"

    async def __aenter__(self) -> Simulator:
        try:
            self._server = await serve(
                self._serve,
                self._host,
                self._port,
                process_request=self._on_upgrade,
                create_connection=Link,
                compression=None,
                ping_interval=None,  # the real server sends no pings
                open_timeout=self.options.connect_delay_s + 10,
                close_timeout=_CLOSE_TIMEOUT_S,
                max_size=_LARGEST_MESSAGE_BYTES,
            )
        except gaierror as error:
            raise CommandError(f"there is no address {self._host!r}: {error.strerror}") from error
        except OSError as error:
            raise CommandError(
                f"cannot listen on {self._host} port {self._port}: {error.strerror}; "
                "choose another port, or 0 for any free one"
            ) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            for link in self._server.connections:
                if isinstance(link, Link) and link.is_frozen:
                    link.transport.abort()  # it answers no close frame
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _on_upgrade(self, socket: ServerConnection, request: Request) -> Response | None:
        await asyncio.sleep(self.options.connect_delay_s)
        if self.options.upgrade_status:
            self.state.refuse_upgrade()
            return socket.respond(HTTPStatus(self.options.upgrade_status), "Not now.\n")
        if parse_path(request.path) is None:
            return socket.respond(HTTPStatus.NOT_FOUND, "The requested URL was not found.\n")
        return None

    async def _serve(self, link: ServerConnection) -> None:
        assert isinstance(link, Link)  # noqa: S101 - create_connection made it
        link.pong_delay_s = self.options.pong_delay_s
        session = Session(
            link,
            dialect=self._dialect,
            options=self.options,
            memories=self._memories,
            record=self.state.open_connection(),
        )
        await session.run()

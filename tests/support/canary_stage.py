"""Where the daemons of the canary tests play: servers of every kind, and an account."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from myna.control.client import ask
from myna.control.messages import Request, Status, Stop
from myna.simulator.options import Options
from myna.simulator.script import AnyAction, Close, RawBinary, RawText, Script, Speech, ToolCall
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support.chameleon import ECHO, Chameleon, chameleon
from support.cli import Home, simulated
from support.live_server import LiveServer, Peer, live_server
from support.scene import turn

LIMIT_S = 20

HTTP = {
    "not found": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "unauthorized": b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    "chatter": b"\x00\xffSSH-2.0-nothing of the kind\r\n\r\n" * 8,
    "hang-up": b"",
}
REPLY = (
    ToolCall("set_output", {"name": "lamp", "on": True}),
    Speech(tone(440, 0.2), "It is on."),
)
SERVERS: Mapping[str, tuple[AnyAction, ...]] = {
    "talk": REPLY,
    "garbage": (RawText("\0{"), RawBinary(b"\xff" * 64)),
    "close": (*REPLY, Close(1011, "Internal error encountered.")),
    "cut": (*REPLY, Close(1006)),
}
TATTLE = "tattle"
WRONG_KEY = "wrong key"
REDIRECT = "redirect"
TRIALS = (
    "not found",
    "unauthorized",
    REDIRECT,
    "chatter",
    "hang-up",
    ECHO,
    WRONG_KEY,
    TATTLE,
    "garbage",
)
"""What ends every attempt at once; a conversation and its ends come after."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A place for a daemon.

    Attributes:
        home: Its account.
        server: What it connects to.
        foreign: Where a redirect leads; nobody may come.
    """

    home: Home
    server: Chameleon
    foreign: LiveServer

    @property
    def socket(self) -> Path:
        """The control socket."""
        return self.home.folder / "control.sock"

    async def ask(self, request: Request) -> dict[str, object]:
        """Ask the daemon."""
        return await asyncio.to_thread(ask, self.socket, request)

    async def rest(self) -> str:
        """Wait until the daemon does nothing, asking it; return how it said it was."""
        told = f"{await self.ask(Status())}"
        async with asyncio.timeout(LIMIT_S):
            await self.ask(Stop())
            while (status := await self.ask(Status()))["state"] not in {"idle", "offline"}:
                told += f"{status}"
        return told


async def tattle(peer: Peer) -> None:
    """Close with the key for a reason, in the header or in the URL as it came."""
    request = peer.socket.request
    assert request is not None
    told = request.headers.get("x-goog-api-key", request.path.partition("?")[2])
    await peer.socket.close(1007, f"Not valid: {told}")


@asynccontextmanager
async def stage(
    folder: Path,
    environ: Mapping[str, str],
    settings: str = "",
    scheme: str = "ws",
    others: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """Set up everything but the daemon; `settings` are lines of `[live]`."""
    await asyncio.to_thread(folder.mkdir)
    async with AsyncExitStack() as stack:
        servers = {} if others is None else {**others}
        for name, actions in SERVERS.items():
            script = Script(turns=(turn(*actions, on="open"),))
            servers[name] = (await stack.enter_async_context(Simulator(script))).url
        picky = Simulator(options=Options(accepted_key="another"))
        servers[WRONG_KEY] = (await stack.enter_async_context(picky)).url
        servers[TATTLE] = (await stack.enter_async_context(live_server(tattle))).endpoint
        foreign = await stack.enter_async_context(live_server(host="127.0.0.2"))
        redirect = f"HTTP/1.1 302 Found\r\nLocation: {foreign.endpoint}/ws\r\n\r\n".encode()
        answers = {**HTTP, REDIRECT: redirect}
        server = await stack.enter_async_context(chameleon(answers, servers))
        home = Home(folder, {"PATH": os.environ["PATH"], "PYTHONASYNCIODEBUG": "1", **environ})
        text = simulated(folder, f"{scheme}://127.0.0.1:{server.port}")
        home.config.write_text(
            text.replace("[live]", f"[live]\n{settings}")
            + f'[wake]\nengine = "none"\n[log]\nlevel = "debug"\n[state]\ndir = "{folder}/state"\n'
        )
        yield Stage(home, server, foreign)


def self_signed(folder: Path) -> ssl.SSLContext:
    """Make a server's TLS with a certificate for which nobody vouches."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    openssl = ["/usr/bin/openssl", "req", "-x509"]
    subprocess.run([*openssl, *new, *name, *files], check=True, capture_output=True)  # noqa: S603
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

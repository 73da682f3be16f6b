"""A real broker (mosquitto, of the Debian package of that name), and who else is at it."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import ssl
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiomqtt

from support.authority import Identity

LIMIT_S = 20.0
USER, PASSWORD = "speaker", "canary-password-4711"
HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, as somebody else got it."""

    topic: str
    payload: str
    is_retained: bool
    qos: int


class Mosquitto:
    """One broker, that can be killed, frozen and started again on its port.

    Args:
        folder: Where its files are put.
        identity: With it, it speaks TLS.
        trusts: With it, it asks its clients for certificates of this authority.
        rights: Its access list; without it everybody may do everything.
    """

    def __init__(
        self,
        folder: Path,
        identity: Identity | None = None,
        trusts: Path | None = None,
        rights: str | None = None,
    ) -> None:
        self.folder = folder
        self.port = _free_port()
        self.identity = identity
        self.trusts = trusts
        self.rights = rights
        self.log: list[str] = []
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._passwords = folder / "passwords"
        folder.mkdir(exist_ok=True)
        self._passwords.touch(0o600)

    async def set_password(self, user: str, password: str) -> None:
        """Let `user` in by `password`, and by no other; known to the broker when it starts."""
        await _run(_program("mosquitto_passwd"), "-b", str(self._passwords), user, password)

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        file = self.folder / "mosquitto.conf"
        file.write_text("\n".join(self._lines()) + "\n")
        process = await asyncio.create_subprocess_exec(
            _program("mosquitto"), "-c", str(file), stderr=PIPE, stdout=PIPE
        )
        self._process = process
        self.log.clear()
        self._reading = asyncio.create_task(self._read(process))
        await self.logged("running")

    async def kill(self) -> None:
        """Kill it, as a power cut would. Idempotent.

        Nor is it ever stopped in another way: mosquitto 2.0.11 loses a SIGTERM that comes
        just before it waits for the next event.
        """
        process, self._process = self._process, None
        if process is None or self._reading is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await self._reading

    def freeze(self) -> None:
        """Let it hang: its connections stay open, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    async def logged(self, text: str) -> None:
        """Wait until the broker has logged `text`."""
        async with asyncio.timeout(LIMIT_S):
            while not any(text in line for line in self.log):
                self._news.clear()
                await self._news.wait()

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def _read(self, process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.append(line.decode(errors="replace"))
            self._news.set()

    def _lines(self) -> list[str]:
        lines = [
            f"listener {self.port} 127.0.0.1",
            "user root",
            "allow_anonymous false",
            f"password_file {self._passwords}",
            "log_dest stderr",
            "log_type all",
            "persistence false",
        ]
        if self.identity is not None:
            lines += [f"certfile {self.identity.certificate}", f"keyfile {self.identity.key}"]
        if self.trusts is not None:
            lines += [f"cafile {self.trusts}", "require_certificate true"]
        if self.rights is not None:
            rights = self.folder / "rights"
            rights.write_text(self.rights)
            rights.chmod(0o600)
            lines.append(f"acl_file {rights}")
        return lines


@dataclass
class House:
    """Somebody else at the broker: Home Assistant, a lamp, or a stranger."""

    client: aiomqtt.Client
    heard: list[Heard] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        """Publish, and wait until the broker has it."""
        await self.client.publish(topic, payload, qos=1, retain=retain)

    def last(self, topic: str) -> str | None:
        """Return what was last heard under `topic`."""
        payloads = [heard.payload for heard in self.heard if heard.topic == topic]
        return payloads[-1] if payloads else None

    async def wait(self, topic: str, payload: str | None = None, since: int = 0) -> Heard:
        """Wait until `topic` was told, with `payload` if given, after the first `since`."""
        return await self.wait_for(
            lambda heard: heard.topic == topic and payload in (None, heard.payload), since
        )

    async def wait_for(self, is_it: Callable[[Heard], bool], since: int = 0) -> Heard:
        """Wait until something was heard that is it; return the first."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                found = next((heard for heard in self.heard[since:] if is_it(heard)), None)
                if found is not None:
                    return found
                self.news.clear()
                await self.news.wait()

    async def record(self) -> None:
        """Note what comes in, until the connection is lost."""
        with suppress(aiomqtt.MqttError):
            async for message in self.client.messages:
                payload = message.payload
                text = bytes(payload).decode(errors="replace")
                self.heard.append(Heard(str(message.topic), text, message.retain, message.qos))
                self.news.set()


@asynccontextmanager
async def broker(
    folder: Path,
    identity: Identity | None = None,
    trusts: Path | None = None,
    rights: str | None = None,
) -> AsyncIterator[Mosquitto]:
    """Run a broker that knows two users: the speaker, and the house."""
    running = Mosquitto(folder, identity, trusts, rights)
    await running.set_password(USER, PASSWORD)
    await running.set_password(HOUSE, HOUSE)
    await running.start()
    try:
        yield running
    finally:
        await running.kill()


@asynccontextmanager
async def house(at: Mosquitto, ca_file: Path | None = None) -> AsyncIterator[House]:
    """Be at the broker as the house, and hear everything."""
    context = ssl.create_default_context(cafile=ca_file) if ca_file else None
    client = aiomqtt.Client(
        "127.0.0.1", at.port, username=HOUSE, password=HOUSE, tls_context=context
    )
    with suppress(aiomqtt.MqttError):  # the broker may be gone by the end
        async with client:
            here = House(client)
            await client.subscribe("#", qos=1)
            recording = asyncio.create_task(here.record())
            try:
                yield here
            finally:
                recording.cancel()
                await asyncio.wait([recording])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _program(name: str) -> str:
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert found is not None, f"{name} is missing: apt-get install mosquitto"
    return found


async def _run(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(*words, stderr=PIPE)
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()

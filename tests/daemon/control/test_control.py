"""Client and server over a real Unix socket."""

from __future__ import annotations

import asyncio
import json
import os
import select
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from unittest.mock import ANY

import pytest

from myna.control.client import ask, follow
from myna.control.messages import (
    LINE_LIMIT_BYTES,
    Listen,
    Monitor,
    Mute,
    Request,
    Say,
    Status,
    Stop,
    Volume,
)
from myna.control.server import CLIENT_LIMIT, WATCH_S, ControlServer
from myna.errors import CommandError, NotRunningError
from myna_hardware.errors import DeviceBusyError

PATIENCE_S = 10.0


async def answer(request: Request) -> Mapping[str, object]:
    """What a daemon might answer."""
    match request:
        case Status():
            return {"state": "idle", "path": Path("/x")}
        case Say(text):
            return {"said": text}
        case Listen():
            raise CommandError("the microphone is muted: `myna unmute`")
        case Stop():
            raise DeviceBusyError("speaker", "another program holds it")
        case Volume():
            return {"padding": "x" * 100_000}
        case _:
            await asyncio.Event().wait()
            return {}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "control.sock"


@pytest.fixture
async def server(path: Path) -> AsyncIterator[ControlServer]:
    server = ControlServer(path, answer)
    await server.start()
    yield server
    await server.close()


async def asked(path: Path, request: Request, timeout_s: float = PATIENCE_S) -> dict[str, object]:
    return await asyncio.to_thread(ask, path, request, timeout_s)


async def sent(path: Path, content: bytes) -> bytes:
    """Send `content` as a client of no manners; return everything that comes back."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(content)
    writer.write_eof()
    async with asyncio.timeout(PATIENCE_S):
        received = await reader.read()
    writer.close()
    return received


@pytest.mark.usefixtures("server")
async def test_control_answers_a_request(path: Path) -> None:
    assert await asked(path, Status()) == {"state": "idle", "path": "/x"}
    assert await asked(path, Say("grüß dich")) == {"said": "grüß dich"}


@pytest.mark.usefixtures("server")
async def test_control_carries_answers_longer_than_a_read(path: Path) -> None:
    assert await asked(path, Volume()) == {"padding": "x" * 100_000}


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (Listen(), "the microphone is muted: `myna unmute`"),
        (Stop(), "speaker: another program holds it"),
    ],
)
async def test_control_carries_refusals(path: Path, request_: Request, problem: str) -> None:
    with pytest.raises(CommandError) as raised:
        await asked(path, request_)
    assert str(raised.value) == problem


@pytest.mark.usefixtures("server")
async def test_control_answers_line_after_line(path: Path) -> None:
    received = await sent(path, b'{"command": "status"}\nnonsense\n{"command": "status"}\n')
    assert [json.loads(line)["ok"] for line in received.splitlines()] == [True, False, True]


@pytest.mark.usefixtures("server")
async def test_control_ignores_a_line_that_never_ends(path: Path) -> None:
    assert await sent(path, b'{"command": "status"}') == b""


@pytest.mark.usefixtures("server")
async def test_control_refuses_a_line_that_is_too_long(path: Path) -> None:
    received = json.loads(await sent(path, b"x" * (LINE_LIMIT_BYTES + 2) + b"\n"))
    assert received == {"ok": False, "error": f"a line is at most {LINE_LIMIT_BYTES} bytes"}


@pytest.mark.usefixtures("server")
async def test_control_serves_others_while_clients_hang(path: Path) -> None:
    hanging = [await asyncio.open_unix_connection(path) for _ in range(CLIENT_LIMIT - 1)]
    assert await asked(path, Status())
    for _reader, writer in hanging:
        writer.close()


@pytest.mark.usefixtures("server")
async def test_control_refuses_more_clients_than_it_serves(path: Path) -> None:
    hanging = [await asyncio.open_unix_connection(path) for _ in range(CLIENT_LIMIT)]
    received = await sent(path, b"")
    for _reader, writer in hanging:
        writer.close()
    assert json.loads(received) == {"ok": False, "error": "too many clients at once"}


async def test_control_hangs_up_on_a_client_that_says_nothing(path: Path) -> None:
    server = ControlServer(path, answer, patience_s=0.01)
    await server.start()
    reader, writer = await asyncio.open_unix_connection(path)
    async with asyncio.timeout(PATIENCE_S):
        assert await reader.read() == b""
    writer.close()
    await server.close()


async def test_control_hangs_up_on_a_client_that_reads_nothing(path: Path) -> None:
    server = ControlServer(path, answer, patience_s=0.05)
    await server.start()
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        await asyncio.to_thread(client.connect, str(path))
        await asyncio.to_thread(client.sendall, b'{"command": "volume"}\n' * 100)
        hang_up = select.poll()
        hang_up.register(client, 0)
        seen = await asyncio.to_thread(hang_up.poll, PATIENCE_S * 1000)
    await server.close()
    assert seen == [(ANY, select.POLLHUP)]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_control_socket_is_for_owner_and_group_only(
    path: Path, server: ControlServer
) -> None:
    assert mode(path) == 0o660
    assert mode(path.parent) & 0o007 == 0
    await server.close()
    await server.close()
    assert list(path.parent.iterdir()) == []


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """A folder like /tmp."""
    tmp_path.chmod(0o1777)
    return tmp_path


async def test_control_folder_in_a_public_place_is_for_its_owner_only(public: Path) -> None:
    server = ControlServer(public / "myna-1000" / "control.sock", answer)
    await server.start()
    assert mode(public / "myna-1000") == 0o700
    await server.close()


@pytest.mark.usefixtures("server")
async def test_control_refuses_a_second_daemon(path: Path) -> None:
    with pytest.raises(CommandError) as raised:
        await ControlServer(path, answer).start()
    assert str(raised.value) == f"myna is already running: it answers on {path}"
    assert await asked(path, Status())


async def test_control_refuses_a_second_daemon_while_the_first_is_busy(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(str(path))
        busy.listen(0)
        waiting.connect(str(path))
        with pytest.raises(CommandError, match="already running"):
            await ControlServer(path, answer).start()


async def test_control_replaces_the_socket_of_a_daemon_that_died(path: Path) -> None:
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    server = ControlServer(path, answer)
    await server.start()
    assert await asked(path, Status())
    await server.close()


def test_control_leaves_a_file_that_is_no_socket(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("precious")
    with pytest.raises(CommandError, match="a file that is no socket stands there; set control"):
        asyncio.run(ControlServer(path, answer).start())
    assert path.read_text() == "precious"


async def test_control_says_so_when_the_path_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="path too long; set control"):
        await ControlServer(tmp_path / ("x" * 120), answer).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
async def test_control_refuses_a_folder_of_somebody_elses(path: Path) -> None:
    path.parent.mkdir()
    os.chown(path.parent, 65534, -1)
    with pytest.raises(CommandError, match="belongs to another user"):
        await ControlServer(path, answer).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_ask_names_the_group_when_the_socket_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(path))
        service.listen()
        os.seteuid(65534)
        try:
            with pytest.raises(CommandError, match="sudo usermod -aG myna"):
                ask(path, Status())
        finally:
            os.seteuid(0)


def test_ask_says_that_the_daemon_is_not_running(path: Path) -> None:
    with pytest.raises(NotRunningError, match="myna is not running"):
        ask(path, Status())


def test_ask_says_that_the_daemon_is_not_running_when_it_died(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(NotRunningError):
        ask(path, Status())


@pytest.mark.usefixtures("server")
async def test_ask_gives_up_on_a_daemon_that_does_not_answer(path: Path) -> None:
    with pytest.raises(CommandError, match=r"did not answer within 0.05 s; `journalctl"):
        await asked(path, Mute(), timeout_s=0.05)


def test_ask_gives_up_on_a_daemon_that_does_not_accept(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(str(path))
        busy.listen(0)
        waiting.connect(str(path))
        with pytest.raises(CommandError, match="did not answer"):
            ask(path, Status(), timeout_s=0.05)


@pytest.mark.parametrize("lines", [0, 1])
async def test_ask_says_so_when_the_daemon_hangs_up(tmp_path: Path, lines: int) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(lines):
            await reader.readline()
        writer.close()

    path = tmp_path / "control.sock"
    server = await asyncio.start_unix_server(hang_up, path)
    with pytest.raises(CommandError, match="hung up before it answered"):
        await asked(path, Status())
    server.close()


async def test_control_hangs_up_on_everybody_when_it_closes(
    path: Path, server: ControlServer
) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b'{"command": "status"}\n')
    await reader.readline()
    await server.close()
    async with asyncio.timeout(PATIENCE_S):
        assert await reader.read() == b""
    writer.close()


# --- somebody watches -------------------------------------------------------------------


class Watched:
    """A daemon that is watched: moments are numbered, and may be long."""

    def __init__(self, padding: str = "") -> None:
        self.padding = padding
        self.moments = 0
        self.watchers = 0
        self.changed = asyncio.Event()

    @contextmanager
    def watching(self) -> Iterator[Callable[[], Mapping[str, object]]]:
        """Let somebody watch."""
        self._count(1)
        try:
            yield self.moment
        finally:
            self._count(-1)

    def moment(self) -> Mapping[str, object]:
        """Tell how everything is now."""
        self.moments += 1
        return {"moment": self.moments, "padding": self.padding}

    async def left(self) -> None:
        """Wait until nobody watches any more."""
        async with asyncio.timeout(PATIENCE_S):
            while self.watchers:
                self.changed.clear()
                await self.changed.wait()

    def _count(self, change: int) -> None:
        self.watchers += change
        self.changed.set()


@asynccontextmanager
async def watched_server(
    path: Path, watched: Watched, patience_s: float = PATIENCE_S
) -> AsyncIterator[None]:
    server = ControlServer(path, answer, patience_s, watched.watching)
    await server.start()
    try:
        yield
    finally:
        await server.close()


async def test_watcher_is_told_again_and_again_at_a_bounded_rate(path: Path) -> None:
    watched = Watched()
    async with watched_server(path, watched):
        began = asyncio.get_running_loop().time()
        moments = await asyncio.to_thread(lambda: list(islice(follow(path, Monitor()), 4)))
        took_s = asyncio.get_running_loop().time() - began
        await watched.left()
    assert [moment["moment"] for moment in moments] == [1, 2, 3, 4]
    assert took_s >= 3 * WATCH_S * 0.9


async def test_watcher_that_does_not_read_misses_moments_and_holds_up_nobody(path: Path) -> None:
    watched = Watched(padding="x" * 500_000)
    async with watched_server(path, watched, patience_s=5 * WATCH_S):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"command": "monitor"}\n')
        assert (await asked(path, Status()))["state"] == "idle"
        await watched.left()
        assert watched.moments <= 2, "it is not given more than it reads"
        writer.close()
        del reader


async def test_watcher_ends_with_the_daemon(path: Path) -> None:
    watched = Watched()
    async with watched_server(path, watched):
        moments = follow(path, Monitor())
        await asyncio.to_thread(next, moments)
    with pytest.raises(CommandError, match=r"the daemon (has ended|hung up)"):
        await asyncio.to_thread(list, moments)


async def test_watching_needs_a_daemon(path: Path) -> None:
    with pytest.raises(NotRunningError):
        next(follow(path, Monitor()))


async def test_watcher_does_not_wait_for_ever(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        path.parent.mkdir()
        deaf.bind(str(path))
        deaf.listen()
        with pytest.raises(CommandError, match=r"said nothing for 0\.05 s"):
            next(follow(path, Monitor(), timeout_s=0.05))

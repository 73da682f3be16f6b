"""A connection that is opened ahead, over TCP: it saves, or it is as if it had not been."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection

from myna.config import LiveSettings
from myna.errors import SessionClosedError
from myna.line import spare as spare_module
from myna.line.dialler import Dialler, Offer
from myna.line.spare import Spare
from myna.live import takeover
from myna.live.beginning import Beginning
from myna.live.connection import LiveSession, open_socket
from myna.live.credential_source import CredentialSource
from myna.live.credentials import Credential
from myna.simulator.options import Options
from myna.simulator.service import Simulator
from myna.trace import EventName, Trace
from support.fault_proxy import FaultProxy
from support.live_server import Peer, live_server

FIRST, SECOND = "AIzaFirst", "AIzaSecond"


@dataclass
class Phone:
    """A dialler with its spare, and what the trace tells of them."""

    dialler: Dialler
    environ: dict[str, str]
    told: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def observe(self, _t: float, event: EventName, fields: Mapping[str, object]) -> None:
        self.told.append((event.removeprefix("connection_"), fields))
        self.changed.set()

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.told]

    async def wait(self, event: str) -> Mapping[str, object]:
        async with asyncio.timeout(10):
            while event not in self.events:
                self.changed.clear()
                await self.changed.wait()
        return dict(self.told)[event]

    async def open_ahead(self) -> None:
        self.dialler.open_ahead(is_called=False)
        await self.wait("opened_ahead")

    async def call(self) -> LiveSession:
        """Dial, and use the session."""
        async with asyncio.timeout(5):
            session = await self.dialler.dial(Beginning(), {})
            await session.send_text("hello")
        return session


@asynccontextmanager
async def phone(endpoint: str, **settings: object) -> AsyncIterator[Phone]:
    """Have a dialler that opens connections ahead."""
    environ = {"GEMINI_API_KEY": FIRST}
    live = replace(LiveSettings(endpoint=endpoint, open_ahead=True), **settings)
    trace = Trace()
    source = CredentialSource(live, environ, lambda _secret: None)
    dialler = Dialler(Offer(live, list, has_camera=False), source, Spare(live, source, trace))
    one = Phone(dialler, environ)
    trace.subscribe(one.observe)
    try:
        yield one
    finally:
        await dialler.close()


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[Phone, Simulator, FaultProxy]]:
    async with Simulator() as server:
        port = int(server.url.rpartition(":")[2])
        async with FaultProxy("127.0.0.1", port) as proxy, phone(proxy.url) as one:
            yield one, server, proxy


async def test_session_begins_on_the_connection_that_is_there() -> None:
    async with Simulator() as server, phone(server.url) as one:
        await one.open_ahead()
        (connection,) = server.state.connections
        assert connection.setup is None, "no session yet"
        session = await one.call()
        assert one.events == ["opened_ahead", "ahead_used"]
        assert len(server.state.connections) == 1
        assert server.state.last.setup, "and now there is one"
        await session.close()


async def test_spare_that_nobody_takes_ends_without_setup_or_sound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spare_module, "HOLD_S", 0.01)
    async with Simulator() as server, phone(server.url) as one:
        await one.open_ahead()
        assert await one.wait("ahead_dropped") == {"why": "not needed"}
        await server.state.wait_for(lambda state: state.last.closed is not None)
        (connection,) = server.state.connections
        assert connection.closed is not None
        assert (connection.closed.code, connection.closed.by) == (1000, "client")
        assert (connection.setup, connection.heard_frames) == (None, 0)
        assert [entry.kind for entry in connection.log] == ["close"]
        session = await one.call()
        assert len(server.state.connections) == 2
        await session.close()


async def test_second_voice_opens_no_second_one() -> None:
    async with Simulator() as server, phone(server.url) as one:
        await one.open_ahead()
        one.dialler.open_ahead(is_called=True)
        one.dialler.open_ahead(is_called=False)
        session = await one.call()
        one.dialler.open_ahead(is_called=False)
        await session.close()
        assert one.events == ["opened_ahead", "ahead_used"], "nor after it, so soon"
        assert len(server.state.connections) == 1


async def test_session_waits_for_one_that_is_nearly_open() -> None:
    options = Options(connect_delay_s=0.2)
    async with Simulator(options=options) as server, phone(server.url) as one:
        one.dialler.open_ahead(is_called=False)
        session = await one.call()
        assert one.events == ["opened_ahead", "ahead_used"]
        await session.close()


async def test_one_that_does_not_get_open_is_left_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spare_module, "JOIN_S", 0.01)
    options = Options(connect_delay_s=0.3)
    async with Simulator(options=options) as server, phone(server.url) as one:
        one.dialler.open_ahead(is_called=False)
        session = await one.call()
        assert one.told == [("ahead_dropped", {"why": "still opening"})]
        assert len(server.state.connections) == 1
        await session.close()


async def test_one_that_fails_while_a_session_waits_for_it_is_left_at_once() -> None:
    async with proxied() as (one, _, proxy):
        proxy.blackhole()
        one.dialler.open_ahead(is_called=False)
        await proxy.wait_connection()
        calling = asyncio.create_task(one.call())
        await asyncio.sleep(0)
        proxy.accept()
        proxy.reset()
        session = await calling
        assert one.events == ["ahead_dropped"]
        assert one.told[0][1]["why"] not in {"still opening", "dead"}
        await session.close()


async def test_bug_in_opening_ahead_costs_no_session(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(spare_module, "open_socket", broken)
    async with Simulator() as server, phone(server.url) as one:
        one.dialler.open_ahead(is_called=False)
        session = await one.call()
        assert one.events == ["ahead_dropped"]
        await session.close()
    assert "failed by a bug" in caplog.text


async def test_one_that_opens_just_as_it_is_dropped_disturbs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ready = asyncio.Event()

    async def stubborn(
        settings: LiveSettings, credential: Credential, deadline_s: float
    ) -> ClientConnection:
        """Open once it is allowed, even when nobody wants it any more."""
        with contextlib.suppress(asyncio.CancelledError):
            await ready.wait()
        return await open_socket(settings, credential, deadline_s)

    monkeypatch.setattr(spare_module, "open_socket", stubborn)
    monkeypatch.setattr(spare_module, "JOIN_S", 0.01)
    async with Simulator() as server, phone(server.url) as one:
        one.dialler.open_ahead(is_called=False)
        session = await one.call()
        ready.set()
        one.dialler.open_ahead(is_called=True)
        await one.wait("opened_ahead")
        await server.state.wait_for(lambda state: any(each.closed for each in state.connections))
        other = await one.call()
        assert one.events == ["ahead_dropped", "opened_ahead", "ahead_used"]
        await session.close()
        await other.close()


async def test_one_that_fails_says_so_and_is_not_tried_again_soon() -> None:
    async with proxied() as (one, server, proxy):
        proxy.refuse()
        one.dialler.open_ahead(is_called=False)
        assert "Connection refused" in str((await one.wait("ahead_dropped"))["why"])
        proxy.accept()
        one.dialler.open_ahead(is_called=True)
        session = await one.call()
        assert one.events == ["ahead_dropped"]
        assert len(server.state.connections) == 1, "but a conversation is not held up"
        await session.close()


# --- what may happen to it meanwhile --------------------------------------------------


async def test_one_that_the_server_has_closed_costs_nothing() -> None:
    asked = 0
    is_closed = asyncio.Event()

    async def script(peer: Peer) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await peer.socket.close(1008, "The operation was aborted.")
            is_closed.set()
            return
        await peer.accept()
        await peer.stay()

    async with live_server(script) as server, phone(server.endpoint) as one:
        await one.open_ahead()
        await is_closed.wait()
        session = await one.call()
        assert one.told[-1] == ("ahead_dropped", {"why": "closed by the server"})
        assert asked == 2
        await session.close()


@pytest.mark.parametrize("code", [1001, 1008, 1011])
async def test_one_that_is_closed_when_the_setup_comes_is_replaced(code: int) -> None:
    asked = 0

    async def script(peer: Peer) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await peer.receive()
            await peer.socket.close(code)
            return
        await peer.accept()
        await peer.stay()

    async with live_server(script) as server, phone(server.endpoint) as one:
        await one.open_ahead()
        session = await one.call()
        assert one.told[-1] == ("ahead_dropped", {"why": "dead"})
        await session.close()


async def test_one_that_is_reset_by_the_setup_is_replaced_at_once() -> None:
    async with proxied() as (one, server, proxy):
        await one.open_ahead()
        proxy.reset(at_byte=1, direction="up")
        session = await one.call()
        assert one.told[-1] == ("ahead_dropped", {"why": "dead"})
        assert len(server.state.connections) == 2
        await session.close()


async def test_one_whose_packets_vanish_is_replaced_within_a_moment() -> None:
    async with proxied() as (one, server, proxy):
        await one.open_ahead()
        await proxy.vanish()
        begun_s = asyncio.get_running_loop().time()
        session = await one.call()
        assert asyncio.get_running_loop().time() - begun_s < 2.0
        assert one.told[-1] == ("ahead_dropped", {"why": "dead"})
        assert len(server.state.connections) == 2
        await session.close()


@pytest.mark.parametrize("can_tell", [True, False])
async def test_server_that_takes_its_time_is_not_taken_for_dead(
    monkeypatch: pytest.MonkeyPatch, *, can_tell: bool
) -> None:
    if not can_tell:
        monkeypatch.setattr(takeover, "_TCP_INFO", None)
    options = Options(setup_delay_s=1.5)
    async with Simulator(options=options) as server, phone(server.url) as one:
        await one.open_ahead()
        session = await one.call()
        assert one.events == ["opened_ahead", "ahead_used"]
        assert len(server.state.connections) == 1
        await session.close()


async def test_session_that_the_server_does_not_want_is_not_asked_for_twice() -> None:
    options = Options(accepted_key="another")
    async with Simulator(options=options) as server, phone(server.url) as one:
        await one.open_ahead()
        with pytest.raises(SessionClosedError, match="API key not valid"):
            await one.call()
        assert len(server.state.connections) == 1


async def test_conversation_that_hangs_up_while_it_opens_leaves_none_behind() -> None:
    options = Options(setup_delay_s=30.0)
    async with Simulator(options=options) as server, phone(server.url) as one:
        await one.open_ahead()
        calling = asyncio.create_task(one.call())
        await server.state.wait_for(lambda state: state.last.setup is not None)
        calling.cancel()
        await asyncio.wait([calling])
        await server.state.wait_for(lambda state: state.last.closed is not None)


async def test_conversation_that_hangs_up_before_it_is_open_leaves_it_to_the_next() -> None:
    options = Options(connect_delay_s=0.3)
    async with Simulator(options=options) as server, phone(server.url) as one:
        one.dialler.open_ahead(is_called=False)
        calling = asyncio.create_task(one.call())
        await asyncio.sleep(0)
        calling.cancel()
        await asyncio.wait([calling])
        session = await one.call()
        assert one.events == ["opened_ahead", "ahead_used"]
        assert len(server.state.connections) == 1
        await session.close()


# --- whose key it shows ---------------------------------------------------------------


async def test_one_with_another_key_is_not_used() -> None:
    async with Simulator() as server, phone(server.url) as one:
        await one.open_ahead()
        one.environ["GEMINI_API_KEY"] = SECOND
        session = await one.call()
        assert one.told[-1] == ("ahead_dropped", {"why": "the key has changed"})
        assert [one.setup is None for one in server.state.connections] == [True, False]
        await session.close()


@pytest.mark.parametrize("key", ["auth_tokens/once", ""])
async def test_token_or_no_key_opens_nothing(key: str) -> None:
    async with proxied() as (one, _, proxy):
        one.environ["GEMINI_API_KEY"] = key
        one.dialler.open_ahead(is_called=True)
        assert one.told == []
        one.environ["GEMINI_API_KEY"] = FIRST
        await one.open_ahead()
        assert len(proxy.connections) == 1, "and it was not counted"


async def test_key_command_is_not_run_for_a_session_that_may_never_be(tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    async with (
        Simulator() as server,
        phone(server.url, key_command=("/usr/bin/touch", str(mark))) as one,
    ):
        one.dialler.open_ahead(is_called=True)
    assert one.told == []
    assert not mark.exists()
    assert not server.state.connections


async def test_end_of_the_daemon_closes_it() -> None:
    async with Simulator() as server:
        async with phone(server.url) as one:
            await one.open_ahead()
        assert one.told[-1] == ("ahead_dropped", {"why": "the end"})
        await server.state.wait_for(lambda state: state.last.closed is not None)
        closed = server.state.last.closed
        assert closed is not None
        assert closed.code == 1000


async def test_end_of_the_daemon_stops_what_is_still_opening() -> None:
    async with proxied() as (one, _, proxy):
        proxy.blackhole()
        one.dialler.open_ahead(is_called=False)
        await proxy.wait_connection()
        await one.dialler.close()
        await proxy.wait_ended()
        assert one.told == [("ahead_dropped", {"why": "the end"})]

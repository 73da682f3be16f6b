"""Everything that can go wrong before a session is open."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from myna.config import LiveSettings
from myna.errors import ConnectError, RemoteProtocolError, SessionClosedError
from myna.live.connection import open_session
from myna.live.credentials import Credential
from myna.live.errors import CertificateError, UpgradeRefusedError
from support.live_server import Peer, live_server, tcp_server
from support.tls import self_signed

KEY = Credential("test-key", "a test")
SELF_SIGNED = 18
"""X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT."""


async def failure_at(endpoint: str, timeout_s: float = 5) -> ConnectError:
    settings = LiveSettings(endpoint=endpoint, open_timeout_s=timeout_s)
    with pytest.raises(ConnectError) as caught:
        async with asyncio.timeout(8):
            await open_session(settings, KEY, [])
    assert "\n" not in str(caught.value)
    return caught.value


async def test_a_close_before_setup_complete_keeps_code_and_reason() -> None:
    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.socket.close(1007, "API key not valid. Please pass a valid API key.")

    async with live_server(script) as server:
        with pytest.raises(SessionClosedError) as caught:
            await open_session(LiveSettings(endpoint=server.endpoint), KEY, [])

    assert caught.value.code == 1007
    assert caught.value.reason == "API key not valid. Please pass a valid API key."
    assert caught.value.by_peer


async def test_a_setup_that_is_never_answered_times_out() -> None:
    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.stay()

    async with live_server(script) as server:
        error = await failure_at(server.endpoint, timeout_s=0.3)
        assert "did not answer the setup" in str(error)
        assert not error.is_network

    assert server.closes == [(1000, "")]


async def test_a_server_of_another_kind_is_told_so() -> None:
    async def script(peer: Peer) -> None:
        await peer.receive()
        await peer.send(["hello"])
        await peer.stay()

    async with live_server(script) as server:
        with pytest.raises(RemoteProtocolError):
            await open_session(LiveSettings(endpoint=server.endpoint), KEY, [])

    assert server.closes == [(1002, "")]


@pytest.mark.parametrize("status", [200, 401, 404, 429, 503])
async def test_an_http_answer_keeps_its_status(status: int) -> None:
    async with live_server(refusal=(status, {})) as server:
        error = await failure_at(server.endpoint)

    assert isinstance(error, UpgradeRefusedError)
    assert error.status == status
    assert str(status) in str(error)
    assert not error.is_network


async def test_a_redirect_is_not_followed() -> None:
    async with live_server(host="127.0.0.2") as foreign:
        location = {"Location": foreign.endpoint + "/ws"}
        async with live_server(refusal=(302, location)) as server:
            error = await failure_at(server.endpoint)

    assert isinstance(error, UpgradeRefusedError)
    assert error.status == 302
    assert foreign.requests == []


async def test_garbage_instead_of_http_is_no_websocket() -> None:
    async with tcp_server(b"220 mail.example ESMTP\r\n") as place:
        error = await failure_at(f"ws://{place}")

    assert "does not speak WebSocket" in str(error)
    assert not error.is_network


async def test_a_server_that_says_nothing_times_out() -> None:
    async with tcp_server(b"") as place:
        error = await failure_at(f"ws://{place}", timeout_s=0.3)

    assert "no answer in time" in str(error)
    assert error.is_network


async def test_a_closed_port_is_a_network_problem() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        error = await failure_at(f"ws://127.0.0.1:{bound.getsockname()[1]}")

    assert "Connection refused" in str(error)
    assert error.is_network


async def test_a_name_that_does_not_exist_is_a_network_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "*")

    error = await failure_at("wss://live.invalid")

    assert "name cannot be resolved" in str(error)
    assert error.is_network


async def test_a_server_without_tls_is_named() -> None:
    async with tcp_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as place:
        error = await failure_at(f"wss://{place}")

    assert "speaks no TLS" in str(error)


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async with live_server(tls=self_signed(tmp_path)) as server:
        error = await failure_at(server.endpoint)

    assert "certificate is not valid, self-signed certificate" in str(error)
    assert "clock" in str(error)
    assert isinstance(error, CertificateError)
    assert (error.is_network, error.code) == (True, SELF_SIGNED)
    assert server.requests == []


async def test_a_proxy_that_refuses_is_a_network_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    async with tcp_server(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as place:
        monkeypatch.setenv("https_proxy", f"http://user:CANARY@{place}")
        error = await failure_at("wss://live.invalid")

    assert "proxy" in str(error)
    assert error.is_network


@pytest.mark.parametrize("proxy", ["socks5h://user:CANARY@127.0.0.1:1", "CANARY://x"])
async def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("https_proxy", proxy)

    error = await failure_at("wss://live.invalid")

    assert "proxy of the environment" in str(error)
    assert "CANARY" not in repr(error)
    assert error.__cause__ is None


async def test_a_proxy_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")

    async with live_server() as server:
        session = await open_session(LiveSettings(endpoint=server.endpoint), KEY, [])
        await session.close()

    assert len(server.requests) == 1


async def test_an_unfit_endpoint_never_sees_the_key() -> None:
    error = await failure_at("ws://192.0.2.1")

    assert "must begin with wss://" in str(error)


async def test_a_host_name_that_cannot_be_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")

    error = await failure_at(f"wss://{'x' * 64}.invalid")

    assert not error.is_network

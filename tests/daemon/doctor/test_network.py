"""The way to the server, with real sockets, and every step of it failing once."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from myna.doctor import network
from myna.doctor.clock import judge_clock
from myna.doctor.network import Way, examine_network
from myna.simulator.service import Simulator
from support.fault_proxy import FaultProxy
from support.live_server import live_server, tcp_server
from support.tls import expired, self_signed

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\n\r\n"


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


def judged(way: Way) -> tuple[str, str | None]:
    return way.finding.verdict, way.finding.ailment


async def test_way_to_a_live_server_is_measured_and_no_key_is_sent() -> None:
    async with live_server() as server:
        way = await examine_network(server.endpoint)
    assert judged(way) == ("ok", None)
    assert way.finding.measured.startswith("round trip ")
    assert way.skew_s is not None
    assert abs(way.skew_s) < 5
    assert {request.path for request in server.requests} == {"/"}


async def test_way_to_the_simulator_is_measured() -> None:
    async with Simulator() as simulator:
        assert judged(await examine_network(simulator.url)) == ("ok", None)


async def test_way_to_a_server_with_a_trusted_certificate_is_measured(tmp_path: Path) -> None:
    async with live_server(tls=self_signed(tmp_path)) as server:
        assert judged(await examine_network(server.endpoint, tls=trusting(tmp_path))) == (
            "ok",
            None,
        )


async def test_long_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SLOW_MS", 0.0)
    async with live_server() as server:
        assert judged(await examine_network(server.endpoint)) == ("warn", "network-is-slow")


async def test_name_without_an_address_is_told() -> None:
    way = await examine_network("wss://no-such-host.invalid")
    assert judged(way) == ("fail", "name-is-not-resolved")
    assert way.finding.measured.startswith("no-such-host.invalid: ")
    assert way.skew_s is None


async def test_name_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_words: object, **_options: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    monkeypatch.setattr(network, "STEP_S", 0.01)
    way = await examine_network("wss://example.invalid")
    assert judged(way) == ("fail", "name-is-not-resolved")
    assert "no answer within" in way.finding.measured


async def test_port_that_is_closed_is_told() -> None:
    async with FaultProxy("127.0.0.1", 9) as proxy:
        proxy.refuse()
        way = await examine_network(proxy.url)
    assert judged(way) == ("fail", "server-is-not-reached")
    assert "Connect call failed" in way.finding.measured or "refused" in way.finding.measured


async def test_certificate_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    async with live_server(tls=self_signed(tmp_path)) as server:
        way = await examine_network(server.endpoint, probe="http://127.0.0.1:9/")
    assert judged(way) == ("fail", "encryption-is-refused")
    assert "self-signed certificate" in way.finding.measured
    assert server.requests == [], "nothing was asked of it"


async def test_certificate_out_of_date_is_blamed_on_the_clock(tmp_path: Path) -> None:
    async with live_server(tls=expired(tmp_path)) as server:
        way = await examine_network(
            server.endpoint, tls=trusting(tmp_path), probe="http://127.0.0.1:9/"
        )
    assert judged(way) == ("fail", "clock-is-wrong")
    assert "certificate has expired" in way.finding.measured


async def test_sign_in_page_is_told_by_what_answers_in_the_server_s_place(tmp_path: Path) -> None:
    page = b"HTTP/1.1 302 Found\r\nLocation: http://hotel/\r\n\r\n"
    async with live_server(tls=self_signed(tmp_path)) as server, tcp_server(page) as portal:
        way = await examine_network(server.endpoint, probe=f"http://{portal}/generate_204")
    assert judged(way) == ("fail", "network-asks-for-a-sign-in")


async def test_network_that_answers_the_probe_itself_asks_for_no_sign_in(tmp_path: Path) -> None:
    nothing = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with live_server(tls=self_signed(tmp_path)) as server, tcp_server(nothing) as free:
        way = await examine_network(server.endpoint, probe=f"http://{free}/generate_204")
    assert judged(way) == ("fail", "encryption-is-refused")


@pytest.mark.parametrize(
    "page",
    [
        b"HTTP/1.1 200 OK\r\n\r\n<html>Welcome to the hotel</html>",
        b"HTTP/1.1 302 Found\r\nLocation: https://hotel/?token=secret\r\n\r\n",
    ],
)
async def test_page_where_a_live_server_has_none_is_a_sign_in(page: bytes) -> None:
    async with tcp_server(page) as portal:
        way = await examine_network(f"ws://{portal}")
    assert judged(way) == ("fail", "network-asks-for-a-sign-in")
    assert "secret" not in way.finding.measured


@pytest.mark.parametrize("noise", [b"\x00\x01\x02", b"HTTP/1.1\r\n\r\n", b"x" * 100_000])
async def test_server_that_speaks_something_else_is_told(
    noise: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "STEP_S", 0.3)
    async with tcp_server(noise) as server:
        way = await examine_network(f"ws://{server}", probe="http://127.0.0.1:9/")
    assert judged(way) == ("fail", "server-does-not-answer")


async def test_server_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "STEP_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"ws://127.0.0.1:{deaf.getsockname()[1]}"
        way = await examine_network(url, probe="http://127.0.0.1:9/")
    assert judged(way) == ("fail", "server-does-not-answer")
    assert "no answer within" in way.finding.measured


async def test_clock_of_the_server_is_compared(tmp_path: Path) -> None:
    async with tcp_server(NOT_FOUND) as server:
        way = await examine_network(f"ws://{server}")
    assert judged(way) == ("ok", None)
    assert judge_clock(way.skew_s, is_synchronised=True).ailment == "clock-is-wrong"

"""Servers at an address: the SDK's own, one like Home Assistant's, and some that lie."""

from __future__ import annotations

import asyncio
import gzip
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from myna.errors import McpServerError
from myna.live.credentials import Credential
from myna.mcp_servers import server
from myna.mcp_servers.http import MOST_STREAMED_BYTES, http_client
from myna.mcp_servers.settings import McpServerSettings
from myna.mcp_servers.stdio import LONGEST_MESSAGE_BYTES
from support.mcp_house import home_assistant, house, http_server

TOKEN = "a-long-lived-canary"  # noqa: S105 - made up


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PAUSES_S", (0.05,))


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    return path


def at_url(url: str, **changes: Any) -> McpServerSettings:  # noqa: ANN401 - of any key
    chosen: dict[str, Any] = {"allow": ("*",), **changes}
    return McpServerSettings(url=url, **chosen)


async def test_tools_of_a_real_server_do_what_they_are_told(
    tmp_path: Path, token_file: Path
) -> None:
    async with (
        http_server(tmp_path, TOKEN) as url,
        house(tmp_path, home=at_url(url, token_file=token_file)) as at,
    ):
        assert await at.output("set_lamp", on=True, level=30) == {"on": True, "level": 30}
        assert "too long to be taken" in await at.error("huge")
        assert await at.output("nan") == {"level": None}
        await at.output("grow")
        await at.offers(2)
        assert await at.output("fan", on=False) == {"result": "off"}
        assert [note for note in at.witness.notes if "refused" in note] == []
        assert at.secrets == [TOKEN]


async def test_cancelled_call_is_cancelled_at_the_server(tmp_path: Path) -> None:
    async with http_server(tmp_path) as url, house(tmp_path, home=at_url(url)) as at:
        call = asyncio.create_task(at.call("hang"))
        await at.witness.noted(tool="hang", began=True)
        call.cancel()
        await at.witness.noted(tool="hang", cancelled=True)
        assert await at.output("get_lamp") == {"on": False, "level": 0}


async def test_wrong_token_is_told_and_a_new_one_needs_no_restart(
    tmp_path: Path, token_file: Path
) -> None:
    token_file.write_text("an-old-one")  # noqa: ASYNC240 - a few bytes
    async with http_server(tmp_path, TOKEN) as url:
        settings = at_url(url, token_file=token_file)
        async with house(tmp_path, times=0, home=settings) as at:
            degraded = await at.log.wait("degraded")
            assert degraded["why"].startswith("refuses the token (HTTP 401)")
            token_file.write_text(TOKEN)  # noqa: ASYNC240 - a few bytes
            await at.offers(1)
            assert await at.output("get_lamp") == {"on": False, "level": 0}
            await at.log.wait("recovered")


async def test_server_that_was_restarted_is_found_again(tmp_path: Path) -> None:
    async with http_server(tmp_path) as url:
        port = httpx2.URL(url).port or 0
        async with house(tmp_path, home=at_url(url)) as at:
            assert "the connection broke while crash ran" in await at.error("crash")
            assert (await at.log.wait("degraded"))["why"].startswith("cannot be reached")
            async with http_server(tmp_path, port=port):
                await at.log.wait("recovered")
                assert await at.output("get_lamp") == {"on": False, "level": 0}


async def test_house_of_home_assistant_is_switched(tmp_path: Path, token_file: Path) -> None:
    allow = ("HassTurnOn", "GetLiveContext")
    async with home_assistant(tmp_path, TOKEN) as url:
        settings = at_url(url, token_file=token_file, allow=allow, reading=("GetLiveContext",))
        async with house(tmp_path, home=settings) as at:
            assert at.names == set(allow)
            done = await at.output("HassTurnOn", name="kitchen")
            assert "action_done" in done["text"]
            assert '\\"kitchen\\": \\"on\\"' in (await at.output("GetLiveContext"))["text"]
            assert at.health.troubles == {}


async def test_address_without_a_server_is_told(tmp_path: Path, token_file: Path) -> None:
    async with home_assistant(tmp_path, TOKEN) as url:
        settings = at_url(url.replace("/api/mcp", "/mcp"), token_file=token_file)
        async with house(tmp_path, times=0, home=settings) as at:
            assert (await at.log.wait("degraded"))["why"] == "is not at this address: Not Found"


# --- the client that the SDK is given ----------------------------------------------------

Speak = Callable[[bytes, StreamWriter], Awaitable[None]]


@asynccontextmanager
async def speaking(speak: Speak) -> AsyncIterator[str]:
    """Answer each request as `speak` does; yields the URL."""

    async def meet(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await speak(await reader.readuntil(b"\r\n\r\n"), writer)
        except OSError:
            pass  # they did not want all of it
        finally:
            writer.close()

    listener = await asyncio.start_server(meet, "127.0.0.1")
    async with listener:
        host, port = listener.sockets[0].getsockname()
        yield f"http://{host}:{port}/mcp"


def answer(body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    """Write an answer whose length nobody told."""
    lines = ["HTTP/1.1 200 OK", f"content-type: {kind}", "connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def fetch(url: str, token: Credential | None = None) -> tuple[int, list[str]]:
    """Read an answer to its end; return how long it was and why the connection was lost."""
    lost: list[str] = []
    size = 0
    async with (
        asyncio.timeout(10),
        http_client(url, token, lost.append) as client,
        client.stream("GET", url) as got,
    ):
        async for chunk in got.aiter_bytes():
            size += len(chunk)
    return size, lost


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("application/json", LONGEST_MESSAGE_BYTES),
        ("text/event-stream", MOST_STREAMED_BYTES),
    ],
)
async def test_answer_without_end_is_cut(kind: str, limit: int) -> None:
    sent = 0

    async def speak(_request: bytes, writer: StreamWriter) -> None:
        nonlocal sent
        writer.write(answer(b"", kind=kind))
        while True:
            writer.write(b": nothing\n" * 6000)
            sent += 60_000
            await writer.drain()

    async with speaking(speak) as url:
        with pytest.raises(httpx2.StreamError, match="too long"):
            await fetch(url)
    assert sent < limit + 8_000_000  # what the sockets of two processes hold


async def test_compressed_answer_is_refused_before_it_grows() -> None:
    async def speak(request: bytes, writer: StreamWriter) -> None:
        assert b"accept-encoding: identity" in request.lower()
        writer.write(answer(gzip.compress(b"0" * 50_000_000), "content-encoding: gzip"))
        await writer.drain()

    async with speaking(speak) as url:
        with pytest.raises(httpx2.DecodingError):
            await fetch(url)


async def test_token_travels_to_its_server_only(tmp_path: Path, token_file: Path) -> None:
    seen: list[bytes] = []
    strayed: list[bytes] = []

    async def foreign(request: bytes, writer: StreamWriter) -> None:
        strayed.append(request)
        writer.write(answer(b"{}"))

    async with speaking(foreign) as elsewhere:

        async def speak(request: bytes, writer: StreamWriter) -> None:
            seen.append(request)
            moved = f"HTTP/1.1 307 Moved\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n"
            writer.write(moved.encode())

        async with speaking(speak) as url:
            settings = at_url(url, token_file=token_file)
            async with house(tmp_path, times=0, home=settings) as at:
                degraded = await at.log.wait("degraded")
    assert "not followed" in degraded["why"]
    assert f"authorization: bearer {TOKEN}" in seen[0].decode().lower()
    assert strayed == []


async def test_environment_does_not_reroute_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async def speak(_request: bytes, writer: StreamWriter) -> None:
        writer.write(answer(b"{}"))

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with speaking(speak) as url:
        assert await fetch(url) == (2, [])


@pytest.mark.parametrize(
    ("address", "is_private"),
    [("192.168.1.5", True), ("fd12::5", True), ("203.0.114.5", False), ("2a00::5", False)],
)
async def test_http_stays_in_the_house_whatever_the_name_stands_for(
    monkeypatch: pytest.MonkeyPatch, address: str, is_private: bool
) -> None:
    async def getaddrinfo(*_words: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, 8123))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    opening = http_client("http://homeassistant.local:8123/api/mcp", None, print)
    if is_private:
        async with opening:
            return
    with pytest.raises(McpServerError, match=f"not in a private network .{address}.: use https"):
        await opening.__aenter__()


async def test_token_that_travels_in_the_clear_is_warned_of_once(
    tmp_path: Path,
    token_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("myna.mcp_servers.client.shows_token", lambda _url: True)
    settings = at_url("http://127.0.0.1:9/mcp", token_file=token_file, plain_http=True)
    async with house(tmp_path, times=0, home=settings) as at:
        await at.log.wait("degraded")
        async with asyncio.timeout(5):
            while len(at.secrets) < 3:  # noqa: ASYNC110 - it looks for the token each time
                await asyncio.sleep(0.01)
    assert caplog.text.count("unencrypted") == 1
    assert TOKEN not in caplog.text


async def test_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(McpServerError, match=r"nowhere\.invalid is not to be found"):
        await http_client("http://nowhere.invalid/mcp", None, print).__aenter__()

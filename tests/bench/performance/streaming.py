"""A client that talks with the simulator in real time, until its file is over.

python -m bench.performance.streaming myna|google|pace URL WAV CHUNK_MS

Both send the same chunks and read the same replies; `pace` only reads the file at the same
pace, which costs all three the same. A client says "ready" when its session is open, and in
the end how many bytes of PCM it has sent and received.
"""

from __future__ import annotations

import asyncio
import sys
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from myna_hardware.units import frames_for


class Talk(NamedTuple):
    """An open session.

    Attributes:
        send: Sends a chunk of 16 kHz PCM.
        replies: Yields the size of every piece of reply audio that arrives.
    """

    send: Callable[[bytes], Awaitable[None]]
    replies: AsyncIterator[int]


Client: TypeAlias = Callable[[str], AbstractAsyncContextManager[Talk]]


@asynccontextmanager
async def myna_client(url: str) -> AsyncIterator[Talk]:
    """Talk as the daemon does: its session, and nothing around it."""
    from myna.config import LiveSettings
    from myna.live.connection import open_session
    from myna.live.credentials import Credential
    from myna.live.events import ReplyAudio

    session = await open_session(LiveSettings(endpoint=url), Credential("key", "here"), ())

    async def replies() -> AsyncIterator[int]:
        async for event in session.events():
            if isinstance(event, ReplyAudio):
                yield len(event.pcm)

    yield Talk(session.send_audio, replies())
    await session.close()


@asynccontextmanager
async def google_client(url: str) -> AsyncIterator[Talk]:
    """Talk through google-genai, as its documentation shows it."""
    from google.genai import live, types

    from support.sdk_client import PCM, plain_connect, sdk_session

    live.ws_connect = plain_connect

    async with sdk_session(url) as session:

        async def send(pcm: bytes) -> None:
            await session.send_realtime_input(audio=types.Blob(data=pcm, mime_type=PCM))

        async def replies() -> AsyncIterator[int]:
            while True:
                async for message in session.receive():
                    content = message.server_content
                    for part in (content and content.model_turn and content.model_turn.parts) or ():
                        yield len(part.inline_data.data)

        yield Talk(send, replies())


@asynccontextmanager
async def pace_client(_url: str) -> AsyncIterator[Talk]:
    """Talk to nobody."""

    async def send(_pcm: bytes) -> None:
        pass

    async def replies() -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 0

    yield Talk(send, replies())


CLIENTS: Final[dict[str, Client]] = {
    "myna": myna_client,
    "google": google_client,
    "pace": pace_client,
}


async def stream(path: Path, chunk_ms: int, send: Callable[[bytes], Awaitable[None]]) -> int:
    """Send the WAV in chunks, each when it would have been captured; return how many bytes."""
    loop = asyncio.get_running_loop()
    due_s, sent = loop.time(), 0
    with wave.open(str(path)) as sound:
        while pcm := sound.readframes(frames_for(chunk_ms / 1000)):
            due_s += chunk_ms / 1000
            await asyncio.sleep(due_s - loop.time())
            await send(pcm)
            sent += len(pcm)
    return sent


async def talk(client: Client, url: str, path: Path, chunk_ms: int) -> tuple[int, int]:
    """Talk until the file is over; return how many bytes were sent and received."""
    received = 0

    async def receive(replies: AsyncIterator[int]) -> None:
        nonlocal received
        async for size in replies:
            received += size

    async with client(url) as opened:
        say("ready")
        receiving = asyncio.create_task(receive(opened.replies))
        sent = await stream(path, chunk_ms, opened.send)
        receiving.cancel()
        await asyncio.wait([receiving])
    return sent, received


def say(text: str) -> None:
    """Tell whoever has started us."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Be the client that the command line names."""
    name, url, path, chunk_ms = sys.argv[1:]
    say("{} {}".format(*asyncio.run(talk(CLIENTS[name], url, Path(path), int(chunk_ms)))))


if __name__ == "__main__":
    main()

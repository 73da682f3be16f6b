"""Google's own client, google-genai, connected to a server on this machine.

Its WebSockets always begin with `wss://`; the fixture `google_frames` of the conformance
tests puts a plain connection in the place of its `ws_connect`, and changes nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from google import genai
from google.genai import types
from websockets.asyncio.client import ClientConnection, connect

MODEL: Final = "gemini-3.8-live"
PCM: Final = "audio/pcm;rate=16000"
TIMEOUT_S: Final = 10.0


def plain_connect(uri: str, **options: Any) -> connect:  # noqa: ANN401 - passed on
    """Connect as `websockets` does, but without TLS and without a proxy."""
    options.pop("ssl", None)
    return connect(uri.replace("wss://", "ws://", 1), **{**options, "proxy": None})


def recorded_in(frames: list[str]) -> Callable[..., connect]:
    """Return a `plain_connect` that puts a copy of everything that is sent into `frames`."""

    class Recorded(ClientConnection):
        async def send(self, message: Any, **options: Any) -> None:  # noqa: ANN401 - passed on
            frames.append(message)
            await super().send(message, **options)

    return partial(plain_connect, create_connection=Recorded)


def config(**fields: Any) -> types.LiveConnectConfig:  # noqa: ANN401 - whatever it knows
    """Return a configuration for spoken replies with transcripts, with `fields` beside."""
    return types.LiveConnectConfig(
        response_modalities=["AUDIO"],
        input_audio_transcription={},
        output_audio_transcription={},
        **fields,
    )


@asynccontextmanager
async def sdk_session(
    url: str,
    wanted: types.LiveConnectConfig | None = None,
    *,
    key: str = "test-key",
    model: str = MODEL,
    version: str = "v1beta",
) -> AsyncIterator[Any]:
    """Open a session at the server `ws://HOST:PORT`, and close everything after it."""
    address = url.replace("ws://", "http://", 1)
    options = types.HttpOptions(base_url=address, api_version=version)
    client = genai.Client(api_key=key, vertexai=False, http_options=options)
    try:
        async with client.aio.live.connect(model=model, config=wanted or config()) as session:
            yield session
    finally:
        await client.aio.aclose()
        client.close()


async def message_of(session: Any) -> Any:  # noqa: ANN401 - the SDK's session
    """Return the next message."""
    async with asyncio.timeout(TIMEOUT_S):
        return await anext(session.receive())


async def turn_of(session: Any) -> list[Any]:  # noqa: ANN401 - the SDK's session
    """Return the messages of one turn, the one that completes it included."""
    async with asyncio.timeout(TIMEOUT_S):
        return [message async for message in session.receive()]


def contents(messages: list[Any]) -> list[Any]:
    """Return the serverContent of those messages that have any."""
    return [each.server_content for each in messages if each.server_content]


def audio_in(messages: list[Any]) -> bytes:
    """Join the reply audio, as the SDK decoded it."""
    turns = [content.model_turn for content in contents(messages) if content.model_turn]
    return b"".join(part.inline_data.data for turn in turns for part in turn.parts)


def transcript_in(messages: list[Any], whose: str) -> str:
    """Join a transcript: `input_transcription` or `output_transcription`."""
    found = (getattr(content, whose) for content in contents(messages))
    return "".join(each.text for each in found if each)


def members_of(messages: list[Any], name: str) -> Iterator[Any]:
    """Yield the member `name` of those messages that have it."""
    return (each for each in (getattr(message, name) for message in messages) if each)

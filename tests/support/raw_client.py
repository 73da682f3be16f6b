"""A Live client that knows nothing but JSON and the socket: it sends what it is told."""

from __future__ import annotations

import asyncio
import base64
import json
import math
from array import array
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATH: Final = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
KEY: Final[Mapping[str, str]] = {"x-goog-api-key": "test-key"}
MODEL: Final = "models/gemini-3.8-live"
TIMEOUT_S: Final = 10.0
CHUNK_FRAMES: Final = 1_600


def speech_like(seconds: float, hz: float = 220.0, amplitude: int = 6_000) -> bytes:
    """Return a 16 kHz tone that no end-pointing takes for silence."""
    step = 2 * math.pi * hz / 16_000
    frames = range(round(seconds * 16_000))
    return array("h", (round(amplitude * math.sin(step * n)) for n in frames)).tobytes()


def quiet(seconds: float) -> bytes:
    """Return 16 kHz digital silence."""
    return bytes(2 * round(seconds * 16_000))


def audio_message(pcm: bytes, rate_hz: int = 16_000) -> dict[str, Any]:
    """Return the message that carries a chunk of the microphone."""
    data = base64.b64encode(pcm).decode()
    return {"realtimeInput": {"audio": {"mimeType": f"audio/pcm;rate={rate_hz}", "data": data}}}


def still_message(
    image: bytes = b"\xff\xd8\xff\xe0picture", kind: str = "image/jpeg"
) -> dict[str, Any]:
    """Return the message that carries a camera image."""
    data = base64.b64encode(image).decode()
    return {"realtimeInput": {"video": {"mimeType": kind, "data": data}}}


def setup_message(**fields: object) -> dict[str, Any]:
    """Return a setup that asks for transcripts, with `fields` beside."""
    setup = {
        "model": MODEL,
        "generationConfig": {"responseModalities": ["AUDIO"]},
        "inputAudioTranscription": {},
        "outputAudioTranscription": {},
    }
    return {"setup": {**setup, **fields}}


class RawClient:
    """One connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: object) -> None:
        """Send one JSON message as a text frame."""
        await self.socket.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """Return the next message; the server sends binary frames only."""
        async with asyncio.timeout(TIMEOUT_S):
            frame = await self.socket.recv()
        assert isinstance(frame, bytes), "the server sends binary frames"
        message: dict[str, Any] = json.loads(frame)
        return message

    async def hear_until(self, key: str) -> list[dict[str, Any]]:
        """Return all messages up to the one that holds `key`, at the top or in serverContent."""
        heard = [await self.hear()]
        while key not in heard[-1] and key not in heard[-1].get("serverContent", {}):
            heard.append(await self.hear())
        return heard

    async def speak(self, pcm: bytes) -> None:
        """Send microphone audio in chunks of 100 ms, as fast as the socket takes them."""
        for start in range(0, len(pcm), 2 * CHUNK_FRAMES):
            await self.send(audio_message(pcm[start : start + 2 * CHUNK_FRAMES]))

    async def ask(self, text: str = "go") -> None:
        """Send a text."""
        await self.send({"realtimeInput": {"text": text}})

    async def utter(self) -> None:
        """Say something that ends: half a second of sound, and the end of the stream."""
        await self.speak(speech_like(0.5))
        await self.send({"realtimeInput": {"audioStreamEnd": True}})

    async def answer(
        self, call_id: str, name: str, response: object = None, **fields: object
    ) -> None:
        """Answer a tool call, with `fields` beside."""
        answer = {"id": call_id, "name": name, "response": response or {"output": "done"}, **fields}
        await self.send({"toolResponse": {"functionResponses": [answer]}})

    async def closing(self) -> tuple[int, str]:
        """Read on until the server closes; return its code and reason."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                while True:
                    await self.socket.recv()
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


@asynccontextmanager
async def raw_client(
    url: str, path: str = PATH, headers: Mapping[str, str] = KEY
) -> AsyncIterator[RawClient]:
    """Connect to `url`, which has no path yet."""
    async with connect(url + path, additional_headers=headers, proxy=None) as socket:
        yield RawClient(socket)


@asynccontextmanager
async def open_session(url: str, **setup: object) -> AsyncIterator[RawClient]:
    """Connect, introduce, and wait until the server is ready."""
    async with raw_client(url) as client:
        await client.send(setup_message(**setup))
        assert await client.hear() == {"setupComplete": {}}
        yield client


@asynccontextmanager
async def resumable(url: str, handle: str = "") -> AsyncIterator[tuple[RawClient, str]]:
    """Open a session that can be resumed, or resume one; yield it and its newest handle."""
    resumption = {"handle": handle} if handle else {}
    async with open_session(url, sessionResumption=resumption) as client:
        update = (await client.hear())["sessionResumptionUpdate"]
        yield client, update["newHandle"]


async def refusal(
    url: str, message: object, path: str = PATH, headers: Mapping[str, str] = KEY
) -> tuple[int, str]:
    """Return the code and reason with which the server answers a first message."""
    async with raw_client(url, path, headers) as client:
        await client.send(message)
        return await client.closing()


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    """Name what the messages hold, without repetitions in a row."""
    names = [
        key
        for message in messages
        for key in [*message.get("serverContent", {}), *message]
        if key != "serverContent"
    ]
    return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]


def reply_pcm(messages: list[dict[str, Any]]) -> bytes:
    """Join the reply audio in the messages."""
    return b"".join(
        base64.b64decode(part["inlineData"]["data"])
        for message in messages
        for part in message.get("serverContent", {}).get("modelTurn", {}).get("parts", [])
    )


def joined_text(messages: list[dict[str, Any]], key: str) -> str:
    """Join the transcripts under `key`."""
    contents = [message.get("serverContent", {}) for message in messages]
    return "".join(content[key]["text"] for content in contents if key in content)

"""A server that attacks: the daemon tells it once, in one line, and the speaker goes on.

Real TCP and the whole daemon; the attacker speaks WebSocket by hand.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from myna.config import LiveSettings
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from myna.wake.refractory import REFRACTORY_FRAMES
from myna_hardware.units import silence
from support.hostile_server import (
    BINARY,
    CONTINUATION,
    READY,
    TEXT,
    HostileServer,
    frame,
    hostile_server,
)
from support.memory import PeakMemory
from support.scene import Scene, scene, turn
from support.speech import recorded

Attack: TypeAlias = Callable[[], Iterable[bytes]]

MIB: Final = 2**20
PEAK_LIMIT_MIB: Final = 48.0
LINE_LIMIT: Final = 600
FLOOD: Final = 10_000
ANSWER_LIMIT_S: Final = 8.0
"""From the wake word to the end of the answer, 3 s without trouble; the attacked session
must not be in the way of the next one."""
STILL_HERE: Final = b'{"serverContent":{"outputTranscription":{"text":"still here"}}}'


def after_setup(*pieces: bytes) -> Attack:
    """Agree to the setup, then send `pieces`."""
    return lambda: (frame(READY), *pieces)


def audio(rate_hz: int, seconds: float = 0.1) -> bytes:
    data = base64.b64encode(bytes(int(rate_hz * seconds) * 2)).decode()
    blob = {"mimeType": f"audio/pcm;rate={rate_hz}", "data": data}
    parts = [{"inlineData": blob}]
    return json.dumps({"serverContent": {"modelTurn": {"parts": parts}}}).encode()


def calls(*ids: str, name: str = "get_time") -> bytes:
    made = [{"id": call_id, "name": name, "args": {}} for call_id in ids]
    return json.dumps({"toolCall": {"functionCalls": made}}).encode()


# --- what no server may send ------------------------------------------------------------


def bomb() -> Iterable[bytes]:
    """A compressed frame of 300 MB of JSON, though compression was not agreed upon."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(b'{"x":"')
    packed += b"".join(deflate.compress(bytes(MIB)) for _ in range(300))
    packed += deflate.compress(b'"}') + deflate.flush(zlib.Z_SYNC_FLUSH)
    return frame(READY), frame(packed[:-4], is_compressed=True)


DEEP: Final = b'{"serverContent":' + b"[" * 500_000 + b"]" * 500_000 + b"}"
LONG_NUMBER: Final = (
    b'{"toolCall":{"functionCalls":[{"id":"1","name":"x","args":{"n":' + b"9" * 900_000 + b"}}]}}"
)
TROUBLES: Final[dict[str, Attack]] = {
    "compressed bomb of 300 MB": bomb,
    "JSON 500,000 deep": after_setup(frame(DEEP)),
    "number of 900,000 digits": after_setup(frame(LONG_NUMBER)),
    "frame over 1 MiB": after_setup(frame(b'{"x":"' + b"A" * MIB + b'"}')),
    "text that is not UTF-8": after_setup(frame(b'{"goAway":{"timeLeft":"\xff\xfe"}}', TEXT)),
    "masked frame": after_setup(frame(b"{}", mask=b"\0\0\0\0")),
    "reserved opcode": after_setup(frame(b"{}", 3)),
    "continuation of nothing": after_setup(frame(b"{}", CONTINUATION)),
    "a page of HTML": after_setup(frame(b"<html>" + b"<p>busy</p>" * 10_000, TEXT)),
    "setupComplete twice": after_setup(frame(READY)),
    "toolCall before setupComplete": lambda: (frame(calls("1")),),
    "reply audio of 48 kHz": after_setup(frame(audio(48_000))),
    "calls without ids": after_setup(frame(b'{"toolCall":{"functionCalls":[{"name":"x"}]}}')),
}


# --- what is a nuisance, and no more ----------------------------------------------------


def fragments() -> Iterable[bytes]:
    """One message in 200,000 fragments."""
    middle = frame(b" ", CONTINUATION, is_last=False)
    yield frame(READY)
    yield frame(b"{", BINARY, is_last=False)
    for _ in range(200):
        yield middle * 1_000
    yield frame(b"}", CONTINUATION)


def garbage_keys() -> bytes:
    """A mebibyte of keys that nobody knows."""
    members = ",".join(f'"k{number}":{{}}' for number in range(70_000))
    return f"{{{members}}}".encode()


def flood(*messages: bytes) -> Attack:
    """Send 10,000 frames as fast as they are taken."""

    def pieces() -> Iterable[bytes]:
        yield frame(READY)
        for number in range(FLOOD):
            yield frame(messages[number % len(messages)])

    return pieces


def flood_of_calls() -> Iterable[bytes]:
    """10,000 calls of a real tool, each with an id of its own."""
    yield frame(READY)
    for number in range(FLOOD):
        yield frame(calls(f"call_{number}"))


NUISANCES: Final[dict[str, Attack]] = {
    "1 MiB of unknown keys": after_setup(frame(garbage_keys())),
    "1 MiB of empty objects": after_setup(frame(b'{"x":[' + b"{}," * 349_000 + b"{}]}")),
    "message in 200,000 fragments": fragments,
    "flood of empty messages": flood(b"{}"),
    "flood of audio": flood(audio(24_000)),
    "flood of interrupted speech": flood(audio(24_000), b'{"serverContent":{"interrupted":true}}'),
    "flood of calls": flood_of_calls,
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Watch the log: no traceback, and no line that is too long to read."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    assert [each.getMessage() for each in caplog.records if each.exc_info] == []
    assert [each.getMessage()[:200] for each in caplog.records if is_unreadable(each)] == []


def is_unreadable(record: logging.LogRecord) -> bool:
    return not is_readable(record.getMessage())


def is_readable(text: str) -> bool:
    return 0 < len(text) < LINE_LIMIT and "\n" not in text and "Traceback" not in text


@asynccontextmanager
async def attacked(folder: Path, attack: Attack) -> AsyncIterator[tuple[Scene, HostileServer]]:
    """Run the daemon against `attack`, and wake it."""
    async with hostile_server(attack) as hostile:
        reply = turn(Speech(tone(440, 0.3)))
        async with scene(folder, reply, live=LiveSettings(endpoint=hostile.url)) as on:
            hostile.target = ("127.0.0.1", int(on.server.url.rpartition(":")[2]))
            on.microphone.say(recorded("wake_lamp"))
            await on.log.wait("wake")
            yield on, hostile


async def speaker_answers_again(on: Scene) -> None:
    """The button still ends the conversation, and the wake word leads to a good server."""
    async with asyncio.timeout(10):
        on.button.double_press()
        await on.app.assistant.until_at_rest()
    wakes, turns = len(on.log.of("wake")), len(on.log.of("turn_complete"))
    on.microphone.say(silence(REFRACTORY_FRAMES) + recorded("wake_lamp"))
    await on.log.wait("wake", times=wakes + 1)
    await on.log.wait("turn_complete", times=turns + 1, timeout_s=ANSWER_LIMIT_S)


@pytest.mark.parametrize("name", TROUBLES)
async def test_attack_is_told_in_one_line_and_survived(
    tmp_path: Path, name: str, log: pytest.LogCaptureFixture
) -> None:
    pieces = tuple(TROUBLES[name]())
    async with attacked(tmp_path, lambda: pieces) as (on, hostile):
        peak = PeakMemory()
        closed = await on.log.wait("session_closed")
        await hostile.is_over.wait()
        assert is_readable(closed["reason"]), closed["reason"][:LINE_LIMIT]
        assert peak.growth_mib <= PEAK_LIMIT_MIB
        await speaker_answers_again(on)

        bad = [each for each in on.log.of("session_closed") if each["code"] != 1000]
        assert bad == [closed]
        assert len(on.log.of("degraded")) <= 1
        assert on.app.health.troubles == {}
    assert len(warnings_in(log)) <= 1


@pytest.mark.parametrize("name", NUISANCES)
async def test_nuisance_costs_little_and_the_speaker_goes_on(
    tmp_path: Path, name: str, log: pytest.LogCaptureFixture
) -> None:
    def pieces() -> Iterable[bytes]:
        yield from NUISANCES[name]()
        yield frame(STILL_HERE)

    async with attacked(tmp_path, pieces) as (on, hostile):
        peak = PeakMemory()
        await until_over(on, hostile)
        assert peak.growth_mib <= PEAK_LIMIT_MIB
        assert all(is_readable(f"{each['code']} {each['reason']}") for each in closes(on))
        await speaker_answers_again(on)
        assert len([each for each in closes(on) if each["code"] != 1000]) <= 1
        assert on.app.health.troubles == {}
    assert len(warnings_in(log)) <= 1, warnings_in(log)[:5]


async def until_over(on: Scene, hostile: HostileServer) -> None:
    """Wait until the daemon has read all of it, or has ended the session."""
    over = asyncio.create_task(hostile.is_over.wait())
    read = asyncio.create_task(on.log.wait("reply_text", timeout_s=60))
    await asyncio.wait({over, read}, return_when=asyncio.FIRST_COMPLETED)
    for task in (over, read):
        task.cancel()
    await asyncio.gather(over, read, return_exceptions=True)


def closes(on: Scene) -> list[dict[str, object]]:
    return on.log.of("session_closed")


def warnings_in(log: pytest.LogCaptureFixture) -> list[str]:
    """Every line that a person would find in the journal as a warning or worse."""
    return [each.getMessage() for each in log.records if each.levelno >= logging.WARNING]

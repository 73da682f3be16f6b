from __future__ import annotations

import time
import wave
from pathlib import Path

import pytest

import myna.demo
from myna.errors import CommandError
from myna.simulator.options import Options
from myna.simulator.script import Script, Speech, Turn
from myna.simulator.script_file import load_script
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support.raw_client import (
    kinds,
    open_session,
    quiet,
    raw_client,
    reply_pcm,
    setup_message,
    speech_like,
    still_message,
)

SILENT = Script(turns=(Turn(on="text"),))


async def test_simulator_listens_on_loopback_on_a_free_port() -> None:
    async with Simulator(SILENT) as first, Simulator(SILENT) as second:
        assert first.url.startswith("ws://127.0.0.1:")
        assert first.url != second.url


async def test_simulator_names_an_ipv6_address_as_a_url_does() -> None:
    async with Simulator(SILENT, host="::1") as simulator:
        assert simulator.url.startswith("ws://[::1]:")
        async with open_session(simulator.url):
            pass


async def test_simulator_reports_a_port_in_use() -> None:
    async with Simulator(SILENT) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(CommandError, match=f"cannot listen on 127.0.0.1 port {port}: .*in use"):
            async with Simulator(SILENT, port=port):
                pass


def test_simulator_has_no_url_before_it_listens() -> None:
    with pytest.raises(RuntimeError):
        _ = Simulator(SILENT).url


async def test_simulator_is_as_slow_as_told() -> None:
    options = Options(connect_delay_s=0.2, setup_delay_s=0.3)
    async with Simulator(SILENT, options=options) as simulator:
        start_s = time.monotonic()
        async with raw_client(simulator.url) as client:
            connected_s = time.monotonic() - start_s
            await client.send(setup_message())
            await client.hear_until("setupComplete")
            ready_s = time.monotonic() - start_s

    assert connected_s >= 0.2
    assert ready_s >= 0.5


async def test_simulator_records_what_a_client_sent_in_order() -> None:
    pcm = speech_like(0.05) + quiet(0.25)
    async with Simulator(SILENT) as simulator:
        async with open_session(simulator.url) as client:
            await client.speak(pcm)
            await client.send({"realtimeInput": {"audioStreamEnd": True}})
            await client.send(still_message())
            await client.send({"realtimeInput": {"text": "Hello."}})
            await client.hear_until("turnComplete")
        await simulator.state.wait_for(lambda state: state.last.closed is not None)
        last = simulator.state.last

    assert last.received == pcm
    assert last.heard_frames == 4_800
    assert (last.audio_stream_ends, last.texts) == (1, ["Hello."])
    assert [still.data for still in last.stills] == [b"\xff\xd8\xff\xe0picture"]
    assert last.closed is not None
    assert (last.closed.code, last.closed.by) == (1000, "client")
    by_client = [entry.kind for entry in last.log if entry.by == "client"]
    assert by_client == ["setup", *["audio"] * 3, "audioStreamEnd", "video", "text", "close"]
    assert [entry.t for entry in last.log] == sorted(entry.t for entry in last.log)
    assert last.sent("turnComplete") == 1


async def test_simulator_records_a_client_that_vanishes() -> None:
    async with Simulator(SILENT) as simulator:
        async with open_session(simulator.url) as client:
            client.socket.transport.abort()
        await simulator.state.wait_for(lambda state: state.last.closed is not None)
        closed = simulator.state.last.closed

    assert closed is not None
    assert (closed.code, closed.by) == (1006, "client")


async def test_simulator_closes_its_sessions_when_it_stops() -> None:
    script = Script(turns=(Turn(on="open", send=(Speech(tone(440, 30.0)),)),))
    async with Simulator(script) as simulator:
        client = raw_client(simulator.url)
        connection = await client.__aenter__()
        await connection.send(setup_message())
        await connection.hear_until("modelTurn")

    assert (await connection.closing())[0] == 1001
    closed = simulator.state.last.closed
    assert closed is not None
    assert (closed.code, closed.by) == (1001, "server")
    await client.__aexit__(None, None, None)


async def test_state_says_when_something_does_not_happen() -> None:
    async with Simulator(SILENT) as simulator:
        with pytest.raises(TimeoutError):
            await simulator.state.wait_for(lambda state: bool(state.connections), timeout_s=0.05)


@pytest.fixture
def dialogue(tmp_path: Path) -> Script:
    """The demo's script with short tones for replies, and a story that lasts."""
    source = Path(myna.demo.__path__[0]) / "dialogue.toml"
    (tmp_path / "speech").mkdir()
    for name, seconds in {"lamp": 0.2, "story": 60.0, "stopped": 0.3, "look": 0.4}.items():
        with wave.open(str(tmp_path / "speech" / f"reply_{name}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(24_000)
            sound.writeframes(tone(440, seconds))
    copy = tmp_path / "dialogue.toml"
    copy.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    return load_script(copy)


async def test_simulator_plays_the_demo_without_a_script() -> None:
    async with Simulator() as simulator, open_session(simulator.url) as client:
        await client.utter()

        assert "inputTranscription" in kinds(await client.hear_until("toolCall"))


async def test_demo_dialogue_goes_from_the_lamp_to_the_picture(dialogue: Script) -> None:
    async with Simulator(dialogue) as simulator, open_session(simulator.url) as client:
        await client.speak(speech_like(1.0) + quiet(0.8))
        asked = (await client.hear_until("toolCall"))[-1]["toolCall"]["functionCalls"][0]
        await client.answer(asked["id"], asked["name"])
        lamp = await client.hear_until("turnComplete")

        await client.speak(speech_like(1.0) + quiet(0.8))
        await client.hear_until("modelTurn")
        await client.speak(speech_like(1.0))
        cut = await client.hear_until("turnComplete")
        await client.speak(quiet(0.8))
        stopped = await client.hear_until("turnComplete")

        await client.speak(speech_like(1.0) + quiet(0.8))
        look = (await client.hear_until("toolCall"))[-1]["toolCall"]["functionCalls"][0]
        await client.send(still_message())
        await client.answer(look["id"], look["name"])
        seen = await client.hear_until("turnComplete")

        await client.speak(speech_like(1.0) + quiet(0.8))
        after = [await client.hear(), await client.hear()]

    assert (asked["name"], asked["args"]) == ("set_output", {"name": "lamp", "on": True})
    assert reply_pcm(lamp) == tone(440, 0.2)
    assert "interrupted" in kinds(cut)
    assert "generationComplete" not in kinds(cut)
    assert reply_pcm(stopped) == tone(440, 0.3)
    assert (look["name"], look["args"]) == ("look", {})
    assert reply_pcm(seen) == tone(440, 0.4)
    assert kinds(after) == ["voiceActivity"]

"""Faults of the link, over real TCP: what is said is heard, and the conversation goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from myna.conversation.states import Speaking
from myna.live import websocket
from myna.simulator.endings import ENDINGS
from myna.simulator.options import Options
from myna.simulator.script import Close, End, GoAway, Speech, Stall, ToolCall, Turn
from myna.simulator.sounds import tone
from myna_hardware.units import SAMPLE_BYTES, frames_for, frames_in
from support.fault_proxy import FaultProxy
from support.scene import Scene, scene, stage_config, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.4), text="Short.")
LONG = Speech(tone(330, 3.0), text="A long one.")
LAMP = ToolCall("set_output", {"name": "lamp", "on": True})
QUESTION = recorded("wake_lamp")


@asynccontextmanager
async def proxied(
    folder: Path, *turns: Turn, uplink_buffer_bytes: int | None = None
) -> AsyncIterator[tuple[Scene, FaultProxy]]:
    """Run the daemon behind a proxy that fails on demand."""
    async with scene(folder, *turns) as direct:
        port = int(direct.server.url.rpartition(":")[2])
        async with FaultProxy("127.0.0.1", port, uplink_buffer_bytes=uplink_buffer_bytes) as proxy:
            inner = folder / "behind"
            inner.mkdir()
            live = stage_config(proxy.url, inner).live
            async with scene(inner, live=live) as on:
                yield Scene(on.app, on.log, direct.server, on.config), proxy


async def heard(on: Scene, pcm: bytes) -> bool:
    """Wait until nothing sounds any more; say whether `pcm` was heard whole."""
    async with asyncio.timeout(15):
        await on.app.assistant.until(lambda state: not isinstance(state, Speaking))
    return pcm in on.speaker.heard


async def ask(on: Scene, times: int = 1) -> None:
    """Say the wake word and a question."""
    on.microphone.say(QUESTION)
    await on.log.wait("wake", times=times)


def received(on: Scene) -> list[bytes]:
    return [connection.received for connection in on.server.state.connections]


def sent_from(on: Scene, times: int) -> int:
    """Return the first frame that went to the connection number `times`."""
    chunks = on.log.of("chunk_sent")
    ready = [line["t"] for line in on.log.of("session_ready")][times - 1]
    return int(next(chunk["first_frame"] for chunk in chunks if chunk["t"] >= ready))


@pytest.mark.parametrize("at_byte", [1, 3_001, 20_011])
async def test_reset_in_the_middle_of_the_question_loses_no_word(
    tmp_path: Path, at_byte: int
) -> None:
    async with proxied(tmp_path, turn(SHORT)) as (on, proxy):
        await ask(on)
        await on.log.wait("session_ready")
        proxy.reset(at_byte=at_byte, direction="up")
        await on.log.wait("session_resumed")
        await on.log.wait("turn_complete")
        first = sent_from(on, 1)
        heard_until = first + frames_in(received(on)[0])
        assert sent_from(on, 2) <= heard_until, "nothing lies between the two connections"
        assert on.log.of("session_closed")[0]["next"] == "resume"
        assert await heard(on, SHORT.pcm)


async def test_link_that_is_gone_for_a_moment_loses_no_word(tmp_path: Path) -> None:
    async with proxied(tmp_path, turn(SHORT)) as (on, proxy):
        await ask(on)
        await on.log.wait("chunk_sent")
        proxy.refuse()
        proxy.reset()
        await on.log.wait("session_closed", times=3)
        proxy.accept()
        back_s = asyncio.get_running_loop().time()
        await on.log.wait("session_resumed")
        assert asyncio.get_running_loop().time() - back_s < 3
        await on.log.wait("turn_complete")
        assert sent_from(on, 2) <= sent_from(on, 1) + frames_in(received(on)[0])
        assert await heard(on, SHORT.pcm)


async def test_tool_that_outlives_its_connection_answers_on_the_next(tmp_path: Path) -> None:
    async with proxied(tmp_path, turn(LAMP, SHORT)) as (on, proxy):
        await ask(on)
        await on.log.wait("tool_call")
        proxy.reset()
        await on.log.wait("session_resumed")
        await on.server.state.wait_for(
            lambda state: any(one.tool_responses for one in state.connections)
        )
        assert len(on.log.of("tool_result")) == 1
        answers = [answer for one in on.server.state.connections for answer in one.tool_responses]
        assert [answer.name for answer in answers] == ["set_output"]


async def test_reply_that_is_cut_is_asked_for_again(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG, Close(1006))) as on:
        await ask(on)
        await on.log.wait("session_resumed")
        await on.server.state.wait_for(lambda state: bool(state.last.texts))
        assert "Go on from there" in on.server.state.last.texts[0]
        assert on.log.of("turn_complete"), "the turn ends here, since nobody else will say so"


async def test_go_away_is_followed_by_the_same_session_after_the_reply(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(GoAway(30), LONG), turn(SHORT)) as on:
        await ask(on)
        await on.log.wait("session_resumed")
        first, second = on.server.state.connections
        assert first.closed is not None
        assert (first.closed.code, first.closed.by) == (1000, "client")
        assert second.resumed_handle
        assert on.log.of("turn_complete")[0]["t"] <= on.log.of("session_closed")[0]["t"]
        assert await heard(on, LONG.pcm)
        assert not second.texts, "nothing was missing"


async def test_server_that_still_holds_the_line_is_asked_again_a_second_later(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, turn(Close(1006)), options=Options(holds_lost_s=0.5)) as on:
        await ask(on)
        await on.log.wait("session_resumed")
        closes = on.log.of("session_closed")
        assert [line["code"] for line in closes] == [1006, 1011]
        assert {line["next"] for line in closes} == {"resume"}


async def test_refused_resumption_leads_to_a_session_that_is_told_what_was_said(
    tmp_path: Path,
) -> None:
    question = Turn(on="speech", heard="Turn on the lamp.", send=(LAMP, SHORT, Close(1006)))
    async with scene(tmp_path, question, options=Options(refuses_resumption=True)) as on:
        await ask(on)
        await on.log.wait("session_ready", times=2)
        assert [line["next"] for line in on.log.of("session_closed")] == ["resume", "seeded"]
        await on.server.state.wait_for(lambda state: bool(state.last.history))
        assert "Turn on the lamp." in str(on.server.state.last.history)


async def test_server_that_stalls_hears_the_question_again(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(Stall()), turn(SHORT)) as on:
        await ask(on)
        closed = await on.log.wait("session_closed")
        assert (closed["code"], closed["next"]) == (1000, "resume")
        await on.log.wait("session_resumed")
        spoken = on.server.state.connections[0].received
        again = frames_in(QUESTION) * SAMPLE_BYTES // 2
        await on.server.state.wait_for(lambda state: len(state.last.received) >= again)
        assert spoken


async def test_quota_is_told_and_not_asked_again_at_once(tmp_path: Path) -> None:
    async with scene(tmp_path, options=Options(ends_opening="quota")) as on:
        await ask(on)
        await on.log.wait_state("offline")
        assert on.log.of("session_closed")[0]["next"] == "wait"
        on.button.press()
        await on.log.wait_state("offline", times=2)
        assert len(on.server.state.connections) == 1, "nobody called a second time"


@pytest.mark.parametrize("name", sorted(set(ENDINGS) - {"normal"}))
async def test_every_ending_in_a_conversation_is_survived(tmp_path: Path, name: str) -> None:
    ending = ENDINGS[name]
    async with scene(tmp_path, turn(End(name))) as on:
        await ask(on)
        closed = await on.log.wait("session_closed")
        assert (closed["code"], closed["reason"]) == (ending.code, ending.reason[:123])
        if closed["next"] in {"give-up", "wait"}:
            await on.log.wait_state("offline")
        else:
            await on.log.wait("session_ready", times=2)


async def test_late_pong_is_no_reason_to_hang_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the proportion of the real figures: pongs up to 30 s late, and 60 s of patience.
    monkeypatch.setattr(websocket, "PING_INTERVAL_S", 0.2)
    monkeypatch.setattr(websocket, "PING_TIMEOUT_S", 2.0)
    async with scene(tmp_path, turn(SHORT), options=Options(pong_delay_s=1.0)) as on:
        await ask(on)
        await on.log.wait("turn_complete")
        await on.server.state.wait_for(lambda state: state.last.pings >= 2)
        assert on.log.of("session_closed") == []


async def test_slow_uplink_keeps_speech_young(tmp_path: Path) -> None:
    async with proxied(tmp_path, uplink_buffer_bytes=4096) as (on, proxy):
        on.button.press()
        await on.log.wait("session_ready")
        proxy.throttle(32_000)
        on.microphone.say(recorded("weather") * 6)
        lost = await on.log.wait("xrun", timeout_s=30)
        assert lost["where"] == "uplink"
        behind = frames_in(on.microphone.heard) - frames_in(on.server.state.last.received)
        assert behind - sum(line["frames"] for line in on.log.of("xrun")) < frames_for(2)

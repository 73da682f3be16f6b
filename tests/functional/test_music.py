"""Music around a conversation: a real MPD under the whole daemon, judged by its own status."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from myna.config import Config, ConversationSettings, LiveSettings
from myna.conversation.effects import Effect
from myna.conversation.events import RingAsked, SayAsked
from myna.music.settings import MusicSettings
from myna.performer import Performer
from myna.simulator.script import Speech, ToolCall, Turn
from myna.simulator.sounds import tone
from support.cli import Daemon, Home, daemon, simulate, simulated
from support.mpd_server import MpdServer, mpd, mpd_server
from support.scene import Scene, scene, turn
from support.speech import recorded

__all__ = ["mpd"]

BRIEF = ConversationSettings(follow_up_s=0.3)
SHORT = Speech(tone(440, 0.4))
LOUD, LOW, HELD = ("play", "80"), ("play", "16"), ("pause", "80")


def music_of(server: MpdServer, **changes: object) -> MusicSettings:
    playlists = {"quiet music": "Quiet evening", "nothing": "Missing"}
    settings = MusicSettings(driver="mpd", host=str(server.socket), playlists=playlists)
    return replace(settings, **changes)


def stage(
    folder: Path, server: MpdServer, *turns: Turn, **changes: object
) -> AbstractAsyncContextManager[Scene]:
    return scene(folder, *turns, conversation=BRIEF, music=music_of(server, **changes))


def call_of(name: str, **arguments: object) -> ToolCall:
    return ToolCall(name, arguments)


async def talk(on: Scene) -> None:
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait("session_ready")


async def open_up(on: Scene) -> None:
    """Begin a conversation by hand; nobody says anything yet."""
    on.button.press()
    await on.log.wait("session_ready")


async def answer_to(on: Scene, name: str, times: int = 1) -> dict[str, Any]:
    """Return what the server was told of a tool's call."""
    await on.log.wait("tool_result", times=times)
    await on.server.state.wait_for(lambda state: len(state.last.tool_responses) >= times)
    response = on.server.state.last.tool_responses[times - 1]
    assert response.name == name
    told: dict[str, Any] = response.response
    return told


# --- low in a conversation, and back ----------------------------------------------------


@pytest.mark.parametrize(("way", "meanwhile"), [("duck", LOW), ("pause", HELD)])
async def test_music_makes_room_for_a_conversation_and_comes_back(
    tmp_path: Path, mpd: MpdServer, way: str, meanwhile: tuple[str, str]
) -> None:
    async with stage(tmp_path, mpd, turn(SHORT), while_talking=way) as on:
        mpd.play(80)
        await talk(on)
        await mpd.until(lambda stands: stands == meanwhile)
        await on.log.wait_state("idle")
        await mpd.until(lambda stands: stands == LOUD)
        left_rest, made_room = on.log.of("state")[0], on.log.of("music")[0]
        came_to_rest, came_back = on.log.of("state")[-1], on.log.of("music")[-1]
    assert on.log.states()[0] == "waking"
    assert made_room["t"] - left_rest["t"] < 0.1
    assert came_back["t"] - came_to_rest["t"] < 0.1
    assert not (tmp_path / "state" / "music.json").exists()


async def test_music_makes_room_for_an_announcement_and_for_a_timer(
    tmp_path: Path, mpd: MpdServer
) -> None:
    async with stage(tmp_path, mpd, turn(SHORT, on="text")) as on:
        mpd.play(80)
        on.app.assistant.post(SayAsked("Dinner is ready."))
        await on.log.wait("music")
        assert mpd.stands == LOW
        await on.log.wait("music", times=2)
        assert mpd.stands == LOUD
        on.app.assistant.post(RingAsked("eggs"))
        await on.log.wait("music", times=3)
        assert mpd.stands == LOW
        on.button.press()
        await on.log.wait("music", times=4)
        assert mpd.stands == LOUD


@pytest.mark.parametrize("before", ["stop", "pause 1"])
async def test_music_that_does_not_play_is_left_alone(
    tmp_path: Path, mpd: MpdServer, before: str
) -> None:
    async with stage(tmp_path, mpd) as on:
        mpd.play(80)
        mpd.ask(before)
        stood = mpd.stands
        await open_up(on)
        on.button.double_press()
        await on.log.wait_state("idle")
        assert on.log.of("music") == []
    assert mpd.stands == stood


async def test_music_without_a_mixer_is_paused_instead(tmp_path: Path) -> None:
    with mpd_server(tmp_path / "mpd", mixer="none") as mpd:
        async with stage(tmp_path, mpd) as on:
            mpd.play(None)
            await open_up(on)
            await mpd.until(lambda stands: stands[0] == "pause")
            on.button.double_press()
            await on.log.wait_state("idle")
            await mpd.until(lambda stands: stands[0] == "play")


async def test_what_hands_do_meanwhile_stays(tmp_path: Path, mpd: MpdServer) -> None:
    async with stage(tmp_path, mpd) as on:
        mpd.play(80)
        await open_up(on)
        await mpd.until(lambda stands: stands == LOW)
        mpd.ask("setvol 35", "pause 1")
        on.button.double_press()
        await on.log.wait_state("idle")
    assert mpd.stands == ("pause", "35")


# --- conversations that end badly -------------------------------------------------------


async def test_music_comes_back_when_no_session_opens(tmp_path: Path, mpd: MpdServer) -> None:
    dead = LiveSettings(endpoint="ws://127.0.0.1:9")
    async with scene(tmp_path, music=music_of(mpd), live=dead) as on:
        mpd.play(80)
        on.button.press()
        await on.log.wait("music")
        await on.log.wait_state("offline")
        await mpd.until(lambda stands: stands == LOUD)


async def test_music_comes_back_when_the_conversation_breaks(
    tmp_path: Path, mpd: MpdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_self: Performer, _effect: Effect) -> None:
        raise RuntimeError("a bug")

    async with stage(tmp_path, mpd) as on:
        mpd.play(80)
        await open_up(on)
        await mpd.until(lambda stands: stands == LOW)
        monkeypatch.setattr(Performer, "perform", break_down)
        with pytest.raises(RuntimeError, match="a bug"):
            await on.app.failure
        assert mpd.stands == LOW
        monkeypatch.undo()
    assert mpd.stands == LOUD


LISTENING = """
[[turn]]
on = "speech"
send = []
"""


async def listening(home: Home, endpoint: str, mpd: MpdServer) -> None:
    home.config.write_text(
        simulated(home.folder, endpoint).replace("follow_up_s = 0.5", "follow_up_s = 30")
        + f'[music]\ndriver = "mpd"\nhost = "{mpd.socket}"\n'
    )


async def duck(home: Home, running: Daemon, mpd: MpdServer) -> None:
    mpd.play(80)
    assert (await home.myna("listen")).code == 0
    await running.wait("music")
    await mpd.until(lambda stands: stands == LOW)


async def test_music_comes_back_at_the_end_of_the_daemon_and_after_kill(
    tmp_path: Path, mpd: MpdServer
) -> None:
    home = Home(tmp_path, {"GEMINI_API_KEY": "AIzaTestCanaryKey0123456789"})
    async with simulate(home, LISTENING) as endpoint:
        await listening(home, endpoint, mpd)
        async with daemon(home) as running:
            await duck(home, running, mpd)
            assert (await running.stop()).code == 0
            assert mpd.stands == LOUD
        async with daemon(home) as running:
            await duck(home, running, mpd)
            await running.kill()
            assert mpd.stands == LOW
        async with daemon(home) as running:
            await mpd.until(lambda stands: stands == LOUD)
            await duck(home, running, mpd)
            await running.kill()
            mpd.ask("setvol 40")
        async with daemon(home) as running:
            await running.wait("ready")
            await running.stop()
        assert mpd.stands == ("play", "40")


# --- players in trouble -----------------------------------------------------------------


async def test_conversation_goes_on_when_mpd_dies_and_its_volume_is_put_right(
    tmp_path: Path, mpd: MpdServer
) -> None:
    async with stage(tmp_path, mpd, turn(SHORT)) as on:
        mpd.play(80)
        await talk(on)
        await mpd.until(lambda stands: stands == LOW)
        mpd.stop()
        await on.log.wait("turn_complete")
        await on.log.wait_state("idle")
        trouble = await on.log.wait("degraded")
        assert (trouble["what"], "systemctl status mpd" in trouble["why"]) == ("music", True)
        mpd.start()
        await mpd.until(lambda stands: stands == LOUD)
        await on.log.wait("recovered")
        assert len(on.log.of("degraded")) == 1


async def test_conversation_goes_on_when_mpd_hangs_and_the_model_hears_of_it(
    tmp_path: Path, mpd: MpdServer
) -> None:
    turns = turn(call_of("music_next"), SHORT)
    async with stage(tmp_path, mpd, turns) as on:
        mpd.play(80)
        mpd.freeze()
        await talk(on)
        told = await answer_to(on, "music_next")
        await on.log.wait("turn_complete")
        assert on.log.of("tool_result")[0]["ms"] < 1100
        assert f"MPD at {mpd.socket} does not answer" in told["error"]
        mpd.thaw()
        await on.log.wait("recovered")
        await on.log.wait_state("idle")
        await mpd.until(lambda stands: stands == LOUD)


async def test_daemon_starts_without_mpd_and_takes_it_up_when_it_comes(
    tmp_path: Path, mpd: MpdServer
) -> None:
    mpd.stop()
    async with stage(tmp_path, mpd) as on:
        await on.log.wait("degraded")
        mpd.start()
        await on.log.wait("recovered")
        assert on.app.health.troubles == {}


# --- by voice ---------------------------------------------------------------------------


async def test_voice_plays_what_is_configured_low_until_the_end(
    tmp_path: Path, mpd: MpdServer
) -> None:
    turns = turn(call_of("music_play", what="Quiet-Music"), SHORT)
    async with stage(tmp_path, mpd, turns) as on:
        mpd.ask("setvol 80")
        await talk(on)
        told = await answer_to(on, "music_play")
        assert told["output"] == {"status": "playing", "percent": 80, "player": "mpd"}
        assert mpd.stands == LOW
        await on.log.wait_state("idle")
        await mpd.until(lambda stands: stands == LOUD)


@pytest.mark.parametrize("way", ["duck", "pause"])
async def test_voice_has_the_last_word_on_what_comes_after(
    tmp_path: Path, mpd: MpdServer, way: str
) -> None:
    turns = turn(call_of("set_music_volume", percent=50), call_of("music_pause"), SHORT)
    async with stage(tmp_path, mpd, turns, while_talking=way) as on:
        mpd.play(80)
        await talk(on)
        louder = await answer_to(on, "set_music_volume")
        paused = await answer_to(on, "music_pause", times=2)
        assert louder["output"]["percent"] == 50
        assert paused["output"]["status"] == "paused"
        await on.log.wait_state("idle")
        await mpd.until(lambda stands: stands == ("pause", "50"))
        await asyncio.sleep(0.1)  # in which it would be resumed
    assert mpd.stands == ("pause", "50")


async def test_voice_that_asks_for_what_is_not_there_hears_the_choices(
    tmp_path: Path, mpd: MpdServer
) -> None:
    calls = (
        call_of("music_play", what="file:///etc/passwd"),
        call_of("music_play", what="nothing"),
        call_of("now_playing"),
    )
    async with stage(tmp_path, mpd, turn(*calls, SHORT)) as on:
        mpd.play(80)
        await talk(on)
        unknown = await answer_to(on, "music_play")
        missing = await answer_to(on, "music_play", times=2)
        now = await answer_to(on, "now_playing", times=3)
    choices = "What can be played by name: quiet music (playlist); nothing (playlist)."
    assert choices in unknown["error"]
    assert "MPD refused load: No such playlist" in missing["error"]
    assert now["output"] == {"status": "playing", "percent": 80, "player": "mpd"}


async def test_no_tools_for_music_without_a_driver(tmp_path: Path) -> None:
    assert Config().music.driver == "none"
    async with scene(tmp_path, turn(SHORT)) as on:
        await talk(on)
        declared = str(on.server.state.last.setup)
    assert "set_output" in declared
    assert "music" not in declared

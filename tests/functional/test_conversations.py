"""What can happen in and around a conversation, through the whole daemon."""

from __future__ import annotations

import asyncio
from datetime import time
from pathlib import Path

from myna.audio.earcon_policy import EarconRules, earcon_db
from myna.audio.earcons import earcon
from myna.audio.volume import gain_of_db, scale
from myna.config import AudioSettings, ConversationSettings, LiveSettings
from myna.conversation.events import RingAsked, SayAsked, StopAsked
from myna.conversation.states import Speaking
from myna.simulator.options import Options
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna_hardware.units import bytes_for, frames_for, silence
from support.pcm import note
from support.scene import KEY, Scene, scene, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.4))
LONG = Speech(tone(440, 6.0))


def ask(on: Scene) -> int:
    return on.microphone.say(recorded("wake_lamp"))


def sounded(name: str) -> bytes:
    """Return an earcon as it is played by day at the stage's volume."""
    db = earcon_db(name, 100, EarconRules(), time(12))
    assert db is not None
    return scale(earcon(name), gain_of_db(db))


async def heard(on: Scene, pcm: bytes) -> bool:
    """Wait until nothing sounds any more; say whether `pcm` was heard whole."""
    async with asyncio.timeout(15):
        await on.app.assistant.until(lambda state: not isinstance(state, Speaking))
    return pcm in on.speaker.heard


async def test_press_starts_listening_without_a_wake_word(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT)) as on:
        on.button.press()
        await on.log.wait("session_ready")
        on.microphone.say(recorded("tell_story"))
        await on.log.wait("turn_complete")
        assert on.log.of("wake") == []
        assert on.log.of("button")[0]["gesture"] == "press"


async def test_press_over_the_reply_falls_silent_and_listens(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG), turn(SHORT)) as on:
        ask(on)
        await on.log.wait("playback_started")
        on.button.press()
        await on.log.wait("playback_flushed")
        on.microphone.say(recorded("tell_story"))
        await on.log.wait("turn_complete", times=2)
        assert await heard(on, SHORT.pcm)
        assert LONG.pcm[: bytes_for(24_000)] not in on.speaker.heard


async def test_double_press_ends_the_conversation(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG)) as on:
        ask(on)
        await on.log.wait("playback_started")
        on.button.double_press()
        await on.log.wait_state("idle")
        assert (await on.log.wait("session_closed"))["code"] == 1000


async def test_wake_word_over_the_reply_cuts_it_and_is_answered(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG), turn(SHORT)) as on:
        ask(on)
        await on.log.wait("playback_started")
        ask(on)
        await on.log.wait("playback_flushed")
        await on.log.wait("turn_complete", times=2)
        assert await heard(on, SHORT.pcm)


async def test_half_duplex_sends_nothing_while_the_reply_plays(tmp_path: Path) -> None:
    half = AudioSettings(echo="half-duplex")
    async with scene(tmp_path, turn(SHORT), turn(SHORT), audio=half) as on:
        ask(on)
        await on.log.wait("playback_started")
        over_reply = on.microphone.say(b"\x11\x11" * 3200)
        await on.log.wait_state("listening", times=2)
        # As soon as a person can who waits for the end of a reply.
        follow_up = on.microphone.say(silence(frames_for(0.4)) + recorded("tell_story"))
        await on.log.wait("turn_complete", times=2)
        received = on.server.state.last.received
        first, resumed = (line["first_frame"] for line in on.log.of("chunk_sent")[:2])
    assert b"\x11\x11" * 100 not in received, "what was said over the reply stays here"
    assert over_reply < resumed < follow_up + frames_for(0.4)
    # Where the echo may still ring, a canceller has worked on it.
    assert recorded("tell_story")[bytes_for(8000) : bytes_for(16_000)] in received
    assert on.server.state.last.audio_stream_ends >= 1
    assert first == on.log.of("wake")[0]["frame"]


async def test_announcement_is_spoken_and_nothing_is_heard(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT, on="text")) as on:
        on.app.assistant.post(SayAsked("Dinner is ready."))
        await on.log.wait_state("idle")
        assert "Dinner is ready." in on.server.state.last.texts[0]
        assert on.server.state.last.received == b""
        assert await heard(on, SHORT.pcm)


async def test_hold_closes_the_microphone_until_the_next_hold(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT)) as on:
        muted = on.microphone
        on.button.hold()
        await on.log.wait("muted")
        await on.log.wait_state("muted")
        assert str(on.lights.history[-1]) == "muted"
        assert muted.read() == b"", "the device is released"
        on.button.hold()
        await on.log.wait_state("idle")
        on.button.press()
        await on.server.state.wait_for(
            lambda state: any(one.heard_frames for one in state.connections)
        )
        assert on.microphone is not muted


async def test_network_that_is_gone_is_shown_heard_and_survived(tmp_path: Path) -> None:
    nowhere = LiveSettings(endpoint="ws://127.0.0.1:9")
    async with scene(tmp_path, live=nowhere) as on:
        ask(on)
        await on.log.wait_state("offline")
        assert str(on.lights.history[-1]) == "offline"
        await on.log.wait("earcon")
        ask(on)
        await on.log.wait("wake", times=2)
        await on.log.wait_state("connecting", times=2)
        assert sounded("error") in on.speaker.heard
        assert on.log.of("playback_started") == [], "an earcon is no reply"


async def test_key_that_is_refused_is_an_error_and_no_network_trouble(tmp_path: Path) -> None:
    options = Options(accepted_key="another key")
    async with scene(tmp_path, turn(SHORT), options=options) as on:
        ask(on)
        closed = await on.log.wait("session_closed")
        await on.log.wait_state("offline")
        assert (closed["code"], closed["next"]) == (1007, "give-up")
        assert str(on.lights.history[-1]) == "refused"


async def test_missing_key_is_told_early_and_costs_only_the_session(tmp_path: Path) -> None:
    async with scene(tmp_path, environ={}) as on:
        assert "GEMINI_API_KEY" in on.app.health.troubles["key"]
        ask(on)
        await on.log.wait_state("offline")
        assert str(on.lights.history[-1]) == "refused"


async def test_key_is_in_no_line_of_the_trace(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT), options=Options(accepted_key="no")) as on:
        ask(on)
        await on.log.wait("session_closed")
    assert KEY not in (tmp_path / "trace.jsonl").read_text()


async def test_tool_that_fails_is_told_to_the_model_and_the_reply_comes(tmp_path: Path) -> None:
    call = ToolCall("set_output", {"name": "toaster", "on": True})
    async with scene(tmp_path, turn(call, SHORT)) as on:
        ask(on)
        await on.log.wait("turn_complete")
        answer = on.server.state.last.tool_responses[0].response
        assert "lamp" in str(answer["error"]), "it names the outputs there are"
        assert on.log.of("tool_result")[0]["ok"] is False
        assert await heard(on, SHORT.pcm)


async def test_model_may_end_the_conversation_after_its_goodbye(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(ToolCall("end_conversation", {}), SHORT)) as on:
        ask(on)
        await on.log.wait_state("idle")
        assert await heard(on, SHORT.pcm)


async def test_timer_rings_until_the_wake_word_and_that_starts_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.app.assistant.post(RingAsked("pasta"))
        await on.log.wait("earcon", times=2)
        ask(on)
        await on.log.wait("wake")
        await on.log.wait_state("idle")
        assert on.log.states() == ["ringing", "idle"]
        assert sounded("timer") in on.speaker.heard


async def test_new_conversation_opens_a_new_session_at_once(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG)) as on:
        ask(on)
        await on.log.wait("playback_started")
        on.app.assistant.post(StopAsked())
        on.button.press()
        await on.log.wait("session_ready", times=2)
        first, second = on.server.state.connections
        assert first.closed is not None, "the old socket is closed before the new one opens"
        assert second.closed is None


async def test_wake_word_after_which_nobody_speaks_costs_nothing(tmp_path: Path) -> None:
    patient = ConversationSettings(wake_wait_s=1.5)
    async with scene(tmp_path, conversation=patient) as on:
        on.microphone.say(recorded("okay_nabu"))
        await on.log.wait("earcon")
        await on.log.wait_state("idle")
        assert on.log.states() == ["waking", "idle"]
        assert [str(pattern) for pattern in on.lights.history[-2:]] == ["listening", "idle"]
        assert on.log.of("session_opening") == []
        assert not on.server.state.connections


async def test_chime_in_the_microphone_is_not_taken_for_the_user(tmp_path: Path) -> None:
    patient = ConversationSettings(wake_wait_s=1.5)
    async with scene(tmp_path, conversation=patient) as on:
        on.microphone.say(recorded("okay_nabu"))
        await on.log.wait("earcon")
        on.microphone.say(note(440, 0.25))
        await on.log.wait_state("idle")
        assert on.log.states() == ["waking", "idle"]


async def test_question_after_a_pause_is_sent_from_the_wake_word_on(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT)) as on:
        on.microphone.say(recorded("okay_nabu"))
        await on.log.wait("earcon")
        question = on.microphone.say(silence(frames_for(1.0)) + recorded("tell_story"))
        await on.log.wait("turn_complete")
        wake, opening = on.log.of("wake")[0], on.log.of("session_opening")[0]
        assert opening["t"] - wake["t"] > 1.0
        assert on.log.of("chunk_sent")[0]["first_frame"] == wake["frame"]
        assert wake["frame"] < question
        assert recorded("tell_story")[: bytes_for(8000)] in on.server.state.last.received


async def test_one_word_right_after_the_wake_word_opens_a_session(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.microphone.say(recorded("okay_nabu_stop"))
        wake = await on.log.wait("wake")
        assert (await on.log.wait("session_opening"))["t"] - wake["t"] < 0.3


async def test_silence_after_the_wake_word_ends_by_itself_when_not_waited_for(
    tmp_path: Path,
) -> None:
    trusting = ConversationSettings(wake_wait_s=0, follow_up_s=2.0)
    async with scene(tmp_path, conversation=trusting) as on:
        on.microphone.say(recorded("okay_nabu"))
        await on.log.wait_state("idle")
        assert on.log.states() == ["waking", "connecting", "listening", "idle"]
        assert 0 < on.server.state.last.heard_frames < frames_for(5.0)


async def test_server_is_told_once_that_the_user_has_spoken(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG)) as on:
        begin = ask(on)
        await on.log.wait("playback_started")
        await asyncio.sleep(0.5)  # a stretch of the reply, in which nothing is to be sent
        connection = on.server.state.last
        assert connection.audio_stream_ends == 1
        spoken_until = begin + len(recorded("wake_lamp")) // 2
        sent_until = on.log.of("wake")[0]["frame"] + connection.heard_frames
        assert spoken_until < sent_until < spoken_until + frames_for(0.8)


async def test_end_of_speech_is_left_to_the_server_when_asked_to(tmp_path: Path) -> None:
    lazy = ConversationSettings(end_silence_s=0)
    async with scene(tmp_path, turn(SHORT), conversation=lazy) as on:
        ask(on)
        await on.log.wait("turn_complete")
        assert on.server.state.last.audio_stream_ends == 0


async def test_user_who_speaks_on_after_a_pause_is_heard_whole(tmp_path: Path) -> None:
    # Its own end-pointing waits for 700 ms; the pause of the uplink begins after 600.
    async with scene(tmp_path, turn(SHORT), turn(SHORT)) as on:
        pause = silence(frames_for(1.0))
        on.microphone.say(recorded("wake_lamp") + pause + recorded("tell_story"))
        await on.server.state.wait_for(
            lambda state: any(one.audio_stream_ends >= 2 for one in state.connections)
        )
        received = on.server.state.last.received
    for sentence in ("wake_lamp", "tell_story"):
        assert recorded(sentence)[-bytes_for(16_000) :] in received
    assert recorded("tell_story") in received


async def test_guide_dialect_is_understood_by_a_server_that_speaks_it(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT), dialect="guide") as on:
        ask(on)
        await on.log.wait("turn_complete")
        assert await heard(on, SHORT.pcm)
        opening = on.server.state.last.setup
    assert opening is not None
    assert set(opening) == {"model", "responseModalities", "systemInstruction"}

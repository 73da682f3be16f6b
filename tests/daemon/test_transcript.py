"""What was said, in the log, where that was asked for."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from myna.config.schema import LogSettings
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from myna.transcript import Transcript
from support.scene import scene, turn
from support.speech import recorded

WORDS = "The secret word is xylophone."


def test_lines_are_what_each_has_said_to_the_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    transcript = Transcript()
    for event, text in [
        ("user_text", " What time"),
        ("user_text", " is\nit?"),
        ("reply_text", "It is"),
        ("reply_text", " noon."),
        ("turn_complete", ""),
        ("turn_complete", ""),
        ("user_text", "Thank you."),
        ("session_closed", ""),
    ]:
        transcript.on_event(0.0, event, {"text": text})  # type: ignore[arg-type]  # a list of both
    told = ["you: What time is it?", "myna: It is noon.", "you: Thank you."]
    assert caplog.messages == told


@pytest.mark.parametrize("is_wanted", [False, True])
async def test_log_holds_no_word_unless_it_was_asked_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_wanted: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = LogSettings(transcript=is_wanted)
    async with scene(tmp_path, turn(Speech(tone(440, 0.3), WORDS)), log=settings) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("reply_text")
        await on.log.wait("turn_complete")
    # The server of the test prints its frames.
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("myna")]
    assert ("xylophone" in str(ours)) is is_wanted

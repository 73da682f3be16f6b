"""The demo's run: server, daemon, person and story brought together, and judged."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from myna.app import App, running
from myna.conversation.states import Idle
from myna.demo.person import Person
from myna.demo.stage import KEY, demo_config
from myna.demo.story import Story
from myna.errors import CommandError
from myna.redaction import Redaction
from myna.simulator.service import Simulator
from myna.simulator.state import State as ServerState
from myna.trace import EventName, Trace
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.units import CAPTURE_RATE_HZ, SAMPLE_BYTES

HINT: Final = 'Say "okay nabu, turn on the lamp please". Ctrl-C ends the demo.'

_EXPECTED: Final[dict[EventName, int]] = {
    "wake": 1,
    "session_ready": 1,
    "tool_call": 2,
    "still_sent": 1,
    "interrupted": 1,
    "turn_complete": 4,
}


async def show(tell: Callable[[str], None], *, keep: Path | None, is_real: bool) -> None:
    """Run the demo.

    Args:
        tell: Takes each line of the story.
        keep: Folder for speaker.wav, microphone.wav and trace.jsonl; None keeps nothing.
        is_real: Talk to this machine's microphone instead of watching.

    Raises:
        CommandError: The conversation did not happen as it should.
    """
    story = Story(tell)
    trace = Trace(None if keep is None else keep / "trace.jsonl")
    trace.subscribe(story.on_event)
    with TemporaryDirectory(prefix="myna-demo-") as folder:
        async with Simulator() as server:
            config = demo_config(server.url, Path(folder), keep=keep, is_real=is_real)
            environ = {"GEMINI_API_KEY": KEY}
            async with running(config, environ, trace, Redaction()) as app:
                await _take_part(app, story, tell, is_real=is_real)
                is_lamp_on = app.body.outputs.states()["lamp"].level == 100
                _keep_microphone(app, keep)
        problems = [] if is_real else _problems(story, server.state, is_lamp_on=is_lamp_on)
    trace.close()
    story.tell_latencies()
    if problems:
        raise CommandError("the demo failed: " + "; ".join(problems))
    if not is_real:
        tell("All of it happened: wake word, tool, reply, barge-in, picture, and back to idle.")


async def _take_part(app: App, story: Story, tell: Callable[[str], None], *, is_real: bool) -> None:
    if not is_real:
        await Person(app, story.on_line).converse()
        return
    tell(HINT)
    await app.assistant.until(lambda state: not isinstance(state, Idle))
    await app.assistant.until_at_rest()


def _problems(story: Story, server: ServerState, *, is_lamp_on: bool) -> list[str]:
    """Say what of the dialogue did not happen; empty when all of it did."""
    problems = [
        f"{event}: {story.counts.get(event, 0)} instead of {times}"
        for event, times in _EXPECTED.items()
        if story.counts.get(event, 0) != times
    ]
    if not is_lamp_on:
        problems.append("the lamp is not on")
    closed = server.last.closed
    if closed is None or closed.code != 1000:
        problems.append(f"the server saw the session end with {closed}")
    return problems


def _keep_microphone(app: App, keep: Path | None) -> None:
    if keep is None or not isinstance(app.body.microphone, SimulatedMicrophone):
        return
    with wave.open(str(keep / "microphone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(CAPTURE_RATE_HZ)
        file.writeframes(app.body.microphone.heard)

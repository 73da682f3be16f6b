"""A tool that needs a yes, through the whole daemon: the model asks, a hand answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from myna.config.schema import ToolsSettings
from myna.conversation.events import StopAsked
from myna.simulator.messages import FunctionResponse
from myna.simulator.script import End, Message, Pause, Speech, ToolCall, WaitFor
from myna.simulator.sounds import tone
from myna.tools.rules import ToolRule
from myna_hardware.gpio import SimulatedPins
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import ButtonSettings
from support.cli import Home, simulated
from support.scene import Scene, scene, turn
from support.speech import recorded

Deed: TypeAlias = Callable[[Scene], Awaitable[None] | None]

CALL: Final = ToolCall("set_output", {"name": "lamp", "on": True}, id="lamp", wait=False)
ASKS: Final = Speech(tone(440, 0.4), "Please press the button.")
TALKS: Final = Speech(tone(440, 2.5), "While you press the button, let me tell you a story.")
DONE: Final = Speech(tone(660, 0.4), "It is on.")
ANSWERED: Final = WaitFor("tool_response")
CONFIRM: Final = ToolsSettings(rules={"set_output": ToolRule(risk="confirm")})
HURRIED: Final = ToolsSettings(rules=CONFIRM.rules, confirm_wait_s=0.3)
TALK: Final = ButtonSettings(driver="simulated", pin=27, mode="talk")
PIN: Final = 22


def pins(on: Scene) -> SimulatedPins:
    assert isinstance(on.app.body.outputs, SimulatedOutputs)
    return on.app.body.outputs.pins


def is_lit(on: Scene) -> bool:
    return pins(on).level(PIN) == 1


def outcomes(on: Scene) -> list[str]:
    return [line["outcome"] for line in on.log.of("confirm")]


def answers(on: Scene) -> list[FunctionResponse]:
    return [answer for one in on.server.state.connections for answer in one.tool_responses]


async def asked(on: Scene) -> None:
    """Ask for the lamp, and wait until the speaker asks back."""
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait("confirm")
    await question_shown(on)


async def question_shown(on: Scene) -> None:
    async with asyncio.timeout(10):
        while on.log.of("lights")[-1]["pattern"] != "question":
            await on.log.wait("lights", times=len(on.log.of("lights")) + 1)


async def command(on: Scene, *words: str) -> tuple[int, str, str]:
    """Run a command against the daemon of the scene."""
    home = Home(on.config.state.dir.parent if on.config.state.dir else Path())
    home.config.write_text(simulated(home.folder))
    done = await home.myna(*words)
    return done.code, done.out, done.err


async def press(on: Scene) -> None:
    on.button.press()


async def confirm(on: Scene) -> None:
    told = await command(on, "confirm")
    assert told == (0, 'set_output(name="lamp", on=true)\n', "")


async def push_and_let_go(on: Scene) -> None:
    on.button.push_down()
    on.button.let_go()


@pytest.mark.parametrize("answer", [press, confirm])
async def test_lamp_waits_for_a_yes_and_the_model_hears_of_it_once(
    tmp_path: Path, answer: Deed
) -> None:
    async with scene(tmp_path, turn(CALL, ASKS, ANSWERED, DONE), tools=CONFIRM) as on:
        await asked(on)
        assert [line["name"] for line in on.log.of("earcon")] == ["question"]
        assert not is_lit(on)
        assert "needs a yes" in description_of(on, "set_output")
        await do(answer, on)
        told = await on.log.wait("tool_result")
        assert (told["id"], told["ok"]) == ("lamp", True)
        assert is_lit(on)
        await on.log.wait("turn_complete")
        assert outcomes(on) == ["wanted", "given"]
        assert on.log.of("lights")[-1]["pattern"] != "question"
        (only,) = answers(on)
        assert (only.id, only.response["output"]["on"]) == ("lamp", True)


async def do(deed: Deed, on: Scene) -> None:
    outcome = deed(on)
    if outcome is not None:
        await outcome


def description_of(on: Scene, name: str) -> str:
    setup = on.server.state.last.setup
    assert setup is not None
    declared = [tool for group in setup["tools"] for tool in group.get("functionDeclarations", ())]
    return next(str(tool["description"]) for tool in declared if tool["name"] == name)


async def test_lamp_stays_off_when_nobody_answers(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(CALL, ASKS, ANSWERED, DONE), tools=HURRIED) as on:
        await asked(on)
        told = await on.log.wait("tool_result")
        assert told["ok"] is False
        assert outcomes(on) == ["wanted", "unanswered"]
        await on.log.wait("turn_complete")
        (only,) = answers(on)
        assert "nobody said yes within 0.3 s" in only.response["error"]
        assert await command(on, "confirm") == (
            1,
            "",
            "myna: nothing waits for a yes: ask the speaker for it first\n",
        )
        assert not is_lit(on)


def double_press(on: Scene) -> None:
    on.button.double_press()


def stop(on: Scene) -> None:
    on.app.assistant.post(StopAsked())


def hold(on: Scene) -> None:
    on.button.hold()


def flip(on: Scene) -> None:
    on.mute_switch.flip()


@pytest.mark.parametrize(
    ("end", "state", "says"),
    [
        (double_press, "idle", TALKS),
        (stop, "idle", ASKS),
        (hold, "muted", ASKS),
        (flip, "muted", TALKS),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_end_of_the_conversation_is_a_no_and_a_later_press_switches_nothing(
    tmp_path: Path, end: Deed, state: str, says: Speech
) -> None:
    async with scene(tmp_path, turn(CALL, says, ANSWERED, DONE), tools=CONFIRM) as on:
        await asked(on)
        await do(end, on)
        await on.log.wait_state(state)
        told = await on.log.wait("tool_result")
        assert told["ok"] is False
        assert outcomes(on) == ["wanted", "refused"]
        assert on.log.of("lights")[-1]["pattern"] != "question"
        on.button.press()
        await on.log.wait("button", times=len(on.log.of("button")) + 1)
        code, _, error = await command(on, "confirm")
        assert (code, error) == (
            1,
            "myna: nothing waits for a yes: ask the speaker for it first\n",
        )
        assert not is_lit(on)
        assert answers(on) == []


async def test_loss_of_the_session_is_a_no(tmp_path: Path) -> None:
    gone = turn(CALL, Pause(0.5), End("quota"))
    async with scene(tmp_path, gone, tools=CONFIRM) as on:
        await asked(on)
        await on.log.wait_state("offline")
        assert (await on.log.wait("tool_result"))["ok"] is False
        on.button.press()
        await on.log.wait_state("connecting", times=2)
        assert outcomes(on) == ["wanted", "refused"]
        assert not is_lit(on)


async def test_call_that_the_model_takes_back_asks_no_more(tmp_path: Path) -> None:
    takes_back = Message({"toolCallCancellation": {"ids": ["lamp"]}})
    async with scene(tmp_path, turn(CALL, Pause(0.5), takes_back, DONE), tools=CONFIRM) as on:
        await asked(on)
        await on.log.wait("confirm", times=2)
        await on.log.wait("turn_complete")
        assert outcomes(on) == ["wanted", "cancelled"]
        assert on.log.of("lights")[-1]["pattern"] != "question"
        assert (await command(on, "confirm"))[0] == 1
        assert (is_lit(on), answers(on)) == (False, [])


@pytest.mark.parametrize(
    ("answer", "button"),
    [(press, ButtonSettings(driver="simulated", pin=27)), (push_and_let_go, TALK)],
    ids=["press", "talk"],
)
async def test_press_that_answers_neither_cuts_the_reply_nor_ends_the_conversation(
    tmp_path: Path, answer: Deed, button: ButtonSettings
) -> None:
    story = turn(CALL, TALKS, ANSWERED, DONE)
    async with scene(tmp_path, story, tools=CONFIRM, button=button) as on:
        await asked(on)
        await on.log.wait("playback_started")
        await do(answer, on)
        assert (await on.log.wait("tool_result"))["ok"]
        await on.log.wait("turn_complete")
        await on.log.wait_state("listening", times=2)
        assert on.log.of("playback_flushed") == []
        assert on.log.of("interrupted") == []
        assert "idle" not in on.log.states()
        assert TALKS.pcm[len(TALKS.pcm) // 2 :] in on.speaker.heard, "the notes are over by then"
        assert is_lit(on)


async def test_second_wish_waits_until_the_first_is_answered(tmp_path: Path) -> None:
    off = ToolCall("set_output", {"name": "lamp", "level": 30}, id="dim", wait=False)
    async with scene(tmp_path, turn(CALL, off, ASKS, ANSWERED, DONE), tools=CONFIRM) as on:
        await asked(on)
        refused = await on.log.wait("tool_result")
        assert (refused["id"], refused["ok"]) == ("dim", False)
        on.button.press()
        assert (await on.log.wait("tool_result", times=2))["id"] == "lamp"
        await on.log.wait("turn_complete")
        told: Mapping[str, FunctionResponse] = {answer.id: answer for answer in answers(on)}
        assert "the user is being asked about set_output" in told["dim"].response["error"]
        assert len(answers(on)) == 2
        assert is_lit(on)

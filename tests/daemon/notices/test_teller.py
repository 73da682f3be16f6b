"""Who says it when: the shell, with signals that only take notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from myna.audio.signals import Signals
from myna.conversation.events import Trouble
from myna.conversation.states import (
    Connecting,
    Idle,
    Listening,
    Muted,
    Offline,
    Ringing,
    Speaking,
    State,
    Thinking,
    Waking,
)
from myna.health import Health
from myna.notices import teller, telling
from myna.notices.catalogue import Notice
from myna.notices.recordings import recording
from myna.notices.teller import Teller, Voice
from myna.trace import Trace
from myna_hardware.units import Frames

AWAY = Offline(Trouble("no network", "network"))
WORDS = {recording(notice): notice.value for notice in Notice}


class Mouth:
    """Signals that take notes instead of sounding."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.cuts = 0
        self.may_speak = True
        self._changed = asyncio.Event()

    def say(self, pcm: bytes) -> float:
        self.said.append(WORDS[pcm])
        self._changed.set()
        return 1.5

    def hush_words(self) -> None:
        self.cuts += 1

    async def until(self, count: int) -> list[str]:
        """Wait until so many sentences were said."""
        async with asyncio.timeout(5):
            while len(self.said) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.said


class Stage:
    """A teller among those who tell it."""

    def __init__(self) -> None:
        self.mouth = Mouth()
        self.health = Health(Trace())
        self.ignored_s: list[float] = []
        self.is_half_duplex = False
        signals = cast("Signals", self.mouth)
        voice = Voice(signals, self.ignored_s.append, lambda: self.is_half_duplex)
        self.state: State = Idle()
        self.teller = Teller(voice, self.health, Trace(), self.state)
        self.health.watch(self.teller.note_part)

    def go(self, *states: State) -> None:
        """Let the conversation go through `states`."""
        for state in states:
            before, self.state = self.state, state
            self.teller.note_state(before, state)

    async def nothing_said(self) -> None:
        """See that nothing is said, however long it is waited for what is under way."""
        self.teller._changed.set()
        for _ in range(5):
            await asyncio.sleep(0.02)
        assert self.mouth.said == []


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(telling, "SETTLE_S", 0.0)
    async with _running(Stage()) as running:
        yield running


@asynccontextmanager
async def _running(stage: Stage) -> AsyncIterator[Stage]:
    task: asyncio.Task[Any] = asyncio.create_task(stage.teller.run())
    yield stage
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize(
    "busy",
    [
        (Waking(Frames(0)),),
        (Connecting(),),
        (Listening(),),
        (Thinking(),),
        (Speaking(),),
        (Ringing(()),),
    ],
)
async def test_words_wait_until_nothing_goes_on(stage: Stage, busy: tuple[State, ...]) -> None:
    stage.go(*busy)
    stage.health.degrade("microphone", "gone")
    await stage.nothing_said()
    stage.go(Idle())
    assert await stage.mouth.until(1) == ["microphone"]


async def test_words_wait_for_a_speaker_to_come_out_of(stage: Stage) -> None:
    stage.health.degrade("speaker", "gone")
    stage.health.degrade("microphone", "gone")
    stage.go(Connecting(), AWAY)
    await stage.nothing_said()
    stage.health.recover("speaker")
    assert await stage.mouth.until(1) == ["microphone"], "the answer came too late, and is none"


async def test_words_wait_for_the_morning(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teller, "LOOK_S", 0.05)
    stage.mouth.may_speak = False
    stage.teller.note_missed()
    await stage.nothing_said()
    stage.mouth.may_speak = True
    assert await stage.mouth.until(1) == ["missed"]


async def test_part_without_words_is_not_told(stage: Stage) -> None:
    stage.health.degrade("lights", "gone")
    stage.health.recover("lights")
    await stage.nothing_said()


async def test_caller_is_answered_at_once_and_the_next_one_cuts_it_short(stage: Stage) -> None:
    stage.go(Connecting(), AWAY)
    assert await stage.mouth.until(1) == ["offline"]
    assert stage.ignored_s == [2.0], "the microphone hears it"
    stage.go(Waking(Frames(0)))
    assert stage.mouth.cuts == 1
    stage.go(Idle(), Waking(Frames(0)))
    assert stage.mouth.cuts == 1, "there was nothing left to cut"


async def test_stop_ends_the_words(stage: Stage) -> None:
    stage.go(Connecting(), AWAY)
    await stage.mouth.until(1)
    stage.go(Idle())
    assert stage.mouth.cuts == 1


async def test_caller_who_goes_on_at_once_is_not_talked_over(stage: Stage) -> None:
    stage.go(Connecting(), AWAY, Waking(Frames(0)))
    await stage.nothing_said()


async def test_session_that_opens_says_more_than_words(stage: Stage) -> None:
    stage.go(Connecting(), AWAY)
    await stage.mouth.until(1)
    stage.mouth.said.clear()
    stage.health.degrade("session", "no network")
    stage.go(Connecting())
    stage.health.recover("session")
    stage.go(Listening(), Idle())
    await stage.nothing_said()


async def test_server_that_is_back_while_nobody_calls_is_told(stage: Stage) -> None:
    stage.health.degrade("session", "no network")
    stage.go(Connecting(), AWAY)
    await stage.mouth.until(1)
    stage.go(Idle())
    stage.health.recover("session")
    assert await stage.mouth.until(2) == ["offline", "back"]


async def test_muted_speaker_speaks(stage: Stage) -> None:
    stage.go(Muted())
    stage.health.degrade("clock", "unsure")
    assert await stage.mouth.until(1) == ["clock"]


async def test_question_is_asked_each_time_and_ends_with_the_answer(stage: Stage) -> None:
    stage.go(Thinking())
    for count in (1, 2):
        stage.teller.note_question(True)
        assert await stage.mouth.until(count) == ["question"] * count
        stage.teller.note_question(False)
        assert stage.mouth.cuts == count


@pytest.mark.parametrize("over", ["reply", "half duplex", "night", "answered"])
async def test_question_is_without_words_where_they_would_do_harm(stage: Stage, over: str) -> None:
    stage.go(Speaking() if over == "reply" else Thinking())
    stage.is_half_duplex = over == "half duplex"
    stage.mouth.may_speak = over != "night"
    stage.teller.note_question(True)
    if over == "answered":
        stage.teller.note_question(False)
    await stage.nothing_said()

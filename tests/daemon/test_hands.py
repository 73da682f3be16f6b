"""What hands do, and what becomes of it: events for a real conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest

from myna.assistant import Assistant
from myna.audio.playback import Playback
from myna.conversation.effects import Effect
from myna.conversation.events import MuteLocked, MuteUnlocked, RingAsked
from myna.conversation.states import Connecting, Idle, Muted, Ringing, State, Timing, name_of
from myna.errors import ToolError
from myna.hands import Deed, Hands, Turned
from myna.line.link import Link
from myna.performer import Performer
from myna.stills import StillStream
from myna.tools.consent import Consent
from myna.trace import Trace
from myna.volume import Volume
from myna_hardware.interfaces import Gesture
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.settings import LightsSettings
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.units import Frames
from support.virtual_loop import run_virtually

DOUBLE_S = 0.4

NOW = Frames(4800)
"""The frame that the microphone has come to."""


class Bystander(Performer):
    """Performs nothing."""

    def __init__(self) -> None:
        pass

    def perform(self, effect: Effect) -> None:
        """Let it be."""


class QuietLink:
    """A line to a server that nobody calls, and a camera; notes what the button did."""

    next_frame = NOW

    def __init__(self) -> None:
        self.notes: list[tuple[object, ...]] = []

    @property
    def uplink(self) -> QuietLink:
        """As far as hands want to know."""
        return self

    def note_speech_started(self, frame: Frames, *, is_by_button: bool = False) -> None:
        """Remember it."""
        self.notes.append(("started", frame, is_by_button))

    def show(self, jpeg: bytes) -> None:
        """Do not."""

    def start(self, show: Callable[[bytes], None]) -> None:
        """Begin to take pictures."""
        assert show == self.show
        self.notes.append(("looks",))

    def stop(self) -> None:
        """Take no more of them."""
        self.notes.append(("looks away",))

    def note_speech_ended(self, *, is_by_button: bool = False) -> None:
        """Remember it."""
        self.notes.append(("ended", is_by_button))


class Speaker:
    """A conversation, and the hands on it."""

    def __init__(self, beginning: Idle | Muted) -> None:
        self.traced: list[tuple[object, ...]] = []
        trace = Trace()
        trace.subscribe(lambda _t, event, fields: self.traced.append((event, *fields.values())))
        self.lights = SimulatedLights(LightsSettings(driver="simulated", pin=17))
        self.assistant = Assistant(self.lights, trace, Timing(), beginning)
        self.link = QuietLink()
        playback = Playback(lambda _periods: SimulatedSpeaker(), lambda _event: None, 50)
        self.volume = Volume(playback, self.lights, trace, percent_per_step=5)
        self.consent = Consent(trace)
        self.consent.watch(self.assistant.show_question)
        self.shutdowns: list[Callable[[], None]] = []
        self._hands = Hands(
            self.assistant,
            cast("Link", self.link),
            cast("StillStream", self.link),
            self.volume,
            trace,
            consent=self.consent,
            double_s=DOUBLE_S,
            shut_down=self.shutdowns.append,
        )

    async def feel(self, *deeds: Deed) -> State:
        """Do something to the speaker, one thing after another; return what came of it."""
        for deed in deeds:
            self._hands.feel(deed)
            await settle()
        return self.assistant.state

    def patterns(self) -> list[str]:
        """Return what the lights have shown."""
        return [pattern.value for pattern in self.lights.history]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def speaker(request: pytest.FixtureRequest) -> AsyncIterator[Speaker]:
    """A speaker that begins as the test's parameter says, or at rest."""
    beginning: Any = getattr(request, "param", Idle())
    speaker = Speaker(beginning)
    running = asyncio.create_task(speaker.assistant.run(Bystander()))
    await settle()
    yield speaker
    running.cancel()
    speaker.lights.close()


def beginning_with(*beginnings: Idle | Muted) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("speaker", beginnings, indirect=True, ids=repr)


async def test_press_listens_from_the_frame_of_now(speaker: Speaker) -> None:
    assert await speaker.feel(Gesture.PRESS) == Connecting(frame=NOW)
    assert ("button", "press") in speaker.traced


async def test_double_press_ends_the_conversation(speaker: Speaker) -> None:
    assert await speaker.feel(Gesture.PRESS, Gesture.DOUBLE) == Idle()


async def test_hold_mutes_and_the_next_unmutes(speaker: Speaker) -> None:
    assert await speaker.feel(Gesture.HOLD) == Muted()
    assert await speaker.feel(Gesture.HOLD) == Idle()


async def test_knob_turns_the_volume(speaker: Speaker) -> None:
    await speaker.feel(Turned(2), Turned(-1))
    assert [line for line in speaker.traced if line[0] == "volume"] == [
        ("volume", 60),
        ("volume", 55),
    ]
    assert speaker.volume.percent == 55


async def test_mute_switch_is_stronger_than_the_button(speaker: Speaker) -> None:
    locked = Muted(is_locked=True)
    assert await speaker.feel(MuteLocked()) == locked
    assert await speaker.feel(Gesture.HOLD) == locked
    assert await speaker.feel(Gesture.PRESS) == locked
    assert await speaker.feel(MuteUnlocked()) == Idle()
    assert [line for line in speaker.traced if line[0] == "mute_switch"] == [
        ("mute_switch", True),
        ("mute_switch", False),
    ]


# --- push-to-talk -----------------------------------------------------------------------


async def test_button_alone_tells_where_the_utterance_begins_and_ends(speaker: Speaker) -> None:
    state = await speaker.feel(Gesture.TALK)
    assert isinstance(state, Connecting)
    assert (state.frame, state.talk.is_user_speaking, state.talk.is_by_button) == (NOW, True, True)
    state = await speaker.feel(Gesture.OVER)
    assert isinstance(state, Connecting)
    assert (state.talk.is_user_speaking, state.has_user_spoken) == (False, True)
    assert speaker.link.notes == [
        *(("started", NOW, True), ("looks",)),
        *(("ended", True), ("looks away",)),
    ]


@beginning_with(Muted(), Muted(is_locked=True))
async def test_talk_button_of_a_muted_speaker_does_nothing(speaker: Speaker) -> None:
    before = speaker.assistant.state
    assert await speaker.feel(Gesture.TALK, Gesture.OVER) == before
    assert speaker.link.notes == [("ended", True), ("looks away",)]


# --- shutting down ----------------------------------------------------------------------

HELD: tuple[Deed, ...] = (Gesture.HOLD, Gesture.COUNTDOWN)


@beginning_with(Idle(), Muted(), Muted(is_locked=True))
@pytest.mark.parametrize("end", [Gesture.CANCEL, Gesture.SHUTDOWN])
async def test_hold_that_counts_down_leaves_mute_as_it_was(speaker: Speaker, end: Gesture) -> None:
    before = speaker.assistant.state
    assert await speaker.feel(*HELD) == before
    assert await speaker.feel(end) == before


async def test_hold_that_stops_a_ring_and_counts_down_leaves_mute_as_it_was(
    speaker: Speaker,
) -> None:
    await speaker.feel(Gesture.HOLD)
    speaker.assistant.post(RingAsked("eggs"))
    await settle()
    assert isinstance(speaker.assistant.state, Ringing)
    assert await speaker.feel(*HELD, Gesture.CANCEL) == Muted()


async def test_hold_that_counts_down_ends_the_conversation(speaker: Speaker) -> None:
    assert await speaker.feel(Gesture.PRESS, *HELD) == Idle()


async def test_countdown_is_shown_until_the_button_is_let_go(speaker: Speaker) -> None:
    await speaker.feel(*HELD)
    assert speaker.patterns()[-1] == "countdown"
    await speaker.feel(Gesture.CANCEL)
    assert speaker.patterns() == ["idle", "muted", "countdown", "idle"]
    assert speaker.shutdowns == []


async def test_countdown_is_shown_over_whatever_happens_meanwhile(speaker: Speaker) -> None:
    await speaker.feel(*HELD, MuteLocked())
    assert speaker.patterns()[-1] == "countdown"
    await speaker.feel(Gesture.CANCEL)
    assert speaker.patterns()[-1] == "muted"


async def test_countdown_to_its_end_shuts_down_once_and_is_shown_meanwhile(
    speaker: Speaker,
) -> None:
    await speaker.feel(*HELD)
    assert speaker.shutdowns == []
    await speaker.feel(Gesture.SHUTDOWN)
    assert len(speaker.shutdowns) == 1
    assert speaker.patterns()[-1] == "countdown"


async def test_shutdown_that_is_refused_is_shown_no_more(speaker: Speaker) -> None:
    await speaker.feel(*HELD, Gesture.SHUTDOWN)
    (refuse,) = speaker.shutdowns
    refuse()
    assert speaker.patterns()[-1] == "idle"
    assert name_of(await speaker.feel(Gesture.PRESS)) == "connecting"


# --- a question -------------------------------------------------------------------------


async def answered(speaker: Speaker, *gestures: Gesture, wish: str = "open_garage()") -> str:
    """Ask for a yes while hands do something; return what came of it."""
    asking = asyncio.create_task(speaker.consent.ask("open_garage", wish))
    await settle()
    assert speaker.patterns()[-1] == "question"
    await speaker.feel(*gestures)
    try:
        await asking
    except ToolError as error:
        return error.spoken
    return "yes"


@pytest.mark.parametrize("gestures", [(Gesture.PRESS,), (Gesture.TALK, Gesture.OVER)])
def test_press_answers_a_question_and_does_nothing_else(gestures: tuple[Gesture, ...]) -> None:
    async def story() -> None:
        speaker = Speaker(Idle())
        running = asyncio.create_task(speaker.assistant.run(Bystander()))
        assert await answered(speaker, *gestures) == "yes"
        await settle()
        assert speaker.patterns()[-1] == "idle"
        assert (speaker.assistant.state, speaker.link.notes) == (Idle(), [])
        if Gesture.TALK in gestures:  # the next one is to talk, as ever
            assert name_of(await speaker.feel(Gesture.TALK)) == "connecting"
            await speaker.feel(Gesture.OVER)
            notes = [note[0] for note in speaker.link.notes]
            assert notes == ["started", "looks", "ended", "looks away"]
        running.cancel()

    run_virtually(story())


def test_double_press_stops_and_its_first_press_is_no_yes() -> None:
    async def story() -> None:
        speaker = Speaker(Idle())
        spoken = await answered(speaker, Gesture.PRESS, Gesture.DOUBLE)
        assert spoken == "open_garage was not done: nobody said yes within 25 s. Tell the user so"

    run_virtually(story())


def test_press_says_yes_to_no_other_question_than_the_one_that_was_asked() -> None:
    async def story() -> None:
        speaker = Speaker(Idle())
        first = asyncio.create_task(speaker.consent.ask("open_garage", "open_garage()"))
        await settle()
        await speaker.feel(Gesture.PRESS)
        first.cancel()
        await settle()
        assert "nobody said yes" in await answered(speaker, wish="open_door()")

    run_virtually(story())


def test_press_that_comes_twice_slowly_is_one_yes() -> None:
    async def story() -> None:
        speaker = Speaker(Idle())
        assert await answered(speaker, Gesture.PRESS, Gesture.PRESS) == "yes"

    run_virtually(story())

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.button.gestures import GestureReader
from myna_hardware.button.reading import STUCK_S, ButtonReader, Fluttering, Stuck, Trouble
from myna_hardware.contact.reader import QUIET_S, SETTLE_S, ContactReader
from myna_hardware.interfaces import Gesture
from support.gestures import PRESS_GRAMMAR, TALK_GRAMMAR, spell


class Finger:
    """A reader of a button, and the finger on that button."""

    def __init__(
        self, *, is_closed: bool = False, is_for_talk: bool = False, hold_s: float = 1.0
    ) -> None:
        gestures = GestureReader(hold_s, 0.4, shuts_down=True, is_for_talk=is_for_talk)
        self.reader = ButtonReader(ContactReader(0.0, is_closed=is_closed), gestures)
        self.is_closed = is_closed
        self.now_s = 0.0
        self.gestures: list[Gesture] = []
        self.troubles: list[Trouble | None] = [self.reader.trouble]

    def wait(self, seconds: float, *, looks: bool = True) -> None:
        """Let time pass, with a look whenever one is due, or without any."""
        end_s = self.now_s + seconds
        while looks and (due_s := self.reader.deadline_s) is not None and due_s <= end_s:
            self.now_s = max(self.now_s, due_s)
            self._take(self.reader.on_look(self.now_s, is_closed=self.is_closed))
        self.now_s = end_s

    def change(self) -> None:
        self.is_closed = not self.is_closed
        if self.reader.wants_edges:
            self._take(self.reader.on_edge(self.now_s, is_closed=self.is_closed))

    def push(self, seconds: float) -> None:
        self.change()
        self.wait(seconds)
        self.change()
        self.wait(SETTLE_S * 1.01)

    def flutter(self, seconds: float) -> None:
        for _ in range(2 * round(seconds * 50)):
            self.change()
            self.wait(0.01)

    def _take(self, gestures: object) -> None:
        assert isinstance(gestures, tuple)
        self.gestures += gestures
        if self.reader.trouble != self.troubles[-1]:
            self.troubles.append(self.reader.trouble)


def test_button_closed_from_the_start_is_ignored_until_released() -> None:
    finger = Finger(is_closed=True)
    finger.wait(120)
    assert finger.troubles == [Stuck(is_from_start=True)]
    finger.change()
    finger.wait(1)
    assert finger.troubles == [Stuck(is_from_start=True), None]
    assert finger.gestures == []
    finger.push(0.1)
    assert finger.gestures == [Gesture.PRESS]


def test_button_pressed_without_end_is_stuck_until_released() -> None:
    finger = Finger()
    finger.push(STUCK_S - 1)
    assert finger.troubles == [None]
    finger.push(STUCK_S + 1)
    assert finger.troubles == [None, Stuck(is_from_start=False), None]
    finger.gestures.clear()
    finger.push(0.1)
    assert finger.gestures == [Gesture.PRESS]


def test_button_stuck_while_talking_is_over_before_it_is_released() -> None:
    finger = Finger(is_for_talk=True)
    finger.change()
    finger.wait(STUCK_S + 5)
    assert finger.gestures == [Gesture.TALK, Gesture.OVER]


def test_hold_is_told_when_it_is_one() -> None:
    finger = Finger(hold_s=1.05)
    finger.change()
    finger.wait(1.05 + SETTLE_S + 0.001)
    assert finger.gestures == [Gesture.HOLD]


def test_flutter_takes_back_a_countdown() -> None:
    finger = Finger()
    finger.change()
    finger.wait(5)
    finger.flutter(1)
    finger.wait(20)
    assert finger.gestures == [Gesture.HOLD, Gesture.COUNTDOWN, Gesture.CANCEL]


def test_flutter_ends_talking() -> None:
    finger = Finger(is_for_talk=True)
    finger.change()
    finger.wait(5)
    finger.flutter(1)
    assert finger.gestures == [Gesture.TALK, Gesture.OVER]


def test_button_that_is_closed_after_flutter_is_stuck_until_released() -> None:
    finger = Finger()
    finger.flutter(1)
    finger.change()
    finger.wait(QUIET_S * 2)
    flutter, stuck = finger.troubles[1:]
    assert isinstance(flutter, Fluttering)
    assert stuck == Stuck(is_from_start=False)
    finger.wait(20)
    finger.change()
    finger.wait(1)
    assert finger.troubles[-1] is None
    assert finger.gestures == []


def test_meaning_of_edges_does_not_wait_for_looks() -> None:
    finger = Finger()
    for length_s in (0.1, 12.0):
        finger.change()
        finger.wait(length_s, looks=False)
        finger.change()
        finger.wait(5, looks=False)
    finger.wait(1)
    assert finger.gestures == [
        Gesture.PRESS,
        Gesture.HOLD,
        Gesture.COUNTDOWN,
        Gesture.SHUTDOWN,
    ]


trains = st.lists(
    st.one_of(st.floats(0.001, 0.03), st.floats(0.03, 1.5), st.floats(1.5, 15), st.just(STUCK_S)),
    max_size=60,
)
"""Pauses between the changes of a contact: bounces, presses, holds, and worse."""


@given(trains, st.booleans(), st.booleans())
def test_random_edge_trains_give_only_legal_gestures(
    pauses_s: list[float], is_closed: bool, is_for_talk: bool
) -> None:
    finger = Finger(is_closed=is_closed, is_for_talk=is_for_talk)
    for pause_s in pauses_s:
        finger.wait(pause_s)
        finger.change()
    finger.wait(100)
    grammar = TALK_GRAMMAR if is_for_talk else PRESS_GRAMMAR
    assert grammar.fullmatch(spell(finger.gestures))


@given(trains, st.lists(st.booleans(), min_size=60, max_size=60))
def test_gestures_depend_on_the_edges_alone(pauses_s: list[float], looks: list[bool]) -> None:
    prompt, late = Finger(), Finger()
    for pause_s, has_looks in zip(pauses_s, looks, strict=False):
        prompt.wait(pause_s)
        late.wait(pause_s, looks=has_looks)
        if not prompt.reader.wants_edges:
            return
        prompt.change()
        late.change()
    prompt.wait(100)
    late.wait(100)
    assert late.gestures == prompt.gestures

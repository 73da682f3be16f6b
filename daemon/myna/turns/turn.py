"""One turn that goes on, and the marks that it has met. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field

from myna.turns.timing import Beginning, Mark, Outcome, Timing, timing


@dataclass(slots=True)
class Turn:
    """A turn that goes on.

    Attributes:
        began_by: What began it.
        began_s: When, on the trace's clock.
        has_words: Whether the user has said something in it.
        marks: What was met so far, and when.
    """

    began_by: Beginning
    began_s: float
    has_words: bool = False
    marks: list[tuple[float, Mark]] = field(default_factory=list)

    def find(self, mark: Mark) -> float | None:
        """Return when `mark` was met first."""
        return next((at_s for at_s, each in self.marks if each == mark), None)

    def hear(self, at_s: float, one_breath_s: float) -> None:
        """The user speaks from `at_s` on; what seemed to be the end of it was a pause.

        Args:
            at_s: On the trace's clock.
            one_breath_s: Who says the first word later than this has waited until then,
                and the turn begins there.
        """
        self._forget("end_of_speech", "pause_sent")
        if not self.has_words and at_s - self.began_s > one_breath_s:
            self.began_s = at_s
            self.marks = [each for each in self.marks if each[0] >= at_s]
        self.has_words = True

    def hear_end(self, from_s: float, until_s: float) -> None:
        """What the user said from `from_s` on was over at `until_s`; not so if it was later."""
        audio_s = self.find("first_audio")
        if audio_s is None or from_s <= audio_s:
            self._meet("end_of_speech", until_s)

    def meet_before_reply(self, mark: Mark, at_s: float) -> None:
        """Note a mark on the way to the reply; nothing waits for it any more once that is there."""
        if self.find("first_audio") is not None:
            return
        is_known = {
            "session_opening": bool(self.marks),
            "first_chunk": self.find("first_chunk") is not None,
        }
        if not is_known.get(mark):
            self._meet(mark, at_s)

    def meet_sound(self, at_s: float) -> None:
        """The reply sounds."""
        if self.find("first_audio") is not None and self.find("first_sound") is None:
            self._meet("first_sound", at_s)

    def heard(self, silence_s: float, ended_s: float) -> Timing:
        """The reply was heard out at `silence_s`; return the times."""
        self._meet("silence", silence_s)
        return self._over("heard", ended_s)

    def cut(self, cut_in_s: float | None, silence_s: float) -> Timing:
        """The reply was cut at `silence_s`, by whoever cut in, if anybody; return the times."""
        if cut_in_s is not None:
            self._meet("barge_in", cut_in_s)
        self._meet("silence", silence_s)
        return self._over("cut", silence_s)

    def given_up(self, ended_s: float) -> Timing:
        """No reply came; return the times."""
        self._meet("given_up", ended_s)
        return self._over("unanswered", ended_s)

    def _meet(self, mark: Mark, at_s: float) -> None:
        self.marks.append((max(at_s, self.began_s), mark))

    def _forget(self, *unmet: Mark) -> None:
        self.marks = [each for each in self.marks if each[1] not in unmet]

    def _over(self, outcome: Outcome, ended_s: float) -> Timing:
        return timing(self.began_by, self.began_s, self.marks, outcome, ended_s)

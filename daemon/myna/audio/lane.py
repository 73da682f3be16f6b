"""One of the sounds that are mixed: a queue that starts and stops without a click. PURE.

A sound that is cut falls to silence over 3 ms. One that runs dry dies away over 10 ms
and comes back over 3 ms; whether the network stalled or the reply is over cannot be
told here, but a reply that is over ends quietly, and to that nothing is added.
"""

from __future__ import annotations

from myna.audio.fades import CONCEAL, FADE, dying, fade_in, fade_out, is_torn
from myna.audio.playout import Playout
from myna_hardware.units import Frames, bytes_for, frames_in


class Lane:
    """A playout with soft edges.

    Attributes:
        is_torn: Whether it ran dry within a sound, and nothing came since.

    Args:
        limit: The most that may be queued.
    """

    def __init__(self, limit: Frames) -> None:
        self._queue = Playout(limit)
        self._ending = b""
        self._last = b""  # of what sounds; empty in silence and while it dies away
        self._rising_from = FADE
        self.is_torn = False

    @property
    def queued_frames(self) -> Frames:
        """How much waits to be taken, the end of a fade included."""
        return Frames(self._queue.queued_frames + frames_in(self._ending))

    def put(self, pcm: bytes) -> Frames:
        """Queue `pcm`; return how many of its last frames did not fit."""
        return self._queue.put(pcm)

    def take(self, frames: int) -> bytes:
        """Remove and return the next `frames` frames, fewer when there are no more."""
        pcm = self._take_ending(frames)
        pcm += self._take_sound(frames - frames_in(pcm))
        if frames_in(pcm) < frames:
            pcm += self._run_dry(frames - frames_in(pcm))
        return pcm

    def flush(self) -> Frames:
        """Fall silent over the next 3 ms; return how much is dropped and never heard."""
        if self._last:
            head = self._take_sound(FADE)
            if frames_in(head) == FADE:
                self._ending = fade_out(head)
            elif is_torn(self._last):
                self._ending = head + dying(self._last, FADE - frames_in(head))
        return self._forget()

    def drop_ending(self) -> None:
        """Forget the fade of a flush: what sounds is faded by other means."""
        self._ending = b""

    def clear(self) -> Frames:
        """Drop everything at once, for nobody hears it; return how much that was."""
        dropped = self.queued_frames
        self._ending = b""
        self._forget()
        return dropped

    def _forget(self) -> Frames:
        self._last = b""
        self._rising_from = FADE
        self.is_torn = False
        return self._queue.flush()

    def _run_dry(self, frames: int) -> bytes:
        last, self._last = self._last, b""
        if not is_torn(last):
            return b""
        self._ending = dying(last, CONCEAL)
        self.is_torn = True
        return self._take_ending(frames)

    def _take_ending(self, frames: int) -> bytes:
        size = bytes_for(frames)
        pcm, self._ending = self._ending[:size], self._ending[size:]
        return pcm

    def _take_sound(self, frames: int) -> bytes:
        pcm = self._queue.take(Frames(frames))
        if not pcm:
            return b""
        if self.is_torn:
            self.is_torn, self._rising_from = False, Frames(0)
        if self._rising_from < FADE:
            at, self._rising_from = self._rising_from, Frames(self._rising_from + frames_in(pcm))
            pcm = fade_in(pcm, at, FADE)
        self._last = (self._last + pcm)[-bytes_for(CONCEAL) :]
        return pcm

"""The audio thread: microphone -> echo -> pre-roll -> wake word and speech, for ever.

While something plays there are two versions of what is heard: the uplink's, in the
pre-roll, and the near one, in which the wake word is looked for; once somebody has cut
in, the near one takes the other's place (`Capture.reveal`).

It owns the microphone and the wake engine. It talks to asyncio in one place, `post`, and
never waits for it; asyncio reads the pre-roll and never waits for audio. When the device
goes away it is opened again, with growing pauses, until it is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from myna.audio.cursor import LIVE_CHUNK, Span, UplinkCursor
from myna.audio.doubt import Doubt, SpeechEvent
from myna.audio.events import (
    Captured,
    CaptureEvent,
    DeviceBack,
    DeviceTrouble,
    DuplexTurned,
    FramesLost,
    Loudness,
    SourceEnded,
    ThreadDied,
    VoiceRose,
)
from myna.audio.pulse import LATE, Pulse
from myna.audio.recall import Recall
from myna.audio.speech import BY_LOUDNESS, ROOM, SpeechFinder, SpeechFinding
from myna.audio.words import Words
from myna.audio.xrun_log import XrunLog
from myna.conversation.endpointing import START_S, Endpoint
from myna.conversation.events import SpeechEnded, SpeechStarted
from myna.echo.branches import Echo
from myna.telltale import Telltale, unlit
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Microphone
from myna_hardware.units import (
    CAPTURE_PERIOD_FRAMES,
    SAMPLE_BYTES,
    Frames,
    bytes_for,
    frames_for,
    frames_in,
)

STOP_S: Final = 1.0
"""How long the end waits for the thread: a period, unless its device hangs."""

REOPEN_S: Final = (0.5, 1.0, 1.5)
"""Pauses between attempts to open a lost device; the last one repeats."""


class Capture:
    """The audio thread and its pre-roll.

    Args:
        open_microphone: Opens the configured microphone anew, with so many times the
            smallest buffer; called on the thread.
        words: The engines for wake and stop word; owned by the thread.
        post: Takes events to asyncio; called on the thread, must not block.
        echo: Makes the two versions.
        speech: How the user's speech is looked for, once somebody attends.
        light: The microphone light: on while the uplink is open, and until what was taken
            has left.
    """

    def __init__(  # noqa: PLR0913 - all that the thread owns
        self,
        open_microphone: Callable[[int], Microphone],
        words: Words,
        post: Callable[[CaptureEvent], None],
        echo: Echo,
        speech: SpeechFinding = BY_LOUDNESS,
        *,
        light: Telltale | None = None,
    ) -> None:
        self._open_microphone = open_microphone
        self._words = words
        self._post = post
        self._echo = echo
        self._speech = speech
        self._light = light or unlit()
        self._finder_at_rest = speech.begin(b"") if speech.is_at_rest else None
        self._recall = Recall()
        self._state = threading.Condition()
        self._microphone: Microphone | None = None
        self._is_open = self._may_leave = True
        self._is_stopping = False
        self._was_closed_here = False
        self._is_watched = False
        self._due_frame = 0
        self._finder: SpeechFinder | None = None
        self._deaf_until = 0.0
        self._doubt = Doubt()
        self._lost_frames = self._losses = 0
        self._xruns = XrunLog("microphone")
        self._must_grow = False
        self._attempts = self._beats = 0
        self._is_late = False
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="capture", daemon=True)

    # --- asked by asyncio ---------------------------------------------------------

    def start(self) -> None:
        """Start capturing."""
        self._thread.start()

    def wait_settled(self, timeout_s: float) -> bool:
        """Block until the microphone is heard, or known not to be; say whether it is so.

        One that does neither is in trouble from now on.
        """
        self._settled.wait(timeout_s)
        with self._state:
            self._is_late = not self._settled.is_set()
        if self._is_late:
            self._post(DeviceTrouble("microphone", LATE))
        return not self._is_late

    @property
    def pulse(self) -> Pulse:
        """How far the thread has come, for the watchdog."""
        return Pulse(self._beats, must_beat=self._is_open and not self._is_stopping)

    def stop(self) -> None:
        """End the thread and release the microphone; waits for at most `STOP_S`."""
        self._set(is_stopping=True)
        self._settled.set()  # nobody is to wait any longer
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def close_microphone(self) -> None:
        """Release the device until `open_microphone` (mute); nothing more is given out."""
        self._may_leave = False
        self._set(is_open=False)

    def open_microphone(self) -> None:
        """Capture again."""
        self._may_leave = True
        self._set(is_open=True)

    def watch(self, *, is_watched: bool) -> None:
        """Open the way to the session and post `Captured` for every chunk, or stop that."""
        if is_watched:
            self._light.hold("uplink")
            self._due_frame = 0
        self._is_watched = is_watched
        if not is_watched:
            self._light.let_go("uplink")

    def note_left(self) -> None:
        """Nothing that was taken can leave the machine any more."""
        self._light.let_go("wire")

    def attend(self, frame: Frames) -> None:
        """Look for speech from `frame` on, the pre-roll included."""
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        with self._state:
            first, missed = self._recall.between(frame, self._recall.next_frame)
            _, before = self._recall.between(first - ROOM, first)
            finder = self._speech.begin(before)
            for start in range(0, len(missed), size):
                period = missed[start : start + size]
                event = self._feed(finder, period, first + start // SAMPLE_BYTES)
                if event is not None:
                    self._post(event)
            self._finder = finder
            self._doubt.forget()
            self._deaf_until = 0.0

    def stop_attending(self) -> None:
        """Look for no more speech; it costs a little of the processor."""
        with self._state:
            self._finder = None

    def ignore_speech(self, until: float) -> None:
        """Take frames before `until` (infinity: for now) for silence: the reply is heard."""
        self._deaf_until = until

    def reveal(self, frame: Frames) -> None:
        """Let whoever speaks over the reply be heard, from `frame` on; see `Recall`."""
        with self._state:
            self._recall.reveal(frame)

    def take(self, cursor: UplinkCursor) -> tuple[Span, bytes] | None:
        """Return the next frames that `cursor` wants and their PCM, or None for now.

        The only way out of here: nothing is given while nobody watches, nor once the
        microphone is closed, and the light stays on until `note_left`.
        """
        with self._state:
            if not (self._is_watched and self._may_leave):
                return None
            taken = self._recall.take(cursor)
            if taken is None:
                self._due_frame = cursor.sent_until + LIVE_CHUNK
        if taken is not None:
            self._light.hold("wire")
        return taken

    @property
    def next_frame(self) -> Frames:
        """The number that the next captured frame will have."""
        with self._state:
            return self._recall.next_frame

    # --- the thread ---------------------------------------------------------------

    def _set(self, *, is_open: bool | None = None, is_stopping: bool = False) -> None:
        with self._state:
            self._is_open = self._is_open if is_open is None else is_open
            self._is_stopping = self._is_stopping or is_stopping
            microphone = self._microphone
            must_close = self._is_stopping or not self._is_open
            self._was_closed_here = self._was_closed_here or must_close
            self._state.notify_all()
        if microphone is not None and must_close:
            microphone.close()

    def _supervise(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - task supervision: the daemon must know and end
            self._post(ThreadDied(error))

    def _run(self) -> None:
        while self._wait_until_open():
            try:
                self._capture(self._acquire())
            except HardwareError as error:
                self._post(DeviceTrouble("microphone", error.about("microphone")))
                self._note_alive()
                self._pause(REOPEN_S[min(self._attempts, len(REOPEN_S) - 1)])
                self._attempts += 1
            finally:
                self._release()
        self._words.close()

    def _note_alive(self) -> bool:
        """Note that the device has answered; return whether nobody counted on it any more."""
        self._beats += 1
        if self._settled.is_set() and not self._is_late:
            return False
        with self._state:
            self._settled.set()
            was_late, self._is_late = self._is_late, False
        return was_late

    def _note_heard(self) -> None:
        if self._note_alive() or self._attempts:
            self._attempts = 0
            self._post(DeviceBack("microphone"))

    def _wait_until_open(self) -> bool:
        with self._state:
            if not self._is_open:
                self._settled.set()  # as it is meant to be
            self._state.wait_for(lambda: self._is_open or self._is_stopping)
            return not self._is_stopping

    def _pause(self, seconds: float) -> None:
        with self._state:
            self._state.wait_for(lambda: self._is_stopping, timeout=seconds)

    def _acquire(self) -> Microphone:
        microphone = self._open_microphone(self._xruns.buffer_periods)
        with self._state:
            self._microphone = microphone
            self._was_closed_here = self._is_stopping or not self._is_open
        self._words.reset()
        return microphone

    def _release(self) -> None:
        with self._state:
            microphone, self._microphone = self._microphone, None
        if microphone is not None:
            microphone.close()
        self._lost_frames = self._losses = 0
        self._must_grow = False
        self._xruns.opened()

    def _capture(self, microphone: Microphone) -> None:
        # Opening anew costs a moment of sound: not while somebody is listened to.
        while not self._was_closed_here and (self._is_watched or not self._must_grow):
            pcm = microphone.read()
            self._note_heard()
            if not pcm:
                self._end_of_source()
                return
            self._take(pcm, microphone.ends_s)
            self._count_losses(microphone.lost_frames)

    def _end_of_source(self) -> None:
        with self._state:
            # Muting closes it too, and may have been taken back already.
            is_over = not self._was_closed_here
            self._is_open = self._is_open and not is_over
        if is_over:
            self._post(SourceEnded())

    def _take(self, pcm: bytes, ends_s: float) -> None:
        branches = self._echo.captured(pcm, ends_s)
        with self._state:
            heard = self._recall.append(branches)
            now = self._recall.next_frame
            finder = self._finder
        if self._is_watched and now >= self._due_frame:
            self._post(Captured())
        if branches.has_turned:
            self._post(DuplexTurned())
        for event in self._words.hear(branches, now):
            self._post(event)
        if finder is not None:
            is_deaf = now <= self._deaf_until
            first = now - frames_in(pcm)
            found = self._feed(finder, bytes(len(pcm)) if is_deaf else heard, first)
            self._weigh(found, now, is_echoing=branches.is_echoing)
        elif self._finder_at_rest and self._finder_at_rest.feed(pcm) is Endpoint.STARTED:
            self._post(VoiceRose())

    def _feed(self, finder: SpeechFinder, pcm: bytes, first: int) -> SpeechEvent | None:
        """Look for speech in one period, which begins with the frame `first`."""
        found = finder.feed(pcm)
        if finder.level is not None:
            self._post(Loudness("microphone", finder.level))
        match found:
            case Endpoint.STARTED:
                return SpeechStarted(Frames(max(0, first - frames_for(START_S))))
            case Endpoint.ENDED:
                return SpeechEnded()
        return None

    def _weigh(self, found: SpeechEvent | None, now: Frames, *, is_echoing: bool) -> None:
        """Post what was found, unless it is our own echo."""
        for event in self._doubt.weigh(
            found, now, is_echoing=is_echoing, is_leaking=self._echo.is_leaking
        ):
            self._post(event)
        if self._doubt.is_refuted:
            self._finder = self._speech.begin(b"")

    def _count_losses(self, lost_frames: int) -> None:
        if lost_frames > self._lost_frames:
            self._post(FramesLost("microphone", lost_frames - self._lost_frames))
            self._lost_frames = lost_frames
            self._losses += 1
            self._must_grow = self._xruns.note(self._losses) or self._must_grow

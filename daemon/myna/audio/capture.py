"""The audio thread: microphone -> pre-roll -> wake word and speech, for ever.

It owns the microphone and the wake engine. It talks to asyncio in one place, `post`,
and never waits for it; asyncio reads the pre-roll and never waits for audio. When the
device goes away it is opened again, with growing pauses, until it is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from myna.audio.cursor import LIVE_CHUNK, Span, UplinkCursor
from myna.audio.events import (
    Captured,
    CaptureEvent,
    DeviceBack,
    DeviceTrouble,
    FramesLost,
    Loudness,
    SourceEnded,
    ThreadDied,
)
from myna.audio.level import level_dbfs
from myna.audio.preroll import PreRoll
from myna.audio.speech import BY_LOUDNESS, ROOM, SpeechFinder, SpeechFinding
from myna.conversation.endpointing import START_S, Endpoint
from myna.conversation.events import SpeechEnded, SpeechStarted, WakeHeard
from myna.errors import WakeEngineError
from myna.wake.detector import WakeDetector
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

RING_S: Final = 30.0
"""Twice the longest wait for a connection; 0.96 MB."""

SILENCE_DBFS: Final = -50.0
"""Quieter than any speech at a speaker's distance; a slow uplink does without it first."""

REOPEN_S: Final = (0.5, 1.0, 2.0, 5.0)
"""Pauses between attempts to open a lost device; the last one repeats."""


class Capture:
    """The audio thread and its pre-roll.

    Args:
        open_microphone: Opens the configured microphone anew; called on the thread.
        detector: The wake engine, or None for button only; owned by the thread.
        post: Takes events to asyncio; called on the thread, must not block.
        speech: How the user's speech is looked for, once somebody attends.
    """

    def __init__(
        self,
        open_microphone: Callable[[], Microphone],
        detector: WakeDetector | None,
        post: Callable[[CaptureEvent], None],
        speech: SpeechFinding = BY_LOUDNESS,
    ) -> None:
        self._open_microphone = open_microphone
        self._detector = detector
        self._post = post
        self._speech = speech
        self._ring = PreRoll(frames_for(RING_S))
        self._state = threading.Condition()
        self._microphone: Microphone | None = None
        self._is_open = True
        self._is_stopping = False
        self._was_closed_here = False
        self._is_watched = False
        self._finder: SpeechFinder | None = None
        self._deaf_until = 0.0
        self._lost_frames = 0
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="capture", daemon=True)

    # --- asked by asyncio ---------------------------------------------------------

    def start(self) -> None:
        """Start capturing."""
        self._thread.start()

    def wait_settled(self, timeout_s: float) -> bool:
        """Block until the microphone is open, or known not to open; say whether it is so."""
        return self._settled.wait(timeout_s)

    def stop(self) -> None:
        """End the thread and release the microphone; waits for at most two seconds."""
        self._set(is_stopping=True)
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def close_microphone(self) -> None:
        """Release the device until `open_microphone` (mute)."""
        self._set(is_open=False)

    def open_microphone(self) -> None:
        """Capture again."""
        self._set(is_open=True)

    def watch(self, *, is_watched: bool) -> None:
        """Post `Captured` for every period, or stop doing so."""
        self._is_watched = is_watched

    def attend(self, frame: Frames) -> None:
        """Look for speech from `frame` on, the pre-roll included."""
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        with self._state:
            first = max(frame, self._ring.oldest_frame)
            before = max(first - ROOM, self._ring.oldest_frame)
            finder = self._speech.begin(self._ring.read(before, first - before))
            missed = self._ring.read(first, self._ring.next_frame - first)
            for start in range(0, len(missed), size):
                self._feed(finder, missed[start : start + size], first + start // SAMPLE_BYTES)
            self._finder = finder
            self._deaf_until = 0.0

    def stop_attending(self) -> None:
        """Look for no more speech; it costs a little of the processor."""
        with self._state:
            self._finder = None

    def ignore_speech(self, until: float) -> None:
        """Take frames before `until` (infinity: for now) for silence: the reply is heard."""
        self._deaf_until = until

    def take(self, cursor: UplinkCursor) -> tuple[Span, bytes] | None:
        """Return the next frames that `cursor` wants and their PCM, or None for now."""
        with self._state:
            cursor.hurry(self._ring.next_frame, self._is_silent)
            span = cursor.take(self._ring.oldest_frame, self._ring.next_frame)
            return None if span is None else (span, self._ring.read(span.first, span.frames))

    def _is_silent(self, first: int) -> bool:
        """Tell whether nobody speaks in the chunk from `first` on."""
        if first < self._ring.oldest_frame:
            return True
        return level_dbfs(self._ring.read(first, LIVE_CHUNK)) < SILENCE_DBFS

    @property
    def next_frame(self) -> Frames:
        """The number that the next captured frame will have."""
        with self._state:
            return self._ring.next_frame

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
        attempt = 0
        while self._wait_until_open():
            try:
                microphone = self._acquire()
                if attempt:
                    self._post(DeviceBack("microphone"))
                attempt = 0
                self._settled.set()
                self._capture(microphone)
            except HardwareError as error:
                self._post(DeviceTrouble("microphone", error.about("microphone")))
                self._settled.set()
                self._pause(REOPEN_S[min(attempt, len(REOPEN_S) - 1)])
                attempt += 1
            finally:
                self._release()
        if self._detector is not None:
            self._detector.close()

    def _wait_until_open(self) -> bool:
        with self._state:
            self._state.wait_for(lambda: self._is_open or self._is_stopping)
            return not self._is_stopping

    def _pause(self, seconds: float) -> None:
        with self._state:
            self._state.wait_for(lambda: self._is_stopping, timeout=seconds)

    def _acquire(self) -> Microphone:
        microphone = self._open_microphone()
        with self._state:
            self._microphone = microphone
            self._was_closed_here = self._is_stopping or not self._is_open
        if self._detector is not None:
            self._detector.reset()
        return microphone

    def _release(self) -> None:
        with self._state:
            microphone, self._microphone = self._microphone, None
        if microphone is not None:
            microphone.close()
        self._lost_frames = 0

    def _capture(self, microphone: Microphone) -> None:
        while not self._was_closed_here:
            pcm = microphone.read()
            if not pcm:
                self._end_of_source()
                return
            self._take(pcm)
            self._count_losses(microphone.lost_frames)

    def _end_of_source(self) -> None:
        with self._state:
            # Muting closes it too, and may have been taken back already.
            is_over = not self._was_closed_here
            self._is_open = self._is_open and not is_over
        if is_over:
            self._post(SourceEnded())

    def _take(self, pcm: bytes) -> None:
        with self._state:
            self._ring.append(pcm)
            now = self._ring.next_frame
            finder = self._finder
        if self._is_watched:
            self._post(Captured())
        self._listen_for_word(pcm, now)
        if finder is not None:
            heard = bytes(len(pcm)) if now <= self._deaf_until else pcm
            self._feed(finder, heard, now - frames_in(pcm))

    def _listen_for_word(self, pcm: bytes, now: Frames) -> None:
        if self._detector is None:
            return
        try:
            detection = self._detector.detect(pcm)
        except WakeEngineError as error:
            # It will not recover by itself; the button still works.
            self._detector.close()
            self._detector = None
            self._post(DeviceTrouble("wake engine", error.problem))
            return
        if detection is not None:
            end = Frames(max(0, now - detection.latency_frames))
            self._post(WakeHeard(detection.word, detection.score, now, end))

    def _feed(self, finder: SpeechFinder, pcm: bytes, first: int) -> None:
        """Look for speech in one period, which begins with the frame `first`."""
        match finder.feed(pcm):
            case Endpoint.STARTED:
                self._post(SpeechStarted(Frames(max(0, first - frames_for(START_S)))))
            case Endpoint.ENDED:
                self._post(SpeechEnded())
        if finder.level is not None:
            self._post(Loudness("microphone", finder.level))

    def _count_losses(self, lost_frames: int) -> None:
        if lost_frames > self._lost_frames:
            self._post(FramesLost("microphone", lost_frames - self._lost_frames))
            self._lost_frames = lost_frames

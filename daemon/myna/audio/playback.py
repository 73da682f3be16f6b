"""The playback thread: lanes -> mix -> speaker, in pieces of half a period.

It owns the speaker. There are two lanes: the reply, whose start and end the conversation
wants to know, and the earcons, over which the reply is lowered. While neither sounds the
device rests, and is looked after. When it goes away the reply is dropped, so that the
conversation goes on, and the device is tried again until it is back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from myna.audio.events import (
    DeviceBack,
    DeviceTrouble,
    Finished,
    FramesLost,
    Loudness,
    PlaybackEvent,
    Started,
    ThreadDied,
)
from myna.audio.kept_speaker import Heard, KeptSpeaker
from myna.audio.lane import Lane
from myna.audio.level import LevelMeter, level_dbfs
from myna.audio.mixer import Mixer
from myna.audio.pulse import LATE, Pulse
from myna.audio.volume import gain_for, scale
from myna_hardware.interfaces import Speaker
from myna_hardware.units import (
    PLAYBACK_PERIOD_FRAMES,
    PLAYBACK_RATE_HZ,
    Frames,
    frames_for,
    frames_in,
    seconds_for,
    silence,
)

LIMIT_S: Final = 120.0
"""Longest reply that waits here, 5.8 MB; more is a server gone wrong."""

EARCON_LIMIT_S: Final = 10.0

PIECE: Final = Frames(PLAYBACK_PERIOD_FRAMES // 4)
"""What is written at once: nothing cuts in while the device takes a piece. Of 20 cuts on
PulseAudio the worst was heard after 23 ms with pieces of 5 ms, after 31 ms with 10 ms."""

PAUSE_PIECE: Final = Frames(PLAYBACK_PERIOD_FRAMES // 2)
"""The same in silence, where nothing is to be cut; longer, and the device starves."""

LINGER: Final = frames_for(10.0, PLAYBACK_RATE_HZ)
"""How long the device is kept open after the last sound: longer than a person thinks
about what to say next (`conversation.follow_up_s`)."""

LEAD_S: Final = 0.004
"""How long before the device has room for it the next piece is taken; late is starved."""

CHECK_S: Final = 1.5
"""How often a resting device is looked after, so that its loss shows within 2 s."""

STOP_S: Final = 1.0
"""How long the end waits for the thread: a piece, unless its device hangs."""

STALL_LIMIT_S: Final = 2.0
"""What comes later after a sound that broke off is another reply, not the rest of it."""


def _ignore(_pcm: bytes, _ends_s: float) -> None:
    """Nobody wants the reference."""


class Playback:
    """The playback thread and its lanes.

    Args:
        open_speaker: Opens the configured speaker anew, with so many times the smallest
            buffer; called on the thread.
        post: Takes events to asyncio; called on the thread, must not block.
        volume_percent: 0 to 100.
        heard: Called on the thread after every write, with exactly what was written: the
            reference of an echo canceller. Must not block.
    """

    def __init__(
        self,
        open_speaker: Callable[[int], Speaker],
        post: Callable[[PlaybackEvent], None],
        volume_percent: int,
        heard: Heard = _ignore,
    ) -> None:
        self._post = post
        self._speaker = KeptSpeaker(open_speaker, post, heard)
        self._state = threading.Condition()
        self._reply = Lane(frames_for(LIMIT_S, PLAYBACK_RATE_HZ))
        self._earcon = Lane(frames_for(EARCON_LIMIT_S, PLAYBACK_RATE_HZ))
        self._percent = volume_percent
        self._gain = gain_for(volume_percent)
        self._mixer = Mixer(self._gain)
        self._serial = 0
        self._meter = LevelMeter()
        self._is_stopping = False
        self._is_urgent = False
        self._must_cut = False
        self._is_speaking = False
        self._since_reply = 0
        self._torn_s = 0.0
        self._beats = 0
        self._is_late = self._is_playing = False
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="playback", daemon=True)

    # --- asked by asyncio ---------------------------------------------------------

    @property
    def serial(self) -> int:
        """How often the reply has been added to or cut so far."""
        return self._serial

    @property
    def percent(self) -> int:
        """The volume, 0 to 100."""
        return self._percent

    def set_percent(self, percent: int) -> None:
        """Change the volume; what sounds glides there within a period."""
        self._percent = percent
        self._gain = gain_for(percent)

    def start(self) -> None:
        """Start the thread; the speaker is opened at once, so that trouble shows early."""
        self._thread.start()

    def wait_settled(self, timeout_s: float) -> bool:
        """Block until the speaker is open, or known not to open; say whether it is so.

        One that does neither is in trouble from now on.
        """
        self._settled.wait(timeout_s)
        with self._state:
            self._is_late = not self._settled.is_set()
        if self._is_late:
            self._post(DeviceTrouble("speaker", LATE))
        return not self._is_late

    @property
    def pulse(self) -> Pulse:
        """How far the thread has come, for the watchdog."""
        return Pulse(self._beats, must_beat=self._has_sound or self._is_playing)

    def stop(self) -> None:
        """Fall silent, end the thread, release the speaker; at most `STOP_S`."""
        with self._state:
            self._is_stopping = True
            self._settled.set()  # nobody is to wait any longer
            self._hurry()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def play(self, pcm: bytes) -> None:
        """Queue `pcm` (24 kHz mono 16-bit) as the next part of the reply."""
        with self._state:
            dropped = self._reply.put(pcm)
            self._serial += 1
            self._state.notify_all()
        if dropped:
            self._post(FramesLost("playout", dropped))

    def sound(self, pcm: bytes, gain: int, *, is_next: bool = False) -> None:
        """Sound an earcon now, in place of one that still sounds.

        Args:
            pcm: 24 kHz mono 16-bit, quiet at both ends.
            gain: How loud, as a fraction of `UNITY`, whatever the volume.
            is_next: After the one that still sounds, rather than in its place.
        """
        scaled = scale(pcm, gain)
        with self._state:
            if not is_next:
                self._earcon.flush()
            self._earcon.put(scaled)
            self._hurry()

    def flush(self) -> float:
        """Cut the reply, with a fade of 3 ms; return how many milliseconds were dropped."""
        with self._state:
            dropped = self._reply.flush()
            self._serial += 1
            self._must_cut = self._is_speaking
            self._hurry()
        return 1000 * seconds_for(dropped, PLAYBACK_RATE_HZ)

    def hush(self) -> None:
        """Cut an earcon that sounds, with a fade of 3 ms."""
        with self._state:
            self._earcon.flush()
            self._hurry()

    def _hurry(self) -> None:
        self._is_urgent = True
        self._state.notify_all()

    # --- the thread ---------------------------------------------------------------

    def _supervise(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - task supervision: the daemon must know and end
            self._post(ThreadDied(error))

    def _run(self) -> None:
        self._open()
        while not self._is_stopping:
            if self._wait_for_sound():
                self._is_playing = True
                self._play_until_silent()
                self._is_playing = False
            else:
                self._speaker.look_after()
        self._speaker.close()

    def _open(self) -> None:
        """Open the speaker, which may take longer than anybody waits for it."""
        self._speaker.open()
        self._beats += 1
        with self._state:
            self._settled.set()
        if self._is_late and self._speaker.is_open:
            self._post(DeviceBack("speaker"))

    def _wait_for_sound(self) -> bool:
        """Wait for something to play; False when it is time to look after the device."""
        with self._state:
            return self._state.wait_for(lambda: self._has_sound or self._is_stopping, CHECK_S)

    @property
    def _has_sound(self) -> bool:
        return bool(self._reply.queued_frames or self._earcon.queued_frames)

    def _play_until_silent(self) -> None:
        """Play until there has been nothing to play for a while, then let the device rest.

        Silence follows the last sound: the next reply of the conversation then goes out
        at once, and after the same delay, which the echo cancellers have learned.
        """
        silent_frames = 0
        while not self._is_stopping and (self._has_sound or self._lingers(silent_frames)):
            self._cut_if_asked()
            reply, earcon = self._take()
            pcm = self._mixer.mix(reply, earcon, self._gain)
            pause = b"" if pcm else silence(PAUSE_PIECE)
            silent_frames = 0 if pcm else silent_frames + PAUSE_PIECE
            self._write(pcm or pause)
            if reply:
                self._tell_level(reply)
            self._follow_reply(frames_in(pcm or pause), is_sounding=bool(reply))
        if not (self._has_sound or self._is_stopping):
            self._speaker.rest()
        self._finish_reply()

    def _lingers(self, silent_frames: int) -> bool:
        return self._speaker.is_open and silent_frames < LINGER

    def _cut_if_asked(self) -> None:
        """Have the device fade out by itself, if it can, in place of the end of the reply."""
        with self._state:
            must_cut, self._must_cut = self._must_cut, False
        if must_cut and self._speaker.cut():
            with self._state:
                self._reply.drop_ending()

    def _take(self) -> tuple[bytes, bytes]:
        """Take the next piece of both lanes, and note where the reply breaks off."""
        with self._state:
            was_torn = self._reply.is_torn
            reply, earcon = self._reply.take(PIECE), self._earcon.take(PIECE)
            is_torn = self._reply.is_torn
        if is_torn and not was_torn:
            self._torn_s = time.monotonic()
        elif reply and was_torn and not is_torn:
            self._count_stall(time.monotonic() - self._torn_s)
        return reply, earcon

    def _count_stall(self, stall_s: float) -> None:
        if stall_s < STALL_LIMIT_S:
            self._post(FramesLost("playout", frames_for(stall_s, PLAYBACK_RATE_HZ)))

    def _tell_level(self, pcm: bytes) -> None:
        """Tell how loud the reply is, whatever the volume."""
        seconds = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)
        level = self._meter.feed(level_dbfs(pcm), seconds)
        if level is not None:
            self._post(Loudness("speaker", level))

    def _write(self, pcm: bytes) -> None:
        """Write a piece, and wait until it is time for the next.

        A device that made the writer wait is full. Waiting here instead, until just before
        it has room again, leaves the next piece where a cut or an earcon still reaches it.
        """
        began_s = time.monotonic()
        if not self._speaker.write(pcm):
            self._drop_all()
        self._beats += 1
        is_full = time.monotonic() - began_s > LEAD_S / 2
        with self._state:
            if is_full:
                rest_s = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ) - LEAD_S
                self._state.wait_for(lambda: self._is_urgent, rest_s)
            self._is_urgent = False

    def _drop_all(self) -> None:
        with self._state:
            self._reply.clear()
            self._earcon.clear()

    # --- the reply's beginning and end ----------------------------------------------

    def _follow_reply(self, frames: int, *, is_sounding: bool) -> None:
        """Take note of `frames` that were written, with or without a part of the reply."""
        if is_sounding:
            if not self._is_speaking:
                self._post(Started())
            self._is_speaking, self._since_reply = True, 0
            return
        self._since_reply += frames
        # Without an earcon that sounds on, it is over when the device has come to rest.
        if self._since_reply > self._speaker.delay_frames:
            self._finish_reply()

    def _finish_reply(self) -> None:
        """Tell that the reply has been heard, unless more of it came meanwhile."""
        with self._state:
            is_over = self._is_speaking and not self._reply.queued_frames
            serial = self._serial
        if is_over:
            self._is_speaking = False
            self._post(Finished(serial))
